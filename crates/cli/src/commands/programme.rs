//! `found`, `invite` and `join`.

use std::error::Error;
use std::str::FromStr;

use accord_core::api::{Exit, JoinPreview, JoinRole, Joined, PartyView, Problem, Request};
use accord_core::{Card, Ticket};

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
        page.note(format!("{} is prepared and signed by you.", founded.name));
        page.note(format!("It exists once {other} has signed too; until then nothing can be written in it."));
        page.next("run your node (accord node --listen ADDRESS), then hand over a ticket (accord invite).");
    })
}

pub(super) fn invite(app: &App, arguments: InviteArguments) -> Result<Report, Problem> {
    let invited = answered!(app.ask(Request::Invite { valid_seconds: arguments.valid })?, Invited)?;
    app.report("ticket", &invited, |page| {
        page.line(&invited.ticket);
        let expires = i64::try_from(invited.expires).unwrap_or(i64::MAX);
        page.note(format!(
            "One organisation can use this ticket, once. It ends {} ({}).",
            ago(expires, now()),
            iso(expires)
        ));
        page.note(format!("It leads to {}, where your node must be running.", listed(&invited.addresses)));
        page.next("the other organisation runs: accord join TICKET");
    })
}

pub(super) fn join(app: &App, arguments: JoinArguments) -> Result<Report, Problem> {
    readable::<Ticket>(&arguments.ticket)?;
    if !arguments.yes {
        if app.json || !terminal::can_ask() {
            return Err(Problem::failed("joining has to be confirmed")
                .exit(Exit::PersonNeeded)
                .hint("run it in a terminal to see the programme first, or say --yes"));
        }
        let preview =
            answered!(app.ask(Request::JoinPreview { ticket: arguments.ticket.clone() })?, JoinPreview)?;
        crate::output::status(&shown(&preview));
        if !matches!(preview.role, JoinRole::Member | JoinRole::Device) {
            let answer = terminal::ask("Go on? [y/N] ", "--yes")?;
            if !matches!(answer.to_lowercase().as_str(), "y" | "yes") {
                return Ok(Report::notes("Nothing was signed or sent.").exit(1));
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
        JoinRole::Countersign => {
            "You are the other secretariat: with your signature the programme begins, and from then on every decision \
             takes both signatures."
        }
        JoinRole::AskAdmission => {
            "You ask to be admitted. Both secretariats have to sign before you see any document."
        }
        JoinRole::Member => "You take part already.",
        JoinRole::Device => "Your organisation takes part, and this is a further device of it.",
    };
    format!("{}\nSecretariats: {}\n{meaning}\n", preview.name, listed(&names))
}

fn tell(page: &mut Page, joined: &Joined) {
    let name = &joined.name;
    match joined.role {
        JoinRole::Countersign => {
            page.note(format!("You signed. {name} exists from now on, with both signatures."));
            if !joined.delivered {
                page.note("The other secretariat has not heard of it yet; it will when your nodes meet.");
            }
            page.next("run your node (accord node --listen ADDRESS).");
        }
        JoinRole::AskAdmission => {
            let delivered = if joined.delivered {
                "Your request was handed over."
            } else {
                "Your request is kept, and handed over when your node meets theirs."
            };
            page.note(format!("You asked to be admitted to {name}. {delivered}"));
            page.note("Both secretariats have to sign; until then you see no documents.");
            page.next("run your node (accord node --listen ADDRESS) and look at accord status.");
        }
        JoinRole::Device => {
            page.note(format!("This device takes part in {name} from now on, for your organisation."));
            page.note(if joined.delivered {
                "Everything that your organisation may read is here."
            } else {
                "Not everything is here yet: the rest comes when your node runs."
            });
            page.next("run the node of this device too (accord node --listen ADDRESS).");
        }
        JoinRole::Member => {
            page.note(format!("You take part in {name} already. Nothing was changed."));
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
