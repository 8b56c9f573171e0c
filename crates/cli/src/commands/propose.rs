//! `propose`: putting something up for both signatures.

use accord_core::api::{Problem, Proposal, Proposed, Request};

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
    page.note(if proposed.known {
        "This is proposed already; nothing was added.".to_owned()
    } else {
        "Proposed. Nothing is signed yet; it changes nothing until it is in force.".to_owned()
    });
    let (sign, number) = (format!("accord sign {}", summary.number), &summary.number);
    match (summary.waits_for_me, summary.waits_for.as_slice()) {
        (true, [_]) => page.next(&sign),
        (true, _) => page.next(&format!("{sign}; so does the other secretariat.")),
        (false, []) => page.next(&format!("accord decision {number}")),
        (false, who) => {
            let does = if who.len() == 1 { "signs" } else { "sign" };
            page.next(&format!("{} {does} it with: {sign}", listed(who)));
        }
    }
}
