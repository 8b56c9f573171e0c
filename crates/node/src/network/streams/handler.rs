//! The part of the behaviour that lives with each connection.

use std::convert::Infallible;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use libp2p::core::upgrade::ReadyUpgrade;
use libp2p::swarm::handler::{
    ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound,
};
use libp2p::swarm::{
    ConnectionHandler, ConnectionHandlerEvent, Stream, StreamProtocol, StreamUpgradeError, SubstreamProtocol,
};
use tokio::time::Sleep;

use super::{NoStream, PROTOCOL};
use crate::network::limits::SETUP_TIMEOUT;

/// Reports the stream of its connection, once.
#[derive(Debug)]
pub(in crate::network) struct Handler {
    dialled: bool,
    state: State,
    /// Until when there has to be a stream. Other protocols may keep a connection that has none, and takes a place.
    late: Pin<Box<Sleep>>,
}

#[derive(Debug)]
enum State {
    /// To be asked for, by the side that dialled.
    Ask,
    /// Waiting for it.
    Wait,
    /// To be reported. Boxed for its size beside the others.
    Report(Box<Result<Stream, NoStream>>),
    /// Reported.
    Done,
}

/// What the handler reports.
#[derive(Debug)]
pub(in crate::network) struct Opened {
    pub(super) stream: Result<Stream, NoStream>,
}

impl Handler {
    pub(super) fn new(dialled: bool) -> Self {
        let state = if dialled { State::Ask } else { State::Wait };
        Self { dialled, state, late: Box::pin(tokio::time::sleep(SETUP_TIMEOUT)) }
    }

    fn report(&mut self, stream: Result<Stream, NoStream>) {
        if matches!(self.state, State::Wait) {
            self.state = State::Report(Box::new(stream));
        }
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Infallible;
    type ToBehaviour = Opened;
    type InboundProtocol = ReadyUpgrade<StreamProtocol>;
    type OutboundProtocol = ReadyUpgrade<StreamProtocol>;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = ();

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol> {
        SubstreamProtocol::new(ReadyUpgrade::new(PROTOCOL), ()).with_timeout(SETUP_TIMEOUT)
    }

    fn on_behaviour_event(&mut self, event: Self::FromBehaviour) {
        match event {}
    }

    fn on_connection_event(
        &mut self,
        event: ConnectionEvent<'_, Self::InboundProtocol, Self::OutboundProtocol>,
    ) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, .. })
                if !self.dialled =>
            {
                self.report(Ok(protocol));
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol, .. }) => {
                self.report(Ok(protocol));
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { error, .. }) => {
                self.report(Err(match error {
                    StreamUpgradeError::NegotiationFailed => NoStream::OtherProtocol,
                    _ => NoStream::Broken,
                }));
            }
            ConnectionEvent::ListenUpgradeError(_) => self.report(Err(NoStream::Broken)),
            _ => {}
        }
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, (), Self::ToBehaviour>> {
        if matches!(self.state, State::Wait) && self.late.as_mut().poll(cx).is_ready() {
            self.report(Err(NoStream::Broken));
        }
        match std::mem::replace(&mut self.state, State::Done) {
            State::Ask => {
                self.state = State::Wait;
                let protocol =
                    SubstreamProtocol::new(ReadyUpgrade::new(PROTOCOL), ()).with_timeout(SETUP_TIMEOUT);
                Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol })
            }
            State::Report(stream) => {
                let opened = Opened { stream: *stream };
                Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(opened))
            }
            other => {
                self.state = other;
                Poll::Pending
            }
        }
    }
}
