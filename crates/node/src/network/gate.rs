//! Limits on inbound connections, decided before a byte of encryption is spent where that is possible.
//!
//! Strangers share a small number of places until they are welcomed, so that whoever floods the port competes with
//! other strangers only and never takes the place of a member that is connected.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::task::{Context, Poll};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::{
    ConnectionClosed, ConnectionDenied, ConnectionId, FromSwarm, ListenFailure, NetworkBehaviour, THandler,
    THandlerInEvent, THandlerOutEvent, ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId};

use super::limits::{
    MAX_PER_IP, MAX_PER_PEER, MAX_PER_RELAY, MAX_SESSIONS, MAX_UNWELCOMED, MAX_UNWELCOMED_PER_IP,
};
use super::relaying::relay_part;

/// Why an inbound connection is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Full {
    /// Too many that are not welcomed yet.
    #[error("too many connections are waiting to be welcomed")]
    Unwelcomed,
    /// Too many from one address.
    #[error("too many connections from one address")]
    Address,
    /// Too many of one device.
    #[error("too many connections of one device")]
    Device,
    /// Too many in all.
    #[error("too many connections")]
    Total,
}

/// Where a connection comes from, as far as it is counted together with others.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    /// An IP address.
    Ip(IpAddr),
    /// Through a relay, by the address of the connection with it: who is behind it has no address.
    Relay(Multiaddr),
}

impl Origin {
    fn of(local: &Multiaddr, remote: &Multiaddr) -> Option<Self> {
        match relay_part(local) {
            Some(relay) => Some(Origin::Relay(relay)),
            None => ip_of(remote).map(Origin::Ip),
        }
    }

    fn limit(&self) -> usize {
        match self {
            Origin::Ip(_) => MAX_PER_IP,
            Origin::Relay(_) => MAX_PER_RELAY,
        }
    }

    fn is_relay(&self) -> bool {
        matches!(self, Origin::Relay(_))
    }
}

#[derive(Debug)]
struct Inbound {
    origin: Option<Origin>,
    peer: Option<PeerId>,
    welcomed: bool,
    leaving: bool,
}

/// The behaviour that counts inbound connections and denies those over a limit.
#[derive(Debug, Default)]
pub(super) struct Gate {
    inbound: HashMap<ConnectionId, Inbound>,
}

impl Gate {
    /// Marks a connection as one of a member.
    pub(super) fn welcomed(&mut self, connection: ConnectionId) {
        if let Some(inbound) = self.inbound.get_mut(&connection) {
            inbound.welcomed = true;
        }
    }

    /// Marks a connection as one that is being closed: it no longer takes its device's place, since a dead link
    /// takes long to go.
    pub(super) fn leaving(&mut self, connection: ConnectionId) {
        if let Some(inbound) = self.inbound.get_mut(&connection) {
            inbound.leaving = true;
        }
    }

    fn count(&self, matches: impl Fn(&Inbound) -> bool) -> usize {
        self.inbound.values().filter(|inbound| matches(inbound)).count()
    }

    fn admit(&mut self, connection: ConnectionId, origin: Option<Origin>) -> Result<(), Full> {
        if self.inbound.len() >= MAX_SESSIONS + MAX_UNWELCOMED {
            return Err(Full::Total);
        }
        if self.count(|inbound| !inbound.welcomed) >= MAX_UNWELCOMED {
            return Err(Full::Unwelcomed);
        }
        let same = |inbound: &Inbound| origin.is_some() && inbound.origin == origin;
        if self.count(same) >= origin.as_ref().map_or(usize::MAX, Origin::limit)
            || self.count(|inbound| same(inbound) && !inbound.welcomed) >= MAX_UNWELCOMED_PER_IP
        {
            return Err(Full::Address);
        }
        self.inbound.insert(connection, Inbound { origin, peer: None, welcomed: false, leaving: false });
        Ok(())
    }

    fn identified(&mut self, connection: ConnectionId, peer: PeerId) -> Result<(), Full> {
        let relayed = |inbound: &Inbound| inbound.origin.as_ref().is_some_and(Origin::is_relay);
        let kind = self.inbound.get(&connection).is_some_and(relayed);
        let same = |inbound: &Inbound| inbound.peer == Some(peer) && relayed(inbound) == kind;
        if self.count(|inbound| same(inbound) && !inbound.leaving) >= MAX_PER_PEER {
            return Err(Full::Device);
        }
        if let Some(inbound) = self.inbound.get_mut(&connection) {
            inbound.peer = Some(peer);
        }
        Ok(())
    }
}

fn ip_of(address: &Multiaddr) -> Option<IpAddr> {
    address.iter().find_map(|part| match part {
        Protocol::Ip4(ip) => Some(ip.into()),
        Protocol::Ip6(ip) => Some(ip.into()),
        _ => None,
    })
}

impl NetworkBehaviour for Gate {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.admit(connection, Origin::of(local, remote)).map_err(ConnectionDenied::new)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.identified(connection, peer).map_err(ConnectionDenied::new)?;
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionClosed(ConnectionClosed { connection_id, .. })
            | FromSwarm::ListenFailure(ListenFailure { connection_id, .. }) => {
                self.inbound.remove(&connection_id);
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> Option<Origin> {
        Some(Origin::Ip(IpAddr::from([192, 0, 2, last])))
    }

    #[test]
    fn what_comes_through_a_relay_takes_no_places_of_others() {
        let mut gate = Gate::default();
        let local: Multiaddr = "/ip4/192.0.2.9/tcp/4701/p2p-circuit".parse().unwrap();
        let nowhere = Multiaddr::empty();
        let behind = || Origin::of(&local, &nowhere);
        for at in 0..MAX_UNWELCOMED_PER_IP {
            assert_eq!(gate.admit(ConnectionId::new_unchecked(at), behind()), Ok(()));
        }
        assert_eq!(gate.admit(ConnectionId::new_unchecked(100), behind()), Err(Full::Address));
        assert_eq!(gate.admit(ConnectionId::new_unchecked(101), ip(9)), Ok(()));
        // A device has its places for direct connections beside those through relays.
        let peer = PeerId::random();
        for (at, expected) in [(0, Ok(())), (1, Ok(())), (2, Err(Full::Device)), (101, Ok(()))] {
            assert_eq!(gate.identified(ConnectionId::new_unchecked(at), peer), expected, "{at}");
        }
    }

    #[test]
    fn a_flood_from_one_address_leaves_room_for_others() {
        let mut gate = Gate::default();
        for at in 0..MAX_UNWELCOMED_PER_IP {
            assert_eq!(gate.admit(ConnectionId::new_unchecked(at), ip(1)), Ok(()));
        }
        assert_eq!(gate.admit(ConnectionId::new_unchecked(100), ip(1)), Err(Full::Address));
        assert_eq!(gate.admit(ConnectionId::new_unchecked(101), ip(2)), Ok(()));
        gate.welcomed(ConnectionId::new_unchecked(0));
        assert_eq!(gate.admit(ConnectionId::new_unchecked(102), ip(1)), Ok(()));
    }

    #[test]
    fn a_connection_that_is_going_does_not_keep_its_device_out() {
        let mut gate = Gate::default();
        let peer = PeerId::random();
        for at in 0..4 {
            assert_eq!(gate.admit(ConnectionId::new_unchecked(at), ip(1)), Ok(()));
        }
        assert_eq!(gate.identified(ConnectionId::new_unchecked(0), peer), Ok(()));
        assert_eq!(gate.identified(ConnectionId::new_unchecked(1), peer), Ok(()));
        assert_eq!(gate.identified(ConnectionId::new_unchecked(2), peer), Err(Full::Device));
        gate.leaving(ConnectionId::new_unchecked(0));
        assert_eq!(gate.identified(ConnectionId::new_unchecked(3), peer), Ok(()));
    }
}
