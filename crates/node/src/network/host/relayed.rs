//! Being reached through partners, and relaying for them.

use accord_core::DeviceId;
use libp2p::Multiaddr;
use libp2p::core::ConnectedPoint;
use libp2p::core::transport::ListenerId;
use libp2p::multiaddr::Protocol;
use tokio::time::Instant;

use super::{Host, Target, chance};
use crate::network::book::parse;
use crate::network::identity::peer_of;
use crate::network::limits::DIRECT_RETRY;
use crate::network::relaying::{circuit, relay_of, relay_part};
use crate::network::session::Link;
use crate::network::wire::Addresses;

impl Host {
    /// Whether this node relays for others.
    pub(super) fn is_relay(&self) -> bool {
        self.relay.unwrap_or(self.reached)
    }

    /// A connection stands. If the other side made it by itself, others can reach this node, too, and it may relay.
    pub(super) fn note_reached(&mut self, link: &Link) {
        if self.reached || link.dialled || link.through.is_some() {
            return;
        }
        self.reached = true;
        if self.relay.is_none() {
            self.swarm.behaviour_mut().relaying.open();
            let news = Addresses { relays: Some(true), ..Addresses::default() };
            for peer in self.live.keys().filter(|peer| **peer != link.peer) {
                self.mention(peer, &news);
            }
        }
    }

    /// A partner says whether it relays, and where it sees this node.
    pub(super) fn told_of_relaying(&mut self, link: Link, addresses: &Addresses) {
        if link.through.is_some() || !self.is_live(&link) {
            return;
        }
        if addresses.relays == Some(true) {
            self.relays.offered(link.peer, Instant::now());
        }
        let seen = addresses.seen.as_deref().and_then(|text| Some(parse(text)?.0));
        let from_listener =
            self.connections.get(&link.connection).is_some_and(|connection| connection.from_listener);
        if let Some(seen) = seen.filter(|seen| from_listener && relay_of(seen).is_none()) {
            self.swarm.behaviour_mut().relaying.seen_at(seen);
        }
    }

    /// Where this node sees a partner that connected to it by itself.
    pub(super) fn seen(&self, peer: &DeviceId) -> Option<String> {
        let live = self.live.get(peer).filter(|live| !live.link.dialled && live.link.through.is_none())?;
        Some(self.connections.get(&live.link.connection)?.remote.to_string())
    }

    fn is_live(&self, link: &Link) -> bool {
        self.live.get(&link.peer).is_some_and(|live| live.link.connection == link.connection)
    }

    /// The relay that a connection leads through.
    pub(super) fn relay_at(&self, endpoint: &ConnectedPoint) -> Option<DeviceId> {
        match endpoint {
            ConnectedPoint::Dialer { address, .. } => relay_of(address),
            ConnectedPoint::Listener { local_addr, .. } => {
                // Whoever is called through a relay only learns at which of its own connections.
                let part = relay_part(local_addr)?;
                let bare = without_peer(&part);
                let at = |connection: &&super::Connection| without_peer(&connection.remote) == bare;
                let found = self.connections.values().find(at).map(|connection| connection.link.peer);
                // Relayed it is in any case.
                Some(found.or_else(|| relay_of(local_addr)).unwrap_or(self.me))
            }
        }
    }

    /// Asks partners to relay, where it is time and there is a reason to.
    pub(super) fn reserve_due(&mut self) {
        let now = Instant::now();
        // Where everybody is connected there is nothing to be had by it. That somebody did connect to this node by itself
        // does not mean that the others can.
        let away = |device: &DeviceId| *device != self.me && !self.live.contains_key(device);
        let wanted = self.access.borrow().devices.keys().any(away);
        while let Some(relay) = self.relays.due(now, wanted) {
            match self.address_of_relay(&relay).map(|address| self.swarm.listen_on(address)) {
                Some(Ok(listener)) => self.relays.asked(&relay, listener),
                Some(Err(error)) => {
                    tracing::debug!(relay = %relay.short(), %error, "cannot ask for a place");
                    self.relays.failed(&relay, now, chance());
                }
                None => {}
            }
        }
    }

    fn address_of_relay(&self, relay: &DeviceId) -> Option<Multiaddr> {
        let live = self.live.get(relay).filter(|live| live.link.through.is_none())?;
        let connection = self.connections.get(&live.link.connection)?;
        Some(circuit(&connection.remote, peer_of(relay)?))
    }

    /// A partner relays for this node now, or has renewed that.
    pub(super) fn reserved(&mut self, listener: ListenerId) {
        if let Some(relay) = self.relays.stands(listener) {
            tracing::info!(relay = %relay.short(), "can be reached through a partner");
            self.own_addresses_changed();
        }
    }

    /// Whether a listener was a place at a partner, which is lost.
    pub(super) fn lost_reservation(&mut self, listener: ListenerId) -> bool {
        let lost = self.relays.lost(listener, Instant::now(), chance()).is_some();
        if lost {
            self.own_addresses_changed();
        }
        lost
    }

    /// A device is connected directly: whoever is behind it is dialled through it.
    pub(super) fn relay_is_near(&mut self, relay: DeviceId) {
        let now = Instant::now();
        for device in self.book.behind(&relay) {
            self.dialler.wake(&Target::Device(device), now);
        }
    }

    /// A device is not connected any more: it relays nothing.
    pub(super) fn relay_is_gone(&mut self, relay: &DeviceId) {
        if let Some(listener) = self.relays.gone(relay) {
            self.swarm.remove_listener(listener);
            self.own_addresses_changed();
        }
        self.relays.wake(Instant::now());
    }

    /// A connection through a relay stands; a direct one would be better.
    pub(super) fn retry_directly(&mut self, device: DeviceId) {
        self.dialler.again(&Target::Device(device), Instant::now(), DIRECT_RETRY, chance());
    }

    /// Where to dial a device. Relays are left for those that could not be dialled directly, and then stand among the first,
    /// of which all are tried at once.
    pub(super) fn addresses_to_dial(&self, device: &DeviceId) -> Vec<Multiaddr> {
        let mut addresses = self.book.of(device);
        let relayed = self.live.contains_key(device);
        if relayed || !(addresses.is_empty() || self.aloof.contains(device)) {
            return addresses;
        }
        let relays = self.book.relays_of(device);
        let ways = relays.iter().filter_map(|relay| self.address_of_relay(relay));
        let at = addresses.len().min(2);
        let ways: Vec<Multiaddr> = ways.take(crate::network::limits::MAX_RELAYS).collect();
        addresses.splice(at..at, ways);
        addresses
    }

    /// Whether this node appears under another address to whoever listens at these: it has only addresses of a local
    /// network, and they are outside. Then it dials from the port that it listens at, so that what they see of it is where
    /// it may be dialled through what translates its address. Nobody out there dials it at that port at the same time.
    pub(super) fn appears_elsewhere(&self, addresses: &[Multiaddr]) -> bool {
        let mut listening =
            self.swarm.listeners().filter(|address| relay_part(address).is_none()).peekable();
        listening.peek().is_some()
            && listening.all(is_local)
            && addresses.iter().all(|address| relay_part(address).is_none() && !is_local(address))
    }
}

fn without_peer(address: &Multiaddr) -> Multiaddr {
    address.iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect()
}

/// Whether an address means something else in every network. Names are taken for addresses outside.
fn is_local(address: &Multiaddr) -> bool {
    address.iter().any(|part| match part {
        Protocol::Ip4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        Protocol::Ip6(ip) => ip.is_unique_local() || ip.is_loopback() || ip.is_unicast_link_local(),
        _ => false,
    })
}
