//! The driver of the sync engine: one task that feeds it what happens and carries out what it wants done.
//!
//! It waits for nothing but its own inputs. Whatever takes time (the disk, a slow connection) is done elsewhere and
//! comes back as an input, so that one slow peer or a busy disk holds up nobody else.

mod ahead;
mod effects;
mod line;
pub(super) mod packing;
mod view;
pub(super) mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use accord_core::{DeviceId, Head, LogId, ProgrammeId, SpaceId};
use accord_sync::{Access, Engine, Event, Held, Refusal, SentOf};
use libp2p::swarm::ConnectionId;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use super::keeper::Keeper;
use super::notices::{News, Notices};
use super::session::Outgoing;
use ahead::Ahead;
use line::Line;
use packing::Answer;
use work::{Done, Looked, Order, Work};

pub(crate) use view::DeviceStatus;
pub(super) use view::View;

/// What happens to the driver.
#[derive(Debug)]
pub(super) enum Input {
    /// A session is up.
    Connected {
        peer: DeviceId,
        connection: ConnectionId,
        /// The relay that it leads through, if any.
        through: Option<DeviceId>,
        outbox: mpsc::Sender<Outgoing>,
        cancel: CancellationToken,
    },
    /// A session is gone.
    Disconnected { peer: DeviceId, connection: ConnectionId },
    /// A frame came. The permit is given back when it is dealt with.
    Frame { peer: DeviceId, connection: ConnectionId, bytes: Vec<u8>, permit: OwnedSemaphorePermit },
    /// A run was written; or let fall, if `last` is none, since the device may not read it any more.
    Sent { peer: DeviceId, connection: ConnectionId, log: LogId, last: Option<u64>, entries: u64 },
    /// A pack was written; or let fall, since the device may not read it any more.
    PackSent {
        peer: DeviceId,
        connection: ConnectionId,
        space: SpaceId,
        logs: Vec<(LogId, SentOf)>,
        entries: u64,
    },
    /// Somebody asks how everything stands.
    Status(oneshot::Sender<Vec<DeviceStatus>>),
    /// Somebody waits until all hold all that is held now.
    Wait(watch::Sender<View>),
}

/// What the driver is made of.
pub(super) struct Parts {
    pub(super) programme: ProgrammeId,
    pub(super) me: DeviceId,
    pub(super) backend: Arc<dyn Backend>,
    pub(super) held: Vec<Held>,
    /// What everybody else goes by; the driver alone renews it.
    pub(super) access: watch::Sender<Arc<Access>>,
    pub(super) notices: Arc<Notices>,
    pub(super) keeper: Arc<Keeper>,
    pub(super) inputs: mpsc::Receiver<Input>,
}

/// The driver.
pub(super) struct Driver {
    me: DeviceId,
    engine: Engine,
    backend: Arc<dyn Backend>,
    access: watch::Sender<Arc<Access>>,
    notices: Arc<Notices>,
    keeper: Arc<Keeper>,
    inputs: mpsc::Receiver<Input>,
    work: Work,
    begun: Instant,
    lines: BTreeMap<DeviceId, Line>,
    waiters: Vec<view::Waiter>,
    /// When each device was connected last: seconds since 1970.
    seen: BTreeMap<DeviceId, u64>,
    /// The space whose changes people count.
    content: accord_core::SpaceId,
    /// What each device last said it holds, as it was kept.
    holds: BTreeMap<DeviceId, u64>,
    /// How far each log is held, to count what comes.
    heads: BTreeMap<LogId, u64>,
    /// What others say of this device's own logs.
    ahead: Ahead,
    /// When what is lost was last looked at, as the backend counts it, and the logs of which something was.
    lost: (Option<u64>, BTreeSet<LogId>),
    sent: u64,
    received: u64,
}

impl Driver {
    /// A driver before its first input.
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { programme, me, backend, held, access, notices, keeper, inputs } = parts;
        let heads = held.iter().map(|held| (held.log, longest(&held.heads))).collect();
        let current = access.borrow().as_ref().clone();
        Self {
            me,
            engine: Engine::new(programme, me, current, held),
            work: Work::new(Arc::clone(&backend), programme),
            backend,
            access,
            notices,
            keeper,
            inputs,
            begun: Instant::now(),
            lines: BTreeMap::new(),
            waiters: Vec::new(),
            seen: BTreeMap::new(),
            content: accord_core::programme_space(&programme),
            holds: BTreeMap::new(),
            heads,
            ahead: Ahead::default(),
            lost: (None, BTreeSet::new()),
            sent: 0,
            received: 0,
        }
    }

    /// Runs until `cancel`. What is being stored then is stored to its end.
    pub(super) async fn run(mut self, cancel: CancellationToken) {
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // News before inputs: what this device wrote is known to the engine before a peer's question that came
                // later is answered.
                biased;
                () = cancel.cancelled() => break,
                news = self.notices.take() => self.news(news),
                _ = ticks.tick() => {
                    self.look_for_losses();
                    self.handle(Event::Tick);
                    self.note_holds();
                    self.doubt();
                }
                done = self.work.next() => self.done(done),
                Some(input) = self.inputs.recv() => self.input(input),
            }
            self.tell_waiters();
        }
        self.note_holds();
        self.work.finish().await;
        for peer in self.lines.keys() {
            self.keeper.seen(*peer);
        }
    }

    fn input(&mut self, input: Input) {
        match input {
            Input::Connected { peer, connection, through, outbox, cancel } => {
                if let Some(before) = self.lines.get(&peer) {
                    self.work.forget(before.connection);
                }
                self.lines.insert(peer, Line::new(connection, through, outbox, cancel));
                self.note_seen(peer);
                self.handle(Event::Connected { peer });
            }
            Input::Disconnected { peer, connection } => {
                if self.is_current(&peer, connection) {
                    self.note_holds();
                    self.lines.remove(&peer);
                    self.work.forget(connection);
                    self.note_seen(peer);
                    self.handle(Event::Disconnected { peer });
                }
            }
            Input::Frame { peer, connection, bytes, permit } => {
                if self.is_current(&peer, connection) {
                    self.handle_with(Event::Frame { peer, bytes }, Some(permit));
                }
            }
            Input::Sent { peer, connection, log, last, entries } => {
                if self.is_current(&peer, connection) {
                    self.sent = self.sent.saturating_add(entries);
                    self.handle(Event::RunSent { peer, log, last });
                }
            }
            Input::PackSent { peer, connection, space, logs, entries } => {
                if self.is_current(&peer, connection) {
                    self.sent = self.sent.saturating_add(entries);
                    self.handle(Event::PackSent { peer, space, logs });
                }
            }
            // Who asks and goes away gets no answer.
            Input::Status(reply) => drop(reply.send(self.status())),
            Input::Wait(view) => self.wait(view),
        }
    }

    /// Whether this is the connection of the device that the engine knows of. What still comes from another one, that
    /// was given up, must not be mixed up with it.
    fn is_current(&self, peer: &DeviceId, connection: ConnectionId) -> bool {
        self.lines.get(peer).is_some_and(|line| line.connection == connection)
    }

    fn note_seen(&mut self, peer: DeviceId) {
        self.seen.insert(peer, super::keeper::now());
        self.keeper.seen(peer);
    }

    /// Keeps what each connected device says it holds, where that has changed.
    fn note_holds(&mut self) {
        for (peer, status) in self.engine.status() {
            if let Some(entries) = status.they_hold(&self.content)
                && self.holds.insert(peer, entries) != Some(entries)
            {
                self.keeper.holds(peer, entries);
            }
        }
    }

    /// A device says that it holds more of one of this device's own logs than is here: until that came, or is doubted,
    /// nothing is signed there.
    fn own_ahead(&mut self, peer: DeviceId, log: LogId, said: u64) {
        let held = self.heads.get(&log).copied().unwrap_or(0);
        if self.ahead.heard(peer, log, said, held, self.begun.elapsed()) {
            tracing::warn!(device = %peer.short(), space = %log.space.short(), said, held, "another device holds more of what this device wrote than is here; it writes nothing there until its entries are back");
            self.backend.own_said(&log, said);
        }
    }

    /// Entries of this device came back, or were not what they were said to be.
    fn own_came(&mut self, peer: DeviceId, log: LogId, stored: Result<u64, &Refusal>) {
        match stored {
            Ok(held) => {
                if let Some(back) = self.ahead.came(&log, held) {
                    tracing::info!(space = %log.space.short(), back, "entries that this device had written came back; it goes on writing");
                }
            }
            Err(Refusal::Invalid(_)) if self.ahead.disproved(peer, &log) => self.backend.doubt_said(&log),
            Err(_) => {}
        }
    }

    /// Goes on writing where what others said did not prove true.
    fn doubt(&mut self) {
        for log in self.ahead.doubted(self.begun.elapsed()) {
            tracing::warn!(space = %log.space.short(), "nothing came of what another device said this device had written; it goes on writing");
            self.backend.doubt_said(&log);
        }
    }

    fn news(&mut self, news: News) {
        if news.access {
            self.renew_access();
        }
        for (log, head) in news.appended {
            self.heads.insert(log, head.seq);
            self.handle(Event::Appended { log, head });
        }
        for log in news.stored {
            let (held, offer) = (self.backend.heads(&log), self.backend.offer(&log));
            self.heads.insert(log, longest(&held));
            self.handle(Event::Stored { log, held, offer });
        }
    }

    fn renew_access(&mut self) {
        let access = Arc::new(self.backend.access());
        // Even an equal view is passed on to the host, as the own admission may have changed with it.
        let before = self.access.send_replace(Arc::clone(&access));
        if before != access {
            self.handle(Event::AccessChanged(access.as_ref().clone()));
        }
        // What may be offered of a log ends where it was cut.
        let logs: BTreeSet<LogId> = before.limits.keys().chain(access.limits.keys()).copied().collect();
        for log in logs.into_iter().filter(|log| before.limits.get(log) != access.limits.get(log)) {
            let heads = self.backend.offer(&log);
            self.handle(Event::Offer { log, heads });
        }
    }

    fn done(&mut self, done: Done) {
        match done {
            Done::Read(read) => self.run_was_read(read),
            Done::Packed(read) => self.pack_was_read(read),
            Done::Looked(Looked { peer, connection, log, found }) => {
                if self.is_current(&peer, connection) {
                    self.handle(Event::Looked { peer, log, found });
                }
            }
            Done::Stored(stored) => {
                // The permits go with the end of this loop, one after another, as room comes.
                for (order, answer) in stored {
                    self.stored(&order, answer);
                }
            }
        }
    }

    /// Tells the engine what became of a run, or of one log's part of a pack.
    fn stored(&mut self, order: &Order, (outcome, part): Answer) {
        if outcome.access_changed {
            self.renew_access();
        }
        for log in outcome.offers_changed {
            let heads = self.backend.offer(&log);
            self.handle(Event::Offer { log, heads });
        }
        let (peer, log) = (order.peer, order.log);
        if order.again {
            let gaps = self.backend.lost().remove(&log).unwrap_or_default();
            return self.handle(Event::Mended { peer, log, gaps });
        }
        if let Some((held, offer)) = part {
            self.count(log, &held);
            self.handle(Event::Stored { log, held, offer });
        }
        match outcome.stored {
            Ok((held, offer)) => {
                let now = self.count(log, &held);
                self.own_came(peer, log, Ok(now));
                self.handle(Event::Ingested { peer, log, held, offer });
            }
            Err(reason) => {
                tracing::warn!(device = %peer.short(), author = %log.device.short(), %reason, "did not take entries");
                self.own_came(peer, log, Err(&reason));
                self.handle(Event::Refused { peer, log, reason });
            }
        }
    }

    /// Counts what came of a log. Gives how far it is held now.
    fn count(&mut self, log: LogId, held: &[Head]) -> u64 {
        let now = longest(held);
        let before = self.heads.insert(log, now).unwrap_or(0);
        self.received = self.received.saturating_add(now.saturating_sub(before));
        now
    }
}

impl Driver {
    /// Tells the engine what was found to be lost since the last look, so that it asks others for it. Whoever reads finds
    /// it, on any thread; a second sooner or later does not matter to what a disk lost.
    fn look_for_losses(&mut self) {
        let moved = self.backend.lost_moved();
        if self.lost.0 == Some(moved) {
            return;
        }
        let mut lost = self.backend.lost();
        let before = std::mem::replace(&mut self.lost, (Some(moved), lost.keys().copied().collect())).1;
        for log in before {
            lost.entry(log).or_default();
        }
        for (log, gaps) in lost {
            self.handle(Event::Lost { log, gaps });
        }
    }
}

/// How far a log is held, on its longest branch.
fn longest(heads: &[Head]) -> u64 {
    heads.iter().map(|head| head.seq).max().unwrap_or(0)
}
