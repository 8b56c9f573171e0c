//! A backend in memory, whose access is what a test says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use accord_core::{
    Authority, Body, DeviceId, DeviceKey, DocumentId, Entry, Head, Header, LogId, OrganisationId,
    ProgrammeId, Signature, SignedEntry, governance_space, programme_space, verify_run,
};
use accord_sync::{Access, Authors, Claim, Found, Gap, Held, Look, Reader, Refusal};

use crate::network::{Admission, Backend, Incoming, Knock, KnockAnswer, Outcome, Records};
use crate::replica::read_change;

pub(super) const PROGRAMME: ProgrammeId = ProgrammeId([9; 32]);

/// Answers knocks.
type Porter = Box<dyn Fn(&DeviceId, &Knock) -> KnockAnswer + Send>;

struct State {
    access: Access,
    logs: BTreeMap<LogId, Vec<(Head, SignedEntry)>>,
    addresses: BTreeMap<DeviceId, Vec<String>>,
    admission: Option<Admission>,
    porter: Porter,
    /// How far others said that this device's own logs go.
    said: BTreeMap<LogId, u64>,
    /// How many entries came that were held already, and the most bytes that came in one run.
    again: usize,
    largest: usize,
    /// How many bytes of entries were read to be sent.
    read: usize,
}

/// The backend.
pub(super) struct Memory {
    key: DeviceKey,
    state: Mutex<State>,
    /// Held by a test for as long as the disk is to be busy.
    disk: Mutex<()>,
}

/// What all of `members` may do, as the node of `me` sees it.
pub(super) fn access(members: &[DeviceId]) -> Access {
    let spaces = BTreeSet::from([governance_space(&PROGRAMME), programme_space(&PROGRAMME)]);
    let reader = |device: &DeviceId| {
        (*device, Reader { organisation: Some(OrganisationId(device.0)), reads: spaces.clone() })
    };
    let authors = BTreeMap::from([
        (governance_space(&PROGRAMME), Authors::Anybody),
        (programme_space(&PROGRAMME), Authors::Only(members.iter().copied().collect())),
    ]);
    Access {
        own: spaces.clone(),
        devices: members.iter().map(reader).collect(),
        authors,
        limits: BTreeMap::new(),
        at_most: BTreeMap::new(),
    }
}

impl Memory {
    pub(super) fn new(key: DeviceKey, members: &[DeviceId]) -> Arc<Self> {
        let refuse: Porter = Box::new(|_, _| KnockAnswer::Refused { reason: "no such ticket".into() });
        let state = State {
            access: access(members),
            logs: BTreeMap::new(),
            addresses: BTreeMap::new(),
            admission: None,
            porter: refuse,
            said: BTreeMap::new(),
            again: 0,
            largest: 0,
            read: 0,
        };
        Arc::new(Self { key, state: Mutex::new(state), disk: Mutex::new(()) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Keeps the disk busy until the guard is dropped.
    pub(super) fn busy(&self) -> MutexGuard<'_, ()> {
        self.disk.lock().unwrap()
    }

    pub(super) fn set_members(&self, members: &[DeviceId]) {
        self.state().access = access(members);
    }

    /// A device does not read the programme's space.
    pub(super) fn keep_from(&self, device: &DeviceId) {
        let mut state = self.state();
        let space = programme_space(&PROGRAMME);
        if let Some(reader) = state.access.devices.get_mut(device) {
            reader.reads.remove(&space);
        }
        if *device == self.key.id() {
            state.access.own.remove(&space);
        }
    }

    pub(super) fn set_admission(&self, admission: Option<Admission>) {
        self.state().admission = admission;
    }

    pub(super) fn set_porter(&self, porter: impl Fn(&DeviceId, &Knock) -> KnockAnswer + Send + 'static) {
        self.state().porter = Box::new(porter);
    }

    /// Writes entries of this device. Gives its log and the new head.
    pub(super) fn write(&self, count: u64) -> (LogId, Head) {
        let log = LogId { space: programme_space(&PROGRAMME), device: self.key.id() };
        let mut state = self.state();
        let entries = state.logs.entry(log).or_default();
        for _ in 0..count {
            let last = entries.last().map(|(head, _)| *head);
            let header = Header {
                programme: PROGRAMME,
                space: log.space,
                device: log.device,
                seq: last.map_or(1, |head| head.seq + 1),
                prev: last.map(|head| head.id),
                authority: Authority::Genesis,
                body: Body::Create { document: DocumentId([7; 16]), kind: "note".into() },
            };
            let seq = header.seq;
            let entry = header.sign(&self.key, Vec::new());
            entries.push((Head { seq, id: entry.id() }, entry.signed().clone()));
        }
        (log, entries.last().unwrap().0)
    }

    /// Holds entries from the beginning of a log.
    pub(super) fn hold(&self, log: LogId, entries: &[SignedEntry]) {
        let entry = |signed: &SignedEntry| {
            let entry = Entry::from_store(signed.clone()).unwrap();
            (Head { seq: entry.header().seq, id: entry.id() }, signed.clone())
        };
        self.state().logs.insert(log, entries.iter().map(entry).collect());
    }

    /// Where others listen is not known any more.
    pub(super) fn forget_addresses(&self) {
        self.state().addresses.clear();
    }

    /// What is held of a log.
    pub(super) fn log(&self, log: &LogId) -> Vec<SignedEntry> {
        let state = self.state();
        state.logs.get(log).into_iter().flatten().map(|(_, entry)| entry.clone()).collect()
    }

    /// All that is held.
    pub(super) fn all(&self) -> Vec<SignedEntry> {
        self.state().logs.values().flatten().map(|(_, entry)| entry.clone()).collect()
    }

    /// How many bytes of entries were read to be sent.
    pub(super) fn read(&self) -> usize {
        self.state().read
    }

    /// How many entries came that were held already.
    pub(super) fn taken_again(&self) -> usize {
        self.state().again
    }

    /// The most bytes of entries that came in one run.
    pub(super) fn largest_taken(&self) -> usize {
        self.state().largest
    }

    /// How far others said that an own log goes, if that is believed.
    pub(super) fn said(&self, log: &LogId) -> Option<u64> {
        self.state().said.get(log).copied()
    }

    /// Loses all but the first entries of a log.
    pub(super) fn roll_back(&self, log: &LogId, to: usize) {
        self.state().logs.entry(*log).or_default().truncate(to);
    }

    /// How many entries are held of everybody together.
    pub(super) fn held_in_all(&self) -> usize {
        self.state().logs.values().map(Vec::len).sum()
    }

    fn take(&self, Incoming { log, entries, .. }: Incoming) -> Result<(Vec<Head>, Vec<Head>), Refusal> {
        let size = entries.iter().map(SignedEntry::size).sum();
        let run = verify_run(&PROGRAMME, log, entries, &read_change);
        let run = run.map_err(|e| Refusal::Invalid(e.to_string()))?;
        let mut state = self.state();
        state.largest = state.largest.max(size);
        state.again += run
            .entries()
            .iter()
            .filter(|(entry, _)| {
                state.logs.get(&log).is_some_and(|held| entry.header().seq <= held.len() as u64)
            })
            .count();
        let held = state.logs.entry(log).or_default();
        for (entry, _) in run.entries() {
            let next = held.len() as u64 + 1;
            if entry.header().seq > next {
                return Err(Refusal::Gap);
            }
            if entry.header().seq == next {
                held.push((Head { seq: next, id: entry.id() }, entry.signed().clone()));
            }
        }
        let head = held.last().unwrap().0;
        Ok((vec![head], vec![head]))
    }
}

impl Backend for Memory {
    fn access(&self) -> Access {
        self.state().access.clone()
    }

    fn offer(&self, log: &LogId) -> Vec<Head> {
        self.state().logs.get(log).and_then(|log| log.last()).map(|(head, _)| *head).into_iter().collect()
    }

    fn heads(&self, log: &LogId) -> Vec<Head> {
        let state = self.state();
        state.logs.get(log).and_then(|entries| entries.last()).map(|(head, _)| *head).into_iter().collect()
    }

    fn held(&self) -> Vec<Held> {
        let heads = |(log, entries): (&LogId, &Vec<(Head, SignedEntry)>)| {
            let head = entries.last()?.0;
            Some(Held { log: *log, heads: vec![head], offer: vec![head] })
        };
        self.state().logs.iter().filter_map(heads).collect()
    }

    fn read_run(
        &self,
        log: &LogId,
        _: Option<Claim>,
        (from, to): (u64, u64),
        max_bytes: usize,
    ) -> Result<Vec<SignedEntry>, String> {
        let mut state = self.state();
        let mut bytes = 0;
        let entries = state.logs.get(log).ok_or("no such log")?.iter();
        let skip = usize::try_from(from - 1).map_err(|e| e.to_string())?;
        let (mut run, mut signed) = (Vec::new(), 0);
        for (head, entry) in entries.skip(skip).take(accord_core::MAX_RUN) {
            bytes += entry.size();
            // It ends at a signature, which most of what came in packs lack.
            if signed > 0 && (head.seq > to || bytes > max_bytes) {
                break;
            }
            run.push(entry.clone());
            signed = if entry.signature == Signature::NONE { signed } else { run.len() };
        }
        run.truncate(signed);
        state.read += run.iter().map(SignedEntry::size).sum::<usize>();
        Ok(run)
    }

    fn read_again(
        &self,
        log: &LogId,
        on: Option<Claim>,
        (from, _): (u64, u64),
        least: u64,
        max_bytes: usize,
    ) -> Result<Vec<SignedEntry>, String> {
        self.read_run(log, on, (from, least), max_bytes)
    }

    fn lost_moved(&self) -> u64 {
        0
    }

    fn lost(&self) -> BTreeMap<LogId, Vec<Gap>> {
        BTreeMap::new()
    }

    fn look(&self, log: &LogId, look: Look) -> Result<Found, String> {
        let state = self.state();
        let heads: Vec<Head> = state.logs.get(log).into_iter().flatten().map(|(head, _)| *head).collect();
        let is_held = |claim: &Claim| heads.iter().any(|head| Claim::from(*head) == *claim);
        Ok(match look {
            Look::Ids { of, at } => {
                let ids = heads.iter().filter(|head| is_held(&of) && at.contains(&head.seq));
                Found::Ids { of, ids: ids.copied().collect() }
            }
            Look::Held(points) => {
                let last = points.iter().filter(|point| is_held(point)).map(|point| point.seq).max();
                Found::Held { points, last }
            }
        })
    }

    fn ingest(&self, runs: Vec<Incoming>) -> Vec<Outcome> {
        let _disk = self.disk.lock().unwrap();
        let store =
            |run| Outcome { stored: self.take(run), access_changed: false, offers_changed: Vec::new() };
        runs.into_iter().map(store).collect()
    }

    fn knock(&self, device: &DeviceId, knock: &Knock) -> KnockAnswer {
        (self.state().porter)(device, knock)
    }

    fn farewell(&self, _: &DeviceId) -> Option<Records> {
        None
    }

    fn told_the_end(&self, _: &Records) {}

    fn admission(&self) -> Option<Admission> {
        self.state().admission.clone()
    }

    fn known_addresses(&self) -> Vec<(DeviceId, Vec<String>)> {
        self.state().addresses.clone().into_iter().collect()
    }

    fn remember_addresses(&self, device: &DeviceId, addresses: &[String]) {
        self.state().addresses.insert(*device, addresses.to_vec());
    }

    fn own_said(&self, log: &LogId, said: u64) {
        self.state().said.insert(*log, said);
    }

    fn doubt_said(&self, log: &LogId) {
        self.state().said.remove(log);
    }

    fn remember_holds(&self, _: &DeviceId, _: u64) {}

    fn remember_seen(&self, _: &DeviceId, _: u64) {}
}
