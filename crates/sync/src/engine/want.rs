//! Asking: what peers say they hold and this node lacks, of one peer at a time for each log.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use accord_core::{DeviceId, LogId, SpaceId};

use super::Engine;
use crate::peer::Peer;
use crate::{Ask, Claim, Frame, Heads, MAX_LOGS, PACKS_TIMEOUT, Phase, Positions, Prefix, Refusal, WANTED};

/// What was asked of a peer, of one log.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFlight {
    pub(super) peer: DeviceId,
    /// The last position asked for.
    pub(super) to: u64,
    /// When something of it came last, or when it was asked for.
    pub(super) since: Duration,
    /// When a pack came last that had no room for it.
    pub(super) behind: Duration,
}

impl Engine {
    pub(super) fn vector(&mut self, id: DeviceId, space: SpaceId, ask: Ask, logs: Heads) {
        // A space that this side does not know to be shared yet: once it does, it asks.
        if !self.may_talk_about(&id, &space) {
            return;
        }
        let mut theirs = BTreeMap::new();
        let mut ask_again = false;
        for log in logs {
            match self.holdings.resolve(log.device) {
                Some(device) => {
                    let heads: BTreeSet<Claim> = log.heads.into_iter().collect();
                    theirs.insert(device, heads.into_iter().collect::<Vec<Claim>>());
                }
                None => ask_again = true,
            }
        }
        let now = self.now;
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let shared = peer.shared.entry(space).or_default();
        let reply = ask != Ask::Nothing || shared.announced.is_none();
        let devices: Vec<DeviceId> = theirs.keys().copied().collect();
        let own = theirs.get(&self.me).and_then(|heads| heads.iter().max()).copied();
        shared.set_all(theirs, now);
        shared.ask_again = ask_again;
        if ask == Ask::Begin {
            peer.outgoing.restart(&space);
        }
        if ask != Ask::Nothing && !self.stands(id) {
            return;
        }
        if ask == Ask::Begin {
            // It had stopped with the space, and forgot what it was asked.
            self.reassign_from(id, |log| log.space == space);
        }
        if reply {
            self.send_vector(id, space, Ask::Nothing);
        }
        if let Some(own) = own {
            self.hear_of_own(id, space, own);
        }
        self.pull(id, space, devices);
    }

    pub(super) fn have(&mut self, id: DeviceId, positions: Positions) {
        let now = self.now;
        for (prefix, items) in positions {
            let Some(space) = self.shared_space(&id, prefix) else { continue };
            let mut heads: BTreeMap<DeviceId, BTreeSet<Claim>> = BTreeMap::new();
            let mut ask_again = false;
            for (device, claim) in items {
                match self.holdings.resolve(device) {
                    Some(device) => {
                        heads.entry(device).or_default().insert(claim);
                    }
                    None => ask_again = true,
                }
            }
            let Some(shared) = self.peers.get_mut(&id).and_then(|peer| peer.shared.get_mut(&space)) else {
                continue;
            };
            shared.ask_again |= ask_again;
            let again: Vec<LogId> = {
                let old = |device: &DeviceId, heads: &BTreeSet<Claim>| {
                    heads.len() == 1 && heads.last().is_some_and(|claim| claim.seq <= shared.claims(device))
                };
                let said = heads.iter().filter(|(device, heads)| old(device, heads));
                said.map(|(device, _)| LogId { space, device: *device }).collect()
            };
            for (device, heads) in &heads {
                match heads.last() {
                    Some(claim) if heads.len() == 1 => shared.claim(*device, *claim, MAX_LOGS, now),
                    _ => shared.set_heads(
                        *device,
                        heads.iter().copied().take(crate::MAX_BRANCHES).collect(),
                        MAX_LOGS,
                        now,
                    ),
                }
            }
            // What is said a second time could not be sent for a while: what was asked of it was let fall.
            let stuck = |log: &&LogId| {
                let asked = self.in_flight.get(log).filter(|asked| asked.peer == id);
                asked.is_some() && !self.searches.contains_key(log)
            };
            let stuck: Vec<LogId> = again.iter().filter(stuck).copied().collect();
            stuck.iter().for_each(|log| self.release(log));
            if let Some(own) = heads.get(&self.me).and_then(BTreeSet::last) {
                self.hear_of_own(id, space, *own);
            }
            self.pull(id, space, heads.into_keys().collect());
        }
    }

    /// Whether the peer and this side may talk about a space now: both read it, and governance is settled, unless it
    /// is the governance space itself.
    pub(super) fn may_talk_about(&self, id: &DeviceId, space: &SpaceId) -> bool {
        let open = |peer: &Peer| *space == self.governance || peer.phase == Phase::Open;
        self.may_send(id, &LogId { space: *space, device: self.me }) && self.peers.get(id).is_some_and(open)
    }

    /// The space that a prefix means on a connection: one of those about which something was said.
    pub(super) fn shared_space(&self, id: &DeviceId, prefix: Prefix) -> Option<SpaceId> {
        let peer = self.peers.get(id)?;
        let mut found = peer.shared.keys().filter(|space| Prefix::space(space) == prefix);
        let space = *found.next()?;
        (found.next().is_none() && self.may_talk_about(id, &space)).then_some(space)
    }

    /// How many entries of `log` the peer says it holds that this node lacks and would take from it.
    pub(super) fn missing_from(&self, peer: &Peer, log: &LogId) -> u64 {
        if !self.access.takes(log) || peer.blocked.contains_key(log) {
            return 0;
        }
        if !self.holdings.room(log) {
            return 0;
        }
        self.not_held(peer, log)
    }

    /// How many entries of `log` the peer says it holds that are worth having and not held here, whether they are taken from
    /// it or not.
    pub(super) fn not_held(&self, peer: &Peer, log: &LogId) -> u64 {
        let held = self.holdings.held(log);
        if self.is_forked(peer, log) {
            let unknown = self.unknown_heads(peer, log).into_iter();
            return unknown.map(|claim| claim.seq.saturating_sub(held).max(1)).fold(0, u64::saturating_add);
        }
        peer.claims(log).min(self.access.limit(log)).saturating_sub(held)
    }

    /// Asks the peer for what is missing of the logs of `devices` in a space and asked of nobody else.
    pub(super) fn pull(&mut self, id: DeviceId, space: SpaceId, devices: Vec<DeviceId>) {
        if !self.may_talk_about(&id, &space) {
            return;
        }
        let mut items = Vec::new();
        for device in devices {
            let log = LogId { space, device };
            let forked = self.peers.get(&id).is_some_and(|peer| self.is_forked(peer, &log));
            if forked && self.peers.get(&id).is_some_and(|peer| self.missing_from(peer, &log) > 0) {
                self.search(id, log);
            } else if let Some((from, to)) = self.reserve(id, &log).filter(|_| !forked) {
                // Where it goes on from what is held, it says what that is: it may be another history than the peer's.
                let held =
                    self.holdings.heads(&log).first().filter(|head| head.seq.checked_add(1) == Some(from));
                items.push((self.name(&space, &device), from, to, held.map(|head| Prefix::entry(&head.id))));
            } else {
                self.explain(id, log);
            }
        }
        self.send_in_parts(id, space, items, Frame::Want);
    }

    /// What to ask the peer for of `log`, noted as asked; none if nothing is missing, or it is on its way.
    fn reserve(&mut self, id: DeviceId, log: &LogId) -> Option<(u64, u64)> {
        let peer = self.peers.get(&id)?;
        if self.missing_from(peer, log) == 0 {
            return None;
        }
        let to = peer.claims(log).min(self.access.limit(log));
        let held = self.holdings.held(log);
        let mut here = held;
        for (from, (_, to)) in self.pending.get(log).into_iter().flatten() {
            if *from == id {
                here = here.max(*to);
            } else if *to > held {
                // What another peer sent waits for the disk. What comes after it would have no place if that one turned
                // out to be invalid; it is asked for once the disk has answered.
                return None;
            }
        }
        let asked = self.in_flight.get(log).copied();
        if asked.is_some_and(|asked| asked.peer != id) {
            return None;
        }
        let from = here.max(asked.map_or(0, |asked| asked.to)).checked_add(1)?;
        if from > to {
            return None;
        }
        let peer = self.peers.get_mut(&id)?;
        if asked.is_none() {
            if peer.wanted >= WANTED {
                peer.backlog = true;
                return None;
            }
            peer.wanted += 1;
        }
        let since = asked.map_or(self.now, |asked| asked.since);
        let behind = asked.map_or(self.now, |asked| asked.behind);
        self.in_flight.insert(*log, InFlight { peer: id, to, since, behind });
        Some((from, to))
    }

    /// Asks whoever has it, the least busy first, for what is missing of `log`.
    pub(super) fn pull_from_anyone(&mut self, log: LogId) {
        let has = |peer: &Peer| self.missing_from(peer, &log) > 0;
        let mut peers: Vec<(usize, DeviceId)> =
            self.peers.iter().filter(|(_, peer)| has(peer)).map(|(id, peer)| (peer.wanted, *id)).collect();
        peers.sort_unstable();
        for (_, id) in peers {
            self.pull(id, log.space, vec![log.device]);
        }
    }

    /// Asks the peer for whatever is missing of a space.
    pub(super) fn pull_all(&mut self, id: DeviceId, space: SpaceId) {
        let shared = self.peers.get(&id).and_then(|peer| peer.shared.get(&space));
        let devices = shared.and_then(|shared| shared.theirs.as_ref()).into_iter().flat_map(BTreeMap::keys);
        self.pull(id, space, devices.copied().collect());
    }

    /// Something of `log` came from the peer that was asked.
    pub(super) fn progressed(&mut self, id: DeviceId, log: &LogId) {
        let now = self.now;
        if let Some(asked) = self.in_flight.get_mut(log).filter(|asked| asked.peer == id) {
            asked.since = now;
        }
    }

    /// A pack came from the peer with much that was asked of it: what else was asked may be in one of the next.
    pub(super) fn packs_come(&mut self, id: DeviceId) {
        let now = self.now;
        let asked = self.in_flight.values_mut().filter(|asked| asked.peer == id);
        asked.for_each(|asked| asked.behind = now);
    }

    /// What is held of `log` grew: what was asked for may be here.
    pub(super) fn taken(&mut self, log: LogId) {
        if self.searches.contains_key(&log) {
            return self.stored(log);
        }
        let held = self.holdings.held(&log);
        if self.in_flight.get(&log).is_some_and(|asked| asked.to <= held) {
            self.release(&log);
        }
    }

    pub(super) fn release(&mut self, log: &LogId) {
        self.forget_search(log);
        let Some(asked) = self.in_flight.remove(log) else { return };
        if let Some(peer) = self.peers.get_mut(&asked.peer) {
            peer.wanted = peer.wanted.saturating_sub(1);
        }
    }

    /// Nothing more comes from the peer of the logs that `which` names: others are asked.
    pub(super) fn reassign_from(&mut self, id: DeviceId, which: impl Fn(&LogId) -> bool) {
        let asked = self.in_flight.iter().filter(|(log, asked)| asked.peer == id && which(log));
        let logs: Vec<LogId> = asked.map(|(log, _)| *log).collect();
        for log in logs {
            self.release(&log);
            self.pull_from_anyone(log);
        }
    }

    /// Asks others for what was asked of a peer that sends nothing of it: a peer that says it holds what it does not
    /// hold delays a log once, and only where somebody else has it is it passed over.
    pub(super) fn reassign_late(&mut self, after: Duration) {
        let late = |(log, asked): &(&LogId, &InFlight)| {
            // A peer that always has something else to send does not sit on a log for ever.
            let last = asked.since.max(asked.behind.min(asked.since + PACKS_TIMEOUT));
            self.now > last + after && !self.pending.contains_key(*log)
        };
        let logs: Vec<(LogId, DeviceId)> =
            self.in_flight.iter().filter(late).map(|(log, asked)| (*log, asked.peer)).collect();
        for (log, slow) in logs {
            let others = self.peers.iter().filter(|(id, peer)| {
                **id != slow && self.missing_from(peer, &log) > 0 && self.may_talk_about(id, &log.space)
            });
            let other = others.min_by_key(|(_, peer)| peer.wanted).map(|(id, _)| *id);
            // Asking the same peer again brings nothing twice: it knows what it has sent on this connection.
            self.release(&log);
            self.pull(other.unwrap_or(slow), log.space, vec![log.device]);
        }
    }

    /// After anything that may have freed capacity or settled governance.
    pub(super) fn after_pull(&mut self) {
        let free = |peer: &Peer| peer.backlog && peer.wanted <= WANTED / 2;
        let ids: Vec<DeviceId> =
            self.peers.iter().filter(|(_, peer)| free(peer)).map(|(id, _)| *id).collect();
        for id in ids {
            let Some(peer) = self.peers.get_mut(&id) else { continue };
            peer.backlog = false;
            let spaces: Vec<SpaceId> = peer.shared.keys().copied().collect();
            for space in spaces {
                self.pull_all(id, space);
            }
        }
        self.settle();
    }

    /// Takes in that a run shows how far the peer holds `log`.
    ///
    /// `prev` is what its first entry follows, if the log is forked.
    pub(super) fn shown(&mut self, id: DeviceId, log: &LogId, prev: Option<Prefix>, from: u64, claim: Claim) {
        let now = self.now;
        let shared = self.peers.get_mut(&id).and_then(|peer| peer.shared.get_mut(&log.space));
        if let Some(shared) = shared.filter(|shared| shared.has_branches(&log.device)) {
            if let Some(prev) = prev {
                shared.grow(&log.device, Claim { seq: from.saturating_sub(1), id: prev }, claim);
            }
            return;
        }
        if let Some(shared) = self.peers.get_mut(&id).and_then(|peer| peer.shared.get_mut(&log.space)) {
            shared.claim(log.device, claim, MAX_LOGS, now);
        }
    }

    /// The peer takes no more of a log from this side.
    pub(super) fn refused_by(&mut self, id: DeviceId, space: Prefix, device: DeviceId, reason: Refusal) {
        let Some(space) = self.shared_space(&id, space) else { return };
        let log = LogId { space, device };
        if !self.stands(id) || !self.holdings.has(&log) {
            return;
        }
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.outgoing.refused(&log);
        peer.refused.insert(log, reason.clone());
        self.effects.push(crate::Effect::RefusedByPeer { peer: id, log, reason });
    }
}
