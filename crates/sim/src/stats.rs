//! What was counted while a simulation ran.

use std::collections::{BTreeMap, HashMap};

use accord_core::EntryId;

/// What went over the network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes of frames that are not runs, with their length prefixes.
    pub control: u64,
    /// Bytes of run frames, with their length prefixes.
    pub runs: u64,
    /// Bytes of the entries in them: headers, signatures and payloads, before any packing.
    pub entries: u64,
    /// What run frames add to the packed list of entries, with the length prefixes.
    pub framing: u64,
    /// How many entries went.
    pub count: u64,
    /// How many packs, whose bytes count among those of runs.
    pub packs: u64,
    /// How many frames that are not runs.
    pub frames: u64,
}

/// Counts of a whole simulation.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// What all nodes sent.
    pub traffic: Traffic,
    /// How often each node received each entry.
    pub copies: BTreeMap<usize, HashMap<EntryId, u32>>,
    /// Refusals that nodes heard of: who heard, and the text.
    pub refusals: Vec<(usize, String)>,
    /// Closed connections: who closed, and the text.
    pub closes: Vec<(usize, String)>,
}

impl Stats {
    /// The most copies of one entry that one node received.
    pub fn most_copies(&self) -> u32 {
        self.copies.values().flat_map(HashMap::values).copied().max().unwrap_or(0)
    }

    /// How many copies of an entry a node received on average, over the entries that it received.
    pub fn mean_copies(&self) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for copies in self.copies.values().flat_map(HashMap::values) {
            sum += f64::from(*copies);
            count += 1.0;
        }
        if count > 0.0 { sum / count } else { 0.0 }
    }
}
