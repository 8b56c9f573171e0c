//! Entries are found in the files of stores that no engine opens any more, and nothing that is not one.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use accord_core::{DeviceId, EntryId, Signature, SignedEntry, verify_run};
use accord_store::{EngineKind, Logs, MemoryStore, Op, Salvage, StoreError, Tree};
use author::{Author, PROGRAMME, document, key, read_change, space};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tempfile::TempDir;

/// Entries of all sizes: some in their record, some in chunks of their value, as sled has them.
const SIZES: [usize; 9] = [10, 300, 3_900, 4_050, 4_200, 8_100, 9_000, 16_000, 30_000];

/// Fills a store and closes it; gives its folder and who wrote in it.
fn filled(engine: EngineKind, rounds: u8) -> (TempDir, PathBuf, Vec<Author>) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("store");
    accord_store::create(&path, engine).unwrap();
    let (store, _) = accord_store::open(&path, engine).unwrap();
    let logs = Logs::open(Arc::clone(&store), PROGRAMME, key(1).id(), None).unwrap();
    let mut authors: Vec<Author> = [2, 3].map(|n| Author::new(n, space(n % 2))).into();
    for round in 0..rounds {
        for author in &mut authors {
            let from = author.ids.len() as u64 + 1;
            if round == 0 {
                // At other positions of each log, so that chunks of theirs do not look alike.
                (0..author.key.id().0[0] % 7 + 1).for_each(|_| author.create(document(1), "note"));
            }
            for (n, size) in SIZES.iter().enumerate() {
                // Bytes that do not look alike, so that nothing fits by chance.
                let mut rng = StdRng::seed_from_u64(u64::from(round) * 100 + n as u64);
                author.change(document(1), 0, &(0..*size).map(|_| rng.random()).collect::<Vec<u8>>());
            }
            if engine == EngineKind::Redb {
                author.change(document(1), 0, &[round; 900_000]);
            }
            logs.ingest(&author.run(from, author.ids.len() as u64)).unwrap();
        }
    }
    let key = [&b"a"[..], &authors[0].log().device.0].concat();
    let list = accord_core::encode(&vec![
        "/ip4/192.0.2.1/tcp/4701".to_owned(),
        "/dns4/node.example/tcp/1".to_owned(),
    ]);
    store.commit(vec![Op::put(Tree::Peers, key, list)]).unwrap();
    drop((logs, store));
    (dir, path, authors)
}

fn searched(folders: &[PathBuf]) -> Salvage {
    let mut salvage = Salvage::search(folders, &read_change, &mut |_, _| {}).unwrap();
    salvage.put_together(&read_change, |_, _, _, _| true);
    salvage
}

fn search(path: &Path) -> Salvage {
    searched(&[path.to_owned()])
}

/// Takes what was found into a store, log by log, and gives which entries came.
fn taken(salvage: &Salvage, logs: &Logs) -> BTreeSet<EntryId> {
    let mut came = BTreeSet::new();
    for log in salvage.logs(&PROGRAMME) {
        let held = |seq: u64, id: &EntryId| {
            let on = |branch: usize| logs.id_on(&log, branch as u32, seq).unwrap() == Some(*id);
            (0..logs.branches(&log).all().len()).any(on)
        };
        let chains = salvage.chains(&PROGRAMME, &log, held);
        salvage.each_run(&chains, |run| {
            let run = verify_run(&PROGRAMME, log, run, &read_change).unwrap();
            came.extend(run.entries().iter().map(|(entry, _)| entry.id()));
            logs.ingest(&run).is_ok()
        });
    }
    came
}

fn empty() -> Logs {
    Logs::open(Arc::new(MemoryStore::new()), PROGRAMME, key(1).id(), None).unwrap()
}

fn all(authors: &[Author]) -> BTreeSet<EntryId> {
    authors.iter().flat_map(|author| author.ids.iter().copied()).collect()
}

/// Takes what is found, and what is not from somebody who has it, one by one. Gives the sizes of those.
fn with_given(salvage: &Salvage, logs: &Logs, authors: &[Author]) -> Vec<usize> {
    let (mut given, mut came) = (Vec::new(), taken(salvage, logs).len());
    for author in authors {
        while logs.head(&author.log()) != author.head() {
            let next = logs.head(&author.log()).map_or(1, |head| head.seq + 1);
            logs.ingest(&author.run(next, next)).unwrap();
            given.push(author.entries[next as usize - 1].size());
            came += taken(salvage, logs).len();
        }
    }
    assert_eq!(came + given.len(), all(authors).len(), "nothing comes twice");
    given
}

#[test]
fn everything_is_found_in_files_that_are_whole() {
    for engine in EngineKind::ALL {
        let (_dir, path, authors) = filled(engine, 3);
        let salvage = search(&path);
        assert_eq!(salvage.programme(&DeviceId([9; 32])), Some(PROGRAMME));
        let logs = empty();
        let missing = with_given(&salvage, &logs, &authors);
        match engine {
            EngineKind::Redb => assert!(missing.is_empty(), "{missing:?}"),
            // What it has in pieces is found mostly: where the pieces are depends on what it wrote when.
            EngineKind::Sled => {
                assert!(missing.iter().all(|size| *size > 4_000) && missing.len() <= 9, "{missing:?}")
            }
        }
        // Nothing is taken twice.
        assert_eq!(taken(&salvage, &logs), BTreeSet::new());
        let addresses = salvage.addresses();
        assert_eq!(addresses.len(), 1, "{engine}");
        assert_eq!(
            addresses[&authors[0].log().device],
            ["/ip4/192.0.2.1/tcp/4701", "/dns4/node.example/tcp/1"]
        );
    }
}

#[test]
fn what_is_found_in_damaged_files_is_true_and_others_have_what_is_between() {
    for engine in EngineKind::ALL {
        let (_dir, path, authors) = filled(engine, 6);
        let whole = all(&authors);
        for seed in 0..6 {
            let mut rng = StdRng::seed_from_u64(seed);
            let broken = TempDir::new().unwrap();
            damage(&path, broken.path(), &mut rng);
            let salvage = search(broken.path());
            let logs = empty();
            let came = taken(&salvage, &logs);
            assert!(came.is_subset(&whole), "{engine}, seed {seed}: nothing that nobody wrote");
            // A partner has all but the last round, of which this store alone knew.
            for author in &authors {
                let shared = author.ids.len() as u64 - SIZES.len() as u64;
                let held = logs.head(&author.log()).map_or(0, |head| head.seq);
                if held < shared {
                    logs.ingest(&author.run(held + 1, shared)).unwrap();
                }
            }
            let then: BTreeSet<EntryId> = taken(&salvage, &logs).union(&came).copied().collect();
            let last: BTreeSet<EntryId> = authors
                .iter()
                .flat_map(|author| author.ids[author.ids.len() - SIZES.len()..].iter().copied())
                .collect();
            let lost = last.difference(&then).count();
            assert!(lost < last.len(), "{engine}, seed {seed}: of the last entries {lost} are gone");
        }
    }
}

/// Copies a store, with some sectors of its files zero, and some bits another.
fn damage(from: &Path, to: &Path, rng: &mut StdRng) {
    for item in fs::read_dir(from).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let mut bytes = fs::read(&path).unwrap();
        if bytes.len() > 100_000 {
            for _ in 0..3 {
                let at = rng.random_range(0..bytes.len() / 512) * 512;
                let end = (at + 512).min(bytes.len());
                bytes[at..end].fill(0);
                let bit = rng.random_range(0..bytes.len());
                bytes[bit] ^= 1 << rng.random_range(0..8);
            }
        }
        fs::write(to.join(path.file_name().unwrap()), bytes).unwrap();
    }
}

/// sled overwrites the rest of its log behind a place that is damaged, also when it then refuses to open: what it overwrites
/// is kept, so that hardly more is lost than what the damage is in.
#[test]
fn what_the_engine_overwrites_when_it_opens_is_kept() {
    let (_dir, path, authors) = filled(EngineKind::Sled, 2);
    let mut kept = 0;
    for seed in 0..8 {
        let mut rng = StdRng::seed_from_u64(seed);
        let broken = TempDir::new().unwrap();
        let store = broken.path().join("store");
        fs::create_dir(&store).unwrap();
        damage(&path, &store, &mut rng);
        // It may open as an older one, or not at all.
        for _ in 0..2 {
            drop(accord_store::open(&store, EngineKind::Sled));
        }
        let shredded = accord_store::shredded(&store);
        kept += shredded.len();
        let folders = [vec![store], shredded].concat();
        let salvage = searched(&folders);
        let missing = with_given(&salvage, &empty(), &authors);
        assert!(
            missing.len() <= 12 && missing.iter().filter(|size| **size < 4_000).count() <= 6,
            "seed {seed}: {missing:?}"
        );
    }
    assert!(kept > 0, "and some of it was overwritten");
}

/// Damage in an older segment does not end the log: sled gives up what is behind it in that segment, and goes on with the next.
#[test]
fn what_is_behind_damage_in_an_older_segment_is_kept() {
    let (_dir, path, authors) = filled(EngineKind::Sled, 16);
    let whole = fs::read(path.join("db")).unwrap();
    let segments = whole.len() / (512 << 10);
    assert!(segments >= 6, "{segments}");
    for segment in 1..segments - 2 {
        let broken = TempDir::new().unwrap();
        let store = broken.path().join("store");
        fs::create_dir(&store).unwrap();
        for item in fs::read_dir(&path).unwrap().map(Result::unwrap) {
            if item.file_type().unwrap().is_file() {
                fs::copy(item.path(), store.join(item.file_name())).unwrap();
            }
        }
        let mut bytes = whole.clone();
        // A sector near its beginning.
        bytes[segment * (512 << 10) + 4_096..][..512].fill(0);
        fs::write(store.join("db"), bytes).unwrap();
        drop(accord_store::open(&store, EngineKind::Sled));
        let kept = accord_store::shredded(&store);
        // Only what was kept, since the engine has not yet used again what it gave up.
        let salvage = searched(&kept);
        let missing = with_given(&salvage, &empty(), &authors).len();
        let all: usize = authors.iter().map(|author| author.ids.len()).sum();
        assert!(
            kept.len() == 1 && missing < all,
            "segment {segment}: {missing} of {all} are not in {kept:?}"
        );
    }
}

/// sled uses segments of its log again, and behind the end of the log overwrites what they had before whenever it opens. Nothing
/// of that is lost, and nothing is kept.
#[test]
fn nothing_is_kept_of_what_a_segment_had_before() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("store");
    let mut author = Author::new(2, space(1));
    author.create(document(1), "note");
    for n in 0..100 {
        let mut rng = StdRng::seed_from_u64(n);
        author.change(document(1), 0, &(0..2_000).map(|_| rng.random()).collect::<Vec<u8>>());
    }
    let values: Vec<Vec<u8>> = author.entries.iter().map(accord_core::encode).collect();
    let mut overwritten = 0;
    for round in 0..12 {
        let (store, _) = accord_store::open(&path, EngineKind::Sled).unwrap();
        // The same keys again and again, so that most of the log is free soon after.
        for n in 0..50 + round {
            let put = |(key, value): (usize, &Vec<u8>)| Op::put(Tree::Entries, [key as u8], value.as_slice());
            let from = (round + n) % 40;
            store.commit(values[from..from + 60].iter().enumerate().map(put).collect()).unwrap();
        }
        drop(store);
        let before = fs::read(path.join("db")).unwrap();
        drop(accord_store::open(&path, EngineKind::Sled).unwrap());
        let after = fs::read(path.join("db")).unwrap();
        // The segment that was written last says in its header that it is: behind a checksum of four bytes.
        let place = |at: &usize| {
            u64::from_le_bytes(before[at + 4..at + 12].try_into().unwrap()) ^ 0x7fff_ffff_ffff_ffff
        };
        let free = |at: &usize| before[*at..].iter().take(20).all(|byte| *byte == 0);
        let newest = (0..before.len()).step_by(512 << 10).filter(|at| !free(at)).max_by_key(place).unwrap();
        let segment = before[newest..].iter().zip(&after[newest..]).take(512 << 10);
        let changed =
            segment.map(|(before, after)| *before != 0 && before != after).position(|changed| changed);
        overwritten += usize::from(changed.is_some_and(|from| from > 20));
        assert_eq!(accord_store::shredded(&path), Vec::<PathBuf>::new(), "round {round}");
    }
    assert!(overwritten > 0, "it did overwrite the end of the newest segment");
}

#[test]
fn what_is_held_is_not_given_again() {
    let (_dir, path, authors) = filled(EngineKind::Redb, 1);
    let salvage = search(&path);
    let (log, ids) = (authors[0].log(), &authors[0].ids);
    let found = |held: &dyn Fn(u64) -> bool| {
        let chains = salvage.chains(&PROGRAMME, &log, |seq, id| held(seq) && ids[seq as usize - 1] == *id);
        let mut seqs = Vec::new();
        let unsigned = salvage.each_run(&chains, |run| {
            seqs.extend(run.iter().map(|entry| accord_core::Header::from_bytes(&entry.header).unwrap().seq));
            true
        });
        assert_eq!(unsigned, 0);
        (seqs, chains.beyond)
    };
    let last = ids.len() as u64;
    assert_eq!(found(&|seq| seq <= 4), ((5..=last).collect(), 0));
    assert_eq!(found(&|_| true), (Vec::new(), 0));
    assert!(matches!(
        Salvage::search(&["/nowhere/at/all".into()], &read_change, &mut |_, _| {}),
        Err(StoreError::Io { .. })
    ));
}

/// Bytes as a store has them: each entry with its flags before it.
fn raw<'e>(entries: impl IntoIterator<Item = &'e SignedEntry>) -> Vec<u8> {
    entries.into_iter().flat_map(|entry| [vec![0], accord_core::encode(entry)].concat()).collect()
}

#[test]
fn a_copy_without_its_signature_does_not_hide_the_one_that_has_it() {
    let mut author = Author::new(2, space(1));
    (0..7).for_each(|_| author.create(document(1), "note"));
    let bare = |entry: &SignedEntry| SignedEntry { signature: Signature::NONE, ..entry.clone() };
    let bare: Vec<SignedEntry> = author.entries.iter().map(bare).collect();
    for order in [["a", "b"], ["b", "a"]] {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join(order[0]), raw(&bare)).unwrap();
        fs::write(dir.path().join(order[1]), raw(&author.entries)).unwrap();
        assert_eq!(taken(&search(dir.path()), &empty()).len(), 7);
    }
}

#[test]
fn only_what_is_signed_tells_the_programme() {
    let mut author = Author::new(2, space(1));
    (0..3).for_each(|_| author.create(document(1), "note"));
    let forged = |n: u64| {
        let mut header = accord_core::Header::from_bytes(&author.entries[0].header).unwrap();
        (header.programme, header.space) =
            (accord_core::ProgrammeId([9; 32]), space(u8::try_from(n).unwrap()));
        SignedEntry { header: accord_core::encode(&header), ..author.entries[0].clone() }
    };
    let forged: Vec<SignedEntry> = (0..40).map(forged).collect();
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("forged"), raw(&forged)).unwrap();
    assert_eq!(search(dir.path()).programme(&author.log().device), None);
    fs::write(dir.path().join("true"), raw(&author.entries)).unwrap();
    assert_eq!(search(dir.path()).programme(&author.log().device), Some(PROGRAMME));
}

/// An entry of which the last piece is gone, and many pieces that look like the others: looking for it ends all the same.
#[test]
fn an_entry_that_cannot_be_put_together_is_given_up() {
    let mut author = Author::new(2, space(1));
    author.create(document(1), "note");
    let mut rng = StdRng::seed_from_u64(1);
    let mut random = |len: usize| (0..len).map(|_| rng.random()).collect::<Vec<u8>>();
    author.change(document(1), 0, &random(60_000));
    let value = [vec![0], accord_core::encode(&author.entries[1])].concat();
    let mut bytes = raw(&author.entries[..1]);
    bytes.extend_from_slice(&value[..4_096]);
    let pieces = value.len().div_ceil(4_096);
    for piece in 1..pieces {
        for _ in 0..20 {
            bytes.extend_from_slice(&[2, 0, 0, 0, u8::try_from(piece).unwrap()]);
            // The last one is only looked for, and some others are there in its place.
            bytes.extend_from_slice(&[249, 7, 16]);
            bytes.extend_from_slice(&random(4_096));
        }
    }
    let last = value.len() - (pieces - 1) * 4_096;
    assert!(last > 2_287, "of a length that tells: {last}");
    for end in [
        Vec::new(),
        [vec![249], u16::try_from(last - 2_288).unwrap().to_be_bytes().to_vec(), random(last)].concat(),
    ] {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("file"), [bytes.as_slice(), &end].concat()).unwrap();
        assert_eq!(taken(&search(dir.path()), &empty()).len(), 1);
    }
}
