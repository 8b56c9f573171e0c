//! The driver of each node: feeds its engine, and does what the engine wants done.

use std::time::Duration;

use accord_core::governance::Record;
use accord_core::{
    Body, DeviceId, Entry, Head, LogId, SignedEntry, governance_space, verify_entry, verify_run,
};
use accord_sync::{Claim, Effect, Event, Found, Look, Prefix, Refusal, pack_run};

use super::links::Sent;
use super::packing::PackOrder;
use super::{Order, What, World};
use crate::disk::Stored;
use crate::node::read;
use crate::{LinkError, Mischief, SimChange};

/// Before the bytes of a frame stand four that give its length.
pub(super) const PREFIX: u64 = 4;

/// What was read to be sent.
pub(super) enum Reading {
    /// Entries that end with a signature that verifies, or none.
    Run(Vec<Entry>),
    /// The first entry follows another one than it has to.
    Parted,
}

impl World {
    /// Tells a node's engine what happened, and does what it wants.
    pub(super) fn feed(&mut self, node: usize, event: Event) {
        // Whatever its own clock shows.
        let now = self.now + self.clocks.get(&node).copied().unwrap_or_default();
        let Some(running) = &mut self.nodes[node].running else { return };
        let effects = running.engine.handle(now, event);
        self.carry_out(node, effects);
    }

    pub(super) fn receive(&mut self, node: usize, peer: DeviceId, bytes: Vec<u8>) {
        let Some(running) = &mut self.nodes[node].running else { return };
        running.inbox.entry(peer).or_default().push_back(bytes);
        self.read_on(node, peer);
    }

    /// Reads frames of a peer for as long as the engine is ready for them.
    fn read_on(&mut self, node: usize, peer: DeviceId) {
        loop {
            let Some(running) = &mut self.nodes[node].running else { return };
            if !running.engine.ready_to_read(&peer) {
                return;
            }
            let Some(bytes) = running.inbox.get_mut(&peer).and_then(std::collections::VecDeque::pop_front)
            else {
                return;
            };
            self.feed(node, Event::Frame { peer, bytes });
        }
    }

    fn carry_out(&mut self, node: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { peer, bytes } => {
                    let traffic = &mut self.stats.traffic;
                    traffic.control += bytes.len() as u64 + PREFIX;
                    traffic.frames += 1;
                    self.transmit(node, peer, bytes, Sent::default());
                }
                Effect::SendRun { peer, log, from, to, on, after, least: _, max_bytes } => {
                    let Some(number) = self.connection(node, &peer) else { continue };
                    let life = self.nodes[node].life;
                    let reading = self.up_to(self.settings.read);
                    let order = Order { peer, log, from, to, on, after, max: max_bytes };
                    self.schedule(reading, What::RunReady { node, life, number, order });
                }
                Effect::SendPack { peer, space, logs, max_bytes } => {
                    let Some(number) = self.connection(node, &peer) else { continue };
                    let life = self.nodes[node].life;
                    let reading = self.up_to(self.settings.read);
                    let order = PackOrder { peer, space, logs, max: max_bytes };
                    self.schedule(reading, What::PackReady { node, life, number, order });
                }
                Effect::Ingest { peer, log, entries } => self.ingest(node, peer, log, entries),
                Effect::IngestPack { peer, logs, bytes, .. } => self.ingest_pack(node, peer, &logs, &bytes),
                // No disk of the simulation loses what was durable: crates/sync/tests/again.rs tells that story.
                Effect::Mend { .. } => self.fail(format!("node {node} is given back what it did not lose")),
                Effect::Look { peer, log, look } => {
                    let life = self.nodes[node].life;
                    let reading = self.up_to(self.settings.read);
                    self.schedule(reading, What::Looked { node, life, peer, log, look });
                }
                Effect::OwnAhead { log, said, .. } => {
                    let known = self.nodes[node].said.entry(log).or_default();
                    *known = said.max(*known);
                }
                Effect::RefusedByPeer { reason, .. } => self.stats.refusals.push((node, reason.to_string())),
                Effect::Close { peer, reason } => {
                    self.stats.closes.push((node, reason.to_string()));
                    if let Some(running) = &mut self.nodes[node].running {
                        running.inbox.remove(&peer);
                    }
                    self.hang_up(node, peer);
                }
            }
        }
    }

    /// A run was read from the disk: checks it, as a driver does, and sends it.
    pub(super) fn run_ready(&mut self, node: usize, number: u64, order: Order) {
        let Order { peer, log, from, to, on, after, max } = order;
        if self.connection(node, &peer) != Some(number) {
            return;
        }
        let run = match self.read_run(node, &log, (from, to), (on, after), max) {
            Reading::Run(run) => run,
            Reading::Parted => return self.feed(node, Event::Parted { peer, log }),
        };
        let engine = self.nodes[node].running.as_ref().map(|running| &running.engine);
        let may = engine.is_some_and(|engine| engine.may_send(&peer, &log));
        let withheld = self.nodes[node].mischief == Some(Mischief::Withhold(log.device));
        if withheld {
            // It does not even say that nothing comes.
            return;
        }
        let last = run.last().filter(|_| may).map(|last| last.header().seq);
        if last.is_some() {
            self.send_entries(node, peer, log, from, &run);
        }
        self.feed(node, Event::RunSent { peer, log, last });
    }

    /// Reads entries to be sent.
    pub(super) fn read_run(
        &self,
        node: usize,
        log: &LogId,
        (from, to): (u64, u64),
        (on, after): (Option<Claim>, Option<Prefix>),
        max: usize,
    ) -> Reading {
        let (mut size, mut run): (usize, Vec<Entry>) = (0, Vec::new());
        let disk = &self.nodes[node].disk;
        let held = match on {
            Some(on) => disk.durable_with(log, on.seq, |id| Prefix::entry(id) == on.id),
            None => disk.durable(log),
        };
        let skip = usize::try_from(from - 1).unwrap_or(usize::MAX).min(held.len());
        if let (Some(after), Some(before)) = (after, held[..skip].last())
            && Prefix::entry(&before.id) != after
        {
            return Reading::Parted;
        }
        let mut signed = None;
        for entry in read(&held[skip..]) {
            let next = entry.signed().size();
            let full = size + next > max || run.len() >= accord_core::MAX_RUN || entry.header().seq > to;
            // Signatures inside of what came in a pack were left out: then it goes on to the next one that holds.
            if full && !run.is_empty() && signed.is_some() || run.len() >= accord_core::MAX_RUN {
                break;
            }
            size += next;
            signed = if verify_entry(&entry).is_ok() { Some(run.len() + 1) } else { signed };
            run.push(entry);
        }
        run.truncate(signed.unwrap_or(0));
        Reading::Run(run)
    }

    fn send_entries(&mut self, node: usize, peer: DeviceId, log: LogId, from: u64, run: &[Entry]) {
        self.check_sending(node, &peer, &log, run);
        let mut signed: Vec<SignedEntry> = run.iter().map(|entry| entry.signed().clone()).collect();
        match self.nodes[node].mischief {
            Some(Mischief::BadSignature) => {
                if let Some(last) = signed.last_mut() {
                    last.signature.0[5] ^= 1;
                }
            }
            Some(Mischief::Gap) if signed.len() > 1 => {
                signed.remove(0);
            }
            Some(Mischief::Gap | Mischief::Withhold(_)) | None => {}
        }
        let bytes = pack_run(&log, from, &signed);
        let traffic = &mut self.stats.traffic;
        traffic.runs += bytes.len() as u64 + PREFIX;
        traffic.entries += signed.iter().map(|entry| entry.size() as u64).sum::<u64>();
        traffic.count += signed.len() as u64;
        if let Ok(accord_sync::Frame::Run(packed)) = accord_sync::Frame::from_bytes(&bytes) {
            traffic.framing += (bytes.len() - packed.packed.len()) as u64 + PREFIX;
        }
        let ids = run.iter().map(Entry::id).collect();
        self.transmit(node, peer, bytes, Sent { author: Some(log.device), ids });
    }

    /// Verifies a run, writes it, and has it synced; the engine hears of it after that.
    pub(super) fn ingest(&mut self, node: usize, peer: DeviceId, log: LogId, entries: Vec<SignedEntry>) {
        let verified = verify_run(&self.programme, log, entries, &SimChange)
            .map_err(|invalid| Refusal::Invalid(invalid.to_string()));
        let written = verified.and_then(|run| {
            let disk = &mut self.nodes[node].disk;
            disk.write(&run).map(|()| run.head()).map_err(|error| match error {
                LinkError::Gap => Refusal::Gap,
                LinkError::Branches => Refusal::Forked(error.to_string()),
            })
        });
        let access = self.nodes[node].running.as_ref().map(|running| &running.access);
        let most = access.and_then(|access| access.at_most.get(&log)).copied().unwrap_or(u64::MAX);
        if written.as_ref().is_ok_and(|head| head.seq > most) && !self.hostile.contains(&node) {
            self.fail(format!("node {node} took more beyond a cut than is kept"));
        }
        match written {
            Ok(upto) => self.sync_disk(node, log, upto, Some(peer)),
            Err(reason) => self.refused_later(node, peer, log, reason),
        }
    }

    pub(super) fn refused_later(&mut self, node: usize, peer: DeviceId, log: LogId, reason: Refusal) {
        let life = self.nodes[node].life;
        self.schedule(Duration::ZERO, What::Refused { node, life, peer, log, reason });
    }

    /// Looks something up on the disk of a node.
    pub(super) fn looked(&mut self, node: usize, peer: DeviceId, log: LogId, look: Look) {
        let disk = &self.nodes[node].disk;
        let with = |claim: &Claim| disk.durable_with(&log, claim.seq, |id| Prefix::entry(id) == claim.id);
        let found = match look {
            Look::Ids { of, at } => {
                let held = with(&of);
                let id = |seq: u64| Some(Head { seq, id: held.get(usize::try_from(seq).ok()? - 1)?.id });
                Found::Ids { of, ids: at.into_iter().filter_map(id).collect() }
            }
            Look::Held(points) => {
                let last = points.iter().filter(|point| !with(point).is_empty()).map(|point| point.seq).max();
                Found::Held { points, last }
            }
        };
        self.feed(node, Event::Looked { peer, log, found });
    }

    /// Has what was written synced, after all that was written before.
    pub(super) fn sync_disk(&mut self, node: usize, log: LogId, upto: Head, from: Option<DeviceId>) {
        let takes = self.up_to(self.settings.disk);
        let now = self.now;
        let life = self.nodes[node].life;
        let free = &mut self.nodes[node].disk_free;
        *free = (*free).max(now) + takes;
        let after = *free - now;
        self.schedule(after, What::Synced { node, life, log, upto, from });
    }

    pub(super) fn synced(&mut self, node: usize, life: u64, log: LogId, upto: Head, from: Option<DeviceId>) {
        if self.nodes[node].life != life {
            return;
        }
        let fresh = self.nodes[node].disk.sync(&log, upto);
        if from.is_none() {
            self.check_signed(node, &log, &fresh);
        }
        if log.space == governance_space(&self.programme) {
            self.learn(node, &fresh);
        }
        let held = self.nodes[node].disk.heads(&log);
        match from {
            // It may have been written just before a second history of its log came.
            None if held.len() > 1 => {
                let heads = self.nodes[node].offer(&self.programme, &log);
                self.feed(node, Event::Stored { log, held, offer: heads });
            }
            None => self.feed(node, Event::Appended { log, head: upto }),
            Some(peer) => {
                let offer = self.nodes[node].offer(&self.programme, &log);
                self.feed(node, Event::Ingested { peer, log, held, offer });
                if log.space == governance_space(&self.programme) {
                    self.offer_anew(node, log.device);
                }
                self.read_on(node, peer);
            }
        }
    }

    /// Takes new governance in, and tells the engine if access changed by it.
    fn learn(&mut self, node: usize, fresh: &[Stored]) {
        let it = &mut self.nodes[node];
        let Some(running) = &mut it.running else { return };
        let before = running.governance.in_force();
        let mut decided = false;
        for entry in read(fresh) {
            let _ = running.governance.insert(&entry);
            decided |= !matches!(&entry.header().body, Body::Governance { record }
                if matches!(record.as_ref(), Record::Acknowledge { .. }));
        }
        let lost = before.difference(&running.governance.in_force()).next().copied();
        if let Some(lost) = lost.filter(|_| running.governance.equivocations().is_empty()) {
            self.fail(format!(
                "node {node}: decision {} went out of force though nobody equivocated",
                lost.short()
            ));
        }
        // What somebody has come to know changes nobody's access.
        if decided {
            self.look_at_access(node);
        }
    }

    pub(crate) fn look_at_access(&mut self, node: usize) {
        let it = &self.nodes[node];
        let Some(running) = &it.running else { return };
        let access = it.access(&running.governance);
        if access == running.access {
            return;
        }
        let moved: Vec<LogId> = {
            let (before, now) = (&running.access.limits, &access.limits);
            let logs = before.keys().chain(now.keys());
            logs.filter(|log| before.get(log) != now.get(log)).copied().collect()
        };
        self.nodes[node].limits.clone_from(&access.limits);
        if let Some(running) = &mut self.nodes[node].running {
            running.access = access.clone();
        }
        self.feed(node, Event::AccessChanged(access));
        for log in moved {
            let heads = self.nodes[node].offer(&self.programme, &log);
            self.feed(node, Event::Offer { log, heads });
        }
    }

    /// More of a device's governance is held: more of its other logs may be offered.
    fn offer_anew(&mut self, node: usize, device: DeviceId) {
        let logs: Vec<LogId> = self.nodes[node].disk.logs().filter(|log| log.device == device).collect();
        for log in logs {
            let heads = self.nodes[node].offer(&self.programme, &log);
            self.feed(node, Event::Offer { log, heads });
        }
    }
}
