//! The branches of a log whose device signed two histories: which there are, where they part, and where a run belongs.

use accord_core::{EntryId, Head, LogId, VerifiedRun};

use super::{EntryRef, IngestError, Logs, LogsError, Parting, Place, State, Writer};

/// The most branches kept of one log. Two come from a restored or copied home, a few more from one copied often. Who
/// makes more does it on purpose, and each further one would cost every node storage and a place in every vector.
pub const MAX_BRANCHES: usize = 8;

/// One history of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    /// Its last entry.
    pub head: Head,
    /// The branch from which it parts, by its place in the list, and the last position that they have in common: 0 if
    /// there is none. None for the first history.
    pub parts_from: Option<(u32, u64)>,
}

/// The branches of a log in the order in which this store came to know them, which means nothing to other nodes. An
/// entry that several histories share stands on the oldest of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branches(Vec<Branch>);

impl Branches {
    /// All of them, none if nothing is held of the log.
    pub fn all(&self) -> &[Branch] {
        &self.0
    }

    /// Whether the entry at `seq` that stands on branch `on` is part of the history of branch `of`.
    pub fn contains(&self, of: u32, (on, seq): (u32, u64)) -> bool {
        self.stands_on(of, seq) == Some(on)
    }

    /// On which branch the entry at `seq` of the history of branch `of` stands; none if that does not go so far.
    pub fn stands_on(&self, of: u32, seq: u64) -> Option<u32> {
        let mut at = of;
        self.0.get(of as usize).filter(|branch| (1..=branch.head.seq).contains(&seq))?;
        while let Some((parent, last)) = self.0.get(at as usize)?.parts_from
            && seq <= last
        {
            at = parent;
        }
        Some(at)
    }
}

impl Logs {
    /// The branches of a log.
    pub fn branches(&self, log: &LogId) -> Branches {
        let state = self.state();
        let numbers = state.numbers.get(log).map_or(&[][..], Vec::as_slice);
        let ordinal = |number| ordinal(numbers, number);
        let branches = numbers.iter().map(|number| {
            let branch = &state.branches[*number as usize];
            let parts_from = branch.parting.map(|parting| (ordinal(parting.number), parting.seq));
            Branch { head: branch.head, parts_from }
        });
        Branches(branches.collect())
    }

    /// The first branch whose history has the entry `id` at `seq`: where a cut or a ratified version names it, every
    /// branch that [contains](Branches::contains) it follows it.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn find(&self, log: &LogId, seq: u64, id: &EntryId) -> Result<Option<u32>, LogsError> {
        self.find_by(log, seq, |found| found == *id)
    }

    /// The same for the id by its first bytes, as other nodes name it.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn find_prefix(&self, log: &LogId, seq: u64, prefix: &[u8; 8]) -> Result<Option<u32>, LogsError> {
        self.find_by(log, seq, |found| found.0.starts_with(prefix))
    }

    fn find_by(&self, log: &LogId, seq: u64, is: impl Fn(EntryId) -> bool) -> Result<Option<u32>, LogsError> {
        let branches = self.branches(log);
        for of in (0..).take(branches.all().len()) {
            if branches.stands_on(of, seq) == Some(of)
                && let Some(id) = self.id_on(log, of, seq)?
                && is(id)
            {
                return Ok(Some(of));
            }
        }
        Ok(None)
    }

    /// The id of the entry at `seq` of the history of a branch.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn id_on(&self, log: &LogId, branch: u32, seq: u64) -> Result<Option<EntryId>, LogsError> {
        let number = {
            let state = self.state();
            let number = state.numbers.get(log).and_then(|numbers| numbers.get(branch as usize)).copied();
            let reaches = |number: &u32| (1..=state.branches[*number as usize].head.seq).contains(&seq);
            let Some(number) = number.filter(reaches) else { return Ok(None) };
            state.owner(number, seq)
        };
        self.id_of_place(number, seq).map(Some)
    }

    /// Where what is new of a run goes: behind the last of its entries that is held, or else the one that its first
    /// entry names. That is the end of a branch, or a place from which a new one would begin.
    pub(super) fn attach(&self, writer: &mut Writer, run: &VerifiedRun) -> Result<Place, IngestError> {
        let (log, first) = (run.log(), run.first_seq());
        let branches = self.branches(&log);
        let held = branches.all().iter().map(|branch| branch.head.seq).max().unwrap_or(0);
        if first > held.saturating_add(1) {
            return Err(IngestError::Gap { held, first });
        }
        let mut last: Option<(u32, Head)> = None;
        for of in (0..).take(branches.all().len()) {
            let common = self.common(run, of)?;
            let longer = |common: &Head| last.is_none_or(|(_, known)| known.seq < common.seq);
            last = common.filter(longer).map(|common| (of, common)).or(last);
        }
        let state = self.state();
        let numbers = state.numbers.get(&log).map_or(&[][..], Vec::as_slice);
        let (number, held) = match (last, numbers.first()) {
            (Some((of, head)), _) => (state.owner(numbers[of as usize], head.seq), Some(head)),
            (None, None) => return Ok(state.place(log)),
            (None, Some(number)) if first == 1 => (*number, None),
            (None, Some(_)) => {
                drop(state);
                self.show_apart(writer, run)?;
                return Err(IngestError::Apart { first });
            }
        };
        let place = state.place_on(number);
        if place.held == held {
            return Ok(place);
        }
        let seq = held.map_or(0, |head| head.seq);
        if held.is_some_and(|head| head == run.head()) {
            // Nothing of it is new.
            return Ok(Place { held, ..place });
        }
        if numbers.len() >= MAX_BRANCHES {
            return Err(IngestError::Branches);
        }
        Ok(Place { held, parting: Some(Parting { number, seq }), ..state.new_place(log) })
    }

    /// The last entry of a run that the history of a branch has too, or else the one before the run's first.
    fn common(&self, run: &VerifiedRun, of: u32) -> Result<Option<Head>, LogsError> {
        let (log, first) = (run.log(), run.first_seq());
        let id_in_run = |seq: u64| {
            let at = seq.checked_sub(first).and_then(|at| usize::try_from(at).ok());
            at.map_or(run.prev(), |at| run.entries().get(at).map(|(entry, _)| entry.id()))
        };
        let agrees = |seq: u64| -> Result<bool, LogsError> {
            Ok(match self.id_on(&log, of, seq)? {
                Some(id) => id_in_run(seq) == Some(id),
                None => seq == 0,
            })
        };
        // Both are hash chains: where they agree at one position they agree before it. Most runs just go on.
        let (mut low, mut high) = (first - 1, run.head().seq);
        if !agrees(low)? {
            return Ok(None);
        }
        let ends = self.branches(&log).all().get(of as usize).map_or(0, |branch| branch.head.seq);
        high = high.min(ends.max(low));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if agrees(middle)? { low = middle } else { high = middle - 1 }
        }
        Ok(id_in_run(low).filter(|_| low > 0).map(|id| Head { seq: low, id }))
    }

    /// The highest authority position among the entries of a branch up to `seq`: where another one parts from it.
    pub(super) fn authority_at(&self, parting: &Parting) -> Result<u64, LogsError> {
        let (log, branch) = {
            let state = self.state();
            let branch = &state.branches[parting.number as usize];
            (branch.log, ordinal(&state.numbers[&branch.log], parting.number))
        };
        let (mut highest, mut next) = (0, 1);
        while next <= parting.seq {
            let page = self.read_on(&log, branch, (next, parting.seq), 1_000, 1 << 20)?;
            let Some(last) = page.last() else { return Err(LogsError::Missing("an entry")) };
            next = last.header().seq + 1;
            highest = page.iter().map(|entry| entry.header().authority.position()).fold(highest, u64::max);
        }
        Ok(highest)
    }
}

fn ordinal(numbers: &[u32], number: u32) -> u32 {
    let at = numbers.iter().position(|known| *known == number).unwrap_or(numbers.len());
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl State {
    /// Which of its log's branches a place is on.
    pub(super) fn ordinal(&self, place: &Place) -> u32 {
        ordinal(self.numbers.get(&place.log).map_or(&[], Vec::as_slice), place.number)
    }

    /// Whether nothing stands under the number of a place yet.
    pub(super) fn is_new(&self, place: &Place) -> bool {
        self.branches.len() <= place.number as usize
    }

    /// The older branches that the one at a place goes on from, each with the last position that it shares.
    pub(super) fn lineage(&self, place: &Place) -> Vec<Parting> {
        let mut lineage = Vec::new();
        let mut next = place.parting;
        while let Some(parting) = next {
            lineage.push(parting);
            next = self.branches.get(parting.number as usize).and_then(|branch| branch.parting);
        }
        lineage
    }

    /// Each branch by its number, and how far it is shown.
    pub(super) fn shown(&self) -> Vec<(EntryRef, u64)> {
        let mut counts = std::collections::BTreeMap::<LogId, u32>::new();
        let place = |branch: &super::BranchRecord| {
            let count = counts.entry(branch.log).or_default();
            *count += 1;
            (EntryRef { log: branch.log, branch: *count - 1, seq: 0 }, branch.head.seq)
        };
        self.branches.iter().map(place).collect()
    }
}
