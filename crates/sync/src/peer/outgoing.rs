//! What goes out to one peer: ranges of logs, a few at a time, nothing twice.

use std::collections::BTreeMap;

use accord_core::{LogId, SpaceId};

use crate::SENDING;

/// A range of a log that the peer is to get: from `next` up to `to`.
#[derive(Debug, Clone, Copy)]
struct Range {
    next: u64,
    to: u64,
}

/// The queue of one connection, at most one range for each log held here.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    queued: BTreeMap<LogId, Range>,
    /// Logs of which the driver is sending a run, and how far; to 0 if nothing is to follow it.
    sending: BTreeMap<LogId, u64>,
    /// How far each log was sent on this connection: no entry goes twice in one direction.
    sent: BTreeMap<LogId, u64>,
}

impl Outgoing {
    /// Puts `from..=to` of `log` in line, except for what was sent already.
    pub(crate) fn queue(&mut self, log: LogId, from: u64, to: u64) {
        let sent = self.sent.get(&log).copied().unwrap_or(0);
        let under_way = self.sending.get(&log).copied().unwrap_or(0);
        let next = from.max(sent.max(under_way).saturating_add(1));
        if next > to {
            return;
        }
        // A range that is in line already only grows at its end: peers ask in order, and what lies before is on its way.
        let range = self.queued.entry(log).or_insert(Range { next, to });
        range.to = range.to.max(to);
    }

    /// How far the peer will hold `log` by what was sent, is being sent or is in line.
    pub(crate) fn reaches(&self, log: &LogId) -> u64 {
        let queued = self.queued.get(log).map(|range| range.to);
        let known = [queued, self.sending.get(log).copied(), self.sent.get(log).copied()];
        known.into_iter().flatten().max().unwrap_or(0)
    }

    /// The next run to send: of the space `first` before all others, and of a log of which none is under way. Leaves
    /// out, and forgets, what `end` does not let go: it gives how far a log may be sent.
    pub(crate) fn next(
        &mut self,
        first: &SpaceId,
        end: impl Fn(&LogId) -> Option<u64>,
    ) -> Option<(LogId, u64, u64)> {
        while self.sending.len() < SENDING {
            let free = |log: &&LogId| !self.sending.contains_key(log);
            let mut logs = self.queued.keys().filter(free);
            let log = *logs.clone().find(|log| log.space == *first).or_else(|| logs.next())?;
            let range = self.queued.get_mut(&log)?;
            match end(&log) {
                Some(end) if end >= range.next => {
                    range.to = range.to.min(end);
                    let (next, to) = (range.next, range.to);
                    self.queued.remove(&log);
                    self.sending.insert(log, to);
                    return Some((log, next, to));
                }
                _ => {
                    self.queued.remove(&log);
                }
            }
        }
        None
    }

    /// A run ended at `last`; the rest of its range goes back in line.
    pub(crate) fn sent(&mut self, log: LogId, last: Option<u64>) {
        let Some(to) = self.sending.remove(&log).filter(|to| *to > 0) else { return };
        let Some(last) = last else {
            self.queued.remove(&log);
            return;
        };
        let sent = self.sent.entry(log).or_default();
        *sent = last.min(to).max(*sent);
        if last < to {
            let rest = self.queued.entry(log).or_insert(Range { next: last + 1, to });
            rest.next = last + 1;
            rest.to = rest.to.max(to);
        }
    }

    /// The peer takes no more of `log`; if it asks for it later, it does not have what was sent.
    pub(crate) fn refused(&mut self, log: &LogId) {
        self.queued.remove(log);
        self.sent.remove(log);
        self.sending.entry(*log).and_modify(|to| *to = 0);
    }

    /// The peer begins anew with a space: what was sent of it before, it let fall.
    pub(crate) fn restart(&mut self, space: &SpaceId) {
        self.queued.retain(|log, _| log.space != *space);
        self.sent.retain(|log, _| log.space != *space);
        self.sending.iter_mut().filter(|(log, _)| log.space == *space).for_each(|(_, to)| *to = 0);
    }
}
