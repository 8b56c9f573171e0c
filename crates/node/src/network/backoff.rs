//! How long to wait before a dial is tried again: pure, with time and randomness as arguments.

use std::time::Duration;

use super::limits::BACKOFF_MIN;

/// The waits of one target, each twice as long as the one before, with ±20 % of chance, so that nodes that lost each
/// other at one moment do not all dial at one moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after a further failure, at most `ceiling`. `chance` is in `0.0..1.0`.
    pub(super) fn fail(&mut self, ceiling: Duration, chance: f64) -> Duration {
        let wait = BACKOFF_MIN.saturating_mul(1 << self.failures.min(16)).min(ceiling);
        self.failures = self.failures.saturating_add(1);
        wait.mul_f64(0.8 + 0.4 * chance)
    }

    /// Begins anew: the target was healthy, or the network is another one.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::limits::BACKOFF_MAX;

    #[test]
    fn waits_double_up_to_their_ceiling_and_begin_anew() {
        let mut backoff = Backoff::default();
        let waits: Vec<u128> = (0..8).map(|_| backoff.fail(BACKOFF_MAX, 0.5).as_millis()).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        backoff.reset();
        assert_eq!(backoff.fail(BACKOFF_MAX, 0.5).as_millis(), 500);
    }

    #[test]
    fn chance_is_a_fifth_either_way() {
        assert_eq!(Backoff::default().fail(BACKOFF_MAX, 0.0).as_millis(), 400);
        assert_eq!(Backoff::default().fail(BACKOFF_MAX, 1.0).as_millis(), 600);
    }
}
