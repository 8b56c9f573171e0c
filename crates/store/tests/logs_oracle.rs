//! The logs against a naive oracle: whatever runs come, in whatever order, cut, repeated, forked or spoilt.
//!
//! Held to at every step, and each time the store is opened again:
//! - a log is a tree: every history of which a run came that follows on what is held, without gaps, up to a bound;
//! - heads, vectors and digests say exactly what is held, whatever the order in which it came;
//! - every regular entry has arrived once, in the order of arrival, and no irregular one, which are all listed;
//! - an entry is regular by the history that it stands in, whatever its author wrote in others;
//! - where two histories were seen there is a proof that holds, whatever was done to the signatures inside of runs;
//! - all of this whatever was put into packs meanwhile, but for signatures that packs leave out: what is read to be sent
//!   still ends at one that holds, and nothing is wrong with any of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;
#[path = "support/packer.rs"]
mod packer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::{
    ActorSeed, Authority, Body, DocumentId, Entry, EntryId, Head, LogId, Signature, SpaceId, Vector,
    VerifiedRun, verify_entry,
};
use accord_store::{EntryRef, IngestError, Logs, MAX_BRANCHES, MemoryStore, PackBounds};
use author::{Author, document, read_change, space};
use proptest::prelude::*;

/// What an author does next: what, about which document, and a number that the kind of act makes use of.
type Act = (u8, u8, u8);

/// One delivery: which history, from where, how many, whether the signatures inside are spoilt, whether the store is opened
/// again before, and what is put into packs before: a number that says how, if anything.
type Delivery = (prop::sample::Index, u64, u64, bool, bool, Option<u8>);

fn act(author: &mut Author, (what, about, n): Act) {
    let about = document(about);
    match what {
        0 => author.create(about, if n < 200 { "note" } else { "framework" }),
        1..=5 => author.change(about, 0, &[n]),
        6 => author.change(about, u32::from(n % 3), &[n]),
        7 => author.change_as(about, u32::from(n % 2), u64::from(n % 4), &[n]),
        8 => author.unknown(),
        _ => {
            let position = u64::from(n % 4) + 1;
            author.authority = Authority::At { position, id: EntryId([n % 4; 32]) };
            author.change(about, 0, &[n]);
        }
    }
}

/// Authors with one history or two.
fn histories() -> impl Strategy<Value = Vec<Author>> {
    // Often about few documents, and often about so many that what is kept of them goes into journals.
    let about = prop_oneof![0..3_u8, 0..9_u8];
    let acts = |most| prop::collection::vec((0..10_u8, about.clone(), any::<u8>()), 1..most);
    let branches =
        prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), acts(8)), 0..4);
    let log = (1..4_u8, 1..3_u8, acts(25), branches);
    prop::collection::vec(log, 1..5).prop_map(|logs| {
        let mut seen = BTreeSet::new();
        let mut histories = Vec::new();
        for (device, in_space, acts, branches) in logs {
            if !seen.insert((device, in_space)) {
                continue;
            }
            let mut author = Author::new(device + 1, space(in_space));
            acts.into_iter().for_each(|next| act(&mut author, next));
            let mut own = vec![author];
            for (number, (of, at, acts)) in (70_u8..).zip(branches) {
                let of = &own[of.index(own.len())];
                let mut other = of.branch(at.index(of.ids.len() + 1));
                // An act that no other history begins with.
                act(&mut other, (0, number, 0));
                acts.into_iter().for_each(|next| act(&mut other, next));
                own.push(other);
            }
            histories.extend(own);
        }
        histories
    })
}

#[derive(Default)]
struct Oracle {
    /// The histories of each log, each written out from its first entry.
    logs: BTreeMap<LogId, Vec<Vec<Entry>>>,
    forked: BTreeMap<LogId, u64>,
    arrived: BTreeMap<(SpaceId, DocumentId), Vec<EntryId>>,
    irregular: BTreeSet<EntryId>,
}

#[derive(Debug, PartialEq)]
enum Answer {
    New(usize, Head),
    Gap,
    Apart,
    Branches,
}

impl Oracle {
    fn take(&mut self, run: &VerifiedRun) -> Answer {
        let (log, before) = (run.log(), run.first_seq() as usize - 1);
        let histories = self.logs.entry(log).or_default();
        if before > histories.iter().map(Vec::len).max().unwrap_or(0) {
            return Answer::Gap;
        }
        let mut fork = |seq: usize| {
            let known = self.forked.entry(log).or_insert(seq as u64);
            *known = (seq as u64).min(*known);
        };
        let run: Vec<Entry> = run.entries().iter().map(|(entry, _)| entry.clone()).collect();
        let common = |history: &Vec<Entry>| {
            let follows = before == 0 || history.get(before - 1).map(Entry::id) == run[0].header().prev;
            let same = history.iter().skip(before).zip(&run).take_while(|(a, b)| a.id() == b.id());
            follows.then(|| same.count())
        };
        let best = histories.iter().enumerate().filter_map(|(at, h)| Some((common(h)?, at))).max();
        let (count, at) = match best {
            Some(best) => best,
            None if histories.is_empty() => {
                histories.push(Vec::new());
                (0, 0)
            }
            None => {
                fork(before);
                return Answer::Apart;
            }
        };
        let shared = before + count;
        let fresh = &run[count..];
        if fresh.is_empty() {
            // The first history that has the last entry and on which that stands is the oldest one.
            let last = run.last().unwrap();
            let on = histories.iter().find(|h| h.get(shared - 1).map(Entry::id) == Some(last.id())).unwrap();
            return Answer::New(0, head(on));
        }
        let at = if histories[at].len() == shared {
            at
        } else if histories.len() == MAX_BRANCHES {
            return Answer::Branches;
        } else {
            fork(shared + 1);
            histories.push(histories[at][..shared].to_vec());
            histories.len() - 1
        };
        for entry in fresh {
            let history = &mut histories[at];
            let regular = regular(history, entry);
            history.push(entry.clone());
            match &entry.header().body {
                Body::Create { document, .. } | Body::Change { document, .. } if regular => {
                    self.arrived.entry((log.space, *document)).or_default().push(entry.id());
                }
                _ if regular => {}
                _ => assert!(self.irregular.insert(entry.id())),
            }
        }
        Answer::New(fresh.len(), head(&histories[at]))
    }

    fn vector(&self, space: &SpaceId) -> Vector {
        let held = self.logs.iter().filter(|(log, _)| log.space == *space);
        held.flat_map(|(log, histories)| histories.iter().map(|history| (log.device, head(history))))
            .collect()
    }

    fn entry(&self, id: &EntryId) -> &Entry {
        self.logs.values().flatten().flatten().find(|entry| entry.id() == *id).unwrap()
    }
}

fn head(held: &[Entry]) -> Head {
    let last = held.last().unwrap();
    Head { seq: held.len() as u64, id: last.id() }
}

/// Whether `entry` is regular after `before`, looked up anew from the first entry on.
fn regular(before: &[Entry], entry: &Entry) -> bool {
    let header = entry.header();
    if !matches!(header.body, Body::Create { .. } | Body::Change { .. }) {
        return true;
    }
    if before.iter().any(|earlier| earlier.header().authority.position() > header.authority.position()) {
        return false;
    }
    let Body::Change { document, generation, .. } = header.body else { return true };
    let mut last = (0, 0);
    for (at, earlier) in before.iter().enumerate() {
        let Body::Change { document: about, generation, .. } = earlier.header().body else { continue };
        if about == document && regular(&before[..at], earlier) {
            last = (generation, read_change(earlier.payload()).unwrap().seq);
        }
    }
    let meta = read_change(entry.payload()).unwrap();
    let seed = ActorSeed { device: header.device, space: header.space, document, generation };
    let next = if generation == last.0 { last.1 + 1 } else { 1 };
    meta.actor == seed.actor() && generation >= last.0 && meta.seq == next
}

fn open(store: &MemoryStore) -> Logs {
    packer::open_packed(Arc::new(store.clone()), None)
}

fn pack(logs: &Logs, how: u8) {
    let [newest, fewest, most] = [how % 3, how / 3 % 3, how / 9 % 9];
    let bounds = PackBounds { newest: newest.into(), fewest: fewest.into(), most: 2 + usize::from(most) };
    logs.pack(&bounds, &mut |_, _| {}).unwrap();
}

/// The same entries, but for signatures that a pack leaves out.
fn same(read: &[Entry], expected: &[Entry]) -> bool {
    let alike = |(read, expected): (&Entry, &Entry)| {
        let (read, expected) = (read.signed(), expected.signed());
        let signature = read.signature == expected.signature || read.signature == Signature::NONE;
        read.header == expected.header && read.payload == expected.payload && signature
    };
    read.len() == expected.len() && read.iter().zip(expected).all(alike)
}

fn compare(logs: &Logs, oracle: &Oracle) {
    for in_space in [space(1), space(2)] {
        let vector = oracle.vector(&in_space);
        assert_eq!(logs.vector(&in_space).digest(), vector.digest());
        assert_eq!(logs.vector(&in_space), vector);
        for number in 0..3 {
            let expected = oracle.arrived.get(&(in_space, document(number))).cloned().unwrap_or_default();
            let arrived = logs.arrivals_in(&in_space, &document(number), 0).unwrap();
            let arrived: Vec<_> =
                arrived.into_iter().map(|(place, entry)| (place, entry.expect("nothing is lost"))).collect();
            for (place, entry) in &arrived {
                assert_eq!(logs.id_on(&place.log, place.branch, place.seq).unwrap(), Some(entry.id()));
                assert!(logs.branches(&place.log).contains(place.branch, (place.branch, place.seq)));
            }
            let arrived: Vec<_> = arrived.iter().map(|(_, entry)| entry.id()).collect();
            assert_eq!(arrived, expected);
            let record = logs.document_in(&in_space, &document(number)).unwrap();
            assert_eq!(record.as_ref().map_or(0, |record| record.arrived), expected.len() as u64);
            let kinds: BTreeSet<String> = expected
                .iter()
                .filter_map(|id| match &oracle.entry(id).header().body {
                    Body::Create { kind, .. } => Some(kind.clone()),
                    _ => None,
                })
                .collect();
            let one = if kinds.len() == 1 { kinds.first().cloned() } else { None };
            assert_eq!(record.as_ref().and_then(|record| record.kind.clone()), one);
            assert_eq!(record.is_some_and(|record| record.disputed), kinds.len() > 1);
        }
    }
    for (log, histories) in &oracle.logs {
        let branches = logs.branches(log);
        assert_eq!(branches.all().len(), histories.len());
        for (branch, history) in (0..).zip(histories) {
            let read = logs.read_on(log, branch, (1, u64::MAX), 1000, 1 << 20).unwrap();
            assert!(same(&read, history), "{read:?} instead of {history:?}");
            for entry in history {
                let seq = entry.header().seq;
                let from = logs.read_on(log, branch, (seq, u64::MAX), 3, 1 << 20).unwrap();
                assert!(same(&from, &history[seq as usize - 1..history.len().min(seq as usize + 2)]));
                let sent = logs.read_signed_on(log, branch, (seq, u64::MAX), 4, 1 << 20).unwrap();
                assert!(sent.last().is_some_and(|last| verify_entry(last).is_ok()));
                assert!(same(&sent, &history[seq as usize - 1..seq as usize - 1 + sent.len()]));
            }
            for other in 0..branches.all().len() as u32 {
                for entry in history {
                    let place = (entry.header().seq, entry.id());
                    let on = logs.find(log, place.0, &place.1).unwrap().unwrap();
                    let shared = histories[other as usize].iter().any(|other| other.id() == entry.id());
                    assert_eq!(branches.contains(other, (on, place.0)), shared);
                }
            }
        }
        let longest = histories.iter().max_by_key(|history| head(history));
        let longest = longest.cloned().unwrap_or_default();
        assert!(same(&logs.read(log, (1, u64::MAX), 1000, 1 << 20).unwrap(), &longest));
    }
    let id_of = |place: &EntryRef| logs.id_on(&place.log, place.branch, place.seq).unwrap().unwrap();
    let irregular: BTreeSet<_> = logs.irregular().unwrap().iter().map(id_of).collect();
    assert_eq!(irregular, oracle.irregular);
    let forks: BTreeMap<LogId, u64> = logs.forks().into_iter().collect();
    assert_eq!(forks, oracle.forked);
    for log in oracle.logs.keys() {
        let proof = logs.fork_proof(log).unwrap();
        assert_eq!(proof.is_some(), forks.contains_key(log));
        assert!(proof.is_none_or(|proof| proof.holds(log) && proof.seq == forks[log]));
    }
}

fn deliver(histories: &[Author], delivery: &Delivery) -> VerifiedRun {
    let history = &histories[delivery.0.index(histories.len())];
    let len = history.ids.len() as u64;
    let from = 1 + delivery.1 % len;
    let to = (from + delivery.2).min(len);
    if delivery.3 { history.spoilt(from, to) } else { history.run(from, to) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_logs_hold_what_the_oracle_says(
        histories in histories(),
        deliveries in prop::collection::vec(any::<(prop::sample::Index, u64, u64, bool, bool, Option<u8>)>()
            .prop_map(|(which, from, len, spoilt, reopened, packed)| {
                (which, from, len % 12, spoilt && from % 2 == 0, reopened, packed.filter(|how| how % 4 == 0))
            }), 1..60),
    ) {
        let store = MemoryStore::new();
        let (mut logs, mut oracle) = (open(&store), Oracle::default());
        for delivery in &deliveries {
            if delivery.4 {
                logs = open(&store);
            }
            if let Some(how) = delivery.5 {
                pack(&logs, how / 4);
                compare(&logs, &oracle);
            }
            let run = deliver(&histories, delivery);
            let expected = oracle.take(&run);
            let answer = match logs.ingest(&run) {
                Ok(ingested) => {
                    let on = logs.branches(&run.log()).all()[ingested.branch as usize];
                    prop_assert_eq!(ingested.head, on.head);
                    Answer::New(ingested.new, ingested.head)
                }
                Err(IngestError::Gap { .. }) => Answer::Gap,
                Err(IngestError::Apart { .. }) => Answer::Apart,
                Err(IngestError::Branches) => Answer::Branches,
                Err(IngestError::Logs(error)) => panic!("{error}"),
            };
            prop_assert_eq!(answer, expected);
            compare(&logs, &oracle);
        }
        let logs = open(&store);
        compare(&logs, &oracle);
        let checked = logs.verify(false, &read_change, &|_, _| Vec::new(), &mut |_, _| {}).unwrap();
        prop_assert!(checked.left == 0 && checked.logs.iter().all(|log| log.faults.is_empty()), "{:?}", checked);
    }

    /// Two nodes that take the same histories, forked or not, in different orders and pieces end with the same vectors,
    /// digests, irregular entries and arrivals.
    #[test]
    fn the_order_of_runs_leaves_no_trace(
        histories in histories(),
        cuts in prop::collection::vec(prop::collection::vec(1..9_u64, 1..40), 2),
        turns in prop::collection::vec(any::<prop::sample::Index>(), 200),
    ) {
        let nodes: Vec<Logs> = cuts.iter().map(|cuts| {
            let logs = open(&MemoryStore::new());
            let mut at: BTreeMap<EntryId, u64> = BTreeMap::new();
            let mut cuts = cuts.iter().cycle();
            let mut take = |author: &Author| {
                let from = at.entry(*author.ids.last().unwrap()).or_default();
                let to = (*from + cuts.next().unwrap()).min(author.ids.len() as u64);
                if to > *from {
                    logs.ingest(&author.run(*from + 1, to)).unwrap();
                }
                *from = to;
                to == author.ids.len() as u64
            };
            turns.iter().for_each(|turn| { take(&histories[turn.index(histories.len())]); });
            histories.iter().for_each(|author| while !take(author) {});
            logs
        }).collect();
        let [a, b] = &nodes[..] else { unreachable!() };
        for in_space in [space(1), space(2)] {
            prop_assert_eq!(a.vector(&in_space).digest(), b.vector(&in_space).digest());
            for number in 0..3 {
                let sorted = |logs: &Logs| {
                    let arrived = logs.arrivals_in(&in_space, &document(number), 0).unwrap();
                    arrived.into_iter().filter_map(|(_, entry)| Some(entry?.id())).collect::<BTreeSet<_>>()
                };
                prop_assert_eq!(sorted(a), sorted(b));
                let record = |logs: &Logs| logs.document_in(&in_space, &document(number)).unwrap();
                prop_assert_eq!(record(a), record(b));
            }
        }
        let irregular = |logs: &Logs| {
            let id = |place: EntryRef| logs.id_on(&place.log, place.branch, place.seq).unwrap().unwrap();
            logs.irregular().unwrap().into_iter().map(id).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(irregular(a), irregular(b));
    }
}
