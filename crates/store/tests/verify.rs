//! What is kept beside the entries is recomputed from them, whatever was damaged; and entries that are lost are named,
//! and come back from whoever has them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::{DocumentId, SpaceId};
use accord_store::{
    Checked, DocumentFault, IngestError, LogFault, Logs, LogsError, MemoryStore, Op, RedbStore, Scan,
    SledStore, Store, StoreError, Tree, walk,
};
use author::{Author, PROGRAMME, document, draft, key, read_change, space};
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use tempfile::TempDir;

type Image = BTreeMap<(Tree, Vec<u8>), Vec<u8>>;

/// What is kept beside the entries and can be recomputed.
const CACHES: [Tree; 5] = [Tree::Heads, Tree::Documents, Tree::DocumentIndex, Tree::Waiting, Tree::Forks];

type Damage = Box<dyn Fn(Tree, &[u8])>;

/// A store of any engine that can be damaged.
struct Disk {
    store: Arc<dyn Store>,
    damage: Damage,
    _folder: Option<TempDir>,
}

impl Disk {
    fn memory() -> Self {
        let store = MemoryStore::new();
        let damage = store.clone();
        Self {
            store: Arc::new(store),
            damage: Box::new(move |tree, key| damage.damage(tree, key)),
            _folder: None,
        }
    }

    fn sled() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Arc::new(SledStore::open(folder.path().join("store")).unwrap());
        let damage = Arc::clone(&store);
        Self {
            store,
            damage: Box::new(move |tree, key| damage.damage(tree, key).map(|_| ()).unwrap()),
            _folder: Some(folder),
        }
    }

    fn redb() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Arc::new(RedbStore::open(folder.path().join("store")).unwrap());
        let damage = Arc::clone(&store);
        Self {
            store,
            damage: Box::new(move |tree, key| damage.damage(tree, key).map(|_| ()).unwrap()),
            _folder: Some(folder),
        }
    }

    fn all() -> [Self; 3] {
        [Self::memory(), Self::sled(), Self::redb()]
    }

    fn damage(&self, tree: Tree, key: &[u8]) {
        (self.damage)(tree, key);
    }

    fn commit(&self, ops: Vec<Op>) {
        self.store.commit(ops).unwrap();
    }

    /// Brings back what stood here once.
    fn restore(&self, image: &Image) {
        let now = self::image(self);
        let place = |(tree, key): &(Tree, Vec<u8>)| (*tree, key.clone());
        let strays = now.keys().filter(|at| !image.contains_key(at)).map(|at| {
            let (tree, key) = place(at);
            Op::delete(tree, key)
        });
        let wrong = image.iter().filter(|(at, value)| now.get(at) != Some(value)).map(|(at, value)| {
            let (tree, key) = place(at);
            Op::put(tree, key, value.clone())
        });
        self.commit(strays.chain(wrong).collect());
    }
}

fn open(disk: &Disk) -> Logs {
    Logs::open(Arc::clone(&disk.store), PROGRAMME, key(1).id(), None).unwrap()
}

fn no_caches(_: &SpaceId, _: &DocumentId) -> Vec<Op> {
    Vec::new()
}

fn verify(logs: &Logs, mend: bool) -> Checked {
    logs.verify(mend, &read_change, &no_caches, &mut |_, _| {}).unwrap()
}

fn image(disk: &Disk) -> Image {
    let mut image = Image::new();
    for tree in Tree::ALL {
        walk::<StoreError>(disk.store.as_ref(), &Scan::all(tree), |key, value| {
            image.insert((tree, key.to_vec()), value.map_or_else(|| b"damaged".to_vec(), <[u8]>::to_vec));
            Ok(())
        })
        .unwrap();
    }
    image
}

/// A store in which each document is one log's alone, so that all that is kept of it is determined: documents of more
/// than a page, irregular entries, a forked log and two spaces.
fn fill(disk: &Disk) -> Vec<Author> {
    let logs = open(disk);
    let mut authors = Vec::new();
    for (n, size) in [(2, 80), (3, 40), (4, 9)] {
        let mut author = Author::new(n, space(n % 2));
        author.create(document(n), "note");
        author.create(document(n + 10), "other");
        for at in 0..size {
            match at % 7 {
                6 => author.change_as(document(n), 0, 999, &[at]),
                5 => author.unknown(),
                4 => author.change(document(n + 10), 0, &[at]),
                _ => author.change(document(n), 0, &[at]),
            }
        }
        logs.ingest(&author.run(1, author.ids.len() as u64)).unwrap();
        authors.push(author);
    }
    let mut other = authors[2].branch(6);
    other.change_as(document(4), 0, 77, b"another copy");
    other.create(document(30), "of the copy");
    logs.ingest(&other.run(1, other.ids.len() as u64)).unwrap();
    let own = draft(key(1).id(), space(1), document(1), 1, b"own");
    logs.append(&key(1), space(1), accord_core::Authority::Genesis, vec![own], Vec::new()).unwrap();
    authors
}

#[test]
fn a_good_store_is_found_to_be_good() {
    Disk::all().iter().for_each(good_is_good);
}

fn good_is_good(store: &Disk) {
    let authors = fill(store);
    let before = image(store);
    let checked = verify(&open(store), true);
    assert_eq!((checked.mended, checked.left), (0, 0), "{checked:?}");
    assert!(checked.logs.iter().all(|log| log.faults.is_empty() && log.signatures > 0), "{checked:?}");
    assert_eq!(checked.logs.len(), authors.len() + 2);
    assert_eq!(checked.documents, 8);
    assert_eq!(image(store), before, "and nothing is written");
}

/// The oracle is the store before it was damaged: it comes back byte for byte.
#[test]
fn damaged_caches_come_back_byte_for_byte() {
    caches_come_back(&Disk::memory(), 0..300);
    // What differs with the engine is only how damage reads.
    caches_come_back(&Disk::sled(), 300..320);
    caches_come_back(&Disk::redb(), 320..340);
}

fn caches_come_back(store: &Disk, seeds: std::ops::Range<u64>) {
    fill(store);
    let before = image(store);
    let keys: Vec<_> = before.keys().filter(|(tree, _)| CACHES.contains(tree)).cloned().collect();
    let of_documents = |tree: &Tree| matches!(tree, Tree::Documents | Tree::DocumentIndex);
    for seed in seeds {
        let mut dice = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        store.restore(&before);
        let mut hit = BTreeSet::new();
        for _ in 0..dice.random_range(1..6) {
            let (tree, at) = keys.choose(&mut dice).unwrap().clone();
            let similar: Vec<_> = keys.iter().filter(|(of, _)| *of == tree).collect();
            match dice.random_range(0..3) {
                0 => store.commit(vec![Op::delete(tree, at.clone())]),
                // What is whole and stands in the wrong place; a head there would name another log's number.
                1 if of_documents(&tree) => {
                    let other = &before[*similar.choose(&mut dice).unwrap()];
                    store.commit(vec![Op::put(tree, at.clone(), other.clone())]);
                }
                _ => store.damage(tree, &at),
            }
            hit.insert((tree, at));
        }
        let damaged = image(store);
        let found = verify(&open(store), false);
        assert_eq!(image(store), damaged, "seed {seed}: only looking changes nothing");
        // A mark is all in its key, and so is wrong only if it is gone.
        let is_wrong = |(place, value): (&(Tree, Vec<u8>), &Vec<u8>)| match damaged.get(place) {
            Some(now) => place.0 != Tree::Waiting && now != value,
            None => true,
        };
        assert_eq!(found.left > 0, before.iter().any(is_wrong), "seed {seed}: {hit:?} {found:?}");
        let mended = verify(&open(store), true);
        assert!(mended.logs.iter().flat_map(|log| &log.faults).all(|(fault, ..)| *fault != LogFault::Lost));
        let after = image(store);
        for (place, value) in &before {
            if place.0 == Tree::Waiting && after.contains_key(place) {
                continue;
            }
            assert_eq!(after.get(place), Some(value), "seed {seed}: {place:?} of {hit:?}");
        }
        assert!(after.keys().eq(before.keys()), "seed {seed}: nothing is left over");
        let again = verify(&open(store), false);
        assert_eq!(again.left, 0, "seed {seed}: {again:?}");
    }
}

/// Where several logs write in one document the order of arrival is not to be had again, and means nothing.
#[test]
fn a_document_of_several_logs_comes_back_in_another_order() {
    let store = Disk::memory();
    let logs = open(&store);
    let mut authors: Vec<Author> = (2..5).map(|n| Author::new(n, space(1))).collect();
    for round in 0..40 {
        for author in &mut authors {
            if round == 0 {
                author.create(document(1), "note");
            } else {
                author.change(document(1), 0, &[round]);
            }
            let last = author.ids.len() as u64;
            logs.ingest(&author.run(last, last)).unwrap();
        }
    }
    let before: BTreeSet<_> =
        logs.arrivals(&document(1), 0).unwrap().into_iter().map(|(place, _)| place).collect();
    let record = store.store.scan(&Scan::all(Tree::Documents)).unwrap().items[0].0.clone();
    store.damage(Tree::Documents, &record);
    assert!(matches!(logs.document_in(&space(1), &document(1)), Err(LogsError::Store(_))));
    let dropped = std::cell::Cell::new(0);
    let caches = |_: &SpaceId, id: &DocumentId| {
        assert_eq!(*id, document(1));
        dropped.set(dropped.get() + 1);
        vec![Op::delete(Tree::Snapshots, "what rests on the order")]
    };
    let checked = logs.verify(true, &read_change, &caches, &mut |_, _| {}).unwrap();
    assert_eq!(checked.wrong.len(), 1);
    assert_eq!((checked.wrong[0].fault, dropped.get()), (DocumentFault::Damaged, 1));
    let after = logs.arrivals(&document(1), 0).unwrap();
    assert!(after.iter().all(|(_, entry)| entry.is_some()));
    assert_eq!(after.into_iter().map(|(place, _)| place).collect::<BTreeSet<_>>(), before);
    assert_eq!(verify(&logs, false).left, 0);
    // And it goes on from there.
    authors[0].change(document(1), 0, b"more");
    let last = authors[0].ids.len() as u64;
    assert!(logs.ingest(&authors[0].run(last, last)).unwrap().irregular.is_empty());
    assert_eq!(verify(&logs, false).left, 0);
}

/// A node goes on while its store is looked through: what is mended then must not undo what came meanwhile.
#[test]
fn a_head_that_is_mended_while_its_log_grows_is_the_newer_one() {
    let store = Disk::memory();
    let mut authors = fill(&store);
    let whole = image(&store);
    for (tree, key) in whole.keys().filter(|(tree, _)| *tree == Tree::Heads) {
        store.damage(*tree, key);
    }
    let logs = open(&store);
    let author = &mut authors[0];
    let first = author.ids.len() as u64;
    let mut grown = false;
    let mut grow = |done: u64, _: u64| {
        if done >= first && !std::mem::replace(&mut grown, true) {
            author.change(document(2), 0, b"meanwhile");
            logs.ingest(&author.run(first + 1, first + 1)).unwrap();
        }
    };
    logs.verify(true, &read_change, &no_caches, &mut grow).unwrap();
    assert!(grown);
    drop(logs);
    let logs = open(&store);
    assert_eq!(logs.head(&authors[0].log()).map(|head| head.seq), Some(first + 1));
    assert_eq!(verify(&logs, false).left, 0);
}

fn entry_key(number: u32, seq: u64) -> Vec<u8> {
    [&number.to_be_bytes()[..], &seq.to_be_bytes()].concat()
}

#[test]
fn lost_entries_are_named_while_the_rest_is_served_and_come_back() {
    Disk::all().iter().for_each(lost_comes_back);
}

fn lost_comes_back(store: &Disk) {
    let authors = fill(store);
    let whole = image(store);
    let log = authors[0].log();
    for seq in [5, 6, 30] {
        store.damage(Tree::Entries, &entry_key(0, seq));
    }
    let last = authors[0].ids.len() as u64;
    store.commit(vec![Op::delete(Tree::Entries, entry_key(0, last))]);
    let logs = open(store);
    assert!(logs.holes().is_empty(), "nobody has looked yet");
    let read: Vec<u64> = {
        let mut seqs = Vec::new();
        logs.each_on(&log, 0, (1, u64::MAX), |entry| seqs.push(entry.header().seq)).unwrap();
        seqs
    };
    assert!(read.iter().copied().eq((1..last).filter(|seq| ![5, 6, 30].contains(seq))));
    let holes: Vec<(u64, u64)> = logs.holes().iter().map(|hole| (hole.from, hole.to)).collect();
    assert_eq!(holes, [(5, 6), (30, 30), (last, last)]);
    assert!(matches!(logs.read(&log, (5, 9), 9, 1 << 20), Err(LogsError::Lost { from: 5, to: 6, .. })));
    assert_eq!(logs.read(&log, (1, 9), 9, 1 << 20).unwrap().len(), 4, "up to what is lost");
    assert_eq!(logs.id_on(&log, 0, 6).unwrap(), Some(authors[0].ids[5]), "what follows names it");
    assert_eq!(logs.id_on(&log, 0, last).unwrap(), Some(authors[0].ids[last as usize - 1]));
    // Documents are there but for what is lost of them.
    let arrived = logs.arrivals(&document(2), 0).unwrap();
    assert!(arrived.iter().any(|(_, entry)| entry.is_none()) && arrived.iter().any(|(_, e)| e.is_some()));
    let checked = verify(&logs, true);
    let faults: Vec<_> = checked.logs[0].faults.clone();
    assert_eq!(faults, [(LogFault::Lost, 5, 4)]);
    assert_eq!(
        (checked.mended, checked.wrong.len()),
        (0, 0),
        "what is lost is no reason to forget it: {checked:?}"
    );
    assert_eq!(open(store).holes().len(), 3, "it is noted at once, for the next start");
    // The log goes on meanwhile.
    let mut author = authors[0].clone();
    author.change(document(2), 0, b"after");
    logs.ingest(&author.run(last + 1, last + 1)).unwrap();
    // It is known after the next start, too.
    drop(logs);
    let logs = open(store);
    assert_eq!(logs.holes().len(), 3);

    // Another's entries, or those of another history, are not put back.
    let wrong = authors[1].run(1, 9);
    assert!(logs.mend(&wrong, &read_change, &no_caches).unwrap().entries.is_empty());
    let mut forged = authors[0].branch(4);
    forged.unknown();
    forged.change(document(2), 0, b"not what was there");
    assert!(logs.mend(&forged.run(1, 6), &read_change, &no_caches).unwrap().entries.is_empty());
    // In pieces, from the middle of runs, in any order, with signatures spoilt inside.
    assert_eq!(
        logs.mend(&author.run(last - 3, last + 1), &read_change, &no_caches).unwrap().entries.len(),
        1
    );
    assert!(
        logs.mend(&author.run(5, 5), &read_change, &no_caches).unwrap().entries.is_empty(),
        "6 would name it"
    );
    let mended = logs.mend(&author.spoilt(3, 20), &read_change, &no_caches).unwrap();
    assert_eq!(mended.entries.iter().map(|entry| entry.header().seq).collect::<Vec<_>>(), [5, 6]);
    assert_eq!(logs.mend(&author.run(30, 30), &read_change, &no_caches).unwrap().entries.len(), 1);
    assert!(logs.holes().is_empty());
    let checked = verify(&logs, false);
    assert_eq!(checked.left, 0, "{checked:?}");
    assert!(checked.logs.iter().all(|log| log.faults.is_empty()), "{checked:?}");
    let now = image(store);
    let same = whole.iter().filter(|((tree, key), _)| {
        *tree == Tree::Entries && *key != entry_key(0, 6) && *key != entry_key(0, 5)
    });
    same.for_each(|(place, value)| assert_eq!(now.get(place), Some(value)));
    assert!(logs.read_signed(&log, (1, 6), 99, 1 << 20).unwrap().len() >= 4, "and it can be passed on");
}

/// What is kept of a document may be lost together with entries about it. What comes back is among its entries then.
#[test]
fn an_entry_that_comes_back_joins_a_document_that_was_written_anew_without_it() {
    let store = Disk::memory();
    let authors = fill(&store);
    let whole = image(&store);
    store.damage(Tree::Entries, &entry_key(0, 4));
    for (tree, key) in whole.keys().filter(|(tree, _)| matches!(tree, Tree::Documents | Tree::DocumentIndex))
    {
        store.damage(*tree, key);
    }
    let logs = open(&store);
    verify(&logs, true);
    assert_eq!(logs.arrivals(&document(2), 0).unwrap().len() + 1, {
        let other = Disk::memory();
        fill(&other);
        open(&other).arrivals(&document(2), 0).unwrap().len()
    });
    logs.mend(&authors[0].run(1, 20), &read_change, &no_caches).unwrap();
    assert_eq!(verify(&logs, true).left, 0);
    let now = image(&store);
    for (place, value) in whole.iter().filter(|((tree, _), _)| *tree != Tree::Meta) {
        assert_eq!(now.get(place), Some(value), "{place:?}");
    }
}

/// A change of this device that is lost may be known to others: under its actor nothing is written a second time.
#[test]
fn after_a_loss_this_device_goes_on_under_another_actor() {
    let store = Disk::memory();
    let logs = open(&store);
    let own = accord_core::LogId { space: space(1), device: key(1).id() };
    for seq in 1..=3 {
        let next = draft(own.device, space(1), document(1), seq, &[7]);
        logs.append(&key(1), space(1), accord_core::Authority::Genesis, vec![next], Vec::new()).unwrap();
    }
    store.damage(Tree::Entries, &entry_key(0, 3));
    let record = store.store.scan(&Scan::all(Tree::Documents)).unwrap().items[0].0.clone();
    store.damage(Tree::Documents, &record);
    let logs = open(&store);
    verify(&logs, true);
    let state = logs.actor_of(&own, &document(1)).unwrap();
    assert_eq!((state.generation, state.seq), (1, 0), "and not generation 0, change 3 once more");
}

#[test]
fn a_store_whose_heads_are_all_gone_opens_with_everything_in_it() {
    Disk::all().iter().for_each(heads_are_found_again);
}

fn heads_are_found_again(store: &Disk) {
    let authors = fill(store);
    let whole = image(store);
    for (tree, key) in whole.keys().filter(|(tree, _)| *tree == Tree::Heads) {
        store.commit(vec![Op::delete(*tree, key.clone())]);
    }
    let logs = open(store);
    for author in &authors {
        assert!(logs.head(&author.log()).is_some());
    }
    assert!(image(store).keys().all(|(tree, _)| *tree != Tree::Heads), "opening writes nothing");
    // The next that is written brings them along, and nothing is written over anything.
    let mut newcomer = Author::new(9, space(2));
    newcomer.create(document(99), "note");
    logs.ingest(&newcomer.run(1, 1)).unwrap();
    drop(logs);
    let now = image(store);
    whole.iter().for_each(|(place, value)| assert_eq!(now.get(place), Some(value), "{place:?}"));
    assert!(matches!(open(store).ingest(&newcomer.run(1, 1)), Ok(_) | Err(IngestError::Gap { .. })));
}

/// What entries add to several documents stands in one value. Where that is damaged the documents are named, and written
/// anew; what came before it and is not about them stays as it is.
#[test]
fn documents_of_a_damaged_journal_are_named_and_written_anew() {
    Disk::all().iter().for_each(a_journal_is_damaged);
}

fn a_journal_is_damaged(store: &Disk) {
    let journal = |nth: usize| {
        let found = store.store.scan(&Scan::prefix(Tree::Waiting, [b'j'])).unwrap().items;
        found.into_iter().nth(nth).map(|(key, _)| key)
    };
    let mut author = Author::new(2, space(1));
    let logs = open(store);
    for round in 0..3_u8 {
        let from = author.ids.len() as u64 + 1;
        for n in round..round + 5 {
            author.create(document(n), "note");
            author.change(document(n), 0, &[round]);
        }
        logs.ingest(&author.run(from, author.ids.len() as u64)).unwrap();
    }
    let arrived = |logs: &Logs| (0..7).map(|n| logs.arrivals(&document(n), 0).ok()).collect::<Vec<_>>();
    let before = arrived(&logs);
    drop(logs);
    assert!(journal(2).is_some() && journal(3).is_none(), "one for each run");
    assert_eq!(verify(&open(store), false).left, 0);
    store.damage(Tree::Waiting, &journal(1).unwrap());
    let logs = open(store);
    assert_eq!(logs.documents().unwrap().len(), 2);
    assert_eq!(logs.unlisted(), 5);
    for (n, arrived) in (0..7).zip(arrived(&logs)) {
        let spoilt = (1..6).contains(&n);
        assert_eq!(arrived, if spoilt { None } else { before[n].clone() }, "{n}");
    }
    // Nothing comes on top of what is not known, and nothing is lost by it.
    author.change(document(3), 0, b"on");
    let last = author.ids.len() as u64;
    assert!(logs.ingest(&author.run(last, last)).is_err());
    assert_eq!(verify(&logs, true).wrong.len(), 5);
    assert_eq!(verify(&logs, false).left, 0);
    assert_eq!(arrived(&logs), before);
    logs.ingest(&author.run(last, last)).unwrap();
    drop(logs);
    assert_eq!(journal(0), None);
    let logs = open(store);
    assert_eq!(verify(&logs, false).left, 0);
    assert_eq!(logs.arrivals(&document(3), 0).unwrap().len(), before[3].as_ref().unwrap().len() + 1);
}
