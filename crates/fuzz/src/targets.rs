//! What is driven.

use accord_core::governance::Record;
use accord_core::{
    Audited, Card, ChangeHash, Header, SignedEntry, Ticket, Unreadable, decode, encode, verify_run,
};
use accord_document::pack::unpack as unpack_pack;
use accord_document::{ChangeMeta, Document, GuardError, Kind, import, unpack};
use accord_framework::exchange::Map;
use accord_sync::{Frame, unpack_run};
use sha2::Digest as _;

use crate::examples::{PROGRAMME, base, kind, packed, packed_log, packed_place, sealed};

/// A decoder under a name.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 14] = [
    ("frame", frame),
    ("entry", entry),
    ("record", record),
    ("card", card),
    ("ticket", ticket),
    ("audit", audit),
    ("pack", pack),
    ("change", change),
    ("saved", saved),
    ("yaml", yaml),
    ("bundle", accord_node::testing::bundle),
    ("message", accord_node::testing::message),
    ("line", accord_node::testing::line),
    ("own-heads", own_heads),
];

/// The one of this name.
#[must_use]
pub fn target(name: &str) -> Option<fn(&[u8])> {
    TARGETS.iter().find(|(other, _)| *other == name).map(|(_, target)| *target)
}

fn frame(bytes: &[u8]) {
    let Ok(frame) = Frame::from_bytes(bytes) else { return };
    assert_eq!(frame.to_bytes(), bytes, "a frame has one encoding");
    if let Frame::Run(run) = &frame
        && let Ok(entries) = unpack_run(run)
    {
        entries.iter().for_each(entry_of);
    }
}

/// Whatever comes out of a spoilt pack and is accepted is what its author signed.
fn pack(bytes: &[u8]) {
    let (log, honest) = (packed_log(), packed());
    for stretch in unpack_pack(&packed_place(), bytes).unwrap_or_default() {
        stretch.entries.iter().for_each(entry_of);
        let Ok(run) = verify_run(&PROGRAMME, log, stretch.entries, &read_meta) else { continue };
        for (entry, _) in run.entries() {
            let signed = honest
                .iter()
                .find(|signed| signed.id() == entry.id())
                .expect("only what was signed verifies");
            assert_eq!(signed.payload(), entry.payload(), "a signature covers the change");
        }
    }
}

fn entry(bytes: &[u8]) {
    if let Ok(entry) = decode::<SignedEntry>(bytes) {
        assert_eq!(encode(&entry), bytes, "an entry has one encoding");
        entry_of(&entry);
    }
    header(bytes);
}

fn entry_of(entry: &SignedEntry) {
    header(&entry.header);
    change_meta(&entry.payload);
}

fn header(bytes: &[u8]) {
    if let Ok(header) = Header::from_bytes(bytes) {
        assert_eq!(encode(&header), bytes, "a header has one encoding, or it would have two ids");
    }
}

fn record(bytes: &[u8]) {
    if let Ok(record) = decode::<Record>(bytes) {
        assert_eq!(encode(&record), bytes, "a record has one encoding");
        let _ = record.id();
    }
}

fn card(bytes: &[u8]) {
    if let Ok(card) = String::from_utf8_lossy(bytes).parse::<Card>() {
        assert_eq!(card.verify(), Ok(()), "what is read as a card is signed");
    }
}

fn ticket(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(ticket) = text.parse::<Ticket>() {
        assert_eq!(ticket.to_string(), text.trim(), "a ticket has one spelling");
    }
}

fn audit(bytes: &[u8]) {
    let _ = Audited::check(bytes, &PROGRAMME, &read_meta);
}

fn read_meta(payload: &[u8]) -> Result<accord_core::ChangeMeta, Unreadable> {
    let meta = ChangeMeta::parse(payload).map_err(|error| Unreadable(error.to_string()))?;
    Ok(accord_core::ChangeMeta {
        hash: ChangeHash(meta.hash),
        actor: meta.actor,
        seq: meta.seq,
        start_op: meta.start_op,
        max_op: meta.max_op,
        deps: meta.deps.into_iter().map(ChangeHash).collect(),
    })
}

fn change_meta(bytes: &[u8]) {
    if let Ok(meta) = ChangeMeta::parse(bytes) {
        assert!(meta.start_op > 0 && meta.seq > 0);
        assert!(unpack(bytes).is_ok(), "what was read unpacks");
    }
}

fn change(bytes: &[u8]) {
    guarded(bytes);
    // The same as the contents of a change, under a checksum that fits them: most of what is tried would end there.
    guarded(&sealed(bytes));
}

fn guarded(bytes: &[u8]) {
    change_meta(bytes);
    let mut document = base().clone();
    let outcome = document.apply_changes(&[bytes]);
    for refused in &outcome.refused {
        assert!(
            !matches!(refused.reason, GuardError::Trial(_)),
            "the rule stops it before the net: {}",
            refused.reason
        );
    }
    if !outcome.applied.is_empty() {
        let loaded = Document::load(&document.save()).expect("what was let in saves and loads");
        assert_eq!(loaded.heads(), document.heads());
        let _ = loaded.view(kind(), None);
    }
}

fn saved(bytes: &[u8]) {
    if let Ok(document) = Document::load(bytes) {
        let _ = document.view(kind(), None);
    }
}

fn own_heads(bytes: &[u8]) {
    let reread = |bytes: &[u8]| {
        if let Some(again) = accord_store::reread_own_heads(bytes) {
            assert_eq!(again, bytes, "a file of own heads has one encoding");
        }
    };
    reread(bytes);
    // The same under a checksum that fits: most of what is tried would end there.
    let (content, _) = bytes.split_at(bytes.len().saturating_sub(32));
    reread(&[content, &sha2::Sha256::digest(content)[..]].concat());
}

fn yaml(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = Kind::from_yaml(&text);
    let _ = accord_framework::check_kind(&text, None);
    let _ = import(kind(), &text);
    let _ = base().parse_edited(kind(), &base().heads(), &text);
    let _ = Map::from_yaml(&text);
}
