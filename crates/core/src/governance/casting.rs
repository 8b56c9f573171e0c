//! Casting votes: what an honest secretariat signs, and when it may not.

use accord_words::say;
use std::collections::BTreeSet;

use super::constitution::is_recovery;
use super::operation::RECOVERY_ROUND;
use super::{
    Choice, ConstitutionRef, Cut, Decision, DecisionStatus, Governance, Operation, Slot, SlotState, Subject,
    Term, Vote,
};
use crate::{
    DecisionId, DeviceId, OrganisationId, RootId, SpaceId, VoteId, governance_space, programme_space,
};

/// The key that a vote is to be signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// The secretariat's signing device: [`super::Record::vote`].
    Device(DeviceId),
    /// The organisation's root key, for the constitution: [`super::Record::root_vote`].
    Root(RootId),
}

impl Governance {
    /// The slot in which a next decision about `subject` is voted on, and its parent: the version after the one in
    /// force, in the round after the last dead one. With it the votes that killed that round.
    pub fn next_slot(&self, subject: &Subject) -> (Slot, Option<DecisionId>, Vec<VoteId>) {
        self.next_slot_from(subject, 1)
    }

    /// The same for a recovery, which has rounds of its own.
    pub fn next_recovery_slot(&self) -> (Slot, Option<DecisionId>, Vec<VoteId>) {
        self.next_slot_from(&Subject::Constitution, RECOVERY_ROUND)
    }

    fn next_slot_from(&self, subject: &Subject, round: u32) -> (Slot, Option<DecisionId>, Vec<VoteId>) {
        let last = self.standing(subject).and_then(|versions| versions.last_key_value());
        let version = last.map_or(1, |(version, _)| version + 1);
        let mut slot = Slot { subject: subject.clone(), version, round };
        let mut killed_by = Vec::new();
        while let SlotState::Dead(votes) = self.slot(&slot) {
            slot.round += 1;
            killed_by = votes;
        }
        killed_by.sort_unstable();
        (slot, last.map(|(_, id)| *id), killed_by)
    }

    /// A decision about `subject` in its next slot, to be proposed. A grant is for the organisation's part of now.
    pub fn draft(&self, subject: Subject, operation: Operation, mut cuts: Vec<Cut>) -> Decision {
        let recovery = matches!(operation, Operation::Recover { .. });
        let (slot, parent, _) = if recovery { self.next_recovery_slot() } else { self.next_slot(&subject) };
        let membership = match (&operation, &subject) {
            (Operation::Grant { .. }, Subject::Access(organisation, _)) => {
                self.membership(organisation).map(|m| m.term).or(Some(Term::Member(0)))
            }
            _ => None,
        };
        cuts.sort_unstable();
        Decision { subject, version: slot.version, round: slot.round, parent, membership, operation, cuts }
    }

    /// With which key the vote of an organisation on `decision` is signed; none if it has no vote.
    pub fn signer(&self, organisation: &OrganisationId, decision: &Decision) -> Option<Signer> {
        let seat = self.chain.last()?.charter.seat(organisation);
        if decision.subject != Subject::Constitution {
            return seat.map(|seat| Signer::Device(seat.card.device.device));
        }
        let recovers = matches!(decision.operation, Operation::Recover { .. });
        let of_quorum = || self.quorum.roots.get(organisation).copied().filter(|_| recovers);
        seat.map(|seat| seat.root).or_else(of_quorum).map(Signer::Root)
    }

    /// The vote of `secretariat` in the slot of `decision`, to be signed by its signing device (or, on the constitution,
    /// by its root key) and made durable before anyone sees it.
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
        let d = state.decision;
        match self.signer(secretariat, d).ok_or(CastError::NotASecretariat)? {
            Signer::Device(signing) if signing != *device => return Err(CastError::NotTheSigningDevice),
            _ => {}
        }
        if matches!(d.operation, Operation::Unknown(_)) && refusal.is_none() {
            return Err(CastError::Newer);
        }
        let slot = Slot { subject: d.subject.clone(), version: d.version, round: d.round };
        if self.votes.voted(&slot, secretariat) {
            return Err(CastError::AlreadyVoted);
        }
        if state.status != DecisionStatus::Open {
            return Err(CastError::Settled);
        }
        // What stands in force, the parent too, may have changed since it was proposed; and nobody votes above a round
        // that is in force.
        let (next, parent, killed_by) =
            if is_recovery(&slot) { self.next_recovery_slot() } else { self.next_slot(&d.subject) };
        if next != slot || parent != d.parent {
            return Err(CastError::Settled);
        }
        let constitution = self.constitution_ref();
        if refusal.is_none() {
            self.check_open(&slot, constitution)?;
            self.check_last(&slot, secretariat, decision)?;
            if let Some(why) = self.objection(d) {
                return Err(CastError::NoEffect(why));
            }
        }
        let mut cited: BTreeSet<VoteId> = killed_by.into_iter().collect();
        for promise in self.votes.promises(secretariat).to_cite(constitution.version) {
            match self.slot(&promise.slot) {
                SlotState::Dead(votes) => cited.extend(votes),
                // A recovery replaces it, and what it is itself about is voted on in the next round of it. Who signed its own
                // place away does not recover.
                _ if is_recovery(&next) && !self.drops(&promise.decision, secretariat) => {}
                _ => return Err(CastError::ConstitutionUnderWay),
            }
        }
        Ok(Vote {
            programme: self.programme,
            secretariat: *secretariat,
            subject: next.subject,
            version: next.version,
            round: next.round,
            constitution,
            previous: self.votes.tip(secretariat),
            choice: refusal.map_or(Choice::For(*decision), Choice::Refuse),
            killed_by: cited.into_iter().collect(),
            time,
        })
    }

    /// A vote beside one that was cast under an earlier constitution can only kill the slot, and a person is not to sign
    /// what cannot come in force.
    fn check_open(&self, slot: &Slot, constitution: ConstitutionRef) -> Result<(), CastError> {
        let other =
            self.judge(|judge| judge.counted(slot).iter().any(|(_, v)| v.constitution != constitution));
        if other { Err(CastError::OtherConstitution) } else { Ok(()) }
    }

    /// Who signs its own place away is bound by it even against a recovery. So that nobody is bound so to what the other side
    /// never settles, it signs after those that stay.
    fn check_last(
        &self,
        slot: &Slot,
        secretariat: &OrganisationId,
        decision: &DecisionId,
    ) -> Result<(), CastError> {
        if is_recovery(slot) || !self.drops(decision, secretariat) {
            return Ok(());
        }
        let mut staying = self.secretariats();
        staying.retain(|who| who != secretariat && !self.drops(decision, who));
        let signed = |who: &OrganisationId| {
            let choice = Choice::For(*decision);
            self.judge(|judge| {
                judge.counted(slot).iter().any(|(_, v)| v.secretariat == *who && v.choice == choice)
            })
        };
        if staying.iter().all(signed) { Ok(()) } else { Err(CastError::SignsLast) }
    }

    /// Why a decision would have no effect as things stand, if it would not. An honest secretariat does not sign such a
    /// one; in force it does no harm.
    pub fn objection(&self, decision: &Decision) -> Option<Objection> {
        match (&decision.operation, &decision.subject) {
            (Operation::Admit { card, .. }, Subject::Membership(organisation)) => {
                if self.owner(&card.device.device).is_some_and(|owner| owner != *organisation) {
                    return Some(Objection::DeviceOfAnother);
                }
                let part = self.membership(organisation);
                part.is_some().then_some(Objection::TakesPart)
            }
            (Operation::Remove | Operation::ReplaceRoot { .. }, Subject::Membership(organisation)) => {
                match self.membership(organisation).map(|m| m.term) {
                    Some(Term::Member(_)) => None,
                    Some(Term::Secretariat(_)) => Some(Objection::Secretariat),
                    None => Some(Objection::TakesNoPart),
                }
            }
            (Operation::Grant { .. }, Subject::Access(organisation, space)) => {
                let term = self.membership(organisation).map(|m| m.term);
                if self.is_built_in(space) {
                    Some(Objection::ByMembership)
                } else if !self.is_shared(space) {
                    Some(Objection::NoSpace)
                } else if term.is_none() || term != decision.membership {
                    Some(Objection::Ended)
                } else {
                    None
                }
            }
            (Operation::Withdraw { .. }, Subject::Access(organisation, space)) => {
                if self.is_built_in(space) {
                    return Some(Objection::ByMembership);
                }
                (!self.ever_had(organisation, space)).then_some(Objection::NoAccess)
            }
            (Operation::CreateSpace { .. }, Subject::Space(space)) => {
                if self.index.private.contains(space) {
                    return Some(Objection::OwnSpace);
                }
                self.is_built_in(space).then_some(Objection::BuiltIn)
            }
            (Operation::Constitute(charter) | Operation::Recover { charter, .. }, _) => {
                let of_another = |seat: &super::Seat| {
                    let owner = self.owner(&seat.card.device.device);
                    owner.is_some_and(|owner| owner != seat.card.organisation.id)
                };
                let lost = match &decision.operation {
                    Operation::Recover { recovery, .. } => !self.secretariats().contains(&recovery.lost),
                    _ => false,
                };
                if lost {
                    Some(Objection::OnlySecretariat)
                } else {
                    let taken = charter.seats.iter().any(of_another);
                    taken.then_some(Objection::SignerOfAnother)
                }
            }
            _ => None,
        }
    }

    fn is_built_in(&self, space: &SpaceId) -> bool {
        [governance_space(&self.programme), programme_space(&self.programme)].contains(space)
    }
}

/// Why a decision would change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// The device of the card is another organisation's.
    #[error("{}", say!("objection-device-of-another"))]
    DeviceOfAnother,
    /// The organisation is admitted.
    #[error("{}", say!("objection-takes-part"))]
    TakesPart,
    /// A secretariat's part ends in another way.
    #[error("{}", say!("objection-secretariat"))]
    Secretariat,
    /// There is nothing to end.
    #[error("{}", say!("objection-takes-no-part"))]
    TakesNoPart,
    /// Nobody opened the space.
    #[error("{}", say!("objection-no-space"))]
    NoSpace,
    /// Access was to be given to a membership that is over.
    #[error("{}", say!("objection-ended"))]
    Ended,
    /// There is no access to take.
    #[error("{}", say!("objection-no-access"))]
    NoAccess,
    /// The space is private.
    #[error("{}", say!("objection-own-space"))]
    OwnSpace,
    /// The space is there from the founding.
    #[error("{}", say!("objection-built-in"))]
    BuiltIn,
    /// Who is to be recovered from is no secretariat.
    #[error("{}", say!("objection-only-secretariat"))]
    OnlySecretariat,
    /// A signing device is another organisation's.
    #[error("{}", say!("objection-signer-of-another"))]
    SignerOfAnother,
    /// The access is that of every member.
    #[error("{}", say!("objection-by-membership"))]
    ByMembership,
}

/// Why a vote cannot be cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// No such decision.
    #[error("{}", say!("cast-unknown"))]
    Unknown,
    /// Only secretariats vote.
    #[error("{}", say!("cast-not-a-secretariat"))]
    NotASecretariat,
    /// Each secretariat votes from one device.
    #[error("{}", say!("cast-other-device"))]
    NotTheSigningDevice,
    /// The decision is one that this version does not understand.
    #[error("{}", say!("cast-newer"))]
    Newer,
    /// A vote in this slot stands already.
    #[error("{}", say!("cast-already-voted"))]
    AlreadyVoted,
    /// The slot is settled: in force, or dead.
    #[error("{}", say!("cast-settled"))]
    Settled,
    /// Votes of an earlier constitution stand in the slot.
    #[error("{}", say!("cast-other-constitution"))]
    OtherConstitution,
    /// Its author voted for a constitution that is neither in force nor dead.
    #[error("{}", say!("cast-constitution-under-way"))]
    ConstitutionUnderWay,
    /// It takes its author's own place, and who keeps theirs has not signed.
    #[error("{}", say!("cast-signs-last"))]
    SignsLast,
    /// It would change nothing.
    #[error("{}", say!("cast-no-effect", why = .0.to_string()))]
    NoEffect(Objection),
}
