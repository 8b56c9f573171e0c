//! What others date their work by, as far as it tells something about clocks: noted as it comes, for whoever asks whether
//! a clock is wrong, and for nothing else.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use accord_core::governance::Record;
use accord_core::{Body, DeviceId, Entry};
use accord_document::ChangeMeta;

use super::Programme;

/// The most devices of which this is kept: those that take part, with room to spare.
const MAX_DEVICES: usize = 1_024;

/// What is known of the clock of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    /// The latest date of anything that it wrote: seconds since 1970.
    pub(crate) claimed: u64,
    /// How much later than it was dated something of it came from itself, at least, by the clock here.
    pub(crate) later: u64,
    /// Whether anything came from itself, which it may have written just before.
    pub(crate) live: bool,
}

/// The clocks heard of since this process began.
#[derive(Debug, Default)]
pub(super) struct Clocks(Mutex<BTreeMap<DeviceId, Clock>>);

impl Programme {
    /// Notes by what date an entry of another device goes; `live` if it came from that device itself, `now`.
    pub(crate) fn hear_clock(&self, entry: &Entry, live: bool, now: u64) {
        let header = entry.header();
        let claimed = match &header.body {
            Body::Change { .. } => {
                ChangeMeta::parse(entry.payload()).ok().and_then(|meta| u64::try_from(meta.timestamp).ok())
            }
            Body::Governance { record } => match record.as_ref() {
                Record::Genesis { time, .. }
                | Record::Device { time, .. }
                | Record::Proposal { time, .. } => Some(*time),
                _ => None,
            },
            Body::Create { .. } | Body::Unknown(_) => None,
        };
        let Some(claimed) = claimed.filter(|_| header.device != self.device) else { return };
        let mut clocks = self.clocks.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clocks.len() >= MAX_DEVICES && !clocks.contains_key(&header.device) {
            return;
        }
        let later = now.saturating_sub(claimed);
        let known = clocks.entry(header.device).or_insert(Clock { claimed, later: u64::MAX, live: false });
        known.claimed = known.claimed.max(claimed);
        if live {
            known.later = known.later.min(later);
            known.live = true;
        }
    }

    /// What is known of the clocks of others.
    pub(crate) fn clocks(&self) -> Vec<(DeviceId, Clock)> {
        let clocks = self.clocks.0.lock().unwrap_or_else(PoisonError::into_inner);
        clocks.iter().map(|(device, clock)| (*device, *clock)).collect()
    }
}

/// Clocks that differ by less than this, in seconds, are as clocks usually are.
const USUAL: u64 = 24 * 60 * 60;

/// In which way the clock here may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockDoubt {
    /// It is behind, or another one ahead.
    Behind,
    /// It is ahead, or another one behind.
    Ahead,
}

/// Whether what others date says that a clock is wrong: by whose word, in which way, and what it dated.
pub(crate) fn doubtful_clock(clocks: &[(DeviceId, Clock)], now: u64) -> Option<(DeviceId, ClockDoubt, u64)> {
    let ahead = clocks.iter().filter(|(_, clock)| clock.claimed > now.saturating_add(USUAL));
    if let Some((device, clock)) = ahead.max_by_key(|(_, clock)| clock.claimed) {
        return Some((*device, ClockDoubt::Behind, clock.claimed));
    }
    // What was written offline comes late. So one device from which anything came in time says that all is well.
    let live = || clocks.iter().filter(|(_, clock)| clock.live);
    if live().any(|(_, clock)| clock.later <= USUAL) {
        return None;
    }
    live()
        .min_by_key(|(_, clock)| clock.later)
        .map(|(device, clock)| (*device, ClockDoubt::Ahead, clock.claimed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: u64 = 365 * 24 * 60 * 60;
    const NOW: u64 = 1_800_000_000;

    fn heard(device: u8, claimed: u64, live: bool) -> (DeviceId, Clock) {
        (DeviceId([device; 32]), Clock { claimed, later: NOW.saturating_sub(claimed), live })
    }

    #[test]
    fn a_clock_that_is_a_year_off_is_doubted_in_either_direction() {
        let one = DeviceId([1; 32]);
        assert_eq!(doubtful_clock(&[], NOW), None);
        assert_eq!(doubtful_clock(&[heard(1, NOW - 9, true)], NOW), None);
        let behind = [heard(1, NOW + YEAR, false), heard(2, NOW - 9, true)];
        assert_eq!(doubtful_clock(&behind, NOW), Some((one, ClockDoubt::Behind, NOW + YEAR)));
        let ahead = [heard(1, NOW - YEAR, true), heard(2, NOW - 2 * YEAR, true)];
        assert_eq!(doubtful_clock(&ahead, NOW), Some((one, ClockDoubt::Ahead, NOW - YEAR)));
    }

    #[test]
    fn old_work_says_nothing_about_clocks() {
        // It came by way of others, or it came late while somebody else's came in time.
        assert_eq!(doubtful_clock(&[heard(1, NOW - YEAR, false)], NOW), None);
        assert_eq!(doubtful_clock(&[heard(1, NOW - YEAR, true), heard(2, NOW - 60, true)], NOW), None);
    }
}
