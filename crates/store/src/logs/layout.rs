//! Keys and values of the logs in the store.
//!
//! | tree | key | value |
//! | --- | --- | --- |
//! | heads | space ‖ device | CBOR [log number, [seq, id], highest authority position] |
//! | entries | log number ‖ seq | flags byte ‖ CBOR of the signed entry |
//! | forks | log number | CBOR [seq, one, other] |
//! | documents | document ‖ space number | CBOR of the document's record, with its actors and the last arrivals |
//! | document index | document ‖ space number ‖ page | CBOR of a full page of arrivals |
//! | waiting | `i` ‖ log number ‖ seq | empty: an irregular entry |
//!
//! Numbers are big-endian, so that keys sort by them. A space's number is that of the first log held of it.

use accord_core::{
    CodecError, DeviceId, DocumentId, Entry, EntryId, Head, Header, LogId, SignedEntry, SpaceId, decode,
};
use minicbor::{Decode, Encode};

use super::{ForkProof, LogsError};
use crate::{Scan, Store, Tree};

/// An entry that is irregular: stored so that the log has no gap, never admitted.
const IRREGULAR: u8 = 1;

#[derive(Debug, Encode, Decode)]
#[cbor(array)]
pub(super) struct HeadRecord {
    #[n(0)]
    pub(super) number: u32,
    #[n(1)]
    pub(super) head: Head,
    #[n(2)]
    pub(super) authority: u64,
}

impl HeadRecord {
    pub(super) fn read(key: &[u8], value: &[u8]) -> Result<(LogId, Self), LogsError> {
        let what = "the head of a log";
        let form = |source| LogsError::Form { what, source };
        if key.len() != 64 {
            return Err(LogsError::Missing(what));
        }
        let (space, device) = key.split_at(32);
        let ids = SpaceId::try_from(space)
            .and_then(|space| Ok(LogId { space, device: DeviceId::try_from(device)? }));
        let log = ids.map_err(|_| LogsError::Missing(what))?;
        Ok((log, decode(value).map_err(form)?))
    }
}

pub(super) fn head_key(log: &LogId) -> Vec<u8> {
    [log.space.0, log.device.0].concat()
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

/// Short enough for the engine to keep it within its nodes: there is one for every entry of some runs.
pub(super) fn document_key(document: &DocumentId, space: u32) -> Vec<u8> {
    [&document.0[..], &space.to_be_bytes()].concat()
}

/// Reads back `document ‖ space number`.
pub(super) fn read_document_key(key: &[u8]) -> Option<(DocumentId, u32)> {
    let (document, space) = key.split_at_checked(DocumentId::LEN)?;
    Some((document.try_into().ok()?, u32::from_be_bytes(space.try_into().ok()?)))
}

pub(super) fn arrivals_key(document: &DocumentId, space: u32, page: u64) -> Vec<u8> {
    [&document.0[..], &space.to_be_bytes(), &page.to_be_bytes()].concat()
}

pub(super) fn irregular_key(number: u32, seq: u64) -> Vec<u8> {
    let mut key = vec![b'i'];
    key.extend_from_slice(&entry_key(number, seq));
    key
}

/// Every fork proof held, by log number.
pub(super) fn fork_proofs(store: &dyn Store) -> Result<Vec<(u32, ForkProof)>, LogsError> {
    let what = "the proof of a fork";
    let mut proofs = Vec::new();
    let mut scan = Scan::all(Tree::Forks);
    loop {
        let page = store.scan(&scan)?;
        for (key, value) in &page.items {
            let number =
                key.as_slice().try_into().map(u32::from_be_bytes).map_err(|_| LogsError::Missing(what))?;
            proofs.push((number, decode(value).map_err(|source| LogsError::Form { what, source })?));
        }
        let Some(next) = page.next else { return Ok(proofs) };
        scan = scan.resume(next);
    }
}

/// The id of the entry at a place that is held, from the bytes of its header alone.
pub(super) fn id_at(store: &dyn Store, number: u32, seq: u64) -> Result<EntryId, LogsError> {
    let value = store.get(Tree::Entries, &entry_key(number, seq))?.ok_or(LogsError::Missing("an entry"))?;
    Ok(Header::id_of(&read_signed_entry(&value)?.1.header))
}
