//! Decisions, for people: which there are, what each would change, who signed it, and what each side can do.

mod choices;
mod names;
mod propose;
mod sentences;

use accord_core::api::{DecisionSummary, DecisionView, Exit, Problem, RootSecret, Signed, VoteView};
use accord_core::governance::{
    CastError, Choice, DecisionState, DecisionStatus, Governance, MAX_CERTIFIED, Operation, Record, Signer,
    Slot, Subject, Vote,
};
use accord_core::{DecisionId, DeviceId, OrganisationId};
use accord_words::{problem, say};

pub(super) use names::{Names, documents, listed};
pub(super) use propose::propose;

use super::words::author_code;
use super::{ratify, rule};
use crate::replica::{Programme, Replica};
use crate::time::now;

/// The number that people use for a decision: four digits from its id, so that it is the same on every node. Where two
/// share one, people name them by the beginning of the id.
pub(crate) fn number(id: &DecisionId) -> String {
    let [a, b, c, d, ..] = id.0;
    (u32::from_be_bytes([a, b, c, d]) % 9000 + 1000).to_string()
}

/// The decisions that are open, or all: in the order in which they were proposed, as their authors say.
pub(super) fn list(replica: &Replica, all: bool) -> Result<Vec<DecisionSummary>, Problem> {
    let programme = replica.programme()?;
    let documents = documents(&programme);
    let governance = programme.governance();
    let names = Names::new(&programme, &governance, documents);
    let states = governance.decisions().filter(|state| all || state.status == DecisionStatus::Open);
    let mut listed: Vec<(Option<u64>, DecisionSummary)> =
        states.map(|state| (state.proposals.values().min().copied(), summary(&names, &state))).collect();
    listed.sort_by(|(at, one), (other_at, other)| (at, &one.number).cmp(&(other_at, &other.number)));
    Ok(listed.into_iter().map(|(_, summary)| summary).collect())
}

/// One decision whole.
pub(super) fn one(replica: &Replica, text: &str) -> Result<DecisionView, Problem> {
    let programme = replica.programme()?;
    let id = find(&programme.governance(), text)?;
    view_of(&programme, &id)
}

/// The same, by its id. Nobody who holds governance calls this: it looks at documents.
pub(super) fn view_of(programme: &Programme, id: &DecisionId) -> Result<DecisionView, Problem> {
    let documents = documents(programme);
    let mut view = {
        let governance = programme.governance();
        view(&Names::new(programme, &governance, documents), id)?
    };
    ratify::tell(programme, &mut view);
    Ok(view)
}

/// Votes for a decision, or refuses it, durably.
pub(super) fn vote(
    replica: &Replica,
    text: &str,
    refusal: Option<String>,
    root: Option<&RootSecret>,
) -> Result<Signed, Problem> {
    if refusal.as_ref().is_some_and(|why| why.trim().is_empty()) {
        return Err(problem!("refusal-needs-reason").exit(Exit::Usage));
    }
    let programme = replica.programme()?;
    let home = &replica.home;
    let id = find(&programme.governance(), text)?;
    if refusal.is_none() {
        rule::may_sign(&programme.governance(), &id)?;
        ratify::may_sign(&programme, &id)?;
    }
    let (vote, signer) = {
        let governance = programme.governance();
        let own = home.card.organisation.id;
        let vote = governance
            .cast(&own, &home.device.id(), &id, refusal, now())
            .map_err(|error| cast_problem(&governance, &id, error))?;
        let signer = governance.decision(&id).and_then(|state| governance.signer(&own, state.decision));
        (vote, signer)
    };
    programme.record(&home.device, vec![signed(replica, vote, signer, root)?])?;
    // Whoever says the last word knows of it.
    programme.saw_settled(&id);
    Ok(Signed { decision: view_of(&programme, &id)? })
}

/// A vote with its signature: the constitution takes the root key, all else the signing device.
fn signed(
    replica: &Replica,
    vote: Vote,
    signer: Option<Signer>,
    root: Option<&RootSecret>,
) -> Result<Record, Problem> {
    match signer {
        Some(Signer::Root(_)) => Ok(Record::root_vote(vote, &replica.root_key(root)?)),
        _ => Ok(Record::vote(vote, &replica.home.device)),
    }
}

fn cast_problem(governance: &Governance, id: &DecisionId, error: CastError) -> Problem {
    let problem = Problem::from_error(&error);
    let number = number(id);
    match error {
        CastError::NotASecretariat => problem.hint(say!("cast-see-signed", number)),
        CastError::NotTheSigningDevice => problem.hint(say!("cast-sign-there")),
        CastError::AlreadyVoted | CastError::Settled => {
            let dead = governance.decision(id).is_some_and(|state| state.status == DecisionStatus::Dead);
            if dead {
                problem.hint(say!("cast-put-up-again", number))
            } else {
                problem.hint(say!("cast-see-decision", number))
            }
        }
        CastError::OtherConstitution | CastError::NoEffect(_) => problem.hint(say!("cast-refuse", number)),
        CastError::ConstitutionUnderWay | CastError::SignsLast => problem.hint(say!("cast-see-open")),
        CastError::Unknown | CastError::Newer => problem,
    }
}

fn find(governance: &Governance, text: &str) -> Result<DecisionId, Problem> {
    let matches =
        |id: &DecisionId| number(id) == text || (text.len() >= 6 && id.to_string().starts_with(text));
    let found: Vec<DecisionId> = governance.decisions().map(|state| state.id).filter(matches).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(problem!("no-decision", number = text)),
        several => {
            let ids: Vec<String> = several.iter().map(DecisionId::short).collect();
            Err(problem!("decisions-alike", count = several.len(), number = text, ids = ids.join(", "))
                .exit(Exit::Usage))
        }
    }
}

/// Whose signature is still missing: the secretariats', and for a recovery those of its quorum instead of the lost one's.
fn waits_for(governance: &Governance, state: &DecisionState<'_>) -> Vec<OrganisationId> {
    if state.status != DecisionStatus::Open {
        return Vec::new();
    }
    let voted = |who: &OrganisationId| state.votes.iter().any(|(voter, vote)| voter == who && vote.is_some());
    let mut voters: Vec<OrganisationId> = governance.secretariats().into_iter().collect();
    if let Operation::Recover { recovery, .. } = &state.decision.operation {
        voters.retain(|who| *who != recovery.lost);
        let quorum = governance.genesis().map(|genesis| genesis.recovery_quorum.as_slice());
        voters.extend(quorum.unwrap_or_default().iter().map(|card| card.organisation.id));
    }
    voters.retain(|who| !voted(who));
    voters
}

fn summary(names: &Names<'_>, state: &DecisionState<'_>) -> DecisionSummary {
    let governance = names.governance;
    let waits_for = waits_for(governance, state);
    let own = names.programme.own_organisation(governance);
    let mine = own.is_some_and(|own| waits_for.contains(&own));
    let mut codes: Vec<String> = waits_for.iter().map(|who| names.code(who)).collect();
    codes.sort();
    let settled = state.status != DecisionStatus::Open;
    DecisionSummary {
        number: number(&state.id),
        id: state.id,
        sentence: names.sentence(state.decision),
        status: state.status,
        waits_for_me: mine && governance.objection(state.decision).is_none(),
        waits_for: codes,
        settled: state.votes.iter().filter_map(|(_, vote)| Some((*vote)?.time)).max().filter(|_| settled),
    }
}

/// Every open decision that waits for this organisation.
pub(super) fn waiting_for_me(names: &Names<'_>) -> Vec<DecisionSummary> {
    let open = names.governance.decisions().filter(|state| state.status == DecisionStatus::Open);
    open.map(|state| summary(names, &state)).filter(|summary| summary.waits_for_me).collect()
}

/// These decisions, in the order of their numbers.
pub(super) fn summaries(names: &Names<'_>, ids: &[DecisionId]) -> Vec<DecisionSummary> {
    let states = ids.iter().filter_map(|id| names.governance.decision(id));
    let mut summaries: Vec<DecisionSummary> = states.map(|state| summary(names, &state)).collect();
    summaries.sort_by(|one, other| one.number.cmp(&other.number));
    summaries
}

/// The decision that ended an organisation's taking part, if it took part and does no more.
pub(crate) fn ended_by(governance: &Governance, organisation: &OrganisationId) -> Option<DecisionId> {
    if governance.membership(organisation).is_some() {
        return None;
    }
    let removed = governance.versions(&Subject::Membership(*organisation));
    let removed = removed.last().filter(|(_, _, decision)| decision.operation == Operation::Remove);
    let named = |at: usize| governance.constitutions()[at].charter.seat(organisation).is_some();
    let dropped = || {
        let after = (1..governance.constitutions().len()).rev().find(|at| named(at - 1) && !named(*at))?;
        governance.constitutions()[after].reference.decision
    };
    removed.map(|(_, id, _)| *id).or_else(dropped)
}

/// What a device is told whose organisation takes part no more; none if it does, or never did.
pub(crate) fn ended(governance: &Governance, device: &DeviceId) -> Option<Problem> {
    let decision = ended_by(governance, &governance.owner(device)?)?;
    let number = number(&decision);
    Some(problem!("part-ended-by", number).exit(Exit::PersonNeeded))
}

/// The same, and of a device that its own organisation ended, or that is one more than it may have.
pub(crate) fn ended_here(governance: &Governance, device: &DeviceId) -> Option<Problem> {
    if let Some(problem) = ended(governance, device) {
        return Some(problem);
    }
    if let Some((_, revocation)) = governance.revocations(device).first() {
        return Some(problem!("device-ended", why = &revocation.why).exit(Exit::PersonNeeded));
    }
    let most = MAX_CERTIFIED;
    governance.is_surplus(device).then(|| problem!("device-surplus", most).exit(Exit::PersonNeeded))
}

/// What else those of `voters` voted in the slot of a decision who voted there twice: both is told, and neither chosen.
fn voted_twice<'g>(
    governance: &'g Governance,
    state: &DecisionState<'_>,
    voters: &[(OrganisationId, Option<&Vote>)],
) -> Vec<&'g Vote> {
    let slot = Slot {
        subject: state.decision.subject.clone(),
        version: state.decision.version,
        round: state.decision.round,
    };
    let mut others: Vec<&Vote> = Vec::new();
    for id in governance.equivocations().iter().flat_map(|proof| [proof.votes.0, proof.votes.1]) {
        let Some(vote) = governance.vote(&id).filter(|vote| vote.slot() == slot) else { continue };
        let same = |other: &Vote| other.secretariat == vote.secretariat && other.choice == vote.choice;
        let told = voters.iter().filter_map(|(_, vote)| *vote).any(same);
        if !told && !others.iter().any(|other| same(other)) {
            others.push(vote);
        }
    }
    others
}

fn view(names: &Names<'_>, id: &DecisionId) -> Result<DecisionView, Problem> {
    let governance = names.governance;
    let state = governance.decision(id).ok_or_else(|| problem!("decision-unknown"))?;
    let lost = match &state.decision.operation {
        Operation::Recover { recovery, .. } => Some(recovery.lost),
        _ => None,
    };
    let asked = waits_for(governance, &state);
    let mut voters: Vec<(OrganisationId, Option<&Vote>)> = state.votes.clone();
    if lost.is_some() {
        // The vote of who is lost is not asked for, but those of the founding's quorum are.
        voters.retain(|(who, vote)| vote.is_some() || asked.contains(who));
        let listed: Vec<OrganisationId> = voters.iter().map(|(who, _)| *who).collect();
        voters.extend(asked.iter().filter(|who| !listed.contains(who)).map(|who| (*who, None)));
    }
    if state.status == DecisionStatus::InForce {
        // Who came later was never asked.
        voters.retain(|(_, vote)| vote.is_some());
    }
    let twice = voted_twice(governance, &state, &voters);
    voters.extend(twice.into_iter().map(|vote| (vote.secretariat, Some(vote))));
    let votes = voters.iter().map(|(who, vote)| {
        let (said, why) = match vote.map(|vote| &vote.choice) {
            None => ("not_yet", None),
            Some(Choice::For(decision)) if decision == id => ("signed", None),
            Some(Choice::For(_)) => ("signed_other", None),
            Some(Choice::Refuse(why)) => ("refused", Some(why.clone())),
        };
        let time = vote.map(|vote| vote.time);
        VoteView { secretariat: names.code(who), said: said.to_owned(), why, time }
    });
    let proposed_by = state.proposals.iter().map(|(device, time)| (author_code(governance, device), *time));
    // The order of ids means nothing to people.
    let mut proposed_by: Vec<(String, u64)> = proposed_by.collect();
    proposed_by.sort();
    let objection = governance.objection(state.decision);
    let objection = objection.filter(|_| state.status == DecisionStatus::Open);
    Ok(DecisionView {
        summary: summary(names, &state),
        effects: names.meaning(state.decision),
        proposed_by,
        votes: votes.collect(),
        without: lost.map(|lost| names.code(&lost)),
        objection: objection.map(|objection| objection.to_string()),
        rivals: names.rivals(&state),
        choices: names.choices(&state),
    })
}
