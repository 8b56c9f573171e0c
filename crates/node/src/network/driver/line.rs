//! What is in line for one connection, in the order that the engine gave.

use std::collections::VecDeque;

use accord_core::DeviceId;
use libp2p::swarm::ConnectionId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::network::limits::OUTBOX;
use crate::network::session::Outgoing;

/// A place in the line.
#[derive(Debug)]
enum Place {
    /// To be sent.
    Ready(Outgoing),
    /// Kept for a run that is being read.
    Reading(u64),
}

/// The line of one connection.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) connection: ConnectionId,
    /// The relay that it leads through, if any.
    pub(super) through: Option<DeviceId>,
    outbox: mpsc::Sender<Outgoing>,
    cancel: CancellationToken,
    places: VecDeque<Place>,
}

impl Line {
    /// An empty line.
    pub(super) fn new(
        connection: ConnectionId,
        through: Option<DeviceId>,
        outbox: mpsc::Sender<Outgoing>,
        cancel: CancellationToken,
    ) -> Self {
        Self { connection, through, outbox, cancel, places: VecDeque::new() }
    }

    /// Puts a message at the end of the line.
    pub(super) fn send(&mut self, message: Outgoing) {
        self.places.push_back(Place::Ready(message));
        self.advance();
    }

    /// Keeps a place for the run of `job`.
    pub(super) fn keep(&mut self, job: u64) {
        self.places.push_back(Place::Reading(job));
        self.advance();
    }

    /// Fills the place of `job`, or gives it up.
    pub(super) fn fill(&mut self, job: u64, message: Option<Outgoing>) {
        let at = self.places.iter().position(|place| matches!(place, Place::Reading(other) if *other == job));
        if let Some(at) = at {
            match message {
                Some(message) => self.places[at] = Place::Ready(message),
                None => drop(self.places.remove(at)),
            }
        }
        self.advance();
    }

    /// Sends what is ready without waiting for what is not, and ends the connection.
    pub(super) fn close(mut self) {
        self.places.retain(|place| matches!(place, Place::Ready(_)));
        self.places.push_back(Place::Ready(Outgoing::Close));
        self.advance();
    }

    /// Hands over what is ready. A connection whose peer reads so slowly that the line grows beyond its bound is
    /// ended: it resumes from what the peer has stored.
    fn advance(&mut self) {
        while let Some(Place::Ready(_)) = self.places.front() {
            let Ok(slot) = self.outbox.try_reserve() else {
                // Full, or the session has ended already, in which case this changes nothing.
                tracing::debug!("a connection is too slow for what there is to say");
                self.cancel.cancel();
                self.places.clear();
                return;
            };
            if let Some(Place::Ready(message)) = self.places.pop_front() {
                slot.send(message);
            }
        }
        if self.places.len() > OUTBOX {
            self.cancel.cancel();
            self.places.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_core::{LogId, SpaceId};

    fn run(last: u64) -> Outgoing {
        let log = LogId { space: SpaceId([0; 32]), device: DeviceId([0; 32]) };
        Outgoing::Run { bytes: Vec::new(), log, last, entries: 1 }
    }

    fn order(outgoing: &mut mpsc::Receiver<Outgoing>) -> Vec<String> {
        std::iter::from_fn(|| outgoing.try_recv().ok())
            .map(|message| match message {
                Outgoing::Frame(bytes) => format!("frame {}", bytes[0]),
                Outgoing::Run { last, .. } => format!("run {last}"),
                Outgoing::Pack { entries, .. } => format!("pack {entries}"),
                Outgoing::Addresses(_) => "addresses".into(),
                Outgoing::Close => "close".into(),
            })
            .collect()
    }

    #[test]
    fn a_run_that_is_being_read_keeps_its_place() {
        let (outbox, mut outgoing) = mpsc::channel(8);
        let mut line = Line::new(ConnectionId::new_unchecked(1), None, outbox, CancellationToken::new());
        line.send(Outgoing::Frame(vec![1]));
        line.keep(1);
        line.send(Outgoing::Frame(vec![2]));
        line.keep(2);
        assert_eq!(order(&mut outgoing), ["frame 1"]);
        line.fill(1, Some(run(7)));
        assert_eq!(order(&mut outgoing), ["run 7", "frame 2"]);
        line.send(Outgoing::Frame(vec![3]));
        line.close();
        assert_eq!(order(&mut outgoing), ["frame 3", "close"]);
    }

    #[test]
    fn a_peer_that_does_not_read_is_given_up() {
        let (outbox, _outgoing) = mpsc::channel(2);
        let cancel = CancellationToken::new();
        let mut line = Line::new(ConnectionId::new_unchecked(1), None, outbox, cancel.clone());
        line.send(Outgoing::Frame(vec![1]));
        line.send(Outgoing::Frame(vec![2]));
        assert!(!cancel.is_cancelled());
        line.send(Outgoing::Frame(vec![3]));
        assert!(cancel.is_cancelled());
    }
}
