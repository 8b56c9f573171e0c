//! The host: one task that owns the swarm, and decides whom to dial and which connections stay.

mod addresses;
mod connections;
mod dials;
mod reach;
mod relayed;
mod sessions;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use accord_core::DeviceId;
use accord_sync::Access;
use futures::StreamExt as _;
use libp2p::swarm::{ConnectionId, Swarm};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::behaviour::Behaviour;
use super::book::Book;
use super::dialler::{Dialler, Target};
use super::driver::Input;
use super::keeper::Keeper;
use super::relays::Relays;
use super::session::{Report, Shared};
use connections::Connection;
use reach::Reach;
use sessions::Live;

pub(crate) use reach::Unreached;

/// What became of each device that was to be reached.
pub(super) type Reached = Vec<(DeviceId, Result<(), Unreached>)>;

/// What is asked of the host.
#[derive(Debug)]
pub(super) enum Command {
    /// Connect to every device of the programme, until the deadline.
    ReachAll { deadline: Instant, reply: oneshot::Sender<Reached> },
}

/// What the host is made of.
pub(super) struct Parts {
    pub(super) me: DeviceId,
    pub(super) swarm: Swarm<Behaviour>,
    pub(super) shared: Shared,
    pub(super) own: watch::Sender<Vec<String>>,
    pub(super) listening: watch::Sender<Vec<String>>,
    pub(super) announce: Vec<String>,
    pub(super) dial: Vec<String>,
    pub(super) relay: Option<bool>,
    pub(super) known: Vec<(DeviceId, Vec<String>)>,
    pub(super) reports: mpsc::Receiver<Report>,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) keeper: Arc<Keeper>,
    pub(super) cancel: CancellationToken,
}

/// The host.
pub(super) struct Host {
    me: DeviceId,
    swarm: Swarm<Behaviour>,
    shared: Shared,
    access: watch::Receiver<Arc<Access>>,
    own: watch::Sender<Vec<String>>,
    listening: watch::Sender<Vec<String>>,
    announce: Vec<String>,
    reports: mpsc::Receiver<Report>,
    commands: mpsc::Receiver<Command>,
    driver: mpsc::Sender<Input>,
    keeper: Arc<Keeper>,
    cancel: CancellationToken,
    book: Book,
    dialler: Dialler,
    /// Who relays for this node.
    relays: Relays,
    /// Whether it is to relay; none if it does once it is reached.
    relay: Option<bool>,
    /// Whether a device has connected to it by itself: then others can, too.
    reached: bool,
    /// Devices that could not be dialled directly, when that was tried last. Bounded by the devices known.
    aloof: BTreeSet<DeviceId>,
    /// Whose dials are under way, from the dial to the end of the greeting.
    dials: HashMap<ConnectionId, Target>,
    connections: HashMap<ConnectionId, Connection>,
    /// The one session that stands with each device.
    live: BTreeMap<DeviceId, Live>,
    reaches: Vec<Reach>,
    /// The inviter, while the own admission is pending.
    inviter: Option<DeviceId>,
    /// Devices of the local network that are not known (yet), and where. Bounded, the oldest go first.
    strangers: VecDeque<(DeviceId, String)>,
}

impl Host {
    /// A host before its first event.
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { me, swarm, shared, own, listening, announce, dial, relay, known, .. } = parts;
        let mut host = Self {
            me,
            swarm,
            access: shared.access.clone(),
            driver: shared.driver.clone(),
            shared,
            own,
            listening,
            announce,
            reports: parts.reports,
            commands: parts.commands,
            keeper: parts.keeper,
            cancel: parts.cancel,
            book: Book::default(),
            dialler: Dialler::default(),
            relays: Relays::default(),
            relay,
            reached: false,
            aloof: BTreeSet::new(),
            dials: HashMap::new(),
            connections: HashMap::new(),
            live: BTreeMap::new(),
            reaches: Vec::new(),
            inviter: None,
            strangers: VecDeque::new(),
        };
        host.learn_at_start(&dial, known);
        host.own_addresses_changed();
        host.access_changed();
        host
    }

    /// Runs until it is cancelled. Dropping the swarm with it ends every connection.
    pub(super) async fn run(mut self) {
        let cancel = self.cancel.clone();
        loop {
            self.dial_due();
            self.reserve_due();
            self.finish_reaches();
            let next = self.next_deadline();
            tokio::select! {
                () = cancel.cancelled() => return,
                event = self.swarm.select_next_some() => self.swarm_event(event).await,
                Some(report) = self.reports.recv() => self.report(report).await,
                Some(command) = self.commands.recv() => match command {
                    Command::ReachAll { deadline, reply } => self.reach_all(deadline, reply),
                },
                Ok(()) = self.access.changed() => self.access_changed(),
                () = until(next) => {}
            }
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let reach = self.reaches.iter().map(Reach::deadline).min();
        [self.dialler.next(), self.relays.next(), reach].into_iter().flatten().min()
    }

    /// Whether a device may be connected.
    fn is_known(&self, device: &DeviceId) -> bool {
        *device != self.me && self.access.borrow().devices.contains_key(device)
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// Chance for jitter.
fn chance() -> f64 {
    rand::random()
}
