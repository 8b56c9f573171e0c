//! The guard, against what a member could sign.

use sha2::{Digest as _, Sha256};

use super::*;
use crate::change_meta::tests::rebuild;
use crate::testing::{Writer, add, all_changes, kind, set};

/// An honest document and one more honest change on top of it.
fn honest() -> (Document, Vec<u8>) {
    let kind = kind();
    let mut ca = Writer::first(
        &kind,
        &[add("activities", serde_json::json!({ "code": "A", "title": { "en": "Open budgets" } }))],
    );
    let document = ca.document.clone();
    let meta = ca.edit(
        &kind,
        &[set("activities.A.status", "done"), set("activities.A.title.en.1", "Open budgets now")],
    );
    (document, ca.document.raw_change(&meta.hash).unwrap())
}

/// Whatever is let in must leave a document that saves, loads and reads.
fn assert_sound(document: &Document) {
    let loaded = Document::load(&document.save()).unwrap();
    assert_eq!(loaded.heads(), document.heads());
    let _ = loaded.view(&kind(), None).unwrap();
    let _ = loaded.history(&kind());
}

#[test]
fn no_flipped_bit_under_a_good_checksum_does_harm() {
    let (document, raw) = honest();
    {
        let mut let_in = 0;
        for bit in 0..raw.len() * 8 {
            let mut flipped = raw.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let Some(resigned) = rebuild(&flipped) else { continue };
            let mut copy = document.clone();
            let outcome = copy.apply_changes(&[&resigned]);
            assert_eq!(outcome.applied.len() + outcome.refused.len(), 1);
            if !outcome.applied.is_empty() {
                let_in += 1;
                assert_sound(&copy);
                let mut writer_can_go_on = copy.clone();
                let by = crate::Author { actor: b"next", time: 2, message: None };
                writer_can_go_on
                    .edit(&kind(), &[set("note", "still here")], &by, &mut crate::testing::random(3))
                    .unwrap();
            }
        }
        assert!(let_in > 0, "a flipped bit of a text is an honest change of another text");
    }
}

#[test]
fn a_damaged_change_takes_no_good_one_with_it() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[]);
    let base = ca.document.clone();
    let mut cmi = ca.joined("CMI");
    for n in 0..20 {
        ca.set(&kind, "note", &n.to_string());
        cmi.set(&kind, "start", &format!("2013-01-{:02}", n + 1));
    }
    let ours = all_changes(&ca.document);
    let mut theirs = all_changes(&cmi.document);
    // The tenth of CMI: broken inside, so that all of CMI's later ones miss what they build on.
    let at = theirs
        .iter()
        .position(|raw| ChangeMetaOf(raw).seq() == 10 && ChangeMetaOf(raw).actor() == b"CMI")
        .unwrap();
    theirs[at] = break_start_op(&theirs[at]);
    let mut receiver = base;
    let batch: Vec<&[u8]> = ours.iter().chain(&theirs).rev().map(Vec::as_slice).collect();
    let outcome = receiver.apply_changes(&batch);
    assert_eq!(outcome.refused.len(), 11, "{:?}", outcome.refused);
    assert_eq!(receiver.get(&kind, "note", None).unwrap(), "19");
    assert_eq!(receiver.get(&kind, "start", None).unwrap(), "2013-01-09");
    assert_sound(&receiver);
}

struct ChangeMetaOf<'a>(&'a [u8]);

impl ChangeMetaOf<'_> {
    fn seq(&self) -> u64 {
        crate::ChangeMeta::parse(self.0).unwrap().seq
    }
    fn actor(&self) -> Vec<u8> {
        crate::ChangeMeta::parse(self.0).unwrap().actor
    }
}

fn break_start_op(raw: &[u8]) -> Vec<u8> {
    let meta = crate::ChangeMeta::parse(raw).unwrap();
    let at = raw.windows(meta.actor.len()).position(|w| w == meta.actor).unwrap() + meta.actor.len();
    let mut broken = raw.to_vec();
    // After the actor: the sequence number (one byte here), then the first operation's number.
    broken[at + 1] ^= 1;
    rebuild(&broken).unwrap()
}

#[test]
fn each_refusal_says_why() {
    let (document, raw) = honest();
    let refused = |document: &Document, raw: &[u8]| {
        document.clone().apply_changes(&[raw]).refused.pop().map(|refused| refused.reason)
    };
    let mut bad_sum = raw.clone();
    bad_sum[5] ^= 1;
    assert!(matches!(
        refused(&document, &bad_sum),
        Some(GuardError::Unreadable(crate::ChangeError::Checksum))
    ));
    assert!(matches!(refused(&Document::empty(), &raw), Some(GuardError::MissingDeps(_))));
    assert!(matches!(refused(&document, &break_start_op(&raw)), Some(GuardError::StartOp { .. })));
    let mut sequence = raw.clone();
    let meta = crate::ChangeMeta::parse(&raw).unwrap();
    let at = raw.windows(2).position(|w| w == meta.actor).unwrap() + 2;
    for seq in [1, 5] {
        sequence[at] = seq;
        let reason = refused(&document, &rebuild(&sequence).unwrap());
        assert_eq!(reason, Some(GuardError::Sequence { seq: u64::from(seq) }));
    }
    assert_eq!(refused(&document, &raw), None);
    let mut twice = document.clone();
    let outcome = twice.apply_changes(&[&raw, &raw]);
    assert_eq!((outcome.applied.len(), outcome.known.len(), outcome.refused.len()), (1, 1, 0));
}

#[test]
fn packed_changes_are_taken_and_come_back_plain() {
    let (mut document, raw) = honest();
    let mut change = automerge::Change::from_bytes(raw.clone()).unwrap();
    let packed = change.bytes().into_owned();
    let outcome = document.apply_changes(&[&packed]);
    assert_eq!(document.raw_change(&outcome.applied[0]).unwrap(), raw);
}

#[test]
fn damaged_snapshots_are_errors() {
    let (document, _) = honest();
    let saved = document.save();
    assert!(Document::load(&[]).is_err());
    {
        for cut in 0..saved.len() {
            assert!(Document::load(&saved[..cut]).is_err(), "cut at {cut}");
        }
        for bit in (0..saved.len() * 8).step_by(3) {
            let mut flipped = saved.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // What is known about the changes can be made again; what they say can not.
            if let Ok(read) = Document::load(&flipped) {
                assert_eq!(read.heads(), document.heads());
                assert_eq!(read.view(&kind(), None), document.view(&kind(), None));
                assert_eq!(read.history(&kind()), document.history(&kind()));
            }
        }
    }
}

#[test]
fn versions_are_read_as_they_were() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[set("country", "TN")]);
    let then = ca.document.heads();
    ca.set(&kind, "country", "EG");
    assert_eq!(ca.document.get(&kind, "country", Some(&then)).unwrap(), "TN");
    assert_eq!(ca.document.fork_at(&then).unwrap().get(&kind, "country", None).unwrap(), "TN");
    let unknown: Hash = Sha256::digest(b"nothing").into();
    assert_eq!(ca.document.missing_deps(&[unknown, then[0]]), [unknown]);
    assert!(ca.document.get(&kind, "country", Some(&[unknown])).is_err());
    assert!(ca.document.fork_at(&[unknown]).is_err());
    assert!(ca.document.is_ancestor(&then[0], &ca.document.heads()));
}
