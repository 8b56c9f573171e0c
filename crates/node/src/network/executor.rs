//! Where the connections of a swarm run: as tasks that are counted, and that end when they are told to.

use std::future::Future;
use std::pin::Pin;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// An executor whose tasks `tracker` counts and `end` ends. The swarm is dropped before `end` is cancelled.
pub(super) fn executor(
    tracker: TaskTracker,
    end: CancellationToken,
) -> impl Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + 'static {
    move |task| {
        let end = end.clone();
        tracker.spawn(async move {
            tokio::select! {
                () = end.cancelled() => {}
                () = task => {}
            }
        });
    }
}
