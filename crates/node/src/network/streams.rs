//! One stream for each connection, handed out in the behaviour's events.
//!
//! The side that dialled opens it, the other side takes the first one that comes and drops any further one. The number
//! of the protocol is in its name, so that two versions that cannot speak to each other find out before a word.

mod handler;

use std::collections::VecDeque;
use std::task::{Context, Poll};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, Stream, StreamProtocol, THandler,
    THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{Multiaddr, PeerId};

use handler::{Handler, Opened};

/// The name under which the two sides agree on what they speak.
pub(super) const PROTOCOL: StreamProtocol = StreamProtocol::new("/accord/sync/1");

/// What became of the stream of a connection.
#[derive(Debug)]
pub(super) struct StreamEvent {
    /// The connection.
    pub(super) connection: ConnectionId,
    /// The stream, or why there is none.
    pub(super) stream: Result<Stream, NoStream>,
}

/// Why a connection has no stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoStream {
    /// The other side does not speak this protocol.
    #[error("it is no node of this kind, or of another version")]
    OtherProtocol,
    /// The connection broke, or nothing was agreed on in time.
    #[error("the connection broke while it was set up")]
    Broken,
}

/// The behaviour.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// At most one for each connection, since a handler reports once.
    events: VecDeque<StreamEvent>,
}

impl NetworkBehaviour for Streams {
    type ConnectionHandler = Handler;
    type ToSwarm = StreamEvent;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(Handler::new(false))
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        role: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        // Where two sides dial at one moment on purpose, to get through what is before them, they agree on who dialled.
        Ok(Handler::new(role.is_dialer()))
    }

    fn on_swarm_event(&mut self, _: FromSwarm<'_>) {}

    fn on_connection_handler_event(
        &mut self,
        _: PeerId,
        connection: ConnectionId,
        Opened { stream }: THandlerOutEvent<Self>,
    ) {
        self.events.push_back(StreamEvent { connection, stream });
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        match self.events.pop_front() {
            Some(event) => Poll::Ready(ToSwarm::GenerateEvent(event)),
            // Woken by the swarm, which polls after every event of a handler.
            None => Poll::Pending,
        }
    }
}
