//! The reading half of a session.

use std::convert::Infallible;
use std::sync::Arc;

use accord_core::decode;
use futures::AsyncRead;
use tokio::sync::Semaphore;

use super::{End, Link, Report, Shared};
use crate::network::driver::Input;
use crate::network::framing::{ReadError, read};
use crate::network::limits::{DEAD_AFTER, INBOX};
use crate::network::wire::{Addresses, Kind};

/// Reads messages until the connection ends.
///
/// A frame takes a permit with it, which comes back when the engine is through with it and what it brought is on the
/// disk. Without a permit nothing is read, so that the connection's own back-pressure holds the peer back, whatever it
/// sends; silence does not count meanwhile.
pub(super) async fn read_all(
    shared: &Shared,
    link: Link,
    mut reader: impl AsyncRead + Unpin,
) -> Result<Infallible, End> {
    let permits = Arc::new(Semaphore::new(INBOX));
    loop {
        let permit = permits.clone().acquire_owned().await.map_err(|_| End::Ending)?;
        let (kind, body) = read(&mut reader, &[Kind::Beat, Kind::Frame, Kind::Addresses], DEAD_AFTER).await?;
        match kind {
            Kind::Frame => {
                let frame =
                    Input::Frame { peer: link.peer, connection: link.connection, bytes: body, permit };
                shared.driver.send(frame).await.map_err(|_| End::Ending)?;
            }
            Kind::Addresses => {
                let addresses: Addresses = decode(&body).map_err(ReadError::Malformed)?;
                if !addresses.is_bounded() {
                    return Err(ReadError::TooLong(body.len()).into());
                }
                shared.host.send(Report::Told { link, addresses }).await.map_err(|_| End::Ending)?;
            }
            _ => {}
        }
    }
}
