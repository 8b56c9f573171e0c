//! Access changed: withdrawn access takes effect at once, new access begins with a vector.

use std::collections::BTreeSet;

use accord_core::{DeviceId, LogId, SpaceId};

use super::Engine;
use crate::{Access, Ask, CloseReason, Phase, Refusal};

impl Engine {
    pub(super) fn access_changed(&mut self, access: Access) {
        // What was asked for of a log that is cut otherwise now, the other side may have let fall, since it heard of it first.
        let before = std::mem::replace(&mut self.access, access);
        let limits = |log: &LogId| before.limits.get(log) != self.access.limits.get(log);
        let cut: Vec<LogId> = self.in_flight.keys().filter(|log| limits(log)).copied().collect();
        let bounded = before.at_most.keys().chain(self.access.at_most.keys());
        let moved: BTreeSet<LogId> =
            bounded.filter(|log| before.at_most(log) != self.access.at_most(log)).copied().collect();
        for log in &cut {
            self.release(log);
        }
        self.holdings.name(&self.access);
        let ids: Vec<DeviceId> = self.peers.keys().copied().collect();
        for id in &ids {
            if !self.access.devices.contains_key(id) {
                self.close(*id, CloseReason::NoAccess);
            }
        }
        for id in ids {
            self.withdraw(id);
            self.unblock(id, &moved);
            self.begin(id);
        }
        self.after_pull();
    }

    /// Ends every space that both sides do not read any more.
    fn withdraw(&mut self, id: DeviceId) {
        let shared: BTreeSet<SpaceId> = self.access.shared(&id).collect();
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let ended: Vec<SpaceId> =
            peer.shared.keys().filter(|space| !shared.contains(*space)).copied().collect();
        for space in &ended {
            peer.shared.remove(space);
            peer.outgoing.restart(space);
        }
        self.reassign_from(id, |log| ended.contains(&log.space));
    }

    /// Takes from the peer what was refused only because its author was not known, or because it was too much beyond a cut
    /// that has moved.
    fn unblock(&mut self, id: DeviceId, moved: &BTreeSet<LogId>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let access = &self.access;
        peer.blocked.retain(|log, reason| match reason {
            Refusal::UnknownAuthor => !access.takes(log),
            Refusal::NotStored(_) => !moved.contains(log),
            _ => true,
        });
        let spaces: Vec<SpaceId> = peer.shared.keys().copied().collect();
        for space in spaces {
            self.pull_all(id, space);
        }
    }

    /// Begins with spaces that both read now, and again with those of which the peer named unknown devices.
    fn begin(&mut self, id: DeviceId) {
        let content: Vec<SpaceId> = self.content_shared_with(&id).collect();
        for space in content {
            let Some(peer) = self.peers.get_mut(&id).filter(|peer| peer.phase == Phase::Open) else { return };
            let shared = peer.shared.entry(space).or_default();
            let ask = match (&shared.announced, shared.ask_again) {
                (None, _) => Ask::Begin,
                (Some(_), true) => Ask::Again,
                (Some(_), false) => continue,
            };
            shared.ask_again = false;
            self.send_vector(id, space, ask);
        }
    }
}
