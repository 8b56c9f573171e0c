//! `kind list`, `kind show`, `kind check` and `kind add`.

use accord_core::api::{Problem, Request};
use accord_words::{placeholder, say};

use super::documents::read;
use super::{quoted, write};
use crate::app::{App, answered};
use crate::arguments::KindCommand;
use crate::output::Report;

pub(super) fn kind(app: &App, command: KindCommand) -> Result<Report, Problem> {
    match command {
        KindCommand::List => list(app),
        KindCommand::Show { kind } => show(app, kind),
        KindCommand::Check { file } => check(app, read(&file)?, &file.display().to_string()),
        KindCommand::Add { file } => add(app, read(&file)?),
    }
}

fn list(app: &App) -> Result<Report, Problem> {
    let kinds = answered!(app.ask(Request::Kinds)?, Kinds)?;
    app.report("kinds", &kinds, |page| {
        for kind in &kinds {
            let mut line = say!(
                "kind-listed",
                name = page.paint.strong(&kind.name),
                label = &kind.label,
                version = kind.version
            );
            if !kind.shipped {
                line.push_str(&say!("kind-of-programme"));
            }
            if kind.documents > 0 {
                line.push_str(&format!(", {}", say!("counted-documents", count = kind.documents)));
            }
            page.line(line);
            if kind.clash {
                let (name, version, next) = (&kind.name, kind.version, kind.version.saturating_add(1));
                let words = page.paint.attention(&say!("kind-clash", name, version, next));
                page.line(format!("  {words}"));
            }
        }
    })
}

fn show(app: &App, name: String) -> Result<Report, Problem> {
    let kind = answered!(app.ask(Request::Kind { name })?, Kind)?;
    app.report("kind", &kind, |page| page.line(kind.description.trim_end()))
}

fn check(app: &App, file: String, path: &str) -> Result<Report, Problem> {
    let checked = answered!(app.ask(Request::CheckKind { file })?, KindChecked)?;
    app.report("checked", &checked, |page| {
        let fields = say!("counted-fields", count = checked.fields);
        let (name, version) = (&checked.name, checked.version);
        page.note(match checked.before {
            None => say!("kind-fine", name, version, fields),
            Some(before) if before == version => say!("kind-known", name, version),
            Some(before) => say!("kind-follows", name, version, fields, before),
        });
        if checked.before != Some(checked.version) {
            page.next(&format!("accord kind add {}", quoted(path)));
        }
    })
}

fn add(app: &App, file: String) -> Result<Report, Problem> {
    let added = answered!(app.ask(Request::AddKind { file })?, KindAdded)?;
    app.report("added", &added, |page| {
        page.note(match added.before {
            None => say!("kind-added", name = &added.name, version = added.version),
            Some(before) => say!("kind-moved", name = &added.name, version = added.version, before),
        });
        page.note(write::readers(&added.readers));
        page.next(&format!("accord new {} {}", quoted(&added.name), placeholder("NAME")));
    })
}
