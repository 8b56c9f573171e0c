//! What goes through a door.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use crate::Door;

/// What went through since a door was made or restored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many connections were let in.
    pub connections: usize,
    /// Bytes in both directions: everything that the connections carried, keys and encryption included.
    pub bytes: u64,
    began: Option<Instant>,
    last: Option<Instant>,
}

impl Traffic {
    /// From the first connection to the last byte.
    pub fn took(&self) -> Duration {
        self.began.zip(self.last).map(|(began, last)| last.duration_since(began)).unwrap_or_default()
    }

    pub(crate) fn begin(&mut self, now: Instant) {
        self.connections += 1;
        self.began = self.began.or(Some(now));
    }

    pub(crate) fn add(&mut self, bytes: u64, now: Instant) {
        self.bytes += bytes;
        self.last = Some(now);
    }

    fn with(self, other: Self) -> Self {
        Self {
            connections: self.connections + other.connections,
            bytes: self.bytes + other.bytes,
            began: [self.began, other.began].into_iter().flatten().min(),
            last: self.last.max(other.last),
        }
    }
}

/// What went through two doors together, once nothing has for the time of `silence` after somebody connected; nothing if
/// that does not come within `patience`.
pub fn when_silent(doors: [&Door; 2], silence: Duration, patience: Duration) -> Option<Traffic> {
    let deadline = Instant::now() + patience;
    let [one, other] = doors;
    loop {
        let traffic = one.traffic().with(other.traffic());
        let now = Instant::now();
        let quiet_at = traffic.last.map(|last| last + silence);
        if quiet_at.is_some_and(|at| at <= now) {
            return Some(traffic);
        }
        if now >= deadline {
            return None;
        }
        // Whatever passes through the first door is heard of at once; of the other one when this silence may be over.
        let wake = quiet_at.unwrap_or(now + silence).min(deadline);
        let state = one.shared.lock();
        drop(one.shared.passed.wait_timeout(state, wake - now).unwrap_or_else(PoisonError::into_inner));
    }
}
