//! Packs: when much of a space is missing, entries of several logs travel together, as compactly as the driver can.
//!
//! For the engine a pack is as many runs in one frame. What holds of a run holds of each of them: access, limits, order, one
//! peer asked for each log, nothing twice. Logs that forked and the governance space go by runs alone.

use std::collections::BTreeSet;
use std::time::Duration;

use accord_core::{DeviceId, LogId, SpaceId};

use super::Engine;
use crate::peer::Next;
use crate::wire::Pack;
use crate::{
    Claim, CloseReason, Effect, PACK_BYTES, PACK_FIRST, Portion, RUN_TARGET, Refusal, SentOf, StretchOf,
};

/// A pack that was written within this time lets the next one be twice as large.
const QUICK: Duration = Duration::from_secs(2);

/// A pack that took longer than this lets the next one be half as large, so that a frame passes in the time that it has.
const SLOW: Duration = Duration::from_secs(8);

impl Engine {
    /// Orders the next pack to a peer, if there is enough to send for one. Gives the logs that wait for theirs.
    pub(super) fn pump_pack(&mut self, id: DeviceId) -> BTreeSet<LogId> {
        let Some(peer) = self.peers.get(&id) else { return BTreeSet::new() };
        let end = |log: &LogId| {
            // Of a forked log the other side does not know by its position where an entry belongs.
            let simple = self.may_send(&id, log) && !self.is_forked(peer, log);
            self.holdings.offered(log).filter(|_| simple).map(|head| head.seq)
        };
        let packs = peer.outgoing.for_packs(&self.governance, self.pack_from, end);
        let Self { peers, governance, effects, now, .. } = self;
        let for_packs = packs.iter().flatten().map(|(log, _)| *log).collect();
        let Some(peer) = peers.get_mut(&id) else { return for_packs };
        let Some(logs) = peer.outgoing.next_pack(governance, &packs) else { return for_packs };
        if let Some(space) = logs.first().map(|next| next.log.space) {
            let portion = |next: &Next| Portion {
                log: next.log,
                from: next.from,
                to: next.to,
                on: next.on,
                after: next.after,
            };
            let logs = logs.iter().map(portion).collect();
            peer.packing_since = *now;
            effects.push(Effect::SendPack { peer: id, space, logs, max_bytes: peer.pack_bytes });
        }
        for_packs
    }

    /// The driver wrote a pack, or could not.
    pub(super) fn pack_sent(&mut self, id: DeviceId, space: SpaceId, logs: &[(LogId, SentOf)]) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let took = now.saturating_sub(peer.packing_since);
        if took < QUICK {
            peer.pack_bytes = (peer.pack_bytes * 2).min(PACK_BYTES);
        } else if took > SLOW {
            peer.pack_bytes = (peer.pack_bytes / 2).max(PACK_FIRST / 4);
        }
        let mut parted = Vec::new();
        for (log, sent) in logs {
            match sent {
                SentOf::Upto(last) => peer.outgoing.sent(*log, Some(*last)),
                SentOf::Later => peer.outgoing.put_back(*log),
                SentOf::Nothing => peer.outgoing.sent(*log, None),
                SentOf::Parted => {
                    peer.outgoing.sent(*log, None);
                    parted.push(*log);
                }
            }
        }
        // Whatever was not answered for is not to hold up what comes.
        peer.outgoing.packed(&space);
        for log in parted {
            self.parted(id, log);
        }
        self.pump(id);
    }

    /// A pack came: what is new of each of its logs and belongs here goes to the driver.
    pub(super) fn pack(&mut self, id: DeviceId, pack: Pack) {
        let Some(space) = self.shared_space(&id, pack.space) else { return };
        if space == self.governance {
            return self.close(id, CloseReason::Unexpected("governance in a pack"));
        }
        let (mut taken, mut new) = (Vec::new(), 0_u64);
        for packed in &pack.logs {
            let log = LogId { space, device: packed.device };
            let claim = Claim { seq: packed.to, id: packed.end };
            let held = self.holdings.held(&log);
            let asked = self.in_flight.get(&log).filter(|asked| asked.peer == id).map_or(0, |asked| asked.to);
            // One that is closed while this goes on takes nothing more.
            if self.peers.contains_key(&id) && self.takes_packed(id, log, packed.from, claim) {
                self.progressed(id, &log);
                new = new.saturating_add(claim.seq.min(asked).saturating_sub(held.max(packed.from - 1)));
                taken.push(StretchOf { log, from: packed.from, end: claim });
            }
        }
        // What a pack has no room for waits for the next ones. Little, or what was not asked for, holds up nothing: it would let a
        // peer sit on what it was asked for.
        if new >= self.pack_from / 2 || (new > 0 && pack.bytes.len() >= RUN_TARGET) {
            self.packs_come(id);
        }
        if !taken.is_empty() {
            self.effects.push(Effect::IngestPack { peer: id, space, logs: taken, bytes: pack.bytes });
        }
    }

    /// Whether entries of a log that came in a pack are to be stored: then they are noted as waiting for the disk.
    fn takes_packed(&mut self, id: DeviceId, log: LogId, from: u64, claim: Claim) -> bool {
        let Some(peer) = self.peers.get(&id).filter(|peer| !peer.blocked.contains_key(&log)) else {
            return false;
        };
        let forked = self.is_forked(peer, &log);
        if !self.access.takes(&log) || !self.holdings.room(&log) {
            self.refuse(id, log, Refusal::UnknownAuthor);
            return false;
        }
        if claim.seq > self.access.at_most(&log) {
            let why = "more entries beyond the end of its author's access than are kept";
            self.refuse(id, log, Refusal::NotStored(why.into()));
            return false;
        }
        // Otherwise it was sent before its sender heard of the second history: the store knows whether it has a place.
        if !forked {
            self.shown(id, &log, None, from, claim);
        }
        if self.holdings.heads(&log).iter().any(|head| Claim::from(*head) == claim) {
            self.stored(log);
            return false;
        }
        self.waits_for_disk(id, log, from, claim.seq)
    }
}
