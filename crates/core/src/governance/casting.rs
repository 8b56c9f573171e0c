//! Casting votes: what an honest secretariat signs, and when it may not.

use super::{Choice, ConstitutionRef, DecisionStatus, Governance, Operation, Slot, SlotState, Subject, Vote};
use crate::{DecisionId, DeviceId, OrganisationId, VoteId};

impl Governance {
    /// The slot in which a next decision about `subject` is voted on, and its parent: the version after the one in
    /// force, in the round after the last dead one. With it the votes that killed that round.
    pub fn next_slot(&self, subject: &Subject) -> (Slot, Option<DecisionId>, Vec<VoteId>) {
        let last = self.in_force.get(subject).and_then(|versions| versions.last_key_value());
        let version = last.map_or(1, |(version, _)| version + 1);
        let secretariats = self.secretariats();
        let mut slot = Slot { subject: subject.clone(), version, round: 1 };
        let mut killed_by = Vec::new();
        while let SlotState::Dead(votes) = self.votes.state(&slot, &secretariats, &ConstitutionRef::GENESIS) {
            slot.round += 1;
            killed_by = votes;
        }
        (slot, last.map(|(_, id)| *id), killed_by)
    }

    /// The vote of `secretariat` in the slot of `decision`, to be signed by its signing device and made durable
    /// before anyone sees it.
    ///
    /// # Errors
    /// A sentence for people if it may not vote, or not here, or has voted already.
    pub fn cast(
        &self,
        secretariat: &OrganisationId,
        device: &DeviceId,
        decision: &DecisionId,
        refusal: Option<String>,
        time: u64,
    ) -> Result<Vote, CastError> {
        let state = self.decision(decision).ok_or(CastError::Unknown)?;
        let signing =
            self.genesis.iter().flat_map(|g| &g.secretariats).find(|c| c.organisation.id == *secretariat);
        let signing = signing.ok_or(CastError::NotASecretariat)?;
        if signing.device.device != *device {
            return Err(CastError::NotTheSigningDevice);
        }
        if matches!(state.decision.operation, Operation::Unknown(_)) && refusal.is_none() {
            return Err(CastError::Newer);
        }
        let d = state.decision;
        let slot = Slot { subject: d.subject.clone(), version: d.version, round: d.round };
        if self.votes.in_slot(&slot, secretariat).next().is_some() {
            return Err(CastError::AlreadyVoted);
        }
        if state.status != DecisionStatus::Open {
            return Err(CastError::Settled);
        }
        let (next, _, killed_by) = self.next_slot(&d.subject);
        if next != slot {
            return Err(CastError::Settled);
        }
        let choice = refusal.map_or(Choice::For(*decision), Choice::Refuse);
        Ok(Vote {
            programme: self.programme,
            secretariat: *secretariat,
            subject: slot.subject,
            version: slot.version,
            round: slot.round,
            constitution: ConstitutionRef::GENESIS,
            previous: self.votes.tip(secretariat),
            choice,
            killed_by,
            time,
        })
    }
}

/// Why a vote cannot be cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// No such decision.
    #[error("there is no such decision")]
    Unknown,
    /// Only secretariats vote.
    #[error("only the two secretariats sign decisions")]
    NotASecretariat,
    /// Each secretariat votes from one device.
    #[error("your organisation signs from another device")]
    NotTheSigningDevice,
    /// The decision is one that this version does not understand.
    #[error("this decision was made by a newer version of accord; upgrade before signing it")]
    Newer,
    /// A vote in this slot stands already.
    #[error("your organisation has voted on this already; a vote stands for ever")]
    AlreadyVoted,
    /// The slot is settled: in force, or dead.
    #[error("this decision is settled already; nothing more can be signed on it")]
    Settled,
}
