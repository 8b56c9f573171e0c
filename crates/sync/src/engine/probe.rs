//! Probes: what a peer holds *now*. What it said earlier may be overtaken by an entry that is just on its way, so who
//! waits for everything that a peer holds has to ask it once.

use accord_core::{DeviceId, LogId};

use super::Engine;
use crate::{Claim, CloseReason, Frame, MAX_ITEMS, MAX_LOGS, Phase, Positions, Prefix};

impl Engine {
    /// Asks every peer. One that is still greeting answers once content may move.
    pub(super) fn probe(&mut self) {
        self.probes += 1;
        let ids: Vec<DeviceId> = self.peers.keys().copied().collect();
        for id in ids {
            self.send(id, &Frame::Probe(self.probes));
        }
    }

    pub(super) fn probed(&mut self, id: DeviceId, number: u64) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.probe = Some(number);
        self.answer_probe(id);
    }

    /// Says what this side offers and the peer has not acknowledged, if the peer asked and content may move.
    pub(super) fn answer_probe(&mut self, id: DeviceId) {
        let Some(peer) = self.peers.get_mut(&id).filter(|peer| peer.phase == Phase::Open) else { return };
        let Some(number) = peer.probe.take() else { return };
        let mut positions: Vec<(Prefix, Vec<_>)> = Vec::new();
        let mut items = 0;
        let Some(peer) = self.peers.get(&id) else { return };
        for space in peer.shared.keys().filter(|space| self.access.may_read(&id, space)) {
            let vector = self.holdings.vector(space);
            let news =
                vector.into_iter().flat_map(accord_core::Vector::iter).filter_map(|(device, heads)| {
                    // Of a forked log the longest branch stands for all: its heads were told as they came.
                    let head = heads.iter().max()?;
                    let log = LogId { space: *space, device: *device };
                    (head.seq > peer.claims(&log)).then(|| (self.name(space, device), Claim::from(*head)))
                });
            // Beyond the bound of a frame a peer is so far behind that it waits for what it knows of anyway.
            let news: Vec<_> = news.take(MAX_ITEMS - items).collect();
            items += news.len();
            if !news.is_empty() {
                positions.push((Prefix::space(space), news));
            }
        }
        self.send(id, &Frame::Echo { number, positions });
    }

    pub(super) fn echo(&mut self, id: DeviceId, number: u64, positions: Positions) {
        if number > self.probes {
            return self.close(id, CloseReason::Unexpected("an answer that was not asked for"));
        }
        let Self { holdings, peers, .. } = self;
        if let Some(peer) = peers.get_mut(&id) {
            peer.told.retain(|log, seq| *seq > holdings.held(log));
        }
        for (prefix, items) in positions {
            let Some(space) = self.shared_space(&id, prefix) else { continue };
            for (device, claim) in items {
                let Some(device) = self.holdings.resolve(device) else { continue };
                let log = LogId { space, device };
                let held = self.holdings.held(&log);
                let Some(peer) = self.peers.get_mut(&id) else { return };
                if claim.seq > held && peer.told.len() < MAX_LOGS {
                    let seq = peer.told.entry(log).or_default();
                    *seq = claim.seq.max(*seq);
                }
            }
        }
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.echoed = peer.echoed.max(number);
        }
    }
}
