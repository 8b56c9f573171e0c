//! The logs against a naive oracle: whatever runs come, in whatever order, cut, repeated, forked or spoilt.
//!
//! Held to at every step, and each time the store is opened again:
//! - a log is without gaps, and one history: that which came first;
//! - heads, vectors and digests say exactly what is held, whatever the order in which it came;
//! - every regular entry has arrived once, in the order of arrival, and no irregular one, which are all listed;
//! - where two histories were seen the log is frozen, with a proof that holds unless signatures were spoilt.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/author.rs"]
mod author;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::{
    ActorSeed, Authority, Body, DocumentId, Entry, EntryId, Head, LogId, SpaceId, Vector, VerifiedRun,
};
use accord_store::{IngestError, Logs, MemoryStore};
use author::{Author, PROGRAMME, document, key, read_change, space};
use proptest::prelude::*;

/// What an author does next: what, about which document, and a number that the kind of act makes use of.
type Act = (u8, u8, u8);

/// One delivery: which history, from where, how many, whether the signatures inside are spoilt, and whether the store
/// is opened again before.
type Delivery = (prop::sample::Index, u64, u64, bool, bool);

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
    let acts = |most| prop::collection::vec((0..10_u8, 0..3_u8, any::<u8>()), 1..most);
    let branch = prop::option::weighted(0.4, (any::<prop::sample::Index>(), acts(8)));
    let log = (1..4_u8, 1..3_u8, acts(25), branch);
    prop::collection::vec(log, 1..5).prop_map(|logs| {
        let mut seen = BTreeSet::new();
        let mut histories = Vec::new();
        for (device, in_space, acts, branch) in logs {
            if !seen.insert((device, in_space)) {
                continue;
            }
            let mut author = Author::new(device + 1, space(in_space));
            acts.into_iter().for_each(|next| act(&mut author, next));
            if let Some((at, acts)) = branch {
                let mut other = author.branch(at.index(author.ids.len()));
                // An act that no other history begins with.
                act(&mut other, (0, 77, 0));
                acts.into_iter().for_each(|next| act(&mut other, next));
                histories.push(other);
            }
            histories.push(author);
        }
        histories
    })
}

#[derive(Default)]
struct Oracle {
    logs: BTreeMap<LogId, Vec<Entry>>,
    frozen: BTreeMap<LogId, u64>,
    arrived: BTreeMap<(SpaceId, DocumentId), Vec<(LogId, u64)>>,
    irregular: BTreeSet<(LogId, u64)>,
    spoilt: bool,
}

#[derive(Debug, PartialEq)]
enum Answer {
    New(usize),
    Gap,
    Forked(u64),
}

impl Oracle {
    fn take(&mut self, run: &VerifiedRun) -> Answer {
        if let Some(seq) = self.frozen.get(&run.log()) {
            return Answer::Forked(*seq);
        }
        let held = self.logs.entry(run.log()).or_default();
        if run.first_seq() > held.len() as u64 + 1 {
            return Answer::Gap;
        }
        for (entry, _) in run.entries() {
            let seq = entry.header().seq;
            let differs = |other: &Entry| (other.id() != entry.id()).then_some(seq);
            let before = seq.checked_sub(2).and_then(|at| held.get(at as usize));
            let fork = match held.get(seq as usize - 1) {
                Some(other) => differs(other),
                None => before.filter(|before| entry.header().prev != Some(before.id())).map(|_| seq - 1),
            };
            if let Some(seq) = fork {
                self.frozen.insert(run.log(), seq);
                return Answer::Forked(seq);
            }
            // Only the overlap can differ: after it the run is a chain of its own.
            if seq as usize > held.len() {
                break;
            }
        }
        let fresh: Vec<Entry> = run
            .entries()
            .iter()
            .map(|(e, _)| e.clone())
            .filter(|e| e.header().seq > held.len() as u64)
            .collect();
        for entry in &fresh {
            let held = self.logs.get_mut(&run.log()).unwrap();
            let regular = regular(held, entry);
            held.push(entry.clone());
            let place = (run.log(), entry.header().seq);
            match &entry.header().body {
                Body::Create { document, .. } | Body::Change { document, .. } if regular => {
                    self.arrived.entry((run.log().space, *document)).or_default().push(place);
                }
                _ if regular => {}
                _ => assert!(self.irregular.insert(place)),
            }
        }
        Answer::New(fresh.len())
    }

    fn vector(&self, space: &SpaceId) -> Vector {
        let held = self.logs.iter().filter(|(log, held)| log.space == *space && !held.is_empty());
        held.map(|(log, held)| (log.device, head(held))).collect()
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
    Logs::open(Arc::new(store.clone()), PROGRAMME, key(1).id(), None).unwrap()
}

fn compare(logs: &Logs, oracle: &Oracle) {
    for in_space in [space(1), space(2)] {
        let vector = oracle.vector(&in_space);
        assert_eq!(logs.vector(&in_space).digest(), vector.digest());
        assert_eq!(logs.vector(&in_space), vector);
        for number in 0..3 {
            let expected = oracle.arrived.get(&(in_space, document(number))).cloned().unwrap_or_default();
            let arrived = logs.arrivals_in(&in_space, &document(number), 0).unwrap();
            let arrived: Vec<_> = arrived.iter().map(|(place, _)| (place.log, place.seq)).collect();
            assert_eq!(arrived, expected);
            let record = logs.document_in(&in_space, &document(number)).unwrap();
            assert_eq!(record.as_ref().map_or(0, |record| record.arrived), expected.len() as u64);
            let kinds: BTreeSet<String> = expected
                .iter()
                .filter_map(|(log, seq)| match &oracle.logs[log][*seq as usize - 1].header().body {
                    Body::Create { kind, .. } => Some(kind.clone()),
                    _ => None,
                })
                .collect();
            let one = if kinds.len() == 1 { kinds.first().cloned() } else { None };
            assert_eq!(record.as_ref().and_then(|record| record.kind.clone()), one);
            assert_eq!(record.is_some_and(|record| record.disputed), kinds.len() > 1);
        }
    }
    for (log, held) in &oracle.logs {
        let read = logs.read(log, (1, u64::MAX), 1000, 1 << 20).unwrap();
        assert_eq!(&read, held);
    }
    let irregular: BTreeSet<_> = logs.irregular().unwrap().iter().map(|p| (p.log, p.seq)).collect();
    assert_eq!(irregular, oracle.irregular);
    let forks: BTreeMap<LogId, u64> = logs.forks().into_iter().collect();
    assert_eq!(forks, oracle.frozen);
    for log in oracle.logs.keys() {
        let proof = logs.fork_proof(log).unwrap();
        assert_eq!(proof.is_some(), forks.contains_key(log));
        assert!(proof.is_none_or(|proof| proof.holds() || oracle.spoilt));
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
        deliveries in prop::collection::vec(any::<(prop::sample::Index, u64, u64, bool, bool)>()
            .prop_map(|(which, from, len, spoilt, reopened)| (which, from, len % 12, spoilt && from % 2 == 0, reopened)), 1..60),
    ) {
        let store = MemoryStore::new();
        let (mut logs, mut oracle) = (open(&store), Oracle::default());
        for delivery in &deliveries {
            if delivery.4 {
                logs = open(&store);
            }
            oracle.spoilt |= delivery.3;
            let run = deliver(&histories, delivery);
            let expected = oracle.take(&run);
            let answer = match logs.ingest(&run) {
                Ok(ingested) => {
                    prop_assert_eq!(ingested.head, head(&oracle.logs[&run.log()]));
                    Answer::New(ingested.new)
                }
                Err(IngestError::Gap { .. }) => Answer::Gap,
                Err(IngestError::Forked { seq }) => Answer::Forked(seq),
                Err(IngestError::Logs(error)) => panic!("{error}"),
            };
            prop_assert_eq!(answer, expected);
            compare(&logs, &oracle);
        }
        compare(&open(&store), &oracle);
    }

    /// Two nodes that take the same honest histories in different orders and pieces end with the same vectors,
    /// digests, irregular entries and arrivals.
    #[test]
    fn the_order_of_runs_leaves_no_trace(
        histories in histories(),
        cuts in prop::collection::vec(prop::collection::vec(1..9_u64, 1..40), 2),
        turns in prop::collection::vec(any::<prop::sample::Index>(), 200),
    ) {
        // One history of each log: which of two comes first is meant to leave a trace.
        let one: BTreeMap<LogId, Author> = histories.into_iter().map(|author| (author.log(), author)).collect();
        let nodes: Vec<Logs> = cuts.iter().map(|cuts| {
            let logs = open(&MemoryStore::new());
            let mut at: BTreeMap<LogId, u64> = BTreeMap::new();
            let mut cuts = cuts.iter().cycle();
            let mut take = |author: &Author| {
                let from = at.entry(author.log()).or_default();
                let to = (*from + cuts.next().unwrap()).min(author.ids.len() as u64);
                if to > *from {
                    logs.ingest(&author.run(*from + 1, to)).unwrap();
                }
                *from = to;
                to == author.ids.len() as u64
            };
            turns.iter().for_each(|turn| { take(one.values().nth(turn.index(one.len())).unwrap()); });
            one.values().for_each(|author| while !take(author) {});
            logs
        }).collect();
        let [a, b] = &nodes[..] else { unreachable!() };
        for in_space in [space(1), space(2)] {
            prop_assert_eq!(a.vector(&in_space).digest(), b.vector(&in_space).digest());
            for number in 0..3 {
                let sorted = |logs: &Logs| {
                    let arrived = logs.arrivals_in(&in_space, &document(number), 0).unwrap();
                    arrived.into_iter().map(|(place, _)| place).collect::<BTreeSet<_>>()
                };
                prop_assert_eq!(sorted(a), sorted(b));
                let record = |logs: &Logs| logs.document_in(&in_space, &document(number)).unwrap();
                prop_assert_eq!(record(a), record(b));
            }
        }
        let irregular = |logs: &Logs| logs.irregular().unwrap().into_iter().collect::<BTreeSet<_>>();
        prop_assert_eq!(irregular(a), irregular(b));
    }
}
