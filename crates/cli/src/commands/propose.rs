//! `propose`: putting something up for both signatures.

use accord_core::api::{Problem, Proposal, Proposed, Request};
use accord_words::say;

use super::{decisions, listed};
use crate::app::{App, answered};
use crate::arguments::{ProposeArguments, ProposeCommand};
use crate::output::{Page, Report};

pub(super) fn propose(app: &App, arguments: ProposeArguments) -> Result<Report, Problem> {
    let proposal = proposal(arguments.command);
    let proposed = answered!(app.ask(Request::Propose { proposal })?, Proposed)?;
    app.report("proposed", &proposed, |page| tell(page, &proposed))
}

fn proposal(command: ProposeCommand) -> Proposal {
    match command {
        ProposeCommand::Admit { card, observer } => Proposal::Admit { card, observer },
        ProposeCommand::Remove { organisation } => Proposal::Remove { organisation },
        ProposeCommand::Space { name, read, write } => {
            Proposal::Space { name, readers: read, writers: write }
        }
        ProposeCommand::RenameSpace { space, name } => Proposal::RenameSpace { space, name },
        ProposeCommand::Grant { organisation, space, write } => {
            Proposal::Grant { organisation, space, write }
        }
        ProposeCommand::Withdraw { organisation, space, write_only } => {
            Proposal::Withdraw { organisation, space, write_only }
        }
        ProposeCommand::Signer { device } => Proposal::Signer { device },
        ProposeCommand::Secretariat { card, instead_of } => Proposal::Secretariat { card, instead_of },
        ProposeCommand::GuardRule { number } => Proposal::GuardRule { number },
        ProposeCommand::Recover { lost, by } => Proposal::Recover { lost, card: by },
        ProposeCommand::Again { number } => Proposal::Again { number },
    }
}

/// What was proposed, and who signs it next.
pub(super) fn tell(page: &mut Page, proposed: &Proposed) {
    for line in decisions::whole(&proposed.decision, page.paint) {
        page.line(line);
    }
    let summary = &proposed.decision.summary;
    page.note(if proposed.known { say!("proposed-before") } else { say!("proposed") });
    let number = &summary.number;
    match (summary.waits_for_me, summary.waits_for.as_slice()) {
        (true, [_]) => page.next(&format!("accord sign {number}")),
        (true, _) => page.next(&say!("proposed-both", number)),
        (false, []) => page.next(&format!("accord decision {number}")),
        (false, [who]) => page.next(&say!("proposed-one", who, number)),
        (false, who) => page.next(&say!("proposed-others", who = listed(who), number)),
    }
}
