//! The handle on a running network: what the rest of the node asks of it and tells it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use accord_core::api::Progress;
use accord_core::{DeviceId, Head, LogId};
use accord_words::say;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::driver::{DeviceStatus, Input, View};
use super::host::{Command, Reached, Unreached};
use super::notices::Notices;

/// A running network. All clones are handles on the same one; it runs until [`Handle::shutdown`].
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    pub(super) listening: watch::Receiver<Vec<String>>,
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) driver: mpsc::Sender<Input>,
    pub(super) notices: Arc<Notices>,
    pub(super) cancel: CancellationToken,
    pub(super) tracker: TaskTracker,
}

/// How often a synchronisation reaches out to somebody whose connection is lost on the way: who loses it each time is not
/// there.
const TRIES: usize = 3;

/// Why somebody is not in step. It is said when somebody asks, in their language: the network speaks to nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Behind {
    /// It was connected meanwhile.
    #[error("{}", say!("behind-lost"))]
    Lost,
    /// It was not reached.
    #[error(transparent)]
    Unreached(#[from] Unreached),
    /// What it sent was not taken.
    #[error("{}", say!("behind-refused", why = .0))]
    Refused(String),
    /// So many entries it has not said to have.
    #[error("{}", say!("behind-unsaid-some", count = .0))]
    Lacks(u64),
    /// It has said nothing of what it holds.
    #[error("{}", say!("behind-unsaid"))]
    Unsaid,
    /// So many of its entries are not here.
    #[error("{}", say!("behind-not-here", count = .0))]
    NotHere(u64),
}

/// How a synchronisation ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Barred {
    /// The devices that hold all that this node holds, and the reverse.
    pub(crate) in_step: Vec<DeviceId>,
    /// Those that do not, and why.
    pub(crate) unreached: Vec<(DeviceId, Behind)>,
    /// Entries sent meanwhile.
    pub(crate) sent: u64,
    /// Entries received meanwhile.
    pub(crate) received: u64,
}

impl Handle {
    /// Where this node listens, as dialled from outside.
    pub(crate) fn listening(&self) -> Vec<String> {
        self.listening.borrow().clone()
    }

    /// Own entries are durable up to `head`. Never blocks.
    pub(crate) fn appended(&self, log: LogId, head: Head) {
        self.notices.appended(log, head);
    }

    /// Entries of others are durable that no connection brought.
    pub(crate) fn stored(&self, log: LogId) {
        self.notices.stored(log);
    }

    /// [`Backend::access`](super::Backend::access) or [`Backend::admission`](super::Backend::admission) answers
    /// differently. Never blocks.
    pub(crate) fn access_changed(&self) {
        self.notices.access_changed();
    }

    /// How every device stands; nothing if the network has ended.
    pub(crate) async fn status(&self) -> Vec<DeviceStatus> {
        let (reply, answer) = oneshot::channel();
        // Whoever does not answer has ended.
        let _ = self.driver.send(Input::Status(reply)).await;
        answer.await.unwrap_or_default()
    }

    /// Dials every device that is not connected, at once and again within seconds, and tells who was reached. Each
    /// device is given up after a few dials that fail, all of them after `within`.
    pub(crate) async fn reach_all(&self, within: Duration) -> Reached {
        let (reply, answer) = oneshot::channel();
        // Whoever does not answer has ended.
        let _ = self.commands.send(Command::ReachAll { deadline: Instant::now() + within, reply }).await;
        answer.await.unwrap_or_default()
    }

    /// Reaches everybody and waits until this node and every device reached hold all that either held then, within
    /// `within` for both together.
    pub(crate) async fn sync_barrier(
        &self,
        within: Duration,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Barred {
        let deadline = Instant::now() + within;
        let (mut sent, mut received) = (0, 0);
        let mut tries_left = TRIES;
        loop {
            let mut barred = self.barrier_once(deadline, progress).await;
            sent += barred.sent;
            received += barred.received;
            (barred.sent, barred.received) = (sent, received);
            // Of two connections that were made at once one is closed, and links do break: while there is time, who was
            // lost on the way is reached again.
            let lost = barred.unreached.iter().any(|(_, why)| *why == Behind::Lost);
            tries_left -= 1;
            if !lost || tries_left == 0 || Instant::now() >= deadline {
                return barred;
            }
        }
    }

    async fn barrier_once(&self, deadline: Instant, progress: &mut (dyn FnMut(Progress) + Send)) -> Barred {
        progress(Progress { text: say!("connecting"), sent: 0, received: 0 });
        let reached = self.reach_all(deadline.saturating_duration_since(Instant::now())).await;
        let (view, mut views) = watch::channel(View::default());
        // Whoever does not answer has ended.
        let _ = self.driver.send(Input::Wait(view)).await;
        loop {
            let seen = timeout_at(deadline, views.changed()).await;
            let view = views.borrow_and_update().clone();
            if view.reached || !matches!(seen, Ok(Ok(()))) {
                return barred(reached, view);
            }
            let text = say!("entries-left", count = view.left);
            progress(Progress { text, sent: view.sent, received: view.received });
        }
    }

    /// Ends the network, and returns when every task of it has ended.
    pub(crate) async fn shutdown(&self) {
        self.cancel.cancel();
        self.tracker.wait().await;
    }

    /// Returns when the network has ended, by itself or because it was told to.
    pub(crate) async fn stopped(&self) {
        self.cancel.cancelled().await;
        self.tracker.wait().await;
    }
}

/// Puts together who was not reached and who is not in step.
fn barred(reached: Reached, view: View) -> Barred {
    let mut unreached = view.missing;
    let known: BTreeSet<DeviceId> =
        unreached.iter().map(|(device, _)| *device).chain(view.in_step.clone()).collect();
    for (device, result) in reached {
        // Somebody may have connected, or gone, since.
        if !known.contains(&device) {
            let why = result.err().map_or(Behind::Lost, Behind::Unreached);
            unreached.push((device, why));
        }
    }
    Barred { in_step: view.in_step, unreached, sent: view.sent, received: view.received }
}
