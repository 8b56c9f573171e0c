//! What goes out to one peer: ranges of logs, a few at a time, nothing twice but what the peer says that it lost.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use accord_core::{LogId, SpaceId};

use crate::{Claim, MAX_BRANCHES, MAX_PACK_LOGS, Prefix, SENDING};

/// A range of a log that the peer is to get: from `next` up to `to`.
#[derive(Debug, Clone, Copy)]
struct Range {
    next: u64,
    to: u64,
    /// What the entry before the next one has to be, where that is not known from what was sent.
    after: Option<Prefix>,
}

/// A branch of a forked log that the peer is to get: from `next` up to the entry `of`.
#[derive(Debug, Clone, Copy)]
struct Branch {
    next: u64,
    of: Claim,
}

/// The next run to send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Next {
    pub(crate) log: LogId,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) on: Option<Claim>,
    pub(crate) after: Option<Prefix>,
    /// Where the peer lost entries: the last one that it needs.
    pub(crate) least: Option<u64>,
}

/// The queue of one connection, at most one range for each log held here.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    queued: BTreeMap<LogId, Range>,
    /// Logs of which the driver is sending a run, and how far; to 0 if nothing is to follow it.
    sending: BTreeMap<LogId, u64>,
    /// Those of them that are in the pack that is under way, with what is in line of each if nothing of it goes this time.
    packing: BTreeMap<LogId, Range>,
    /// The last log of the last pack: what comes after it in the order of logs is next, so that each space gets its turn.
    packed_to: Option<LogId>,
    /// How far each log was sent on this connection: no entry goes twice in one direction.
    sent: BTreeMap<LogId, u64>,
    /// Of which history what is in line is, by an entry of it: a second one may come before it is read.
    histories: BTreeMap<LogId, Claim>,
    /// The branches of forked logs that are to be sent, one after another.
    branches: BTreeMap<LogId, VecDeque<Branch>>,
    /// Those of which the driver is sending a run.
    sending_branch: BTreeMap<LogId, Branch>,
    /// Entries that the peer had and lost: one range of a log, of which one run is sent.
    again: BTreeMap<LogId, (u64, u64, Claim)>,
    /// How far branches were sent on this connection.
    sent_branches: BTreeMap<LogId, VecDeque<(Claim, u64)>>,
}

impl Outgoing {
    /// Puts `from..=to` of `log` in line, except for what was sent already.
    pub(crate) fn queue(&mut self, log: LogId, (from, to): (u64, u64), head: Claim, after: Option<Prefix>) {
        self.histories.insert(log, head);
        let sent = self.sent.get(&log).copied().unwrap_or(0);
        let under_way = self.sending.get(&log).copied().unwrap_or(0);
        let next = from.max(sent.max(under_way).saturating_add(1));
        if next > to {
            return;
        }
        // A range that is in line already only grows at its end: peers ask in order, and what lies before is on its way.
        let range =
            self.queued.entry(log).or_insert(Range { next, to, after: after.filter(|_| next == from) });
        range.to = range.to.max(to);
    }

    /// Puts a branch in line, except for what was sent of it already.
    pub(crate) fn fetch(&mut self, log: LogId, from: u64, of: Claim) {
        let sent = self.sent_branches.get(&log).into_iter().flatten().find(|(known, _)| *known == of);
        let simply = self.histories.get(&log).filter(|head| **head == of).map_or(0, |_| self.reaches(&log));
        let next = from.max(sent.map_or(0, |(_, last)| last + 1)).max(simply.saturating_add(1));
        let under_way = self.sending_branch.get(&log).is_some_and(|branch| branch.of == of);
        let branches = self.branches.entry(log).or_default();
        let known = under_way || branches.iter().any(|branch| branch.of == of);
        if next <= of.seq && !known && branches.len() < MAX_BRANCHES {
            branches.push_back(Branch { next, of });
        }
    }

    /// Puts entries that the peer lost in line, in place of what it asked for before. Who asks asks for one range of a log
    /// at a time.
    pub(crate) fn again(&mut self, log: LogId, (from, to): (u64, u64), of: Claim) {
        self.again.insert(log, (from, to, of));
    }

    /// How far the peer will hold `log` by what was sent, is being sent or is in line.
    pub(crate) fn reaches(&self, log: &LogId) -> u64 {
        let queued = self.queued.get(log).map(|range| range.to);
        let known = [queued, self.sending.get(log).copied(), self.sent.get(log).copied()];
        known.into_iter().flatten().max().unwrap_or(0)
    }

    /// How far `log` was sent on this connection in the simple way, or is just being sent: the peer may say that it has a run
    /// before it is known here that the run was written.
    pub(crate) fn sent_simply(&self, log: &LogId) -> u64 {
        let under_way = self.sending.get(log).filter(|_| !self.sending_branch.contains_key(log));
        self.sent.get(log).max(under_way).copied().unwrap_or(0)
    }

    /// The next run to send: of the space `first` before all others, and of a log of which none is under way. Leaves
    /// out, and forgets, what `end` does not let go: it gives how far a log may be sent. Leaves alone what waits for a pack.
    pub(crate) fn next(
        &mut self,
        first: &SpaceId,
        for_packs: &BTreeSet<LogId>,
        end: impl Fn(&LogId) -> Option<u64>,
    ) -> Option<Next> {
        // A pack is one thing that is under way, however many logs are in it.
        while self.sending.len() - self.packing.len() < SENDING {
            let free = |log: &&LogId| !self.sending.contains_key(log) && !for_packs.contains(log);
            let logs =
                || self.queued.keys().chain(self.branches.keys()).chain(self.again.keys()).filter(free);
            let log = *logs().find(|log| log.space == *first).or_else(|| logs().next())?;
            let end = end(&log);
            if let Some(mut range) = self.queued.remove(&log) {
                if let Some(end) = end.filter(|end| *end >= range.next) {
                    range.to = range.to.min(end);
                    self.sending.insert(log, range.to);
                    let on = self.histories.get(&log).copied();
                    let Range { next: from, to, after } = range;
                    return Some(Next { log, from, to, on, after, least: None });
                }
                continue;
            }
            if let Some((from, to, of)) = self.again.remove(&log) {
                if let Some(end) = end.filter(|end| *end >= from) {
                    // One run of a log is under way at a time, whatever it is for.
                    self.sending.insert(log, 0);
                    let least = Some(to.min(end));
                    return Some(Next { log, from, to: end, on: Some(of), after: None, least });
                }
                continue;
            }
            let branches = self.branches.get_mut(&log)?;
            let branch = branches.pop_front();
            if branches.is_empty() {
                self.branches.remove(&log);
            }
            if let Some(branch) = branch.filter(|branch| end.is_some_and(|end| end >= branch.of.seq)) {
                self.sending.insert(log, branch.of.seq);
                self.sending_branch.insert(log, branch);
                return Some(Next {
                    log,
                    from: branch.next,
                    to: branch.of.seq,
                    on: Some(branch.of),
                    after: None,
                    least: None,
                });
            }
        }
        None
    }

    /// A run ended at `last`; the rest of its range goes back in line.
    pub(crate) fn sent(&mut self, log: LogId, last: Option<u64>) {
        let to = self.sending.remove(&log);
        self.packing.remove(&log);
        let branch = self.sending_branch.remove(&log);
        let Some(to) = to.filter(|to| *to > 0) else { return };
        if let Some(branch) = branch {
            return self.sent_branch(log, branch, last);
        }
        let Some(last) = last else {
            self.queued.remove(&log);
            return;
        };
        let sent = self.sent.entry(log).or_default();
        *sent = last.min(to).max(*sent);
        if last < to {
            let rest = self.queued.entry(log).or_insert(Range { next: last + 1, to, after: None });
            rest.next = last + 1;
            rest.to = rest.to.max(to);
        }
        if let Some(rest) = self.queued.get_mut(&log).filter(|rest| rest.next == last + 1) {
            rest.after = None;
        }
    }

    /// What is in line and goes in packs: of each space but governance as many logs together as go into one, if they lack as many
    /// entries as make it `worth` a pack. Leaves out what `end` does not let go, which gives how far a log may be sent in one.
    pub(crate) fn for_packs(
        &self,
        governance: &SpaceId,
        worth: u64,
        end: impl Fn(&LogId) -> Option<u64>,
    ) -> Vec<Vec<(LogId, u64)>> {
        let fit = |(log, range): (&LogId, &Range)| {
            let free = !self.sending.contains_key(log) && !self.branches.contains_key(log);
            let to = range.to.min(end(log)?);
            (free && log.space != *governance && range.next <= to).then_some((*log, range.next, to))
        };
        let fit: Vec<(LogId, u64, u64)> = self.queued.iter().filter_map(fit).collect();
        let spaces = fit.chunk_by(|(a, ..), (b, ..)| a.space == b.space);
        let packs = spaces.flat_map(|logs| logs.chunks(MAX_PACK_LOGS));
        let lack = |logs: &[(LogId, u64, u64)]| {
            let entries = logs.iter().map(|(_, from, to)| (to - from).saturating_add(1));
            entries.fold(0u64, u64::saturating_add)
        };
        let packs = packs.filter(|logs| lack(logs) >= worth);
        packs.map(|logs| logs.iter().map(|(log, _, to)| (*log, *to)).collect()).collect()
    }

    /// What to put into the next pack, of what goes in packs. One is under way at a time, and governance goes before, by runs.
    pub(crate) fn next_pack(
        &mut self,
        governance: &SpaceId,
        packs: &[Vec<(LogId, u64)>],
    ) -> Option<Vec<Next>> {
        let busy = |log: &LogId| log.space == *governance;
        if !self.packing.is_empty() || self.queued.keys().any(busy) || self.sending.keys().any(busy) {
            return None;
        }
        let after = |logs: &&Vec<(LogId, u64)>| logs.first().map(|(log, _)| log) > self.packed_to.as_ref();
        let logs = packs.iter().find(after).or_else(|| packs.first())?;
        self.packed_to = logs.last().map(|(log, _)| *log);
        let mut next = Vec::with_capacity(logs.len());
        for (log, to) in logs {
            let Some(range) = self.queued.remove(log) else { continue };
            let range = Range { to: *to, ..range };
            self.sending.insert(*log, range.to);
            self.packing.insert(*log, range);
            let on = self.histories.get(log).copied();
            let Range { next: from, to, after } = range;
            next.push(Next { log: *log, from, to, on, after, least: None });
        }
        Some(next)
    }

    /// Nothing of a log went into the pack this time.
    pub(crate) fn put_back(&mut self, log: LogId) {
        let range = self.packing.remove(&log);
        let to = self.sending.remove(&log);
        if let (Some(range), Some(_)) = (range, to.filter(|to| *to > 0)) {
            let rest = self.queued.entry(log).or_insert(range);
            *rest = Range { to: rest.to.max(range.to), ..range };
        }
    }

    /// The pack is no longer under way.
    pub(crate) fn packed(&mut self, space: &SpaceId) {
        let left: Vec<LogId> = self.packing.keys().filter(|log| log.space == *space).copied().collect();
        left.into_iter().for_each(|log| self.put_back(log));
    }

    fn sent_branch(&mut self, log: LogId, branch: Branch, last: Option<u64>) {
        let Some(last) = last else { return };
        let sent = self.sent_branches.entry(log).or_default();
        sent.retain(|(of, _)| *of != branch.of);
        sent.push_back((branch.of, last));
        if sent.len() > MAX_BRANCHES * 4 {
            sent.pop_front();
        }
        if last < branch.of.seq {
            self.branches.entry(log).or_default().push_front(Branch { next: last + 1, ..branch });
        }
    }

    /// The peer takes no more of `log`; if it asks for it later, it does not have what was sent.
    pub(crate) fn refused(&mut self, log: &LogId) {
        self.queued.remove(log);
        self.sent.remove(log);
        self.branches.remove(log);
        self.sent_branches.remove(log);
        self.sending.entry(*log).and_modify(|to| *to = 0);
    }

    /// The peer begins anew with a space: what was sent of it before, it let fall.
    pub(crate) fn restart(&mut self, space: &SpaceId) {
        self.queued.retain(|log, _| log.space != *space);
        self.sent.retain(|log, _| log.space != *space);
        self.branches.retain(|log, _| log.space != *space);
        self.sent_branches.retain(|log, _| log.space != *space);
        self.sending.iter_mut().filter(|(log, _)| log.space == *space).for_each(|(_, to)| *to = 0);
    }
}
