//! `key`: sealing keys by a passphrase, keeping the root key apart, proposing another one. All but the last work on files, and
//! ask no node.

use std::path::Path;

use accord_core::api::{Problem, Proposal, Request};
use accord_words::say;

use super::{listed, propose};
use crate::app::{App, answered};
use crate::arguments::{KeyArguments, KeyCommand};
use crate::output::Report;
use crate::passphrase;

pub(super) fn key(app: &App, arguments: KeyArguments) -> Result<Report, Problem> {
    match arguments.command {
        KeyCommand::Seal { root_key } => seal(app, root_key.as_deref()),
        KeyCommand::Unseal { root_key } => unseal(app, root_key.as_deref()),
        KeyCommand::Export { file } => export(app, &file, true),
        KeyCommand::MoveRoot { file } => export(app, &file, false),
        KeyCommand::ReplaceRoot { file, without, restore } => replace_root(app, &file, without, restore),
    }
}

fn seal(app: &App, file: Option<&Path>) -> Result<Report, Problem> {
    let home = app.home()?;
    accord_node::sealable(home, file, true)?;
    let passphrase = passphrase::new()?;
    let sealed = accord_node::reseal(home, file, passphrase::unlock(), Some(&passphrase))?;
    app.report("sealed", &sealed, |page| {
        page.note(say!("sealed", keys = listed(&sealed)));
        page.note(say!("sealed-warning"));
        match file {
            None => page.next(&say!("sealed-next")),
            Some(_) => page.next(&say!("sealed-root-next")),
        }
    })
}

fn unseal(app: &App, file: Option<&Path>) -> Result<Report, Problem> {
    let home = app.home()?;
    accord_node::sealable(home, file, false)?;
    let unsealed = accord_node::reseal(home, file, passphrase::unlock(), None)?;
    app.report("unsealed", &unsealed, |page| {
        page.note(say!("unsealed", keys = listed(&unsealed)));
    })
}

fn replace_root(
    app: &App,
    file: &Path,
    without: Vec<String>,
    restore: Vec<String>,
) -> Result<Report, Problem> {
    let root = accord_node::new_root(file, passphrase::unlock())?;
    let request = Request::Propose { proposal: Proposal::ReplaceRoot { root, without, restore } };
    let proposed = answered!(app.ask(request)?, Proposed)?;
    app.report("proposed", &proposed, |page| {
        page.note(say!("root-new", file = file.display().to_string()));
        page.note(say!("root-new-means"));
        propose::tell(page, &proposed);
    })
}

fn export(app: &App, file: &Path, keep: bool) -> Result<Report, Problem> {
    accord_node::export_root(app.home()?, file, keep, passphrase::unlock())?;
    app.report("exported", &serde_json::json!({ "file": file.display().to_string(), "kept": keep }), |page| {
        let file = file.display().to_string();
        if keep {
            page.note(say!("root-copied", file));
        } else {
            page.note(say!("root-moved", file));
            page.note(say!("root-moved-means"));
        }
        page.next(&say!("root-next", file));
    })
}
