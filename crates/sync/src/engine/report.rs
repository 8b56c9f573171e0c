//! What people are shown.

use std::collections::BTreeMap;

use accord_core::{DeviceId, LogId, SpaceId};

use super::Engine;
use crate::peer::{Peer, Shared};
use crate::{Claim, PeerStatus, SpaceStatus};

impl Engine {
    /// Every connection and how far it is.
    pub fn status(&self) -> BTreeMap<DeviceId, PeerStatus> {
        self.peers.iter().map(|(id, peer)| (*id, self.peer_status(peer))).collect()
    }

    /// Whether this node and the peer hold the same of all spaces that both read, as far as each has said.
    pub fn in_step(&self, peer: &DeviceId) -> bool {
        self.peers.get(peer).is_some_and(|peer| self.peer_status(peer).in_step())
    }

    fn peer_status(&self, peer: &Peer) -> PeerStatus {
        let spaces =
            peer.shared.iter().map(|(space, shared)| (*space, self.space_status(peer, space, shared)));
        PeerStatus {
            phase: peer.phase,
            since: peer.since,
            spaces: spaces.collect(),
            blocked: peer.blocked.clone(),
            refused: peer.refused.clone(),
        }
    }

    fn space_status(&self, peer: &Peer, space: &SpaceId, shared: &Shared) -> SpaceStatus {
        let mut status = SpaceStatus {
            known: shared.theirs.is_some(),
            acknowledged: shared.acknowledged,
            ..SpaceStatus::default()
        };
        let claims = shared.theirs.iter().flatten();
        for (device, claim) in claims {
            let log = LogId { space: *space, device: *device };
            status.we_lack = status.we_lack.saturating_add(self.missing_from(peer, &log));
            let ours = self.holdings.offered_heads(&log).iter().copied().map(Claim::from);
            if claim.seq > 0 && self.is_forked(peer, &log) && !ours.eq(peer.heads(&log).iter().copied()) {
                status.forked += 1;
            }
        }
        for (device, heads) in self.holdings.vector(space).into_iter().flat_map(accord_core::Vector::iter) {
            let ours = heads.iter().map(|head| head.seq).max().unwrap_or(0);
            let claimed = shared.claims(device).min(ours);
            status.they_hold = status.they_hold.saturating_add(claimed);
            status.they_lack = status.they_lack.saturating_add(ours - claimed);
        }
        status
    }
}
