//! What a secretariat's chain of votes lays on its further votes.
//!
//! A new constitution may take a secretariat's place away. So that nothing of the old order comes in force behind the new
//! one's back, who votes for a constitution binds itself: its later votes count only under that version or a later one, or
//! once they cite that the slot died. And who has voted under a constitution does not go back to an earlier one.
//! Both can be read from the chain alone, so every node judges alike, whatever it hears first.
//!
//! A recovery is let past such a promise: the other side may be lost before it settles the slot. But not past one by which
//! its author gave up its own place: who signed itself away and was let go would else come back with the quorum, and end
//! all that was decided since.

use super::constitution::is_recovery;
use super::slots::killing;
use super::{Choice, Slot, Subject, Vote};
use crate::{DecisionId, VoteId};

/// A vote for a constitution: its author is bound by it until that slot is cited as dead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Promise {
    pub(super) slot: Slot,
    pub(super) decision: DecisionId,
}

/// The promises of a chain after its last vote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Promises {
    /// The highest version of the constitution that the chain was cast under.
    floor: u32,
    /// The votes for constitutions in slots that were not cited as dead.
    open: Vec<Promise>,
    /// Whether the last vote itself keeps to what was promised before it.
    pub(super) kept: bool,
    /// The constitutions that the last vote, being for a recovery, was let past. It counts only if none of them takes its
    /// author's own place: which is known once they are held.
    pub(super) passed: Vec<DecisionId>,
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
        let mut open: Vec<Promise> = before.open.clone();
        open.retain(|promise| promise.slot.version > under && !dead(&promise.slot));
        // A recovery replaces whatever was under way but another recovery: it needs no death of that before it.
        let bars = |promise: &Promise| !is_recovery(&slot) || is_recovery(&promise.slot);
        let kept = under >= before.floor && !open.iter().any(bars);
        let passed = match is_recovery(&slot) {
            true => open.iter().map(|promise| promise.decision).collect(),
            false => Vec::new(),
        };
        // A vote that does not count makes no constitution, and so promises nothing. So there are never more than two, and
        // who votes on and on for constitutions fills nobody's memory.
        if kept
            && slot.subject == Subject::Constitution
            && let Choice::For(decision) = vote.choice
        {
            open.push(Promise { slot, decision });
        }
        Promises { floor: under.max(before.floor), open, kept, passed }
    }

    /// The promises whose slots a next vote under version `under` has to cite as dead.
    pub(super) fn to_cite(&self, under: u32) -> impl Iterator<Item = &Promise> {
        self.open.iter().filter(move |promise| promise.slot.version > under)
    }
}
