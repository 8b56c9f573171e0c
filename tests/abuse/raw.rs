//! A peer that speaks TCP, Noise and Yamux as a node does, and on its streams whatever a test wants.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use libp2p::core::Endpoint;
use libp2p::core::Transport as _;
use libp2p::core::muxing::{StreamMuxer as _, StreamMuxerBox, SubstreamBox};
use libp2p::core::transport::{DialOpts, PortUse};
use libp2p::core::upgrade::Version;
use libp2p::identity::Keypair;
use libp2p::{Multiaddr, noise, tcp, yamux};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::Outcome;

/// What the two sides agree on first, each line with its length before it.
const AGREEMENT: &[u8] = b"\x13/multistream/1.0.0\n\x0f/accord/sync/1\n";

/// The kinds of messages (docs/protocol.md).
pub(crate) const FRAME: u8 = 1;
pub(crate) const HELLO: u8 = 3;
pub(crate) const WELCOME: u8 = 4;
pub(crate) const ANSWER: u8 = 5;

/// How many streams it would open: as many as Yamux knows how to.
const MANY: usize = 4_096;

/// A connection.
pub(crate) struct Raw {
    open: mpsc::Sender<oneshot::Sender<SubstreamBox>>,
    running: JoinHandle<()>,
}

/// A stream of it.
pub(crate) struct Line(SubstreamBox);

impl Raw {
    /// Calls a node.
    ///
    /// # Errors
    /// It does not let anybody in.
    pub(crate) async fn call(seed: [u8; 32], address: &str) -> Outcome<Self> {
        let key = Keypair::ed25519_from_bytes(seed)?;
        let mut streams = yamux::Config::default();
        streams.set_max_num_streams(MANY);
        let mut transport = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
            .upgrade(Version::V1)
            .authenticate(noise::Config::new(&key)?)
            .multiplex(streams)
            .boxed();
        let address: Multiaddr = address.parse()?;
        let options = DialOpts { role: Endpoint::Dialer, port_use: PortUse::New };
        let (_, muxer) = transport.dial(address, options)?.await?;
        let (open, wanted) = mpsc::channel(1_024);
        Ok(Self { open, running: tokio::spawn(run(muxer, wanted)) })
    }

    /// Opens one more stream.
    ///
    /// # Errors
    /// The connection has ended.
    pub(crate) async fn open(&self) -> Outcome<Line> {
        let (tell, opened) = oneshot::channel();
        self.open.send(tell).await?;
        Ok(Line(opened.await?))
    }

    /// Whether the node has ended it.
    pub(crate) fn is_ended(&self) -> bool {
        self.running.is_finished()
    }

    /// Waits until the node ends it.
    pub(crate) async fn ended(&mut self) {
        // Either way it has.
        let _ = (&mut self.running).await;
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// Keeps a connection going until either side ends it.
async fn run(mut muxer: StreamMuxerBox, mut wanted: mpsc::Receiver<oneshot::Sender<SubstreamBox>>) {
    let mut waiting = VecDeque::new();
    let going = |context: &mut Context<'_>| -> Poll<()> {
        let mut muxer = Pin::new(&mut muxer);
        while let Poll::Ready(Some(one)) = wanted.poll_recv(context) {
            waiting.push_back(one);
        }
        while !waiting.is_empty() {
            match muxer.as_mut().poll_outbound(context) {
                Poll::Ready(Ok(stream)) => {
                    // Who asked may have gone.
                    let _ = waiting.pop_front().map(|one: oneshot::Sender<_>| one.send(stream));
                }
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => break,
            }
        }
        loop {
            match muxer.as_mut().poll_inbound(context) {
                // Nothing is taken that the node opens.
                Poll::Ready(Ok(stream)) => drop(stream),
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => break,
            }
        }
        loop {
            match muxer.as_mut().poll(context) {
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    };
    std::future::poll_fn(going).await;
}

impl Line {
    /// Agrees on the protocol.
    ///
    /// # Errors
    /// The stream ended.
    pub(crate) async fn agree(&mut self) -> Outcome<()> {
        self.propose().await?;
        self.agreed().await
    }

    /// Says which protocol it is to speak.
    ///
    /// # Errors
    /// The stream ended.
    pub(crate) async fn propose(&mut self) -> Outcome<()> {
        self.0.write_all(AGREEMENT).await?;
        Ok(self.0.flush().await?)
    }

    /// Hears that the node speaks it.
    ///
    /// # Errors
    /// The stream ended.
    pub(crate) async fn agreed(&mut self) -> Outcome<()> {
        Ok(self.0.read_exact(&mut vec![0; AGREEMENT.len()]).await?)
    }

    /// Says one message.
    ///
    /// # Errors
    /// The stream ended.
    pub(crate) async fn say(&mut self, kind: u8, body: &[u8]) -> Outcome<()> {
        let mut message = u32::try_from(body.len() + 1)?.to_be_bytes().to_vec();
        message.push(kind);
        message.extend(body);
        self.0.write_all(&message).await?;
        Ok(self.0.flush().await?)
    }

    /// Hears one message.
    ///
    /// # Errors
    /// The stream ended.
    pub(crate) async fn hear(&mut self) -> Outcome<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.0.read_exact(&mut head).await?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let mut body = vec![0; length.saturating_sub(1)];
        self.0.read_exact(&mut body).await?;
        Ok((head[4], body))
    }

    /// How many bytes there still are until it ends.
    pub(crate) async fn rest(&mut self) -> usize {
        let mut bytes = 0;
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = self.0.read(&mut buffer).await {
            bytes += read;
        }
        bytes
    }
}
