//! What others say of this device's own logs: that they hold more of one than is here.
//!
//! Then the disk came back as an older one, with its file of own heads, and whatever this device signs next it signs
//! a second time. So it writes nothing in that log until the entries are here. But it is a word without proof, and
//! nobody is to keep a device from writing by words alone: a word of which nothing comes is doubted after a while, and
//! whoever gave it is not believed again. Once a part of the entries came, the word is proven as far as that goes, and
//! only the rest of them ends the waiting.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use accord_core::{DeviceId, LogId};

/// How long a word is believed of which nothing comes: long enough that a slow link brings a first run, and that another
/// device is asked when the first one keeps silent.
const BELIEVED: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Word {
    by: BTreeSet<DeviceId>,
    said: u64,
    /// How much was here when it was first said.
    held: u64,
    proven: bool,
    since: Duration,
}

/// The words that are believed.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    words: BTreeMap<LogId, Word>,
    disbelieved: BTreeSet<DeviceId>,
}

impl Ahead {
    /// `peer` says that `log` goes up to `said`, while `held` are here. Gives whether it is believed, and new.
    pub(super) fn heard(&mut self, peer: DeviceId, log: LogId, said: u64, held: u64, now: Duration) -> bool {
        if said <= held || self.disbelieved.contains(&peer) {
            return false;
        }
        let fresh = || Word { by: BTreeSet::new(), said: 0, held, proven: false, since: now };
        let word = self.words.entry(log).or_insert_with(fresh);
        word.by.insert(peer);
        let news = said > word.said;
        word.said = said.max(word.said);
        news
    }

    /// Now `held` entries of a log are here. Gives how many came back, if they are all.
    pub(super) fn came(&mut self, log: &LogId, held: u64) -> Option<u64> {
        let word = self.words.get_mut(log)?;
        word.proven |= held > word.held;
        let back = (held >= word.said).then(|| held - word.held);
        if back.is_some() {
            self.words.remove(log);
        }
        back
    }

    /// What `peer` sent of a log was not valid. Gives whether nobody is left who said that it goes on.
    pub(super) fn disproved(&mut self, peer: DeviceId, log: &LogId) -> bool {
        let Some(word) = self.words.get_mut(log) else { return false };
        self.disbelieved.insert(peer);
        word.by.remove(&peer);
        let doubted = word.by.is_empty() && !word.proven;
        if doubted {
            self.words.remove(log);
        }
        doubted
    }

    /// The logs of which nothing came in time.
    pub(super) fn doubted(&mut self, now: Duration) -> Vec<LogId> {
        let late = |word: &Word| !word.proven && now > word.since + BELIEVED;
        let logs: Vec<LogId> =
            self.words.iter().filter(|(_, word)| late(word)).map(|(log, _)| *log).collect();
        for word in logs.iter().filter_map(|log| self.words.remove(log)) {
            self.disbelieved.extend(word.by);
        }
        logs
    }
}

#[cfg(test)]
mod tests {
    use accord_core::SpaceId;

    use super::*;

    const LOG: LogId = LogId { space: SpaceId([1; 32]), device: DeviceId([2; 32]) };
    const PEER: DeviceId = DeviceId([3; 32]);

    #[test]
    fn what_is_here_again_ends_the_waiting() {
        let mut ahead = Ahead::default();
        assert!(ahead.heard(PEER, LOG, 9, 4, Duration::ZERO));
        assert!(!ahead.heard(PEER, LOG, 9, 4, Duration::ZERO), "the same word is no news");
        assert_eq!(ahead.came(&LOG, 7), None);
        assert_eq!(ahead.doubted(Duration::from_secs(1000)), [], "a part of it came, so it is true");
        assert_eq!(ahead.came(&LOG, 9), Some(5));
    }

    #[test]
    fn a_word_of_which_nothing_comes_is_doubted_and_not_believed_again() {
        let mut ahead = Ahead::default();
        assert!(ahead.heard(PEER, LOG, 9, 4, Duration::ZERO));
        assert_eq!(ahead.doubted(Duration::from_secs(59)), []);
        assert_eq!(ahead.doubted(Duration::from_secs(61)), [LOG]);
        assert!(!ahead.heard(PEER, LOG, 10, 4, Duration::from_secs(62)));
        assert!(ahead.heard(DeviceId([4; 32]), LOG, 10, 4, Duration::from_secs(62)), "others are");
    }

    #[test]
    fn entries_that_are_not_valid_disprove_who_sent_them_alone() {
        let mut ahead = Ahead::default();
        ahead.heard(PEER, LOG, 9, 4, Duration::ZERO);
        ahead.heard(DeviceId([4; 32]), LOG, 9, 4, Duration::ZERO);
        assert!(!ahead.disproved(PEER, &LOG));
        assert!(ahead.disproved(DeviceId([4; 32]), &LOG));
    }
}
