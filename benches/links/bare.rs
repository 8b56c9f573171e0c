//! The two ends of a bare stream: one connection of the transport that nodes use, one stream on it, and bytes.

use std::io::Write as _;
use std::time::{Duration, Instant};

use futures::{AsyncReadExt as _, AsyncWriteExt as _, StreamExt as _};
use libp2p::swarm::{StreamProtocol, SwarmEvent};
use libp2p::{Multiaddr, Swarm, SwarmBuilder, noise, tcp, yamux};
use libp2p_stream::{Behaviour, Control};

use crate::Outcome;

const PROTOCOL: StreamProtocol = StreamProtocol::new("/accord-bench/1");

/// How long a connection may take over the worst of the lines.
const PATIENCE: Duration = Duration::from_secs(60);

fn swarm() -> Outcome<(Swarm<Behaviour>, Control)> {
    let swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|_| Behaviour::new())?
        .with_swarm_config(|config| config.with_idle_connection_timeout(PATIENCE))
        .build();
    let control = swarm.behaviour().new_control();
    Ok((swarm, control))
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// Takes what comes on one stream, says so with one byte, and ends.
pub(crate) fn take(listen: &str) -> Outcome<()> {
    runtime()?.block_on(async {
        let (mut swarm, mut control) = swarm()?;
        let mut incoming = control.accept(PROTOCOL)?;
        swarm.listen_on(listen.parse::<Multiaddr>()?)?;
        let events = async {
            loop {
                if let SwarmEvent::NewListenAddr { .. } = swarm.select_next_some().await {
                    // Whoever started this waits for the line.
                    println!("listening");
                    let _ = std::io::stdout().flush();
                }
            }
        };
        let taken = async {
            let (_, mut stream) = incoming.next().await.ok_or("no stream came")?;
            let mut buffer = vec![0; 64 * 1024];
            let mut length = [0; 8];
            stream.read_exact(&mut length).await?;
            let mut left = u64::from_be_bytes(length);
            while left > 0 {
                let read = stream.read(&mut buffer).await?;
                if read == 0 {
                    return Err("the stream ended early".into());
                }
                left = left.saturating_sub(read as u64);
            }
            stream.write_all(&[1]).await?;
            stream.close().await?;
            // Until the other side has closed too: by then it has the answer.
            let _ = stream.read(&mut buffer).await;
            Ok(())
        };
        tokio::select! { done = taken => done, () = events => Ok(()) }
    })
}

/// Connects, sends so many bytes, and prints the milliseconds from the call to the answer that all came.
pub(crate) fn send(to: &str, bytes: &str) -> Outcome<()> {
    let bytes: u64 = bytes.parse()?;
    runtime()?.block_on(async {
        let (mut swarm, mut control) = swarm()?;
        let began = Instant::now();
        swarm.dial(to.parse::<Multiaddr>()?)?;
        let peer = loop {
            match swarm.select_next_some().await {
                SwarmEvent::ConnectionEstablished { peer_id, .. } => break peer_id,
                SwarmEvent::OutgoingConnectionError { error, .. } => return Err(error.into()),
                _ => {}
            }
        };
        let events = async {
            loop {
                swarm.select_next_some().await;
            }
        };
        let sent = async {
            let opened = tokio::time::timeout(PATIENCE, control.open_stream(peer, PROTOCOL)).await?;
            let mut stream = opened.map_err(|error| error.to_string())?;
            stream.write_all(&bytes.to_be_bytes()).await?;
            let block = vec![7; 64 * 1024];
            let mut left = bytes;
            while left > 0 {
                let part = left.min(block.len() as u64);
                stream.write_all(&block[..usize::try_from(part)?]).await?;
                left -= part;
            }
            stream.flush().await?;
            stream.read_exact(&mut [0]).await?;
            println!("{}", began.elapsed().as_millis());
            let _ = stream.close().await;
            Ok(())
        };
        tokio::select! { done = sent => done, () = events => Ok(()) }
    })
}
