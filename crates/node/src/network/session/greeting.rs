//! The greeting: who dialled says which programme it means, and proves itself if it has to; who was dialled welcomes
//! it, answers one knock, or closes without a word, so that a stranger learns only that a node is here.

use accord_core::{CodecError, DeviceId, ProgrammeId, decode, encode};
use futures::{AsyncRead, AsyncWrite, AsyncWriteExt as _};

use super::{Link, Report, Shared};
use crate::network::framing::{ReadError, await_close, read, write};
use crate::network::knock::{Knock, KnockAnswer, Purpose, Records};
use crate::network::limits::{FAREWELL, HANDSHAKE_TIMEOUT};
use crate::network::wire::{Hello, Kind, VERSION, bounded};

/// Why a greeting did not lead to a welcome.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GreetingError {
    /// The other side is unknown here.
    #[error("it is no device of this programme, as far as is known here")]
    Stranger,
    /// The other side knocked, and has its answer.
    #[error("it knocked, and was answered")]
    Knocked,
    /// The other side had a part once, and was told that it has none any more.
    #[error("its part in the programme has ended, and it was told")]
    Ended,
    /// The other side closed without a welcome.
    #[error("it did not welcome this device")]
    Unwelcome(#[source] ReadError),
    /// The greeting did not come, or was none.
    #[error("it did not greet")]
    Unread(#[source] ReadError),
    /// The greeting means another programme or version.
    #[error("it belongs to another programme, or speaks another version")]
    Elsewhere,
    /// The proof does not hold.
    #[error("its proof does not hold")]
    BadProof,
    /// As many strangers as may be are being answered.
    #[error("too many are knocking")]
    Busy,
    /// The greeting could not be sent.
    #[error("the connection broke during the greeting")]
    Broken(#[source] std::io::Error),
}

impl From<CodecError> for GreetingError {
    fn from(error: CodecError) -> Self {
        GreetingError::Unread(ReadError::Malformed(error))
    }
}

/// Greets. None if both sides accept; an answer if this side knocked and is not welcome yet.
pub(super) async fn greet(
    shared: &Shared,
    link: Link,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> Result<Option<KnockAnswer>, GreetingError> {
    if link.dialled { dial(shared, link, stream).await } else { answer(shared, link, stream).await }
}

fn is_known(shared: &Shared, device: &DeviceId) -> bool {
    shared.access.borrow().devices.contains_key(device)
}

async fn dial(
    shared: &Shared,
    link: Link,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> Result<Option<KnockAnswer>, GreetingError> {
    // Whoever listens at an address that was dialled must not even learn which programme is meant.
    if !is_known(shared, &link.peer) {
        return Err(GreetingError::Stranger);
    }
    let admission = shared.backend.admission().filter(|admission| admission.inviter == link.peer);
    let addresses = shared.own.borrow().clone();
    let knock = admission.map(|admission| admission.knock);
    exchange(stream, Hello { version: VERSION, programme: shared.programme, knock, addresses }).await
}

/// Knocks on a stream that this side dialled, without a node behind it. None if it was welcomed instead.
pub(in crate::network) async fn knock_at(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    programme: ProgrammeId,
    knock: Knock,
) -> Result<Option<KnockAnswer>, GreetingError> {
    exchange(stream, Hello { version: VERSION, programme, knock: Some(knock), addresses: Vec::new() }).await
}

async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    hello: Hello,
) -> Result<Option<KnockAnswer>, GreetingError> {
    let knocked = hello.knock.is_some();
    send(stream, Kind::Hello, &encode(&hello)).await?;
    let expected = &[Kind::Welcome, Kind::Answer];
    let (kind, body) = read(stream, expected, HANDSHAKE_TIMEOUT).await.map_err(GreetingError::Unwelcome)?;
    match kind {
        Kind::Answer => match decode(&body)? {
            // Who asked nothing is told one thing alone.
            answer if knocked || matches!(answer, KnockAnswer::Ended { .. }) => Ok(Some(answer)),
            _ => Err(GreetingError::BadProof),
        },
        _ => Ok(None),
    }
}

async fn answer(
    shared: &Shared,
    link: Link,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> Result<Option<KnockAnswer>, GreetingError> {
    let (_, body) = read(stream, &[Kind::Hello], HANDSHAKE_TIMEOUT).await.map_err(GreetingError::Unread)?;
    let hello: Hello = decode(&body)?;
    if hello.version != VERSION || hello.programme != shared.programme || !bounded(&hello.addresses) {
        return Err(GreetingError::Elsewhere);
    }
    let enters = hello.knock.as_ref().is_none_or(|knock| knock.purpose == Purpose::Enter);
    if enters && is_known(shared, &link.peer) {
        send(stream, Kind::Welcome, &[]).await?;
        return Ok(None);
    }
    if enters && let Some(records) = farewell(shared, link.peer).await? {
        send(stream, Kind::Answer, &encode(&KnockAnswer::Ended { records })).await?;
        await_close(stream, FAREWELL).await;
        return Err(GreetingError::Ended);
    }
    let Some(knock) = hello.knock else { return Err(GreetingError::Stranger) };
    let purpose = knock.purpose;
    let answer = judge(shared, link.peer, knock).await?;
    if matches!(answer, KnockAnswer::Pending { .. }) && purpose == Purpose::Enter {
        // A host that is gone needs no report.
        let _ = shared.host.send(Report::Waits { peer: link.peer, addresses: hello.addresses }).await;
    }
    send(stream, Kind::Answer, &encode(&answer)).await?;
    await_close(stream, FAREWELL).await;
    Err(GreetingError::Knocked)
}

/// What tells a device that its part has ended, if it had one. It is read from the disk, so few are told at a time.
async fn farewell(shared: &Shared, peer: DeviceId) -> Result<Option<Records>, GreetingError> {
    let permit = shared.knocks.clone().try_acquire_owned().map_err(|_| GreetingError::Busy)?;
    let backend = shared.backend.clone();
    let read = shared.tracker.spawn_blocking(move || {
        let _permit = permit;
        backend.farewell(&peer)
    });
    // Reading that fails unexpectedly tells nothing.
    Ok(read.await.unwrap_or_default())
}

async fn judge(shared: &Shared, peer: DeviceId, knock: Knock) -> Result<KnockAnswer, GreetingError> {
    let permit = shared.knocks.clone().try_acquire_owned().map_err(|_| GreetingError::Busy)?;
    let backend = shared.backend.clone();
    let known = shared.access.borrow().devices.get(&peer).and_then(|reader| reader.organisation);
    let judged = shared.tracker.spawn_blocking(move || {
        let _permit = permit;
        if !knock.fits(&peer, known.as_ref()) {
            return Err(GreetingError::BadProof);
        }
        Ok(backend.knock(&peer, &knock))
    });
    // A judgement that fails unexpectedly is none.
    judged.await.unwrap_or(Err(GreetingError::Busy))
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), kind: Kind, body: &[u8]) -> Result<(), GreetingError> {
    write(stream, kind, body).await.map_err(GreetingError::Broken)?;
    stream.flush().await.map_err(GreetingError::Broken)
}
