//! Entries: the items of a log, and their bytes.
//!
//! A header is signed, stored and sent as the bytes it was made of. What is signed of a change is its hash, so
//! the packing of the payload may differ in transit.

use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::codec::{Raw, array, tagged, write_raw};
use crate::governance::Record;
use crate::{
    ChangeHash, CodecError, DeviceId, DeviceKey, DocumentId, EntryId, ProgrammeId, Signature, SpaceId,
    decode, encode, tagged_hash,
};

/// The format number of the headers that this version writes and reads.
pub const FORMAT: u8 = 1;

/// The longest header, in bytes: a governance record with cuts for some hundreds of logs fits.
pub const MAX_HEADER: usize = 32 * 1024;

/// The longest payload, in bytes: one change made by one action of a person.
pub const MAX_PAYLOAD: usize = 1024 * 1024;

/// The longest name of a kind, in bytes.
const MAX_KIND: usize = 64;

/// Under which decisions an entry was written: a position in the author's own governance log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    /// Under the genesis alone.
    Genesis,
    /// Under what the author's governance log acknowledges up to this entry.
    At {
        /// Its position.
        position: u64,
        /// Its id, so that the two branches of a fork are told apart.
        id: EntryId,
    },
}

impl Authority {
    /// The position: 0 for the genesis.
    pub fn position(&self) -> u64 {
        match self {
            Authority::Genesis => 0,
            Authority::At { position, .. } => *position,
        }
    }
}

/// The body of an entry that a newer version wrote: kept, passed on, never admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownBody(Raw);

impl UnknownBody {
    /// The tag that this version does not know.
    pub fn tag(&self) -> u32 {
        self.0.tag
    }
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Begins a document.
    Create {
        /// Its random id.
        document: DocumentId,
        /// The name of its kind.
        kind: String,
    },
    /// Changes a document; the payload is the Automerge change.
    Change {
        /// The document.
        document: DocumentId,
        /// Which of the device's actors for this document made it.
        generation: u32,
        /// The hash of the change.
        change: ChangeHash,
    },
    /// A governance record.
    Governance {
        /// The record.
        record: Box<Record>,
    },
    /// Something that a newer version knows.
    Unknown(UnknownBody),
}

impl Body {
    /// The document that it is about, if it is about one.
    pub fn document(&self) -> Option<DocumentId> {
        match self {
            Body::Create { document, .. } | Body::Change { document, .. } => Some(*document),
            Body::Governance { .. } | Body::Unknown(_) => None,
        }
    }
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The programme.
    pub programme: ProgrammeId,
    /// The space whose log this is.
    pub space: SpaceId,
    /// The author.
    pub device: DeviceId,
    /// The position in the log, from 1.
    pub seq: u64,
    /// The id of the entry before; none at position 1.
    pub prev: Option<EntryId>,
    /// Under which decisions it was written.
    pub authority: Authority,
    /// What it does.
    pub body: Body,
}

impl Header {
    /// The id that a header with these bytes has.
    pub fn id_of(bytes: &[u8]) -> EntryId {
        EntryId(tagged_hash("entry", &[bytes]))
    }

    /// Decodes a header within [`MAX_HEADER`] bytes.
    ///
    /// # Errors
    /// [`CodecError`] if the bytes are not the one encoding of a header of this format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        if bytes.len() > MAX_HEADER {
            return Err(CodecError::Malformed(format!("a header of more than {MAX_HEADER} bytes")));
        }
        decode(bytes)
    }

    /// Signs the header and makes the entry, whose payload must be what the body says.
    pub fn sign(self, key: &DeviceKey, payload: Vec<u8>) -> Entry {
        debug_assert_eq!(self.device, key.id(), "a device signs its own entries only");
        let bytes = encode(&self);
        let id = Header::id_of(&bytes);
        let signature = key.sign("entry", &id.0);
        Entry { id, header: self, signed: SignedEntry { header: bytes, signature, payload } }
    }
}

/// An entry as it came: nothing about it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedEntry {
    /// The header's bytes.
    pub header: Vec<u8>,
    /// The author's signature over the entry's id.
    pub signature: Signature,
    /// The Automerge change of a Change; empty otherwise.
    pub payload: Vec<u8>,
}

impl SignedEntry {
    /// How many bytes it holds, for budgets.
    pub fn size(&self) -> usize {
        self.header.len() + self.payload.len() + 64
    }
}

/// An entry whose place in its log was verified, or that this device made itself. Only this crate makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub(crate) id: EntryId,
    pub(crate) header: Header,
    pub(crate) signed: SignedEntry,
}

impl Entry {
    /// Takes back an entry that this node verified before storing it; checks that the bytes still parse.
    ///
    /// The caller vouches that they come from its own store, whose checksums guard against damage.
    ///
    /// # Errors
    /// [`CodecError`] if the header cannot be read.
    pub fn from_store(signed: SignedEntry) -> Result<Self, CodecError> {
        let header = Header::from_bytes(&signed.header)?;
        Ok(Self { id: Header::id_of(&signed.header), header, signed })
    }

    /// Its id.
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// Its header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its bytes, as they are stored and sent.
    pub fn signed(&self) -> &SignedEntry {
        &self.signed
    }

    /// Its payload: the Automerge change of a Change, empty otherwise.
    pub fn payload(&self) -> &[u8] {
        &self.signed.payload
    }
}

impl<C> Encode<C> for SignedEntry {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(3)?.bytes(&self.header)?;
        self.signature.encode(e, ctx)?;
        e.bytes(&self.payload)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for SignedEntry {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        array(d, 3)?;
        let bounded = |bytes: &[u8], max: usize| {
            if bytes.len() > max {
                return Err(minicbor::decode::Error::message("an entry over a bound"));
            }
            Ok(bytes.to_vec())
        };
        let header = bounded(d.bytes()?, MAX_HEADER)?;
        let signature = Signature::decode(d, ctx)?;
        let payload = bounded(d.bytes()?, MAX_PAYLOAD)?;
        Ok(Self { header, signature, payload })
    }
}

impl<C> Encode<C> for Authority {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Authority::Genesis => e.null()?.ok(),
            Authority::At { position, id } => {
                e.array(2)?.u64(*position)?;
                id.encode(e, ctx)
            }
        }
    }
}

impl<'b, C> Decode<'b, C> for Authority {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        if d.datatype()? == minicbor::data::Type::Null {
            d.null()?;
            return Ok(Authority::Genesis);
        }
        array(d, 2)?;
        let position = d.u64()?;
        if position == 0 {
            return Err(minicbor::decode::Error::message("position 0 is the genesis"));
        }
        Ok(Authority::At { position, id: EntryId::decode(d, ctx)? })
    }
}

impl<C> Encode<C> for Body {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Body::Create { document, kind } => {
                e.array(3)?.u32(0)?;
                document.encode(e, ctx)?;
                e.str(kind)?.ok()
            }
            Body::Change { document, generation, change } => {
                e.array(4)?.u32(1)?;
                document.encode(e, ctx)?;
                e.u32(*generation)?;
                change.encode(e, ctx)
            }
            Body::Governance { record } => {
                e.array(2)?.u32(2)?;
                record.encode(e, ctx)
            }
            Body::Unknown(unknown) => write_raw(e, &unknown.0.bytes),
        }
    }
}

impl<'b, C> Decode<'b, C> for Body {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let fields = |tag| match tag {
            0 => Some(2),
            1 => Some(3),
            2 => Some(1),
            _ => None,
        };
        match tagged(d, fields)? {
            Ok(0) => {
                let document = DocumentId::decode(d, ctx)?;
                let kind = d.str()?;
                if kind.len() > MAX_KIND {
                    return Err(minicbor::decode::Error::message("the name of a kind is too long"));
                }
                Ok(Body::Create { document, kind: kind.to_owned() })
            }
            Ok(1) => Ok(Body::Change {
                document: DocumentId::decode(d, ctx)?,
                generation: d.u32()?,
                change: ChangeHash::decode(d, ctx)?,
            }),
            Ok(_) => Ok(Body::Governance { record: Box::new(Record::decode(d, ctx)?) }),
            Err(raw) => Ok(Body::Unknown(UnknownBody(raw))),
        }
    }
}

impl<C> Encode<C> for Header {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(8)?.u8(FORMAT)?;
        self.programme.encode(e, ctx)?;
        self.space.encode(e, ctx)?;
        self.device.encode(e, ctx)?;
        e.u64(self.seq)?;
        self.prev.encode(e, ctx)?;
        self.authority.encode(e, ctx)?;
        self.body.encode(e, ctx)
    }
}

impl<'b, C> Decode<'b, C> for Header {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        array(d, 8)?;
        if d.u8()? != FORMAT {
            return Err(minicbor::decode::Error::message("a header of another format"));
        }
        Ok(Self {
            programme: ProgrammeId::decode(d, ctx)?,
            space: SpaceId::decode(d, ctx)?,
            device: DeviceId::decode(d, ctx)?,
            seq: d.u64()?,
            prev: Option::decode(d, ctx)?,
            authority: Authority::decode(d, ctx)?,
            body: Body::decode(d, ctx)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(body: Body) -> Header {
        Header {
            programme: ProgrammeId([1; 32]),
            space: SpaceId([2; 32]),
            device: DeviceKey::from_seed(&[3; 32]).id(),
            seq: 2,
            prev: Some(EntryId([4; 32])),
            authority: Authority::At { position: 5, id: EntryId([6; 32]) },
            body,
        }
    }

    #[test]
    fn every_body_survives_its_bytes() {
        let bodies = [
            Body::Create { document: DocumentId([7; 16]), kind: "framework".into() },
            Body::Change { document: DocumentId([7; 16]), generation: 1, change: ChangeHash([8; 32]) },
        ];
        for body in bodies {
            let header = header(body);
            assert_eq!(Header::from_bytes(&encode(&header)), Ok(header));
        }
    }

    #[test]
    fn an_unknown_body_is_kept_to_the_byte() {
        // [77, "from the future", {1: 2}]
        let mut bytes = encode(&header(Body::Create { document: DocumentId([7; 16]), kind: "k".into() }));
        let known = encode(&Body::Create { document: DocumentId([7; 16]), kind: "k".into() });
        bytes.truncate(bytes.len() - known.len());
        bytes.extend_from_slice(b"\x83\x18\x4d\x6ffrom the future\xa1\x01\x02");
        let read = Header::from_bytes(&bytes).unwrap();
        assert!(matches!(&read.body, Body::Unknown(unknown) if unknown.tag() == 77));
        assert_eq!(encode(&read), bytes);
    }

    #[test]
    fn a_second_encoding_of_one_header_is_refused() {
        let bytes = encode(&header(Body::Create { document: DocumentId([7; 16]), kind: "k".into() }));
        // The array head 0x88 written the long way.
        let mut long = vec![0x98, 8];
        long.extend_from_slice(&bytes[1..]);
        assert_eq!(Header::from_bytes(&long), Err(CodecError::NotCanonical));
    }
}
