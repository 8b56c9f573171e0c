//! `sync`.

use accord_core::api::{Exit, Problem, Request, Synced};

use accord_words::say;

use super::sorted;
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
        page.line(say!("not-reached", organisation = &missing.organisation, why = &missing.why));
    }
    let moved = say!("moved", sent = synced.sent, received = synced.received);
    let reached = sorted(synced.in_step.iter().map(String::as_str));
    match (&synced.in_step[..], synced.unreached.is_empty()) {
        ([], true) => page.note(say!("sync-alone")),
        ([], false) => page.note(say!("sync-nobody")),
        (_, true) => page.note(say!("sync-all", reached, moved)),
        (_, false) => page.note(say!("sync-some", reached, moved)),
    }
    if !synced.unreached.is_empty() {
        page.next(&say!("sync-next"));
    }
}
