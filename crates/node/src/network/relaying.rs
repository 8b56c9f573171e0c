//! Relaying for others: libp2p's relay, open to devices of the programme only, and what addresses of relayed connections
//! look like.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::task::{Context, Poll};

use accord_core::DeviceId;
use accord_sync::Access;
use either::Either;
use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::{
    ConnectionClosed, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
    THandlerOutEvent, ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId, relay};
use tokio::sync::watch;

use super::identity::device_of;
use super::limits::{
    CIRCUIT_BURST, CIRCUIT_BYTES, CIRCUIT_INTERVAL, CIRCUIT_TIME, MAX_CIRCUITS, MAX_CIRCUITS_PER_DEVICE,
    MAX_RESERVATIONS, RESERVATION,
};

/// The relay of a node.
///
/// A device that is not known when its connection begins finds no relay here at all, so that nobody else can reserve, ask
/// for a circuit, or be reached through this node. Who is removed later loses its connection, and with it what it has
/// reserved and what passes through.
pub(super) struct Relaying {
    inner: relay::Behaviour,
    access: watch::Receiver<Arc<Access>>,
    /// The connections on which there is no relay: those of strangers, and relayed ones. The library tells all connections
    /// that it knows when its relay opens, and one that is relayed itself has nothing there that could hear it: its task
    /// would panic.
    without: HashSet<ConnectionId>,
    /// Addresses under which this node appears outside, to be told to whoever asks for a direct connection.
    seen: Vec<Multiaddr>,
}

impl Relaying {
    /// A relay that is closed until [`Self::open`].
    pub(super) fn new(local: PeerId, access: watch::Receiver<Arc<Access>>) -> Self {
        let config = relay::Config {
            max_reservations: MAX_RESERVATIONS,
            // The library allows one more than it is told.
            max_reservations_per_peer: 1,
            reservation_duration: RESERVATION,
            // An office behind one address has many devices, all of them members: nothing is limited by address.
            reservation_rate_limiters: Vec::new(),
            max_circuits: MAX_CIRCUITS,
            max_circuits_per_peer: MAX_CIRCUITS_PER_DEVICE - 1,
            max_circuit_duration: CIRCUIT_TIME,
            max_circuit_bytes: CIRCUIT_BYTES,
            circuit_src_rate_limiters: Vec::new(),
        };
        let burst = NonZeroU32::new(CIRCUIT_BURST).unwrap_or(NonZeroU32::MIN);
        let config = config
            .reservation_rate_per_peer(burst, CIRCUIT_INTERVAL)
            .circuit_src_per_peer(burst, CIRCUIT_INTERVAL);
        let mut inner = relay::Behaviour::new(local, config);
        inner.set_status(Some(relay::Status::Disable));
        Self { inner, access, without: HashSet::new(), seen: Vec::new() }
    }

    /// Relays from now on.
    pub(super) fn open(&mut self) {
        self.inner.set_status(Some(relay::Status::Enable));
    }

    /// A partner sees this node at this address.
    pub(super) fn seen_at(&mut self, address: Multiaddr) {
        self.seen.push(address);
    }

    /// Whether there is a relay on a connection at this address.
    fn serves(&mut self, connection: ConnectionId, peer: &PeerId, at: &Multiaddr) -> bool {
        let device = device_of(peer);
        let known = device.is_some_and(|device| self.access.borrow().devices.contains_key(&device));
        let serves = known && relay_part(at).is_none();
        if !serves {
            self.without.insert(connection);
        }
        serves
    }
}

/// Tells nobody what passes through: only a relay that is asked what it does would show more than that it is there.
impl NetworkBehaviour for Relaying {
    type ConnectionHandler = Either<THandler<relay::Behaviour>, dummy::ConnectionHandler>;
    type ToSwarm = relay::Event;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.serves(connection, &peer, local) {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        self.inner.handle_established_inbound_connection(connection, peer, local, remote).map(Either::Left)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if !self.serves(connection, &peer, address) {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        self.inner
            .handle_established_outbound_connection(connection, peer, address, role, port)
            .map(Either::Left)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        // The library must not hear of the connections that it has no part in: it would speak to them.
        match &event {
            FromSwarm::ConnectionEstablished(established)
                if self.without.contains(&established.connection_id) => {}
            FromSwarm::ConnectionClosed(ConnectionClosed { connection_id, .. })
                if self.without.remove(connection_id) => {}
            FromSwarm::DialFailure(failure) => {
                self.without.remove(&failure.connection_id);
                self.inner.on_swarm_event(event);
            }
            FromSwarm::ListenFailure(failure) => {
                self.without.remove(&failure.connection_id);
                self.inner.on_swarm_event(event);
            }
            _ => self.inner.on_swarm_event(event),
        }
    }

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        match event {
            Either::Left(event) => self.inner.on_connection_handler_event(peer, connection, event),
            Either::Right(never) => match never {},
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        if let Some(address) = self.seen.pop() {
            return Poll::Ready(ToSwarm::NewExternalAddrCandidate(address));
        }
        self.inner.poll(cx).map(|event| event.map_in(Either::Left))
    }
}

/// Of the address of a relayed connection what stands before the circuit: the relay, and how it is connected.
pub(super) fn relay_part(address: &Multiaddr) -> Option<Multiaddr> {
    let mut before = Multiaddr::empty();
    for part in address {
        if part == Protocol::P2pCircuit {
            return Some(before);
        }
        before.push(part);
    }
    None
}

/// The relay that an address leads through, if it names one.
pub(super) fn relay_of(address: &Multiaddr) -> Option<DeviceId> {
    match relay_part(address)?.iter().last() {
        Some(Protocol::P2p(peer)) => device_of(&peer),
        _ => None,
    }
}

/// How it is told that a device can be reached through a relay: by the relay alone, whose own addresses are known to all
/// who may use it.
pub(super) fn through(relay: PeerId) -> Multiaddr {
    Multiaddr::empty().with(Protocol::P2p(relay)).with(Protocol::P2pCircuit)
}

/// The whole address of `relay`, connected at `at`: to dial through with a device behind it, to reserve without.
pub(super) fn circuit(at: &Multiaddr, relay: PeerId) -> Multiaddr {
    let at: Multiaddr = at.iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect();
    at.with(Protocol::P2p(relay)).with(Protocol::P2pCircuit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::identity::peer_of;
    use accord_core::DeviceKey;
    use accord_sync::Reader;
    use futures::task::noop_waker_ref;
    use libp2p::core::ConnectedPoint;
    use libp2p::swarm::NotifyHandler;
    use libp2p::swarm::behaviour::ConnectionEstablished;

    #[test]
    fn an_address_through_a_relay_names_the_relay() {
        let relay = DeviceKey::from_seed(&[1; 32]).id();
        let peer = peer_of(&relay).unwrap();
        let at: Multiaddr = "/ip4/192.0.2.1/tcp/4701".parse().unwrap();
        let whole = circuit(&at.clone().with(Protocol::P2p(peer)), peer);
        assert_eq!(whole, circuit(&at, peer));
        assert_eq!(relay_of(&whole), Some(relay));
        assert_eq!(relay_of(&through(peer)), Some(relay));
        assert_eq!(relay_part(&at), None);
    }

    /// Takes an incoming connection of a device.
    fn take(relaying: &mut Relaying, number: usize, peer: PeerId, local: Multiaddr) {
        let (id, far) = (ConnectionId::new_unchecked(number), Multiaddr::empty().with(Protocol::P2p(peer)));
        relaying.handle_established_inbound_connection(id, peer, &local, &far).unwrap();
        let endpoint = ConnectedPoint::Listener { local_addr: local, send_back_addr: far };
        relaying.on_swarm_event(FromSwarm::ConnectionEstablished(ConnectionEstablished {
            peer_id: peer,
            connection_id: id,
            endpoint: &endpoint,
            failed_addresses: &[],
            other_established: 0,
        }));
    }

    #[test]
    fn a_relay_that_opens_says_nothing_to_a_connection_that_is_relayed_itself() {
        let [me, partner] = [1, 2].map(|seed| DeviceKey::from_seed(&[seed; 32]).id());
        let reader = Reader { organisation: None, reads: Default::default() };
        let access = Access { devices: [(partner, reader)].into(), ..Access::default() };
        let (_keep, access) = watch::channel(Arc::new(access));
        let (me, partner) = (peer_of(&me).unwrap(), peer_of(&partner).unwrap());
        let mut relaying = Relaying::new(me, access);
        let at: Multiaddr = "/ip4/192.0.2.1/tcp/4701".parse().unwrap();
        take(&mut relaying, 1, partner, at.clone());
        take(&mut relaying, 2, partner, circuit(&at, partner));
        relaying.open();
        let mut told = Vec::new();
        while let Poll::Ready(event) = relaying.poll(&mut Context::from_waker(noop_waker_ref())) {
            if let ToSwarm::NotifyHandler { handler: NotifyHandler::One(connection), .. } = event {
                told.push(connection);
            }
        }
        assert_eq!(told, [ConnectionId::new_unchecked(1)]);
    }
}
