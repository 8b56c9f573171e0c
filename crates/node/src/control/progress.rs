//! How a handler tells how far it is.

use accord_core::api::Progress;
use tokio::sync::mpsc;

/// A slow reader needs no more than the newest few lines; what does not fit is dropped.
const LINES: usize = 16;

/// Where a handler reports how far a long request is. Never waits, and reports to nobody once the client is gone.
#[derive(Debug, Clone)]
pub(crate) struct ProgressSender(mpsc::Sender<Progress>);

impl ProgressSender {
    /// A sender and what it sends to.
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Progress>) {
        let (sender, receiver) = mpsc::channel(LINES);
        (Self(sender), receiver)
    }

    /// Reports how far it is. A line that the client is too slow for is dropped: the next one replaces it.
    pub(crate) fn send(&self, progress: Progress) {
        let _ = self.0.try_send(progress);
    }
}
