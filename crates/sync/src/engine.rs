//! The engine: one entry point, and one module for each thing that can happen.

mod access;
mod again;
mod announce;
mod explain;
mod forks;
mod greeting;
mod packs;
mod probe;
mod receive;
mod report;
mod send;
mod want;

use std::collections::BTreeMap;
use std::time::Duration;

use accord_core::{DeviceId, LogId, ProgrammeId, SpaceId, governance_space};

use crate::holdings::Holdings;
use crate::peer::Peer;
use crate::{
    Access, CloseReason, Effect, Event, Frame, Gap, HELLO_TIMEOUT, Held, Phase, Refusal, WANT_TIMEOUT,
};
use again::Asked;
use forks::Search;
use want::InFlight;

/// The sync engine of one node.
///
/// The state of connections is lost with it and begins anew; what it holds comes from the store.
#[derive(Debug)]
pub struct Engine {
    programme: ProgrammeId,
    me: DeviceId,
    governance: SpaceId,
    access: Access,
    holdings: Holdings,
    peers: BTreeMap<DeviceId, Peer>,
    /// Who was asked for what: one peer at a time for each log, so that a mesh brings one copy.
    in_flight: BTreeMap<LogId, InFlight>,
    /// The branches of forked logs that are being fetched, one of a log; each is in flight, too.
    searches: BTreeMap<LogId, Search>,
    /// Runs that wait for the disk, by log and by who sent them: how many, and up to where. They outlive connections.
    pending: BTreeMap<LogId, BTreeMap<DeviceId, (usize, u64)>>,
    /// What was held of logs and is lost: to be asked for again.
    gaps: BTreeMap<LogId, Vec<Gap>>,
    /// Who was asked for it, one of a log at a time.
    again: BTreeMap<LogId, Asked>,
    /// How many probes were sent: the number of the last one.
    probes: u64,
    /// From how many missing entries of a space on they are sent in packs.
    pack_from: u64,
    now: Duration,
    effects: Vec<Effect>,
}

impl Engine {
    /// The engine of the device `me`, which holds `held` durably.
    pub fn new(
        programme: ProgrammeId,
        me: DeviceId,
        access: Access,
        held: impl IntoIterator<Item = Held>,
    ) -> Self {
        let mut holdings = Holdings::default();
        for Held { log, heads, offer } in held {
            holdings.set(log, heads, &offer);
        }
        holdings.name(&access);
        Self {
            programme,
            me,
            governance: governance_space(&programme),
            access,
            holdings,
            peers: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            searches: BTreeMap::new(),
            pending: BTreeMap::new(),
            gaps: BTreeMap::new(),
            again: BTreeMap::new(),
            probes: 0,
            pack_from: crate::PACK_FROM,
            now: Duration::ZERO,
            effects: Vec::new(),
        }
    }

    /// The same, sending packs from so many missing entries on, in place of [`PACK_FROM`](crate::PACK_FROM): a simulation has few
    /// entries.
    #[must_use]
    pub fn packing_from(self, pack_from: u64) -> Self {
        Self { pack_from, ..self }
    }

    /// Takes in what happened at `now`, by any clock that does not go back, and gives what is to be done, in order.
    ///
    /// Never panics, whatever a peer sends; a peer that breaks the protocol is closed.
    pub fn handle(&mut self, now: Duration, event: Event) -> Vec<Effect> {
        self.now = self.now.max(now);
        match event {
            Event::Connected { peer } => self.connected(peer),
            Event::Disconnected { peer } => self.forget(peer),
            Event::Frame { peer, bytes } => self.frame(peer, &bytes),
            Event::Appended { log, head } => {
                // Its authority stands earlier in the same node's governance log, so it may be offered as it is.
                // A second history of its log may have come just before; then what is held was told with that.
                if self.holdings.heads(&log).len() < 2 {
                    self.holdings.set(log, vec![head], &[head]);
                }
                self.explain_all(log);
                self.announce(log);
            }
            Event::Ingested { peer, log, held, offer } => {
                self.settled(peer, log);
                self.holdings.set(log, held, &offer);
                self.taken(log);
                self.explain_all(log);
                self.announce(log);
                self.pull_from_anyone(log);
                self.after_pull();
            }
            Event::Stored { log, held, offer } => {
                self.holdings.set(log, held, &offer);
                self.taken(log);
                self.explain_all(log);
                self.announce(log);
                self.pull_from_anyone(log);
                self.after_pull();
            }
            Event::Refused { peer, log, reason } => {
                self.settled(peer, log);
                match reason {
                    Refusal::Gap => self.misplaced(peer, log),
                    reason => self.refuse(peer, log, reason),
                }
                self.pull_from_anyone(log);
                self.after_pull();
            }
            Event::Offer { log, heads } => {
                self.holdings.offer(log, &heads);
                self.announce(log);
                if self.holdings.heads(&log).len() > 1 {
                    // What peers named counted as held since it was offered here, too. Now the disk is asked.
                    self.pull_from_anyone(log);
                }
            }
            Event::Lost { log, gaps } => self.lost(log, gaps),
            Event::Mended { peer, log, gaps } => self.mended(peer, log, gaps),
            Event::RunSent { peer, log, last } => self.run_sent(peer, log, last),
            Event::PackSent { peer, space, logs } => self.pack_sent(peer, space, &logs),
            Event::Parted { peer, log } => self.parted(peer, log),
            Event::Looked { peer, log, found } => self.looked(peer, log, found),
            Event::AccessChanged(access) => self.access_changed(access),
            Event::Probe => self.probe(),
            Event::Tick => self.tick(),
        }
        self.ask_again();
        std::mem::take(&mut self.effects)
    }

    /// Whether a run of `log` may still go to `peer`: to be asked right before it is written, since access may have
    /// ended after the run was ordered.
    pub fn may_send(&self, peer: &DeviceId, log: &LogId) -> bool {
        self.peers.contains_key(peer)
            && self.access.may_read(peer, &log.space)
            && self.access.own.contains(&log.space)
    }

    /// Whether the driver should read on from `peer`. While it does not, the connection's own back-pressure holds the
    /// peer back; so a peer's runs that wait for the disk are bounded whatever it sends.
    pub fn ready_to_read(&self, peer: &DeviceId) -> bool {
        self.peers.get(peer).is_none_or(|peer| peer.ingesting < crate::INGESTING)
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    pub(crate) fn holdings(&self) -> &Holdings {
        &self.holdings
    }

    pub(crate) fn probes(&self) -> u64 {
        self.probes
    }

    pub(crate) fn peers(&self) -> &BTreeMap<DeviceId, Peer> {
        &self.peers
    }

    fn frame(&mut self, id: DeviceId, bytes: &[u8]) {
        let Some(peer) = self.peers.get(&id) else { return };
        // Nothing that an engine says is empty.
        if bytes.is_empty() {
            return;
        }
        let frame = match Frame::from_bytes(bytes) {
            Ok(frame) => frame,
            Err(error) => return self.close(id, CloseReason::Malformed(error)),
        };
        if peer.phase == Phase::Greeting && !matches!(frame, Frame::Hello(_) | Frame::Bye(_)) {
            return self.close(id, CloseReason::Unexpected("a frame before its Hello"));
        }
        match frame {
            Frame::Hello(hello) => self.hello(id, &hello),
            Frame::Ready(digests) => self.ready(id, digests),
            Frame::Vector { space, ask, logs } => self.vector(id, space, ask, logs),
            Frame::Have(positions) => self.have(id, positions),
            Frame::Want(ranges) => self.want(id, &ranges),
            Frame::Run(run) => self.run(id, &run),
            Frame::Pack(pack) => self.pack(id, pack),
            Frame::Refuse { space, device, reason } => self.refused_by(id, space, device, reason),
            Frame::Probe(number) => self.probed(id, number),
            Frame::Echo { number, positions } => self.echo(id, number, positions),
            Frame::Locate { space, device, of, at } => self.locate(id, space, device, of, at),
            Frame::Located { space, device, of, ids } => self.located(id, space, device, of, ids),
            Frame::Fetch { space, device, from, of } => self.fetch(id, space, device, from, of),
            Frame::Again { space, device, from, to, of } => {
                self.asked_again(id, space, device, (from, to), of);
            }
            Frame::Apart { space, device } => self.apart(id, space, device),
            Frame::Bye(why) => {
                self.forget(id);
                self.effects.push(Effect::Close { peer: id, reason: CloseReason::ByPeer(why) });
            }
        }
        self.after_pull();
    }

    fn tick(&mut self) {
        let late = |peer: &Peer| peer.phase == Phase::Greeting && self.now > peer.since + HELLO_TIMEOUT;
        let silent: Vec<DeviceId> = self.peers.iter().filter(|(_, p)| late(p)).map(|(id, _)| *id).collect();
        for id in silent {
            self.close(id, CloseReason::Silent);
        }
        self.reassign_late(WANT_TIMEOUT);
        self.after_pull();
    }

    fn send(&mut self, peer: DeviceId, frame: &Frame) {
        self.effects.push(Effect::Send { peer, bytes: frame.to_bytes() });
    }

    /// Says why, and closes.
    fn close(&mut self, id: DeviceId, reason: CloseReason) {
        self.send(id, &Frame::Bye(reason.to_string()));
        self.effects.push(Effect::Close { peer: id, reason });
        self.forget(id);
    }

    /// Forgets a connection. What was asked of it is asked of others.
    fn forget(&mut self, id: DeviceId) {
        if self.peers.remove(&id).is_none() {
            return;
        }
        self.reassign_from(id, |_| true);
        self.after_pull();
    }

    /// Counts what one connection makes us do again, and closes it beyond the bound. Gives whether it goes on.
    fn stands(&mut self, id: DeviceId) -> bool {
        let Some(peer) = self.peers.get_mut(&id) else { return false };
        peer.refusals += 1;
        if peer.refusals <= crate::MAX_REFUSALS {
            return true;
        }
        self.close(id, CloseReason::Unexpected("too many refusals"));
        false
    }

    fn refuse(&mut self, id: DeviceId, log: LogId, reason: Refusal) {
        if let Some(peer) = self.peers.get_mut(&id)
            && !peer.blocked.contains_key(&log)
        {
            peer.blocked.insert(log, reason.clone());
            let space = crate::Prefix::space(&log.space);
            self.send(id, &Frame::Refuse { space, device: log.device, reason });
            self.stands(id);
        }
        self.reassign_from(id, |asked| *asked == log);
    }
}
