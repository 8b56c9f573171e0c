//! Entries that this node held and lost, asked for once more of whoever has them: a damaged disk is mended by partners.
//!
//! It is the only way in which an entry goes twice to one device on one connection, and it goes then because it was asked
//! for by position: each place once of each connection, one at a time of each log, and a bounded number in all.

use accord_core::{DeviceId, LogId, SignedEntry};

use super::Engine;
use crate::{AGAIN, Claim, Effect, Frame, Gap, Prefix, WANT_TIMEOUT};

/// What was asked for again of a log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    peer: DeviceId,
    from: u64,
    /// Whether it came and waits for the disk.
    came: bool,
    since: std::time::Duration,
}

impl Engine {
    /// What is lost of a log now.
    pub(super) fn lost(&mut self, log: LogId, gaps: Vec<Gap>) {
        if gaps.is_empty() {
            self.gaps.remove(&log);
        } else {
            self.gaps.insert(log, gaps);
        }
    }

    /// The disk answered for entries that were put back, or were not what was lost.
    pub(super) fn mended(&mut self, id: DeviceId, log: LogId, gaps: Vec<Gap>) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.ingesting = peer.ingesting.saturating_sub(1);
        }
        self.again.remove(&log);
        self.lost(log, gaps);
    }

    /// Asks for what is lost of every log of which nothing was asked for yet, or asked in vain.
    pub(super) fn ask_again(&mut self) {
        if self.gaps.is_empty() {
            return;
        }
        let late = |asked: &Asked| !asked.came && self.now > asked.since + WANT_TIMEOUT;
        let peers = &self.peers;
        self.again.retain(|_, asked| asked.came || (peers.contains_key(&asked.peer) && !late(asked)));
        let open: Vec<LogId> =
            self.gaps.keys().filter(|log| !self.again.contains_key(*log)).copied().collect();
        for log in open {
            self.ask_again_of_anyone(log);
        }
    }

    fn ask_again_of_anyone(&mut self, log: LogId) {
        let gaps = self.gaps.get(&log).map_or(&[][..], Vec::as_slice);
        let has = |id: &DeviceId, gap: &Gap| {
            self.peers.get(id).is_some_and(|peer| {
                peer.claims(&log) >= gap.from
                    && !peer.blocked.contains_key(&log)
                    && peer.asked_again.len() < AGAIN
                    && !peer.asked_again.contains(&(log, gap.from, gap.to))
            })
        };
        let mut ids: Vec<DeviceId> = self.peers.keys().copied().collect();
        ids.sort_by_key(|id| self.peers[id].wanted);
        let reads: Vec<DeviceId> = ids.into_iter().filter(|id| self.may_talk_about(id, &log.space)).collect();
        let found = gaps.iter().find_map(|gap| reads.iter().find(|id| has(id, gap)).map(|id| (*id, *gap)));
        let Some((id, Gap { from, to, of })) = found else { return };
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.asked_again.insert((log, from, to));
        self.again.insert(log, Asked { peer: id, from, came: false, since: self.now });
        let space = Prefix::space(&log.space);
        self.send(id, &Frame::Again { space, device: log.device, from, to, of });
    }

    /// A run came: if it is what was asked for again, it goes to the disk as that. Gives back what is something else.
    pub(super) fn came_again(
        &mut self,
        id: DeviceId,
        log: LogId,
        from: u64,
        entries: Vec<SignedEntry>,
    ) -> Option<Vec<SignedEntry>> {
        let asked =
            self.again.get_mut(&log).filter(|asked| asked.peer == id && asked.from == from && !asked.came);
        let Some(asked) = asked else { return Some(entries) };
        asked.came = true;
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.ingesting += 1;
        }
        self.effects.push(Effect::Mend { peer: id, log, entries });
        None
    }

    /// The peer held entries and lost them.
    pub(super) fn asked_again(
        &mut self,
        id: DeviceId,
        space: Prefix,
        device: DeviceId,
        range: (u64, u64),
        of: Claim,
    ) {
        let Some(space) = self.shared_space(&id, space) else { return };
        let log = LogId { space, device };
        let offered = self.holdings.offered(&log).map_or(0, |head| head.seq);
        let Some(peer) = self.peers.get_mut(&id) else { return };
        // What is beyond what is offered, or beyond the bound, is left without an answer: the peer asks somebody else.
        if range.0 > range.1 || range.0 > offered || peer.gave_again >= AGAIN {
            return;
        }
        peer.gave_again += 1;
        peer.outgoing.again(log, range, of);
        self.pump(id);
    }
}
