//! Engines whose disks hold forked logs: entries with real headers, unsigned, and every history written out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use accord_core::{
    Authority, Body, DocumentId, EntryId, Head, Header, LogId, Signature, SignedEntry, encode,
};
use accord_sync::{
    Access, Claim, Effect, Engine, Event, Found, Frame, Held, Look, MAX_BRANCHES, Packed, Portion, Prefix,
    Refusal, SentOf, pack_frame, pack_run,
};

use super::{PROGRAMME, device};

/// One history, from its first entry.
pub type History = Vec<SignedEntry>;

/// Writes the history of `log` on, `upto` a position; entries differ by `mark`.
pub fn write_on(log: &LogId, mut history: History, upto: u64, mark: u8) -> History {
    while (history.len() as u64) < upto {
        let header = Header {
            programme: PROGRAMME,
            space: log.space,
            device: log.device,
            seq: history.len() as u64 + 1,
            prev: history.last().map(id),
            authority: Authority::Genesis,
            body: Body::Create { document: DocumentId([mark; 16]), kind: "note".into() },
        };
        let header = encode(&header);
        history.push(SignedEntry { header, signature: Signature([0; 64]), payload: Vec::new() });
    }
    history
}

pub fn id(entry: &SignedEntry) -> EntryId {
    Header::id_of(&entry.header)
}

pub fn head(history: &[SignedEntry]) -> Head {
    Head { seq: history.len() as u64, id: id(history.last().unwrap()) }
}

/// The logs of a node, each with all its histories.
#[derive(Clone, Default)]
pub struct Disk(pub BTreeMap<LogId, Vec<History>>);

impl Disk {
    pub fn heads(&self, log: &LogId) -> Vec<Head> {
        let mut heads: Vec<Head> = self.0.get(log).into_iter().flatten().map(|h| head(h)).collect();
        heads.sort_unstable();
        heads
    }

    fn with(&self, log: &LogId, claim: &Claim) -> Option<&History> {
        let at = usize::try_from(claim.seq).unwrap() - 1;
        let is = |history: &&History| history.get(at).is_some_and(|e| Prefix::entry(&id(e)) == claim.id);
        self.0.get(log)?.iter().find(is)
    }

    fn write(&mut self, log: &LogId, run: &[SignedEntry]) -> Result<(), Refusal> {
        let first = Header::from_bytes(&run[0].header).unwrap();
        let before = usize::try_from(first.seq).unwrap() - 1;
        let histories = self.0.entry(*log).or_default();
        let base = match first.prev {
            None => Vec::new(),
            Some(prev) => {
                let has = |history: &&History| history.get(before - 1).is_some_and(|e| id(e) == prev);
                histories.iter().find(has).ok_or(Refusal::Gap)?[..before].to_vec()
            }
        };
        let whole = [base, run.to_vec()].concat();
        let starts = |history: &History| history.iter().zip(&whole).all(|(a, b)| id(a) == id(b));
        if histories.iter().any(|history| history.len() >= whole.len() && starts(history)) {
            return Ok(());
        }
        if let Some(short) = histories.iter_mut().find(|history| starts(history)) {
            *short = whole;
        } else if histories.len() >= MAX_BRANCHES {
            return Err(Refusal::Forked("too many".into()));
        } else {
            histories.push(whole);
        }
        Ok(())
    }

    fn look(&self, log: &LogId, look: Look) -> Found {
        match look {
            Look::Ids { of, at } => {
                let history = self.with(log, &of).cloned().unwrap_or_default();
                let id =
                    |seq: u64| Some(Head { seq, id: id(history.get(usize::try_from(seq).unwrap() - 1)?) });
                Found::Ids { of, ids: at.into_iter().filter_map(id).collect() }
            }
            Look::Held(points) => {
                let held = points.iter().filter(|point| self.with(log, point).is_some());
                let last = held.map(|point| point.seq).max();
                Found::Held { points, last }
            }
        }
    }
}

pub struct Node {
    pub engine: Engine,
    pub disk: Disk,
    pub refused: Vec<(LogId, Refusal)>,
}

/// Nodes in memory. Frames on a link that is held back wait there.
pub struct Net {
    pub nodes: Vec<Node>,
    pub frames: Vec<(usize, usize, Frame)>,
    pub held_back: BTreeMap<(usize, usize), VecDeque<Vec<u8>>>,
    /// What never arrives.
    pub lost: Vec<fn(usize, usize, &Frame) -> bool>,
    pub queue: VecDeque<(usize, Event)>,
    access: Vec<Access>,
}

impl Net {
    pub fn new(nodes: Vec<(Access, Disk)>) -> Self {
        let access = nodes.iter().map(|(access, _)| access.clone()).collect();
        let mut net = Self {
            nodes: Vec::new(),
            frames: Vec::new(),
            held_back: BTreeMap::new(),
            lost: Vec::new(),
            queue: VecDeque::new(),
            access,
        };
        net.nodes = nodes.into_iter().enumerate().map(|(n, (access, disk))| begin(n, access, disk)).collect();
        net
    }

    /// Begins anew with what the disk holds.
    pub fn restart(&mut self, node: usize) {
        let disk = self.nodes[node].disk.clone();
        self.nodes[node] = begin(node, self.access[node].clone(), disk);
        for other in (0..self.nodes.len()).filter(|other| *other != node) {
            self.feed(other, Event::Disconnected { peer: device(node) });
        }
        self.run();
    }

    pub fn connect(&mut self, a: usize, b: usize) {
        self.feed(a, Event::Connected { peer: device(b) });
        self.feed(b, Event::Connected { peer: device(a) });
        self.run();
    }

    /// The node's own home writes on.
    pub fn append(&mut self, node: usize, log: LogId, history: History) {
        let last = head(&history);
        self.nodes[node].disk.0.insert(log, vec![history]);
        self.feed(node, Event::Appended { log, head: last });
        self.run();
    }

    /// Keeps what `a` sends to `b` from arriving, until [`Self::release`].
    pub fn hold(&mut self, a: usize, b: usize) {
        self.held_back.entry((a, b)).or_default();
    }

    pub fn release(&mut self, a: usize, b: usize) {
        for bytes in self.held_back.remove(&(a, b)).unwrap_or_default() {
            self.queue.push_back((b, Event::Frame { peer: device(a), bytes }));
        }
        self.run();
    }

    /// Lets a frame of `a` arrive at `b` as if it had sent it.
    pub fn inject(&mut self, a: usize, b: usize, frame: &Frame) {
        self.queue.push_back((b, Event::Frame { peer: device(a), bytes: frame.to_bytes() }));
        self.run();
    }

    pub fn in_step(&self) -> bool {
        self.nodes.iter().all(|node| node.engine.status().values().all(accord_sync::PeerStatus::in_step))
    }

    /// That all hold the same heads of a log; gives how many.
    pub fn branches(&self, log: &LogId) -> usize {
        let heads: BTreeSet<Vec<Head>> = self.nodes.iter().map(|node| node.disk.heads(log)).collect();
        assert_eq!(heads.len(), 1, "all hold the same: {heads:?}");
        heads.first().unwrap().len()
    }

    pub fn run(&mut self) {
        let mut steps = 0;
        while let Some((node, event)) = self.queue.pop_front() {
            self.feed(node, event);
            steps += 1;
            assert!(steps < 20_000, "they never come to rest");
        }
    }

    pub fn feed(&mut self, node: usize, event: Event) {
        for effect in self.nodes[node].engine.handle(Duration::ZERO, event) {
            self.carry_out(node, effect);
        }
    }

    fn send(&mut self, node: usize, other: usize, bytes: Vec<u8>) {
        let frame = Frame::from_bytes(&bytes).unwrap();
        let lost = self.lost.iter().any(|lost| lost(node, other, &frame));
        self.frames.push((node, other, frame));
        match self.held_back.get_mut(&(node, other)) {
            _ if lost => {}
            Some(waiting) => waiting.push_back(bytes),
            None => self.queue.push_back((other, Event::Frame { peer: device(node), bytes })),
        }
    }

    /// Three entries at a time, so that runs go on; none if the first does not follow what it has to.
    fn read(
        &self,
        node: usize,
        log: &LogId,
        (from, to): (u64, u64),
        on: Option<Claim>,
        after: Option<Prefix>,
    ) -> Option<Vec<SignedEntry>> {
        let disk = &self.nodes[node].disk;
        let history = match on {
            Some(on) => disk.with(log, &on).cloned(),
            None => disk.0.get(log).and_then(|histories| histories.first()).cloned(),
        };
        let history = history.unwrap_or_default();
        let (from_at, to) = (usize::try_from(from).unwrap() - 1, usize::try_from(to).unwrap());
        let before = from_at.checked_sub(1).and_then(|at| history.get(at));
        if let (Some(after), Some(before)) = (after, before)
            && Prefix::entry(&id(before)) != after
        {
            return None;
        }
        Some(history.iter().take(to).skip(from_at).take(3).cloned().collect())
    }

    fn carry_out(&mut self, node: usize, effect: Effect) {
        let number = |peer: accord_core::DeviceId| usize::from(peer.0[0]) - 1;
        match effect {
            Effect::Send { peer, bytes } => self.send(node, number(peer), bytes),
            Effect::SendRun { peer, log, from, to, on, after, .. } => {
                let Some(run) = self.read(node, &log, (from, to), on, after) else {
                    return self.queue.push_back((node, Event::Parted { peer, log }));
                };
                let last = (!run.is_empty()).then(|| from + run.len() as u64 - 1);
                if last.is_some() {
                    self.send(node, number(peer), pack_run(&log, from, &run));
                }
                self.queue.push_back((node, Event::RunSent { peer, log, last }));
            }
            Effect::Ingest { peer, log, entries } => {
                let written = self.nodes[node].disk.write(&log, &entries);
                let held = self.nodes[node].disk.heads(&log);
                let event = match written {
                    Ok(()) => Event::Ingested { peer, log, offer: held.clone(), held },
                    Err(reason) => Event::Refused { peer, log, reason },
                };
                self.queue.push_back((node, event));
            }
            Effect::SendPack { peer, space, logs, .. } => {
                let (mut sent, mut packed, mut lists) = (Vec::new(), Vec::new(), Vec::new());
                for Portion { log, from, to, on, after } in logs {
                    let read = self.read(node, &log, (from, to), on, after);
                    let upto = read
                        .as_ref()
                        .and_then(|run| run.last().map(|last| (from + run.len() as u64 - 1, id(last))));
                    sent.push(match (read, upto) {
                        (None, _) => (log, SentOf::Parted),
                        (_, None) => (log, SentOf::Nothing),
                        (Some(run), Some((to, end))) => {
                            let end = Prefix::entry(&end);
                            packed.push(Packed { device: log.device, from, to, end });
                            lists.push(run);
                            (log, SentOf::Upto(to))
                        }
                    });
                }
                if !packed.is_empty() {
                    self.send(node, number(peer), pack_frame(&space, packed, accord_core::encode(&lists)));
                }
                self.queue.push_back((node, Event::PackSent { peer, space, logs: sent }));
            }
            Effect::IngestPack { peer, logs, bytes, .. } => {
                let lists: Vec<Vec<SignedEntry>> = accord_core::decode(&bytes).unwrap();
                for entries in lists {
                    let device = Header::from_bytes(&entries[0].header).unwrap().device;
                    let stretch = logs.iter().find(|stretch| stretch.log.device == device);
                    if let Some(log) = stretch.map(|stretch| stretch.log) {
                        self.carry_out(node, Effect::Ingest { peer, log, entries });
                    }
                }
            }
            Effect::Look { peer, log, look } => {
                let found = self.nodes[node].disk.look(&log, look);
                self.queue.push_back((node, Event::Looked { peer, log, found }));
            }
            Effect::OwnAhead { .. } => {}
            Effect::Mend { .. } => unreachable!("nothing is lost here"),
            Effect::RefusedByPeer { log, reason, .. } => self.nodes[node].refused.push((log, reason)),
            Effect::Close { peer, .. } => {
                self.queue.push_back((number(peer), Event::Disconnected { peer: device(node) }));
            }
        }
    }
}

fn begin(number: usize, access: Access, disk: Disk) -> Node {
    let held = disk.0.keys().map(|log| {
        let heads = disk.heads(log);
        Held { log: *log, offer: heads.clone(), heads }
    });
    let engine = Engine::new(PROGRAMME, device(number), access, held.collect::<Vec<_>>());
    Node { engine, disk, refused: Vec::new() }
}
