//! Governance records: what stands in the logs of the governance space.
//!
//! Each record carries its own signature and the time that its author claims, so that it counts, and can be
//! shown to a third party, whatever becomes of the log that carried it. Only acknowledgements mean something by
//! their place in a log, and are signed by their entry alone.

use accord_words::say;
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::{Decision, Genesis, Revocation, Vote};
use crate::codec::{Raw, tagged, write_raw};
use crate::{
    CardError, DecisionId, DeviceCertificate, DeviceId, DeviceKey, KeyError, OrganisationId, ProgrammeId,
    RecordId, RootKey, Signature, encode, tagged_hash,
};

/// The most decisions, and the most device records, that one acknowledgement names: both together fit a header.
pub(super) const MAX_ACKNOWLEDGED: usize = 256;

/// A governance record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// One secretariat's signature under the genesis.
    Genesis {
        /// The genesis.
        genesis: Box<Genesis>,
        /// Who signs.
        organisation: OrganisationId,
        /// When, as it says: seconds since 1970.
        time: u64,
        /// Its root key's signature.
        signature: Signature,
    },
    /// A further device of an organisation.
    Device {
        /// Signed by the root key and by the device.
        certificate: Box<DeviceCertificate>,
        /// When, as it says.
        time: u64,
    },
    /// A decision put up for the secretariats' votes. Any member can propose.
    Proposal {
        /// The decision.
        decision: Box<Decision>,
        /// The device that proposes.
        proposer: DeviceId,
        /// When, as it says.
        time: u64,
        /// The proposer's signature.
        signature: Signature,
    },
    /// A secretariat's vote.
    Vote {
        /// The vote.
        vote: Box<Vote>,
        /// Its signing device's signature.
        signature: Signature,
    },
    /// What the log's author has come to know: `authority` of its later entries points here.
    Acknowledge {
        /// Decisions in force, in the order of their ids.
        decisions: Vec<DecisionId>,
        /// Device records, in the order of their ids.
        devices: Vec<RecordId>,
    },
    /// The end of a device, signed by its organisation's root key alone.
    Revoke {
        /// Which device, and how far its logs count.
        revocation: Box<Revocation>,
        /// The root key's signature.
        signature: Signature,
    },
    /// A record that a newer version wrote: kept and passed on.
    Unknown(UnknownRecord),
}

/// A record that this version does not know, kept to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRecord(Raw);

/// Why a record does not count. The entry that carries it stands in its log all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A signature does not hold.
    #[error("{}", say!("record-signature"))]
    Signature(#[source] KeyError),
    /// A card or certificate does not hold.
    #[error("{}", say!("record-card"))]
    Card(#[source] CardError),
    /// Of another programme.
    #[error("{}", say!("record-other-programme"))]
    OtherProgramme,
    /// Not signed by whom it should be.
    #[error("{}", say!("record-not-allowed"))]
    NotAllowed,
    /// Parts that do not fit together.
    #[error("{0}")]
    Unfit(String),
}

impl Record {
    /// Its id.
    pub fn id(&self) -> RecordId {
        RecordId(tagged_hash("record", &[&encode(self)]))
    }

    /// The genesis, signed by `root` at `time`.
    pub fn genesis(genesis: Genesis, root: &RootKey, time: u64) -> Self {
        let hash = genesis_hash(&genesis.id(), &root.id(), time);
        Record::Genesis {
            genesis: Box::new(genesis),
            organisation: root.id(),
            time,
            signature: root.sign("genesis", &hash),
        }
    }

    /// A proposal of `decision` by `proposer` at `time`.
    pub fn proposal(decision: Decision, proposer: &DeviceKey, time: u64) -> Self {
        let hash = proposal_hash(&decision.id(), &proposer.id(), time);
        Record::Proposal {
            decision: Box::new(decision),
            proposer: proposer.id(),
            time,
            signature: proposer.sign("proposal", &hash),
        }
    }

    /// `vote`, signed by the secretariat's signing device.
    pub fn vote(vote: Vote, key: &DeviceKey) -> Self {
        let signature = vote.sign(key);
        Record::Vote { vote: Box::new(vote), signature }
    }

    /// `vote` on the constitution, signed by an organisation's root key.
    pub fn root_vote(vote: Vote, root: &RootKey) -> Self {
        let signature = vote.sign_by_root(root);
        Record::Vote { vote: Box::new(vote), signature }
    }

    /// `revocation`, signed by the organisation's root key of now.
    pub fn revocation(revocation: Revocation, root: &RootKey) -> Self {
        let signature = revocation.sign(root);
        Record::Revoke { revocation: Box::new(revocation), signature }
    }

    /// Checks what can be checked of the record alone: signatures over it that name their own key, and that its
    /// parts fit together. Who may sign a vote is the fold's question.
    ///
    /// # Errors
    /// [`RecordError`] with the first thing that does not hold.
    pub fn check(&self, programme: &ProgrammeId) -> Result<(), RecordError> {
        match self {
            Record::Genesis { genesis, organisation, time, signature } => {
                if genesis.id() != *programme {
                    return Err(RecordError::OtherProgramme);
                }
                genesis.check().map_err(RecordError::Card)?;
                if !genesis.names(organisation) {
                    return Err(RecordError::NotAllowed);
                }
                let hash = genesis_hash(programme, organisation, *time);
                signature.verify(&organisation.0, "genesis", &hash).map_err(RecordError::Signature)
            }
            Record::Device { certificate, .. } => certificate.check_device().map_err(RecordError::Card),
            Record::Revoke { revocation, .. } => {
                if revocation.programme != *programme {
                    return Err(RecordError::OtherProgramme);
                }
                revocation.check().map_err(RecordError::Unfit)
            }
            Record::Proposal { decision, proposer, time, signature } => {
                decision.check().map_err(RecordError::Unfit)?;
                let hash = proposal_hash(&decision.id(), proposer, *time);
                signature.verify(&proposer.0, "proposal", &hash).map_err(RecordError::Signature)
            }
            Record::Vote { vote, .. } => {
                if vote.programme != *programme {
                    return Err(RecordError::OtherProgramme);
                }
                vote.check().map_err(RecordError::Unfit)
            }
            Record::Acknowledge { decisions, devices } => {
                let sorted = decisions.is_sorted_by(|a, b| a < b) && devices.is_sorted_by(|a, b| a < b);
                if !sorted || decisions.len() > MAX_ACKNOWLEDGED || devices.len() > MAX_ACKNOWLEDGED {
                    return Err(RecordError::Unfit(say!("unfit-acknowledgement")));
                }
                Ok(())
            }
            Record::Unknown(_) => Ok(()),
        }
    }
}

fn genesis_hash(programme: &ProgrammeId, organisation: &OrganisationId, time: u64) -> [u8; 32] {
    tagged_hash("genesis/signature", &[&programme.0, &organisation.0, &time.to_be_bytes()])
}

fn proposal_hash(decision: &DecisionId, proposer: &DeviceId, time: u64) -> [u8; 32] {
    tagged_hash("proposal", &[&decision.0, &proposer.0, &time.to_be_bytes()])
}

impl<C> Encode<C> for Record {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Record::Genesis { genesis, organisation, time, signature } => {
                e.array(5)?.u32(0)?;
                genesis.encode(e, ctx)?;
                organisation.encode(e, ctx)?;
                e.u64(*time)?;
                signature.encode(e, ctx)
            }
            Record::Device { certificate, time } => {
                e.array(3)?.u32(1)?;
                certificate.encode(e, ctx)?;
                e.u64(*time)?.ok()
            }
            Record::Proposal { decision, proposer, time, signature } => {
                e.array(5)?.u32(2)?;
                decision.encode(e, ctx)?;
                proposer.encode(e, ctx)?;
                e.u64(*time)?;
                signature.encode(e, ctx)
            }
            Record::Vote { vote, signature } => {
                e.array(3)?.u32(3)?;
                vote.encode(e, ctx)?;
                signature.encode(e, ctx)
            }
            Record::Acknowledge { decisions, devices } => {
                e.array(3)?.u32(4)?;
                decisions.encode(e, ctx)?;
                devices.encode(e, ctx)
            }
            Record::Revoke { revocation, signature } => {
                e.array(3)?.u32(5)?;
                revocation.encode(e, ctx)?;
                signature.encode(e, ctx)
            }
            Record::Unknown(unknown) => write_raw(e, &unknown.0.bytes),
        }
    }
}

impl<'b, C> Decode<'b, C> for Record {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let fields = |tag| match tag {
            0 | 2 => Some(4),
            1 | 3 | 4 | 5 => Some(2),
            _ => None,
        };
        match tagged(d, fields)? {
            Ok(0) => Ok(Record::Genesis {
                genesis: Box::new(Genesis::decode(d, ctx)?),
                organisation: OrganisationId::decode(d, ctx)?,
                time: d.u64()?,
                signature: Signature::decode(d, ctx)?,
            }),
            Ok(1) => Ok(Record::Device {
                certificate: Box::new(DeviceCertificate::decode(d, ctx)?),
                time: d.u64()?,
            }),
            Ok(2) => Ok(Record::Proposal {
                decision: Box::new(Decision::decode(d, ctx)?),
                proposer: DeviceId::decode(d, ctx)?,
                time: d.u64()?,
                signature: Signature::decode(d, ctx)?,
            }),
            Ok(3) => Ok(Record::Vote {
                vote: Box::new(Vote::decode(d, ctx)?),
                signature: Signature::decode(d, ctx)?,
            }),
            Ok(5) => Ok(Record::Revoke {
                revocation: Box::new(Revocation::decode(d, ctx)?),
                signature: Signature::decode(d, ctx)?,
            }),
            Ok(_) => {
                Ok(Record::Acknowledge { decisions: Vec::decode(d, ctx)?, devices: Vec::decode(d, ctx)? })
            }
            Err(raw) => Ok(Record::Unknown(UnknownRecord(raw))),
        }
    }
}
