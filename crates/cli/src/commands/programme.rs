//! `found`, `invite` and `join`.

use std::error::Error;
use std::str::FromStr;

use accord_core::api::{Exit, JoinPreview, JoinRole, Joined, PartyView, Problem, Request};
use accord_core::{Card, Ticket};
use accord_words::{problem, say};

use super::listed;
use crate::app::{App, answered};
use crate::arguments::{FoundArguments, InviteArguments, JoinArguments};
use crate::output::{Page, Report, ago, iso, now};
use crate::terminal;

pub(super) fn found(app: &App, arguments: FoundArguments) -> Result<Report, Problem> {
    let FoundArguments { name, with, recovery, recovery_votes, root } = arguments;
    std::iter::once(&with).chain(&recovery).try_for_each(|card| readable::<Card>(card))?;
    let root = app.root_key(root.root_key.as_deref())?;
    let recovery_votes = recovery_votes.unwrap_or(0);
    let founded =
        answered!(app.ask(Request::Found { name, with, recovery, recovery_votes, root })?, Founded)?;
    app.report("programme", &founded, |page| {
        let other = party(&founded.waiting_for);
        page.note(say!("founded", name = &founded.name));
        page.note(say!("founded-waits", other));
        page.next(&say!("founded-next"));
    })
}

pub(super) fn invite(app: &App, arguments: InviteArguments) -> Result<Report, Problem> {
    let invited = answered!(app.ask(Request::Invite { valid_seconds: arguments.valid })?, Invited)?;
    app.report("ticket", &invited, |page| {
        page.line(&invited.ticket);
        let expires = i64::try_from(invited.expires).unwrap_or(i64::MAX);
        page.note(say!("ticket-once", when = ago(expires, now()), time = iso(expires)));
        page.note(say!("ticket-leads", addresses = listed(&invited.addresses)));
        page.next(&say!("ticket-next"));
    })
}

pub(super) fn join(app: &App, arguments: JoinArguments) -> Result<Report, Problem> {
    readable::<Ticket>(&arguments.ticket)?;
    if !arguments.yes {
        if app.json || !terminal::can_ask() {
            return Err(problem!("join-unconfirmed").exit(Exit::PersonNeeded));
        }
        let preview =
            answered!(app.ask(Request::JoinPreview { ticket: arguments.ticket.clone() })?, JoinPreview)?;
        crate::output::status(&shown(&preview));
        if !matches!(preview.role, JoinRole::Member | JoinRole::Device) {
            let answer = terminal::ask(&format!("{} ", say!("join-ask")), "--yes")?;
            if !matches!(answer.to_lowercase().as_str(), "y" | "yes" | "o" | "oui") {
                return Ok(Report::notes(&say!("join-not")).exit(1));
            }
        }
    }
    let root = app.root_key(arguments.root.root_key.as_deref())?;
    let joined = answered!(app.ask(Request::Join { ticket: arguments.ticket, root })?, Joined)?;
    app.report("joined", &joined, |page| tell(page, &joined))
}

/// Refuses a line that was not copied whole, before anything is asked of a person or of a node.
fn readable<T: FromStr<Err: Error>>(line: &str) -> Result<(), Problem> {
    line.parse::<T>().map(drop).map_err(|error| Problem::from_error(&error).exit(Exit::Usage))
}

fn shown(preview: &JoinPreview) -> String {
    let mut names: Vec<String> = preview.secretariats.iter().map(party).collect();
    names.sort_unstable();
    let meaning = match preview.role {
        JoinRole::Countersign => say!("join-means-countersign"),
        JoinRole::AskAdmission => say!("join-means-ask"),
        JoinRole::Member => say!("join-means-member"),
        JoinRole::Device => say!("join-means-device"),
    };
    let secretariats = say!("join-secretariats", names = listed(&names));
    format!("{}\n{secretariats}\n{meaning}\n", preview.name)
}

fn tell(page: &mut Page, joined: &Joined) {
    let name = &joined.name;
    match joined.role {
        JoinRole::Countersign => {
            page.note(say!("joined-signed", name));
            if !joined.delivered {
                page.note(say!("joined-undelivered"));
            }
            page.next(&say!("joined-next"));
        }
        JoinRole::AskAdmission => {
            page.note(if joined.delivered {
                say!("asked-delivered", name)
            } else {
                say!("asked-kept", name)
            });
            page.note(say!("asked-waits"));
            page.next(&say!("asked-next"));
        }
        JoinRole::Device => {
            page.note(say!("device-joined", name));
            page.note(if joined.delivered { say!("device-joined-all") } else { say!("device-joined-part") });
            page.next(&say!("device-joined-next"));
        }
        JoinRole::Member => {
            page.note(say!("joined-already", name));
            page.next("accord status");
        }
    }
}

fn party(party: &PartyView) -> String {
    format!("{} ({})", party.name, party.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_line_is_a_mistake_in_the_arguments() {
        assert_eq!(readable::<Ticket>("garbage").unwrap_err().exit, Exit::Usage);
        assert_eq!(readable::<Card>("garbage").unwrap_err().exit, Exit::Usage);
    }
}
