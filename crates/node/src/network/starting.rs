//! Putting a network together and starting it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use accord_core::{DeviceKey, ProgrammeId};
use futures::StreamExt as _;
use libp2p::core::transport::{ListenerId, TransportError};
use libp2p::multiaddr::Protocol;
use libp2p::swarm::{Swarm, SwarmEvent};
use libp2p::{Multiaddr, relay};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backend::Backend;
use super::behaviour::Behaviour;
use super::driver::{self, Driver};
use super::executor::executor;
use super::handle::Handle;
use super::host::{self, Host};
use super::identity::keypair;
use super::keeper::Keeper;
use super::limits::{COMMANDS, EVENTS, KNOCKS};
use super::notices::Notices;
use super::relaying::Relaying;
use super::session::Shared;
use super::transport;

/// How long a listener may take to say where it listens.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(5);

/// What a network is started with.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The device's key, which is its identity on the network.
    pub(crate) key: DeviceKey,
    /// The programme.
    pub(crate) programme: ProgrammeId,
    /// Where to listen; nowhere if empty, and then it only dials.
    pub(crate) listen: Vec<String>,
    /// Addresses to tell others in place of those listened on, if any.
    pub(crate) announce: Vec<String>,
    /// Addresses to dial besides those that the backend knows.
    pub(crate) dial: Vec<String>,
    /// Whether to look for nodes on the local network, and to be found there.
    pub(crate) mdns: bool,
    /// Whether to relay for other devices of the programme; if none, once one of them has connected to this node by
    /// itself, which shows that it can be reached.
    pub(crate) relay: Option<bool>,
}

/// Why a network does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// Not an address to listen at.
    #[error("`{0}` is not an address to listen at; write it as /ip4/127.0.0.1/tcp/4701")]
    Address(String),
    /// Somebody listens there already.
    #[error("address {0} is in use; end the other program, or listen at another address")]
    InUse(String),
    /// It cannot listen there.
    #[error("cannot listen at {address}")]
    Listen {
        /// Where.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The network cannot be used at all.
    #[error("the network cannot be used")]
    Network(#[source] io::Error),
    /// What is held could not be read.
    #[error("what is held could not be read")]
    Backend(#[source] tokio::task::JoinError),
}

/// Starts the network of a node. It runs until [`Handle::shutdown`], or until a part of it fails, which ends it as a
/// whole ([`Handle::stopped`]).
///
/// # Errors
/// See [`StartError`].
pub(crate) async fn start(settings: Settings, backend: Arc<impl Backend>) -> Result<Handle, StartError> {
    let backend: Arc<dyn Backend> = backend;
    let (tracker, cancel, end) = (TaskTracker::new(), CancellationToken::new(), CancellationToken::new());
    let keypair = keypair(&settings.key);
    let peer = keypair.public().to_peer_id();
    let (access, access_seen) = watch::channel(Arc::new(backend.access()));
    let (relayed, client) = relay::client::new(peer);
    let mut relaying = Relaying::new(peer, access_seen.clone());
    if settings.relay == Some(true) {
        relaying.open();
    }
    let behaviour = Behaviour::new(peer, settings.mdns, relaying, client);
    let swarm = transport::swarm(&keypair, Some(relayed), behaviour, executor(tracker.clone(), end.clone()));
    let mut swarm = swarm.map_err(StartError::Network)?;
    // A relay has to say where it is; whoever may reserve is connected, and knows.
    swarm.add_external_address(Multiaddr::empty().with(Protocol::P2p(peer)));
    listen(&mut swarm, &settings.listen).await?;
    let asked = Arc::clone(&backend);
    let read = tokio::task::spawn_blocking(move || (asked.held(), asked.known_addresses()));
    let (held, known) = read.await.map_err(StartError::Backend)?;

    let (own, own_seen) = watch::channel(Vec::new());
    let (listening, listening_seen) = watch::channel(Vec::new());
    let (reporter, reports) = mpsc::channel(EVENTS);
    let (to_driver, inputs) = mpsc::channel(EVENTS);
    let (commander, commands) = mpsc::channel(COMMANDS);
    let (notices, keeper) = (Arc::new(Notices::default()), Arc::new(Keeper::default()));
    let me = settings.key.id();
    let driver = Driver::new(driver::Parts {
        programme: settings.programme,
        me,
        backend: Arc::clone(&backend),
        held,
        access,
        notices: Arc::clone(&notices),
        keeper: Arc::clone(&keeper),
        inputs,
    });
    let host = Host::new(host::Parts {
        me,
        swarm,
        shared: Shared {
            programme: settings.programme,
            backend: Arc::clone(&backend),
            access: access_seen,
            own: own_seen,
            knocks: Arc::new(Semaphore::new(KNOCKS)),
            host: reporter,
            driver: to_driver.clone(),
            tracker: tracker.clone(),
        },
        own,
        listening,
        announce: settings.announce,
        dial: settings.dial,
        relay: settings.relay,
        known,
        reports,
        commands,
        keeper: Arc::clone(&keeper),
        cancel: cancel.clone(),
    });

    // Whichever of them ends, even by a panic, ends the whole: half a network would look like a working one.
    let (guard, until) = (cancel.clone().drop_guard(), cancel.clone());
    let driven = CancellationToken::new();
    let end_of_driver = driven.clone().drop_guard();
    tracker.spawn(async move {
        let (_guard, _end) = (guard, end_of_driver);
        driver.run(until).await;
    });
    let guard = cancel.clone().drop_guard();
    tracker.spawn(async move {
        // In this order: the connections end after the swarm that they belong to.
        let (_end, _guard) = (end.drop_guard(), guard);
        host.run().await;
    });
    // Until after the driver, whose last words are worth keeping too.
    tracker.spawn(keeper.run(backend, driven));
    tracker.close();
    Ok(Handle { listening: listening_seen, commands: commander, driver: to_driver, notices, cancel, tracker })
}

/// Listens at each address, and waits until it really does.
async fn listen(swarm: &mut Swarm<Behaviour>, addresses: &[String]) -> Result<(), StartError> {
    let failed = |address: &Multiaddr, source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::InUse(plain(address)),
        _ => StartError::Listen { address: plain(address), source },
    };
    let parse = |text: &String| text.parse::<Multiaddr>().map_err(|_| StartError::Address(text.clone()));
    let parsed: Vec<Multiaddr> = addresses.iter().map(parse).collect::<Result<_, _>>()?;
    // All before the first is listened at: one number may be wanted for both families of addresses.
    for address in &parsed {
        transport::check_free(address).map_err(|source| failed(address, source))?;
    }
    let mut waiting: Vec<(ListenerId, String)> = Vec::new();
    for address in parsed {
        let listener = swarm.listen_on(address.clone()).map_err(|error| match error {
            TransportError::MultiaddrNotSupported(address) => StartError::Address(address.to_string()),
            TransportError::Other(source) => failed(&address, source),
        })?;
        waiting.push((listener, plain(&address)));
    }
    let late = tokio::time::sleep(LISTEN_TIMEOUT);
    tokio::pin!(late);
    while let Some((_, first)) = waiting.first() {
        let event = tokio::select! {
            event = swarm.select_next_some() => event,
            () = &mut late => {
                return Err(StartError::Listen { address: first.clone(), source: io::ErrorKind::TimedOut.into() });
            }
        };
        match event {
            SwarmEvent::NewListenAddr { listener_id, .. } => waiting.retain(|(id, _)| *id != listener_id),
            SwarmEvent::ListenerClosed { listener_id, reason: Err(source), .. } => {
                let address = waiting.into_iter().find(|(id, _)| *id == listener_id);
                let address = address.map_or_else(String::new, |(_, address)| address);
                return Err(StartError::Listen { address, source });
            }
            _ => {}
        }
    }
    Ok(())
}

/// An address as people write it.
fn plain(address: &Multiaddr) -> String {
    let parts: Vec<Protocol<'_>> = address.iter().collect();
    match parts.as_slice() {
        [Protocol::Ip4(ip), Protocol::Tcp(port), ..] => format!("{ip}:{port}"),
        [Protocol::Ip6(ip), Protocol::Tcp(port), ..] => format!("[{ip}]:{port}"),
        _ => address.to_string(),
    }
}
