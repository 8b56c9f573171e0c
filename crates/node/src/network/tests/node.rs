//! A node of a test.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use accord_core::{DeviceId, DeviceKey};

use super::backend::{Memory, PROGRAMME};
use crate::network::{Handle, Settings, start};

pub(super) const LOOPBACK: &str = "/ip4/127.0.0.1/tcp/0";

/// How long anything may take that should happen at once. Long, since tests share the machine.
pub(super) const SOON: Duration = Duration::from_secs(15);

pub(super) fn key(seed: u8) -> DeviceKey {
    DeviceKey::from_seed(&[seed; 32])
}

pub(super) fn device(seed: u8) -> DeviceId {
    key(seed).id()
}

pub(super) fn devices(seeds: &[u8]) -> Vec<DeviceId> {
    seeds.iter().copied().map(device).collect()
}

/// A running network with its backend.
pub(super) struct Node {
    pub(super) device: DeviceId,
    pub(super) backend: Arc<Memory>,
    pub(super) network: Handle,
}

/// How a node is started.
pub(super) struct Plan {
    seed: u8,
    pub(super) backend: Arc<Memory>,
    listen: Vec<String>,
    announce: Vec<String>,
    dial: Vec<String>,
    relay: Option<bool>,
}

impl Plan {
    /// A node that listens nowhere and dials nobody.
    pub(super) fn new(seed: u8, members: &[u8]) -> Self {
        let backend = Memory::new(key(seed), &devices(members));
        Self { seed, backend, listen: Vec::new(), announce: Vec::new(), dial: Vec::new(), relay: None }
    }

    pub(super) fn listen(mut self, address: &str) -> Self {
        self.listen.push(address.to_owned());
        self
    }

    pub(super) fn announce(mut self, address: &str) -> Self {
        self.announce.push(address.to_owned());
        self
    }

    pub(super) fn dial(mut self, address: &str) -> Self {
        self.dial.push(address.to_owned());
        self
    }

    pub(super) fn relay(mut self, relay: bool) -> Self {
        self.relay = Some(relay);
        self
    }

    pub(super) async fn start(self) -> Node {
        let settings = Settings {
            key: key(self.seed),
            programme: PROGRAMME,
            listen: self.listen,
            announce: self.announce,
            dial: self.dial,
            mdns: false,
            relay: self.relay,
        };
        let network = start(settings, Arc::clone(&self.backend)).await.unwrap();
        Node { device: device(self.seed), backend: self.backend, network }
    }
}

impl Node {
    pub(super) fn address(&self) -> String {
        self.network.listening().remove(0)
    }

    /// Writes entries, and tells the network.
    pub(super) fn write(&self, count: u64) {
        let (log, head) = self.backend.write(count);
        self.network.appended(log, head);
    }

    pub(super) async fn is_connected(&self, other: &Node) -> bool {
        self.network.status().await.iter().any(|status| status.device == other.device && status.connected)
    }

    /// The device through which another one is connected, if any.
    pub(super) async fn through(&self, other: &Node) -> Option<DeviceId> {
        let status = self.network.status().await;
        status.iter().find(|status| status.device == other.device).and_then(|status| status.through)
    }

    pub(super) async fn until_connected(&self, other: &Node) {
        eventually(SOON, || self.is_connected(other)).await;
    }

    pub(super) async fn until_holding(&self, entries: usize) {
        eventually(SOON, async || self.backend.held_in_all() == entries).await;
    }
}

/// Waits for something that no event tells of.
pub(super) async fn eventually<F: Future<Output = bool>>(within: Duration, mut holds: impl FnMut() -> F) {
    let waited = tokio::time::timeout(within, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("it did not happen in time");
}
