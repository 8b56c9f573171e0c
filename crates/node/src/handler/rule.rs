//! What a node answers where a decision named a guard rule that its program does not know.
//!
//! By another rule each document may be another one: nothing of any is shown, none is counted in a total, and nothing is written. The
//! list goes on to name them, with the reason. So does what needs no document: who takes part, what is decided and signed, among it
//! the way back; and what the others write is taken, kept and handed on.

use accord_core::DecisionId;
use accord_core::api::{Problem, Request};
use accord_core::governance::{Governance, Subject};
use accord_document::GUARD_RULE;
use accord_words::problem;

use crate::replica::{Replica, other_rule};

/// Refuses what needs a document where none can be read.
pub(super) fn check(replica: &Replica, request: &Request) -> Result<(), Problem> {
    if !needs_documents(request) {
        return Ok(());
    }
    let programme = replica.try_programme();
    let problem = programme.and_then(|programme| other_rule(&programme.governance()));
    problem.map_or(Ok(()), Err)
}

fn needs_documents(request: &Request) -> bool {
    let goes_on = matches!(
        request,
        Request::BundleCreate { .. }
            | Request::BundleRead { .. }
            | Request::Backup { .. }
            | Request::Card
            | Request::Found { .. }
            | Request::Organisations
            | Request::Spaces
            | Request::Propose { .. }
            | Request::List
            | Request::Audit { document: None }
            | Request::AuditExport { document: None, .. }
            | Request::Kinds
            | Request::Kind { .. }
            | Request::CheckKind { .. }
            | Request::Decisions { .. }
            | Request::Decision { .. }
            | Request::Sign { .. }
            | Request::Refuse { .. }
            // Answered elsewhere, and of no document.
            | Request::Status
            | Request::Desk { .. }
            | Request::Sync { .. }
            | Request::Invite { .. }
            | Request::JoinPreview { .. }
            | Request::Join { .. }
            | Request::Devices
            | Request::AddDevice { .. }
            | Request::RevokeDevice { .. }
            | Request::Doctor
            | Request::Verify { .. }
            | Request::Stop
    );
    !goes_on
}

/// Whether a person may sign a decision here: not one that names a rule which this program does not know, since its own node would show
/// nothing from then on; and no version of a document while it shows none.
pub(super) fn may_sign(governance: &Governance, decision: &DecisionId) -> Result<(), Problem> {
    let state = governance.decision(decision);
    if state.as_ref().is_some_and(|state| matches!(state.decision.subject, Subject::Document(_))) {
        return other_rule(governance).map_or(Ok(()), Err);
    }
    let charter = state.as_ref().and_then(|state| state.decision.operation.charter());
    match charter.map(|charter| charter.guard_rule) {
        Some(number) if number != GUARD_RULE => Err(problem!("rule-unknown", number)),
        _ => Ok(()),
    }
}
