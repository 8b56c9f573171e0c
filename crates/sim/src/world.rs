//! The world: virtual time, and everything that happens in it, in one queue.

mod driving;
mod governing;
mod links;
mod packing;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use accord_core::governance::Governance;
use accord_core::{DeviceId, EntryId, Head, LogId, ProgrammeId};
use accord_sync::{Claim, Event, Look, Prefix, Refusal};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::node::Node;
use crate::scenario::Action;
use crate::{Disk, Failure, Founding, Mischief, Party, Stats};
use links::{End, Link, LinkId};

/// How slow things are.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The least and the most time that a frame takes on a link.
    pub delay: (Duration, Duration),
    /// The most time that a disk takes to sync.
    pub disk: Duration,
    /// The most time that a disk takes to read a run.
    pub read: Duration,
    /// How likely two nodes that could connect do so, each half second.
    pub dial: f64,
    /// From how many missing entries on packs are sent. In a small world nobody would meet one otherwise.
    pub pack_from: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            delay: (Duration::from_millis(2), Duration::from_millis(150)),
            disk: Duration::from_millis(20),
            read: Duration::from_millis(5),
            dial: 0.7,
            pack_from: accord_sync::PACK_FROM,
        }
    }
}

/// Something that is going to happen.
#[derive(Debug)]
pub(crate) enum What {
    Arrive { link: LinkId, number: u64, end: End, bytes: Vec<u8>, ids: Vec<EntryId> },
    Closed { link: LinkId, number: u64, end: End },
    Synced { node: usize, life: u64, log: LogId, upto: Head, from: Option<DeviceId> },
    Refused { node: usize, life: u64, peer: DeviceId, log: LogId, reason: Refusal },
    RunReady { node: usize, life: u64, number: u64, order: Order },
    PackReady { node: usize, life: u64, number: u64, order: packing::PackOrder },
    Looked { node: usize, life: u64, peer: DeviceId, log: LogId, look: Look },
    Tick,
    Dial,
    Act(Action),
}

/// A run that an engine ordered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub(crate) peer: DeviceId,
    pub(crate) log: LogId,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) on: Option<Claim>,
    pub(crate) after: Option<Prefix>,
    pub(crate) max: usize,
}

/// A simulated network of nodes.
#[derive(Debug)]
pub struct World {
    pub(crate) programme: ProgrammeId,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) now: Duration,
    /// How much further each node's clock is than the world's.
    pub(crate) clocks: BTreeMap<usize, Duration>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) index: BTreeMap<DeviceId, usize>,
    pub(crate) links: BTreeMap<LinkId, Link>,
    /// Devices whose home was copied, and runs twice.
    pub(crate) twins: BTreeSet<DeviceId>,
    /// Whether organisations come and go in it, and spaces are opened and closed to them.
    pub(crate) governed: bool,
    /// Entries that were signed with a stolen key, and that their author knows nothing of.
    pub(crate) stolen: BTreeSet<EntryId>,
    /// Nodes that break the rules.
    pub(crate) hostile: BTreeSet<usize>,
    /// What each device has signed at each place, and shown.
    pub(crate) signed: BTreeMap<(LogId, u64), EntryId>,
    pub(crate) failure: Option<Failure>,
    /// Which side of a partition each node is on.
    pub(crate) sides: Option<Vec<usize>>,
    settings: Settings,
    queue: BTreeMap<(Duration, u64), What>,
    next: u64,
    /// How many events of the queue are not ticks or dials.
    busy: usize,
    connections: u64,
    stats: Stats,
}

impl World {
    /// A world with the devices of `founding`, each of which holds all of its governance.
    pub fn new(founding: &Founding, seed: u64, settings: Settings) -> Self {
        let mut world = Self {
            programme: founding.programme,
            rng: ChaCha8Rng::seed_from_u64(seed),
            now: Duration::ZERO,
            clocks: BTreeMap::new(),
            nodes: Vec::new(),
            index: BTreeMap::new(),
            links: BTreeMap::new(),
            twins: BTreeSet::new(),
            governed: false,
            stolen: BTreeSet::new(),
            hostile: BTreeSet::new(),
            signed: BTreeMap::new(),
            failure: None,
            sides: None,
            settings,
            queue: BTreeMap::new(),
            next: 0,
            busy: 0,
            connections: 0,
            stats: Stats::default(),
        };
        let folded = Rc::new(founding.governance.clone());
        for party in &founding.parties {
            world.insert(Node::new(party.clone(), founding.disk.clone(), Rc::clone(&folded)));
        }
        world.schedule(Duration::ZERO, What::Dial);
        world.schedule(Duration::from_secs(1), What::Tick);
        world
    }

    /// Adds a node that holds nothing and knows only who invited it. Gives its number.
    pub(crate) fn add_newcomer(&mut self, party: Party, inviting: DeviceId) -> usize {
        let mut node = Node::new(party, Disk::default(), Rc::new(Governance::new(self.programme)));
        node.invited_by.insert(inviting);
        self.insert(node)
    }

    /// Copies the home of a node, which runs twice from now on: neither knows of the other. They may not have a link to
    /// one and the same node, since that could not tell them apart. Gives the number of the copy.
    pub fn copy_home(&mut self, node: usize) -> usize {
        let of = &self.nodes[node];
        let mut copy = Node::new(of.party.clone(), of.disk.clone(), Rc::clone(&of.folded));
        copy.changes = of.changes;
        copy.disk.crash();
        self.twins.insert(copy.id());
        self.insert(copy)
    }

    fn insert(&mut self, mut node: Node) -> usize {
        let number = self.nodes.len();
        node.pack_from = self.settings.pack_from;
        node.start(self.programme);
        self.index.entry(node.id()).or_insert(number);
        self.nodes.push(node);
        number
    }

    /// Lets two nodes connect to each other whenever they can.
    pub fn link(&mut self, a: usize, b: usize) {
        self.links.entry((a.min(b), a.max(b))).or_default();
    }

    /// Takes away a link on which there is no connection yet.
    pub(crate) fn unlink(&mut self, a: usize, b: usize) {
        self.links.remove(&(a.min(b), a.max(b)));
    }

    /// Lets a node misbehave.
    pub fn misbehave(&mut self, node: usize, mischief: Mischief) {
        self.nodes[node].mischief = Some(mischief);
    }

    /// What was counted so far.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Counts from nothing.
    pub fn reset_stats(&mut self) {
        self.stats = Stats::default();
    }

    /// The time since the world began.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The programme.
    pub fn programme(&self) -> ProgrammeId {
        self.programme
    }

    /// The device of a node.
    pub fn device(&self, node: usize) -> DeviceId {
        self.nodes[node].id()
    }

    /// The disk of a node.
    pub fn disk(&self, node: usize) -> &Disk {
        &self.nodes[node].disk
    }

    /// The engine of a node; none while it is down.
    pub fn engine(&self, node: usize) -> Option<&accord_sync::Engine> {
        self.nodes[node].running.as_ref().map(|running| &running.engine)
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// [`Failure`] if something happened meanwhile that must never happen.
    pub fn run_until(&mut self, until: Duration) -> Result<(), Failure> {
        while self.failure.is_none() && self.queue.first_key_value().is_some_and(|((at, _), _)| *at <= until)
        {
            self.step();
        }
        self.now = self.now.max(until);
        self.failure.clone().map_or(Ok(()), Err)
    }

    /// Lets time pass until nothing is under way and all links that can stand do, and then checks that all nodes are
    /// in step. Gives the time when that was.
    ///
    /// # Errors
    /// [`Failure`] if they are not, or something happened meanwhile that must never happen.
    pub fn run_until_quiet(&mut self) -> Result<Duration, Failure> {
        let limit = self.now + Duration::from_secs(300);
        while self.failure.is_none() && (self.busy > 0 || self.could_connect()) {
            if self.now > limit {
                return Err(Failure("the network never became quiet".into()));
            }
            self.step();
        }
        if let Some(failure) = self.failure.clone() {
            return Err(failure);
        }
        if self.governed {
            self.check_governed()?
        } else {
            self.check_converged()?
        }
        Ok(self.now)
    }

    /// Whether something is under way.
    pub fn is_busy(&self) -> bool {
        self.busy > 0
    }

    /// Lets the next thing happen.
    pub fn step(&mut self) {
        let Some(((at, _), what)) = self.queue.pop_first() else { return };
        self.now = self.now.max(at);
        if !matches!(what, What::Tick | What::Dial) {
            self.busy -= 1;
        }
        match what {
            What::Arrive { link, number, end, bytes, ids } => self.arrive(link, number, end, bytes, &ids),
            What::Closed { link, number, end } => self.closed(link, number, end),
            What::Synced { node, life, log, upto, from } => self.synced(node, life, log, upto, from),
            What::Refused { node, life, peer, log, reason } => {
                if self.nodes[node].life == life {
                    self.feed(node, Event::Refused { peer, log, reason });
                }
            }
            What::RunReady { node, life, number, order } => {
                if self.nodes[node].life == life {
                    self.run_ready(node, number, order);
                }
            }
            What::PackReady { node, life, number, order } => {
                if self.nodes[node].life == life {
                    self.pack_ready(node, number, &order);
                }
            }
            What::Looked { node, life, peer, log, look } => {
                if self.nodes[node].life == life {
                    self.looked(node, peer, log, look);
                }
            }
            What::Tick => {
                for node in 0..self.nodes.len() {
                    self.feed(node, Event::Tick);
                }
                self.schedule(Duration::from_secs(1), What::Tick);
            }
            What::Dial => {
                self.dial();
                self.schedule(Duration::from_millis(500), What::Dial);
            }
            What::Act(action) => self.act(action),
        }
    }

    pub(crate) fn schedule(&mut self, after: Duration, what: What) {
        if !matches!(what, What::Tick | What::Dial) {
            self.busy += 1;
        }
        self.next += 1;
        self.queue.insert((self.now + after, self.next), what);
    }

    pub(crate) fn fail(&mut self, what: String) {
        self.failure.get_or_insert(Failure(what));
    }

    fn up_to(&mut self, most: Duration) -> Duration {
        let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.rng.random_range(0..=most))
    }

    fn delay(&mut self) -> Duration {
        let (least, most) = self.settings.delay;
        least + self.up_to(most.saturating_sub(least))
    }
}
