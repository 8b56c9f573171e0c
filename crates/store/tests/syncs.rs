//! Every acknowledgement comes after the syncs: as the store's own steps show, and as the kernel saw them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io;
use std::sync::Arc;
use std::thread;

use accord_store::{Op, Recorder, Scan, SledStore, Step, Store, StoreError, Tree};
use tempfile::TempDir;

const ROUND: [Step; 5] =
    [Step::Transaction, Step::Flush, Step::SyncFile, Step::SyncFolder, Step::Acknowledge];

fn failure(kind: io::ErrorKind) -> StoreError {
    StoreError::Io { doing: "sync", source: kind.into() }
}

#[test]
fn each_commit_takes_every_step_in_order() {
    let home = TempDir::new().unwrap();
    let recorder = Arc::new(Recorder::default());
    let store = SledStore::open_with(home.path().join("store"), recorder.clone()).unwrap();
    for n in 0..10u8 {
        store.commit(vec![Op::put(Tree::Entries, [n], vec![n; 9000])]).unwrap();
        assert_eq!(recorder.steps(), ROUND.repeat(usize::from(n) + 1));
    }
    store.maintain().unwrap();
    assert_eq!(recorder.steps(), ROUND.repeat(11), "maintenance syncs too");
}

#[test]
fn commits_that_come_together_share_their_syncs() {
    let home = TempDir::new().unwrap();
    let recorder = Arc::new(Recorder::default());
    let store = SledStore::open_with(home.path().join("store"), recorder.clone()).unwrap();
    thread::scope(|scope| {
        for writer in 0..16u8 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..25u8 {
                    store.commit(vec![Op::put(Tree::Entries, [writer, n], [n])]).unwrap();
                }
            });
        }
    });
    let steps = recorder.steps();
    assert_eq!(steps, ROUND.repeat(steps.len() / ROUND.len()), "rounds do not overlap");
    assert!(steps.len() / ROUND.len() < 400, "400 commits took {} rounds", steps.len() / ROUND.len());
}

#[test]
fn a_failed_step_is_not_acknowledged_and_ends_all_writing() {
    for step in ROUND {
        let home = TempDir::new().unwrap();
        let path = home.path().join("store");
        let recorder = Arc::new(Recorder::default());
        let store = SledStore::open_with(&path, recorder.clone()).unwrap();
        store.commit(vec![Op::put(Tree::Heads, "log", "old"), Op::put(Tree::Heads, "other", "old")]).unwrap();
        recorder.fail(step, failure(io::ErrorKind::StorageFull));

        let refused = store.commit(vec![
            Op::put(Tree::Heads, "log", "new"),
            Op::delete(Tree::Heads, "other"),
            Op::put(Tree::Heads, "third", "new"),
        ]);
        let error = refused.expect_err("a failed step is no acknowledgement");
        assert!(matches!(error, StoreError::Io { .. }) && error.is_disk_full(), "{step:?}: {error:?}");
        assert_eq!(recorder.steps().len(), ROUND.len() + step as usize, "nothing runs after {step:?}");

        let later = store.commit(vec![Op::put(Tree::Heads, "later", "new")]).expect_err("read-only");
        assert!(matches!(later, StoreError::ReadOnly { .. }) && later.is_disk_full(), "{step:?}: {later:?}");
        assert!(store.maintain().is_err());
        // Readers go on to see what is on the disk, also where the failed write is already in memory.
        assert_eq!(store.get(Tree::Heads, b"log").unwrap(), Some(b"old".to_vec()));
        assert_eq!(store.get(Tree::Heads, b"third").unwrap(), None);
        let shown = store.scan(&Scan::all(Tree::Heads)).unwrap().items;
        assert_eq!(shown, [(b"log".to_vec(), b"old".to_vec()), (b"other".to_vec(), b"old".to_vec())]);
        let from_above = store.scan(&Scan::all(Tree::Heads).reversed()).unwrap().items;
        assert_eq!(from_above, [(b"other".to_vec(), b"old".to_vec()), (b"log".to_vec(), b"old".to_vec())]);
        assert_eq!(later.to_string().lines().count(), 1);
        drop(store);

        let store = SledStore::open(&path).unwrap();
        let whole = store.get(Tree::Heads, b"log").unwrap();
        let third = store.get(Tree::Heads, b"third").unwrap();
        match whole.as_deref() {
            Some(b"old") => assert_eq!(third, None, "{step:?}: half a commit"),
            Some(b"new") => assert_eq!(third, Some(b"new".to_vec()), "{step:?}: half a commit"),
            other => panic!("{step:?}: {other:?}"),
        }
        store.commit(vec![Op::put(Tree::Heads, "log", "after")]).unwrap();
        assert_eq!(
            store.get(Tree::Heads, b"log").unwrap(),
            Some(b"after".to_vec()),
            "opened again, it writes"
        );
    }
}

#[test]
fn callers_that_wait_behind_a_failure_are_answered_too() {
    let home = TempDir::new().unwrap();
    let recorder = Arc::new(Recorder::default());
    let store = SledStore::open_with(home.path().join("store"), recorder.clone()).unwrap();
    recorder.fail(Step::SyncFolder, failure(io::ErrorKind::Other));
    thread::scope(|scope| {
        for n in 0..16u8 {
            let store = &store;
            scope.spawn(move || assert!(store.commit(vec![Op::put(Tree::Meta, [n], [n])]).is_err()));
        }
    });
    assert!(store.scan(&Scan::all(Tree::Meta)).unwrap().items.is_empty());
}

/// The child of the next test: ten commits one after the other.
#[test]
fn ten_commits() {
    let Some((path, _)) = support::as_child() else { return };
    let store = SledStore::open(path).unwrap();
    for n in 0..10u8 {
        support::tell("begin", n);
        store.commit(vec![Op::put(Tree::Entries, [n], vec![n; 200 + usize::from(n) * 1000])]).unwrap();
        support::tell("ack", n);
    }
}

/// What the kernel saw: between the begin and the acknowledgement of each commit, the engine wrote to its file, then a
/// sync of that file succeeded, then a sync of its file system.
#[test]
fn the_kernel_sees_the_syncs_before_each_acknowledgement() {
    if support::as_child().is_some() {
        return;
    }
    let home = TempDir::new().unwrap();
    let (path, trace) = (home.path().join("store"), home.path().join("trace"));
    let trace_words = trace.to_string_lossy().into_owned();
    let calls = "trace=write,pwrite64,fsync,fdatasync,syncfs";
    let around = ["strace", "-f", "-y", "-e", calls, "-o", &trace_words];
    let ended = match support::wrapped(&around, "ten_commits", &path, 0).output() {
        Ok(ended) => ended,
        Err(error) => return eprintln!("skipped: strace cannot be run here ({error})"),
    };
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    if text.is_empty() || text.lines().all(|line| line.contains("exited") || line.contains("killed")) {
        let words = String::from_utf8_lossy(&ended.stderr);
        return eprintln!(
            "skipped: strace cannot trace here ({})",
            words.lines().next().unwrap_or("no reason")
        );
    }
    assert!(ended.status.success(), "the child failed: {}", String::from_utf8_lossy(&ended.stderr));
    let db = format!("<{}>", path.canonicalize().unwrap().join("db").display());
    let events = kernel_events(&text, &db);
    let mut acknowledged = 0;
    let mut rest = events.as_slice();
    while let Some(begin) = rest.iter().position(|event| matches!(event, Event::Told("begin"))) {
        let after = &rest[begin + 1..];
        let ack = after.iter().position(|event| matches!(event, Event::Told("ack"))).unwrap();
        let commit = &after[..ack];
        // The engine's own background flush may add to these at any moment, and takes nothing away.
        let wrote = commit.iter().position(|event| *event == Event::Wrote);
        let folder = commit.iter().rposition(|event| *event == Event::SyncedFolder).unwrap_or(0);
        let file = commit[..folder].iter().rposition(|event| *event == Event::SyncedFile);
        assert!(wrote.is_some() && wrote < file, "commit {acknowledged}: {commit:?}");
        acknowledged += 1;
        rest = &after[ack + 1..];
    }
    assert_eq!(acknowledged, 10);
}

#[derive(Debug, PartialEq, Eq)]
enum Event {
    Told(&'static str),
    Wrote,
    SyncedFile,
    SyncedFolder,
}

/// The events of a trace in the order in which they were complete. A call that another thread's line interrupts is in
/// two lines: the first names what it is about, the second its result.
fn kernel_events(trace: &str, db: &str) -> Vec<Event> {
    let mut unfinished = std::collections::HashMap::new();
    let mut events = Vec::new();
    for line in trace.lines() {
        let Some((thread, line)) = line.trim_start().split_once(' ') else { continue };
        let line = line.trim_start();
        if let Some(begun) = line.strip_suffix("<unfinished ...>") {
            unfinished.insert(thread.to_owned(), begun.to_owned());
            // Telling counts from its begin: that is the earliest that anybody could have heard it.
            events.extend(told(begun));
            continue;
        }
        let (whole, resumed) = match line.split_once(" resumed>") {
            Some((_, end)) => (format!("{}{end}", unfinished.remove(thread).unwrap_or_default()), true),
            None => (line.to_owned(), false),
        };
        let failed = whole.contains(") = -1") || whole.contains(")= -1");
        if failed {
            continue;
        }
        if whole.starts_with("pwrite64(") && whole.contains(db) {
            events.push(Event::Wrote);
        } else if whole.starts_with("fsync(") && whole.contains(db) {
            events.push(Event::SyncedFile);
        } else if whole.starts_with("syncfs(") {
            events.push(Event::SyncedFolder);
        } else if !resumed {
            events.extend(told(&whole));
        }
    }
    events
}

fn told(call: &str) -> Option<Event> {
    let word = |word: &str| call.starts_with("write(1<") && call.contains(&format!("\\n{word} "));
    if word("begin") { Some(Event::Told("begin")) } else { word("ack").then_some(Event::Told("ack")) }
}
