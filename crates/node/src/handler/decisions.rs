//! Decisions, for people.

use accord_core::DecisionId;
use accord_core::api::{DecisionSummary, DecisionView, Exit, Problem, Signed, VoteView, kind_word};
use accord_core::governance::{
    CastError, Choice, DecisionState, DecisionStatus, Governance, Operation, Record,
};

use super::words::{author_code, code};
use crate::replica::{Programme, Replica};
use crate::time::now;

/// The number that people use for a decision: four digits from its id, so that it is the same on every node. Where two
/// share one, people name them by the beginning of the id.
fn number(id: &DecisionId) -> String {
    let [a, b, c, d, ..] = id.0;
    (u32::from_be_bytes([a, b, c, d]) % 9000 + 1000).to_string()
}

/// The decisions that are open, or all.
pub(super) fn list(replica: &Replica, all: bool) -> Result<Vec<DecisionSummary>, Problem> {
    let programme = replica.programme()?;
    let governance = programme.governance();
    let states = governance.decisions().filter(|state| all || state.status == DecisionStatus::Open);
    Ok(states.map(|state| summary(&programme, &governance, &state)).collect())
}

/// One decision whole.
pub(super) fn one(replica: &Replica, text: &str) -> Result<DecisionView, Problem> {
    let programme = replica.programme()?;
    let governance = programme.governance();
    let id = find(&governance, text)?;
    view(&programme, &governance, &id)
}

/// Votes for a decision, or refuses it, durably.
pub(super) fn vote(replica: &Replica, text: &str, refusal: Option<String>) -> Result<Signed, Problem> {
    if refusal.as_ref().is_some_and(|why| why.trim().is_empty()) {
        return Err(Problem::failed("a refusal stands for ever, and needs a reason").exit(Exit::Usage));
    }
    let programme = replica.programme()?;
    let home = &replica.home;
    let (id, vote) = {
        let governance = programme.governance();
        let id = find(&governance, text)?;
        let own = home.card.organisation.id;
        let vote =
            governance.cast(&own, &home.device.id(), &id, refusal, now()).map_err(|error| match error {
                CastError::NotASecretariat => Problem::from_error(&error)
                    .hint("ask the secretariats; accord decision N shows which of them have signed"),
                _ => Problem::from_error(&error),
            })?;
        (id, vote)
    };
    programme.record(&home.device, vec![Record::vote(vote, &home.device)])?;
    let governance = programme.governance();
    Ok(Signed { decision: view(&programme, &governance, &id)? })
}

fn find(governance: &Governance, text: &str) -> Result<DecisionId, Problem> {
    let matches =
        |id: &DecisionId| number(id) == text || (text.len() >= 6 && id.to_string().starts_with(text));
    let found: Vec<DecisionId> = governance.decisions().map(|state| state.id).filter(matches).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Problem::failed(format!("there is no decision {text}"))
            .hint("see them with: accord decisions --all")),
        several => {
            let ids: Vec<String> = several.iter().map(DecisionId::short).collect();
            Err(Problem::failed(format!("{} decisions have the number {text}", several.len()))
                .exit(Exit::Usage)
                .hint(format!("name one by the beginning of its id: {}", ids.join(", "))))
        }
    }
}

pub(super) fn summary(
    programme: &Programme,
    governance: &Governance,
    state: &DecisionState<'_>,
) -> DecisionSummary {
    let own = programme.own_organisation(governance);
    let mine = state.votes.iter().find(|(who, _)| Some(*who) == own);
    let waits_for_me = state.status == DecisionStatus::Open && mine.is_some_and(|(_, vote)| vote.is_none());
    DecisionSummary {
        number: number(&state.id),
        id: state.id,
        sentence: sentence(&state.decision.operation),
        status: state.status,
        waits_for_me,
    }
}

/// Every open decision that waits for this organisation.
pub(super) fn waiting_for_me(programme: &Programme, governance: &Governance) -> Vec<DecisionSummary> {
    let open = governance.decisions().filter(|state| state.status == DecisionStatus::Open);
    open.map(|state| summary(programme, governance, &state)).filter(|summary| summary.waits_for_me).collect()
}

fn sentence(operation: &Operation) -> String {
    match operation {
        Operation::Admit { card, kind } => {
            let organisation = &card.organisation;
            format!("Admit {} ({}) as {}", organisation.name, organisation.code, kind_word(*kind))
        }
        Operation::Remove => "Remove an organisation".to_owned(),
        Operation::CreateSpace { name, .. } => format!("Open the space {name}"),
        Operation::Grant { .. } => "Give an organisation access to a space".to_owned(),
        Operation::Withdraw { .. } => "Take access to a space from an organisation".to_owned(),
        Operation::Ratify { .. } => "Freeze a version of a document".to_owned(),
        Operation::ReplaceRoot { .. } => "Replace an organisation's root key".to_owned(),
        Operation::Constitute(_) => "Change the constitution".to_owned(),
        Operation::Recover { .. } => "Replace a lost secretariat".to_owned(),
        Operation::Unknown(_) => "A decision of a kind that a newer version of accord knows".to_owned(),
    }
}

fn effects(operation: &Operation) -> Vec<String> {
    match operation {
        Operation::Admit { card, .. } => {
            let code = &card.organisation.code;
            vec![
                format!(
                    "{code} receives all documents of the programme, and its later changes are taken in."
                ),
                format!("Its node is the one with the device id {}.", card.device.device.short()),
                "It cannot sign decisions; that takes a secretariat.".to_owned(),
            ]
        }
        Operation::Unknown(_) => vec!["Upgrade accord to see what it would change.".to_owned()],
        _ => Vec::new(),
    }
}

fn view(programme: &Programme, governance: &Governance, id: &DecisionId) -> Result<DecisionView, Problem> {
    let state = governance.decision(id).ok_or_else(|| Problem::failed("there is no such decision"))?;
    let votes = state.votes.iter().map(|(who, vote)| {
        let (said, why) = match vote.map(|vote| &vote.choice) {
            None => ("not_yet", None),
            Some(Choice::For(decision)) if decision == id => ("signed", None),
            Some(Choice::For(_)) => ("signed_other", None),
            Some(Choice::Refuse(why)) => ("refused", Some(why.clone())),
        };
        let time = vote.map(|vote| vote.time);
        VoteView { secretariat: code(governance, who), said: said.to_owned(), why, time }
    });
    Ok(DecisionView {
        summary: summary(programme, governance, &state),
        effects: effects(&state.decision.operation),
        proposed_by: state
            .proposals
            .iter()
            .map(|(device, time)| (author_code(governance, device), *time))
            .collect(),
        votes: votes.collect(),
    })
}
