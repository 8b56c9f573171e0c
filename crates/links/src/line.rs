//! What a line does to a packet: pure, with time and chance as arguments.

use std::time::{Duration, Instant};

/// How a line is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// How long a packet takes, each way.
    pub delay: Duration,
    /// The share of packets that are lost each way, in `0.0..=1.0`.
    pub loss: f64,
    /// Bytes in a second, each way; no bound if none.
    pub rate: Option<u64>,
    /// Whether anything passes.
    pub state: State,
}

/// Whether anything passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Everything.
    Open,
    /// Nothing, without a word to anybody.
    Cut,
    /// Connections can be made, and nothing is carried on them, as at a portal that waits for somebody to log in.
    Captive,
}

impl Default for Line {
    fn default() -> Self {
        Self { delay: Duration::ZERO, loss: 0.0, rate: None, state: State::Open }
    }
}

impl Line {
    /// A line over which an answer takes this long, if the other side's line takes no time.
    pub fn round_trip(time: Duration) -> Self {
        Self { delay: time / 2, ..Self::default() }
    }

    /// The same, and this share of packets is lost.
    pub fn losing(self, loss: f64) -> Self {
        Self { loss, ..self }
    }

    /// The same, for so many bytes in a second.
    pub fn at_most(self, rate: u64) -> Self {
        Self { rate: Some(rate), ..self }
    }

    /// The same, in another state.
    pub fn state(self, state: State) -> Self {
        Self { state, ..self }
    }
}

/// How much time of sending may wait at the beginning of a line with a rate; what comes on top is lost, as at a router whose
/// memory is full.
const QUEUE: Duration = Duration::from_millis(250);

/// One direction of a line.
#[derive(Debug, Default)]
pub(crate) struct Way {
    /// When what was let in so far has been sent.
    free: Option<Instant>,
}

impl Way {
    /// When a packet of `length` bytes that comes `now` leaves at the other end; none if it does not.
    pub(crate) fn pass(
        &mut self,
        line: &Line,
        now: Instant,
        length: usize,
        carries: bool,
        chance: f64,
    ) -> Option<Instant> {
        match line.state {
            State::Cut => return None,
            State::Captive if carries => return None,
            State::Captive | State::Open => {}
        }
        if chance < line.loss {
            return None;
        }
        let Some(rate) = line.rate.filter(|rate| *rate > 0) else { return Some(now + line.delay) };
        let begin = self.free.map_or(now, |free| free.max(now));
        if begin.duration_since(now) > QUEUE {
            return None;
        }
        let nanoseconds = (length as u64).saturating_mul(1_000_000_000) / rate;
        let sent = begin + Duration::from_nanos(nanoseconds);
        self.free = Some(sent);
        Some(sent + line.delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_takes_its_time_and_those_before_it() {
        let (mut way, now) = (Way::default(), Instant::now());
        let line = Line::round_trip(Duration::from_millis(200)).at_most(1_000_000);
        let ms = Duration::from_millis;
        assert_eq!(way.pass(&line, now, 1_000, true, 0.5), Some(now + ms(101)));
        assert_eq!(way.pass(&line, now, 1_000, true, 0.5), Some(now + ms(102)));
        // What waits for too long is lost.
        while way.pass(&line, now, 1_000, true, 0.5).is_some() {}
        assert_eq!(way.pass(&line, now + ms(300), 1_000, true, 0.5), Some(now + ms(401)));
    }

    #[test]
    fn a_line_loses_its_share_and_a_portal_carries_nothing() {
        let (mut way, now) = (Way::default(), Instant::now());
        let line = Line::default().losing(0.1);
        assert_eq!(way.pass(&line, now, 1, true, 0.09), None);
        assert_eq!(way.pass(&line, now, 1, true, 0.1), Some(now));
        let captive = Line::default().state(State::Captive);
        assert_eq!(way.pass(&captive, now, 40, false, 0.5), Some(now));
        assert_eq!(way.pass(&captive, now, 41, true, 0.5), None);
        assert_eq!(way.pass(&Line::default().state(State::Cut), now, 40, false, 0.5), None);
    }
}
