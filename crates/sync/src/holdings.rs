//! What this node holds durably, and how much of it may be offered.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{DeviceId, Digest, Head, LogId, SpaceId, Vector};

use crate::{Access, DeviceRef, MAX_LOGS, MAX_OTHERS, Prefix};

/// A log as a node holds it when the engine begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which log.
    pub log: LogId,
    /// The heads held: one, or one for each branch of a forked log.
    pub heads: Vec<Head>,
    /// The highest entries that may be offered; see [`Event::Ingested`](crate::Event::Ingested).
    pub offer: Vec<Head>,
}

/// The logs held. What is asked for follows from what is *held*, what is said and sent from what is *offered*: an
/// entry whose authority position is not here yet exists for nobody else.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    held: BTreeMap<LogId, Vec<Head>>,
    offered: BTreeMap<SpaceId, Vector>,
    /// Devices by which prefixes are resolved: those with a log, and those that access names.
    writers: BTreeSet<DeviceId>,
    named: BTreeSet<DeviceId>,
    /// How many logs of each space are held.
    logs: BTreeMap<SpaceId, usize>,
    /// By space in which others have places of their own: the devices that are no others, and how many logs of others are held.
    known: BTreeMap<SpaceId, (BTreeSet<DeviceId>, usize)>,
}

impl Holdings {
    pub(crate) fn set(&mut self, log: LogId, heads: Vec<Head>, offer: &[Head]) {
        self.writers.insert(log.device);
        if self.held.insert(log, heads).is_none() {
            *self.logs.entry(log.space).or_default() += 1;
            if let Some((known, others)) = self.known.get_mut(&log.space) {
                *others += usize::from(!known.contains(&log.device));
            }
        }
        self.offer(log, offer);
    }

    pub(crate) fn offer(&mut self, log: LogId, offer: &[Head]) {
        let vector = self.offered.entry(log.space).or_default();
        match offer {
            [head] => vector.set(log.device, *head),
            heads => {
                let kept = vector.iter().filter(|(device, _)| **device != log.device);
                let others = kept.flat_map(|(device, heads)| heads.iter().map(move |head| (*device, *head)));
                *vector = others.chain(heads.iter().map(|head| (log.device, *head))).collect();
            }
        }
    }

    /// The heads held of `log`.
    pub(crate) fn heads(&self, log: &LogId) -> &[Head] {
        self.held.get(log).map_or(&[], Vec::as_slice)
    }

    /// The heads of `log` that may be offered.
    pub(crate) fn offered_heads(&self, log: &LogId) -> &[Head] {
        self.offered.get(&log.space).map_or(&[], |vector| vector.heads(&log.device))
    }

    /// Takes over the devices that access names.
    pub(crate) fn name(&mut self, access: &Access) {
        self.named = access.named().collect();
        let known = access.known().map(|(space, known)| {
            let others = self.held.keys().filter(|log| log.space == *space && !known.contains(&log.device));
            (*space, (known.clone(), others.count()))
        });
        self.known = known.collect();
    }

    /// How far `log` is held, on its longest branch.
    pub(crate) fn held(&self, log: &LogId) -> u64 {
        self.heads(log).iter().map(|head| head.seq).max().unwrap_or(0)
    }

    /// Whether there is room for `log`: it is held, or not as many are yet as are taken.
    pub(crate) fn room(&self, log: &LogId) -> bool {
        let others = self.known.get(&log.space).filter(|(known, _)| !known.contains(&log.device));
        self.has(log)
            || match others {
                Some((_, others)) => *others < MAX_OTHERS,
                None => self.logs.get(&log.space).is_none_or(|logs| *logs < MAX_LOGS),
            }
    }

    /// Whether anything of `log` is held.
    pub(crate) fn has(&self, log: &LogId) -> bool {
        self.held.contains_key(log)
    }

    /// How far `log` may be offered.
    pub(crate) fn offered(&self, log: &LogId) -> Option<Head> {
        self.offered.get(&log.space)?.head(&log.device)
    }

    /// What may be offered of a space.
    pub(crate) fn vector(&self, space: &SpaceId) -> Option<&Vector> {
        self.offered.get(space).filter(|vector| !vector.is_empty())
    }

    /// The digest of what may be offered of a space, also of nothing.
    pub(crate) fn digest(&self, space: &SpaceId) -> Digest {
        self.offered.get(space).map_or_else(|| Vector::default().digest(), Vector::digest)
    }

    /// How to name a device: by its prefix if no other known device shares it.
    pub(crate) fn short(&self, device: &DeviceId) -> DeviceRef {
        let prefix = Prefix::of(&device.0);
        match self.resolve(DeviceRef::Short(prefix)) {
            Some(found) if found == *device => DeviceRef::Short(prefix),
            _ => DeviceRef::Full(*device),
        }
    }

    /// Which device is meant; none if it is not known, or if two known ones share the prefix.
    pub(crate) fn resolve(&self, device: DeviceRef) -> Option<DeviceId> {
        let prefix = match device {
            DeviceRef::Full(device) => return Some(device),
            DeviceRef::Short(prefix) => prefix,
        };
        let (mut first, mut last) = ([0; 32], [255; 32]);
        first[..8].copy_from_slice(&prefix.0);
        last[..8].copy_from_slice(&prefix.0);
        let range = DeviceId(first)..=DeviceId(last);
        let mut found = self.writers.range(range.clone()).chain(self.named.range(range));
        let device = *found.next()?;
        found.all(|other| *other == device).then_some(device)
    }
}
