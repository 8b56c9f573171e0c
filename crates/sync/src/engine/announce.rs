//! Saying what is held: whole vectors once for each space, then only what is new; and pushing own entries.

use std::collections::BTreeMap;

use accord_core::{DeviceId, LogId, SpaceId};

use super::Engine;
use crate::{Ask, Claim, DeviceRef, Frame, HeadRef, Heads, MAX_ITEMS, Prefix};

impl Engine {
    /// Tells the peer all that is offered of a space.
    pub(super) fn send_vector(&mut self, id: DeviceId, space: SpaceId, ask: Ask) {
        let mut logs = Heads::new();
        let mut announced = BTreeMap::new();
        let mut told_heads = BTreeMap::new();
        if let Some(vector) = self.holdings.vector(&space) {
            for (device, heads) in vector.iter().take(crate::MAX_LOGS) {
                let claims: Vec<Claim> = heads
                    .iter()
                    .rev()
                    .take(crate::MAX_BRANCHES)
                    .rev()
                    .map(|head| Claim::from(*head))
                    .collect();
                announced.insert(*device, heads.iter().map(|head| head.seq).max().unwrap_or(0));
                if heads.len() > 1 {
                    told_heads.insert(*device, heads.to_vec());
                }
                logs.push(HeadRef { device: self.name(&space, device), heads: claims });
            }
        }
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let shared = peer.shared.entry(space).or_default();
        (shared.announced, shared.told_heads) = (Some(announced), told_heads);
        self.send(id, &Frame::Vector { space, ask, logs });
    }

    /// How to name a device to a peer. Who writes content is known from governance; governance itself is where
    /// devices become known, and names them in full.
    pub(super) fn name(&self, space: &SpaceId, device: &DeviceId) -> DeviceRef {
        if *space == self.governance { DeviceRef::Full(*device) } else { self.holdings.short(device) }
    }

    /// Tells every peer that may know it what is new in `log`, and pushes it if it is this device's own.
    ///
    /// Only what is offered is said, and the driver offers an entry only once its authority position is held: nobody
    /// can ask for an entry that could not be judged.
    pub(super) fn announce(&mut self, log: LogId) {
        let Some(head) = self.holdings.offered(&log) else { return self.offer_less(log, 0) };
        self.offer_less(log, head.seq);
        if self.holdings.offered_heads(&log).len() > 1 {
            let heads = self.holdings.offered_heads(&log).to_vec();
            return self.announce_heads(log, &heads);
        }
        let ids: Vec<DeviceId> = self.peers.keys().copied().collect();
        for id in ids {
            if !self.access.may_read(&id, &log.space) {
                continue;
            }
            let Some(peer) = self.peers.get_mut(&id) else { continue };
            let covered = peer.covered(&log);
            let after = peer.heads(&log).iter().find(|claim| claim.seq == covered).map(|claim| claim.id);
            let apart = peer.apart.contains(&log) || peer.heads(&log).len() > 1;
            let refused = peer.refused.contains_key(&log);
            let Some(shared) = peer.shared.get_mut(&log.space) else { continue };
            let Some(announced) = &mut shared.announced else { continue };
            let said = announced.get(&log.device).copied().unwrap_or(0);
            // Of several heads that were told one is left, since a decision cut the log.
            let settled = shared.told_heads.remove(&log.device).is_some();
            if said >= head.seq && !settled {
                continue;
            }
            announced.insert(log.device, head.seq);
            // A push goes only to whom it follows on what it has or is getting, and who is not about to ask: so a push
            // and a Want never cross for one entry.
            let own = log.device == self.me;
            if own
                && !settled
                && !refused
                && !apart
                && shared.theirs.is_some()
                && said <= covered
                && covered < head.seq
            {
                peer.outgoing.queue(log, (covered + 1, head.seq), Claim::from(head), after);
                self.pump(id);
            } else {
                let item = (self.name(&log.space, &log.device), Claim::from(head));
                self.send(id, &Frame::Have(vec![(Prefix::space(&log.space), vec![item])]));
            }
        }
    }

    /// A log was cut: if more of it may be offered again later, it is said again, since who asked meanwhile got nothing.
    fn offer_less(&mut self, log: LogId, upto: u64) {
        for peer in self.peers.values_mut() {
            let shared = peer.shared.get_mut(&log.space);
            let announced = shared.and_then(|shared| shared.announced.as_mut()?.get_mut(&log.device));
            if let Some(said) = announced {
                *said = upto.min(*said);
            }
        }
    }

    /// Announces whatever of a space peers were not told yet.
    pub(super) fn announce_all_of(&mut self, space: SpaceId) {
        let Some(vector) = self.holdings.vector(&space) else { return };
        let untold = |device: &DeviceId, seq: u64| {
            self.peers
                .values()
                .filter_map(|peer| peer.shared.get(&space)?.announced.as_ref())
                .any(|announced| announced.get(device).copied().unwrap_or(0) < seq)
        };
        let news: Vec<LogId> = vector
            .iter()
            .filter(|(device, heads)| heads.len() > 1 || heads.iter().any(|head| untold(device, head.seq)))
            .map(|(device, _)| LogId { space, device: *device })
            .collect();
        for log in news {
            self.announce(log);
        }
    }

    /// Sends lists of items in as many frames as they take.
    pub(super) fn send_in_parts<T>(
        &mut self,
        id: DeviceId,
        space: SpaceId,
        items: Vec<T>,
        frame: impl Fn(Vec<(Prefix, Vec<T>)>) -> Frame,
    ) {
        let mut items = items.into_iter().peekable();
        while items.peek().is_some() {
            let part: Vec<T> = items.by_ref().take(MAX_ITEMS).collect();
            self.send(id, &frame(vec![(Prefix::space(&space), part)]));
        }
    }
}
