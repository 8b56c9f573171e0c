//! Noticing forks: whether the one head that a peer names is part of the history that is held here.
//!
//! A head beyond what is held shows itself when its entries come. One that is not beyond is usually an old word, of somebody
//! who lags; but it can be the end of another, shorter history, which nobody would ever ask for.

use accord_core::{DeviceId, LogId};

use super::Engine;
use crate::{Claim, Effect, Look};

impl Engine {
    /// The peer named a head of a log, and it is not said that it has several: is it in the history that is held here?
    ///
    /// A head that goes further than here tells when its entries come. One that does not is looked up, unless it is known
    /// anyway: else nobody would notice that the peer holds another, shorter history.
    pub(super) fn explain(&mut self, id: DeviceId, log: LogId) {
        let Self { peers, holdings, access, effects, .. } = self;
        let Some(peer) = peers.get_mut(&id) else { return };
        let sent = peer.outgoing.sent_simply(&log);
        let apart = peer.apart.contains(&log) || peer.blocked.contains_key(&log) || !access.takes(&log);
        let ours = holdings.heads(&log);
        let Some(shared) = peer.shared.get_mut(&log.space) else { return };
        let Some(claim) = shared.unexplained(&log.device) else { return };
        let [head] = ours else { return };
        if apart || claim.seq > head.seq || peer.explaining.contains_key(&log) {
            return;
        }
        if claim.seq <= sent || Claim::from(*head) == claim {
            return shared.explain(&log.device, claim);
        }
        if claim.seq < head.seq {
            peer.explaining.insert(log, claim);
            effects.push(Effect::Look { peer: id, log, look: Look::Held(vec![claim]) });
        }
    }

    /// The disk says whether a head that the peer named is held here.
    pub(super) fn explained(&mut self, id: DeviceId, log: LogId, points: &[Claim], last: Option<u64>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let Some(claim) = peer.explaining.get(&log).copied().filter(|claim| *points == [*claim]) else {
            return;
        };
        peer.explaining.remove(&log);
        let Some(shared) = peer.shared.get_mut(&log.space) else { return };
        if last.is_some() {
            shared.explain(&log.device, claim);
            return self.explain(id, log);
        }
        if shared.unexplained(&log.device) == Some(claim) {
            peer.apart.insert(log);
            return self.pull_from_anyone(log);
        }
        self.explain(id, log);
    }

    /// More of a log is held: what peers said before may be in it.
    pub(super) fn explain_all(&mut self, log: LogId) {
        let ids: Vec<DeviceId> = self.peers.keys().copied().collect();
        for id in ids {
            self.explain(id, log);
        }
    }
}
