//! What the swarm reports.

use accord_core::DeviceId;
use libp2p::core::transport::PortUse;
use libp2p::core::{ConnectedPoint, Endpoint};
use libp2p::swarm::{ConnectionId, DialError, SwarmEvent};
use libp2p::{Multiaddr, PeerId, mdns};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Host, Target, Unreached};
use crate::network::behaviour::BehaviourEvent;
use crate::network::identity::device_of;
use crate::network::relaying::relay_part;
use crate::network::session::{self, End, Link};
use crate::network::streams::{NoStream, StreamEvent};

/// A connection that stands, with or without a session.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) link: Link,
    /// The address of the other side.
    pub(super) remote: Multiaddr,
    /// The address that was dialled, if others may dial it, too: none if the other side dialled, or if it was a relay's or
    /// one that is open only while both sides dial.
    pub(super) address: Option<Multiaddr>,
    /// Whether it leaves from the port that this node listens at, so that what the other side sees of it is worth telling.
    pub(super) from_listener: bool,
    /// Ends its session.
    pub(super) cancel: CancellationToken,
    /// Whether a session runs, which will report its end.
    session: bool,
    /// Whether the swarm has reported its end.
    pub(super) closed: bool,
}

impl Host {
    pub(super) async fn swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Streams(event)) => self.stream(event).await,
            SwarmEvent::Behaviour(BehaviourEvent::Mdns(mdns::Event::Discovered(found))) => {
                self.discovered(found)
            }
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.established(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { connection_id, .. } => self.closed(connection_id).await,
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                self.dial_error(connection_id, &error);
            }
            SwarmEvent::NewListenAddr { listener_id, address } if relay_part(&address).is_some() => {
                self.reserved(listener_id);
            }
            SwarmEvent::ExpiredListenAddr { address, .. } if relay_part(&address).is_some() => {}
            SwarmEvent::NewListenAddr { .. } | SwarmEvent::ExpiredListenAddr { .. } => {
                self.own_addresses_changed();
                self.dialler.healed(Instant::now());
            }
            SwarmEvent::ListenerClosed { listener_id, addresses, reason } => {
                if self.lost_reservation(listener_id) {
                    tracing::debug!(?reason, "no place is kept at a partner");
                } else if addresses.iter().any(|address| relay_part(address).is_none()) {
                    tracing::error!(?addresses, ?reason, "no longer listening");
                    self.own_addresses_changed();
                }
            }
            SwarmEvent::ListenerError { error, .. } => tracing::warn!(%error, "a connection was not taken"),
            SwarmEvent::IncomingConnectionError { send_back_addr, error, .. } => {
                tracing::debug!(from = %send_back_addr, %error, "an incoming connection failed");
            }
            _ => {}
        }
    }

    fn established(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        // Where both dial at one moment on purpose, they agree on who dialled.
        let dialled = matches!(endpoint, ConnectedPoint::Dialer { role_override: Endpoint::Dialer, .. });
        let through = self.relay_at(endpoint);
        let device = device_of(&peer).filter(|device| *device != self.me);
        // One dialled connection with a device at a time: two of them at once cannot be told apart by a rule that
        // both sides compute. A direct and a relayed one can.
        let same = |other: &Connection| other.link.dialled && other.link.through.is_some() == through.is_some();
        let second = |device: &DeviceId| {
            dialled && self.connections.values().any(|other| same(other) && other.link.peer == *device)
        };
        let Some(device) = device.filter(|device| !second(device)) else {
            self.superfluous(connection, device_of(&peer), endpoint);
            return;
        };
        let link = Link { peer: device, connection, dialled, since: Instant::now(), through };
        let remote = endpoint.get_remote_address().clone();
        let known = dialled && through.is_none() && self.dials.contains_key(&connection);
        let address = known.then(|| remote.clone());
        let from_listener = matches!(endpoint, ConnectedPoint::Dialer { port_use: PortUse::Reuse, .. });
        let cancel = self.cancel.child_token();
        let (session, closed) = (false, false);
        self.connections.insert(
            connection,
            Connection { link, remote, address, from_listener, cancel, session, closed },
        );
    }

    /// A connection is closed before it begins: with this device itself, with nothing that is a device, or a second one
    /// that was dialled.
    fn superfluous(&mut self, connection: ConnectionId, device: Option<DeviceId>, endpoint: &ConnectedPoint) {
        self.swarm.close_connection(connection);
        let Some(target) = self.dials.remove(&connection) else { return };
        match (&target, device.filter(|device| self.is_known(device))) {
            (Target::Address(_), Some(device)) => {
                self.book.given(device, &[endpoint.get_remote_address().to_string()]);
                self.dialler.retain(|other| *other != target);
            }
            _ => self.dialler.failed(&target, Instant::now(), super::chance()),
        }
    }

    async fn stream(&mut self, event: StreamEvent) {
        let Some(connection) = self.connections.get_mut(&event.connection) else { return };
        match event.stream {
            Ok(stream) => {
                connection.session = true;
                let (link, cancel) = (connection.link, connection.cancel.clone());
                self.shared.tracker.spawn(session::run(self.shared.clone(), link, stream, cancel));
            }
            Err(why) => self.ended(event.connection, &End::NoStream(why)).await,
        }
    }

    async fn closed(&mut self, connection: ConnectionId) {
        if let Some(known) = self.connections.get_mut(&connection) {
            known.closed = true;
            if known.session {
                // A reader may wait for ever on a connection that was closed on this side.
                known.cancel.cancel();
            } else {
                self.ended(connection, &End::NoStream(NoStream::Broken)).await;
            }
        }
    }

    fn dial_error(&mut self, connection: ConnectionId, error: &DialError) {
        let Some(target) = self.dials.remove(&connection) else { return };
        match (&target, error) {
            (
                Target::Device(device),
                DialError::WrongPeerId { address, .. } | DialError::LocalPeerId { address },
            ) => {
                tracing::debug!(device = %device.short(), %address, "another device listens there");
                self.book.wrong(device, address);
            }
            (Target::Address(_), DialError::LocalPeerId { .. }) => {
                self.dialler.retain(|other| *other != target);
                return;
            }
            _ => {}
        }
        self.dial_failed(&target, Unreached::of_dial(error));
    }
}
