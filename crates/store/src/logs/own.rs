//! The logs of this device and the file outside the store that remembers how far it signed them.

use accord_core::{EntryId, Head, LogId, SpaceId};

use super::{Logs, LogsError, Writer};
use crate::{OwnHead, OwnHeadsError};

impl Logs {
    /// Compares the store with the file of own heads, in all own logs.
    ///
    /// Where the store lacks what was signed, appending stops. Where it holds *another* entry at the noted position,
    /// this device has signed two: the log is frozen. Where it is ahead, a crash came between the two writes: those
    /// entries stand, so they are noted now, before they are shown.
    pub(super) fn compare_own(&self, writer: &mut Writer) -> Result<(), LogsError> {
        let Some(own_heads) = &mut writer.own_heads else { return Ok(()) };
        let (mut behind, mut twice) = (None, Vec::new());
        for (space, noted) in own_heads.iter() {
            let log = LogId { space: SpaceId(*space), device: self.device };
            let held = self.head(&log).map_or(0, |head| head.seq);
            if held < noted.seq {
                behind = behind.or(Some((log, held, noted.seq)));
            } else if self.find(&log, noted.seq, &EntryId(noted.id))?.is_none() {
                twice.push((log, noted.seq));
            }
        }
        let ahead: Vec<_> = {
            let mut state = self.state();
            state.behind = behind;
            for (log, seq) in twice {
                state.fork(log, seq);
            }
            let own = state.branches.iter().filter(|branch| branch.log.device == self.device);
            let noted = |space: &SpaceId| own_heads.get(&space.0).map_or(0, |head| head.seq);
            // A forked log keeps the note that shows what is wrong with it.
            own.filter(|branch| {
                !state.forked.contains_key(&branch.log) && branch.head.seq > noted(&branch.log.space)
            })
            .map(|branch| (branch.log.space.0, own_head(branch.head)))
            .collect()
        };
        let noted = own_heads.advance_all(ahead);
        writer.unsure |= noted.is_err();
        noted.map_err(LogsError::OwnHeads)
    }

    /// Notes the head of an own log, so that what is in the store up to there can be shown. If that fails, nothing is
    /// written any more until store and file were read again.
    pub(super) fn note_own(&self, writer: &mut Writer, log: LogId, head: Head) -> Result<(), OwnHeadsError> {
        let Some(own_heads) = &mut writer.own_heads else { return Ok(()) };
        let noted = own_heads.advance(log.space.0, own_head(head));
        writer.unsure |= noted.is_err();
        noted
    }
}

impl Logs {
    /// Another node says that it holds this device's log of `space` up to `seq`. If that is further than here, this
    /// store is an older one than it should be and came back with its file of own heads, and nothing may be signed in
    /// its place. So nothing is appended to that log until the entries are here, or [`Logs::doubt_said`] is called.
    ///
    /// It is a word without proof. Whoever calls this asks for the entries, which prove it, and takes it back when they
    /// do not come: else anybody could keep a device from writing.
    ///
    /// Gives how many entries are here, if that is fewer.
    pub fn own_said(&self, space: &SpaceId, seq: u64) -> Option<u64> {
        let log = LogId { space: *space, device: self.device };
        let held = self.head(&log).map_or(0, |head| head.seq);
        if seq <= held {
            return None;
        }
        let mut state = self.state();
        let said = state.said.entry(log).or_insert(seq);
        *said = seq.max(*said);
        Some(held)
    }

    /// The logs of this device that go further than here, as others said: how many entries are here, and how far they go.
    pub fn ahead(&self) -> Vec<(LogId, u64, u64)> {
        let state = self.state();
        let held = |log: &LogId| state.place(*log).held.map_or(0, |head| head.seq);
        state
            .said
            .iter()
            .map(|(log, said)| (*log, held(log), *said))
            .filter(|(_, held, said)| held < said)
            .collect()
    }

    /// What others said of this device's log of `space` did not prove true.
    pub fn doubt_said(&self, space: &SpaceId) {
        self.state().said.remove(&LogId { space: *space, device: self.device });
    }

    /// The logs of this device of which others say that they hold more, with how much is here and how much there: nothing
    /// is appended to them for now.
    pub fn own_ahead(&self) -> Vec<(LogId, u64, u64)> {
        let state = self.state();
        let held = |log: &LogId| state.place(*log).held.map_or(0, |head| head.seq);
        state.said.iter().map(|(log, said)| (*log, held(log), *said)).collect()
    }

    /// The logs of this device of which two histories are known, and from which position on: its key is in use
    /// elsewhere, or was, before this home was restored or copied. It writes nothing more there.
    pub fn own_forks(&self) -> Vec<(LogId, u64)> {
        let state = self.state();
        let own = state.forked.iter().filter(|(log, _)| log.device == self.device);
        own.map(|(log, seq)| (*log, *seq)).collect()
    }
}

fn own_head(head: Head) -> OwnHead {
    OwnHead { seq: head.seq, id: head.id.0 }
}
