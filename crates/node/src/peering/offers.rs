//! What may be offered of each log: an entry only if the governance entries that it was written under are here, so
//! that whoever gets it from this node can get these from it too.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use accord_core::{DeviceId, Head, LogId};

use crate::replica::Programme;

/// How many entries are looked at in one step when an offer moves up.
const PAGE: usize = 256;

#[derive(Debug, Clone, Copy, Default)]
struct Offer {
    head: Option<Head>,
    offered: Option<Head>,
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
                if let Some(head) = vector.head(device) {
                    offers.advanced(programme, LogId { space, device: *device }, head);
                }
            }
        }
        offers
    }

    fn logs(&self) -> MutexGuard<'_, BTreeMap<LogId, Offer>> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, log: &LogId) -> Option<Head> {
        self.logs().get(log)?.offered
    }

    /// A log was stored up to `head`; gives what may be offered of it.
    pub(super) fn advanced(&self, programme: &Programme, log: LogId, head: Head) -> Option<Head> {
        let before = self.logs().get(&log).copied().unwrap_or_default();
        let offered = reach(programme, &log, head, before.offered);
        self.logs().insert(log, Offer { head: Some(head), offered });
        offered
    }

    /// More of a device's governance log was stored; gives the logs of which more may be offered since.
    pub(super) fn authority_came(&self, programme: &Programme, device: DeviceId) -> Vec<LogId> {
        let behind = |(log, offer): (&LogId, &Offer)| {
            (log.device == device && offer.head != offer.offered).then_some((*log, *offer))
        };
        let candidates: Vec<(LogId, Offer)> = self.logs().iter().filter_map(behind).collect();
        let mut changed = Vec::new();
        for (log, offer) in candidates {
            let Some(head) = offer.head else { continue };
            if self.advanced(programme, log, head) != offer.offered {
                changed.push(log);
            }
        }
        changed
    }
}

/// The highest entry of a log whose authority is held, going up from `from`.
fn reach(programme: &Programme, log: &LogId, head: Head, from: Option<Head>) -> Option<Head> {
    let governance_space = programme.governance_space();
    if log.space == governance_space {
        return Some(head);
    }
    let known = programme.logs().vector(&governance_space).seq(&log.device);
    let logs = programme.logs();
    let last = logs.read(log, (head.seq, head.seq), 1, 0).ok()?;
    // The authority of a regular log never goes back, so where the last entry's is held all are.
    if last.first().is_some_and(|entry| entry.header().authority.position() <= known) {
        return Some(head);
    }
    let mut reached = from;
    loop {
        let next = reached.map_or(1, |head| head.seq + 1);
        let page = logs.read(log, (next, head.seq), PAGE, 1 << 20).ok()?;
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
