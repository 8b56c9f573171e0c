//! What may be offered of each log: an entry only if the governance entries that it was written under are here, so
//! that whoever gets it from this node can get these from it too.

use std::collections::{BTreeMap, BTreeSet};
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
    /// The limits of logs that were cut, as the offers go by them.
    limits: Mutex<BTreeMap<LogId, Vec<Head>>>,
}

impl Offers {
    /// The offers at the start: one entry is read of each log.
    pub(super) fn new(programme: &Programme) -> Self {
        let offers = Self { limits: Mutex::new(programme.limits()), ..Self::default() };
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
        if let Some(limits) = self.limits().get(&log) {
            offered = within(programme, &log, limits, &reached, offered);
        }
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

    fn limits(&self) -> MutexGuard<'_, BTreeMap<LogId, Vec<Head>>> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the limits of logs that were cut; gives the logs of which these changed.
    pub(super) fn limits_moved(&self, programme: &Programme) -> Vec<LogId> {
        let now = programme.limits();
        let before = std::mem::replace(&mut *self.limits(), now.clone());
        let logs: BTreeSet<LogId> = before.keys().chain(now.keys()).copied().collect();
        let moved: Vec<LogId> = logs.into_iter().filter(|log| before.get(log) != now.get(log)).collect();
        for log in &moved {
            self.advanced(programme, *log);
        }
        moved
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

/// What of a log that was cut may be offered: the entries at which it was cut where they are here, and what may lead to
/// them where they are not. `reached` is how far each branch could be offered without the cut.
fn within(
    programme: &Programme,
    log: &LogId,
    limits: &[Head],
    reached: &[(u32, Head)],
    offered: Vec<Head>,
) -> Vec<Head> {
    let branches = programme.logs().branches(log);
    let mut kept: Vec<(u32, Head)> = Vec::new();
    let mut missing = 0;
    for limit in limits {
        let found = programme.logs().find(log, limit.seq, &limit.id).ok().flatten();
        let up_to = |branch: u32| {
            let same = |(on, head): &&(u32, Head)| {
                head.seq >= limit.seq
                    && branches.stands_on(*on, limit.seq) == branches.stands_on(branch, limit.seq)
            };
            reached.iter().any(|offer| same(&offer))
        };
        match found {
            Some(branch) if up_to(branch) => kept.push((branch, *limit)),
            _ => missing = missing.max(limit.seq),
        }
    }
    // What is not known to be on the way to an entry that is missing may be, as long as it does not go further.
    let inside = |head: &Head| {
        let on = reached.iter().find(|(_, end)| end == head).map(|(on, _)| *on);
        on.is_some_and(|on| {
            let at = branches.stands_on(on, head.seq);
            kept.iter().any(|(of, end)| end.seq >= head.seq && branches.stands_on(*of, head.seq) == at)
        })
    };
    let on_the_way = offered.into_iter().filter(|head| head.seq < missing && !inside(head));
    let on_the_way: Vec<Head> = on_the_way.collect();
    kept.into_iter().map(|(_, head)| head).chain(on_the_way).collect()
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
