//! Decisions: what is proposed about one subject.

use accord_words::say;
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::operation::MAX_CUTS;
use super::{Operation, Term};
use crate::{DecisionId, DeviceId, DocumentId, Head, OrganisationId, SpaceId, encode, tagged_hash};

/// What is decided about. Each subject has its own chain of versions; different subjects never conflict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The membership of an organisation.
    Membership(OrganisationId),
    /// The access of one organisation to one space.
    Access(OrganisationId, SpaceId),
    /// A space.
    Space(SpaceId),
    /// The ratification of a document.
    Document(DocumentId),
    /// Secretariats, signing devices, the guard rule.
    Constitution,
}

/// How far a log counts where a decision ends its author's access: the last entry that does, by position and
/// id; none if nothing of it does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Cut {
    /// The space.
    #[n(0)]
    pub space: SpaceId,
    /// The author.
    #[n(1)]
    pub device: DeviceId,
    /// The last entry that counts.
    #[n(2)]
    pub last: Option<Head>,
}

/// A proposal to change one subject, of which a vote names the id.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Decision {
    /// About what.
    #[n(0)]
    pub subject: Subject,
    /// Which version of the subject this makes, from 1.
    #[n(1)]
    pub version: u32,
    /// The round, from 1: a killed slot is voted on again in the next one.
    #[n(2)]
    pub round: u32,
    /// The decision in force for the version before; none for version 1.
    #[n(3)]
    pub parent: Option<DecisionId>,
    /// The membership that it is for, where its effect ends with one: a grant's.
    #[n(4)]
    pub membership: Option<Term>,
    /// What it does.
    #[n(5)]
    pub operation: Operation,
    /// How far the logs count that it ends.
    #[n(6)]
    pub cuts: Vec<Cut>,
}

impl Decision {
    /// Its id.
    pub fn id(&self) -> DecisionId {
        DecisionId(tagged_hash("decision", &[&encode(self)]))
    }

    /// Checks that the parts fit together.
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    pub fn check(&self) -> Result<(), String> {
        if self.version == 0 || self.round == 0 {
            return Err(say!("unfit-begin"));
        }
        if (self.version == 1) != self.parent.is_none() {
            return Err(say!("unfit-parent"));
        }
        check_cuts(&self.cuts)?;
        self.operation.check(self)
    }
}

/// Cuts are in the order of their logs, one a log, and fit a header.
pub(super) fn check_cuts(cuts: &[Cut]) -> Result<(), String> {
    let in_order = cuts.is_sorted_by(|a, b| (a.space, a.device) < (b.space, b.device));
    if cuts.len() > MAX_CUTS || !in_order {
        return Err(say!("unfit-cut-order"));
    }
    Ok(())
}

impl<C> Encode<C> for Subject {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Subject::Membership(organisation) => {
                e.array(2)?.u32(0)?;
                organisation.encode(e, ctx)
            }
            Subject::Access(organisation, space) => {
                e.array(3)?.u32(1)?;
                organisation.encode(e, ctx)?;
                space.encode(e, ctx)
            }
            Subject::Space(space) => {
                e.array(2)?.u32(2)?;
                space.encode(e, ctx)
            }
            Subject::Document(document) => {
                e.array(2)?.u32(3)?;
                document.encode(e, ctx)
            }
            Subject::Constitution => e.array(1)?.u32(4)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Subject {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let len = d.array()?;
        match (d.u32()?, len) {
            (0, Some(2)) => Ok(Subject::Membership(OrganisationId::decode(d, ctx)?)),
            (1, Some(3)) => Ok(Subject::Access(OrganisationId::decode(d, ctx)?, SpaceId::decode(d, ctx)?)),
            (2, Some(2)) => Ok(Subject::Space(SpaceId::decode(d, ctx)?)),
            (3, Some(2)) => Ok(Subject::Document(DocumentId::decode(d, ctx)?)),
            (4, Some(1)) => Ok(Subject::Constitution),
            _ => Err(minicbor::decode::Error::message("an unknown subject")),
        }
    }
}
