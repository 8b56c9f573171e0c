//! Keys and values of the logs in the store.
//!
//! | tree | key | value |
//! | --- | --- | --- |
//! | heads | space ‖ device | CBOR [number, [seq, id], highest authority position] of a log's first history |
//! | heads | space ‖ device ‖ number | the same of a further branch, and [number, seq] of where it parts |
//! | entries | number ‖ seq | flags byte ‖ CBOR of the signed entry |
//! | packs | number ‖ first seq ‖ last seq | space ‖ the pack of these entries |
//! | forks | number of the first history | CBOR of the proof |
//! | documents | document ‖ space number | CBOR of the document's record, with its actors and the last arrivals |
//! | document index | document ‖ space number ‖ page | CBOR of a full page of arrivals |
//! | waiting | `i` ‖ number ‖ seq | empty: an irregular entry |
//! | waiting | `h` ‖ number ‖ seq | empty: an entry that is lost here |
//! | waiting | `j` ‖ journal ‖ number ‖ first seq ‖ last seq | what these entries add to documents |
//! | meta | `logs` | the number of this layout, one byte |
//!
//! Numbers are big-endian, so that keys sort by them. A space's number is that of the first log held of it.

use accord_core::{
    CodecError, DeviceId, DocumentId, Entry, EntryId, Head, Header, LogId, SignedEntry, SpaceId, decode,
};
use minicbor::{Decode, Encode};

use super::{ForkProof, LogsError, Parting};
use crate::{Op, Scan, Store, Tree, walk};

/// The number of this layout. The first one had no branches and no number, the third one has packs, and this one journals:
/// what earlier ones wrote reads the same in it, and who does not know it must not read it.
const LAYOUT: u8 = 4;

/// Those that this program reads.
const READ: [u8; 3] = [2, 3, LAYOUT];

const LAYOUT_KEY: &[u8] = b"logs";

/// Says by which layout the logs are written.
pub(super) fn note() -> Op {
    Op::put(Tree::Meta, LAYOUT_KEY, [LAYOUT])
}

/// Whether the store says so already.
pub(super) fn check(store: &dyn Store) -> Result<bool, LogsError> {
    match store.get(Tree::Meta, LAYOUT_KEY)?.as_deref() {
        None => Ok(false),
        Some([found]) if READ.contains(found) => Ok(*found == LAYOUT),
        Some([found]) => Err(LogsError::Layout { found: *found, known: LAYOUT }),
        Some(_) => Err(LogsError::Missing("the number of the layout of the logs")),
    }
}

/// An entry that is irregular: stored so that the log has no gap, never admitted.
const IRREGULAR: u8 = 1;

#[derive(Debug, Clone, Encode, Decode)]
#[cbor(array)]
pub(super) struct HeadRecord {
    #[n(0)]
    pub(super) number: u32,
    #[n(1)]
    pub(super) head: Head,
    #[n(2)]
    pub(super) authority: u64,
    #[n(3)]
    pub(super) parting: Option<Parting>,
}

impl HeadRecord {
    pub(super) fn read(key: &[u8], value: &[u8]) -> Result<(LogId, Self), LogsError> {
        let what = "the head of a log";
        let form = |source| LogsError::Form { what, source };
        let (ids, branch) = key.split_at_checked(64).ok_or(LogsError::Missing(what))?;
        let (space, device) = ids.split_at(32);
        let ids = SpaceId::try_from(space)
            .and_then(|space| Ok(LogId { space, device: DeviceId::try_from(device)? }));
        let log = ids.map_err(|_| LogsError::Missing(what))?;
        let record: Self = decode(value).map_err(form)?;
        // The key says the same as the value, so that no two of them can be the first history of one log.
        let same =
            if record.parting.is_none() { branch.is_empty() } else { branch == record.number.to_be_bytes() };
        if same { Ok((log, record)) } else { Err(LogsError::Missing(what)) }
    }
}

pub(super) fn head_key(log: &LogId, branch: Option<u32>) -> Vec<u8> {
    let mut key = [log.space.0, log.device.0].concat();
    key.extend(branch.into_iter().flat_map(u32::to_be_bytes));
    key
}

pub(super) fn entry_key(number: u32, seq: u64) -> Vec<u8> {
    let mut key = number.to_be_bytes().to_vec();
    key.extend_from_slice(&seq.to_be_bytes());
    key
}

/// Reads back `number ‖ seq`.
pub(super) fn place(bytes: &[u8]) -> Option<(u32, u64)> {
    let (number, seq) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), u64::from_be_bytes(seq.try_into().ok()?)))
}

pub(super) fn entry_value(signed: &SignedEntry, irregular: bool) -> Vec<u8> {
    let mut value = Vec::with_capacity(signed.size() + 16);
    value.push(if irregular { IRREGULAR } else { 0 });
    minicbor::encode(signed, &mut value).expect("encoding to memory cannot fail");
    value
}

/// Reads an entry back, and whether it is irregular.
pub(super) fn read_entry(value: &[u8]) -> Result<(Entry, bool), LogsError> {
    let (irregular, signed) = read_signed_entry(value)?;
    let entry = Entry::from_store(signed).map_err(|source| LogsError::Form { what: "an entry", source })?;
    Ok((entry, irregular))
}

fn read_signed_entry(value: &[u8]) -> Result<(bool, SignedEntry), LogsError> {
    let what = "an entry";
    let (flags, signed) = value.split_first().ok_or(LogsError::Missing(what))?;
    // Written by us as it was verified and covered by the store's checksum: no need to prove it canonical again.
    let signed = minicbor::decode(signed).map_err(|e| CodecError::Malformed(e.to_string()));
    Ok((*flags & IRREGULAR != 0, signed.map_err(|source| LogsError::Form { what, source })?))
}

/// How long the key of a document's record is.
pub(super) const DOCUMENT_KEY: usize = DocumentId::LEN + 4;

/// Short enough for the engine to keep it within its nodes: there is one for every entry of some runs.
pub(super) fn document_key(document: &DocumentId, space: u32) -> [u8; DOCUMENT_KEY] {
    let mut key = [0; DOCUMENT_KEY];
    key[..DocumentId::LEN].copy_from_slice(&document.0);
    key[DocumentId::LEN..].copy_from_slice(&space.to_be_bytes());
    key
}

/// Reads back `document ‖ space number`.
pub(super) fn read_document_key(key: &[u8]) -> Option<(DocumentId, u32)> {
    let (document, space) = key.split_at_checked(DocumentId::LEN)?;
    Some((document.try_into().ok()?, u32::from_be_bytes(space.try_into().ok()?)))
}

pub(super) fn arrivals_key(document: &DocumentId, space: u32, page: u64) -> Vec<u8> {
    [&document.0[..], &space.to_be_bytes(), &page.to_be_bytes()].concat()
}

/// Reads back `document ‖ space number ‖ page`.
pub(super) fn read_arrivals_key(key: &[u8]) -> Option<(DocumentId, u32, u64)> {
    let (document, rest) = key.split_at_checked(DocumentId::LEN)?;
    let (space, page) = place(rest)?;
    Some((document.try_into().ok()?, space, page))
}

pub(super) fn irregular_key(number: u32, seq: u64) -> Vec<u8> {
    let mut key = vec![b'i'];
    key.extend_from_slice(&entry_key(number, seq));
    key
}

pub(super) fn lost_key(number: u32, seq: u64) -> Vec<u8> {
    let mut key = vec![b'h'];
    key.extend_from_slice(&entry_key(number, seq));
    key
}

/// With what the key of a journal begins.
pub(super) const JOURNAL: u8 = b'j';

/// Entries of one log that were written in one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) number: u32,
    pub(super) first: u64,
    pub(super) last: u64,
}

pub(super) fn journal_key(journal: u64, written: &Written) -> Vec<u8> {
    let mut key = vec![JOURNAL];
    key.extend_from_slice(&journal.to_be_bytes());
    key.extend_from_slice(&entry_key(written.number, written.first));
    key.extend_from_slice(&written.last.to_be_bytes());
    key
}

/// Reads back `j ‖ journal ‖ number ‖ first seq ‖ last seq`.
pub(super) fn read_journal_key(key: &[u8]) -> Option<(u64, Written)> {
    let (journal, rest) = key.strip_prefix(&[JOURNAL])?.split_first_chunk::<8>()?;
    let (entries, last) = rest.split_last_chunk::<8>()?;
    let (number, first) = place(entries)?;
    Some((u64::from_be_bytes(*journal), Written { number, first, last: u64::from_be_bytes(*last) }))
}

/// Of which logs a fork proof is held, by the number of their first history, and where the two histories differ. One that
/// is damaged is passed over: the branches show the same, and who checks the store makes it anew from them.
pub(super) fn fork_proofs(store: &dyn Store) -> Result<Vec<(u32, u64)>, LogsError> {
    let what = "the proof of a fork";
    let mut proofs = Vec::new();
    walk::<LogsError>(store, &Scan::all(Tree::Forks), |key, value| {
        let number = key.try_into().map(u32::from_be_bytes).map_err(|_| LogsError::Missing(what))?;
        match value.map(decode::<ForkProof>) {
            Some(Ok(proof)) => proofs.push((number, proof.seq)),
            Some(Err(error)) => tracing::error!(%error, "the proof of a fork cannot be read"),
            None => tracing::error!("the proof of a fork is damaged"),
        }
        Ok(())
    })?;
    Ok(proofs)
}

/// The id of the entry at a place that is held, from the bytes of its header alone.
pub(super) fn id_at(store: &dyn Store, number: u32, seq: u64) -> Result<EntryId, LogsError> {
    let value = store.get(Tree::Entries, &entry_key(number, seq))?.ok_or(LogsError::Missing("an entry"))?;
    Ok(Header::id_of(&read_signed_entry(&value)?.1.header))
}
