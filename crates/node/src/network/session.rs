//! One connection with one device: the greeting, then messages both ways until something ends it.
//!
//! A session is one task. It decides nothing but whether the other side may come in; what the messages mean is the
//! driver's business, which connections stay is the host's.

mod greeting;
mod reader;
mod writer;

use std::sync::Arc;

use accord_core::{DeviceId, LogId, ProgrammeId, SpaceId};
use accord_sync::{Access, SentOf};
use libp2p::swarm::{ConnectionId, Stream};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backend::Backend;
use super::driver::Input;
use super::framing::ReadError;
use super::knock::KnockAnswer;
use super::limits::{HANDSHAKE_TIMEOUT, OUTBOX};
use super::streams::NoStream;
use super::wire::Addresses;

pub(super) use greeting::{GreetingError, knock_at};

/// What every session shares.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) programme: ProgrammeId,
    pub(super) backend: Arc<dyn Backend>,
    /// Who may be connected, now.
    pub(super) access: watch::Receiver<Arc<Access>>,
    /// Where this node listens, to be told.
    pub(super) own: watch::Receiver<Vec<String>>,
    /// Bounds how many strangers are answered at a time.
    pub(super) knocks: Arc<Semaphore>,
    pub(super) host: mpsc::Sender<Report>,
    pub(super) driver: mpsc::Sender<Input>,
    /// Counts every task, so that an end can wait for all.
    pub(super) tracker: TaskTracker,
}

/// Which connection a session is on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) peer: DeviceId,
    pub(super) connection: ConnectionId,
    /// Whether this side dialled.
    pub(super) dialled: bool,
    /// When the connection stood.
    pub(super) since: Instant,
    /// The relay that it leads through, if any.
    pub(super) through: Option<DeviceId>,
}

/// What a session tells the host.
#[derive(Debug)]
pub(super) enum Report {
    /// Both sides accept. Nothing is read until `go` is answered; if it is dropped, the session ends.
    Up { link: Link, outbox: mpsc::Sender<Outgoing>, go: oneshot::Sender<()> },
    /// It ended, before or after it was up.
    Down { link: Link, why: End },
    /// The other side told addresses.
    Told { link: Link, addresses: Addresses },
    /// A device whose admission is pending listens there.
    Waits { peer: DeviceId, addresses: Vec<String> },
}

/// What is sent on a session.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// A frame of the engine.
    Frame(Vec<u8>),
    /// A frame with a run, which the engine wants to know to be written.
    Run { bytes: Vec<u8>, log: LogId, last: u64, entries: u64 },
    /// A frame with entries of several logs of a space, likewise.
    Pack { bytes: Vec<u8>, space: SpaceId, logs: Vec<(LogId, SentOf)>, entries: u64 },
    /// Addresses, encoded.
    Addresses(Vec<u8>),
    /// Write what came before this, and end.
    Close,
}

/// Why a session ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum End {
    /// There is no stream to greet on.
    #[error(transparent)]
    NoStream(#[from] NoStream),
    /// The greeting did not lead to a welcome.
    #[error(transparent)]
    Greeting(#[from] GreetingError),
    /// The greeting took too long.
    #[error("no greeting in time")]
    Slow,
    /// The own admission is pending, as the inviter said.
    #[error("the admission is pending")]
    Pending,
    /// The own part in the programme has ended, as the other side says.
    #[error("your organisation, or this device, takes part no more, as it knows")]
    Over,
    /// The inviter refused.
    #[error("{0}")]
    Refused(String),
    /// The connection was given up in favour of another one, or by this node as it ends.
    #[error("it was given up")]
    GivenUp,
    /// The connection underneath is gone: the other side closed it, or it broke.
    #[error("the connection ended")]
    Lost,
    /// Reading ended.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Writing failed.
    #[error("the connection broke")]
    Write(#[source] std::io::Error),
    /// The engine closed it.
    #[error("it was closed")]
    Closed,
    /// The node around it is gone.
    #[error("the node ends")]
    Ending,
}

/// Runs a session to its end, and reports that.
pub(super) async fn run(shared: Shared, link: Link, stream: Stream, cancel: CancellationToken) {
    let host = shared.host.clone();
    let why = tokio::select! {
        // What was cancelled says nothing more.
        biased;
        () = cancel.cancelled() => End::GivenUp,
        Err(end) = serve(&shared, link, stream) => end,
    };
    // A host that is gone needs no report.
    let _ = host.send(Report::Down { link, why }).await;
}

/// Never returns `Ok`.
async fn serve(shared: &Shared, link: Link, mut stream: Stream) -> Result<std::convert::Infallible, End> {
    match timeout(HANDSHAKE_TIMEOUT, greeting::greet(shared, link, &mut stream)).await {
        Err(_) => return Err(End::Slow),
        Ok(greeted) => match greeted? {
            None => {}
            Some(KnockAnswer::Refused { reason }) => return Err(End::Refused(reason)),
            Some(KnockAnswer::Ended { records }) => {
                let backend = shared.backend.clone();
                let told = shared.tracker.spawn_blocking(move || backend.told_the_end(&records));
                // What cannot be taken in is told again next time.
                let _ = told.await;
                return Err(End::Over);
            }
            Some(_) => return Err(End::Pending),
        },
    }
    let (outbox, outgoing) = mpsc::channel(OUTBOX);
    let (go, told_to_go) = oneshot::channel();
    let up = Report::Up { link, outbox, go };
    shared.host.send(up).await.map_err(|_| End::Ending)?;
    told_to_go.await.map_err(|_| End::GivenUp)?;
    let (reader, writer) = futures::AsyncReadExt::split(stream);
    tokio::select! {
        end = reader::read_all(shared, link, reader) => end,
        end = writer::write_all(shared, link, writer, outgoing) => end,
    }
}
