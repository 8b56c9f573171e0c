//! What the driver tells those who ask: how each device stands, and how far a synchronisation is.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::DeviceId;
use accord_sync::{Barrier, BarrierState};
use tokio::sync::watch;

use super::Driver;

/// How a device stands towards this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceStatus {
    /// The device.
    pub(crate) device: DeviceId,
    /// Whether it is connected now.
    pub(crate) connected: bool,
    /// The relay that the connection leads through, if any.
    pub(crate) through: Option<DeviceId>,
    /// Whether it says that it holds all that is here, and nothing else.
    pub(crate) in_step: bool,
    /// How many entries it has not said it has.
    pub(crate) missing_there: u64,
    /// How many entries it says it has that are not here.
    pub(crate) missing_here: u64,
    /// When it was connected last, since this network was started: seconds since 1970.
    pub(crate) last_seen: Option<u64>,
}

/// How far a synchronisation is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::network) struct View {
    /// Whether it is over.
    pub(in crate::network) reached: bool,
    /// The devices that hold all of it, and have nothing that is missing here.
    pub(in crate::network) in_step: Vec<DeviceId>,
    /// Those that do not, and why.
    pub(in crate::network) missing: Vec<(DeviceId, String)>,
    /// How many entries are missing, here and there together.
    pub(in crate::network) left: u64,
    /// Entries sent since it began.
    pub(in crate::network) sent: u64,
    /// Entries received since it began.
    pub(in crate::network) received: u64,
}

/// Somebody who waits for a synchronisation.
pub(super) struct Waiter {
    barrier: Barrier,
    /// Who was connected when it began.
    began: BTreeSet<DeviceId>,
    sent: u64,
    received: u64,
    view: watch::Sender<View>,
}

impl Driver {
    pub(super) fn status(&self) -> Vec<DeviceStatus> {
        let mut peers = self.engine.status();
        let access = self.access.borrow().clone();
        let now = super::super::keeper::now();
        let others = access.devices.keys().filter(|device| **device != self.me);
        others
            .map(|device| {
                let peer = peers.remove(device);
                let spaces = || peer.iter().flat_map(|peer| peer.spaces.values());
                DeviceStatus {
                    device: *device,
                    connected: peer.is_some(),
                    through: self.lines.get(device).and_then(|line| line.through),
                    in_step: self.engine.in_step(device),
                    missing_there: spaces().map(|space| space.they_lack).sum(),
                    missing_here: spaces().map(|space| space.we_lack).sum(),
                    last_seen: if peer.is_some() { Some(now) } else { self.seen.get(device).copied() },
                }
            })
            .collect()
    }

    pub(super) fn wait(&mut self, view: watch::Sender<View>) {
        let began = self.engine.status().into_keys().collect();
        self.handle(accord_sync::Event::Probe);
        let barrier = self.engine.barrier();
        self.waiters.push(Waiter { barrier, began, sent: self.sent, received: self.received, view });
    }

    /// Tells everybody who waits how far it is, and forgets those who have stopped waiting.
    pub(super) fn tell_waiters(&mut self) {
        let mut waiters = std::mem::take(&mut self.waiters);
        waiters.retain_mut(|waiter| {
            if waiter.view.is_closed() {
                return false;
            }
            let view = self.view(waiter);
            let reached = view.reached;
            waiter.view.send_if_modified(|known| {
                let news = *known != view;
                *known = view;
                news
            });
            !reached
        });
        self.waiters = waiters;
    }

    fn view(&self, waiter: &mut Waiter) -> View {
        let mut missing: BTreeMap<DeviceId, String> = BTreeMap::new();
        let (mut left, mut reached) = (0, false);
        match self.engine.reached(&mut waiter.barrier) {
            BarrierState::Reached { left: gone, refused } => {
                reached = true;
                for log in refused {
                    tracing::warn!(author = %log.device.short(), "entries of a log were refused and not waited for");
                }
                for (device, peer) in self.engine.status() {
                    let refused = peer.refused.iter().chain(&peer.blocked).next();
                    if let Some((_, reason)) = refused.filter(|_| waiter.began.contains(&device)) {
                        missing.insert(device, format!("entries of a log were refused: {reason}"));
                    }
                }
                missing.extend(gone.into_iter().map(|device| (device, super::super::handle::LOST.into())));
            }
            BarrierState::Waiting { here, peers } => {
                left += here;
                for (device, lacks) in peers {
                    left += lacks.unwrap_or(0);
                    let why = match lacks {
                        Some(1) => "it has not said that it has the last entry".into(),
                        Some(lacks) => format!("it has not said that it has {lacks} entries"),
                        None => "it has not said yet what it holds".into(),
                    };
                    missing.insert(device, why);
                }
                if here > 0 {
                    for (device, peer) in self.engine.status() {
                        let lack: u64 = peer.spaces.values().map(|space| space.we_lack).sum();
                        if lack > 0 && waiter.began.contains(&device) {
                            missing
                                .entry(device)
                                .or_insert_with(|| format!("{lack} of its entries are not here yet"));
                        }
                    }
                }
                let gone = waiter.began.iter().filter(|device| !self.lines.contains_key(device));
                missing.extend(gone.map(|device| (*device, super::super::handle::LOST.into())));
            }
        }
        View {
            reached,
            in_step: waiter.began.iter().filter(|device| !missing.contains_key(device)).copied().collect(),
            missing: missing.into_iter().collect(),
            left,
            sent: self.sent - waiter.sent,
            received: self.received - waiter.received,
        }
    }
}
