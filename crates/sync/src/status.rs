//! What people are shown of a connection.

use std::collections::BTreeMap;
use std::time::Duration;

use accord_core::{LogId, SpaceId};

use crate::Refusal;

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The peer's Hello has not come.
    Greeting,
    /// Governance differs and is being taken in.
    Governance,
    /// This side holds all governance that the peer announced, and waits for the peer to say the same.
    Ready,
    /// Content moves.
    Open,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerStatus {
    /// How far it is.
    pub phase: Phase,
    /// Since when it stands.
    pub since: Duration,
    /// Each space that both read.
    pub spaces: BTreeMap<SpaceId, SpaceStatus>,
    /// Logs that this side takes no more from the peer, and why. Of what was not stored only while it is lacking.
    pub blocked: BTreeMap<LogId, Refusal>,
    /// Logs that the peer takes no more from this side, and why. Of what was not stored only while it is lacking.
    pub refused: BTreeMap<LogId, Refusal>,
}

/// One space on one connection, as far as both sides have said what they hold. What a peer says is its own word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpaceStatus {
    /// Whether the peer has said what it holds.
    pub known: bool,
    /// How many entries this side offers that the peer has not acknowledged as durable.
    pub they_lack: u64,
    /// How many entries of those that this side holds the peer has acknowledged as durable.
    pub they_hold: u64,
    /// How many entries the peer says it holds that this side does not hold.
    pub we_lack: u64,
    /// How many logs end in different entries at one position: a fork.
    pub forked: u64,
    /// When the peer last acknowledged something.
    pub acknowledged: Option<Duration>,
}

impl SpaceStatus {
    /// Whether both sides hold the same, as far as each knows.
    pub fn in_step(&self) -> bool {
        self.known && self.they_lack == 0 && self.we_lack == 0 && self.forked == 0
    }
}

impl PeerStatus {
    /// How many entries of a space, of those that this side holds, the peer has acknowledged as durable; none before it
    /// has said what it holds of every space.
    pub fn they_hold(&self, space: &SpaceId) -> Option<u64> {
        let all = self.phase == Phase::Open && self.spaces.values().all(|space| space.known);
        all.then(|| self.spaces.get(space).map_or(0, |space| space.they_hold))
    }

    /// Whether all spaces are in step. With a log that one side refused they are not, whatever the counts say.
    pub fn in_step(&self) -> bool {
        self.phase == Phase::Open
            && self.blocked.is_empty()
            && self.refused.is_empty()
            && self.spaces.values().all(SpaceStatus::in_step)
    }
}
