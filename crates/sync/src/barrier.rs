//! What `sync --wait` waits for: that this node and every peer that was connected hold all that either held when the
//! waiting began. Later edits do not prolong it.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{DeviceId, LogId};

use crate::peer::Peer;
use crate::{Claim, Engine};

/// A point that is to be reached; see [`Engine::barrier`].
#[derive(Debug, Clone, Default)]
pub struct Barrier {
    /// What was offered here when it began, and what each peer has said at first: how far the longest branch of each log
    /// goes. Of a forked log every branch is waited for, as its device should write no more.
    pub(crate) target: BTreeMap<LogId, u64>,
    /// The peers that it waits for, and whether their first word is part of the target.
    pub(crate) peers: BTreeMap<DeviceId, bool>,
    /// The number of the probe that each peer is to answer first, so that its word is not an old one.
    pub(crate) probe: u64,
    /// The peers that went away meanwhile.
    pub(crate) left: BTreeSet<DeviceId>,
}

/// How far a barrier is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BarrierState {
    /// Something is missing.
    Waiting {
        /// How many entries are missing here.
        here: u64,
        /// How many entries each peer has not acknowledged; none where it has not said yet what it holds.
        peers: BTreeMap<DeviceId, Option<u64>>,
    },
    /// All that remained connected hold all of it, except for what was refused.
    Reached {
        /// The peers that went away meanwhile.
        left: BTreeSet<DeviceId>,
        /// Logs that one side refused from the other, which were not waited for.
        refused: BTreeSet<LogId>,
    },
}

impl Engine {
    /// Begins to wait, with all peers connected now.
    pub fn barrier(&self) -> Barrier {
        let spaces =
            self.access().own.iter().filter_map(|space| Some((space, self.holdings().vector(space)?)));
        let target = spaces.flat_map(|(space, vector)| {
            vector.iter().filter_map(|(device, heads)| {
                Some((LogId { space: *space, device: *device }, heads.iter().max()?.seq))
            })
        });
        let peers = self.peers().keys().map(|peer| (*peer, false)).collect();
        Barrier { target: target.collect(), peers, probe: self.probes(), left: BTreeSet::new() }
    }

    /// How far it is. To be called after each batch of events: what a peer says at first when its connection opens
    /// becomes part of what is waited for.
    pub fn reached(&self, barrier: &mut Barrier) -> BarrierState {
        self.take_first_words(barrier);
        let mut refused = BTreeSet::new();
        let mut waiting = BTreeMap::new();
        for (id, known) in &barrier.peers {
            let Some(peer) = self.peers().get(id) else { continue };
            if !peer.has_spoken() {
                // A connection that took the place of another has not said yet what arrived over that one.
                waiting.insert(*id, None);
                continue;
            }
            let mut missing = 0_u64;
            for (log, seq) in &barrier.target {
                if !peer.shared.contains_key(&log.space) {
                    continue;
                }
                if peer.refused.contains_key(log) || peer.blocked.contains_key(log) {
                    refused.insert(*log);
                    continue;
                }
                let offered = self.holdings().offered(log).map_or(0, |head| head.seq);
                let behind = offered.min(*seq).saturating_sub(peer.claims(log));
                missing = missing.saturating_add(behind.max(self.heads_not_told(peer, log)));
            }
            if !known || missing > 0 {
                waiting.insert(*id, known.then_some(missing));
            }
        }
        let lacks = |(log, seq): (&LogId, &u64)| {
            let wanted = self.access().takes(log) && !refused.contains(log);
            let seq = self.access().limit(log).min(*seq);
            if wanted { seq.saturating_sub(self.holdings().held(log)) } else { 0 }
        };
        let here = barrier.target.iter().map(lacks).fold(0_u64, u64::saturating_add);
        let peers = || barrier.peers.keys().filter_map(|id| self.peers().get(id));
        let branches = |peer| {
            let logs = barrier.target.keys().filter(|log| !refused.contains(log));
            logs.map(move |log| self.branches_to_come(peer, log)).fold(0_u64, u64::saturating_add)
        };
        let here = peers().map(branches).fold(here, u64::saturating_add);
        if here == 0 && waiting.is_empty() {
            return BarrierState::Reached { left: barrier.left.clone(), refused };
        }
        BarrierState::Waiting { here, peers: waiting }
    }

    /// How many heads of a forked log the peer has not said that it holds.
    fn heads_not_told(&self, peer: &Peer, log: &LogId) -> u64 {
        if !self.is_forked(peer, log) {
            return 0;
        }
        let told = peer.heads(log);
        let ours = self.holdings().offered_heads(log).iter();
        ours.filter(|head| !told.contains(&Claim::from(**head))).count() as u64
    }

    /// How many heads the peer named of a log that is forked, or perhaps is, and that are not known to be here.
    fn branches_to_come(&self, peer: &Peer, log: &LogId) -> u64 {
        if !self.access().takes(log) {
            return 0;
        }
        let unknown = if self.is_forked(peer, log) { self.unknown_heads(peer, log).len() as u64 } else { 0 };
        unknown + u64::from(peer.explaining.contains_key(log))
    }

    fn take_first_words(&self, barrier: &mut Barrier) {
        let Barrier { target, peers, probe, left } = barrier;
        peers.retain(|id, _| {
            let stays = self.peers().contains_key(id);
            if !stays {
                left.insert(*id);
            }
            stays
        });
        for (id, known) in peers.iter_mut().filter(|(_, known)| !**known) {
            let Some(peer) = self.peers().get(id).filter(|peer| peer.has_spoken()) else { continue };
            if peer.echoed < *probe {
                continue;
            }
            *known = true;
            for (log, seq) in &peer.told {
                let target = target.entry(*log).or_default();
                *target = (*target).max(*seq);
            }
            for (space, shared) in &peer.shared {
                for (device, claim) in shared.theirs.iter().flatten() {
                    let log = LogId { space: *space, device: *device };
                    let seq = target.entry(log).or_default();
                    *seq = claim.seq.max(*seq);
                }
            }
        }
    }
}
