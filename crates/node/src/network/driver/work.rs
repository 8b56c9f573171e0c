//! Work on the disk: reading runs to be sent, and storing those that came. Both on blocking threads, bounded.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use accord_core::{DeviceId, LogId, ProgrammeId};
use accord_sync::{Claim, Found, Look, Prefix, Refusal, SentOf, StretchOf, pack_run};
use accord_words::say;
use libp2p::swarm::ConnectionId;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::{JoinHandle, JoinSet};

use super::packing::{Answer, IncomingPack, PackJob, PackRead, put_together, take_apart};
use crate::network::backend::{Backend, Incoming, Outcome};
use crate::network::limits::{INGEST_BATCH, INGEST_BYTES, PACKERS, READERS};

/// A run to be read. At most `accord_sync::SENDING` for each peer.
#[derive(Debug, Clone, Copy)]
pub(in crate::network) struct ReadJob {
    /// Its number.
    pub(in crate::network) job: u64,
    pub(in crate::network) peer: DeviceId,
    pub(in crate::network) connection: ConnectionId,
    pub(in crate::network) log: LogId,
    pub(in crate::network) from: u64,
    pub(in crate::network) to: u64,
    /// Of which branch, if the log is forked.
    pub(in crate::network) on: Option<Claim>,
    /// What the entry before the first has to be.
    pub(in crate::network) after: Option<Prefix>,
    /// What the run has to reach, if it gives back what the peer lost.
    pub(in crate::network) least: Option<u64>,
    pub(in crate::network) max_bytes: usize,
}

/// A question to the store. At most `accord_sync::LOOKING` of each peer, and one of each log that is searched.
#[derive(Debug)]
pub(in crate::network) struct LookJob {
    pub(in crate::network) peer: DeviceId,
    pub(in crate::network) connection: ConnectionId,
    pub(in crate::network) log: LogId,
    pub(in crate::network) look: Look,
}

/// Its answer.
#[derive(Debug)]
pub(in crate::network) struct Looked {
    pub(in crate::network) peer: DeviceId,
    pub(in crate::network) connection: ConnectionId,
    pub(in crate::network) log: LogId,
    pub(in crate::network) found: Found,
}

/// What there is to send.
#[derive(Debug)]
pub(in crate::network) enum Packed {
    /// A frame, and how many entries are in it.
    Run(Vec<u8>, u64),
    /// No entries.
    Nothing,
    /// The first entry follows another one than it has to.
    Parted,
}

/// A run that was read.
#[derive(Debug)]
pub(in crate::network) struct Read {
    pub(in crate::network) job: ReadJob,
    /// What there is to send; or why it failed.
    pub(in crate::network) packed: Result<Packed, String>,
}

/// Whose run was stored. Its permit lets the peer send the next one.
#[derive(Debug)]
pub(in crate::network) struct Order {
    pub(in crate::network) peer: DeviceId,
    pub(in crate::network) log: LogId,
    /// Whether it was to be put back where it was lost.
    pub(in crate::network) again: bool,
    _permit: Option<OwnedSemaphorePermit>,
}

/// Work that is done.
#[derive(Debug)]
pub(in crate::network) enum Done {
    /// A run was read.
    Read(Read),
    /// A pack was put together.
    Packed(PackRead),
    /// Something was looked up.
    Looked(Looked),
    /// Runs were stored, or not; or the logs of a pack.
    Stored(Vec<(Order, Answer)>),
}

/// What is to be stored.
#[derive(Debug)]
enum ToStore {
    Run(Incoming),
    Pack(IncomingPack),
}

impl ToStore {
    fn peer(&self) -> DeviceId {
        match self {
            ToStore::Run(run) => run.peer,
            ToStore::Pack(pack) => pack.peer,
        }
    }
}

/// Work that is to be done and under way.
pub(in crate::network) struct Work {
    backend: Arc<dyn Backend>,
    programme: ProgrammeId,
    jobs: u64,
    to_read: VecDeque<ReadJob>,
    reading: JoinSet<Read>,
    to_pack: VecDeque<PackJob>,
    packing: JoinSet<PackRead>,
    to_look: VecDeque<LookJob>,
    looking: JoinSet<Looked>,
    /// Bounded by the permits that the frames brought along.
    to_store: VecDeque<(ToStore, Option<OwnedSemaphorePermit>)>,
    storing: Option<(JoinHandle<Vec<Answer>>, Vec<Order>)>,
    /// Whose pack was the last to be taken apart: anybody else goes before its next one, which may be much work again.
    unpacked: Option<DeviceId>,
}

impl Work {
    /// Nothing to do.
    pub(in crate::network) fn new(backend: Arc<dyn Backend>, programme: ProgrammeId) -> Self {
        Self {
            backend,
            programme,
            jobs: 0,
            to_read: VecDeque::new(),
            reading: JoinSet::new(),
            to_pack: VecDeque::new(),
            packing: JoinSet::new(),
            to_look: VecDeque::new(),
            looking: JoinSet::new(),
            to_store: VecDeque::new(),
            storing: None,
            unpacked: None,
        }
    }

    /// The number of a new job.
    pub(in crate::network) fn number(&mut self) -> u64 {
        self.jobs += 1;
        self.jobs
    }

    /// Reads and packs a run.
    pub(in crate::network) fn read(&mut self, job: ReadJob) {
        self.to_read.push_back(job);
        self.begin_reading();
    }

    /// Forgets what is to be read for a connection that is gone.
    pub(in crate::network) fn forget(&mut self, connection: ConnectionId) {
        self.to_read.retain(|job| job.connection != connection);
        self.to_pack.retain(|job| job.connection != connection);
        self.to_look.retain(|job| job.connection != connection);
    }

    /// Looks something up.
    pub(in crate::network) fn look(&mut self, job: LookJob) {
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
    pub(in crate::network) fn store(&mut self, incoming: Incoming, permit: Option<OwnedSemaphorePermit>) {
        self.to_store.push_back((ToStore::Run(incoming), permit));
        self.begin_storing();
    }

    /// Takes a pack apart, and stores what is in it.
    pub(in crate::network) fn store_pack(
        &mut self,
        incoming: IncomingPack,
        permit: Option<OwnedSemaphorePermit>,
    ) {
        self.to_store.push_back((ToStore::Pack(incoming), permit));
        self.begin_storing();
    }

    /// Puts a pack together.
    pub(in crate::network) fn pack(&mut self, job: PackJob) {
        self.to_pack.push_back(job);
        self.begin_packing();
    }

    fn begin_packing(&mut self) {
        while self.packing.len() < PACKERS
            && let Some(job) = self.to_pack.pop_front()
        {
            let (backend, programme) = (Arc::clone(&self.backend), self.programme);
            self.packing.spawn_blocking(move || {
                let logs = job.logs.iter().map(|portion| (portion.log, SentOf::Nothing)).collect();
                let failed = PackRead { job: job.clone(), frame: None, sent: logs };
                let put = AssertUnwindSafe(|| put_together(backend.as_ref(), programme, job));
                catch_unwind(put).unwrap_or(failed)
            });
        }
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
        if self.storing.is_some() {
            return;
        }
        // What one peer sent keeps its order.
        let of_another = self.to_store.iter().position(|(next, _)| Some(next.peer()) != self.unpacked);
        let Some((first, permit)) = self.to_store.remove(of_another.unwrap_or(0)) else { return };
        let (backend, programme) = (Arc::clone(&self.backend), self.programme);
        let first = match first {
            ToStore::Run(first) => first,
            ToStore::Pack(pack) => {
                self.unpacked = Some(pack.peer);
                let order =
                    |told: &StretchOf| Order { peer: pack.peer, log: told.log, again: false, _permit: None };
                let mut orders: Vec<Order> = pack.logs.iter().map(order).collect();
                if let Some(last) = orders.last_mut() {
                    last._permit = permit;
                }
                let stored =
                    tokio::task::spawn_blocking(move || take_apart(backend.as_ref(), programme, pack));
                self.storing = Some((stored, orders));
                return;
            }
        };
        self.unpacked = None;
        let order = |run: &Incoming, permit| Order {
            peer: run.peer,
            log: run.log,
            again: run.again,
            _permit: permit,
        };
        let size = |run: &Incoming| run.entries.iter().map(accord_core::SignedEntry::size).sum::<usize>();
        let mut bytes = size(&first);
        let mut orders = vec![order(&first, permit)];
        let mut runs = vec![first];
        while runs.len() < INGEST_BATCH
            && bytes < INGEST_BYTES
            && let Some((ToStore::Run(incoming), permit)) =
                self.to_store.pop_front_if(|(next, _)| matches!(next, ToStore::Run(_)))
        {
            bytes += size(&incoming);
            orders.push(order(&incoming, permit));
            runs.push(incoming);
        }
        let stored = tokio::task::spawn_blocking(move || {
            backend.ingest(runs).into_iter().map(|outcome| (outcome, None)).collect()
        });
        self.storing = Some((stored, orders));
    }

    /// Waits for work to be done; for ever if there is none.
    pub(in crate::network) async fn next(&mut self) -> Done {
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
            Some(packed) = self.packing.join_next() => {
                self.begin_packing();
                let packed = packed.expect("packing catches its panics and is never aborted");
                return Done::Packed(packed);
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
        outcomes.resize_with(orders.len(), || {
            let stored = Err(Refusal::NotStored(say!("unexpected")));
            (Outcome { stored, access_changed: false, offers_changed: Vec::new() }, None)
        });
        Done::Stored(orders.into_iter().zip(outcomes).collect())
    }

    /// Ends: what is being stored is stored to its end, what waits is given up and asked for again next time.
    pub(in crate::network) async fn finish(mut self) {
        if let Some((handle, _)) = self.storing.take()
            && let Err(error) = handle.await
        {
            tracing::error!(%error, "storing entries failed unexpectedly");
        }
        self.reading.shutdown().await;
        self.packing.shutdown().await;
        self.looking.shutdown().await;
    }
}

fn read_and_pack(backend: &dyn Backend, job: &ReadJob) -> Result<Packed, String> {
    let read = || {
        let range = (job.from, job.to);
        let entries = match job.least {
            None => backend.read_run(&job.log, job.on, range, job.max_bytes)?,
            Some(least) => backend.read_again(&job.log, job.on, range, least, job.max_bytes)?,
        };
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
