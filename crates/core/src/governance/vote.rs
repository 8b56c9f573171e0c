//! Votes: one secretariat's word on one slot, for ever.

use accord_words::say;
use minicbor::{Decode, Encode};

use super::{Slot, Subject};
use crate::{
    DecisionId, DeviceKey, KeyError, OrganisationId, ProgrammeId, PublicKey, RootKey, Signature, VoteId,
    encode, tagged_hash,
};

/// The most votes that one vote cites: those of a recovery's quorum beside the secretariats'.
const MAX_CITED: usize = 64;
/// The longest reason, in bytes.
const MAX_REASON: usize = 2000;

/// The constitution that a vote is cast under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct ConstitutionRef {
    /// Its version: 0 is the genesis.
    #[n(0)]
    pub version: u32,
    /// The decision that made it; none for the genesis.
    #[n(1)]
    pub decision: Option<DecisionId>,
}

impl ConstitutionRef {
    /// The constitution that the genesis gives.
    pub const GENESIS: Self = Self { version: 0, decision: None };
}

/// What is voted.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Choice {
    /// For this decision.
    #[n(0)]
    For(#[n(0)] DecisionId),
    /// For none, and why; kills the slot.
    #[n(1)]
    Refuse(#[n(0)] String),
}

/// A vote, without its signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Vote {
    /// The programme.
    #[n(0)]
    pub programme: ProgrammeId,
    /// The secretariat.
    #[n(1)]
    pub secretariat: OrganisationId,
    /// The subject of the slot.
    #[n(2)]
    pub subject: Subject,
    /// The version of the slot.
    #[n(3)]
    pub version: u32,
    /// The round of the slot.
    #[n(4)]
    pub round: u32,
    /// The constitution that it is cast under.
    #[n(5)]
    pub constitution: ConstitutionRef,
    /// The same secretariat's vote before: the chain shows that nothing was left out.
    #[n(6)]
    pub previous: Option<VoteId>,
    /// What is voted.
    #[n(7)]
    pub choice: Choice,
    /// The votes that killed the round before, and those that killed a constitution that its author voted for: in order.
    #[n(8)]
    pub killed_by: Vec<VoteId>,
    /// When, as its author says: seconds since 1970. Shown, never decisive.
    #[n(9)]
    pub time: u64,
}

impl Vote {
    /// Its id.
    pub fn id(&self) -> VoteId {
        VoteId(self.hash())
    }

    /// The slot that it is a vote in.
    pub fn slot(&self) -> Slot {
        Slot { subject: self.subject.clone(), version: self.version, round: self.round }
    }

    fn hash(&self) -> [u8; 32] {
        tagged_hash("vote", &[&encode(self)])
    }

    /// Signs it.
    pub fn sign(&self, key: &DeviceKey) -> Signature {
        key.sign("vote", &self.hash())
    }

    /// Signs it by a root key: a vote on the constitution.
    pub fn sign_by_root(&self, key: &RootKey) -> Signature {
        key.sign("vote", &self.hash())
    }

    /// Checks its bounds: what it cites is in order, and a reason can be shown.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.version == 0 || self.round == 0 {
            return Err(say!("unfit-begin"));
        }
        if self.killed_by.len() > MAX_CITED || !self.killed_by.is_sorted_by(|a, b| a < b) {
            return Err(say!("unfit-cited"));
        }
        match &self.choice {
            Choice::Refuse(why) if why.len() > MAX_REASON || why.trim().is_empty() => {
                Err(say!("unfit-refusal"))
            }
            _ => Ok(()),
        }
    }

    /// Checks its signature by `key`.
    ///
    /// # Errors
    /// [`KeyError`] if it does not hold.
    pub fn verify(&self, key: &PublicKey, signature: &Signature) -> Result<(), KeyError> {
        signature.verify(key, "vote", &self.hash())
    }
}
