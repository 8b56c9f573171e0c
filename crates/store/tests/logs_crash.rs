//! Crashes around the two writes that make an own entry: the store first, then the file of own heads, and only then
//! anybody may see it. Never are two entries of one position seen, whatever fails and whenever.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use accord_core::{Authority, Entry, EntryId, LogId};
use accord_store::{
    AppendError, IngestError, Logs, LogsError, MemoryStore, Op, OwnHeads, Page, Scan, Store, StoreError, Tree,
};
use author::{Author, PROGRAMME, document, draft, key, space};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// What becomes of a commit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// On the disk, and acknowledged.
    Kept,
    /// Acknowledged by a disk that lies: a crash loses it.
    Promised,
    /// Not on the disk, and an error says so.
    Lost,
    /// On the disk, and an error says the contrary.
    Untold,
}

/// A store whose commits fare as the test wants.
#[derive(Clone)]
struct Disk {
    memory: MemoryStore,
    fate: Arc<Mutex<Fate>>,
}

impl Disk {
    fn new() -> Self {
        Self { memory: MemoryStore::deferred(), fate: Arc::new(Mutex::new(Fate::Kept)) }
    }

    fn next(&self, fate: Fate) {
        *self.fate.lock().unwrap() = fate;
    }

    /// The same disk after a crash.
    fn crash(&self) -> Self {
        Self { memory: self.memory.crash(), ..Self::new() }
    }
}

impl Store for Disk {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.get(tree, key)
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.memory.scan(scan)
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        let fate = std::mem::replace(&mut *self.fate.lock().unwrap(), Fate::Kept);
        if fate != Fate::Lost {
            let token = self.memory.submit(ops)?;
            if fate != Fate::Promised {
                self.memory.sync(token);
            }
        }
        match fate {
            Fate::Kept | Fate::Promised => Ok(()),
            Fate::Lost | Fate::Untold => {
                Err(StoreError::Engine { doing: "write", what: "the test wants it".into() })
            }
        }
    }

    fn maintain(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

struct Home {
    folder: TempDir,
    disk: Disk,
}

impl Home {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        OwnHeads::create(folder.path().join("own-heads")).unwrap();
        Self { folder, disk: Disk::new() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("own-heads")
    }

    fn open(&self) -> Logs {
        let own = OwnHeads::load(self.file()).unwrap();
        Logs::open(Arc::new(self.disk.clone()), PROGRAMME, key(1).id(), Some(own)).unwrap()
    }

    /// What the machine finds after a crash.
    fn crash(&mut self) -> Logs {
        self.disk = self.disk.crash();
        self.open()
    }

    fn noted(&self) -> u64 {
        OwnHeads::load(self.file()).unwrap().get(&space(1).0).map_or(0, |head| head.seq)
    }
}

/// Keeps the file of own heads from being written: something lies where it is prepared.
struct Blocked(PathBuf);

impl Blocked {
    fn new(file: &Path) -> Self {
        let beside = file.with_file_name("own-heads.new");
        fs::create_dir(&beside).unwrap();
        Self(beside)
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        fs::remove_dir(&self.0).unwrap();
    }
}

fn own() -> LogId {
    LogId { space: space(1), device: key(1).id() }
}

fn append(logs: &Logs, content: &[u8]) -> Result<Vec<Entry>, AppendError> {
    let seq = logs.actor_of(&own(), &document(1)).unwrap().seq + 1;
    let draft = draft(key(1).id(), space(1), document(1), seq, content);
    logs.append(&key(1), space(1), Authority::Genesis, vec![draft], Vec::new())
}

fn ids(logs: &Logs, log: &LogId) -> Vec<EntryId> {
    logs.read(log, (1, u64::MAX), 10_000, 1 << 20).unwrap().iter().map(Entry::id).collect()
}

#[test]
fn a_crash_before_the_commit_leaves_nothing_and_the_position_free() {
    let mut home = Home::new();
    let logs = home.open();
    append(&logs, b"first").unwrap();
    home.disk.next(Fate::Lost);
    assert!(matches!(append(&logs, b"lost"), Err(AppendError::Logs(LogsError::Store(_)))));
    let logs = home.crash();
    assert_eq!((logs.behind(), ids(&logs, &own()).len(), home.noted()), (None, 1, 1));
    assert_eq!(append(&logs, b"second").unwrap()[0].header().seq, 2);
}

/// The entry stands although its author was told otherwise: so nothing may take its place, not even while the
/// process that was told lives on.
#[test]
fn a_crash_between_the_commit_and_the_file_leaves_an_entry_that_stands() {
    for untold in [true, false] {
        let mut home = Home::new();
        let mut other = Author::new(2, space(1));
        other.create(document(2), "note");
        let logs = home.open();
        append(&logs, b"first").unwrap();
        let blocked = (!untold).then(|| Blocked::new(&home.file()));
        if untold {
            home.disk.next(Fate::Untold);
        }
        append(&logs, b"half-way").unwrap_err();
        drop(blocked);
        // Nobody sees it, and nothing is written over it, nor under the number of its log.
        assert_eq!((ids(&logs, &own()).len(), logs.arrivals(&document(1), 0).unwrap().len()), (1, 1));
        assert_eq!(logs.vector(&space(1)).seq(&own().device), 1);
        assert!(matches!(append(&logs, b"again"), Err(AppendError::Unsure)));
        assert!(matches!(logs.ingest(&other.run(1, 1)), Err(IngestError::Logs(LogsError::Unsure))));
        let logs = home.crash();
        assert_eq!((logs.behind(), ids(&logs, &own()).len()), (None, 2));
        assert_eq!(home.noted(), 2, "noted before it was shown");
        let next = append(&logs, b"third").unwrap();
        assert_eq!(next[0].header().prev, Some(ids(&logs, &own())[1]));
        assert_eq!(logs.ingest(&other.run(1, 1)).unwrap().new, 1);
    }
}

/// The first entry of a log takes a number in the store. If only half of the write succeeds, the number is taken.
#[test]
fn a_log_that_was_begun_half_way_shares_its_number_with_no_other() {
    let mut home = Home::new();
    let logs = home.open();
    let blocked = Blocked::new(&home.file());
    assert!(matches!(append(&logs, b"first"), Err(AppendError::OwnHeads(_))));
    drop(blocked);
    let mut other = Author::new(2, space(1));
    other.create(document(2), "note");
    logs.ingest(&other.run(1, 1)).unwrap_err();
    let logs = home.crash();
    logs.ingest(&other.run(1, 1)).unwrap();
    assert_eq!(ids(&logs, &other.log()), other.ids);
    assert_eq!(ids(&logs, &own()).len(), 1);
}

#[test]
fn a_crash_after_both_writes_loses_nothing() {
    let mut home = Home::new();
    let entry = append(&home.open(), b"first").unwrap().remove(0);
    let logs = home.crash();
    assert_eq!((ids(&logs, &own()), home.noted()), (vec![entry.id()], 1));
}

/// Damage can bring back an older store. Then only others know what this device signed.
#[test]
fn a_store_behind_the_file_writes_nothing_until_its_entries_are_back() {
    let mut home = Home::new();
    let logs = home.open();
    append(&logs, b"first").unwrap();
    for content in [b"second", b"third-"] {
        home.disk.next(Fate::Promised);
        append(&logs, content).unwrap();
    }
    let peer = Logs::open(Arc::new(MemoryStore::new()), PROGRAMME, key(2).id(), None).unwrap();
    let mut copy = Author::new(1, space(1));
    copy.entries =
        logs.read(&own(), (1, 3), 10, 1 << 20).unwrap().iter().map(|e| e.signed().clone()).collect();
    peer.ingest(&copy.run(1, 3)).unwrap();
    let logs = home.crash();
    assert_eq!(logs.behind(), Some((own(), 1, 3)));
    let everywhere = logs.append(&key(1), space(2), Authority::Genesis, Vec::new(), Vec::new());
    for refused in [append(&logs, b"a second second"), everywhere] {
        assert!(matches!(refused, Err(AppendError::Behind { held: 1, signed: 3, .. })));
    }
    logs.ingest(&copy.run(2, 2)).unwrap();
    assert!(append(&logs, b"a second third").is_err(), "some are back, not all");
    assert_eq!(logs.behind(), Some((own(), 2, 3)));
    logs.ingest(&copy.run(3, 3)).unwrap();
    assert_eq!(logs.behind(), None);
    assert_eq!(append(&logs, b"fourth").unwrap()[0].header().seq, 4);
}

/// What comes back may be what a *copy* of this device signed. The file remembers better.
#[test]
fn entries_that_come_back_other_than_they_were_signed_freeze_the_log() {
    let mut home = Home::new();
    let logs = home.open();
    append(&logs, b"first").unwrap();
    home.disk.next(Fate::Promised);
    append(&logs, b"second").unwrap();
    let mut copy = Author::new(1, space(1));
    copy.change(document(1), 0, b"first");
    copy.change(document(1), 0, b"second, by the copy");
    copy.change(document(1), 0, b"third, by the copy");
    let logs = home.crash();
    logs.ingest(&copy.run(2, 3)).unwrap();
    assert_eq!((logs.behind(), logs.forks()), (None, vec![(own(), 2)]));
    assert!(matches!(append(&logs, b"on"), Err(AppendError::Forked { seq: 2 })));
    let logs = home.crash();
    assert_eq!(logs.forks(), [(own(), 2)], "the file goes on to remember");
    assert!(matches!(append(&logs, b"on"), Err(AppendError::Forked { seq: 2 })));
}

/// Own entries that this device does not remember, because a copy of it made them, count as signed once they are
/// held: losing them again must not free their positions.
#[test]
fn own_entries_that_come_from_others_are_noted_too() {
    let mut home = Home::new();
    let logs = home.open();
    append(&logs, b"first").unwrap();
    let mut copy = Author::new(1, space(1));
    copy.change(document(1), 0, b"first");
    copy.change(document(1), 0, b"second, by the copy");
    home.disk.next(Fate::Promised);
    logs.ingest(&copy.run(1, 2)).unwrap();
    assert_eq!(home.noted(), 2);
    assert_eq!(home.crash().behind(), Some((own(), 1, 2)));
}

/// A store whose commits take as long as the test wants.
struct Slow {
    memory: MemoryStore,
    begun: mpsc::Sender<()>,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Store for Slow {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.get(tree, key)
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.memory.scan(scan)
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        // In memory already, and not on the disk yet.
        self.memory.commit(ops)?;
        self.begun.send(()).unwrap();
        self.go_on.lock().unwrap().recv().unwrap();
        Ok(())
    }

    fn maintain(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Whoever reads sees what was durable before, at once.
#[test]
fn readers_wait_for_no_disk_and_see_nothing_early() {
    let ((begun, was_begun), (release, go_on)) = (mpsc::channel(), mpsc::channel());
    let store = Slow { memory: MemoryStore::new(), begun, go_on: Mutex::new(go_on) };
    let logs = Logs::open(Arc::new(store), PROGRAMME, key(1).id(), None).unwrap();
    thread::scope(|scope| {
        let writing = scope.spawn(|| append(&logs, b"slow").unwrap().remove(0).id());
        was_begun.recv().unwrap();
        assert_eq!((logs.head(&own()), logs.vector(&space(1)).len()), (None, 0));
        assert!(ids(&logs, &own()).is_empty() && logs.arrivals(&document(1), 0).unwrap().is_empty());
        assert!(logs.documents().unwrap().is_empty() && logs.irregular().unwrap().is_empty());
        release.send(()).unwrap();
        let id = writing.join().unwrap();
        assert_eq!(ids(&logs, &own()), [id]);
        assert_eq!(logs.arrivals(&document(1), 0).unwrap().len(), 1);
    });
}

/// Many lives, each of which ends in a crash with something half done.
#[test]
fn no_position_is_ever_seen_with_two_entries() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut home = Home::new();
    let mut other = Author::new(2, space(1));
    (0..400).for_each(|n: u32| other.change(document(2), 0, &n.to_be_bytes()));
    let mut seen: BTreeMap<u64, EntryId> = BTreeMap::new();
    let mut see = |entries: &[Entry]| {
        for entry in entries {
            let id = *seen.entry(entry.header().seq).or_insert(entry.id());
            assert_eq!(id, entry.id(), "two entries were seen at position {}", entry.header().seq);
        }
        seen.len() as u64
    };
    let mut taken = 0;
    for life in 0..120_u32 {
        let logs = home.crash();
        assert_eq!((logs.behind(), logs.forks()), (None, Vec::new()));
        let held = logs.read(&own(), (1, u64::MAX), 10_000, 1 << 20).unwrap();
        assert!(held.iter().zip(1..).all(|(entry, seq)| entry.header().seq == seq));
        assert_eq!(see(&held), held.len() as u64, "nothing that was seen is gone");
        assert_eq!(home.noted(), held.len() as u64);
        assert!(logs.head(&other.log()).map_or(0, |head| head.seq) >= taken);
        for step in 0..random.random_range(0..4_u32) {
            see(&append(&logs, &[life.to_be_bytes(), step.to_be_bytes()].concat()).unwrap());
            let head = logs.head(&other.log()).map_or(0, |head| head.seq);
            taken = logs.ingest(&other.run(head + 1, head + 1)).unwrap().head.seq;
        }
        let fate = [Fate::Kept, Fate::Lost, Fate::Untold][random.random_range(0..3)];
        home.disk.next(fate);
        let blocked = random.random_ratio(1, 3).then(|| Blocked::new(&home.file()));
        match append(&logs, format!("the last of life {life}").as_bytes()) {
            Ok(entries) => {
                see(&entries);
            }
            Err(_) => assert!(append(&logs, b"once more").is_err(), "nothing goes on after a half write"),
        }
        drop(blocked);
        see(&logs.read(&own(), (1, u64::MAX), 10_000, 1 << 20).unwrap());
    }
}
