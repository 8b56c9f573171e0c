//! Checking an audit file from the programme's id alone.
//!
//! Whoever made the file is not trusted with anything: the sum at its end only tells accidents early. What the file says
//! stands on the genesis, whose hash is the programme's id, and on signatures.

use std::collections::BTreeSet;

use minicbor::Decoder;
use minicbor::data::Type;

use super::{Document, File, Item, MAGIC, MAX_AUDIT, MAX_AUDIT_ENTRIES, SUM, unvouched};
use crate::admission::{Standing, standing};
use crate::governance::{Governance, RecordError};
use crate::run::check_payload;
use crate::{
    ActorSeed, AuditError, Body, ChangeMeta, ChangeReader, DeviceId, DocumentId, Entry, EntryId, Header,
    ProgrammeId, Signature, SignedEntry, SpaceId, decode, governance_space, tagged_hash, verify_entry,
};

/// What a file proves.
#[derive(Debug, Clone)]
pub struct Audited {
    /// What its governance entries amount to: founded, every decision in force with all its votes.
    pub governance: Governance,
    /// These entries, by device and position. Every one of its author, each log without a gap from its first entry on.
    pub entries: Vec<Entry>,
    /// Those whose record does not count, with why: they stand in their logs all the same.
    pub ignored: Vec<(EntryId, RecordError)>,
    /// The document, if the file is about one.
    pub document: Option<AuditedDocument>,
}

/// The document of a file.
#[derive(Debug, Clone)]
pub struct AuditedDocument {
    /// Where it lives.
    pub space: SpaceId,
    /// Its id.
    pub id: DocumentId,
    /// The entries about it, by device and position.
    pub entries: Vec<AuditedEntry>,
}

/// An entry about the document: of its author, whatever became of it.
#[derive(Debug, Clone)]
pub struct AuditedEntry {
    /// The entry.
    pub entry: Entry,
    /// The outside of its change; none for the entry that begins the document.
    pub change: Option<ChangeMeta>,
    /// Its standing by the decisions of the file, forks aside.
    pub standing: Standing,
}

impl Audited {
    /// Checks a file.
    ///
    /// # Errors
    /// [`AuditError`] with the first thing that does not hold.
    pub fn check(
        bytes: &[u8],
        programme: &ProgrammeId,
        reader: &impl ChangeReader,
    ) -> Result<Self, AuditError> {
        let file = read(bytes)?;
        if file.programme != *programme {
            return Err(AuditError::OtherProgramme);
        }
        let space = governance_space(programme);
        let entries = verified(&file.governance, programme, &space)?;
        gapless(&entries)?;
        let mut governance = Governance::new(*programme);
        let mut ignored = Vec::new();
        let mut all = Vec::with_capacity(entries.len());
        for (entry, whole) in entries {
            let seq = entry.header().seq;
            if !whole || !matches!(entry.header().body, Body::Governance { .. } | Body::Unknown(_)) {
                return Err(AuditError::Misplaced { seq });
            }
            check_payload(entry.header(), entry.payload(), reader).map_err(AuditError::Entry)?;
            if let Err(error) = governance.insert(&entry) {
                ignored.push((entry.id(), error));
            }
            all.push(entry);
        }
        if !governance.founded() {
            return Err(AuditError::NotFounded);
        }
        let document =
            file.document.map(|document| check_document(&document, &governance, reader)).transpose()?;
        Ok(Self { governance, entries: all, ignored, document })
    }
}

fn read(bytes: &[u8]) -> Result<File, AuditError> {
    if bytes.len() > MAX_AUDIT {
        return Err(AuditError::TooLarge);
    }
    let rest = bytes.strip_prefix(MAGIC).ok_or(AuditError::NotAnAudit)?;
    let (body, sum) = rest.split_at_checked(rest.len().saturating_sub(SUM)).ok_or(AuditError::NotAnAudit)?;
    if sum != tagged_hash("audit", &[body]) {
        return Err(AuditError::Changed);
    }
    if announced(body).is_some_and(|items| items > MAX_AUDIT_ENTRIES as u64) {
        return Err(AuditError::TooLarge);
    }
    let file: File = decode(body).map_err(AuditError::Malformed)?;
    if file.format != super::FORMAT {
        return Err(AuditError::NotAnAudit);
    }
    Ok(file)
}

/// How many items a file says that it has, looked at before any of them is made: an item takes many times the memory of
/// the few bytes that can announce it. None where it is not in the form that decoding wants.
fn announced(body: &[u8]) -> Option<u64> {
    let list = |d: &mut Decoder<'_>| -> Option<u64> { d.array().ok()? };
    let mut d = Decoder::new(body);
    list(&mut d).filter(|fields| *fields == 4)?;
    d.u32().ok()?;
    d.skip().ok()?;
    let governance = list(&mut d)?;
    if governance > MAX_AUDIT_ENTRIES as u64 {
        return Some(governance);
    }
    for _ in 0..governance {
        d.skip().ok()?;
    }
    if d.datatype().ok()? == Type::Null {
        return Some(governance);
    }
    list(&mut d).filter(|fields| *fields == 3)?;
    d.skip().ok()?;
    d.skip().ok()?;
    Some(governance.saturating_add(list(&mut d)?))
}

/// The entries of one space: in order, each once, each vouched for by its author. With each, whether it is whole.
fn verified(
    items: &[Item],
    programme: &ProgrammeId,
    space: &SpaceId,
) -> Result<Vec<(Entry, bool)>, AuditError> {
    let mut entries = Vec::with_capacity(items.len());
    let mut last: Option<(DeviceId, u64, EntryId)> = None;
    for item in items {
        let header = Header::from_bytes(&item.header).map_err(AuditError::Malformed)?;
        let seq = header.seq;
        let id = Header::id_of(&item.header);
        let place = Some((header.device, seq, id));
        let elsewhere = header.programme != *programme || header.space != *space;
        if elsewhere || place <= last || (seq == 1) != header.prev.is_none() || seq == 0 {
            return Err(AuditError::Misplaced { seq });
        }
        last = place;
        let signed = SignedEntry {
            header: item.header.to_vec(),
            signature: item.signature.unwrap_or(Signature([0; 64])),
            payload: item.payload.as_ref().map(|payload| payload.to_vec()).unwrap_or_default(),
        };
        let entry = Entry { id, header, signed };
        if item.signature.is_some() {
            verify_entry(&entry).map_err(AuditError::Entry)?;
        }
        entries.push((entry, item.payload.is_some()));
    }
    match unvouched(items) {
        Some(seq) => Err(AuditError::Unsigned { seq }),
        None => Ok(entries),
    }
}

/// Logs from their first entry on, so that nothing in between was left out.
fn gapless(entries: &[(Entry, bool)]) -> Result<(), AuditError> {
    let place = |entry: &Entry| (entry.header().device, entry.header().seq, entry.id());
    let held: BTreeSet<_> = entries.iter().map(|(entry, _)| place(entry)).collect();
    for (entry, _) in entries {
        let header = entry.header();
        let before = header.prev.map(|prev| (header.device, header.seq - 1, prev));
        if before.is_some_and(|before| !held.contains(&before)) {
            return Err(AuditError::Gap { seq: header.seq });
        }
    }
    Ok(())
}

fn check_document(
    document: &Document,
    governance: &Governance,
    reader: &impl ChangeReader,
) -> Result<AuditedDocument, AuditError> {
    let (space, id) = (document.space, document.id);
    let mut entries = Vec::new();
    for (entry, whole) in verified(&document.items, &governance.programme(), &space)? {
        let header = entry.header();
        let seq = header.seq;
        let about = match &header.body {
            Body::Create { document, .. } | Body::Change { document, .. } => *document == id,
            Body::Governance { .. } => return Err(AuditError::Misplaced { seq }),
            Body::Unknown(_) => false,
        };
        if about != whole {
            return Err(AuditError::Misplaced { seq });
        }
        if !about {
            continue;
        }
        let change = check_payload(header, entry.payload(), reader).map_err(AuditError::Entry)?;
        if let (Body::Change { generation, .. }, Some(change)) = (&header.body, &change) {
            let seed = ActorSeed { device: header.device, space, document: id, generation: *generation };
            if change.actor != seed.actor() {
                return Err(AuditError::Actor { seq });
            }
        }
        let standing = standing(governance, header);
        entries.push(AuditedEntry { entry, change, standing });
    }
    Ok(AuditedDocument { space, id, entries })
}
