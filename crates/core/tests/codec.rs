//! Decoders against bytes from outside: never a panic, one encoding for each value, and verified means verified.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use accord_core::governance::{Choice, Record};
use accord_core::{
    Authority, Body, Card, ChangeHash, ChangeMeta, DocumentId, Header, LogId, OrganisationKind, SignedEntry,
    Ticket, Unreadable, decode, encode, governance_space, programme_space, verify_run,
};
use proptest::prelude::*;
use support::World;

/// Real bytes of every shape: the headers of a small programme's governance logs, and some of documents.
fn samples() -> (World, Vec<SignedEntry>) {
    let mut world = World::founded(3);
    let decision = world.admission(2, 1, 1, None, OrganisationKind::Member);
    world.propose(1, decision.clone());
    let vote = world.raw_vote(0, &decision, Choice::For(decision.id()), None);
    world.raw_vote(0, &decision, Choice::Refuse("no".into()), Some(vote));
    world.write(2, Record::Acknowledge { decisions: vec![decision.id()], devices: Vec::new() });
    let mut entries: Vec<SignedEntry> = world.entries.iter().map(|entry| entry.signed().clone()).collect();
    let device = &world.parties[2].device;
    let bodies = [
        Body::Create { document: DocumentId([1; 16]), kind: "framework".into() },
        Body::Change { document: DocumentId([1; 16]), generation: 0, change: ChangeHash([2; 32]) },
    ];
    for body in bodies {
        let header = Header {
            programme: world.programme,
            space: programme_space(&world.programme),
            device: device.id(),
            seq: 1,
            prev: None,
            authority: Authority::Genesis,
            body,
        };
        entries.push(header.sign(device, Vec::new()).signed().clone());
    }
    (world, entries)
}

fn no_changes(_: &[u8]) -> Result<ChangeMeta, Unreadable> {
    Err(Unreadable("no change is expected".into()))
}

#[test]
fn every_header_is_its_one_encoding() {
    let (_, entries) = samples();
    for signed in &entries {
        assert_eq!(encode(&Header::from_bytes(&signed.header).unwrap()), signed.header);
        assert_eq!(decode::<SignedEntry>(&encode(signed)).unwrap(), *signed);
    }
}

#[test]
fn a_run_verifies_whole_and_with_no_bit_changed() {
    let (world, _) = samples();
    let device = world.parties[0].device.id();
    let log = LogId { space: governance_space(&world.programme), device };
    let run: Vec<SignedEntry> =
        world.entries.iter().filter(|e| e.header().device == device).map(|e| e.signed().clone()).collect();
    assert_eq!(
        verify_run(&world.programme, log, run.clone(), &no_changes).unwrap().entries().len(),
        run.len()
    );
    for at in 0..run.len() {
        // Any bit of any header breaks the chain to the signature at the end; a signature counts only there.
        for bit in (0..run[at].header.len() * 8).step_by(7) {
            let mut bad = run.clone();
            bad[at].header[bit / 8] ^= 1 << (bit % 8);
            assert!(verify_run(&world.programme, log, bad, &no_changes).is_err(), "entry {at}, bit {bit}");
        }
        let mut spoilt = run.clone();
        spoilt[at].signature.0[5] ^= 1;
        assert_eq!(verify_run(&world.programme, log, spoilt, &no_changes).is_err(), at + 1 == run.len());
        let mut missing = run.clone();
        missing.remove(at);
        if at > 0 && at + 1 < run.len() {
            assert!(verify_run(&world.programme, log, missing, &no_changes).is_err(), "a gap at {at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// No bytes make a decoder panic, and what decodes encodes to the same bytes.
    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(header) = Header::from_bytes(&bytes) {
            prop_assert_eq!(encode(&header), bytes.clone());
        }
        if let Ok(entry) = decode::<SignedEntry>(&bytes) {
            prop_assert_eq!(encode(&entry), bytes);
        }
    }

    /// The same for real headers with some bytes changed, cut or added.
    #[test]
    fn mutated_headers(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        added in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        thread_local!(static SAMPLES: (World, Vec<SignedEntry>) = samples());
        let mut bytes = SAMPLES.with(|(_, entries)| which.get(entries).header.clone());
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes.extend(added);
        if let Ok(header) = Header::from_bytes(&bytes) {
            prop_assert_eq!(encode(&header), bytes);
            if let Body::Governance { record } = header.body {
                let _ = record.check(&header.programme);
            }
        }
    }

    /// Cards and tickets from a careless copy.
    #[test]
    fn mangled_lines(text in "(accord-card-|accord-ticket-)[A-Za-z0-9_-]{0,120}") {
        let _ = text.parse::<Card>();
        let _ = text.parse::<Ticket>();
    }
}

/// Who floods the governance space is stopped at the same entry on every node, and its own node stops before.
#[test]
fn a_governance_log_has_an_end() {
    struct None;
    impl accord_core::ChangeReader for None {
        fn read(&self, _: &[u8]) -> Result<accord_core::ChangeMeta, accord_core::Unreadable> {
            Err(accord_core::Unreadable("no change".into()))
        }
    }
    let (key, programme) = (accord_core::DeviceKey::from_seed(&[1; 32]), accord_core::ProgrammeId([2; 32]));
    let log = accord_core::LogId { space: accord_core::governance_space(&programme), device: key.id() };
    let run = |seq: u64| {
        let record = accord_core::governance::Record::Acknowledge { decisions: vec![], devices: vec![] };
        let header = accord_core::Header {
            programme,
            space: log.space,
            device: log.device,
            seq,
            prev: Some(accord_core::EntryId([3; 32])),
            authority: accord_core::Authority::Genesis,
            body: accord_core::Body::Governance { record: Box::new(record) },
        };
        let signed = header.sign(&key, Vec::new()).signed().clone();
        accord_core::verify_run(&programme, log, vec![signed], &None).map(|run| run.head().seq)
    };
    let last = accord_core::MAX_GOVERNANCE_LOG;
    assert_eq!(run(last), Ok(last));
    assert_eq!(run(last + 1), Err(accord_core::Invalid::Full { seq: last + 1 }));
}
