//! Work on the disk: reading runs to be sent, and storing those that came. Both on blocking threads, bounded.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use accord_core::{DeviceId, LogId};
use accord_sync::{Refusal, pack_run};
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
    pub(super) max_bytes: usize,
}

/// A run that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) job: ReadJob,
    /// The frame and how many entries are in it; none if there are none; or why it failed.
    pub(super) packed: Result<Option<(Vec<u8>, u64)>, String>,
}

/// Whose run was stored. Its permit lets the peer send the next one.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) peer: DeviceId,
    pub(super) log: LogId,
    _permit: Option<OwnedSemaphorePermit>,
}

/// Work that is done.
#[derive(Debug)]
pub(super) enum Done {
    /// A run was read.
    Read(Read),
    /// Runs were stored, or not.
    Stored(Vec<(Order, Outcome)>),
}

/// Work that is to be done and under way.
pub(super) struct Work {
    backend: Arc<dyn Backend>,
    jobs: u64,
    to_read: VecDeque<ReadJob>,
    reading: JoinSet<Read>,
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
            orders.push(Order { peer: incoming.peer, log: incoming.log, _permit: permit });
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
            stored: Err(Refusal::NotStored("an unexpected failure".into())),
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
    }
}

fn read_and_pack(backend: &dyn Backend, job: &ReadJob) -> Result<Option<(Vec<u8>, u64)>, String> {
    let read = || {
        let entries = backend.read_run(&job.log, job.from, job.to, job.max_bytes)?;
        let count = entries.len() as u64;
        Ok((count > 0).then(|| (pack_run(&job.log, job.from, &entries), count)))
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("an unexpected failure".into()))
}
