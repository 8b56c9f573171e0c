//! `kind list`, `kind show`, `kind check` and `kind add`.

use accord_core::api::{Problem, Request};

use super::documents::read;
use super::{count, quoted, write};
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
            let mut line =
                format!("{}: {}, version {}", page.paint.strong(&kind.name), kind.label, kind.version);
            if !kind.shipped {
                line.push_str(", added to the programme");
            }
            if kind.documents > 0 {
                let documents = u64::try_from(kind.documents).unwrap_or(u64::MAX);
                line.push_str(&format!(", {}", count(documents, "document", "documents")));
            }
            page.line(line);
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
        let fields = u64::try_from(checked.fields).unwrap_or(u64::MAX);
        let fields = count(fields, "field", "fields");
        page.note(match checked.before {
            None => format!("{}, version {}: {fields}, and nothing is wrong.", checked.name, checked.version),
            Some(before) if before == checked.version => {
                format!("{}, version {before}: the programme has it already.", checked.name)
            }
            Some(before) => format!(
                "{}, version {}: {fields}, and it can follow version {before}.",
                checked.name, checked.version
            ),
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
            None => format!("Added the kind {}, version {}, to the programme.", added.name, added.version),
            Some(before) => {
                format!("The kind {} is at version {} now; it was at {before}.", added.name, added.version)
            }
        });
        page.note(write::readers(&added.readers));
        page.next(&format!("accord new {} NAME", quoted(&added.name)));
    })
}
