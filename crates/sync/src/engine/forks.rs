//! Logs whose device signed several histories: each branch that a peer holds and this node lacks is asked for.
//!
//! Of a forked log both sides name the heads of all branches. Such a head says nothing about the entries before it, so
//! where it parts from what is held here is located first: this node asks for the ids at some positions before it,
//! looks up which of them it holds, and asks again between the last that it does and the first that it does not. What
//! comes after the place is then fetched up to that very head, so nothing travels that is held already.
//!
//! One branch of a log is located and fetched at a time, from one peer.

use std::collections::BTreeSet;

use accord_core::{DeviceId, Head, LogId, SpaceId};

use super::Engine;
use super::want::InFlight;
use crate::peer::Peer;
use crate::{
    Access, Claim, CloseReason, Effect, Found, Frame, LADDER, LOOKING, Look, MISPLACED, Prefix, Refusal,
};

/// A branch that is being fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Search {
    peer: DeviceId,
    target: Claim,
    /// The entry at this position before the target is held here, and the one at `high` is not.
    low: u64,
    high: u64,
    stage: Stage,
    /// The first of the points that were looked up last: other questions about the log may be out, too.
    expects: Claim,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Our own disk is asked for points that the peer named.
    Looking,
    /// The peer is asked for points.
    Asking,
    /// The entries are on their way; whether the target came with them.
    Fetching(bool),
    /// Our own disk is asked whether the target is here.
    Confirming,
}

impl Engine {
    /// Whether a log has several histories, as far as this node and the peer have said.
    pub(crate) fn is_forked(&self, peer: &Peer, log: &LogId) -> bool {
        let ours = self.holdings.heads(log);
        let theirs = peer.heads(log);
        ours.len() > 1
            || theirs.len() > 1
            || peer.apart.contains(log)
            || matches!((ours, theirs), ([a], [b]) if a.seq == b.seq && Claim::from(*a) != *b)
    }

    /// The heads that the peer names of a forked log and that are not known to be held here.
    pub(crate) fn unknown_heads(&self, peer: &Peer, log: &LogId) -> Vec<Claim> {
        // Of a log that was cut less may be offered than is held: what is offered is the end of no branch then, and peers that
        // hold the same name it. Where digests are equal nobody looks that up.
        let ours = self.holdings.heads(log).iter().chain(self.holdings.offered_heads(log));
        let ours: BTreeSet<Claim> = ours.copied().map(Claim::from).collect();
        let settled = |claim: &Claim| {
            ours.contains(claim) || peer.settled.get(log).is_some_and(|settled| settled.contains(claim))
        };
        heads_worth(peer, &self.access, log).into_iter().filter(|claim| !settled(claim)).collect()
    }

    /// Begins with a branch of a forked log, unless another one is under way.
    pub(super) fn search(&mut self, id: DeviceId, log: LogId) {
        let Some(peer) = self.peers.get(&id) else { return };
        if self.in_flight.contains_key(&log)
            || self.pending.contains_key(&log)
            || peer.blocked.contains_key(&log)
        {
            return;
        }
        let Some(target) = self.unknown_heads(peer, &log).first().copied() else { return };
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.wanted >= crate::WANTED {
            peer.backlog = true;
            return;
        }
        peer.wanted += 1;
        self.in_flight.insert(log, InFlight { peer: id, to: target.seq, since: self.now, behind: self.now });
        // Beyond the longest branch held nothing can be held.
        let high = target.seq.min(self.holdings.held(&log).saturating_add(1));
        self.searches
            .insert(log, Search { peer: id, target, low: 0, high, stage: Stage::Looking, expects: target });
        self.look(id, log, Look::Held(vec![target]));
    }

    fn look(&mut self, peer: DeviceId, log: LogId, look: Look) {
        self.effects.push(Effect::Look { peer, log, look });
    }

    /// The disk answered.
    pub(super) fn looked(&mut self, id: DeviceId, log: LogId, found: Found) {
        match found {
            Found::Ids { of, ids } => {
                let Some(peer) = self.peers.get_mut(&id) else { return };
                peer.looking = peer.looking.saturating_sub(1);
                if self.may_talk_about(&id, &log.space) {
                    let ids = ids.into_iter().map(Claim::from).take(LADDER).collect();
                    let space = Prefix::space(&log.space);
                    self.send(id, &Frame::Located { space, device: log.device, of, ids });
                }
            }
            Found::Held { points, last } => {
                self.explained(id, log, &points, last);
                self.narrow(id, log, &points, last);
            }
        }
    }

    /// Takes in which of some points are held, and goes on with the search.
    fn narrow(&mut self, id: DeviceId, log: LogId, points: &[Claim], last: Option<u64>) {
        let asked = |search: &&mut Search| search.peer == id && points.first() == Some(&search.expects);
        let Some(search) = self.searches.get_mut(&log).filter(asked) else { return };
        let target = search.target;
        match search.stage {
            Stage::Confirming => return self.settle_head(id, log, target),
            Stage::Looking => {}
            Stage::Asking | Stage::Fetching(_) => return,
        }
        search.low = search.low.max(last.unwrap_or(0));
        if search.low >= target.seq {
            return self.settle_head(id, log, target);
        }
        let above = points.iter().map(|point| point.seq).filter(|seq| *seq > search.low).min();
        search.high = above.map_or(search.high, |seq| seq.min(search.high));
        let (low, high) = (search.low, search.high);
        let space = Prefix::space(&log.space);
        if low + 1 >= high {
            search.stage = Stage::Fetching(false);
            let from = low + 1;
            return self.send(id, &Frame::Fetch { space, device: log.device, from, of: target });
        }
        search.stage = Stage::Asking;
        let at = self.ladder(&log, low, high);
        self.send(id, &Frame::Locate { space, device: log.device, of: target, at });
    }

    /// Positions between two others, spread evenly, and those at which branches end here, where others may go on.
    fn ladder(&self, log: &LogId, low: u64, high: u64) -> Vec<u64> {
        let ends = self.holdings.heads(log).iter().flat_map(|head| [head.seq, head.seq.saturating_add(1)]);
        let steps = LADDER as u64 / 2;
        let even = (1..=steps).map(|step| low + (high - low).div_ceil(steps + 1).saturating_mul(step));
        let at: BTreeSet<u64> = ends.chain(even).filter(|seq| *seq > low && *seq < high).collect();
        at.into_iter().take(LADDER).collect()
    }

    /// The peer asks for ids.
    pub(super) fn locate(&mut self, id: DeviceId, space: Prefix, device: DeviceId, of: Claim, at: Vec<u64>) {
        let Some(space) = self.shared_space(&id, space) else { return };
        let log = LogId { space, device };
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.looking >= LOOKING {
            return self.close(id, CloseReason::Unexpected("too many questions at a time"));
        }
        peer.looking += 1;
        self.look(id, log, Look::Ids { of, at });
    }

    /// The peer names ids.
    pub(super) fn located(
        &mut self,
        id: DeviceId,
        space: Prefix,
        device: DeviceId,
        of: Claim,
        ids: Vec<Claim>,
    ) {
        let Some(space) = self.shared_space(&id, space) else { return };
        let log = LogId { space, device };
        self.progressed(id, &log);
        let asked =
            |search: &&mut Search| search.peer == id && search.target == of && search.stage == Stage::Asking;
        let Some(search) = self.searches.get_mut(&log).filter(asked) else { return };
        let within = |claim: &Claim| claim.seq > search.low && claim.seq < search.high;
        let Some(first) = ids.first().copied() else {
            // It does not have what it said: others may.
            return self.settle_head(id, log, of);
        };
        if !ids.iter().all(within) {
            // The answer to an earlier question.
            return;
        }
        (search.stage, search.expects) = (Stage::Looking, first);
        self.look(id, log, Look::Held(ids));
    }

    /// The peer asks for a branch.
    pub(super) fn fetch(&mut self, id: DeviceId, space: Prefix, device: DeviceId, from: u64, of: Claim) {
        let Some(space) = self.shared_space(&id, space) else { return };
        let log = LogId { space, device };
        let Some(head) = self.holdings.offered(&log).filter(|head| of.seq <= head.seq && from <= of.seq)
        else {
            return;
        };
        let single = self.holdings.heads(&log).len() == 1;
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.shared.get(&space).is_some_and(|shared| shared.announced.is_some()) {
            peer.refused.remove(&log);
            if single {
                peer.outgoing.queue(log, (from, of.seq), Claim::from(head), None);
            } else {
                peer.outgoing.fetch(log, from, of);
            }
        }
        self.pump(id);
    }

    /// Something that was asked for, or sent, in the simple way belongs to another history than what the other side holds.
    pub(super) fn apart(&mut self, id: DeviceId, space: Prefix, device: DeviceId) {
        let Some(space) = self.shared_space(&id, space) else { return };
        let log = LogId { space, device };
        let Some(peer) = self.peers.get_mut(&id) else { return };
        // What was sent of it and has no place there was let fall: if it is asked for later, it is not there.
        peer.outgoing.refused(&log);
        if !peer.apart.insert(log) && !self.stands(id) {
            return;
        }
        // What leads to a branch is being located already: an answer to an earlier question does not change that.
        if !self.searches.contains_key(&log) {
            self.reassign_from(id, |asked| *asked == log);
            self.pull_from_anyone(log);
        }
    }

    /// A run that came has no place here, since another history of the log is held, or what came before it was let fall while
    /// the space was not read here. No harm is meant by that: what leads to it is located and asked for.
    pub(super) fn misplaced(&mut self, id: DeviceId, log: LogId) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.blocked.contains_key(&log) {
            return;
        }
        let times = peer.misplaced.entry(log).or_default();
        *times += 1;
        if *times > MISPLACED {
            return self.refuse(id, log, Refusal::Gap);
        }
        peer.apart.insert(log);
        self.send(id, &Frame::Apart { space: Prefix::space(&log.space), device: log.device });
        self.reassign_from(id, |asked| *asked == log);
        self.pull_from_anyone(log);
    }

    /// A run that was ordered for the peer does not follow what the peer named.
    pub(super) fn parted(&mut self, id: DeviceId, log: LogId) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.outgoing.sent(log, None);
            peer.apart.insert(log);
            let space = Prefix::space(&log.space);
            self.send(id, &Frame::Apart { space, device: log.device });
            // If it was pushed, the peer was not told of it in words.
            if let Some(head) = self.holdings.offered(&log) {
                let item = (self.name(&log.space, &log.device), Claim::from(head));
                if self.holdings.offered_heads(&log).len() == 1 {
                    self.send(id, &Frame::Have(vec![(space, vec![item])]));
                }
            }
            self.pump(id);
            self.pull_from_anyone(log);
        }
    }

    /// What a search is after, of entries from `from` to `to` that come from the peer: at which position.
    pub(super) fn awaits(&self, id: &DeviceId, log: &LogId, (from, to): (u64, u64)) -> Option<u64> {
        let search = self.searches.get(log).filter(|search| search.peer == *id)?;
        let fetching = matches!(search.stage, Stage::Fetching(_));
        (fetching && (from..=to).contains(&search.target.seq)).then_some(search.target.seq)
    }

    /// The entry at that position came: perhaps it is the one.
    pub(super) fn arrived(&mut self, log: &LogId, claim: Claim) {
        if let Some(search) = self.searches.get_mut(log).filter(|search| search.target == claim) {
            search.stage = Stage::Fetching(true);
        }
    }

    /// Entries of a forked log were stored: perhaps the last ones of what was fetched.
    pub(super) fn stored(&mut self, log: LogId) {
        let Some(search) = self.searches.get_mut(&log) else { return };
        let (peer, target) = (search.peer, search.target);
        if self.holdings.heads(&log).iter().any(|head| Claim::from(*head) == target) {
            return self.release(&log);
        }
        if search.stage != Stage::Fetching(true) || self.pending.contains_key(&log) {
            return;
        }
        // Something else went on from it meanwhile, or it is not what it was said to be.
        (search.stage, search.expects) = (Stage::Confirming, target);
        self.look(peer, log, Look::Held(vec![target]));
    }

    /// Nothing more is to be done about a head that the peer named: it is held, or the peer does not have it.
    fn settle_head(&mut self, id: DeviceId, log: LogId, target: Claim) {
        let Self { peers, access, .. } = self;
        if let Some(peer) = peers.get_mut(&id) {
            let current = heads_worth(peer, access, &log);
            let settled = peer.settled.entry(log).or_default();
            settled.retain(|claim| current.contains(claim));
            settled.insert(target);
        }
        self.release(&log);
        self.pull_from_anyone(log);
        self.after_pull();
    }

    /// Tells the peers all heads of a log that has several.
    pub(super) fn announce_heads(&mut self, log: LogId, heads: &[Head]) {
        let ids: Vec<DeviceId> = self.peers.keys().copied().collect();
        for id in ids {
            self.tell_heads(id, log, heads);
        }
    }

    fn tell_heads(&mut self, id: DeviceId, log: LogId, heads: &[Head]) {
        if !self.access.may_read(&id, &log.space) {
            return;
        }
        let name = self.name(&log.space, &log.device);
        let shared = self.peers.get_mut(&id).and_then(|peer| peer.shared.get_mut(&log.space));
        let Some(shared) = shared else { return };
        let Some(announced) = &mut shared.announced else { return };
        if shared.told_heads.get(&log.device).is_some_and(|told| told == heads) {
            return;
        }
        shared.told_heads.insert(log.device, heads.to_vec());
        announced.insert(log.device, heads.iter().map(|head| head.seq).max().unwrap_or(0));
        let items = heads.iter().map(|head| (name, Claim::from(*head))).collect();
        self.send(id, &Frame::Have(vec![(Prefix::space(&log.space), items)]));
    }

    /// Forgets the searches of logs for which nothing is asked any more.
    pub(super) fn forget_search(&mut self, log: &LogId) {
        self.searches.remove(log);
    }

    /// A peer says how far this device's own log goes.
    pub(super) fn hear_of_own(&mut self, id: DeviceId, space: SpaceId, claim: Claim) {
        let log = LogId { space, device: self.me };
        if claim.seq > self.holdings.held(&log) && self.access.takes(&log) {
            self.effects.push(Effect::OwnAhead { peer: id, log, said: claim.seq });
        }
    }
}

/// The heads that the peer says it holds of `log`, as far as they are worth having. It may have named them before the log was
/// cut, and does not name them again.
pub(super) fn heads_worth(peer: &Peer, access: &Access, log: &LogId) -> BTreeSet<Claim> {
    peer.heads(log).iter().flat_map(|claim| access.within(log, *claim)).collect()
}
