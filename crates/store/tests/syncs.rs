//! Every acknowledgement comes after the syncs: as the store's own steps show, and as the kernel saw them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io;
use std::sync::Arc;
use std::thread;

use accord_store::{EngineKind, Op, Recorder, Scan, Step, StoreError, Tree};
use tempfile::TempDir;

/// The steps that a commit takes.
fn round(kind: EngineKind) -> &'static [Step] {
    match kind {
        EngineKind::Sled => {
            &[Step::Transaction, Step::Flush, Step::SyncFile, Step::SyncFolder, Step::Acknowledge]
        }
        EngineKind::Redb => &[Step::Transaction, Step::SyncFile, Step::Acknowledge],
    }
}

/// The steps that were taken, without syncs beyond those that a commit needs: redb syncs once more where its file grows.
fn taken(kind: EngineKind, recorder: &Recorder) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for step in recorder.steps() {
        let more = kind == EngineKind::Redb && step == Step::SyncFile;
        if !more || steps.last() == Some(&Step::Transaction) {
            steps.push(step);
        }
    }
    steps
}

fn failure(kind: io::ErrorKind) -> StoreError {
    StoreError::Io { doing: "sync", source: kind.into() }
}

#[test]
fn each_commit_takes_every_step_in_order() {
    for kind in EngineKind::ALL {
        let home = TempDir::new().unwrap();
        let recorder = Arc::new(Recorder::default());
        let store = support::open_with(kind, &home.path().join("store"), recorder.clone());
        for n in 0..10u8 {
            store.commit(vec![Op::put(Tree::Entries, [n], vec![n; 9000])]).unwrap();
            assert_eq!(taken(kind, &recorder), round(kind).repeat(usize::from(n) + 1));
        }
        store.maintain().unwrap();
        assert_eq!(taken(kind, &recorder), round(kind).repeat(11), "maintenance syncs too");
    }
}

#[test]
fn commits_that_come_together_share_their_syncs() {
    for kind in EngineKind::ALL {
        let home = TempDir::new().unwrap();
        let recorder = Arc::new(Recorder::default());
        let store = support::open_with(kind, &home.path().join("store"), recorder.clone());
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
        let (steps, round) = (taken(kind, &recorder), round(kind));
        assert_eq!(steps, round.repeat(steps.len() / round.len()), "rounds do not overlap");
        assert!(steps.len() / round.len() < 400, "400 commits took {} rounds", steps.len() / round.len());
    }
}

#[test]
fn a_failed_step_is_not_acknowledged_and_ends_all_writing() {
    let steps =
        EngineKind::ALL.into_iter().flat_map(|kind| round(kind).iter().map(move |step| (kind, *step)));
    for (kind, step) in steps {
        let home = TempDir::new().unwrap();
        let path = home.path().join("store");
        let recorder = Arc::new(Recorder::default());
        let store = support::open_with(kind, &path, recorder.clone());
        store.commit(vec![Op::put(Tree::Heads, "log", "old"), Op::put(Tree::Heads, "other", "old")]).unwrap();
        recorder.fail(step, failure(io::ErrorKind::StorageFull));
        assert!(store.failed().is_none());

        let refused = store.commit(vec![
            Op::put(Tree::Heads, "log", "new"),
            Op::delete(Tree::Heads, "other"),
            Op::put(Tree::Heads, "third", "new"),
        ]);
        let error = refused.expect_err("a failed step is no acknowledgement");
        assert!(matches!(error, StoreError::Io { .. }) && error.is_disk_full(), "{step:?}: {error:?}");
        let before = round(kind).iter().position(|known| *known == step).unwrap();
        assert_eq!(taken(kind, &recorder).len(), round(kind).len() + before, "nothing runs after {step:?}");

        let later = store.commit(vec![Op::put(Tree::Heads, "later", "new")]).expect_err("read-only");
        assert!(matches!(later, StoreError::ReadOnly { .. }) && later.is_disk_full(), "{step:?}: {later:?}");
        assert!(store.maintain().is_err());
        assert!(store.failed().is_some_and(|why| why.is_disk_full()), "and it says so without being tried");
        // Readers go on to see what is on the disk, also where the failed write is already in memory.
        assert_eq!(store.get(Tree::Heads, b"log").unwrap(), Some(b"old".to_vec()));
        assert_eq!(store.get(Tree::Heads, b"third").unwrap(), None);
        let shown = store.scan(&Scan::all(Tree::Heads)).unwrap().items;
        assert_eq!(shown, [(b"log".to_vec(), b"old".to_vec()), (b"other".to_vec(), b"old".to_vec())]);
        let from_above = store.scan(&Scan::all(Tree::Heads).reversed()).unwrap().items;
        assert_eq!(from_above, [(b"other".to_vec(), b"old".to_vec()), (b"log".to_vec(), b"old".to_vec())]);
        assert_eq!(later.to_string().lines().count(), 1);
        drop(store);

        let store = support::open(&path).unwrap();
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
    for kind in EngineKind::ALL {
        let home = TempDir::new().unwrap();
        let recorder = Arc::new(Recorder::default());
        let store = support::open_with(kind, &home.path().join("store"), recorder.clone());
        recorder.fail(Step::SyncFile, failure(io::ErrorKind::Other));
        thread::scope(|scope| {
            for n in 0..16u8 {
                let store = &store;
                scope.spawn(move || assert!(store.commit(vec![Op::put(Tree::Meta, [n], [n])]).is_err()));
            }
        });
        assert!(store.scan(&Scan::all(Tree::Meta)).unwrap().items.is_empty());
    }
}

/// The child of the next tests: ten commits one after the other.
#[test]
fn ten_commits() {
    let Some((path, _)) = support::as_child() else { return };
    let store = support::open(&path).unwrap();
    for n in 0..10u8 {
        support::tell("begin", n);
        store.commit(vec![Op::put(Tree::Entries, [n], vec![n; 200 + usize::from(n) * 1000])]).unwrap();
        support::tell("ack", n);
    }
}

/// What the kernel saw: between the begin and the acknowledgement of each commit, the engine wrote to its file, then a
/// sync of that file succeeded, then a sync of its file system.
#[test]
fn the_kernel_sees_the_syncs_of_sled_before_each_acknowledgement() {
    let Some(commits) = traced(EngineKind::Sled) else { return };
    for commit in &commits {
        // The engine's own background flush may add to these at any moment, and takes nothing away.
        let wrote = commit.iter().position(|event| *event == Event::Wrote);
        let folder = commit.iter().rposition(|event| *event == Event::SyncedFolder).unwrap_or(0);
        let file = commit[..folder].iter().rposition(|event| *event == Event::SyncedFile);
        assert!(wrote.is_some() && wrote < file, "{commit:?}");
    }
}

/// The same of the other engine: after its last write comes a sync of its file.
#[test]
fn the_kernel_sees_the_sync_of_redb_before_each_acknowledgement() {
    let Some(commits) = traced(EngineKind::Redb) else { return };
    for commit in &commits {
        let wrote = commit.iter().rposition(|event| *event == Event::Wrote);
        let file = commit.iter().rposition(|event| *event == Event::SyncedFile);
        assert!(wrote.is_some() && wrote < file, "{commit:?}");
    }
}

/// What happened in each of ten commits; none where nothing can be traced here.
fn traced(kind: EngineKind) -> Option<Vec<Vec<Event>>> {
    if support::as_child().is_some() {
        return None;
    }
    let home = TempDir::new().unwrap();
    let (path, trace) = (home.path().join("store"), home.path().join("trace"));
    accord_store::create(&path, kind).unwrap();
    let trace_words = trace.to_string_lossy().into_owned();
    let calls = "trace=write,pwrite64,fsync,fdatasync,syncfs";
    let around = ["strace", "-f", "-y", "-e", calls, "-o", &trace_words];
    let ended = match support::wrapped(&around, "ten_commits", &path, 0).output() {
        Ok(ended) => ended,
        Err(error) => {
            eprintln!("skipped: strace cannot be run here ({error})");
            return None;
        }
    };
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    if text.is_empty() || text.lines().all(|line| line.contains("exited") || line.contains("killed")) {
        let words = String::from_utf8_lossy(&ended.stderr);
        eprintln!("skipped: strace cannot trace here ({})", words.lines().next().unwrap_or("no reason"));
        return None;
    }
    assert!(ended.status.success(), "the child failed: {}", String::from_utf8_lossy(&ended.stderr));
    let name = match kind {
        EngineKind::Sled => "db",
        EngineKind::Redb => "store.redb",
    };
    let events = kernel_events(&text, &format!("<{}>", path.canonicalize().unwrap().join(name).display()));
    let mut commits = Vec::new();
    let mut rest = events.as_slice();
    while let Some(begin) = rest.iter().position(|event| matches!(event, Event::Told("begin"))) {
        let after = &rest[begin + 1..];
        let ack = after.iter().position(|event| matches!(event, Event::Told("ack"))).unwrap();
        commits.push(after[..ack].to_vec());
        rest = &after[ack + 1..];
    }
    assert_eq!(commits.len(), 10);
    Some(commits)
}

#[derive(Debug, Clone, PartialEq, Eq)]
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
        } else if (whole.starts_with("fsync(") || whole.starts_with("fdatasync(")) && whole.contains(db) {
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
