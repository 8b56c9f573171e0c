//! Knocking from outside: without a programme, a store or a running network, for just one question.

use std::time::Duration;

use accord_core::{DeviceId, DeviceKey, ProgrammeId};
use futures::StreamExt as _;
use libp2p::Multiaddr;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{Stream, Swarm, SwarmEvent};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Knock, KnockAnswer};
use crate::network::backoff::Backoff;
use crate::network::book::parse;
use crate::network::executor::executor;
use crate::network::host::Unreached;
use crate::network::identity::{keypair, peer_of};
use crate::network::limits::BACKOFF_RECENT;
use crate::network::session::{GreetingError, knock_at};
use crate::network::streams::{NoStream, Streams};
use crate::network::transport;

/// Why a knock got no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KnockError {
    /// None of the addresses can be dialled.
    #[error("there is no address to reach the other node at")]
    NoAddress,
    /// The network cannot be used at all.
    #[error("the network cannot be used")]
    Network(#[source] std::io::Error),
    /// It was not reached in time.
    #[error("the other node was not reached: {0}")]
    Unreached(Unreached),
    /// Something listens there that is no node, or one of another version.
    #[error("what answers there does not fit")]
    NoStream(#[source] NoStream),
    /// It closed without an answer.
    #[error("the other node gave no answer")]
    Unanswered(#[source] GreetingError),
    /// It welcomed the device instead: there is nothing to ask for.
    #[error("the other node takes this device for a member already")]
    Welcomed,
}

/// Knocks at the node that issued a ticket, and gives its answer. A node that is just starting is waited for, until
/// `within` has passed.
///
/// # Errors
/// See [`KnockError`].
pub(crate) async fn knock(
    key: &DeviceKey,
    programme: ProgrammeId,
    device: DeviceId,
    addresses: &[String],
    knock: Knock,
    within: Duration,
) -> Result<KnockAnswer, KnockError> {
    let deadline = Instant::now() + within;
    let addresses: Vec<Multiaddr> = addresses.iter().filter_map(|text| Some(parse(text)?.0)).collect();
    let peer = peer_of(&device).filter(|_| !addresses.is_empty()).ok_or(KnockError::NoAddress)?;
    let (tracker, end) = (TaskTracker::new(), CancellationToken::new());
    let swarm = transport::swarm(&keypair(key), None, Streams::default(), executor(tracker.clone(), end.clone()));
    let mut swarm = swarm.map_err(KnockError::Network)?;
    let dial = || DialOpts::peer_id(peer).addresses(addresses.clone()).allocate_new_port().build();
    let asked = ask(&mut swarm, dial, programme, knock, deadline).await;
    drop(swarm);
    end.cancel();
    tracker.close();
    tracker.wait().await;
    asked
}

async fn ask(
    swarm: &mut Swarm<Streams>,
    dial: impl Fn() -> DialOpts,
    programme: ProgrammeId,
    knock: Knock,
    deadline: Instant,
) -> Result<KnockAnswer, KnockError> {
    let mut backoff = Backoff::default();
    let mut last = Unreached::TimedOut;
    loop {
        let opened = match timeout_at(deadline, open(swarm, dial())).await {
            Ok(opened) => opened,
            Err(_) => return Err(KnockError::Unreached(last)),
        };
        match opened {
            Ok(mut stream) => {
                // The swarm has to run on for the stream to move.
                let answer = async { knock_at(&mut stream, programme, knock).await };
                let swarming = async { while swarm.next().await.is_some() {} };
                let answered = tokio::select! {
                    answered = timeout_at(deadline, answer) => answered,
                    () = swarming => return Err(KnockError::Unreached(last)),
                };
                return match answered {
                    Err(_) => Err(KnockError::Unreached(Unreached::TimedOut)),
                    Ok(Err(error)) => Err(KnockError::Unanswered(error)),
                    Ok(Ok(answer)) => answer.ok_or(KnockError::Welcomed),
                };
            }
            Err(NoAnswer::Stream(why)) => return Err(KnockError::NoStream(why)),
            Err(NoAnswer::Dial(why)) => {
                last = why;
                let next = Instant::now() + backoff.fail(BACKOFF_RECENT, rand::random());
                if next >= deadline {
                    return Err(KnockError::Unreached(last));
                }
                sleep_until(next).await;
            }
        }
    }
}

enum NoAnswer {
    Dial(Unreached),
    Stream(NoStream),
}

async fn open(swarm: &mut Swarm<Streams>, options: DialOpts) -> Result<Stream, NoAnswer> {
    swarm.dial(options).map_err(|error| NoAnswer::Dial(Unreached::of_dial(&error)))?;
    loop {
        match swarm.select_next_some().await {
            SwarmEvent::Behaviour(event) => return event.stream.map_err(NoAnswer::Stream),
            SwarmEvent::OutgoingConnectionError { error, .. } => {
                return Err(NoAnswer::Dial(Unreached::of_dial(&error)));
            }
            SwarmEvent::ConnectionClosed { .. } => return Err(NoAnswer::Stream(NoStream::Broken)),
            _ => {}
        }
    }
}
