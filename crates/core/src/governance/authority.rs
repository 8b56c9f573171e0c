//! What each governance log acknowledges, and at which position: the meaning of an entry's `authority`.
//!
//! Where a governance log forked, an authority means what stands before it on its own branch.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Authority, DecisionId, DeviceId, EntryId, RecordId};

/// Whether an authority can be judged with what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The author's governance log is held up to there.
    Resolved,
    /// It is not held yet.
    Missing,
    /// Another entry stands at that position: the author's governance log forked.
    OtherBranch,
}

#[derive(Debug, Clone)]
struct Place {
    seq: u64,
    prev: Option<EntryId>,
    /// Whether everything before it is held.
    rooted: bool,
}

/// Where a log acknowledges one thing: mostly one place, more on the branches of a fork.
type Places = BTreeSet<(u64, EntryId)>;

#[derive(Debug, Clone, Default)]
struct Log {
    entries: BTreeMap<EntryId, Place>,
    at: BTreeMap<u64, EntryId>,
    /// By the entry before them, those that wait for it.
    orphans: BTreeMap<EntryId, BTreeSet<EntryId>>,
    /// The lowest position that has two entries.
    forked: Option<u64>,
    decisions: BTreeMap<DecisionId, Places>,
    devices: BTreeMap<RecordId, Places>,
    last_acknowledgement: Option<(u64, EntryId)>,
}

impl Log {
    fn insert(&mut self, seq: u64, id: EntryId, prev: Option<EntryId>) {
        if self.entries.contains_key(&id) {
            return;
        }
        if self.at.insert(seq, id).is_some() {
            self.forked = Some(self.forked.map_or(seq, |at| at.min(seq)));
        }
        self.entries.insert(id, Place { seq, prev, rooted: false });
        if let Some(before) = prev
            && !self.entries.get(&before).is_some_and(|place| place.rooted)
        {
            self.orphans.entry(before).or_default().insert(id);
            return;
        }
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            if let Some(place) = self.entries.get_mut(&id) {
                place.rooted = true;
            }
            next.extend(self.orphans.remove(&id).into_iter().flatten());
        }
    }

    /// Whether one of `places` is at or before `authority` on its branch.
    fn before(&self, places: Option<&Places>, authority: &Authority) -> bool {
        let Authority::At { position, id } = authority else { return false };
        let Some((places, (first, _))) = places.and_then(|p| Some((p, p.first()?))) else { return false };
        if first > position {
            return false;
        }
        if self.forked.is_none_or(|at| at > *position) {
            return true;
        }
        // What comes before the branches part is common to all of them; only from there on is the branch walked.
        if self.forked.is_some_and(|at| *first < at) {
            return true;
        }
        let mut at = Some(*id);
        while let Some(id) = at
            && let Some(place) = self.entries.get(&id)
            && place.seq >= *first
        {
            if places.contains(&(place.seq, id)) {
                return true;
            }
            at = place.prev;
        }
        false
    }
}

/// The acknowledgements of every governance log held.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged {
    logs: BTreeMap<DeviceId, Log>,
}

impl Acknowledged {
    pub(super) fn entry(&mut self, device: DeviceId, seq: u64, id: EntryId, prev: Option<EntryId>) {
        self.logs.entry(device).or_default().insert(seq, id, prev);
    }

    pub(super) fn acknowledge(
        &mut self,
        device: DeviceId,
        (seq, id): (u64, EntryId),
        decisions: &[DecisionId],
        devices: &[RecordId],
    ) {
        let log = self.logs.entry(device).or_default();
        for decision in decisions {
            log.decisions.entry(*decision).or_default().insert((seq, id));
        }
        for record in devices {
            log.devices.entry(*record).or_default().insert((seq, id));
        }
        log.last_acknowledgement = log.last_acknowledgement.max(Some((seq, id)));
    }

    /// Whether `authority` of an entry of `device` can be judged.
    pub fn resolve(&self, device: &DeviceId, authority: &Authority) -> Resolution {
        let Authority::At { position, id } = authority else { return Resolution::Resolved };
        let Some(log) = self.logs.get(device) else { return Resolution::Missing };
        match log.entries.get(id).filter(|place| place.seq == *position) {
            Some(place) if place.rooted => Resolution::Resolved,
            Some(_) => Resolution::Missing,
            None if log.at.contains_key(position) => Resolution::OtherBranch,
            None => Resolution::Missing,
        }
    }

    /// Whether `device` had acknowledged `decision` at `authority`.
    pub fn knew(&self, device: &DeviceId, authority: &Authority, decision: &DecisionId) -> bool {
        self.logs.get(device).is_some_and(|log| log.before(log.decisions.get(decision), authority))
    }

    /// The decisions that `device` had acknowledged at `authority`.
    pub(super) fn known_at<'a>(
        &'a self,
        device: &DeviceId,
        authority: &'a Authority,
    ) -> impl Iterator<Item = &'a DecisionId> {
        let log = self.logs.get(device);
        log.into_iter().flat_map(move |log| {
            let known = move |(_, places): &(&DecisionId, &Places)| log.before(Some(places), authority);
            log.decisions.iter().filter(known).map(|(decision, _)| decision)
        })
    }

    /// Whether `device` had acknowledged a device record at `authority`.
    pub fn knew_record(&self, device: &DeviceId, authority: &Authority, record: &RecordId) -> bool {
        self.logs.get(device).is_some_and(|log| log.before(log.devices.get(record), authority))
    }

    /// Whether two entries of a device's governance log claim one position.
    pub(super) fn is_forked(&self, device: &DeviceId) -> bool {
        self.logs.get(device).is_some_and(|log| log.forked.is_some())
    }

    /// The lowest position at which a device acknowledged a device record in its own log.
    pub(super) fn first(&self, device: &DeviceId, record: &RecordId) -> Option<u64> {
        self.logs.get(device)?.devices.get(record)?.first().map(|(position, _)| *position)
    }

    /// The authority that a next entry of `device` is written under: its last acknowledgement.
    pub fn latest(&self, device: &DeviceId) -> Authority {
        match self.logs.get(device).and_then(|log| log.last_acknowledgement) {
            Some((position, id)) => Authority::At { position, id },
            None => Authority::Genesis,
        }
    }
}
