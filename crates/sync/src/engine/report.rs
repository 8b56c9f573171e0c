//! What people are shown.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{DeviceId, LogId, SpaceId};

use super::Engine;
use super::forks::heads_worth;
use crate::peer::{Peer, Shared};
use crate::{Claim, PeerStatus, Refusal, SpaceStatus};

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
            blocked: Self::open_refusals(&peer.blocked, |log| self.not_held(peer, log) > 0),
            refused: Self::open_refusals(&peer.refused, |log| self.not_said(peer, log)),
        }
    }

    /// The refusals that still matter. A run that was not stored may have been too much beyond a cut of which its sender had
    /// not heard; once both have heard of it neither lacks anything, and nothing ever comes that would take the refusal back.
    /// So it stands while something of the log is lacking. All others stand until they are taken back.
    fn open_refusals(
        refusals: &BTreeMap<LogId, Refusal>,
        lacks: impl Fn(&LogId) -> bool,
    ) -> BTreeMap<LogId, Refusal> {
        let open = |(log, why): &(&LogId, &Refusal)| !matches!(why, Refusal::NotStored(_)) || lacks(log);
        refusals.iter().filter(open).map(|(log, why)| (*log, why.clone())).collect()
    }

    /// Whether this side offers something of `log` that the peer has not said to hold.
    fn not_said(&self, peer: &Peer, log: &LogId) -> bool {
        let theirs = self.is_forked(peer, log).then(|| heads_worth(peer, &self.access, log));
        let unnamed = |head: &Claim| theirs.as_ref().is_some_and(|theirs| !theirs.contains(head));
        let mut offered = self.holdings.offered_heads(log).iter().copied().map(Claim::from);
        offered.any(|head| head.seq > peer.claims(log) || unnamed(&head))
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
            let ours = || self.holdings.offered_heads(&log).iter().copied().map(Claim::from);
            let differ = || ours().collect::<BTreeSet<Claim>>() != heads_worth(peer, &self.access, &log);
            if claim.seq > 0 && self.is_forked(peer, &log) && differ() {
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
