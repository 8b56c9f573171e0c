//! The logs, story by story.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;

use std::sync::Arc;

use accord_core::governance::Record;
use accord_core::{Authority, Body, EntryId, Head, LogId, MAX_PAYLOAD, VerifiedRun, verify_entry};
use accord_store::{
    AppendError, Draft, IngestError, Logs, LogsError, MAX_BRANCHES, MAX_COMMIT_BYTES, MemoryStore, Op, Side,
    Store, StoreError, Tree,
};
use author::{Author, PROGRAMME, document, draft, key, space};

fn open(store: &MemoryStore) -> Logs {
    Logs::open(Arc::new(store.clone()), PROGRAMME, key(1).id(), None).unwrap()
}

fn author(entries: u8) -> Author {
    let mut author = Author::new(2, space(1));
    author.create(document(1), "note");
    (1..entries).for_each(|n| author.change(document(1), 0, &[n]));
    author
}

fn at(position: u64) -> Authority {
    Authority::At { position, id: EntryId([position as u8; 32]) }
}

fn ids(logs: &Logs, author: &Author) -> Vec<EntryId> {
    logs.read(&author.log(), (1, u64::MAX), 10_000, 64 << 20).unwrap().iter().map(|e| e.id()).collect()
}

/// The sequence of positions about document `n`, in the order of arrival.
fn arrived(logs: &Logs, n: u8) -> Vec<u64> {
    logs.arrivals(&document(n), 0).unwrap().iter().map(|(place, _)| place.seq).collect()
}

#[test]
fn runs_that_overlap_add_only_what_is_new() {
    let (store, author) = (MemoryStore::new(), author(9));
    let logs = open(&store);
    assert_eq!(logs.ingest(&author.run(1, 4)).unwrap().new, 4);
    assert_eq!(logs.ingest(&author.run(2, 3)).unwrap().new, 0);
    let more = logs.ingest(&author.run(3, 7)).unwrap();
    assert_eq!((more.new, more.head.seq), (3, 7));
    assert_eq!(ids(&logs, &author), author.ids[..7]);
    assert_eq!(arrived(&open(&store), 1), (1..=7).collect::<Vec<_>>());
}

/// Places are kept in pages, and a page is full sometimes.
#[test]
fn arrivals_go_on_from_any_number() {
    let (logs, author) = (open(&MemoryStore::new()), author(70));
    let mut held = 0;
    for step in [1, 30, 1, 1, 31, 6] {
        logs.ingest(&author.run(held + 1, held + step)).unwrap();
        held += step;
        for from in 0..held + 40 {
            let arrived = logs.arrivals(&document(1), from).unwrap();
            assert!(
                arrived.iter().map(|(place, _)| place.seq).eq(from + 1..=held),
                "{held} held, from {from}"
            );
        }
    }
}

#[test]
fn a_gap_stores_nothing_and_says_what_is_held() {
    let (store, author) = (MemoryStore::new(), author(9));
    let logs = open(&store);
    assert!(matches!(logs.ingest(&author.run(2, 4)), Err(IngestError::Gap { held: 0, first: 2 })));
    logs.ingest(&author.run(1, 2)).unwrap();
    assert!(matches!(logs.ingest(&author.run(4, 9)), Err(IngestError::Gap { held: 2, first: 4 })));
    assert_eq!(ids(&logs, &author).len(), 2);
}

#[test]
fn a_run_that_leaves_what_is_held_in_its_middle_begins_a_branch() {
    let (store, author) = (MemoryStore::new(), author(9));
    let logs = open(&store);
    logs.ingest(&author.run(1, 7)).unwrap();
    let mut other = author.branch(4);
    (0..6).for_each(|n| other.change(document(2), 0, &[n]));
    let taken = logs.ingest(&other.run(2, 9)).unwrap();
    assert_eq!((taken.new, taken.branch, taken.branched), (5, 1, true));
    assert_eq!(taken.head, Head { seq: 9, id: other.ids[8] });
    for logs in [logs, open(&store)] {
        let log = author.log();
        let proof = logs.fork_proof(&log).unwrap().unwrap();
        assert!(proof.holds(&log));
        assert!(!proof.holds(&LogId { space: space(9), ..log }), "it is about one log");
        assert_eq!(logs.forks(), [(log, 5)]);
        // Both go on, each for itself.
        let held = logs.head(&log).unwrap().seq;
        logs.ingest(&author.run(8, 9)).unwrap();
        logs.ingest(&other.run(held + 1, 10)).unwrap();
        let branches = logs.branches(&log);
        assert_eq!(branches.all()[1].parts_from, Some((0, 4)));
        assert!(
            branches.contains(1, (0, 4)) && !branches.contains(1, (0, 5)) && branches.contains(1, (1, 5))
        );
        for (branch, history) in [(0, &author), (1, &other)] {
            let read = logs.read_on(&log, branch, (1, 99), 99, 1 << 20).unwrap();
            assert!(read.iter().map(accord_core::Entry::id).eq(history.ids.iter().copied()));
        }
        assert_eq!(logs.find(&log, 6, &other.ids[5]).unwrap(), Some(1));
        assert_eq!(logs.find(&log, 3, &other.ids[2]).unwrap(), Some(0));
        assert_eq!(logs.find(&log, 6, &other.ids[6]).unwrap(), None);
        assert_eq!(logs.vector(&space(1)).heads(&log.device).len(), 2);
        assert_eq!(logs.entry_count(&space(1)), 9 + 6);
        let on: Vec<u32> = logs.arrivals(&document(2), 0).unwrap().iter().map(|(p, _)| p.branch).collect();
        assert_eq!(on, [1; 6]);
    }
}

/// Whoever sends only what comes after a place never shows the entry before it: what he sends proves the fork, but it
/// has no place until that entry is here.
#[test]
fn a_run_that_names_another_entry_before_it_has_no_place_and_is_proof_enough() {
    let (store, author) = (MemoryStore::new(), author(6));
    let logs = open(&store);
    logs.ingest(&author.run(1, 5)).unwrap();
    let mut other = author.branch(4);
    other.change(document(2), 0, b"other");
    other.change(document(2), 0, b"next");
    assert!(matches!(logs.ingest(&other.run(6, 6)), Err(IngestError::Apart { first: 6 })));
    let proof = logs.fork_proof(&author.log()).unwrap().unwrap();
    assert!(proof.holds(&author.log()));
    assert_eq!(open(&store).forks(), [(author.log(), 5)]);
    let headers = vec![author.entries[5].header.clone().into()];
    let honest = Side { headers, signature: author.entries[5].signature };
    let honest = accord_store::ForkProof { other: honest, ..proof };
    assert!(!honest.holds(&author.log()), "two entries of one history prove nothing");
    logs.ingest(&other.run(5, 6)).unwrap();
    assert_eq!(logs.branches(&author.log()).all().len(), 2);
}

/// Signatures in the middle of a run are not checked, so a proof goes on to the next one that holds.
#[test]
fn spoilt_signatures_hide_no_fork() {
    let author = author(9);
    let mut other = author.branch(3);
    (0..4).for_each(|n| other.change(document(2), 0, &[n]));
    for (held, came) in [(7, 7), (6, 7), (9, 6)] {
        let logs = open(&MemoryStore::new());
        logs.ingest(&author.spoilt(1, held)).unwrap();
        logs.ingest(&other.spoilt(1, came)).unwrap();
        let proof = logs.fork_proof(&author.log()).unwrap().unwrap();
        assert!(proof.holds(&author.log()) && proof.seq == 4);
        assert_eq!(proof.one.headers.len() as u64, held - 3);
    }
}

#[test]
fn a_log_keeps_eight_branches_and_says_so_of_the_ninth() {
    let store = MemoryStore::new();
    let logs = open(&store);
    let author = author(3);
    for n in 0..9_u8 {
        let mut other = author.branch(usize::from(n % 2));
        other.change(document(3), 0, &[n]);
        other.change(document(3), 0, b"and on");
        let to = other.ids.len() as u64;
        let taken = logs.ingest(&other.run(1, to));
        if usize::from(n) < MAX_BRANCHES {
            assert_eq!(taken.unwrap().branch, u32::from(n));
        } else {
            assert!(matches!(taken, Err(IngestError::Branches)));
        }
    }
    assert_eq!(open(&store).branches(&author.log()).all().len(), MAX_BRANCHES);
    assert_eq!(logs.vector(&space(1)).heads(&author.log().device).len(), MAX_BRANCHES);
}

/// How far an actor has come is a matter of the branch: what its author wrote in another one does not count.
#[test]
fn a_branch_goes_on_from_the_actors_as_they_were_where_it_parts() {
    let mut author = Author::new(2, space(1));
    for n in 0..100 {
        author.change(document(1), u32::from(n >= 60), &[n]);
    }
    let logs = open(&MemoryStore::new());
    logs.ingest(&author.run(1, 100)).unwrap();
    for (at, generation, next) in [(40, 0, 41), (80, 1, 21)] {
        let mut other = author.branch(at);
        other.change_as(document(1), generation, next, b"other");
        other.change_as(document(1), generation, next, b"twice");
        let taken = logs.ingest(&other.run(at as u64 + 1, at as u64 + 2)).unwrap();
        assert_eq!(taken.irregular.iter().map(|it| it.seq).collect::<Vec<_>>(), [at as u64 + 2]);
    }
    assert_eq!(logs.ingest(&author.run(90, 100)).unwrap().new, 0);
}

#[test]
fn a_store_of_another_layout_is_no_damage() {
    let store = MemoryStore::new();
    open(&store).ingest(&author(3).run(1, 3)).unwrap();
    store.commit(vec![Op::put(Tree::Meta, "logs", [99])]).unwrap();
    let refused = Logs::open(Arc::new(store.clone()), PROGRAMME, key(1).id(), None).err();
    assert!(matches!(refused, Some(LogsError::Layout { found: 99, known: 4 })));
    // The first layout had no number. What is written from now on only a program reads that knows this one.
    let noted = |layout: u8| Op::put(Tree::Meta, "logs", [layout]);
    for (seq, earlier) in (4..).zip([Op::delete(Tree::Meta, "logs"), noted(2), noted(3)]) {
        store.commit(vec![earlier]).unwrap();
        open(&store).ingest(&author(9).run(seq, seq)).unwrap();
        assert_eq!(store.get(Tree::Meta, b"logs").unwrap(), Some(vec![4]));
    }
}

#[test]
fn irregular_entries_are_kept_listed_and_never_arrive() {
    let store = MemoryStore::new();
    let mut author = author(3);
    author.change_as(document(1), 0, 9, b"out of sequence");
    author.change(document(1), 0, b"goes on as if nothing was");
    author.unknown();
    author.change(document(1), 1, b"the next generation");
    author.change_as(document(1), 0, 4, b"and back");
    author.change(document(1), 1, b"on");
    let logs = open(&store);
    let ingested = logs.ingest(&author.run(1, 9)).unwrap();
    let listed = |irregular: Vec<u64>| assert_eq!(irregular, [4, 8]);
    listed(ingested.irregular.iter().map(|i| i.seq).collect());
    for logs in [logs, open(&store)] {
        listed(logs.irregular().unwrap().iter().map(|place| place.seq).collect());
        assert_eq!(arrived(&logs, 1), [1, 2, 3, 5, 7, 9]);
        assert_eq!(ids(&logs, &author), author.ids);
        let actor = logs.actor_of(&author.log(), &document(1)).unwrap();
        assert_eq!((actor.generation, actor.seq), (1, 2));
    }
}

/// An authority that goes back is irregular, whatever the cut of the runs and however often the store was opened.
#[test]
fn authority_does_not_go_back() {
    let mut author = Author::new(2, space(1));
    for (position, n) in [(0, 1), (3, 2), (3, 3), (2, 4), (5, 5), (4, 6)] {
        author.authority = if position == 0 { Authority::Genesis } else { at(position) };
        author.create(document(n), "note");
    }
    for cut in 1..6 {
        let store = MemoryStore::new();
        open(&store).ingest(&author.run(1, cut)).unwrap();
        open(&store).ingest(&author.run(1, 6)).unwrap();
        let irregular: Vec<u64> = open(&store).irregular().unwrap().iter().map(|place| place.seq).collect();
        assert_eq!(irregular, [4, 6], "cut at {cut}");
        assert!(arrived(&open(&store), 4).is_empty());
    }
}

/// A device that can write in one space must not get into a document of another one by copying its id, nor hide it
/// by coming first.
#[test]
fn a_document_is_of_one_space() {
    let mut own = Author::new(2, accord_core::programme_space(&PROGRAMME));
    own.create(document(1), "framework");
    own.change(document(1), 0, b"honest");
    let mut stranger = Author::new(3, space(1));
    stranger.create(document(1), "note");
    for strangers_first in [true, false] {
        let logs = open(&MemoryStore::new());
        let mut runs = [own.run(1, 2), stranger.run(1, 1)];
        if strangers_first {
            runs.reverse();
        }
        runs.iter().for_each(|run| assert!(logs.ingest(run).is_ok()));
        let record = logs.document(&document(1)).unwrap().unwrap();
        assert_eq!((record.kind.as_deref(), record.arrived), (Some("framework"), 2));
        assert!(logs.arrivals(&document(1), 0).unwrap().iter().all(|(place, _)| place.log == own.log()));
        let theirs = logs.document_in(&space(1), &document(1)).unwrap().unwrap();
        assert_eq!((theirs.kind.as_deref(), theirs.arrived), (Some("note"), 1));
        assert_eq!(logs.documents().unwrap().len(), 2);
    }
}

#[test]
fn two_kinds_of_one_document_leave_it_to_the_document() {
    let kinds = ["note", "framework", "note"];
    let authors: Vec<Author> = (0..3)
        .map(|n| {
            let mut author = Author::new(n + 2, space(1));
            author.create(document(1), kinds[n as usize]);
            author
        })
        .collect();
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
        let logs = open(&MemoryStore::new());
        order.iter().for_each(|n: &usize| assert!(logs.ingest(&authors[*n].run(1, 1)).is_ok()));
        let record = logs.document(&document(1)).unwrap().unwrap();
        assert_eq!((record.kind, record.disputed, record.arrived), (None, true, 3));
    }
}

/// A relay can spoil what is inside of a run. What is sent on from here still ends where others can check it.
#[test]
fn what_is_read_to_be_sent_ends_at_a_signature_that_holds() {
    let (store, author) = (MemoryStore::new(), author(40));
    let logs = open(&store);
    logs.ingest(&author.spoilt(1, 10)).unwrap();
    logs.ingest(&author.spoilt(11, 39)).unwrap();
    logs.ingest(&author.run(40, 40)).unwrap();
    let read = |from, to, items| {
        let run = logs.read_signed(&author.log(), (from, to), items, 1 << 20).unwrap();
        assert!(run.last().is_none_or(|last| verify_entry(last).is_ok()));
        (run.first().map(|e| e.header().seq), run.last().map(|e| e.header().seq))
    };
    assert_eq!(read(1, 40, 100), (Some(1), Some(40)), "all that fits");
    assert_eq!(read(1, 20, 100), (Some(1), Some(10)), "cut back");
    assert_eq!(read(11, 20, 100), (Some(11), Some(39)), "read further");
    assert_eq!(read(15, 40, 3), (Some(15), Some(39)), "read further, over several pages");
    assert_eq!(read(40, 90, 100), (Some(40), Some(40)));
    assert_eq!(read(41, 90, 100), (None, None));
}

/// A run that comes on a stick has as many entries as it likes, each as large as it likes.
#[test]
fn a_run_larger_than_a_commit_is_stored_in_parts() {
    let mut author = Author::new(2, space(1));
    for n in 0..20 {
        author.change(document(1), 0, &vec![n; MAX_PAYLOAD - 100]);
        author.change(document(1), 0, &[n]);
    }
    let store = MemoryStore::new();
    let logs = open(&store);
    let run = author.run(1, 40);
    assert!(run.entries().iter().map(|(e, _)| e.signed().size()).sum::<usize>() > MAX_COMMIT_BYTES);
    let ingested = logs.ingest(&run).unwrap();
    assert_eq!((ingested.new, ingested.head), (40, author.head().unwrap()));
    assert_eq!(ids(&open(&store), &author), author.ids);
    assert_eq!(arrived(&logs, 1).len(), 40);
    // Where no part could end at a signature, nobody could ever pass it on: nothing of it is stored.
    let logs = open(&MemoryStore::new());
    assert!(matches!(
        logs.ingest(&author.spoilt(1, 40)),
        Err(IngestError::Logs(LogsError::Unsigned { seq: 1 }))
    ));
    assert_eq!(logs.head(&author.log()), None);
}

#[test]
fn runs_of_another_programme_are_not_taken() {
    let author = author(1);
    let other = accord_core::ProgrammeId([8; 32]);
    let logs = Logs::open(Arc::new(MemoryStore::new()), other, key(1).id(), None).unwrap();
    assert!(matches!(logs.ingest(&author.run(1, 1)), Err(IngestError::Logs(LogsError::Elsewhere(_)))));
}

/// An entry that others must refuse would end this device's log for good, since no entry can be taken back.
#[test]
fn nothing_is_signed_that_others_would_refuse_or_never_admit() {
    let logs = open(&MemoryStore::new());
    let (key, space) = (key(1), space(1));
    let good = |seq| draft(key.id(), space, document(1), seq, b"good");
    let append = |authority, drafts| logs.append(&key, space, authority, drafts, Vec::new());
    append(at(2), vec![Draft::of(Body::Create { document: document(1), kind: "note".into() }), good(1)])
        .unwrap();
    let undescribed = Draft { meta: None, ..good(2) };
    let swapped = Draft { meta: good(3).meta, ..good(2) };
    let huge = draft(key.id(), space, document(1), 2, &vec![0; MAX_PAYLOAD]);
    let record = Record::Acknowledge { decisions: Vec::new(), devices: Vec::new() };
    let misplaced = Draft::of(Body::Governance { record: Box::new(record) });
    let named =
        Draft { payload: vec![1], ..Draft::of(Body::Create { document: document(2), kind: "k".into() }) };
    for bad in [undescribed, swapped, huge, misplaced, named] {
        let refused = append(at(2), vec![good(2), bad]);
        assert!(matches!(refused, Err(AppendError::Logs(LogsError::Draft(_)))), "{refused:?}");
    }
    for (authority, bad) in [(at(2), good(3)), (at(1), good(2))] {
        let refused = append(authority, vec![bad]);
        assert!(matches!(refused, Err(AppendError::Logs(LogsError::NotRegular { .. }))), "{refused:?}");
    }
    let stranger = author::key(9);
    let refused = logs.append(&stranger, space, at(2), vec![], Vec::new());
    assert!(matches!(refused, Err(AppendError::Logs(LogsError::Elsewhere(_)))));
    assert_eq!(append(at(2), vec![good(2)]).unwrap()[0].header().seq, 3);
}

#[test]
fn operations_of_the_caller_share_the_fate_of_the_entries() {
    let store = MemoryStore::new();
    let logs = open(&store);
    let entry = |seq| draft(key(1).id(), space(1), document(1), seq, b"x");
    let also = |value: &[u8]| vec![Op::put(Tree::Meta, "also", value)];
    logs.append(&key(1), space(1), Authority::Genesis, vec![entry(1)], also(b"1")).unwrap();
    logs.append(&key(1), space(1), Authority::Genesis, vec![], also(b"2")).unwrap();
    let too_large = vec![Op::put(Tree::Meta, "also", vec![0; accord_store::MAX_VALUE + 1])];
    let refused = logs.append(&key(1), space(1), Authority::Genesis, vec![entry(2)], too_large);
    assert!(matches!(refused, Err(AppendError::Logs(LogsError::Store(StoreError::TooLarge { .. })))));
    assert_eq!(store.get(Tree::Meta, b"also").unwrap(), Some(b"2".to_vec()));
    // Nothing was written, so nothing is unsure.
    let entries = logs.append(&key(1), space(1), Authority::Genesis, vec![entry(2)], vec![]).unwrap();
    assert_eq!(entries[0].header().seq, 2);
}

/// A forked log of this very device: somebody else signs with its key, so it signs nothing more there.
#[test]
fn a_second_history_of_an_own_log_ends_it() {
    let store = MemoryStore::new();
    let logs = open(&store);
    let entry = |space, seq| draft(key(1).id(), space, document(1), seq, b"here");
    logs.append(&key(1), space(1), Authority::Genesis, vec![entry(space(1), 1)], vec![]).unwrap();
    let mut copy = Author::new(1, space(1));
    copy.change(document(1), 0, b"there");
    assert!(logs.ingest(&copy.run(1, 1)).unwrap().branched);
    assert_eq!(logs.own_forks(), [(copy.log(), 1)]);
    for logs in [logs, open(&store)] {
        let refused = logs.append(&key(1), space(1), Authority::Genesis, vec![entry(space(1), 2)], vec![]);
        assert!(matches!(refused, Err(AppendError::Forked { seq: 1 })));
    }
    let other = open(&store).append(&key(1), space(2), Authority::Genesis, vec![entry(space(2), 1)], vec![]);
    assert!(other.is_ok(), "its logs of other spaces stand, to tell of it");
}

/// A store that came back older together with its file of own heads knows of nothing. Others do.
#[test]
fn a_device_that_others_say_is_ahead_of_its_disk_waits_for_its_entries() {
    let logs = open(&MemoryStore::new());
    let mut lost = Author::new(1, space(1));
    (0..3).for_each(|n| lost.change(document(1), 0, &[n]));
    logs.ingest(&lost.run(1, 1)).unwrap();
    let entry = || vec![draft(key(1).id(), space(1), document(2), 1, b"new")];
    let append = || logs.append(&key(1), space(1), Authority::Genesis, entry(), vec![]);
    assert_eq!((logs.own_said(&space(1), 1), logs.own_said(&space(1), 3)), (None, Some(1)));
    assert!(matches!(append(), Err(AppendError::Ahead { held: 1, said: 3, .. })));
    logs.ingest(&lost.run(2, 2)).unwrap();
    assert!(append().is_err());
    logs.ingest(&lost.run(2, 3)).unwrap();
    assert_eq!(append().unwrap()[0].header().seq, 4);
    assert_eq!(logs.own_said(&space(1), 9), Some(4));
    logs.doubt_said(&space(1));
    let next = vec![draft(key(1).id(), space(1), document(2), 2, b"new")];
    assert!(logs.append(&key(1), space(1), Authority::Genesis, next, vec![]).is_ok(), "it was but a word");
}

#[test]
fn numbers_that_do_not_add_up_are_found_again_from_the_entries_and_are_damage_without_them() {
    let store = MemoryStore::new();
    let logs = open(&store);
    for n in 2..5 {
        let mut author = Author::new(n, space(1));
        author.create(document(n), "note");
        logs.ingest(&author.run(1, 1)).unwrap();
    }
    let lost = [space(1).0, key(3).id().0].concat();
    store.commit(vec![Op::delete(Tree::Heads, lost)]).unwrap();
    assert_eq!(open(&store).spaces(), [space(1)], "the entries say which log it was");
    let entry = [1u32.to_be_bytes().as_slice(), &1u64.to_be_bytes()].concat();
    store.commit(vec![Op::delete(Tree::Entries, entry)]).unwrap();
    let opened = Logs::open(Arc::new(store), PROGRAMME, key(1).id(), None);
    assert!(matches!(opened.err(), Some(LogsError::Missing(_))), "whose number 1 was nobody can tell");
}

#[test]
fn a_run_of_ones_own_making_is_taken_like_any_other() {
    let author = author(1);
    let run = author.run(1, 1);
    let (entry, meta) = run.entries()[0].clone();
    let logs = open(&MemoryStore::new());
    assert_eq!(logs.ingest(&VerifiedRun::own(entry, meta)).unwrap().new, 1);
}
