//! Sending: what peers ask for and what is pushed, a few runs at a time, to whom may read it now.

use accord_core::{DeviceId, LogId};

use super::Engine;
use crate::peer::Next;
use crate::{AGAIN_BYTES, Claim, Effect, Frame, RUN_TARGET, Ranges};

impl Engine {
    pub(super) fn want(&mut self, id: DeviceId, ranges: &Ranges) {
        for (prefix, items) in ranges {
            // Only of spaces in which this side announced something, to a device that may read them now.
            let Some(space) = self.shared_space(&id, *prefix) else { continue };
            for (device, from, to, after) in items {
                let Some(device) = self.holdings.resolve(*device) else { continue };
                let log = LogId { space, device };
                let Some(head) = self.holdings.offered(&log) else { continue };
                let forked = self.holdings.heads(&log).len() > 1;
                let Some(peer) = self.peers.get_mut(&id) else { return };
                if forked || peer.apart.contains(&log) {
                    // Which branch is meant cannot be told. The peer was told of all of them, and will fetch what it lacks.
                    self.send(id, &Frame::Apart { space: *prefix, device });
                } else if peer.shared.get(&space).is_some_and(|shared| shared.announced.is_some()) {
                    // Who asks takes it (again).
                    peer.refused.remove(&log);
                    peer.outgoing.queue(log, (*from, head.seq.min(*to)), Claim::from(head), *after);
                }
            }
        }
        self.pump(id);
    }

    pub(super) fn run_sent(&mut self, id: DeviceId, log: LogId, last: Option<u64>) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.outgoing.sent(log, last);
            self.pump(id);
        }
    }

    /// Orders the next runs to a peer, governance first: so who gets entries can judge by then who may write them.
    pub(super) fn pump(&mut self, id: DeviceId) {
        let for_packs = self.pump_pack(id);
        let Self { peers, access, holdings, governance, effects, .. } = self;
        let Some(peer) = peers.get_mut(&id) else { return };
        let end = |log: &LogId| {
            let readable = access.may_read(&id, &log.space) && access.own.contains(&log.space);
            holdings.offered(log).filter(|_| readable).map(|head| head.seq)
        };
        while let Some(next) = peer.outgoing.next(governance, &for_packs, end) {
            let Next { log, from, to, on, after, least } = next;
            // What was lost comes back only if it comes together, to a signature that holds for it.
            let max_bytes = if least.is_some() { AGAIN_BYTES } else { RUN_TARGET };
            effects.push(Effect::SendRun { peer: id, log, from, to, on, after, least, max_bytes });
        }
    }
}
