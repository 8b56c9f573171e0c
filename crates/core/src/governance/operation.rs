//! What a decision does: the operations, their bytes, and whether their parts fit together.

use accord_words::say;
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::{Decision, Subject};
use crate::codec::{Raw, tagged, write_raw};
use crate::{
    Card, ChangeHash, DeviceId, KeyError, OrganisationId, OrganisationKind, RecordId, RootId, RootKey,
    Signature, SpaceId, VoteId, tagged_hash,
};

/// The most organisations that one list of a decision names: all lists and cuts together fit a header.
const MAX_NAMED: usize = 128;
/// The most heads of a ratified version: a document is ratified after its branches were merged.
const MAX_HEADS: usize = 64;
/// The most cuts of a decision or revocation: a header has room for them.
pub(super) const MAX_CUTS: usize = 240;

/// The stretch of taking part that a grant is for, and with which it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// The membership that the admission of this version began.
    Member(u32),
    /// The organisation's time as a secretariat, which the constitution of this version began (0: the genesis).
    Secretariat(u32),
}

/// An organisation that a space is opened to at its creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Holder {
    /// Who.
    #[n(0)]
    pub organisation: OrganisationId,
    /// For which stretch of its taking part.
    #[n(1)]
    pub term: Term,
}

/// A secretariat of a constitution: its card, whose certificate names the signing device, under its root key of now.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Seat {
    /// Who, and the device that signs for it.
    #[n(0)]
    pub card: Card,
    /// The root key, by which the card is signed. Differs from the organisation's id once it was replaced.
    #[n(1)]
    pub root: RootId,
}

/// Who co-manages the programme from a version of the constitution on, and by which rule changes are guarded.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Charter {
    /// The secretariats, in the order of their ids.
    #[n(0)]
    pub seats: Vec<Seat>,
    /// The number of the guard rule.
    #[n(1)]
    pub guard_rule: u32,
    /// Device records signed by a root key that this replaces, which go on to count.
    #[n(2)]
    pub keeps: Vec<RecordId>,
}

/// The replacement of a secretariat that is lost for good.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Recovery {
    /// The lost secretariat.
    #[n(0)]
    pub lost: OrganisationId,
    /// The last vote of it that counts; none if none does.
    #[n(1)]
    pub last_vote: Option<VoteId>,
    /// The survivor's votes that were still open: they die, and what they were about is voted on again.
    #[n(2)]
    pub open_votes: Vec<VoteId>,
}

/// What a decision does once it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Admits the organisation of this card, which must be the subject's.
    Admit {
        /// Who, with its first device.
        card: Box<Card>,
        /// As what: a member or an observer, never a secretariat.
        kind: OrganisationKind,
    },
    /// Ends the membership. The decision's cuts say how far each log counts; a log that they do not name, not at all.
    Remove,
    /// Opens a space. A later version only names it anew.
    CreateSpace {
        /// What people call it.
        name: String,
        /// Who reads it from the start.
        readers: Vec<Holder>,
        /// Who reads and writes it from the start.
        writers: Vec<Holder>,
    },
    /// Gives an organisation access to a space, beside what it has.
    Grant {
        /// Reading.
        read: bool,
        /// Writing, which goes with reading.
        write: bool,
    },
    /// Takes access to a space away. Where writing ends, the decision's cuts say how far each log counts.
    Withdraw {
        /// Reading, and so writing.
        read: bool,
        /// Writing.
        write: bool,
    },
    /// Freezes a version of the document. It is called `v` and the decision's version.
    Ratify {
        /// Where the document lives.
        space: SpaceId,
        /// The changes that end the version, in order.
        heads: Vec<ChangeHash>,
        /// The hash of the canonical form.
        content: [u8; 32],
    },
    /// Replaces the root key of a member.
    ReplaceRoot {
        /// The new one.
        root: RootId,
        /// Its signature, so that nobody's key is claimed.
        signature: Signature,
        /// Device records signed by the root key before that go on to count.
        keeps: Vec<RecordId>,
    },
    /// Replaces the constitution.
    Constitute(Box<Charter>),
    /// Replaces the constitution where one secretariat is lost: by the survivor and the quorum of the genesis.
    Recover {
        /// Who is lost, and what of its and the survivor's votes counts.
        recovery: Box<Recovery>,
        /// What comes in its place.
        charter: Box<Charter>,
    },
    /// Something that a newer version knows. A node that does not know it cannot vote for it.
    Unknown(UnknownOperation),
}

/// An operation that this version does not know, kept to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownOperation(Raw);

fn sorted<T: Ord>(items: &[T], max: usize, unfit: impl Fn() -> String) -> Result<(), String> {
    if items.len() > max || !items.is_sorted_by(|a, b| a < b) { Err(unfit()) } else { Ok(()) }
}

fn root_hash(organisation: &OrganisationId, root: &RootId) -> [u8; 32] {
    tagged_hash("root", &[&organisation.0, &root.0])
}

impl Operation {
    /// The replacement of `organisation`'s root key by `new`, which signs that it is meant.
    pub fn replace_root(organisation: &OrganisationId, new: &RootKey, mut keeps: Vec<RecordId>) -> Self {
        let root = RootId(new.id().0);
        keeps.sort_unstable();
        keeps.dedup();
        let signature = new.sign("root", &root_hash(organisation, &root));
        Operation::ReplaceRoot { root, signature, keeps }
    }

    /// The constitution that it makes, if it makes one.
    pub fn charter(&self) -> Option<&Charter> {
        match self {
            Operation::Constitute(charter) | Operation::Recover { charter, .. } => Some(charter),
            _ => None,
        }
    }

    /// The devices on the cards in it.
    pub(super) fn devices(&self) -> Vec<DeviceId> {
        let seats = self.charter().into_iter().flat_map(|charter| &charter.seats).map(|seat| &seat.card);
        let admitted = match self {
            Operation::Admit { card, .. } => Some(card.as_ref()),
            _ => None,
        };
        seats.chain(admitted).map(|card| card.device.device).collect()
    }

    /// Checks that the operation fits the decision's subject and that its parts fit together.
    pub(super) fn check(&self, decision: &Decision) -> Result<(), String> {
        let may_cut = match self {
            Operation::Remove | Operation::Constitute(_) | Operation::Recover { .. } => true,
            Operation::Withdraw { write, .. } => *write,
            Operation::Unknown(_) => true,
            _ => false,
        };
        if !may_cut && !decision.cuts.is_empty() {
            return Err(say!("unfit-cuts"));
        }
        if decision.membership.is_some() != matches!(self, Operation::Grant { .. })
            && !matches!(self, Operation::Unknown(_))
        {
            return Err(say!("unfit-membership"));
        }
        match (self, &decision.subject) {
            (Operation::Admit { card, kind }, Subject::Membership(organisation)) => {
                if card.organisation.id != *organisation {
                    return Err(say!("unfit-card"));
                }
                if *kind == OrganisationKind::Secretariat {
                    return Err(say!("unfit-admitted-secretariat"));
                }
                card.verify().map_err(|e| e.to_string())
            }
            (Operation::Remove, Subject::Membership(_)) => {
                if decision.version == 1 {
                    return Err(say!("unfit-removal"));
                }
                Ok(())
            }
            (Operation::ReplaceRoot { root, signature, keeps }, Subject::Membership(organisation)) => {
                sorted(keeps, MAX_NAMED, || say!("unfit-kept"))?;
                let held: Result<(), KeyError> =
                    signature.verify(&root.0, "root", &root_hash(organisation, root));
                held.map_err(|_| say!("unfit-new-root"))
            }
            (Operation::CreateSpace { name, readers, writers }, Subject::Space(_)) => {
                crate::card::check_line(name, "space").map_err(|e| e.to_string())?;
                sorted(readers, MAX_NAMED, || say!("unfit-readers"))?;
                sorted(writers, MAX_NAMED, || say!("unfit-writers"))?;
                if decision.version > 1 && !(readers.is_empty() && writers.is_empty()) {
                    return Err(say!("unfit-existing-space"));
                }
                Ok(())
            }
            (Operation::Grant { read, write }, Subject::Access(..)) => match (read, write) {
                (true, _) => Ok(()),
                (false, true) => Err(say!("unfit-write-only")),
                (false, false) => Err(say!("unfit-empty-grant")),
            },
            (Operation::Withdraw { read, write }, Subject::Access(..)) => match (read, write) {
                (_, true) => Ok(()),
                (true, false) => Err(say!("unfit-writes-unread")),
                (false, false) => Err(say!("unfit-empty-withdrawal")),
            },
            (Operation::Ratify { heads, .. }, Subject::Document(_)) => {
                if heads.is_empty() {
                    return Err(say!("unfit-empty-version"));
                }
                sorted(heads, MAX_HEADS, || say!("unfit-heads"))
            }
            (Operation::Constitute(charter), Subject::Constitution) => {
                if decision.round >= RECOVERY_ROUND {
                    return Err(say!("unfit-recovery-rounds"));
                }
                charter.check()
            }
            (Operation::Recover { recovery, charter }, Subject::Constitution) => {
                if decision.round < RECOVERY_ROUND {
                    return Err(say!("unfit-ordinary-rounds"));
                }
                sorted(&recovery.open_votes, MAX_NAMED, || say!("unfit-open-votes"))?;
                if charter.seats.iter().any(|seat| seat.card.organisation.id == recovery.lost) {
                    return Err(say!("unfit-lost-again"));
                }
                charter.check()
            }
            (Operation::Unknown(_), _) => Ok(()),
            _ => Err(say!("unfit-subject")),
        }
    }
}

/// Where the rounds of recoveries begin. They are above all others, so that a recovery that is in force stands above
/// what the lost secretariat may have left behind; and they need no death before them.
pub const RECOVERY_ROUND: u32 = 1 << 31;

impl Charter {
    /// Checks that it names two different secretariats in order, with different signing devices, by cards that hold.
    pub(super) fn check(&self) -> Result<(), String> {
        let [one, other] = self.seats.as_slice() else {
            return Err(say!("unfit-two-seats"));
        };
        if one.card.organisation.id >= other.card.organisation.id {
            return Err(say!("unfit-seats"));
        }
        if one.card.device.device == other.card.device.device || one.root == other.root {
            return Err(say!("unfit-shared-key"));
        }
        sorted(&self.keeps, MAX_NAMED, || say!("unfit-kept"))?;
        self.seats.iter().try_for_each(|seat| seat.card.verify_with(&seat.root.0)).map_err(|e| e.to_string())
    }

    /// The seat of `organisation`.
    pub fn seat(&self, organisation: &OrganisationId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.card.organisation.id == *organisation)
    }
}

impl<C> Encode<C> for Term {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Term::Member(version) => e.array(2)?.u32(0)?.u32(*version)?.ok(),
            Term::Secretariat(version) => e.array(2)?.u32(1)?.u32(*version)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Term {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        crate::codec::array(d, 2)?;
        match d.u32()? {
            0 => Ok(Term::Member(d.u32()?)),
            1 => Ok(Term::Secretariat(d.u32()?)),
            _ => Err(minicbor::decode::Error::message("an unknown kind of term")),
        }
    }
}

impl<C> Encode<C> for Operation {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Operation::Admit { card, kind } => {
                e.array(3)?.u32(0)?;
                card.encode(e, ctx)?;
                kind.encode(e, ctx)
            }
            Operation::Remove => e.array(1)?.u32(1)?.ok(),
            Operation::CreateSpace { name, readers, writers } => {
                e.array(4)?.u32(2)?.str(name)?;
                readers.encode(e, ctx)?;
                writers.encode(e, ctx)
            }
            Operation::Grant { read, write } => e.array(3)?.u32(3)?.bool(*read)?.bool(*write)?.ok(),
            Operation::Withdraw { read, write } => e.array(3)?.u32(4)?.bool(*read)?.bool(*write)?.ok(),
            Operation::Ratify { space, heads, content } => {
                e.array(4)?.u32(5)?;
                space.encode(e, ctx)?;
                heads.encode(e, ctx)?;
                e.bytes(content)?.ok()
            }
            Operation::ReplaceRoot { root, signature, keeps } => {
                e.array(4)?.u32(6)?;
                root.encode(e, ctx)?;
                signature.encode(e, ctx)?;
                keeps.encode(e, ctx)
            }
            Operation::Constitute(charter) => {
                e.array(2)?.u32(7)?;
                charter.encode(e, ctx)
            }
            Operation::Recover { recovery, charter } => {
                e.array(3)?.u32(8)?;
                recovery.encode(e, ctx)?;
                charter.encode(e, ctx)
            }
            Operation::Unknown(unknown) => write_raw(e, &unknown.0.bytes),
        }
    }
}

impl<'b, C> Decode<'b, C> for Operation {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let fields = |tag| match tag {
            1 => Some(0),
            7 => Some(1),
            0 | 3 | 4 | 8 => Some(2),
            2 | 5 | 6 => Some(3),
            _ => None,
        };
        Ok(match tagged(d, fields)? {
            Ok(0) => Operation::Admit {
                card: Box::new(Card::decode(d, ctx)?),
                kind: OrganisationKind::decode(d, ctx)?,
            },
            Ok(1) => Operation::Remove,
            Ok(2) => Operation::CreateSpace {
                name: d.str()?.to_owned(),
                readers: Vec::decode(d, ctx)?,
                writers: Vec::decode(d, ctx)?,
            },
            Ok(3) => Operation::Grant { read: d.bool()?, write: d.bool()? },
            Ok(4) => Operation::Withdraw { read: d.bool()?, write: d.bool()? },
            Ok(5) => Operation::Ratify {
                space: SpaceId::decode(d, ctx)?,
                heads: Vec::decode(d, ctx)?,
                content: d
                    .bytes()?
                    .try_into()
                    .map_err(|_| minicbor::decode::Error::message("a hash of another length"))?,
            },
            Ok(6) => Operation::ReplaceRoot {
                root: RootId::decode(d, ctx)?,
                signature: Signature::decode(d, ctx)?,
                keeps: Vec::decode(d, ctx)?,
            },
            Ok(7) => Operation::Constitute(Box::new(Charter::decode(d, ctx)?)),
            Ok(_) => Operation::Recover {
                recovery: Box::new(Recovery::decode(d, ctx)?),
                charter: Box::new(Charter::decode(d, ctx)?),
            },
            Err(raw) => Operation::Unknown(UnknownOperation(raw)),
        })
    }
}
