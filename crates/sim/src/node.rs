//! A simulated node: the engine with a small driver around it, which does for real what the real driver does, but on a
//! simulated disk.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use accord_core::governance::{Governance, Resolution};
use accord_core::{
    Authority, DeviceId, Entry, Head, LogId, OrganisationId, ProgrammeId, SpaceId, governance_space,
    private_space, programme_space,
};
use accord_sync::{Access, Authors, BEYOND_CUT, Engine, Held, Reader};

use crate::disk::Stored;
use crate::{Disk, Party};

/// How a node misbehaves when it sends runs of others' logs or of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mischief {
    /// The last signature of a run is damaged.
    BadSignature,
    /// The first entry of a run is left out, though the frame says nothing of it.
    Gap,
    /// Nothing of the logs of this device is sent, though it is announced.
    Withhold(DeviceId),
}

/// A node, up or down.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) party: Party,
    pub(crate) disk: Disk,
    /// The fold over the governance that it began with: nodes of one programme need not check the same signatures
    /// at each of their starts.
    pub(crate) folded: Rc<Governance>,
    /// Counts up with each crash, so that what was under way before means nothing after.
    pub(crate) life: u64,
    pub(crate) running: Option<Running>,
    /// Devices that it knows without governance: who invited it.
    pub(crate) invited_by: BTreeSet<DeviceId>,
    /// Devices whose access has ended, as far as this node knows.
    pub(crate) ended: BTreeSet<DeviceId>,
    /// Devices that it feeds and believes whatever was decided about them.
    pub(crate) colludes_with: BTreeSet<DeviceId>,
    /// Whether it goes on writing under what it knew at first, whatever was decided about it.
    pub(crate) defiant: bool,
    /// How many entries beyond a cut it takes.
    pub(crate) beyond: u64,
    /// From how many missing entries on it sends packs.
    pub(crate) pack_from: u64,
    /// The logs that were cut, as far as it knows, and the last entry of each that counts.
    pub(crate) limits: BTreeMap<LogId, Vec<Head>>,
    /// How far others said that its own logs go.
    pub(crate) said: BTreeMap<LogId, u64>,
    pub(crate) mischief: Option<Mischief>,
    /// How many changes it made, for actor sequence numbers.
    pub(crate) changes: u64,
    /// When the disk will have done all that it was told so far.
    pub(crate) disk_free: Duration,
}

/// What a crash takes away.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) engine: Engine,
    pub(crate) governance: Governance,
    pub(crate) access: Access,
    /// Frames that came while the engine was not ready for them, by connection.
    pub(crate) inbox: BTreeMap<DeviceId, VecDeque<Vec<u8>>>,
}

impl Node {
    pub(crate) fn new(party: Party, disk: Disk, folded: Rc<Governance>) -> Self {
        Self {
            party,
            disk,
            folded,
            life: 0,
            running: None,
            invited_by: BTreeSet::new(),
            ended: BTreeSet::new(),
            colludes_with: BTreeSet::new(),
            defiant: false,
            beyond: BEYOND_CUT,
            pack_from: accord_sync::PACK_FROM,
            limits: BTreeMap::new(),
            said: BTreeMap::new(),
            mischief: None,
            changes: 0,
            disk_free: Duration::ZERO,
        }
    }

    pub(crate) fn id(&self) -> DeviceId {
        self.party.device.id()
    }

    /// Begins with what the disk holds.
    pub(crate) fn start(&mut self, programme: ProgrammeId) {
        let mut governance = self.folded.as_ref().clone();
        let space = governance_space(&programme);
        for log in self.disk.logs().filter(|log| log.space == space) {
            for entry in self.disk.histories(&log).flat_map(read) {
                let at = Authority::At { position: entry.header().seq, id: entry.id() };
                if self.folded.acknowledged().resolve(&log.device, &at) != Resolution::Resolved {
                    // A record that does not count stands in its log all the same.
                    let _ = governance.insert(&entry);
                }
            }
        }
        let access = self.access(&governance);
        self.limits.clone_from(&access.limits);
        let held = self.disk.logs().map(|log| {
            let (heads, offer) = (self.disk.heads(&log), self.offer(&programme, &log));
            Held { log, heads, offer }
        });
        let engine = Engine::new(programme, self.id(), access.clone(), held).packing_from(self.pack_from);
        self.running = Some(Running { engine, governance, access, inbox: BTreeMap::new() });
    }

    /// Everything that was not durable is lost.
    pub(crate) fn crash(&mut self) {
        self.running = None;
        self.life += 1;
        self.disk.crash();
        self.said.clear();
        self.disk_free = Duration::ZERO;
    }

    /// The highest entry of each branch of `log` of which the authority positions are held.
    pub(crate) fn offer(&self, programme: &ProgrammeId, log: &LogId) -> Vec<accord_core::Head> {
        let governance = LogId { space: governance_space(programme), device: log.device };
        if log.space == governance.space {
            return self.disk.heads(log);
        }
        let offer = self.disk.offerable(log, self.disk.head(&governance).map_or(0, |head| head.seq));
        match self.limits.get(log) {
            None => offer,
            Some(limits) => self.disk.within(log, limits, offer),
        }
    }

    /// The view of access that governance gives, without devices whose access has ended.
    pub(crate) fn access(&self, governance: &Governance) -> Access {
        let programme = governance.programme();
        let (common, shared) = (governance_space(&programme), programme_space(&programme));
        let mut devices: BTreeMap<DeviceId, Reader> = BTreeMap::new();
        for inviting in &self.invited_by {
            devices.insert(*inviting, Reader { organisation: None, reads: [common].into() });
        }
        let known = governance.devices();
        let mine = self.party.organisation();
        let private = private_space(&programme, &mine);
        let mut spaces: BTreeSet<SpaceId> = governance.spaces().collect();
        spaces.extend([common, shared, private]);
        let readable = |organisation: &OrganisationId| -> BTreeSet<SpaceId> {
            spaces.iter().filter(|space| governance.may_read(organisation, space)).copied().collect()
        };
        for (device, organisation) in &known {
            let reads = readable(organisation);
            devices.insert(*device, Reader { organisation: Some(*organisation), reads });
        }
        devices.retain(|device, _| !self.ended.contains(device));
        for device in &self.colludes_with {
            let reader = Reader { organisation: None, reads: spaces.clone() };
            devices.insert(*device, reader);
        }
        devices.remove(&self.id());
        let mut own = readable(&mine);
        own.insert(common);
        let owners = governance.owners();
        let mut authors = BTreeMap::from([(common, Authors::of_governance(governance))]);
        let (mut limits, mut at_most) = (BTreeMap::new(), BTreeMap::new());
        for space in own.iter().filter(|space| **space != common) {
            let belong = owners.iter().filter(|(_, owner)| governance.ever_had(owner, space));
            let belong: BTreeSet<DeviceId> = belong.map(|(device, _)| *device).collect();
            for device in belong.iter().filter(|device| !self.colludes_with.contains(device)) {
                if let Some(limit) = governance.limit(space, device) {
                    let log = LogId { space: *space, device: *device };
                    at_most.insert(log, limit.map_or(0, |head| head.seq) + self.beyond);
                    limits.insert(log, limit.into_iter().collect());
                }
            }
            authors.insert(*space, Authors::Only(belong));
        }
        Access { own, devices, authors, limits, at_most }
    }
}

/// Entries as they stand on a disk, read.
pub(crate) fn read(stored: &[Stored]) -> impl Iterator<Item = Entry> {
    stored.iter().filter_map(|stored| Entry::from_store(stored.signed.clone()).ok())
}
