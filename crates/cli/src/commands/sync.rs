//! `sync`.

use accord_core::api::{Exit, Problem, Request, Synced};

use super::{count, sorted};
use crate::app::{App, answered};
use crate::arguments::SyncArguments;
use crate::output::{Page, Report};

pub(super) fn sync(app: &App, arguments: SyncArguments) -> Result<Report, Problem> {
    let synced = answered!(app.ask(Request::Sync { wait_seconds: arguments.wait })?, Synced)?;
    let exit = if synced.unreached.is_empty() { 0 } else { Exit::PersonNeeded.code() };
    Ok(app.report("synced", &synced, |page| tell(page, &synced))?.exit(exit))
}

fn tell(page: &mut Page, synced: &Synced) {
    for missing in &synced.unreached {
        page.line(format!("{}: not reached: {}", missing.organisation, missing.why));
    }
    let moved = format!(
        "{} and {}.",
        count(synced.sent, "entry sent", "entries sent"),
        count(synced.received, "received", "received")
    );
    match (&synced.in_step[..], synced.unreached.is_empty()) {
        ([], true) => page.note("There is nobody else in the programme yet."),
        ([], false) => page.note("Nobody was reached. Your changes are kept here and travel later."),
        (reached, true) => {
            page.note(format!("In step with {}: {moved}", sorted(reached.iter().map(String::as_str))))
        }
        (reached, false) => page.note(format!(
            "In step with {}: {moved} The others get it later.",
            sorted(reached.iter().map(String::as_str))
        )),
    }
    if !synced.unreached.is_empty() {
        page.next("leave the node running (accord node): it goes on trying. accord status tells.");
    }
}
