//! What the engine remembers of one connection. All of it is gone when the connection is: what is stored is what is
//! asked for next time.

mod outgoing;
mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use accord_core::{Digest, LogId, SpaceId, Vector};

pub(crate) use outgoing::{Next, Outgoing};
pub(crate) use shared::Shared;

use crate::{Claim, Digests, Phase, Refusal};

/// One connection.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) since: Duration,
    pub(crate) phase: Phase,
    /// What our Hello or Ready said: the digests and what they are of. The peer compares them with its own, and both
    /// sides come to the same result, since both compare the same two lists, whatever was written meanwhile. None once
    /// that was done.
    pub(crate) said: Option<Said>,
    /// The peer's Ready, if it came before we were ready.
    pub(crate) ready: Option<Digests>,
    /// The spaces in which something was said, by either side.
    pub(crate) shared: BTreeMap<SpaceId, Shared>,
    /// The number of its probe that is still to be answered.
    pub(crate) probe: Option<u64>,
    /// The number of our last probe that it has answered, 0 if none.
    pub(crate) echoed: u64,
    /// What it then held and had not said before, as far as it is not here.
    pub(crate) told: BTreeMap<LogId, u64>,
    /// What goes out to it.
    pub(crate) outgoing: Outgoing,
    /// How many bytes of entries the next pack to it aims at, and when the last one was ordered.
    pub(crate) pack_bytes: usize,
    pub(crate) packing_since: Duration,
    /// Runs that came from it and wait for the disk.
    pub(crate) ingesting: usize,
    /// Logs that we take no more from it.
    pub(crate) blocked: BTreeMap<LogId, Refusal>,
    /// Logs that it takes no more from us.
    pub(crate) refused: BTreeMap<LogId, Refusal>,
    /// Logs of which the peer said that what was asked for is of another history than what is held here.
    pub(crate) apart: BTreeSet<LogId>,
    /// How often runs of a log came that had no place here.
    pub(crate) misplaced: BTreeMap<LogId, u8>,
    /// Heads that the peer named and that are being looked up.
    pub(crate) explaining: BTreeMap<LogId, Claim>,
    /// Heads that the peer named of forked logs and about which nothing is left to do.
    pub(crate) settled: BTreeMap<LogId, BTreeSet<Claim>>,
    /// How many of its questions wait for the disk.
    pub(crate) looking: usize,
    /// The places of lost entries that it was asked for.
    pub(crate) asked_again: BTreeSet<(LogId, u64, u64)>,
    /// How many ranges it asked for again.
    pub(crate) gave_again: usize,
    /// How many refusals and restarts there were.
    pub(crate) refusals: usize,
    /// How many logs are asked of it.
    pub(crate) wanted: usize,
    /// Whether something is left to ask for, once fewer logs are.
    pub(crate) backlog: bool,
}

/// Digests that were sent, and the vectors they are of.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) governance: (Digest, Vector),
    pub(crate) spaces: BTreeMap<SpaceId, (Digest, Vector)>,
}

impl Peer {
    pub(crate) fn new(since: Duration, said: Said) -> Self {
        Self {
            since,
            phase: Phase::Greeting,
            said: Some(said),
            ready: None,
            shared: BTreeMap::new(),
            probe: None,
            echoed: 0,
            told: BTreeMap::new(),
            outgoing: Outgoing::default(),
            pack_bytes: crate::PACK_FIRST,
            packing_since: Duration::ZERO,
            ingesting: 0,
            blocked: BTreeMap::new(),
            refused: BTreeMap::new(),
            apart: BTreeSet::new(),
            misplaced: BTreeMap::new(),
            explaining: BTreeMap::new(),
            settled: BTreeMap::new(),
            looking: 0,
            asked_again: BTreeSet::new(),
            gave_again: 0,
            refusals: 0,
            wanted: 0,
            backlog: false,
        }
    }

    /// Whether it has said what it holds of every space that both read.
    pub(crate) fn has_spoken(&self) -> bool {
        self.phase == Phase::Open && self.shared.values().all(|shared| shared.theirs.is_some())
    }

    /// How far the peer says that it holds `log`: 0 if not at all, or if it has said nothing yet.
    pub(crate) fn claims(&self, log: &LogId) -> u64 {
        self.shared.get(&log.space).map_or(0, |shared| shared.claims(&log.device))
    }

    /// The heads that the peer says it holds of `log`.
    pub(crate) fn heads(&self, log: &LogId) -> &[Claim] {
        self.shared.get(&log.space).map_or(&[], |shared| shared.heads(&log.device))
    }

    /// How far the peer holds `log`, or will when all that is on its way has come.
    pub(crate) fn covered(&self, log: &LogId) -> u64 {
        self.claims(log).max(self.outgoing.reaches(log))
    }
}
