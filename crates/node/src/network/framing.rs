//! Reading and writing messages, within bounds of size and time.

use std::io;
use std::time::Duration;

use futures::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::limits::{FRAME_TIMEOUT, READ_CHUNK};
use super::wire::Kind;

/// Why no message was read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The other side closed, or the connection broke.
    #[error("the connection ended")]
    Ended(#[source] io::Error),
    /// Not a single byte came for too long.
    #[error("nothing was heard for {} seconds", .0.as_secs())]
    Silent(Duration),
    /// A message that was announced did not come.
    #[error("a message of {0} bytes was announced and did not come")]
    Late(usize),
    /// A message of a kind that is unknown or out of place here.
    #[error("a message of kind {0} where none may be")]
    Kind(u8),
    /// A message over its bound.
    #[error("a message of {0} bytes")]
    TooLong(usize),
    /// A body that cannot be read.
    #[error("a message that cannot be read")]
    Malformed(#[source] accord_core::CodecError),
}

/// Reads one message of one of the `expected` kinds. `silence` is how long no byte may come.
///
/// Memory grows with what came and not with what was announced.
pub(super) async fn read(
    reader: &mut (impl AsyncRead + Unpin),
    expected: &[Kind],
    silence: Duration,
) -> Result<(Kind, Vec<u8>), ReadError> {
    let mut head = [0; 5];
    let mut have = 0;
    while have < head.len() {
        have += some(reader, &mut head[have..], silence).await?;
    }
    let [a, b, c, d, byte] = head;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    let kind = Kind::of(byte).filter(|kind| expected.contains(kind)).ok_or(ReadError::Kind(byte))?;
    match length.checked_sub(1) {
        Some(body) if body <= kind.limit() => {
            let late = |_| ReadError::Late(body);
            let bytes = timeout(FRAME_TIMEOUT, read_body(reader, body, silence)).await.map_err(late)??;
            Ok((kind, bytes))
        }
        _ => Err(ReadError::TooLong(length)),
    }
}

async fn read_body(
    reader: &mut (impl AsyncRead + Unpin),
    length: usize,
    silence: Duration,
) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    while bytes.len() < length {
        let from = bytes.len();
        bytes.resize(length.min(from + READ_CHUNK), 0);
        let read = some(reader, &mut bytes[from..], silence).await?;
        bytes.truncate(from + read);
    }
    Ok(bytes)
}

/// Reads at least one byte.
async fn some(
    reader: &mut (impl AsyncRead + Unpin),
    into: &mut [u8],
    silence: Duration,
) -> Result<usize, ReadError> {
    match timeout(silence, reader.read(into)).await {
        Err(_) => Err(ReadError::Silent(silence)),
        Ok(Err(error)) => Err(ReadError::Ended(error)),
        Ok(Ok(0)) => Err(ReadError::Ended(io::ErrorKind::UnexpectedEof.into())),
        Ok(Ok(read)) => Ok(read),
    }
}

/// Writes one message, without flushing.
pub(super) async fn write(writer: &mut (impl AsyncWrite + Unpin), kind: Kind, body: &[u8]) -> io::Result<()> {
    debug_assert!(body.len() <= kind.limit(), "nothing is sent that the other side would refuse");
    let length = u32::try_from(body.len() + 1).map_err(io::Error::other)?;
    let mut head = [0; 5];
    head[..4].copy_from_slice(&length.to_be_bytes());
    head[4] = kind.byte();
    writer.write_all(&head).await?;
    writer.write_all(body).await
}

/// Reads until the other side closes, so that what was sent last is not lost by closing first. Bounded by `time`.
pub(super) async fn await_close(reader: &mut (impl AsyncRead + Unpin), time: Duration) {
    let mut scrap = [0; 256];
    let drain = async { while matches!(reader.read(&mut scrap).await, Ok(read) if read > 0) {} };
    // Either way the connection ends next.
    let _ = timeout(time, drain).await;
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;

    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    /// The bytes, and then nothing for ever.
    fn stalled(bytes: Vec<u8>) -> impl AsyncRead + Unpin {
        use futures::StreamExt as _;
        Box::pin(futures::stream::iter([Ok(bytes)]).chain(futures::stream::pending::<io::Result<Vec<u8>>>()))
            .into_async_read()
    }

    async fn written(kind: Kind, body: &[u8]) -> Vec<u8> {
        let mut out = futures::io::Cursor::new(Vec::new());
        write(&mut out, kind, body).await.unwrap();
        out.into_inner()
    }

    #[tokio::test]
    async fn a_message_survives_its_bytes() {
        let body = vec![7; 3 * READ_CHUNK + 5];
        let mut reader = stalled(written(Kind::Frame, &body).await);
        assert_eq!(read(&mut reader, &[Kind::Frame], SOON).await.unwrap(), (Kind::Frame, body));
        assert!(matches!(read(&mut reader, &[Kind::Frame], SOON).await, Err(ReadError::Silent(_))));
    }

    #[tokio::test]
    async fn what_is_announced_over_its_bound_is_refused_before_it_is_read() {
        for (kind, length) in
            [(Kind::Frame, u32::MAX), (Kind::Hello, 8 * 1024 + 2), (Kind::Beat, 2), (Kind::Beat, 0)]
        {
            let mut head = length.to_be_bytes().to_vec();
            head.push(kind.byte());
            let result = read(&mut stalled(head), &[kind], SOON).await;
            assert!(matches!(result, Err(ReadError::TooLong(_))), "{kind:?} {length}");
        }
    }

    #[tokio::test]
    async fn a_kind_that_is_unknown_or_out_of_place_is_refused() {
        for byte in [Kind::Frame.byte(), 99] {
            let result = read(&mut stalled(vec![0, 0, 0, 1, byte]), &[Kind::Hello], SOON).await;
            assert!(matches!(result, Err(ReadError::Kind(found)) if found == byte));
        }
    }

    #[tokio::test]
    async fn an_announced_message_that_does_not_come_ends() {
        let mut bytes = written(Kind::Frame, &[1; 100]).await;
        bytes.truncate(50);
        let result = read(&mut stalled(bytes), &[Kind::Frame], SOON).await;
        assert!(matches!(result, Err(ReadError::Silent(_))));
    }
}
