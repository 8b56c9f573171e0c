//! Packs in a simulation: plain lists of entries, in which signatures are left out as in real ones.

use accord_core::{DeviceId, Entry, Head, Header, LogId, Signature, SignedEntry, SpaceId, decode, encode};
use accord_sync::{Claim, Event, MAX_PACK, Packed, Portion, Prefix, Refusal, SentOf, StretchOf, pack_frame};

use super::World;
use super::driving::Reading;
use super::links::Sent;
use crate::Mischief;

/// One signature in so many is kept: where a log is cut or a node crashes in between, its entries go on to the next one.
const SIGNED_EVERY: usize = 3;

/// A pack that an engine ordered.
#[derive(Debug, Clone)]
pub(crate) struct PackOrder {
    pub(crate) peer: DeviceId,
    pub(crate) space: SpaceId,
    pub(crate) logs: Vec<Portion>,
    pub(crate) max: usize,
}

impl World {
    /// The entries of a pack were read from the disk: checks and sends them, as a driver does.
    pub(super) fn pack_ready(&mut self, node: usize, number: u64, order: &PackOrder) {
        let PackOrder { peer, space, logs, max } = order;
        if self.connection(node, peer) != Some(number) {
            return;
        }
        // They are not deflated here.
        let mut left = (*max).min(MAX_PACK / 2);
        let mut runs: Vec<(LogId, u64, Vec<Entry>)> = Vec::new();
        let mut sent = Vec::new();
        for portion in logs {
            let Portion { log, from, to, on, after } = *portion;
            let engine = self.nodes[node].running.as_ref().map(|running| &running.engine);
            let may = engine.is_some_and(|engine| engine.may_send(peer, &log));
            let withheld = self.nodes[node].mischief == Some(Mischief::Withhold(log.device));
            if !may || withheld {
                sent.push((log, SentOf::Nothing));
                continue;
            }
            if left == 0 {
                sent.push((log, SentOf::Later));
                continue;
            }
            match self.read_run(node, &log, (from, to), (on, after), left) {
                Reading::Parted => sent.push((log, SentOf::Parted)),
                Reading::Run(run) => {
                    let last = run.last().map(|last| last.header().seq);
                    sent.push((log, last.map_or(SentOf::Nothing, SentOf::Upto)));
                    if !run.is_empty() {
                        left = left.saturating_sub(run.iter().map(|entry| entry.signed().size()).sum());
                        runs.push((log, from, run));
                    }
                }
            }
        }
        if !runs.is_empty() {
            self.send_pack(node, *peer, *space, &runs);
        }
        self.feed(node, Event::PackSent { peer: *peer, space: *space, logs: sent });
    }

    fn send_pack(&mut self, node: usize, peer: DeviceId, space: SpaceId, runs: &[(LogId, u64, Vec<Entry>)]) {
        let mut lists = Vec::new();
        let mut logs = Vec::new();
        let mut ids = Vec::new();
        for (log, from, run) in runs {
            self.check_sending(node, &peer, log, run);
            let Some(last) = run.last() else { continue };
            let (to, end) = (last.header().seq, Prefix::entry(&last.id()));
            logs.push(Packed { device: log.device, from: *from, to, end });
            let kept = |at: usize| at + 1 == run.len() || at.is_multiple_of(SIGNED_EVERY);
            let thin = run.iter().enumerate().map(|(at, entry)| SignedEntry {
                signature: if kept(at) { entry.signed().signature } else { Signature::NONE },
                ..entry.signed().clone()
            });
            let mut thin: Vec<SignedEntry> = thin.collect();
            match self.nodes[node].mischief {
                Some(Mischief::BadSignature) => {
                    if let Some(last) = thin.last_mut() {
                        last.signature.0[5] ^= 1;
                    }
                }
                Some(Mischief::Gap) if thin.len() > 1 => {
                    thin.remove(0);
                }
                Some(Mischief::Gap | Mischief::Withhold(_)) | None => {}
            }
            let traffic = &mut self.stats.traffic;
            traffic.entries += thin.iter().map(|entry| entry.size() as u64).sum::<u64>();
            traffic.count += thin.len() as u64;
            ids.extend(run.iter().map(Entry::id));
            lists.push(thin);
        }
        let bytes = pack_frame(&space, logs, encode(&lists));
        self.stats.traffic.runs += bytes.len() as u64 + super::driving::PREFIX;
        self.stats.traffic.packs += 1;
        let author = runs.iter().map(|(log, ..)| log.device).find(|device| self.twins.contains(device));
        self.transmit(node, peer, bytes, Sent { author, ids });
    }

    /// Takes a pack apart, and each log's part in as a run.
    pub(super) fn ingest_pack(&mut self, node: usize, peer: DeviceId, logs: &[StretchOf], bytes: &[u8]) {
        let lists: Vec<Vec<SignedEntry>> = decode(bytes).unwrap_or_default();
        for StretchOf { log, from, end } in logs {
            let of = |list: &&Vec<SignedEntry>| {
                let (Some(first), Some(last)) = (list.first(), list.last()) else { return false };
                let begins = Header::from_bytes(&first.header)
                    .is_ok_and(|header| header.device == log.device && header.seq == *from);
                let head = Head { seq: from + list.len() as u64 - 1, id: Header::id_of(&last.header) };
                begins && Claim::from(head) == *end
            };
            match lists.iter().find(of) {
                Some(list) => self.ingest(node, peer, *log, list.clone()),
                None => {
                    let reason = Refusal::Invalid("not what was said of it".into());
                    self.refused_later(node, peer, *log, reason);
                }
            }
        }
    }
}
