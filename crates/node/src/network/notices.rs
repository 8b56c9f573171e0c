//! What the rest of the node tells the network: never blocks whoever tells, and is bounded because only the newest
//! word on each thing is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use accord_core::{Head, LogId};
use tokio::sync::Notify;

/// What was told and not yet heard.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Own logs that grew, and to where. As many as this device has logs.
    pub(super) appended: BTreeMap<LogId, Head>,
    /// Logs that grew by what no connection brought. As many as there are logs.
    pub(super) stored: BTreeSet<LogId>,
    /// Whether access changed.
    pub(super) access: bool,
}

/// A place to leave notices at.
#[derive(Debug, Default)]
pub(super) struct Notices {
    news: Mutex<News>,
    notify: Notify,
}

impl Notices {
    fn lock(&self) -> MutexGuard<'_, News> {
        // Each change is one insertion, so a panic elsewhere leaves nothing half done.
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Own entries are durable.
    pub(super) fn appended(&self, log: LogId, head: Head) {
        let mut news = self.lock();
        let known = news.appended.entry(log).or_insert(head);
        // Two writers may tell of their entries in another order than they wrote them.
        *known = (*known).max(head);
        self.notify.notify_one();
    }

    /// Entries of others are durable that no connection brought.
    pub(super) fn stored(&self, log: LogId) {
        self.lock().stored.insert(log);
        self.notify.notify_one();
    }

    /// Access changed.
    pub(super) fn access_changed(&self) {
        self.lock().access = true;
        self.notify.notify_one();
    }

    /// Waits for notices, and takes them.
    pub(super) async fn take(&self) -> News {
        self.notify.notified().await;
        std::mem::take(&mut *self.lock())
    }
}
