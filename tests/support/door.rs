//! The line of an office to the others: forwards connections to its node until it is cut.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// The line into an office. The others are told its address instead of the node's.
pub(super) struct Door {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cut: bool,
    closed: bool,
    /// Both ends of every connection that goes through.
    open: Vec<TcpStream>,
}

impl Door {
    pub(super) fn before(inside: u16) -> std::io::Result<Self> {
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

    pub(super) fn address(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}", self.port)
    }

    /// Ends every connection and lets nobody in.
    pub(super) fn cut(&self) {
        let mut state = lock(&self.state);
        state.cut = true;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(super) fn restore(&self) {
        lock(&self.state).cut = false;
    }
}

impl Drop for Door {
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

fn let_in(state: &Mutex<State>, visitor: &TcpStream, inside: u16) -> std::io::Result<()> {
    let mut state = lock(state);
    if state.cut {
        return visitor.shutdown(Shutdown::Both);
    }
    let node = TcpStream::connect((Ipv4Addr::LOCALHOST, inside))?;
    for (from, to) in [(visitor, &node), (&node, visitor)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        state.open.push(from.try_clone()?);
        thread::spawn(move || forward(from, to));
    }
    Ok(())
}

/// Forwards until either end closes, then closes both.
fn forward(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
