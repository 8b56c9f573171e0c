//! The line to an office: forwards connections to its node until it is cut, and counts what goes through.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;

/// Nothing but a heartbeat comes after a silence of this length: they are seconds apart.
const SILENCE: Duration = Duration::from_millis(700);

/// A line.
pub(crate) struct Wire {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cut: bool,
    closed: bool,
    /// Both ends of every connection that goes through.
    open: Vec<TcpStream>,
    traffic: Traffic,
}

/// What went through since the line was restored.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Traffic {
    pub(crate) connections: usize,
    /// In both directions, everything that the connections carried, keys and encryption included.
    pub(crate) bytes: u64,
    began: Option<Instant>,
    last: Option<Instant>,
}

impl Traffic {
    /// From the first connection to the last byte.
    pub(crate) fn took(&self) -> Duration {
        self.began.zip(self.last).map(|(began, last)| last.duration_since(began)).unwrap_or_default()
    }

    fn with(self, other: Self) -> Self {
        let began = [self.began, other.began].into_iter().flatten().min();
        Self {
            connections: self.connections + other.connections,
            bytes: self.bytes + other.bytes,
            began,
            last: self.last.max(other.last),
        }
    }
}

impl Wire {
    /// A line to the node at port `inside`.
    pub(crate) fn to(inside: u16) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                if lock(&shared).closed {
                    return;
                }
                // A visitor that cannot be let in is turned away by dropping its connection.
                let _ = let_in(&shared, &visitor, inside);
            }
        });
        Ok(Self { port, state })
    }

    /// Its address for others.
    pub(crate) fn address(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}", self.port)
    }

    /// Ends every connection and lets nobody in.
    pub(crate) fn cut(&self) {
        let mut state = lock(&self.state);
        state.cut = true;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets connections in again, and counts anew.
    pub(crate) fn restore(&self) {
        let mut state = lock(&self.state);
        state.cut = false;
        state.traffic = Traffic::default();
    }

    fn traffic(&self) -> Traffic {
        lock(&self.state).traffic
    }
}

/// What went through these lines, once they have gone silent after somebody connected.
pub(crate) fn when_silent(lines: [&Wire; 2], patience: Duration) -> Outcome<Traffic> {
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        let [one, other] = lines.map(Wire::traffic);
        let traffic = one.with(other);
        if traffic.last.is_some_and(|last| last.elapsed() > SILENCE) {
            return Ok(traffic);
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err("nobody called, or they never stopped talking".into())
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cut();
        lock(&self.state).closed = true;
        // The thread waits for a visitor; this one makes it look.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn let_in(shared: &Arc<Mutex<State>>, visitor: &TcpStream, inside: u16) -> std::io::Result<()> {
    let mut state = lock(shared);
    if state.cut {
        return visitor.shutdown(Shutdown::Both);
    }
    let node = TcpStream::connect((Ipv4Addr::LOCALHOST, inside))?;
    state.traffic.connections += 1;
    state.traffic.began = state.traffic.began.or_else(|| Some(Instant::now()));
    for (from, to) in [(visitor, &node), (&node, visitor)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        // The line adds nothing of its own to what is measured.
        to.set_nodelay(true)?;
        state.open.push(from.try_clone()?);
        let shared = Arc::clone(shared);
        thread::spawn(move || forward(&shared, from, to));
    }
    Ok(())
}

/// Forwards until either end closes, then closes both.
fn forward(shared: &Mutex<State>, mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        {
            let mut state = lock(shared);
            state.traffic.bytes += read as u64;
            state.traffic.last = Some(Instant::now());
        }
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
