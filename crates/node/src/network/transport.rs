//! TCP, Noise and Yamux, with names resolved by DNS; and the same Noise and Yamux between two ends through a relay.

use std::io;
use std::num::NonZeroU8;

use libp2p::core::Transport as _;
use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::Boxed;
use libp2p::core::upgrade::Version;
use libp2p::identity::Keypair;
use libp2p::swarm::{self, Executor, NetworkBehaviour, Swarm};
use libp2p::{Multiaddr, PeerId, dns, noise, relay, tcp};

use super::idle::IdleGuard;
use super::limits::{MAX_NEGOTIATING, SETUP_TIMEOUT};
use super::muxer::Yamux;

/// A swarm whose connections run on `executor`; with connections through relays if `relayed` is given.
///
/// # Errors
/// An error of the encryption, which an Ed25519 key does not cause.
pub(super) fn swarm<B: NetworkBehaviour>(
    keypair: &Keypair,
    relayed: Option<relay::client::Transport>,
    behaviour: B,
    executor: impl Executor + Send + 'static,
) -> io::Result<Swarm<B>> {
    let config = swarm::Config::with_executor(executor)
        // A connection on which no stream is opened serves nothing.
        .with_idle_connection_timeout(SETUP_TIMEOUT)
        .with_max_negotiating_inbound_streams(MAX_NEGOTIATING)
        // Of the addresses of one device a few are tried at a time, so that a dead one does not hold up the others.
        .with_dial_concurrency_factor(NonZeroU8::new(4).unwrap_or(NonZeroU8::MIN));
    Ok(Swarm::new(transport(keypair, relayed)?, behaviour, keypair.public().to_peer_id(), config))
}

fn transport(
    keypair: &Keypair,
    relayed: Option<relay::client::Transport>,
) -> io::Result<Boxed<(PeerId, StreamMuxerBox)>> {
    let direct = direct(keypair)?;
    let Some(relayed) = relayed else { return Ok(direct) };
    // The two ends agree on their own keys, so that a relay sees who they are and how much they say.
    let relayed = secure(relayed, keypair)?;
    Ok(relayed.or_transport(direct).map(|either, _| either.into_inner()).boxed())
}

fn direct(keypair: &Keypair) -> io::Result<Boxed<(PeerId, StreamMuxerBox)>> {
    let tcp = || tcp::tokio::Transport::new(tcp::Config::default().nodelay(true));
    match dns::tokio::Transport::system(tcp()) {
        Ok(named) => secure(named, keypair),
        Err(error) => {
            // A machine without a resolver can still dial by number.
            tracing::warn!(%error, "names cannot be resolved here; addresses by number work");
            secure(tcp(), keypair)
        }
    }
}

fn secure<T>(transport: T, keypair: &Keypair) -> io::Result<Boxed<(PeerId, StreamMuxerBox)>>
where
    T: libp2p::core::Transport + Send + Unpin + 'static,
    T::Output: futures::AsyncRead + futures::AsyncWrite + Send + Unpin + 'static,
    T::Error: Send + Sync + 'static,
    T::Dial: Send + 'static,
    T::ListenerUpgrade: Send + 'static,
{
    let noise = noise::Config::new(keypair).map_err(io::Error::other)?;
    Ok(transport
        .map(|stream, _| IdleGuard::new(stream))
        .upgrade(Version::V1)
        .authenticate(noise)
        .multiplex(Yamux::new())
        .timeout(SETUP_TIMEOUT)
        .boxed())
}

/// Checks that nobody listens on a TCP address yet.
///
/// libp2p listens with `SO_REUSEPORT`, so that a second node of one user on one address would start without a word
/// and share the incoming connections by chance.
pub(super) fn check_free(address: &Multiaddr) -> io::Result<()> {
    use libp2p::multiaddr::Protocol;
    let mut ip: Option<std::net::IpAddr> = None;
    for part in address {
        match part {
            Protocol::Ip4(found) => ip = Some(found.into()),
            Protocol::Ip6(found) => ip = Some(found.into()),
            Protocol::Tcp(port) => {
                if let (Some(ip), true) = (ip, port != 0) {
                    std::net::TcpListener::bind((ip, port))?;
                }
                return Ok(());
            }
            _ => {}
        }
    }
    Ok(())
}
