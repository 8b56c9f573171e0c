//! What each governance log acknowledges, and at which position: the meaning of an entry's `authority`.

use std::collections::BTreeMap;

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

#[derive(Debug, Clone, Default)]
struct Log {
    ids: BTreeMap<u64, EntryId>,
    decisions: BTreeMap<DecisionId, u64>,
    devices: BTreeMap<RecordId, u64>,
    last_acknowledgement: Option<(u64, EntryId)>,
}

/// The acknowledgements of every governance log held.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged {
    logs: BTreeMap<DeviceId, Log>,
}

impl Acknowledged {
    pub(super) fn entry(&mut self, device: DeviceId, seq: u64, id: EntryId) {
        self.logs.entry(device).or_default().ids.entry(seq).or_insert(id);
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
            let first = log.decisions.entry(*decision).or_insert(seq);
            *first = seq.min(*first);
        }
        for record in devices {
            let first = log.devices.entry(*record).or_insert(seq);
            *first = seq.min(*first);
        }
        log.last_acknowledgement = log.last_acknowledgement.max(Some((seq, id)));
    }

    /// Whether `authority` of an entry of `device` can be judged.
    pub fn resolve(&self, device: &DeviceId, authority: &Authority) -> Resolution {
        let Authority::At { position, id } = authority else { return Resolution::Resolved };
        match self.logs.get(device).and_then(|log| log.ids.get(position)) {
            None => Resolution::Missing,
            Some(held) if held == id => Resolution::Resolved,
            Some(_) => Resolution::OtherBranch,
        }
    }

    /// Whether `device` had acknowledged `decision` at `authority`.
    pub fn knew(&self, device: &DeviceId, authority: &Authority, decision: &DecisionId) -> bool {
        let at = self.logs.get(device).and_then(|log| log.decisions.get(decision));
        at.is_some_and(|at| *at <= authority.position())
    }

    /// The authority that a next entry of `device` is written under: its last acknowledgement.
    pub fn latest(&self, device: &DeviceId) -> Authority {
        match self.logs.get(device).and_then(|log| log.last_acknowledgement) {
            Some((position, id)) => Authority::At { position, id },
            None => Authority::Genesis,
        }
    }
}
