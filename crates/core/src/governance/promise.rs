//! What a secretariat's chain of votes lays on its further votes.
//!
//! A new constitution may take a secretariat's place away. So that nothing of the old order comes in force behind the new
//! one's back, who votes for a constitution binds itself: its later votes count only under that version or a later one, or
//! once they cite that the slot died. And who has voted under a constitution does not go back to an earlier one.
//! Both can be read from the chain alone, so every node judges alike, whatever it hears first.

use super::constitution::is_recovery;
use super::slots::killing;
use super::{Choice, Slot, Subject, Vote};
use crate::VoteId;

/// The promises of a chain after its last vote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Promises {
    /// The highest version of the constitution that the chain was cast under.
    floor: u32,
    /// The slots of the constitution that it voted for something in, that were not cited as dead.
    open: Vec<Slot>,
    /// Whether the last vote itself keeps to what was promised before it.
    pub(super) kept: bool,
}

impl Promises {
    /// The promises after `vote`, which follows a vote with the promises `before` and cites the votes `cited`.
    pub(super) fn after(before: Option<&Promises>, vote: &Vote, cited: &[&Vote]) -> Self {
        let empty = Promises::default();
        let before = before.unwrap_or(&empty);
        let slot = vote.slot();
        let under = vote.constitution.version;
        let dead = |slot: &Slot| {
            let of_slot: Vec<(VoteId, &Vote)> =
                cited.iter().filter(|v| v.slot() == *slot).map(|v| (v.id(), *v)).collect();
            killing(&of_slot).is_some()
        };
        let mut open: Vec<Slot> = before.open.clone();
        open.retain(|slot| slot.version > under && !dead(slot));
        // A recovery replaces whatever was under way but another recovery: it needs no death of that before it.
        let bars = |open: &Slot| !is_recovery(&slot) || is_recovery(open);
        let kept = under >= before.floor && !open.iter().any(bars);
        // A vote that does not count makes no constitution, and so promises nothing. So there are never more than two, and
        // who votes on and on for constitutions fills nobody's memory.
        if kept && slot.subject == Subject::Constitution && matches!(vote.choice, Choice::For(_)) {
            open.push(slot);
        }
        Promises { floor: under.max(before.floor), open, kept }
    }

    /// The slots whose death a next vote under version `under` has to cite.
    pub(super) fn to_cite(&self, under: u32) -> impl Iterator<Item = &Slot> {
        self.open.iter().filter(move |slot| slot.version > under)
    }
}
