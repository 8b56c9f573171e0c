//! Proofs against who does not keep to the rules: values that anybody can check, whatever else he holds.

use minicbor::{Decode, Encode};

use super::{Equivocation, Governance, Vote};
use crate::{Header, KeyError, LogId, ProgrammeId, Signature, SignedEntry};

/// Two votes of one secretariat that exclude each other, with their signatures.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct EquivocationProof {
    /// The one of the lower id.
    #[n(0)]
    pub one: (Vote, Signature),
    /// The other.
    #[n(1)]
    pub other: (Vote, Signature),
}

/// Two entries of one device at one position of one log: headers and signatures, without what they carry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ForkProof {
    /// The header of the one of the lower id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub one: Vec<u8>,
    /// Its signature.
    #[n(1)]
    pub one_signature: Signature,
    /// The header of the other.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub other: Vec<u8>,
    /// Its signature.
    #[n(3)]
    pub other_signature: Signature,
}

/// What is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoProof {
    /// The two do not exclude each other.
    #[error("the two do not contradict each other")]
    NoContradiction,
    /// It is about another programme, or cannot be read.
    #[error("it is not about this programme, or cannot be read")]
    Elsewhere,
    /// No constitution in force lets its author vote so.
    #[error("its author had no vote")]
    NotAllowed,
    /// A signature does not hold.
    #[error("a signature does not hold")]
    Signature(#[source] KeyError),
}

impl EquivocationProof {
    /// Whether the two votes exclude each other: different votes in one slot, or after one and the same vote.
    fn contradicts(&self) -> bool {
        let (one, other) = (&self.one.0, &self.other.0);
        one.secretariat == other.secretariat
            && one.programme == other.programme
            && one.id() < other.id()
            && (one.slot() == other.slot() || one.previous == other.previous)
    }
}

impl ForkProof {
    /// The proof that two entries make, if they do.
    pub fn of(one: &SignedEntry, other: &SignedEntry) -> Self {
        let swap = Header::id_of(&one.header) > Header::id_of(&other.header);
        let (one, other) = if swap { (other, one) } else { (one, other) };
        Self {
            one: one.header.clone(),
            one_signature: one.signature,
            other: other.header.clone(),
            other_signature: other.signature,
        }
    }

    /// Checks the proof; gives the log and the position at which it forked.
    ///
    /// # Errors
    /// [`NoProof`] with what does not hold.
    pub fn check(&self, programme: &ProgrammeId) -> Result<(LogId, u64), NoProof> {
        let read = |bytes: &[u8]| Header::from_bytes(bytes).map_err(|_| NoProof::Elsewhere);
        let (one, other) = (read(&self.one)?, read(&self.other)?);
        let (one_id, other_id) = (Header::id_of(&self.one), Header::id_of(&self.other));
        if one.programme != *programme || other.programme != *programme {
            return Err(NoProof::Elsewhere);
        }
        let place = |header: &Header| (header.space, header.device, header.seq);
        if place(&one) != place(&other) || one_id >= other_id {
            return Err(NoProof::NoContradiction);
        }
        self.one_signature.verify(&one.device.0, "entry", &one_id.0).map_err(NoProof::Signature)?;
        self.other_signature.verify(&other.device.0, "entry", &other_id.0).map_err(NoProof::Signature)?;
        Ok((LogId { space: one.space, device: one.device }, one.seq))
    }
}

impl Governance {
    /// The self-contained proof of an equivocation held.
    pub fn proof(&self, equivocation: &Equivocation) -> Option<EquivocationProof> {
        let signed = |id| self.votes.verified.get(id).map(|v| (v.vote.clone(), v.signature));
        Some(EquivocationProof { one: signed(&equivocation.votes.0)?, other: signed(&equivocation.votes.1)? })
    }

    /// Checks a proof by the constitutions that are in force here, of which the genesis comes with the programme's id.
    ///
    /// # Errors
    /// [`NoProof`] with what does not hold.
    pub fn check_proof(&self, proof: &EquivocationProof) -> Result<(), NoProof> {
        if proof.one.0.programme != self.programme {
            return Err(NoProof::Elsewhere);
        }
        if !proof.contradicts() {
            return Err(NoProof::NoContradiction);
        }
        for (vote, signature) in [&proof.one, &proof.other] {
            let under = self.chain.iter().find(|c| c.reference == vote.constitution);
            let key = under.and_then(|c| super::constitution::key_of(c, &self.quorum, vote));
            vote.verify(&key.ok_or(NoProof::NotAllowed)?, signature).map_err(NoProof::Signature)?;
        }
        Ok(())
    }
}
