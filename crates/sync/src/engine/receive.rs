//! Receiving runs: what is new and belongs here goes to the driver, which verifies and stores it.

use accord_core::{DeviceId, Header, LogId};

use super::Engine;
use crate::{Claim, CloseReason, Effect, Prefix, Refusal, Run, unpack_run};

impl Engine {
    pub(super) fn run(&mut self, id: DeviceId, run: &Run) {
        // Of a space that this side does not read (any more) nothing is taken, and nothing said: what is not known to
        // be shared is asked for once it is.
        let Some(space) = self.shared_space(&id, run.space) else { return };
        let log = LogId { space, device: run.device };
        let Some(peer) = self.peers.get(&id) else { return };
        if peer.blocked.contains_key(&log) {
            return;
        }
        if !self.access.takes(&log) || !self.holdings.room(&log) {
            return self.refuse(id, log, Refusal::UnknownAuthor);
        }
        let entries = match unpack_run(run) {
            Ok(entries) => entries,
            Err(error) => return self.close(id, CloseReason::Malformed(error)),
        };
        let Some(to) = run.from.checked_add(entries.len() as u64 - 1) else {
            return self.close(id, CloseReason::Unexpected("a run beyond all positions"));
        };
        if to > self.access.at_most(&log) {
            let why = "more entries beyond the end of its author's access than are kept";
            return self.refuse(id, log, Refusal::NotStored(why.into()));
        }
        let Some(entries) = self.came_again(id, log, run.from, entries) else { return };
        let forked = self.peers.get(&id).is_some_and(|peer| self.is_forked(peer, &log));
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
        let first = Header::from_bytes(&first.header).ok();
        if first.as_ref().is_some_and(|first| first.seq != run.from) {
            return self.refuse(id, log, Refusal::Gap);
        }
        let prev = first.filter(|_| forked).and_then(|header| header.prev);
        let claim = Claim { seq: to, id: Prefix::entry(&Header::id_of(&last.header)) };
        self.shown(id, &log, prev.as_ref().map(Prefix::entry), run.from, claim);
        self.progressed(id, &log);
        if let Some(seq) = self.awaits(&id, &log, (run.from, to)) {
            let at = usize::try_from(seq - run.from).ok().and_then(|at| entries.get(at));
            let found = at.map(|entry| Prefix::entry(&Header::id_of(&entry.header)));
            found.into_iter().for_each(|id| self.arrived(&log, Claim { seq, id }));
        }
        if self.holdings.heads(&log).iter().any(|head| Claim::from(*head) == claim) {
            // Came by another way meanwhile. What ends otherwise may be another history.
            return self.stored(log);
        }
        if self.waits_for_disk(id, log, run.from, to) {
            self.effects.push(Effect::Ingest { peer: id, log, entries });
        }
    }

    /// Notes that entries of a log go to the disk, if they follow what is held or is on its way there.
    pub(super) fn waits_for_disk(&mut self, id: DeviceId, log: LogId, from: u64, to: u64) -> bool {
        let held = self.holdings.held(&log);
        let before = self.pending.get(&log).and_then(|pending| pending.get(&id)).map_or(0, |(_, to)| *to);
        // Of a forked log the store knows where a run belongs.
        if from > held.max(before).saturating_add(1) {
            self.misplaced(id, log);
            return false;
        }
        let pending = self.pending.entry(log).or_default().entry(id).or_default();
        *pending = (pending.0 + 1, pending.1.max(to));
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.ingesting += 1;
        }
        true
    }

    /// The driver answered for one run.
    pub(super) fn settled(&mut self, id: DeviceId, log: LogId) {
        if let Some(pending) = self.pending.get_mut(&log) {
            if let Some((count, _)) = pending.get_mut(&id) {
                *count -= 1;
                if *count == 0 {
                    pending.remove(&id);
                }
            }
            if pending.is_empty() {
                self.pending.remove(&log);
            }
        }
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.ingesting = peer.ingesting.saturating_sub(1);
        }
        self.progressed(id, &log);
    }
}
