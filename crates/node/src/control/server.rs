//! The serving side.

use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use accord_core::api::{Problem, Request, Response};
use accord_words::problem;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{ProgressSender, connection, socket};
use crate::home::Doing;

/// A person runs a handful of commands at once and a script some more. Those beyond wait in the system's queue.
const MAX_CONNECTIONS: usize = 64;
/// How long requests under way may take after the node was told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// A command writes its request at once. Whoever takes longer only holds one of the connections, and when all are held
/// in this way, every other command waits for so long.
const PATIENCE: Duration = Duration::from_secs(5);
/// After a failed accept: when the process has no descriptor left, nothing tells when there is one again.
const PAUSE: Duration = Duration::from_millis(100);

/// What answers requests.
pub(crate) trait Handle: Send + Sync + 'static {
    /// Answers one request. The work is dropped at its next await point if the request only reads and the client
    /// goes away; a request that writes always runs to its end.
    fn handle(
        &self,
        request: Request,
        progress: ProgressSender,
    ) -> impl Future<Output = Result<Response, Problem>> + Send;
}

/// Connections whose clients wait until the node is really gone: dropping it tells them. Keep it until the home is
/// free for the next process.
#[must_use = "clients that asked the node to stop wait until this is dropped"]
#[derive(Debug, Default)]
pub(crate) struct Farewell {
    _waiting: Vec<UnixStream>,
}

/// The control socket, taken: a client that connects waits from now on, and is answered once [`Listener::serve`] runs.
#[derive(Debug)]
pub(crate) struct Listener {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode: a socket of that name that another process made meanwhile is not ours to remove.
    identity: (u64, u64),
    /// How long a client may take to write its request.
    pub(super) patience: Duration,
}

impl Listener {
    /// Takes the socket, in place of one that a killed node left behind.
    ///
    /// # Errors
    /// A problem if a node serves there already, or the socket cannot be made.
    pub(crate) async fn bind(path: &Path) -> Result<Self, Problem> {
        // Only what nobody serves is stale: a socket with a full queue is a node's, and a busy one.
        let stale = match UnixStream::connect(path).await {
            Ok(_) => false,
            Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused),
        };
        if !stale {
            return Err(problem!("another-node-here"));
        }
        // Made under another name and then moved, so that nobody can connect before its mode is set.
        let fresh = path.with_extension("new");
        socket::remove(&fresh)?;
        let listener = UnixListener::bind(&fresh).map_err(|e| socket::cannot(Doing::Make, &fresh, &e))?;
        std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o600))
            .map_err(|e| socket::cannot(Doing::Close, &fresh, &e))?;
        let made = std::fs::metadata(&fresh).map_err(|e| socket::cannot(Doing::LookAt, &fresh, &e))?;
        std::fs::rename(&fresh, path).map_err(|e| socket::cannot(Doing::Make, path, &e))?;
        Ok(Self {
            listener,
            path: path.to_path_buf(),
            identity: (made.dev(), made.ino()),
            patience: PATIENCE,
        })
    }

    /// Serves until `stop`, then lets requests under way finish for a moment.
    pub(crate) async fn serve<H: Handle>(self, handler: Arc<H>, stop: CancellationToken) -> Farewell {
        let tasks = TaskTracker::new();
        let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let farewell = Arc::new(Mutex::new(Vec::new()));
        let patience = self.patience;
        let begin = |stream, slot: OwnedSemaphorePermit| {
            let (handler, farewell) = (handler.clone(), farewell.clone());
            let connection = connection::Connection { handler, tasks: tasks.clone(), patience };
            tasks.spawn(async move {
                let left = connection.converse(stream).await;
                if let (Some(stream), Ok(mut waiting)) = (left, farewell.lock()) {
                    waiting.push(stream);
                }
                drop(slot);
            });
        };
        tracing::info!("the node runs, and answers the commands of this home");
        while let Some((stream, slot)) = self.next(&slots, &stop).await {
            begin(stream, slot);
        }
        // From here on nobody finds the socket. Those who found it before are answered, though they still queue.
        self.unlink();
        let drained = tokio::time::timeout(GRACE, async {
            for stream in self.queued() {
                let Ok(slot) = slots.clone().acquire_owned().await else { break };
                begin(stream, slot);
            }
            tasks.close();
            tasks.wait().await;
        });
        if drained.await.is_err() {
            tracing::warn!("requests were still under way when the node stopped");
        }
        let streams = farewell.lock().map(|mut waiting| std::mem::take(&mut *waiting));
        Farewell { _waiting: streams.unwrap_or_default() }
    }

    async fn next(
        &self,
        slots: &Arc<Semaphore>,
        stop: &CancellationToken,
    ) -> Option<(UnixStream, OwnedSemaphorePermit)> {
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                accepted = async {
                    let slot = slots.clone().acquire_owned().await.ok()?;
                    Some((self.listener.accept().await, slot))
                } => accepted?,
            };
            match accepted {
                (Ok((stream, _)), slot) => return Some((stream, slot)),
                // Out of descriptors, or a client that was gone before it was accepted: neither ends the service.
                (Err(error), _) => {
                    tracing::warn!(%error, "a connection to the control socket was not accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Connections that the system holds for a listener that accepts no more. The standard library's listener takes
    /// them, since the runtime's can say that there are none until it has heard of them.
    fn queued(self) -> Vec<UnixStream> {
        let Ok(listener) = self.listener.into_std() else { return Vec::new() };
        let mut queued = Vec::new();
        // Ends with the first that would have to be waited for, as the socket has no name any more; every other
        // failure means that the process has no descriptor left for one more.
        while let Ok((stream, _)) = listener.accept() {
            if stream.set_nonblocking(true).is_ok() {
                queued.extend(UnixStream::from_std(stream));
            }
        }
        queued
    }

    fn unlink(&self) {
        let ours = std::fs::symlink_metadata(&self.path).is_ok_and(|m| (m.dev(), m.ino()) == self.identity);
        if ours && let Err(problem) = socket::remove(&self.path) {
            tracing::warn!(%problem, "the control socket stays behind");
        }
    }
}
