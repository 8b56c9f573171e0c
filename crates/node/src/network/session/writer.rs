//! The writing half of a session.

use std::convert::Infallible;

use accord_core::LogId;
use accord_sync::SentOf;
use futures::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{End, Link, Outgoing, Shared};
use crate::network::driver::Input;
use crate::network::framing::write;
use crate::network::limits::{FAREWELL, HEARTBEAT};
use crate::network::wire::Kind;

/// Writes what comes, and a sign of life when nothing does.
pub(super) async fn write_all(
    shared: &Shared,
    link: Link,
    mut writer: impl AsyncWrite + Unpin,
    mut outgoing: mpsc::Receiver<Outgoing>,
) -> Result<Infallible, End> {
    loop {
        let mut next = match timeout(HEARTBEAT, outgoing.recv()).await {
            Ok(Some(message)) => Some(message),
            Ok(None) => return Err(End::Ending),
            Err(_) => {
                write(&mut writer, Kind::Beat, &[]).await.map_err(End::Write)?;
                None
            }
        };
        let mut runs: Vec<(LogId, Option<u64>, u64)> = Vec::new();
        let mut packs: Vec<Input> = Vec::new();
        // What waits already goes out with one flush.
        while let Some(message) = next {
            match message {
                Outgoing::Frame(bytes) => {
                    write(&mut writer, Kind::Frame, &bytes).await.map_err(End::Write)?;
                }
                Outgoing::Run { bytes, log, last, entries } => {
                    // It may have waited here while its space was withdrawn.
                    if shared.access.borrow().may_read(&link.peer, &log.space) {
                        write(&mut writer, Kind::Frame, &bytes).await.map_err(End::Write)?;
                        runs.push((log, Some(last), entries));
                    } else {
                        runs.push((log, None, 0));
                    }
                }
                Outgoing::Pack { bytes, space, mut logs, mut entries } => {
                    if shared.access.borrow().may_read(&link.peer, &space) {
                        write(&mut writer, Kind::Frame, &bytes).await.map_err(End::Write)?;
                    } else {
                        logs.iter_mut().for_each(|(_, sent)| *sent = SentOf::Nothing);
                        entries = 0;
                    }
                    let Link { peer, connection, .. } = link;
                    packs.push(Input::PackSent { peer, connection, space, logs, entries });
                }
                Outgoing::Addresses(bytes) => {
                    write(&mut writer, Kind::Addresses, &bytes).await.map_err(End::Write)?;
                }
                Outgoing::Close => {
                    // Without end to wait for: the peer may not read at all.
                    let _ = timeout(FAREWELL, writer.close()).await;
                    return Err(End::Closed);
                }
            }
            next = outgoing.try_recv().ok();
        }
        writer.flush().await.map_err(End::Write)?;
        for (log, last, entries) in runs {
            let sent = Input::Sent { peer: link.peer, connection: link.connection, log, last, entries };
            shared.driver.send(sent).await.map_err(|_| End::Ending)?;
        }
        for sent in packs {
            shared.driver.send(sent).await.map_err(|_| End::Ending)?;
        }
    }
}
