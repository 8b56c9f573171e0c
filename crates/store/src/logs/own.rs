//! The logs of this device and the file outside the store that remembers how far it signed them.

use accord_core::{EntryId, Head, LogId, SpaceId};

use super::layout::id_at;
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
            let place = self.state().place(LogId { space: SpaceId(*space), device: self.device });
            let held = place.held.map_or(0, |head| head.seq);
            if held < noted.seq {
                behind = behind.or(Some((place.log, held, noted.seq)));
            } else if id_at(self.store.as_ref(), place.number, noted.seq)? != EntryId(noted.id) {
                twice.push((place.number, noted.seq));
            }
        }
        let ahead: Vec<_> = {
            let mut state = self.state();
            state.behind = behind;
            for (number, seq) in twice {
                state.freeze(number, seq);
            }
            let own = state.logs.iter().filter(|record| record.log.device == self.device);
            let noted = |space: &SpaceId| own_heads.get(&space.0).map_or(0, |head| head.seq);
            // A frozen log keeps the note that shows what is wrong with it.
            own.filter(|record| record.forked.is_none() && record.head.seq > noted(&record.log.space))
                .map(|record| (record.log.space.0, own_head(record.head)))
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

fn own_head(head: Head) -> OwnHead {
    OwnHead { seq: head.seq, id: head.id.0 }
}
