//! A TCP relay that can stop forwarding without closing anything, as a link that is cut does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The relay. It ends with this value.
pub(super) struct Relay {
    pub(super) address: String,
    flows: Arc<watch::Sender<bool>>,
    target: watch::Sender<Option<std::net::SocketAddr>>,
    open: Arc<AtomicUsize>,
    made: Arc<AtomicUsize>,
    passed: Arc<AtomicUsize>,
    cut_after: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Relay {
    /// A relay to nowhere yet: whoever connects waits.
    pub(super) async fn start() -> Self {
        Self::with_delay(Duration::ZERO).await
    }

    /// A relay that takes its time with whatever it forwards.
    pub(super) async fn with_delay(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("/ip4/127.0.0.1/tcp/{}", listener.local_addr().unwrap().port());
        let flows = Arc::new(watch::Sender::new(true));
        let (target, mut to) = watch::channel(None);
        let open = Arc::new(AtomicUsize::new(0));
        let made = Arc::new(AtomicUsize::new(0));
        let passed = Arc::new(AtomicUsize::new(0));
        let cut_after = Arc::new(AtomicUsize::new(usize::MAX));
        let counters = (Arc::clone(&open), Arc::clone(&made));
        let line = Line {
            flows: Arc::clone(&flows),
            passed: Arc::clone(&passed),
            cut_after: Arc::clone(&cut_after),
            delay,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut pairs = JoinSet::new();
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let Some(target) = *to.wait_for(Option::is_some).await.unwrap() else { return };
                let (line, (open, made)) = (line.clone(), counters.clone());
                pairs.spawn(async move {
                    let Ok(far) = TcpStream::connect(target).await else { return };
                    open.fetch_add(1, Ordering::SeqCst);
                    made.fetch_add(1, Ordering::SeqCst);
                    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                    tokio::select! {
                        () = line.pass(near_in, far_out) => {}
                        () = line.pass(far_in, near_out) => {}
                    }
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, flows, target, open, made, passed, cut_after, _tasks: tasks }
    }

    /// Where it leads, as a multiaddress.
    pub(super) fn lead_to(&self, address: &str) {
        let port: u16 = address.rsplit('/').next().unwrap().parse().unwrap();
        self.target.send_replace(Some(([127, 0, 0, 1], port).into()));
    }

    pub(super) fn cut(&self) {
        self.flows.send_replace(false);
    }

    /// Cuts itself once so many bytes have passed, both ways.
    pub(super) fn cut_after(&self, bytes: usize) {
        self.cut_after.store(bytes, Ordering::SeqCst);
    }

    pub(super) fn heal(&self) {
        self.cut_after.store(usize::MAX, Ordering::SeqCst);
        self.flows.send_replace(true);
    }

    /// How many connections pass through it.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// How many bytes have passed through it, both ways.
    pub(super) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// How many connections have ever passed through it.
    pub(super) fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }
}

/// What all connections of a relay have in common.
#[derive(Clone)]
struct Line {
    flows: Arc<watch::Sender<bool>>,
    passed: Arc<AtomicUsize>,
    cut_after: Arc<AtomicUsize>,
    delay: Duration,
}

impl Line {
    async fn pass(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
        let mut flowing = self.flows.subscribe();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            // While it is cut not even the end of a connection gets through.
            if flowing.wait_for(|flows| *flows).await.is_err() {
                return;
            }
            let read = from.read(&mut buffer).await;
            if flowing.wait_for(|flows| *flows).await.is_err() {
                return;
            }
            match read {
                Ok(read) if read > 0 => {
                    let passed = self.passed.fetch_add(read, Ordering::SeqCst) + read;
                    if passed >= self.cut_after.load(Ordering::SeqCst) {
                        self.flows.send_replace(false);
                    }
                    tokio::time::sleep(self.delay).await;
                    if to.write_all(&buffer[..read]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }
}
