//! What may be offered of each log: an entry only if the governance entries that it was written under are here, so
//! that whoever gets it from this node can get these from it too.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use accord_core::{DeviceId, Head, LogId};

use crate::replica::Programme;

/// How many entries are looked at in one step when an offer moves up.
const PAGE: usize = 256;

#[derive(Debug, Clone, Default)]
struct Offer {
    heads: Vec<Head>,
    offered: Vec<Head>,
}

/// The offers, in memory.
#[derive(Debug, Default)]
pub(super) struct Offers {
    logs: Mutex<BTreeMap<LogId, Offer>>,
}

impl Offers {
    /// The offers at the start: one entry is read of each log.
    pub(super) fn new(programme: &Programme) -> Self {
        let offers = Self::default();
        for space in programme.logs().spaces() {
            let vector = programme.logs().vector(&space);
            for (device, _) in vector.iter() {
                offers.advanced(programme, LogId { space, device: *device });
            }
        }
        offers
    }

    fn logs(&self) -> MutexGuard<'_, BTreeMap<LogId, Offer>> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, log: &LogId) -> Vec<Head> {
        self.logs().get(log).map(|offer| offer.offered.clone()).unwrap_or_default()
    }

    /// More of a log was stored; gives what may be offered of each of its branches.
    pub(super) fn advanced(&self, programme: &Programme, log: LogId) -> Vec<Head> {
        let before = self.logs().get(&log).cloned().unwrap_or_default();
        let branches = programme.logs().branches(&log);
        let heads: Vec<Head> = branches.all().iter().map(|branch| branch.head).collect();
        let mut reached: Vec<(u32, Head)> = Vec::new();
        for (branch, head) in (0..).zip(&heads) {
            // What was offered of a branch is where to go on; a log that has just forked is looked at anew.
            let from = if heads.len() == 1 { before.offered.first().copied() } else { None };
            reached.extend(reach(programme, &log, branch, *head, from).map(|head| (branch, head)));
        }
        // What another branch goes on from is no end.
        let inside = |(on, head): &(u32, Head)| {
            let at = branches.stands_on(*on, head.seq);
            reached
                .iter()
                .any(|(of, longer)| longer.seq > head.seq && branches.stands_on(*of, head.seq) == at)
        };
        let mut offered: Vec<Head> =
            reached.iter().filter(|offer| !inside(offer)).map(|(_, head)| *head).collect();
        offered.sort_unstable();
        offered.dedup();
        let heads = {
            let mut heads = heads;
            heads.sort_unstable();
            heads
        };
        self.logs().insert(log, Offer { heads, offered: offered.clone() });
        offered
    }

    /// More of a device's governance log was stored; gives the logs of which more may be offered since.
    pub(super) fn authority_came(&self, programme: &Programme, device: DeviceId) -> Vec<LogId> {
        let behind = |(log, offer): (&LogId, &Offer)| {
            (log.device == device && offer.heads != offer.offered).then(|| (*log, offer.offered.clone()))
        };
        let candidates: Vec<(LogId, Vec<Head>)> = self.logs().iter().filter_map(behind).collect();
        let changed =
            candidates.into_iter().filter(|(log, before)| self.advanced(programme, *log) != *before);
        changed.map(|(log, _)| log).collect()
    }
}

/// The highest entry of a branch whose authority is held, going up from `from`.
fn reach(programme: &Programme, log: &LogId, branch: u32, head: Head, from: Option<Head>) -> Option<Head> {
    let governance_space = programme.governance_space();
    if log.space == governance_space {
        return Some(head);
    }
    let known = programme.logs().vector(&governance_space).seq(&log.device);
    let logs = programme.logs();
    let last = logs.read_on(log, branch, (head.seq, head.seq), 1, 0).ok()?;
    // The authority of a regular log never goes back, so where the last entry's is held all are.
    if last.first().is_some_and(|entry| entry.header().authority.position() <= known) {
        return Some(head);
    }
    let mut reached = from;
    loop {
        let next = reached.map_or(1, |head| head.seq + 1);
        let page = logs.read_on(log, branch, (next, head.seq), PAGE, 1 << 20).ok()?;
        let within = page.iter().take_while(|entry| entry.header().authority.position() <= known);
        let mut count = 0;
        for entry in within {
            reached = Some(Head { seq: entry.header().seq, id: entry.id() });
            count += 1;
        }
        if count == 0 || count < page.len() {
            return reached;
        }
    }
}
