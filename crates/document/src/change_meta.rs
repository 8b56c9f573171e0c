//! What a raw change says about itself, read without loading any document.
//!
//! This runs on every entry a node receives, from whoever sent it, so it trusts nothing: each
//! length is checked against a bound before anything is allocated, and no input makes it panic.
//! It is not the guard: a change that parses here can still be malformed inside.

mod columns;
mod reader;

use std::borrow::Cow;
use std::io::Read as _;

use sha2::{Digest as _, Sha256};

use crate::Hash;

pub(crate) use columns::Column;
pub(crate) use reader::{Reader, write_signed, write_unsigned};

pub(crate) const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const PLAIN: u8 = 1;
const DEFLATED: u8 = 2;

/// The largest packed change accepted, in bytes.
pub const MAX_RAW: usize = 1 << 20;
/// The largest change accepted after inflating: deflate can blow 65 kB up to 64 MiB.
pub const MAX_INFLATED: usize = 4 << 20;
/// The most versions one change may build on: as many as fit into half of it, so that whoever makes many side by side stops
/// nobody from writing on.
pub const MAX_DEPS: usize = 1 << 14;
/// The most operations in one change: run lengths let a few bytes claim billions of them.
pub const MAX_OPS: u64 = 1 << 18;
/// The longest author id accepted, in bytes.
pub(crate) const MAX_ACTOR: usize = 64;
const MAX_OTHER_ACTORS: usize = 10_000;
pub(crate) const MAX_MESSAGE: usize = 4_096;

/// Why some bytes are not a change that this program accepts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// More bytes, items or operations than any honest change has.
    #[error("the change is too large: {what} is {size}, and at most {limit} is accepted")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it claims to be.
        size: u64,
        /// The bound.
        limit: u64,
    },
    /// The bytes end before the change does.
    #[error("the change is cut off")]
    CutOff,
    /// The bytes are not a change at all.
    #[error("these bytes are not a change: {0}")]
    NotAChange(&'static str),
    /// The checksum does not match the content.
    #[error("the change is damaged: its checksum does not match its content")]
    Checksum,
    /// A part of the change is malformed.
    #[error("the change is malformed: {0}")]
    Malformed(&'static str),
}

/// What a change says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMeta {
    /// SHA-256 of the change's content: its name.
    pub hash: Hash,
    /// Who made it.
    pub actor: Vec<u8>,
    /// Its place in its author's sequence, from 1.
    pub seq: u64,
    /// The number of its first operation.
    pub start_op: u64,
    /// The number of its last operation; `start_op - 1` when it has none.
    pub max_op: u64,
    /// The changes it builds on.
    pub deps: Vec<Hash>,
    /// Its author's clock, in seconds.
    pub timestamp: i64,
    /// Its author's words about it.
    pub message: Option<String>,
}

impl ChangeMeta {
    /// Reads one change, packed or plain. The bytes must be exactly that change.
    ///
    /// # Errors
    /// Whatever makes the bytes other than one well-formed change within the bounds.
    pub fn parse(raw: &[u8]) -> Result<Self, ChangeError> {
        let (hash, contents) = contents(raw)?;
        Self::from_contents(hash, &contents).map(|(meta, _)| meta)
    }

    /// Reads the contents of a change whose hash is known, and finds its operations.
    ///
    /// # Errors
    /// As for [`ChangeMeta::parse`].
    pub(crate) fn from_contents(hash: Hash, contents: &[u8]) -> Result<(Self, Body<'_>), ChangeError> {
        let mut r = Reader::new(contents);
        let count = r.bounded("the number of versions it builds on", MAX_DEPS)?;
        let deps = (0..count).map(|_| r.hash()).collect::<Result<Vec<_>, _>>()?;
        let actor_len = r.bounded("its author id", MAX_ACTOR)?;
        let actor = r.take(actor_len)?.to_vec();
        let seq = r.unsigned()?;
        let start_op = r.unsigned()?;
        if seq == 0 || start_op == 0 {
            return Err(ChangeError::Malformed("a number that starts at one is zero"));
        }
        let timestamp = r.signed()?;
        let message_len = r.bounded("its message", MAX_MESSAGE)?;
        let message = std::str::from_utf8(r.take(message_len)?)
            .map_err(|_| ChangeError::Malformed("its message is not text"))?;
        let count = r.bounded("the number of authors it names", MAX_OTHER_ACTORS)?;
        let mut others = Vec::new();
        for _ in 0..count {
            let len = r.bounded("an author id", MAX_ACTOR)?;
            others.push(r.take(len)?);
        }
        let (columns, ops) = columns::columns(&mut r)?;
        let max_op = start_op
            .checked_add(ops)
            .map(|end| end - 1)
            .filter(|last| *last < u64::from(u32::MAX))
            .ok_or(ChangeError::Malformed("its operations are numbered beyond what can be stored"))?;
        let message = (!message.is_empty()).then(|| message.to_owned());
        let operations = usize::try_from(ops).unwrap_or(usize::MAX);
        let meta = Self { hash, actor, seq, start_op, max_op, deps, timestamp, message };
        Ok((meta, Body { others, columns, operations }))
    }
}

/// The operations of a change, found and not decoded.
#[derive(Debug, Clone)]
pub(crate) struct Body<'a> {
    /// The authors that it names beside its own.
    pub(crate) others: Vec<&'a [u8]>,
    columns: columns::Columns<'a>,
    /// How many there are: no more than [`MAX_OPS`].
    pub(crate) operations: usize,
}

impl<'a> Body<'a> {
    pub(crate) fn column(&self, column: Column) -> &'a [u8] {
        self.columns.get(column)
    }
}

/// The hash and the plain contents of a change, packed or plain; its checksum is checked.
///
/// # Errors
/// As for [`ChangeMeta::parse`], for the outer layer only.
pub(crate) fn contents(raw: &[u8]) -> Result<(Hash, Cow<'_, [u8]>), ChangeError> {
    let chunk = Chunk::split(raw)?;
    let contents = chunk.contents()?;
    Ok((chunk.checked_hash(&contents)?, contents))
}

/// The plain form of a change: what its hash is computed over, with its header.
///
/// # Errors
/// As for [`ChangeMeta::parse`], for the outer layer only.
pub fn unpack(raw: &[u8]) -> Result<Cow<'_, [u8]>, ChangeError> {
    let chunk = Chunk::split(raw)?;
    if chunk.kind == PLAIN {
        return Ok(Cow::Borrowed(raw));
    }
    let contents = chunk.contents()?;
    Ok(Cow::Owned(under(chunk.checksum, &contents)))
}

struct Chunk<'a> {
    checksum: [u8; 4],
    kind: u8,
    body: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn split(raw: &'a [u8]) -> Result<Self, ChangeError> {
        if raw.len() > MAX_RAW {
            return Err(too_large("its size", raw.len(), MAX_RAW));
        }
        let mut r = Reader::new(raw);
        if r.array::<4>()? != MAGIC {
            return Err(ChangeError::NotAChange("they begin with something else"));
        }
        let checksum = r.array()?;
        let kind = r.byte()?;
        if kind != PLAIN && kind != DEFLATED {
            return Err(ChangeError::NotAChange("they hold something else"));
        }
        let len = r.bounded("its content", MAX_RAW)?;
        let body = r.take(len)?;
        if !r.is_empty() {
            return Err(ChangeError::Malformed("more bytes follow it"));
        }
        Ok(Self { checksum, kind, body })
    }

    fn contents(&self) -> Result<Cow<'a, [u8]>, ChangeError> {
        if self.kind == PLAIN {
            return Ok(Cow::Borrowed(self.body));
        }
        let mut inflated = Vec::new();
        // One byte above the bound is enough to know that the bound is exceeded.
        flate2::bufread::DeflateDecoder::new(self.body)
            .take(MAX_INFLATED as u64 + 1)
            .read_to_end(&mut inflated)
            .map_err(|_| ChangeError::Malformed("it does not inflate"))?;
        if inflated.len() > MAX_INFLATED {
            return Err(too_large("its size when inflated", inflated.len(), MAX_INFLATED));
        }
        Ok(Cow::Owned(inflated))
    }

    fn checked_hash(&self, contents: &[u8]) -> Result<Hash, ChangeError> {
        let hash = hash_of(contents);
        if hash[..4] == self.checksum { Ok(hash) } else { Err(ChangeError::Checksum) }
    }
}

pub(crate) fn hash_of(contents: &[u8]) -> Hash {
    // Once for every entry that comes in, so without allocating: the length in base 128, low digits first.
    let (mut head, mut end, mut rest) = ([PLAIN; 11], 1, contents.len() as u64);
    loop {
        let digit = (rest & 0x7f) as u8;
        rest >>= 7;
        head[end] = if rest == 0 { digit } else { digit | 0x80 };
        end += 1;
        if rest == 0 {
            break;
        }
    }
    Sha256::new().chain_update(&head[..end]).chain_update(contents).finalize().into()
}

/// The plain change with these contents.
pub(crate) fn chunk(hash: &Hash, contents: &[u8]) -> Vec<u8> {
    let [a, b, c, d, ..] = *hash;
    under([a, b, c, d], contents)
}

fn under(checksum: [u8; 4], contents: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(contents.len() + 14);
    plain.extend_from_slice(&MAGIC);
    plain.extend_from_slice(&checksum);
    plain.push(PLAIN);
    write_unsigned(&mut plain, contents.len() as u64);
    plain.extend_from_slice(contents);
    plain
}

/// The same under a checksum that fits them, whatever they are.
#[cfg(test)]
pub(crate) fn sealed(contents: &[u8]) -> Vec<u8> {
    chunk(&hash_of(contents), contents)
}

fn too_large(what: &'static str, size: usize, limit: usize) -> ChangeError {
    ChangeError::TooLarge { what, size: size as u64, limit: limit as u64 }
}

#[cfg(test)]
pub(crate) mod tests;
