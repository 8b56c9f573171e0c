//! Reaching every device, for somebody who waits.

use std::collections::BTreeMap;

use accord_core::DeviceId;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Host, Reached, Target};
use crate::network::limits::REACH_ATTEMPTS;
use crate::network::session::{End, GreetingError};

/// Why a device was not reached, in words for people that follow its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreached {
    /// Nobody has told where it listens.
    #[error("no address of it is known, and it has not connected")]
    NoAddress,
    /// Nothing listens there.
    #[error("its node is not running, or not at the known addresses")]
    Refused,
    /// Another node listens there.
    #[error("another node listens at its address")]
    Elsewhere,
    /// The partner that relays for it is not connected with it.
    #[error("it cannot be called, and the partner that relays for it does not reach it")]
    Behind,
    /// Nothing came back.
    #[error("it did not answer in time")]
    TimedOut,
    /// No way leads there.
    #[error("there is no way from here to its address; is this machine connected to a network?")]
    NoRoute,
    /// The connection broke while it was made.
    #[error("the connection to it broke off")]
    BrokenOff,
    /// Whatever listens there does not speak as a node does.
    #[error("what listens at its address is no accord node")]
    Foreign,
    /// It closed the connection.
    #[error("it did not accept this device")]
    Unwelcome,
    /// The own admission is pending.
    #[error("the admission of this organisation is pending there")]
    Pending,
    /// Something else.
    #[error("{0}")]
    Other(String),
}

impl Unreached {
    /// Why a connection led to nothing.
    pub(super) fn of_end(end: &End) -> Self {
        match end {
            // Whoever is not welcome sees the connection end, as a closed stream or a closed connection.
            End::Greeting(GreetingError::Unwelcome(_)) | End::Lost => Unreached::Unwelcome,
            End::Slow => Unreached::TimedOut,
            End::Pending => Unreached::Pending,
            other => Unreached::Other(other.to_string()),
        }
    }
}

/// Somebody who waits for everybody to be reached.
#[derive(Debug)]
pub(super) struct Reach {
    deadline: Instant,
    /// Those to be reached yet: how many dials have failed, and how the last one did.
    waiting: BTreeMap<DeviceId, (u32, Unreached)>,
    done: Reached,
    reply: oneshot::Sender<Reached>,
}

impl Reach {
    /// When it ends at the latest.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }
}

impl Host {
    pub(super) fn reach_all(&mut self, deadline: Instant, reply: oneshot::Sender<Reached>) {
        let now = Instant::now();
        let devices: Vec<DeviceId> = self.access.borrow_and_update().devices.keys().copied().collect();
        // The view may have changed since the last look, and with it whom to dial.
        self.access_changed();
        let mut reach = Reach { deadline, waiting: BTreeMap::new(), done: Vec::new(), reply };
        for device in devices.into_iter().filter(|device| *device != self.me) {
            if self.live.contains_key(&device) {
                reach.done.push((device, Ok(())));
            } else {
                reach.waiting.insert(device, (0, Unreached::TimedOut));
                self.dialler.hurry(&Target::Device(device), true, now);
            }
        }
        self.reaches.push(reach);
    }

    pub(super) fn was_reached(&mut self, device: &DeviceId) {
        for reach in &mut self.reaches {
            if reach.waiting.remove(device).is_some() {
                reach.done.push((*device, Ok(())));
            }
        }
    }

    pub(super) fn was_not_reached(&mut self, device: &DeviceId, why: Unreached) {
        for reach in &mut self.reaches {
            let Some((failed, last)) = reach.waiting.get_mut(device) else { continue };
            *failed += 1;
            *last = why.clone();
            // An answer that will not change by asking again within seconds ends the waiting at once.
            if *failed >= REACH_ATTEMPTS || matches!(why, Unreached::Pending) {
                reach.waiting.remove(device);
                reach.done.push((*device, Err(why.clone())));
            }
        }
    }

    /// Answers those whose waiting is over.
    pub(super) fn finish_reaches(&mut self) {
        let now = Instant::now();
        let (over, rest) = std::mem::take(&mut self.reaches)
            .into_iter()
            .partition(|reach| reach.waiting.is_empty() || reach.deadline <= now || reach.reply.is_closed());
        self.reaches = rest;
        for Reach { waiting, mut done, reply, .. } in over {
            for (device, (_, why)) in waiting {
                done.push((device, Err(why)));
            }
            for (device, _) in &done {
                let wanted = self.inviter == Some(*device)
                    || self.reaches.iter().any(|reach| reach.waiting.contains_key(device));
                self.dialler.hurry(&Target::Device(*device), wanted, now);
            }
            // Who asked and went away gets no answer.
            let _ = reply.send(done);
        }
    }
}
