//! Work on the disk: reading runs to be sent, and storing those that came. Both on blocking threads, bounded.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use accord_core::{DeviceId, LogId};
use accord_sync::{Claim, Found, Look, Prefix, Refusal, pack_run};
use accord_words::say;
use libp2p::swarm::ConnectionId;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::{JoinHandle, JoinSet};

use crate::network::backend::{Backend, Incoming, Outcome};
use crate::network::limits::{INGEST_BATCH, INGEST_BYTES, READERS};

/// A run to be read. At most `accord_sync::SENDING` for each peer.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadJob {
    /// Its number.
    pub(super) job: u64,
    pub(super) peer: DeviceId,
    pub(super) connection: ConnectionId,
    pub(super) log: LogId,
    pub(super) from: u64,
    pub(super) to: u64,
    /// Of which branch, if the log is forked.
    pub(super) on: Option<Claim>,
    /// What the entry before the first has to be.
    pub(super) after: Option<Prefix>,
    pub(super) max_bytes: usize,
}

/// A question to the store. At most `accord_sync::LOOKING` of each peer, and one of each log that is searched.
#[derive(Debug)]
pub(super) struct LookJob {
    pub(super) peer: DeviceId,
    pub(super) connection: ConnectionId,
    pub(super) log: LogId,
    pub(super) look: Look,
}

/// Its answer.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) peer: DeviceId,
    pub(super) connection: ConnectionId,
    pub(super) log: LogId,
    pub(super) found: Found,
}

/// What there is to send.
#[derive(Debug)]
pub(super) enum Packed {
    /// A frame, and how many entries are in it.
    Run(Vec<u8>, u64),
    /// No entries.
    Nothing,
    /// The first entry follows another one than it has to.
    Parted,
}

/// A run that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) job: ReadJob,
    /// What there is to send; or why it failed.
    pub(super) packed: Result<Packed, String>,
}

/// Whose run was stored. Its permit lets the peer send the next one.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) peer: DeviceId,
    pub(super) log: LogId,
    /// Whether it was to be put back where it was lost.
    pub(super) again: bool,
    _permit: Option<OwnedSemaphorePermit>,
}

/// Work that is done.
#[derive(Debug)]
pub(super) enum Done {
    /// A run was read.
    Read(Read),
    /// Something was looked up.
    Looked(Looked),
    /// Runs were stored, or not.
    Stored(Vec<(Order, Outcome)>),
}

/// Work that is to be done and under way.
pub(super) struct Work {
    backend: Arc<dyn Backend>,
    jobs: u64,
    to_read: VecDeque<ReadJob>,
    reading: JoinSet<Read>,
    to_look: VecDeque<LookJob>,
    looking: JoinSet<Looked>,
    /// Bounded by the permits that the frames brought along.
    to_store: VecDeque<(Incoming, Option<OwnedSemaphorePermit>)>,
    storing: Option<(JoinHandle<Vec<Outcome>>, Vec<Order>)>,
}

impl Work {
    /// Nothing to do.
    pub(super) fn new(backend: Arc<dyn Backend>) -> Self {
        Self {
            backend,
            jobs: 0,
            to_read: VecDeque::new(),
            reading: JoinSet::new(),
            to_look: VecDeque::new(),
            looking: JoinSet::new(),
            to_store: VecDeque::new(),
            storing: None,
        }
    }

    /// The number of a new job.
    pub(super) fn number(&mut self) -> u64 {
        self.jobs += 1;
        self.jobs
    }

    /// Reads and packs a run.
    pub(super) fn read(&mut self, job: ReadJob) {
        self.to_read.push_back(job);
        self.begin_reading();
    }

    /// Forgets what is to be read for a connection that is gone.
    pub(super) fn forget(&mut self, connection: ConnectionId) {
        self.to_read.retain(|job| job.connection != connection);
        self.to_look.retain(|job| job.connection != connection);
    }

    /// Looks something up.
    pub(super) fn look(&mut self, job: LookJob) {
        self.to_look.push_back(job);
        self.begin_looking();
    }

    fn begin_looking(&mut self) {
        // One at a time: forks are rare, and whoever asks much about them is not to keep others from being served.
        if !self.looking.is_empty() {
            return;
        }
        let Some(job) = self.to_look.pop_front() else { return };
        let backend = Arc::clone(&self.backend);
        self.looking.spawn_blocking(move || look(backend.as_ref(), job));
    }

    /// Stores a run.
    pub(super) fn store(&mut self, incoming: Incoming, permit: Option<OwnedSemaphorePermit>) {
        self.to_store.push_back((incoming, permit));
        self.begin_storing();
    }

    fn begin_reading(&mut self) {
        while self.reading.len() < READERS
            && let Some(job) = self.to_read.pop_front()
        {
            let backend = Arc::clone(&self.backend);
            self.reading.spawn_blocking(move || Read { job, packed: read_and_pack(backend.as_ref(), &job) });
        }
    }

    /// One batch at a time: the runs of one log keep their order, and what waits shares the next commit.
    fn begin_storing(&mut self) {
        if self.storing.is_some() || self.to_store.is_empty() {
            return;
        }
        let (mut runs, mut orders, mut bytes) = (Vec::new(), Vec::new(), 0);
        while runs.len() < INGEST_BATCH
            && bytes < INGEST_BYTES
            && let Some((incoming, permit)) = self.to_store.pop_front()
        {
            bytes += incoming.entries.iter().map(accord_core::SignedEntry::size).sum::<usize>();
            let Incoming { peer, log, again, .. } = incoming;
            orders.push(Order { peer, log, again, _permit: permit });
            runs.push(incoming);
        }
        let backend = Arc::clone(&self.backend);
        let stored = tokio::task::spawn_blocking(move || backend.ingest(runs));
        self.storing = Some((stored, orders));
    }

    /// Waits for work to be done; for ever if there is none.
    pub(super) async fn next(&mut self) -> Done {
        let storing = self.storing.as_mut();
        let stored = async {
            match storing {
                Some((handle, _)) => handle.await,
                None => std::future::pending().await,
            }
        };
        let outcomes = tokio::select! {
            Some(read) = self.reading.join_next() => {
                self.begin_reading();
                let read = read.expect("reading catches its panics and is never aborted");
                return Done::Read(read);
            }
            Some(looked) = self.looking.join_next() => {
                self.begin_looking();
                let looked = looked.expect("looking catches its panics and is never aborted");
                return Done::Looked(looked);
            }
            outcomes = stored => outcomes,
        };
        let orders = self.storing.take().map(|(_, orders)| orders).unwrap_or_default();
        self.begin_storing();
        let mut outcomes = outcomes.unwrap_or_else(|error| {
            tracing::error!(%error, "storing entries failed unexpectedly");
            Vec::new()
        });
        // The engine waits for one answer to each run, whatever happened.
        outcomes.resize_with(orders.len(), || Outcome {
            stored: Err(Refusal::NotStored(say!("unexpected"))),
            access_changed: false,
            offers_changed: Vec::new(),
        });
        Done::Stored(orders.into_iter().zip(outcomes).collect())
    }

    /// Ends: what is being stored is stored to its end, what waits is given up and asked for again next time.
    pub(super) async fn finish(mut self) {
        if let Some((handle, _)) = self.storing.take()
            && let Err(error) = handle.await
        {
            tracing::error!(%error, "storing entries failed unexpectedly");
        }
        self.reading.shutdown().await;
        self.looking.shutdown().await;
    }
}

fn read_and_pack(backend: &dyn Backend, job: &ReadJob) -> Result<Packed, String> {
    let read = || {
        let entries = backend.read_run(&job.log, job.on, (job.from, job.to), job.max_bytes)?;
        let Some(first) = entries.first() else { return Ok(Packed::Nothing) };
        if let Some(after) = job.after {
            let header = accord_core::Header::from_bytes(&first.header).map_err(|e| e.to_string())?;
            if header.prev.is_none_or(|prev| Prefix::entry(&prev) != after) {
                return Ok(Packed::Parted);
            }
        }
        Ok(Packed::Run(pack_run(&job.log, job.from, &entries), entries.len() as u64))
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(say!("unexpected")))
}

fn look(backend: &dyn Backend, job: LookJob) -> Looked {
    let LookJob { peer, connection, log, look } = job;
    // What cannot be looked up counts as not held: nothing is sent or asked for then.
    let nothing = match &look {
        Look::Ids { of, .. } => Found::Ids { of: *of, ids: Vec::new() },
        Look::Held(points) => Found::Held { points: points.clone(), last: None },
    };
    let found = catch_unwind(AssertUnwindSafe(|| backend.look(&log, look)));
    let found = found.unwrap_or_else(|_| Err(say!("unexpected"))).unwrap_or_else(|error| {
        tracing::error!(%error, author = %log.device.short(), "cannot look into a log");
        nothing
    });
    Looked { peer, connection, log, found }
}
