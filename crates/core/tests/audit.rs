//! Audit files. The invariant: from the programme's id alone a file proves who signed what, and a file with any byte
//! changed proves nothing, even if its sum was made anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use accord_core::governance::Choice;
use accord_core::{
    ActorSeed, AuditError, Audited, Authority, Body, ChangeHash, ChangeMeta, DocumentEntries, DocumentId,
    Entry, Header, MAX_AUDIT, MAX_AUDIT_ENTRIES, OrganisationKind, ProgrammeId, Unreadable, audit_file,
    programme_space, tagged_hash,
};
use proptest::prelude::*;
use support::World;

const DOCUMENT: DocumentId = DocumentId([5; 16]);

/// Changes of this test: the actor, a number and a word; the hash is of all of it.
fn read(payload: &[u8]) -> Result<ChangeMeta, Unreadable> {
    let actor = payload.get(..16).ok_or_else(|| Unreadable("short".into()))?;
    let hash = ChangeHash(tagged_hash("test", &[payload]));
    Ok(ChangeMeta { hash, actor: actor.to_vec(), seq: 1, start_op: 1, max_op: 1, deps: Vec::new() })
}

struct Made {
    programme: ProgrammeId,
    governance: Vec<Entry>,
    document: DocumentEntries,
}

impl Made {
    fn file(&self) -> Vec<u8> {
        audit_file(&self.programme, &self.governance, Some(&self.document)).unwrap()
    }

    fn check(&self, file: &[u8]) -> Result<Audited, AuditError> {
        Audited::check(file, &self.programme, &read)
    }
}

/// A founded programme that admitted a third, and a document with entries of two of them.
fn made() -> Made {
    let mut world = World::founded(3);
    let decision = world.admission(2, 1, 1, None, OrganisationKind::Member);
    world.propose(1, decision.clone());
    for who in 0..2 {
        world.raw_vote(who, &decision, Choice::For(decision.id()), None);
    }
    let space = programme_space(&world.programme);
    let mut entries = Vec::new();
    for who in 0..2 {
        let device = &world.parties[who].device;
        let mut prev = None;
        for seq in 1..=4_u64 {
            let seed = ActorSeed { device: device.id(), space, document: DOCUMENT, generation: 0 };
            let payload = [seed.actor().as_slice(), &seq.to_be_bytes(), b"Sfax"].concat();
            let (body, payload) = match seq {
                1 if who == 0 => (Body::Create { document: DOCUMENT, kind: "framework".into() }, Vec::new()),
                _ => {
                    let change = read(&payload).unwrap().hash;
                    (Body::Change { document: DOCUMENT, generation: 0, change }, payload)
                }
            };
            let header = Header {
                programme: world.programme,
                space,
                device: device.id(),
                seq,
                prev,
                authority: Authority::Genesis,
                body,
            };
            let entry = header.sign(device, payload);
            prev = Some(entry.id());
            entries.push(entry);
        }
    }
    let document = DocumentEntries { space, id: DOCUMENT, entries, vouching: Vec::new() };
    Made { programme: world.programme, governance: world.entries, document }
}

/// Makes the sum at the end fit again, as somebody would who forges a file.
fn reseal(file: &mut [u8]) {
    let at = file.len() - 32;
    let sum = tagged_hash("audit", &[&file["accord-audit\n".len()..at]]);
    file[at..].copy_from_slice(&sum);
}

#[test]
fn a_file_proves_what_it_carries_from_the_programmes_id_alone() {
    let made = made();
    let audited = made.check(&made.file()).unwrap();
    assert!(audited.governance.founded());
    assert_eq!(audited.governance.in_force().len(), 1);
    assert_eq!(audited.entries.len(), made.governance.len());
    assert!(audited.ignored.is_empty());
    assert_eq!(audited.document.unwrap().entries.len(), 8);
    assert_eq!(
        Audited::check(&made.file(), &ProgrammeId([1; 32]), &read).unwrap_err(),
        AuditError::OtherProgramme
    );
}

#[test]
fn equal_entries_make_the_same_file_in_whatever_order_they_come() {
    let mut made = made();
    let file = made.file();
    made.governance.reverse();
    made.document.entries.rotate_left(3);
    made.governance.extend(made.governance.clone());
    assert_eq!(made.file(), file);
}

#[test]
fn no_byte_can_be_changed() {
    let made = made();
    let file = made.file();
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(made.check(&changed).is_err(), "byte {at}");
        // Nor with a sum that fits.
        if at < file.len() - 32 {
            reseal(&mut changed);
            assert!(made.check(&changed).is_err(), "byte {at}, sealed anew");
        }
    }
    for cut in (0..file.len()).step_by(7) {
        assert!(made.check(&file[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn no_byte_can_be_added() {
    let made = made();
    let file = made.file();
    for byte in [0, 0xf6, 0x80, 0xff] {
        let appended = [file.as_slice(), &[byte]].concat();
        assert_eq!(made.check(&appended).unwrap_err(), AuditError::Changed);
        let end = file.len() - 32;
        for at in (13..=end).step_by(5) {
            let mut within = [&file[..at], &[byte], &file[at..]].concat();
            reseal(&mut within);
            assert!(made.check(&within).is_err(), "{byte:#x} at {at}");
        }
    }
}

#[test]
fn what_announces_too_much_is_refused_before_anything_is_made_of_it() {
    let made = made();
    // Format, programme, and a list of four thousand million items, or one of just too many, each three bytes long.
    let start = |items: u32| {
        let mut file = b"accord-audit\n\x84\x01\x58\x20".to_vec();
        file.extend(made.programme.0);
        file.push(0x9a);
        file.extend(items.to_be_bytes());
        file
    };
    let many = u32::try_from(MAX_AUDIT_ENTRIES).unwrap() + 1;
    for (items, written) in [(u32::MAX, 0), (many, many)] {
        let mut file = start(items);
        for _ in 0..written {
            file.extend([0x83, 0x40, 0xf6, 0xf6]);
        }
        file.extend([0; 32]);
        reseal(&mut file);
        assert_eq!(made.check(&file).unwrap_err(), AuditError::TooLarge, "{items}");
    }
    let mut file = start(u32::try_from(MAX_AUDIT_ENTRIES).unwrap());
    file.extend([0; 32]);
    reseal(&mut file);
    assert!(matches!(made.check(&file).unwrap_err(), AuditError::Malformed(_)));
    assert_eq!(made.check(&vec![0; MAX_AUDIT + 1]).unwrap_err(), AuditError::TooLarge);
}

#[test]
fn nothing_within_a_governance_log_can_be_left_out() {
    let made = made();
    let last_of = |entry: &Entry| {
        let later = |other: &&Entry| other.header().prev == Some(entry.id());
        !made.governance.iter().any(|other| later(&other))
    };
    for at in 0..made.governance.len() {
        let mut fewer = made.governance.clone();
        let left_out = fewer.remove(at);
        let file = audit_file(&made.programme, &fewer, None).unwrap();
        let checked = made.check(&file);
        if last_of(&left_out) {
            // The end of a log can be held back: then less is proven, and nothing else.
            assert!(checked.unwrap().governance.in_force().is_empty());
        } else {
            assert!(checked.is_err(), "entry {at}");
        }
    }
}

#[test]
fn a_spoilt_signature_within_a_log_is_made_good_by_a_later_one_and_by_nothing_else() {
    let mut made = made();
    let spoilt = |entry: &Entry| {
        let mut signed = entry.signed().clone();
        signed.signature.0[3] ^= 1;
        Entry::from_store(signed).unwrap()
    };
    made.document.entries[1] = spoilt(&made.document.entries[1]);
    assert_eq!(made.check(&made.file()).unwrap().document.unwrap().entries.len(), 8);
    // Without the one that follows, it takes that one's header to vouch for it.
    let follows = made.document.entries.remove(2);
    assert_eq!(
        audit_file(&made.programme, &made.governance, Some(&made.document)),
        Err(AuditError::Unsigned { seq: 2 })
    );
    made.document.entries.insert(2, follows);
    made.document.entries[3] = spoilt(&made.document.entries[3]);
    assert!(audit_file(&made.programme, &made.governance, Some(&made.document)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Several bytes at once, with the sum made anew.
    #[test]
    fn no_bytes_can_be_changed(changes in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..6)) {
        let made = made();
        let file = made.file();
        let mut changed = file.clone();
        let end = file.len() - 32;
        for (at, by) in changes {
            changed[at.index(end)] ^= by;
        }
        if changed != file {
            reseal(&mut changed);
            prop_assert!(made.check(&changed).is_err());
        }
    }

    #[test]
    fn rubbish_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let made = made();
        prop_assert!(made.check(&bytes).is_err());
        let mut file = b"accord-audit\n".to_vec();
        file.extend(&bytes);
        file.extend([0; 32]);
        reseal(&mut file);
        prop_assert!(made.check(&file).is_err());
    }
}
