use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, Change, ObjType, ROOT};
use proptest::prelude::*;

use super::*;

/// Two writers, texts, maps, deletions and a merge: changes of every shape that we write, and more.
fn honest(seed: u8, text: &str) -> Vec<Change> {
    let mut a = Automerge::new().with_actor(ActorId::from(&[seed, 1, 2][..]));
    let options = |message: &str, time| CommitOptions { message: Some(message.to_owned()), time: Some(time) };
    a.transact_with::<_, _, automerge::AutomergeError, _>(
        |()| options("first", 1_380_000_000),
        |tx| {
            let id = tx.put_object(ROOT, "text", ObjType::Text)?;
            tx.splice_text(&id, 0, 0, text)?;
            tx.put(ROOT, "x", 1)
        },
    )
    .unwrap();
    let mut b = a.fork().with_actor(ActorId::from(&[seed, 9][..]));
    for (doc, time) in [(&mut a, -5), (&mut b, 0)] {
        doc.transact_with::<_, _, automerge::AutomergeError, _>(
            |()| options("", time),
            |tx| {
                tx.put(ROOT, "x", format!("{text}{time}"))?;
                tx.put(ROOT, "y", time)
            },
        )
        .unwrap();
    }
    a.merge(&mut b).unwrap();
    a.transact::<_, _, automerge::AutomergeError>(|tx| tx.delete(ROOT, "x")).unwrap();
    a.get_changes(&[])
}

fn check(change: &Change, raw: &[u8]) {
    let meta = ChangeMeta::parse(raw).unwrap();
    assert_eq!(meta.hash, change.hash().0);
    assert_eq!(meta.actor, change.actor_id().to_bytes());
    assert_eq!(
        (meta.seq, meta.start_op, meta.max_op),
        (change.seq(), change.start_op().get(), change.max_op())
    );
    assert_eq!(meta.deps, change.deps().iter().map(|dep| dep.0).collect::<Vec<_>>());
    assert_eq!(
        (meta.timestamp, meta.message.as_deref()),
        (change.timestamp(), change.message().filter(|m| !m.is_empty()))
    );
}

#[test]
fn more_than_the_bounds_is_refused_before_it_is_read() {
    assert!(matches!(ChangeMeta::parse(&vec![0; MAX_RAW + 1]), Err(ChangeError::TooLarge { .. })));
    // 64 MiB of zeros in 65 kB: refused after the first 4 MiB.
    let mut bomb = Vec::new();
    let mut encoder =
        flate2::read::DeflateEncoder::new(std::io::repeat(0).take(64 << 20), flate2::Compression::best());
    encoder.read_to_end(&mut bomb).unwrap();
    let mut raw = [&MAGIC[..], &[0; 4], &[DEFLATED]].concat();
    reader::write_unsigned(&mut raw, bomb.len() as u64);
    raw.extend(bomb);
    assert!(matches!(ChangeMeta::parse(&raw), Err(ChangeError::TooLarge { .. })));
}

#[test]
fn run_lengths_cannot_claim_more_operations_than_the_bound() {
    let change = &honest(1, "a")[0];
    let meta = ChangeMeta::parse(change.raw_bytes()).unwrap();
    let mut contents = Vec::new();
    contents.push(0);
    reader::write_unsigned(&mut contents, meta.actor.len() as u64);
    contents.extend(&meta.actor);
    contents.extend([1, 1, 0, 0, 0]);
    // One column, the actions: a run of 2^40 ones.
    contents.extend([1, 0x42, 7, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 1]);
    let raw = sealed(&contents);
    assert!(matches!(ChangeMeta::parse(&raw), Err(ChangeError::TooLarge { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Invariant: for honest changes, plain and packed, we read what the library reads.
    #[test]
    fn honest_changes_read_as_the_library_reads_them(seed: u8, text in "[a-zé ]{0,400}") {
        for mut change in honest(seed, &text) {
            check(&change, change.raw_bytes());
            let packed = change.bytes().into_owned();
            check(&change, &packed);
            let plain = unpack(&packed).unwrap();
            prop_assert_eq!(plain.as_ref(), change.raw_bytes());
        }
    }

    /// Invariant: no input makes the reader panic, and a flipped bit is never accepted.
    #[test]
    fn damage_is_an_error(seed: u8, flips in prop::collection::vec(any::<prop::sample::Index>(), 1..4), cut: prop::sample::Index) {
        for change in honest(seed, "some words") {
            let mut raw = change.raw_bytes().to_vec();
            prop_assert!(ChangeMeta::parse(&raw[..cut.index(raw.len())]).is_err());
            let bits: std::collections::BTreeSet<usize> = flips.iter().map(|flip| flip.index(raw.len() * 8)).collect();
            for bit in bits {
                raw[bit / 8] ^= 1 << (bit % 8);
            }
            prop_assert!(ChangeMeta::parse(&raw).is_err());
        }
    }

    #[test]
    fn random_bytes_are_an_error(bytes: Vec<u8>) {
        prop_assert!(ChangeMeta::parse(&bytes).is_err());
        prop_assert!(ChangeMeta::parse(&[&MAGIC[..], &[0; 4], &[PLAIN], &bytes].concat()).is_err());
        let _ = ChangeMeta::from_contents([0; 32], &bytes);
    }
}

/// The same bytes under a checksum that fits them: what a hostile member could sign.
pub(crate) fn rebuild(raw: &[u8]) -> Option<Vec<u8>> {
    Chunk::split(raw).ok().filter(|chunk| chunk.kind == PLAIN).map(|chunk| sealed(chunk.body))
}
