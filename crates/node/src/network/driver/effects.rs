//! Carrying out what the engine wants done.

use accord_sync::{Effect, Event, SentOf};
use tokio::sync::OwnedSemaphorePermit;

use super::Driver;
use super::packing::{IncomingPack, PackJob, PackRead};
use super::work::{LookJob, Packed, Read, ReadJob};
use crate::network::backend::Incoming;
use crate::network::session::Outgoing;

impl Driver {
    /// Feeds the engine, and does what it wants done.
    pub(super) fn handle(&mut self, event: Event) {
        self.handle_with(event, None);
    }

    /// As [`Self::handle`]; the permit of a frame goes along with the run that the frame brought, if any.
    pub(super) fn handle_with(&mut self, event: Event, mut permit: Option<OwnedSemaphorePermit>) {
        for effect in self.engine.handle(self.begun.elapsed(), event) {
            match effect {
                Effect::Send { peer, bytes } => {
                    if let Some(line) = self.lines.get_mut(&peer) {
                        line.send(Outgoing::Frame(bytes));
                    }
                }
                Effect::SendRun { peer, log, from, to, on, after, least, max_bytes } => {
                    if let Some(line) = self.lines.get_mut(&peer) {
                        let (job, connection) = (self.work.number(), line.connection);
                        line.keep(job);
                        let read =
                            ReadJob { job, peer, connection, log, from, to, on, after, least, max_bytes };
                        self.work.read(read);
                    }
                }
                Effect::SendPack { peer, space, logs, max_bytes } => {
                    if let Some(line) = self.lines.get_mut(&peer) {
                        let (job, connection) = (self.work.number(), line.connection);
                        line.keep(job);
                        self.work.pack(PackJob { job, peer, connection, space, logs, max_bytes });
                    }
                }
                Effect::IngestPack { peer, space, logs, bytes } => {
                    self.work.store_pack(IncomingPack { peer, space, logs, bytes }, permit.take());
                }
                Effect::Ingest { peer, log, entries } => {
                    self.work.store(Incoming { peer, log, entries, again: false }, permit.take());
                }
                Effect::Mend { peer, log, entries } => {
                    self.work.store(Incoming { peer, log, entries, again: true }, permit.take());
                }
                Effect::Look { peer, log, look } => {
                    if let Some(connection) = self.lines.get(&peer).map(|line| line.connection) {
                        self.work.look(LookJob { peer, connection, log, look });
                    }
                }
                Effect::OwnAhead { peer, log, said } => self.own_ahead(peer, log, said),
                Effect::RefusedByPeer { peer, log, reason } => {
                    tracing::warn!(device = %peer.short(), author = %log.device.short(), %reason, "entries were refused there");
                }
                Effect::Close { peer, reason } => {
                    tracing::info!(device = %peer.short(), %reason, "closing a connection");
                    if let Some(line) = self.lines.remove(&peer) {
                        self.work.forget(line.connection);
                        self.note_seen(peer);
                        line.close();
                    }
                }
            }
        }
    }

    /// A pack was put together: it is sent if that is still right, and the engine is told if it is not.
    pub(super) fn pack_was_read(&mut self, read: PackRead) {
        let PackRead { job, frame, sent: mut logs } = read;
        let (peer, space) = (job.peer, job.space);
        if !self.is_current(&peer, job.connection) {
            return;
        }
        // Access may have ended since the pack was ordered.
        let may_send = logs.iter().all(|(log, _)| self.engine.may_send(&peer, log));
        let Some(line) = self.lines.get_mut(&peer) else { return };
        match frame {
            Some((bytes, entries)) if may_send => {
                line.fill(job.job, Some(Outgoing::Pack { bytes, space, logs, entries }));
            }
            _ => {
                line.fill(job.job, None);
                if !may_send {
                    logs.iter_mut().for_each(|(_, sent)| *sent = SentOf::Nothing);
                }
                self.handle(Event::PackSent { peer, space, logs });
            }
        }
    }

    /// A run came from the disk: it is sent if that is still right, and the engine is told if it is not.
    pub(super) fn run_was_read(&mut self, read: Read) {
        let Read { job, packed } = read;
        if !self.is_current(&job.peer, job.connection) {
            return;
        }
        let packed = packed.unwrap_or_else(|error| {
            tracing::error!(%error, author = %job.log.device.short(), from = job.from, "cannot read entries");
            Packed::Nothing
        });
        // Access may have ended since the run was ordered.
        let may_send = self.engine.may_send(&job.peer, &job.log);
        let Some(line) = self.lines.get_mut(&job.peer) else { return };
        match packed {
            Packed::Run(bytes, entries) if may_send => {
                let last = job.from + (entries - 1);
                line.fill(job.job, Some(Outgoing::Run { bytes, log: job.log, last, entries }));
            }
            Packed::Parted if may_send => {
                line.fill(job.job, None);
                self.handle(Event::Parted { peer: job.peer, log: job.log });
            }
            Packed::Run(..) | Packed::Parted | Packed::Nothing => {
                line.fill(job.job, None);
                self.handle(Event::RunSent { peer: job.peer, log: job.log, last: None });
            }
        }
    }
}
