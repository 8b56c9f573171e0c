//! What the engine is told about access: who reads what, and whose entries belong where.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::governance::Governance;
use accord_core::{DeviceId, Head, LogId, OrganisationId, SpaceId};

use crate::Claim;

/// Access as this node knows it now: the engine never guesses, and acts on the newest view at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The spaces that this node reads. The engine takes nothing of any other.
    pub own: BTreeSet<SpaceId>,
    /// The devices that may be connected at all, with what each may read. A connected device that is not in here is
    /// closed.
    pub devices: BTreeMap<DeviceId, Reader>,
    /// Whose logs belong in a space; nobody's if a space is not in here.
    pub authors: BTreeMap<SpaceId, Authors>,
    /// The last entries that are worth having of each log that was cut, none of which is part of another one's history;
    /// empty if no entry is. Nothing but these and what comes before them is asked for.
    pub limits: BTreeMap<LogId, Vec<Head>>,
    /// The last position of each log that was cut up to which anything is taken, also where its limit is lifted since
    /// something lacks an ancestor: see [`BEYOND_CUT`](crate::BEYOND_CUT).
    pub at_most: BTreeMap<LogId, u64>,
}

/// A device that may be connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Whose device it is; none for a device that was invited and is not admitted yet.
    pub organisation: Option<OrganisationId>,
    /// The spaces that it may read.
    pub reads: BTreeSet<SpaceId>,
}

/// Whose logs are taken in a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authors {
    /// Anybody's, up to [`MAX_LOGS`](crate::MAX_LOGS): for the governance space, before anything is known.
    Anybody,
    /// Those of devices that belong to an organisation that takes or took part, within what it may certify, and of `others` that some record names, up to
    /// [`MAX_OTHERS`](crate::MAX_OTHERS): for the governance space, from which authors become known.
    Named {
        /// Devices of organisations that take or took part.
        known: BTreeSet<DeviceId>,
        /// Those that a record names.
        others: BTreeSet<DeviceId>,
    },
    /// Those of devices whose organisation had some period in the space: from its first period on the whole log is
    /// taken, entries of devices that never had one are refused.
    Only(BTreeSet<DeviceId>),
}

impl Authors {
    /// Those of the governance space. Before the founding is held nobody is known; from then on whoever is not named writes
    /// nothing that matters.
    pub fn of_governance(governance: &Governance) -> Self {
        if !governance.founded() {
            return Authors::Anybody;
        }
        let known = governance.owners().into_keys();
        let known: BTreeSet<DeviceId> = known.filter(|device| !governance.is_surplus(device)).collect();
        let others = governance.named_devices().difference(&known).copied().collect();
        Authors::Named { known, others }
    }
}

impl Access {
    /// Whether `device` may be sent what is in `space`, now.
    pub fn may_read(&self, device: &DeviceId, space: &SpaceId) -> bool {
        self.devices.get(device).is_some_and(|reader| reader.reads.contains(space))
    }

    /// Whether entries of `log` are taken.
    pub fn takes(&self, log: &LogId) -> bool {
        self.own.contains(&log.space)
            && match self.authors.get(&log.space) {
                None => false,
                Some(Authors::Anybody) => true,
                Some(Authors::Only(devices)) => devices.contains(&log.device),
                Some(Authors::Named { known, others }) => {
                    known.contains(&log.device) || others.contains(&log.device)
                }
            }
    }

    /// The spaces in which others have places of their own, each with the devices that are no others.
    pub(crate) fn known(&self) -> impl Iterator<Item = (&SpaceId, &BTreeSet<DeviceId>)> {
        self.authors.iter().filter_map(|(space, authors)| match authors {
            Authors::Named { known, .. } => Some((space, known)),
            _ => None,
        })
    }

    /// The last position of `log` that is worth asking for.
    pub fn limit(&self, log: &LogId) -> u64 {
        let last = |limits: &Vec<Head>| limits.iter().map(|head| head.seq).max().unwrap_or(0);
        self.limits.get(log).map_or(u64::MAX, last).min(self.at_most(log))
    }

    /// The last position of `log` that is taken at all.
    pub(crate) fn at_most(&self, log: &LogId) -> u64 {
        self.at_most.get(log).copied().unwrap_or(u64::MAX)
    }

    /// What is worth asking for of `log`, where a peer names the head `claim`: that head, or the entries at which the log
    /// was cut if the head is beyond them, since it may go on from them.
    pub(crate) fn within(&self, log: &LogId, claim: Claim) -> Vec<Claim> {
        let Some(limits) = self.limits.get(log) else { return vec![claim] };
        let limits: Vec<Claim> = limits.iter().copied().map(Claim::from).collect();
        if limits.contains(&claim) || limits.iter().any(|limit| limit.seq > claim.seq) {
            return vec![claim];
        }
        limits.into_iter().filter(|limit| limit.seq < claim.seq).collect()
    }

    /// The spaces that both this node and `device` read.
    pub(crate) fn shared<'a>(&'a self, device: &DeviceId) -> impl Iterator<Item = SpaceId> + 'a {
        let reads = self.devices.get(device).map(|reader| &reader.reads);
        reads.into_iter().flat_map(|reads| reads.intersection(&self.own)).copied()
    }

    /// Every device that it names.
    pub(crate) fn named(&self) -> impl Iterator<Item = DeviceId> + '_ {
        let authors = self.authors.values().filter_map(|authors| match authors {
            Authors::Anybody => None,
            Authors::Only(devices) => Some(vec![devices]),
            Authors::Named { known, others } => Some(vec![known, others]),
        });
        self.devices.keys().chain(authors.flatten().flatten()).copied()
    }
}
