//! `backup` and `restore`.

use std::path::Path;

use accord_core::api::{Problem, Request};

use accord_words::{problem, say};

use super::quoted;
use crate::app::{App, answered};
use crate::arguments::RestoreArguments;
use crate::output::{Report, ago, now};

pub(super) fn backup(app: &App, file: &Path) -> Result<Report, Problem> {
    // The node has a working folder of its own.
    let whole = std::path::absolute(file)
        .map_err(|e| problem!("cannot-read", file = file.display().to_string(), why = e.to_string()))?;
    let request = Request::Backup { file: whole.display().to_string() };
    let made = answered!(app.ask(request)?, BackedUp)?;
    app.report("backup", &made, |page| {
        page.note(say!("backed-up", entries = entries(made.entries), file = &made.file));
        if made.cut > 0 {
            page.note(say!("backed-up-cut", logs = made.cut));
        }
        page.note(say!("backed-up-keys"));
        page.next(&say!("backed-up-next"));
    })
}

fn entries(count: u64) -> String {
    say!("counted-entries", count)
}

pub(super) fn restore(app: &App, arguments: &RestoreArguments) -> Result<Report, Problem> {
    let root = app.root_key(arguments.root.root_key.as_deref())?;
    let home = app.home()?;
    let engine = arguments.store.store.into();
    let restored = accord_node::restore(home, &arguments.file, &arguments.name, root.as_ref(), engine)?;
    app.report("restored", &restored, |page| {
        if let Some(request) = restored.made.request.as_deref().filter(|_| !restored.certified) {
            page.line(request);
        }
        let party = &restored.made.organisation;
        let made = i64::try_from(restored.time).unwrap_or(i64::MAX);
        page.note(say!(
            "restored",
            entries = entries(restored.entries),
            home = &restored.made.home,
            when = ago(made, now())
        ));
        page.note(say!("restored-device", name = quoted(&arguments.name), code = &party.code));
        if restored.certified {
            page.note(say!("restored-certified"));
            page.next(&say!("restored-certified-next"));
        } else {
            page.next(&say!("restored-next"));
        }
    })
}
