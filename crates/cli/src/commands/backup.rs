//! `backup` and `restore`.

use std::path::Path;

use accord_core::api::{Problem, Request};

use super::{count, quoted};
use crate::app::{App, answered};
use crate::arguments::RestoreArguments;
use crate::output::{Report, ago, now};

pub(super) fn backup(app: &App, file: &Path) -> Result<Report, Problem> {
    // The node has a working folder of its own.
    let whole = std::path::absolute(file).map_err(|e| Problem::failed(format!("{}: {e}", file.display())))?;
    let request = Request::Backup { file: whole.display().to_string() };
    let made = answered!(app.ask(request)?, BackedUp)?;
    app.report("backup", &made, |page| {
        page.note(format!("{} are in {}.", count(made.entries, "entry", "entries"), made.file));
        page.note("No key is in it; who has the file can read the documents. Keep the root key elsewhere: accord key export FILE.");
        page.next("to make a home from it, on any machine: accord restore FILE --name NAME");
    })
}

pub(super) fn restore(app: &App, arguments: &RestoreArguments) -> Result<Report, Problem> {
    let root = app.root_key(arguments.root.root_key.as_deref())?;
    let home = app.home()?;
    let restored = accord_node::restore(home, &arguments.file, &arguments.name, root.as_ref())?;
    app.report("restored", &restored, |page| {
        if let Some(request) = restored.made.request.as_deref().filter(|_| !restored.certified) {
            page.line(request);
        }
        let party = &restored.made.organisation;
        let made = i64::try_from(restored.time).unwrap_or(i64::MAX);
        page.note(format!(
            "{} are back in {}, as of {}.",
            count(restored.entries, "entry", "entries"),
            restored.made.home,
            ago(made, now())
        ));
        page.note(format!(
            "{} is a new device of {}: it never goes on as the one that made the backup.",
            quoted(&arguments.name),
            party.code
        ));
        if restored.certified {
            page.note("It is certified. If the old device is lost, end it: accord device revoke NAME --why TEXT");
            page.next("ask any partner for a ticket (accord invite), then accord join TICKET: what came since comes back.");
        } else {
            page.next("where the root key is: accord device add LINE. It prints a ticket; here: accord join TICKET.");
        }
    })
}
