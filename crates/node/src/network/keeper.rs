//! Hands what is worth keeping to the backend, on a blocking thread, the newest word on each device only.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use accord_core::DeviceId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;

#[derive(Debug, Default)]
struct Kept {
    addresses: BTreeMap<DeviceId, Vec<String>>,
    seen: BTreeMap<DeviceId, u64>,
    holds: BTreeMap<DeviceId, u64>,
}

/// What is to be kept. Bounded by the number of devices.
#[derive(Debug, Default)]
pub(super) struct Keeper {
    kept: Mutex<Kept>,
    notify: Notify,
}

impl Keeper {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Each change is one insertion, so a panic elsewhere leaves nothing half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A device listens there.
    pub(super) fn addresses(&self, device: DeviceId, addresses: Vec<String>) {
        self.lock().addresses.insert(device, addresses);
        self.notify.notify_one();
    }

    /// A device was connected just now.
    pub(super) fn seen(&self, device: DeviceId) {
        self.lock().seen.insert(device, now());
        self.notify.notify_one();
    }

    /// How many entries of those here a device says it holds.
    pub(super) fn holds(&self, device: DeviceId, entries: u64) {
        self.lock().holds.insert(device, entries);
        self.notify.notify_one();
    }

    /// Hands over what comes, until `cancel`, and then what is left.
    pub(super) async fn run(self: Arc<Self>, backend: Arc<dyn Backend>, cancel: CancellationToken) {
        loop {
            let last = tokio::select! {
                () = cancel.cancelled() => true,
                () = self.notify.notified() => false,
            };
            let kept = std::mem::take(&mut *self.lock());
            let backend = Arc::clone(&backend);
            let handed = tokio::task::spawn_blocking(move || {
                for (device, addresses) in &kept.addresses {
                    backend.remember_addresses(device, addresses);
                }
                for (device, at) in &kept.seen {
                    backend.remember_seen(device, *at);
                }
                for (device, entries) in &kept.holds {
                    backend.remember_holds(device, *entries);
                }
            });
            if let Err(error) = handed.await {
                tracing::warn!(%error, "what is known of other devices could not be kept");
            }
            if last {
                return;
            }
        }
    }
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
