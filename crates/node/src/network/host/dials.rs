//! Dialling whoever is due.

use accord_core::DeviceId;
use libp2p::Multiaddr;
use libp2p::swarm::DialError;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use tokio::time::Instant;

use super::{Host, Target, Unreached, chance};
use crate::network::identity::peer_of;
use crate::network::relaying::relay_part;

impl Host {
    pub(super) fn dial_due(&mut self) {
        for target in self.dialler.due(Instant::now()) {
            if let Err(why) = self.dial(&target) {
                self.dial_failed(&target, why);
            }
        }
    }

    fn dial(&mut self, target: &Target) -> Result<(), Unreached> {
        let options = match target {
            Target::Device(device) => {
                if self.live.get(device).is_some_and(|live| live.link.through.is_none()) {
                    self.dialler.settled(target);
                    return Ok(());
                }
                let addresses = self.addresses_to_dial(device);
                let peer = peer_of(device).filter(|_| !addresses.is_empty()).ok_or(Unreached::NoAddress)?;
                let from_listener = self.appears_elsewhere(&addresses);
                let options = DialOpts::peer_id(peer)
                    // A connection that was lost may still be going, for long.
                    .condition(PeerCondition::NotDialing)
                    .addresses(addresses);
                if from_listener {
                    options.build()
                } else {
                    // From the listening port, two dials at once would meet as one connection with two diallers.
                    options.allocate_new_port().build()
                }
            }
            Target::Address(address) => {
                DialOpts::unknown_peer_id().address(address.clone()).allocate_new_port().build()
            }
        };
        let connection = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => {
                self.dials.insert(connection, target.clone());
                Ok(())
            }
            Err(error) => Err(Unreached::of_dial(&error)),
        }
    }

    /// A dial, or the connection that came of it, led to nothing.
    pub(super) fn dial_failed(&mut self, target: &Target, why: Unreached) {
        if let Target::Device(device) = target {
            match self.live.get(device) {
                Some(live) if live.link.through.is_some() => return self.retry_directly(*device),
                // It has connected to us meanwhile.
                Some(_) => return self.dialler.settled(target),
                None => {}
            }
            self.aloof.insert(*device);
            tracing::debug!(device = %device.short(), %why, "not reached");
        }
        self.dialler.failed(target, Instant::now(), chance());
        if let Target::Device(device) = target {
            self.was_not_reached(device, why);
        }
    }

    /// A dial reached the device that it was for.
    pub(super) fn dial_worked(&mut self, peer: DeviceId, address: &Multiaddr) {
        if self.book.given(peer, &[address.to_string()]) {
            self.keeper.addresses(peer, self.book.lasting(&peer));
        }
    }
}

impl Unreached {
    /// Why a dial failed, in words for people.
    pub(in crate::network) fn of_dial(error: &DialError) -> Self {
        use libp2p::core::transport::TransportError;
        match error {
            DialError::NoAddresses => Unreached::NoAddress,
            DialError::WrongPeerId { .. } | DialError::LocalPeerId { .. } => Unreached::Elsewhere,
            DialError::Transport(errors) => {
                let whys = errors.iter().map(|(address, error)| match error {
                    _ if relay_part(address).is_some() => Unreached::Behind,
                    TransportError::Other(error) => Unreached::of_io(error),
                    TransportError::MultiaddrNotSupported(address) => Unreached::Other(format!(
                        "its address {address} is not one that this version can reach"
                    )),
                });
                let whys: Vec<Unreached> = whys.collect();
                // Of several addresses the one counts that says most about the node.
                let first = |wanted: &Unreached| whys.iter().find(|why| *why == wanted).cloned();
                let best = [
                    Unreached::TimedOut,
                    Unreached::Refused,
                    Unreached::BrokenOff,
                    Unreached::NoRoute,
                    Unreached::Behind,
                ];
                let best = best.iter().find_map(first).or_else(|| whys.first().cloned());
                best.unwrap_or(Unreached::NoAddress)
            }
            other => Unreached::Other(other.to_string()),
        }
    }
}

impl Unreached {
    fn of_io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match kind_of(error) {
            ErrorKind::TimedOut => Unreached::TimedOut,
            ErrorKind::ConnectionRefused => Unreached::Refused,
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => Unreached::BrokenOff,
            ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable => Unreached::NoRoute,
            ErrorKind::InvalidData => Unreached::Foreign,
            _ => {
                let words = words(error);
                // Keys and protocols are agreed on in the first bytes, which anything else that listens does not know.
                let no_node = ["negotiation", "handshake", "noise", "multistream", "protocol", "message"];
                let said = words.to_lowercase();
                if no_node.iter().any(|word| said.contains(word)) {
                    Unreached::Foreign
                } else {
                    Unreached::Other(words)
                }
            }
        }
    }
}

/// The kind of the error at the bottom: every layer of the transport wraps the one below.
fn kind_of(error: &std::io::Error) -> std::io::ErrorKind {
    let mut kind = error.kind();
    let mut next: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    if let Some(inner) = error.get_ref() {
        next = Some(inner);
    }
    while let Some(cause) = next {
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && io.kind() != std::io::ErrorKind::Other
        {
            kind = io.kind();
        }
        if cause.to_string().starts_with("Timeout") {
            kind = std::io::ErrorKind::TimedOut;
        }
        next = cause.source();
    }
    kind
}

fn words(error: &dyn std::error::Error) -> String {
    let mut last = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        last = cause.to_string();
        next = cause.source();
    }
    last
}
