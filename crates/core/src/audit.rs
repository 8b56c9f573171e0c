//! Audit files: what happened in a programme, as a file that proves itself.
//!
//! It carries governance entries and, if wanted, those of one document, with headers, signatures and payloads, and is
//! checked from the programme's id alone: by whoever is no member, on a machine that has never heard of the programme.
//! Equal entries make the very same file. docs/protocol.md describes the bytes.
//!
//! It proves what is in it. That nothing was written later, or held back at the end of a log, no file can prove.

mod check;
mod error;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::{
    DeviceId, DocumentId, Entry, EntryId, Header, ProgrammeId, Signature, SpaceId, encode, tagged_hash,
    verify_entry,
};

pub use check::{Audited, AuditedDocument, AuditedEntry};
pub use error::AuditError;

/// The first bytes of a file, so that nobody takes it for something else.
const MAGIC: &[u8] = b"accord-audit\n";

/// The number of the format.
const FORMAT: u32 = 1;

/// The length of the sum at the end.
const SUM: usize = 32;

/// The largest file, in bytes: it is read as a whole.
pub const MAX_AUDIT: usize = 256 << 20;

/// The most entries of a file: each takes a signature check, a second for about twenty thousand.
pub const MAX_AUDIT_ENTRIES: usize = 1 << 20;

/// One entry as the file has it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Item {
    /// The header's bytes.
    #[n(0)]
    header: ByteVec,
    /// Its author's signature; none if the one that is held does not hold, and a later entry of the log vouches for it.
    #[n(1)]
    signature: Option<Signature>,
    /// What it carries; none for an entry that is there only to vouch for one before it.
    #[n(2)]
    payload: Option<ByteVec>,
}

/// A document of the file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Document {
    #[n(0)]
    space: SpaceId,
    #[n(1)]
    id: DocumentId,
    #[n(2)]
    items: Vec<Item>,
}

/// What is between the first bytes and the sum.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct File {
    #[n(0)]
    format: u32,
    #[n(1)]
    programme: ProgrammeId,
    #[n(2)]
    governance: Vec<Item>,
    #[n(3)]
    document: Option<Document>,
}

/// What a file about a document is made of.
#[derive(Debug, Clone)]
pub struct DocumentEntries {
    /// Where it lives.
    pub space: SpaceId,
    /// Its id.
    pub id: DocumentId,
    /// Every entry about it.
    pub entries: Vec<Entry>,
    /// Entries about other things, that vouch for some of those: their payloads are left out.
    pub vouching: Vec<Entry>,
}

/// Makes an audit file of entries, in whatever order they come.
///
/// # Errors
/// [`AuditError`] if it would be too large, or a signature that vouches for an entry is missing.
pub fn audit_file(
    programme: &ProgrammeId,
    governance: &[Entry],
    document: Option<&DocumentEntries>,
) -> Result<Vec<u8>, AuditError> {
    let document = document.map(|document| {
        let own = document.entries.iter().map(|entry| (entry, true));
        let all = own.chain(document.vouching.iter().map(|entry| (entry, false)));
        Document { space: document.space, id: document.id, items: items(all) }
    });
    let governance = items(governance.iter().map(|entry| (entry, true)));
    for items in [Some(&governance), document.as_ref().map(|document| &document.items)].into_iter().flatten()
    {
        if let Some(seq) = unvouched(items) {
            return Err(AuditError::Unsigned { seq });
        }
    }
    let count = governance.len() + document.as_ref().map_or(0, |document| document.items.len());
    let file = seal(&encode(&File { format: FORMAT, programme: *programme, governance, document }));
    if file.len() > MAX_AUDIT || count > MAX_AUDIT_ENTRIES {
        return Err(AuditError::TooLarge);
    }
    Ok(file)
}

/// The items of entries, in the order of their logs, positions and ids, each once.
fn items<'a>(entries: impl Iterator<Item = (&'a Entry, bool)>) -> Vec<Item> {
    let mut sorted: BTreeMap<_, Item> = BTreeMap::new();
    for (entry, whole) in entries {
        let header = entry.header();
        let signed = entry.signed();
        let item = sorted.entry((header.device, header.seq, entry.id())).or_insert_with(|| Item {
            header: signed.header.clone().into(),
            signature: verify_entry(entry).is_ok().then_some(signed.signature),
            payload: None,
        });
        if whole {
            item.payload = Some(signed.payload.clone().into());
        }
    }
    sorted.into_values().collect()
}

/// The position of an entry that nothing vouches for: neither its own signature nor one of a later entry of its chain.
fn unvouched(items: &[Item]) -> Option<u64> {
    // Only an author vouches for an entry: that another's header names it as the one before says nothing.
    let mut vouched: BTreeSet<(DeviceId, u64, EntryId)> = BTreeSet::new();
    // Within a log positions go up, so that backwards each comes after what could vouch for it.
    for item in items.iter().rev() {
        let Ok(header) = Header::from_bytes(&item.header) else { return Some(0) };
        let place = (header.device, header.seq, Header::id_of(&item.header));
        if item.signature.is_none() && !vouched.contains(&place) {
            return Some(header.seq);
        }
        vouched.extend(header.prev.map(|prev| (header.device, header.seq.saturating_sub(1), prev)));
    }
    None
}

/// Puts the first bytes before and the sum after what a file says.
fn seal(body: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(MAGIC.len() + body.len() + SUM);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(body);
    file.extend_from_slice(&tagged_hash("audit", &[body]));
    file
}
