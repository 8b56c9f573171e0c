//! A front door for one office: forwards connections to its node, until it is cut. What a broken line is to an office,
//! without touching the machine's network.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A door, open at first. It stays for the rest of the process.
#[derive(Clone)]
pub(super) struct Door {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cut: bool,
    /// Both ends of every connection that goes through.
    open: Vec<TcpStream>,
}

impl Door {
    /// A door in front of a port of this machine.
    pub(super) fn before(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let door = Self { port: listener.local_addr()?.port(), state: Arc::default() };
        let state = Arc::clone(&door.state);
        std::thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                // One that cannot be let in is turned away by dropping it; it tries again.
                let _ = let_in(&state, &visitor, port);
            }
        });
        Ok(door)
    }

    /// The address that others are told.
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

    /// Lets people in again.
    pub(super) fn restore(&self) {
        lock(&self.state).cut = false;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn let_in(state: &Arc<Mutex<State>>, visitor: &TcpStream, port: u16) -> std::io::Result<()> {
    let mut open = lock(state);
    if open.cut {
        return visitor.shutdown(Shutdown::Both);
    }
    let inside = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    for (from, to) in [(visitor, &inside), (&inside, visitor)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        open.open.push(from.try_clone()?);
        std::thread::spawn(move || forward(from, to));
    }
    Ok(())
}

/// Forwards until either end closes, then closes both.
fn forward(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 || to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
