//! Engines that talk to each other in memory, with drivers that keep entries and verify nothing: for what can be seen
//! of the engine alone. The simulation has the real thing.

#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

pub mod tree;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use accord_core::{
    DeviceId, Head, Header, LogId, ProgrammeId, Signature, SignedEntry, SpaceId, governance_space,
};
use accord_sync::{
    Access, Authors, Claim, CloseReason, Effect, Engine, Event, Found, Frame, Gap, Held, Look, Packed,
    Prefix, Reader, Refusal, SentOf, pack_frame, pack_run,
};

pub const PROGRAMME: ProgrammeId = ProgrammeId([9; 32]);

pub fn device(number: usize) -> DeviceId {
    DeviceId([u8::try_from(number).unwrap() + 1; 32])
}

pub fn space(number: usize) -> SpaceId {
    SpaceId([u8::try_from(number).unwrap() + 100; 32])
}

pub fn governance() -> SpaceId {
    governance_space(&PROGRAMME)
}

pub fn log(space: SpaceId, author: usize) -> LogId {
    LogId { space, device: device(author) }
}

pub fn entry(log: &LogId, seq: u64) -> SignedEntry {
    let mut header = log.space.0[..4].to_vec();
    header.extend_from_slice(&log.device.0[..4]);
    header.extend_from_slice(&seq.to_be_bytes());
    SignedEntry { header, signature: Signature([0; 64]), payload: vec![1; 20] }
}

pub fn head(log: &LogId, seq: u64) -> Head {
    Head { seq, id: Header::id_of(&entry(log, seq).header) }
}

/// A view in which `devices` read `spaces` and governance, seen by device `me`.
pub fn access(me: usize, devices: usize, spaces: &[SpaceId]) -> Access {
    let own: BTreeSet<SpaceId> = spaces.iter().copied().chain([governance()]).collect();
    let reader = Reader { organisation: None, reads: own.clone() };
    let others = (0..devices).filter(|other| *other != me);
    let all: BTreeSet<DeviceId> = (0..devices).map(device).collect();
    let mut authors: BTreeMap<SpaceId, Authors> =
        spaces.iter().map(|space| (*space, Authors::Only(all.clone()))).collect();
    authors.insert(governance(), Authors::Anybody);
    let devices = others.map(|other| (device(other), reader.clone())).collect();
    Access { own, devices, authors, limits: BTreeMap::new(), at_most: BTreeMap::new() }
}

pub struct Node {
    pub engine: Engine,
    pub store: BTreeMap<LogId, u64>,
    /// What it was told to refuse.
    pub refuses: BTreeSet<LogId>,
    /// Ingests that it has not answered, if it holds them back.
    pub holds_back: bool,
    pub waiting: Vec<Event>,
    pub closed: Vec<(DeviceId, CloseReason)>,
    pub refused_by: Vec<(DeviceId, LogId, Refusal)>,
    pub received: Vec<(DeviceId, LogId, u64)>,
    /// What it held and lost.
    pub lost: BTreeSet<(LogId, u64)>,
}

pub struct Net {
    pub nodes: Vec<Node>,
    pub now: Duration,
    pub frames: Vec<(usize, usize, Frame)>,
    /// Runs that were sent, whatever became of them: from whom, to whom, of which log, and from where on.
    pub runs: Vec<(usize, usize, LogId, u64)>,
    /// Peers that send no entries, however they are asked.
    pub mute: BTreeSet<usize>,
    pub queue: VecDeque<(usize, Event)>,
}

impl Net {
    pub fn new(views: Vec<Access>) -> Self {
        Self::holding(views.into_iter().map(|view| (view, Vec::new())).collect())
    }

    pub fn holding(nodes: Vec<(Access, Vec<(LogId, u64)>)>) -> Self {
        let node = |(number, (view, logs)): (usize, (Access, Vec<(LogId, u64)>))| {
            let held = logs.iter().map(|(log, seq)| {
                let head = head(log, *seq);
                Held { log: *log, heads: vec![head], offer: vec![head] }
            });
            Node {
                engine: Engine::new(PROGRAMME, device(number), view, held),
                store: logs.into_iter().collect(),
                refuses: BTreeSet::new(),
                holds_back: false,
                waiting: Vec::new(),
                closed: Vec::new(),
                refused_by: Vec::new(),
                received: Vec::new(),
                lost: BTreeSet::new(),
            }
        };
        Self {
            nodes: nodes.into_iter().enumerate().map(node).collect(),
            now: Duration::ZERO,
            frames: Vec::new(),
            runs: Vec::new(),
            mute: BTreeSet::new(),
            queue: VecDeque::new(),
        }
    }

    pub fn connect(&mut self, a: usize, b: usize) {
        self.feed(a, Event::Connected { peer: device(b) });
        self.feed(b, Event::Connected { peer: device(a) });
        self.run();
    }

    pub fn disconnect(&mut self, a: usize, b: usize) {
        self.feed(a, Event::Disconnected { peer: device(b) });
        self.feed(b, Event::Disconnected { peer: device(a) });
        self.run();
    }

    pub fn append(&mut self, node: usize, space: SpaceId, count: u64) {
        let log = log(space, node);
        let seq = self.nodes[node].store.entry(log).or_default();
        *seq += count;
        let head = head(&log, *seq);
        self.feed(node, Event::Appended { log, head });
        self.run();
    }

    pub fn tick(&mut self, after: Duration) {
        self.now += after;
        for node in 0..self.nodes.len() {
            self.feed(node, Event::Tick);
        }
        self.run();
    }

    pub fn see(&mut self, node: usize, view: Access) {
        self.feed(node, Event::AccessChanged(view));
        self.run();
    }

    pub fn held(&self, node: usize, log: &LogId) -> u64 {
        self.nodes[node].store.get(log).copied().unwrap_or(0)
    }

    /// A disk loses entries.
    pub fn lose(&mut self, node: usize, log: LogId, seqs: impl IntoIterator<Item = u64>) {
        self.nodes[node].lost.extend(seqs.into_iter().map(|seq| (log, seq)));
        let gaps = self.gaps(node, &log);
        self.feed(node, Event::Lost { log, gaps });
        self.run();
    }

    fn gaps(&self, node: usize, log: &LogId) -> Vec<Gap> {
        let of = Claim::from(head(log, self.held(node, log)));
        let mut gaps: Vec<Gap> = Vec::new();
        for (_, seq) in self.nodes[node].lost.iter().filter(|(of, _)| of == log) {
            match gaps.last_mut() {
                Some(gap) if gap.to + 1 == *seq => gap.to = *seq,
                _ => gaps.push(Gap { from: *seq, to: *seq, of }),
            }
        }
        gaps
    }

    /// Answers what was held back.
    pub fn answer(&mut self, node: usize) {
        self.nodes[node].holds_back = false;
        for event in std::mem::take(&mut self.nodes[node].waiting) {
            self.feed(node, event);
        }
        self.run();
    }

    pub fn feed(&mut self, node: usize, event: Event) {
        let effects = self.nodes[node].engine.handle(self.now, event);
        for effect in effects {
            self.carry_out(node, effect);
        }
    }

    pub fn run(&mut self) {
        while let Some((node, event)) = self.queue.pop_front() {
            self.feed(node, event);
        }
    }

    fn find(&self, node: usize, log: &LogId, look: Look) -> Found {
        let held = self.held(node, log);
        let is_held = |claim: &Claim| claim.seq <= held && Claim::from(head(log, claim.seq)) == *claim;
        match look {
            Look::Ids { of, at } if is_held(&of) => {
                Found::Ids { of, ids: at.into_iter().map(|seq| head(log, seq)).collect() }
            }
            Look::Ids { of, .. } => Found::Ids { of, ids: Vec::new() },
            Look::Held(points) => {
                let last = points.iter().filter(|point| is_held(point)).map(|point| point.seq).max();
                Found::Held { points, last }
            }
        }
    }

    fn number(&self, peer: &DeviceId) -> usize {
        usize::from(peer.0[0]) - 1
    }

    fn carry_out(&mut self, node: usize, effect: Effect) {
        let me = device(node);
        match effect {
            Effect::Send { peer, bytes } => {
                let other = self.number(&peer);
                self.frames.push((node, other, Frame::from_bytes(&bytes).unwrap()));
                self.queue.push_back((other, Event::Frame { peer: me, bytes }));
            }
            Effect::SendRun { peer, log, from, to, least, .. } => {
                if self.mute.contains(&node) {
                    return;
                }
                // Three entries at a time, so that runs go on. What was lost goes no further than it has to.
                let last = least.unwrap_or(to).min(to).min(from + 2).min(self.held(node, &log));
                let lost = (from..=last).find(|seq| self.nodes[node].lost.contains(&(log, *seq)));
                let last = lost.map_or(last, |lost| lost - 1);
                if last < from {
                    self.queue.push_back((node, Event::RunSent { peer, log, last: None }));
                    return;
                }
                let entries: Vec<SignedEntry> = (from..=last).map(|seq| entry(&log, seq)).collect();
                let other = self.number(&peer);
                self.runs.push((node, other, log, from));
                self.queue
                    .push_back((other, Event::Frame { peer: me, bytes: pack_run(&log, from, &entries) }));
                self.queue.push_back((node, Event::RunSent { peer, log, last: Some(last) }));
            }
            Effect::SendPack { peer, space, logs, .. } => {
                if self.mute.contains(&node) {
                    return;
                }
                let mut sent = Vec::new();
                let (mut packed, mut lists) = (Vec::new(), Vec::new());
                // A hundred entries of one log at a time, so that packs go on.
                for portion in logs {
                    let log = portion.log;
                    if !packed.is_empty() {
                        sent.push((log, SentOf::Later));
                        continue;
                    }
                    let last = portion.to.min(portion.from + 99).min(self.held(node, &log));
                    let entries: Vec<SignedEntry> =
                        (portion.from..=last).map(|seq| entry(&log, seq)).collect();
                    let end = Prefix::entry(&head(&log, last).id);
                    packed.push(Packed { device: log.device, from: portion.from, to: last, end });
                    lists.push(entries);
                    sent.push((log, SentOf::Upto(last)));
                }
                let other = self.number(&peer);
                let bytes = pack_frame(&space, packed, accord_core::encode(&lists));
                self.frames.push((node, other, Frame::from_bytes(&bytes).unwrap()));
                self.queue.push_back((other, Event::Frame { peer: me, bytes }));
                self.queue.push_back((node, Event::PackSent { peer, space, logs: sent }));
            }
            Effect::IngestPack { peer, logs, bytes, .. } => {
                let lists: Vec<Vec<SignedEntry>> = accord_core::decode(&bytes).unwrap();
                for (stretch, entries) in logs.iter().zip(lists) {
                    self.carry_out(node, Effect::Ingest { peer, log: stretch.log, entries });
                }
            }
            Effect::Ingest { peer, log, entries } => {
                let it = &mut self.nodes[node];
                let last = u64::from_be_bytes(entries.last().unwrap().header[8..16].try_into().unwrap());
                let first = u64::from_be_bytes(entries[0].header[8..16].try_into().unwrap());
                it.received.extend((first..=last).map(|seq| (peer, log, seq)));
                let event = if it.refuses.contains(&log) {
                    Event::Refused { peer, log, reason: Refusal::Invalid("so it was told".into()) }
                } else {
                    let held = it.store.entry(log).or_default();
                    assert!(first <= *held + 1, "a gap reached the driver");
                    *held = last.max(*held);
                    let head = head(&log, *held);
                    Event::Ingested { peer, log, held: vec![head], offer: vec![head] }
                };
                if it.holds_back {
                    it.waiting.push(event);
                } else {
                    self.queue.push_back((node, event));
                }
            }
            Effect::Mend { peer, log, entries } => {
                for entry in entries {
                    let seq = u64::from_be_bytes(entry.header[8..16].try_into().unwrap());
                    self.nodes[node].received.push((peer, log, seq));
                    self.nodes[node].lost.remove(&(log, seq));
                }
                let gaps = self.gaps(node, &log);
                self.queue.push_back((node, Event::Mended { peer, log, gaps }));
            }
            Effect::Look { peer, log, look } => {
                let found = self.find(node, &log, look);
                self.queue.push_back((node, Event::Looked { peer, log, found }));
            }
            Effect::OwnAhead { .. } => {}
            Effect::RefusedByPeer { peer, log, reason } => {
                self.nodes[node].refused_by.push((peer, log, reason))
            }
            Effect::Close { peer, reason } => {
                self.nodes[node].closed.push((peer, reason));
                let other = self.number(&peer);
                self.queue.push_back((other, Event::Disconnected { peer: me }));
            }
        }
    }
}
