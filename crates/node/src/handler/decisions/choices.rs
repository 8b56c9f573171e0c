//! Where not everybody wants the same: what else was proposed about the same, and what each side can do.

use accord_core::OrganisationId;
use accord_core::api::RivalView;
use accord_core::governance::{Choice, Decision, DecisionState, DecisionStatus, Slot, SlotState, Vote};
use accord_words::say;

use super::names::{Names, listed};
use super::{number, summary};

fn slot_of(decision: &Decision) -> Slot {
    Slot { subject: decision.subject.clone(), version: decision.version, round: decision.round }
}

fn is_for(vote: Option<&Vote>, state: &DecisionState<'_>) -> bool {
    vote.is_some_and(|vote| matches!(vote.choice, Choice::For(id) if id == state.id))
}

impl Names<'_> {
    /// Every other decision of one slot.
    fn beside<'s>(&'s self, state: &DecisionState<'_>) -> Vec<DecisionState<'s>> {
        let (id, slot) = (state.id, slot_of(state.decision));
        let same = |other: &DecisionState<'_>| other.id != id && slot_of(other.decision) == slot;
        self.governance.decisions().filter(same).collect()
    }

    /// The other decisions of the slot, of which only one can come in force. Nothing once that is settled.
    pub(super) fn rivals(&self, state: &DecisionState<'_>) -> Vec<RivalView> {
        if !matches!(state.status, DecisionStatus::Open | DecisionStatus::Dead) {
            return Vec::new();
        }
        let beside = self.beside(state);
        let rival = |other: &DecisionState<'_>| RivalView {
            summary: summary(self, other),
            effects: self.meaning(other.decision),
            signed: self
                .sorted(other.votes.iter().filter(|(_, vote)| is_for(*vote, other)).map(|(who, _)| who)),
        };
        let mut rivals: Vec<RivalView> = beside.iter().map(rival).collect();
        rivals.sort_by(|one, other| one.summary.number.cmp(&other.summary.number));
        rivals
    }

    fn sorted<'o>(&self, organisations: impl Iterator<Item = &'o OrganisationId>) -> Vec<String> {
        let mut codes: Vec<String> = organisations.map(|who| self.code(who)).collect();
        codes.sort();
        codes
    }

    /// What each side can do.
    pub(super) fn choices(&self, state: &DecisionState<'_>) -> Vec<String> {
        match state.status {
            DecisionStatus::Open => self.open_choices(state),
            DecisionStatus::Dead => self.dead_choices(state),
            DecisionStatus::Superseded => self.replacement(state),
            DecisionStatus::InForce => Vec::new(),
        }
    }

    fn open_choices(&self, state: &DecisionState<'_>) -> Vec<String> {
        let beside = self.beside(state);
        if beside.is_empty() {
            return Vec::new();
        }
        let mut numbers: Vec<String> =
            beside.iter().map(|other| &other.id).chain([&state.id]).map(number).collect();
        numbers.sort();
        let mut said = vec![say!("choices-same", numbers = listed(&numbers))];
        let signed: Vec<(String, Option<String>)> = state
            .votes
            .iter()
            .filter_map(|(who, vote)| {
                let choice = match &vote.as_ref()?.choice {
                    Choice::For(id) => Some(number(id)),
                    Choice::Refuse(_) => None,
                };
                Some((self.code(who), choice))
            })
            .collect();
        // The order of ids means nothing to people.
        let mut votes: Vec<(String, Option<&Vote>)> =
            state.votes.iter().map(|(who, vote)| (self.code(who), *vote)).collect();
        votes.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (code, vote) in votes {
            match (vote.map(|vote| &vote.choice), signed.first()) {
                (Some(Choice::For(id)), _) => said.push(say!("choices-signed", code, number = number(id))),
                (None, Some((other, Some(number)))) => said.push(say!("choices-follow", code, number, other)),
                (None, _) => said.push(say!("choices-any", code)),
                (Some(Choice::Refuse(_)), _) => {}
            }
        }
        said
    }

    fn dead_choices(&self, state: &DecisionState<'_>) -> Vec<String> {
        let slot = slot_of(state.decision);
        let SlotState::Dead(killed_by) = self.governance.slot(&slot) else { return Vec::new() };
        let votes: Vec<&Vote> = killed_by.iter().filter_map(|id| self.governance.vote(id)).collect();
        let mut how: Vec<String> = votes
            .iter()
            .map(|vote| match &vote.choice {
                Choice::For(id) => {
                    say!("choices-vote-for", code = self.code(&vote.secretariat), number = number(id))
                }
                Choice::Refuse(_) => say!("choices-vote-refused", code = self.code(&vote.secretariat)),
            })
            .collect();
        how.sort();
        let differ = votes.iter().any(|vote| vote.choice != votes[0].choice);
        let how = listed(&how);
        let mut said = vec![match votes.as_slice() {
            [Vote { choice: Choice::For(_), .. }] => say!("dead-replaced", how),
            [_] => say!("dead-settled", how),
            _ if differ => say!("dead-differ", how),
            _ => say!("dead-constitutions", how),
        }];
        let later = self.governance.decisions().filter(|other| {
            let later = slot_of(other.decision);
            later.subject == slot.subject && later.version == slot.version && later.round > slot.round
        });
        let mut later: Vec<(u32, String, DecisionStatus)> =
            later.map(|other| (other.decision.round, number(&other.id), other.status)).collect();
        later.sort_by(|one, other| (other.0, &other.1).cmp(&(one.0, &one.1)));
        match later.first() {
            Some((_, number, DecisionStatus::Open)) => {
                said.push(say!("dead-again", number));
            }
            Some((_, number, DecisionStatus::InForce)) => {
                said.push(say!("dead-later", number));
            }
            _ => {
                let mut numbers: Vec<String> =
                    self.beside(state).iter().map(|other| number(&other.id)).collect();
                numbers.push(number(&state.id));
                numbers.sort();
                let commands: Vec<String> =
                    numbers.iter().map(|number| format!("accord propose again {number}")).collect();
                let alone = commands.len() == 1;
                let mut commands = commands.into_iter();
                let first = commands.next().unwrap_or_default();
                let commands = commands.fold(first, |first, second| say!("or-else", first, second));
                said.push(if alone {
                    say!("dead-agree-alone", commands)
                } else {
                    say!("dead-agree", commands)
                });
            }
        }
        said
    }

    fn replacement(&self, state: &DecisionState<'_>) -> Vec<String> {
        let versions = self.governance.versions(&state.decision.subject);
        let stands = versions.iter().find(|(version, _, _)| *version == state.decision.version);
        stands.map(|(_, id, _)| say!("replaced-by", number = number(id))).into_iter().collect()
    }
}
