//! Forks: a device that signed two histories of one log.

use accord_core::{Entry, LogId, SignedEntry, VerifiedRun, decode, verify_entry};
use minicbor::{Decode, Encode};

use super::layout::{id_at, read_entry};
use super::{Logs, LogsError, Place};
use crate::Tree;
use crate::logs::layout::entry_key;

/// Two entries that one device signed, of which only one can be in its log: two of one position, or two that would
/// follow each other if the second did not name another entry before it.
///
/// Kept from the moment at which a node holds one history, verified, and sees another, verified. It proves the fork
/// to others if both entries carry their own valid signature ([`ForkProof::holds`]). Whoever spoils signatures in
/// the middle of a run can prevent that; then others have to see both histories for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ForkProof {
    /// The first position at which the two histories are seen to differ. They may differ before.
    #[n(0)]
    pub seq: u64,
    /// The entry held.
    #[n(1)]
    pub one: SignedEntry,
    /// The other one.
    #[n(2)]
    pub other: SignedEntry,
}

impl ForkProof {
    /// Whether the two entries by themselves prove that their author signed two histories.
    pub fn holds(&self) -> bool {
        let read = |signed: &SignedEntry| Entry::from_store(signed.clone()).ok();
        let (Some(one), Some(other)) = (read(&self.one), read(&self.other)) else { return false };
        contradict(&one, &other) && verify_entry(&one).is_ok() && verify_entry(&other).is_ok()
    }
}

/// Whether no log can have both entries.
fn contradict(one: &Entry, other: &Entry) -> bool {
    let (a, b) = (one.header(), other.header());
    let follows = |before: &Entry, after: &Entry| {
        before.header().seq.checked_add(1) == Some(after.header().seq)
            && after.header().prev != Some(before.id())
    };
    (a.programme, a.space, a.device) == (b.programme, b.space, b.device)
        && (a.seq == b.seq && one.id() != other.id() || follows(one, other) || follows(other, one))
}

impl Logs {
    /// The two entries that show that a log has two histories, if it is known to.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn fork_proof(&self, log: &LogId) -> Result<Option<ForkProof>, LogsError> {
        let Place { number, held: Some(_), .. } = self.state().place(*log) else { return Ok(None) };
        let value = self.store.get(Tree::Forks, &number.to_be_bytes())?;
        let form = |source| LogsError::Form { what: "the proof of a fork", source };
        value.map(|value| decode(&value).map_err(form)).transpose()
    }

    /// Whether a run that begins at most one after what is held shows another history than that.
    pub(super) fn second_history(
        &self,
        run: &VerifiedRun,
        place: &Place,
    ) -> Result<Option<ForkProof>, LogsError> {
        let Some(held) = place.held else { return Ok(None) };
        let (first, entries) = (run.first_seq(), run.entries());
        if first == held.seq + 1 {
            // Its first entry was signed on top of another one than the one held, whose signature holds: no need to
            // see that other one.
            if run.prev() == Some(held.id) {
                return Ok(None);
            }
            return self.prove(run, place.number, held.seq, (held.seq, held.seq)).map(Some);
        }
        let agrees = |seq: u64| -> Result<bool, LogsError> {
            let entry = &entries[(seq - first) as usize].0;
            Ok(id_at(self.store.as_ref(), place.number, seq)? == entry.id())
        };
        // Both are hash chains: where they agree at one position they agree before it.
        let last = held.seq.min(run.head().seq);
        if agrees(last)? {
            return Ok(None);
        }
        let (mut low, mut high) = (first, last);
        while low < high {
            let middle = low + (high - low) / 2;
            if agrees(middle)? { low = middle + 1 } else { high = middle }
        }
        self.prove(run, place.number, low, (low, held.seq)).map(Some)
    }

    /// Picks the two entries to keep: the first pair in which both carry a valid signature, among those held from
    /// `from` to `to`. Without such a pair, those where the histories are first seen to differ.
    ///
    /// A run is bounded, and a log is proven forked once, so this may look at all of it.
    fn prove(
        &self,
        run: &VerifiedRun,
        number: u32,
        seq: u64,
        (from, to): (u64, u64),
    ) -> Result<ForkProof, LogsError> {
        let in_run = |seq: u64| {
            let at = usize::try_from(seq.checked_sub(run.first_seq())?).ok()?;
            run.entries().get(at).map(|(entry, _)| entry)
        };
        let keep = |one: &Entry, other: &Entry| ForkProof {
            seq,
            one: one.signed().clone(),
            other: other.signed().clone(),
        };
        let mut unproven = None;
        for at in from..=to.min(run.head().seq.saturating_add(1)) {
            let value = self.store.get(Tree::Entries, &entry_key(number, at))?;
            let (one, _) = read_entry(&value.ok_or(LogsError::Missing("an entry"))?)?;
            let beside = [Some(at), at.checked_add(1), at.checked_sub(1)];
            let others = beside.into_iter().flatten().filter_map(in_run);
            let others: Vec<&Entry> = others.filter(|other| contradict(&one, other)).collect();
            if verify_entry(&one).is_ok()
                && let Some(other) = others.iter().find(|other| verify_entry(other).is_ok())
            {
                return Ok(keep(&one, other));
            }
            unproven = unproven.or_else(|| others.first().map(|other| keep(&one, other)));
        }
        unproven.ok_or(LogsError::Missing("an entry"))
    }
}
