//! A front door for a node: forwards TCP connections to a port of this machine until it is cut, and counts what goes
//! through. It is what a broken line is to an office, without touching the machine's network; the demo, the walkthroughs
//! and the benches stand their nodes behind one.
//!
//! Threads and blocking reads, two for each connection: for a handful of nodes on one machine, and nothing else.

mod traffic;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

pub use traffic::{Traffic, when_silent};

/// How much is forwarded at a time, in bytes.
const BUFFER: usize = 64 * 1024;

/// A door, open at first. Dropping it cuts it for good.
#[derive(Debug)]
pub struct Door {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Something went through.
    passed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    cut: bool,
    closed: bool,
    /// Both ends of every connection that goes through.
    open: Vec<TcpStream>,
    traffic: Traffic,
}

impl Door {
    /// A door, on a free port of the loopback interface, in front of the port `inside`.
    ///
    /// # Errors
    /// No port is free.
    pub fn before(inside: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::<Shared>::default();
        let door = Self { port, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                if shared.lock().closed {
                    return;
                }
                // A visitor that cannot be let in is turned away by dropping its connection; it tries again.
                let _ = let_in(&shared, &visitor, inside);
            }
        });
        Ok(door)
    }

    /// The port that it stands on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The multiaddress that others are told in place of the node's.
    pub fn address(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}", self.port)
    }

    /// Ends every connection and lets nobody in.
    pub fn cut(&self) {
        let mut state = self.shared.lock();
        state.cut = true;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets connections in again, and counts anew.
    pub fn restore(&self) {
        let mut state = self.shared.lock();
        state.cut = false;
        state.traffic = Traffic::default();
    }

    /// What has gone through since the door was made or restored.
    pub fn traffic(&self) -> Traffic {
        self.shared.lock().traffic
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.cut();
        self.shared.lock().closed = true;
        // The thread waits for a visitor; this one makes it look.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn let_in(shared: &Arc<Shared>, visitor: &TcpStream, inside: u16) -> std::io::Result<()> {
    let mut state = shared.lock();
    if state.cut {
        return visitor.shutdown(Shutdown::Both);
    }
    let node = TcpStream::connect((Ipv4Addr::LOCALHOST, inside))?;
    state.traffic.begin(Instant::now());
    for (from, to) in [(visitor, &node), (&node, visitor)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        // The door adds no waiting of its own to what is measured behind it.
        to.set_nodelay(true)?;
        state.open.push(from.try_clone()?);
        let shared = Arc::clone(shared);
        thread::spawn(move || forward(&shared, from, to));
    }
    Ok(())
}

/// Forwards until either end closes, then closes both.
fn forward(shared: &Shared, mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = vec![0; BUFFER];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        shared.lock().traffic.add(read as u64, Instant::now());
        shared.passed.notify_all();
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A node that says back what it hears.
    fn echo() -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for mut visitor in listener.incoming().flatten() {
                let mut heard = [0; 5];
                while visitor.read_exact(&mut heard).is_ok() {
                    visitor.write_all(&heard).unwrap();
                }
            }
        });
        port
    }

    fn knock(door: &Door) -> std::io::Result<TcpStream> {
        let mut visitor = TcpStream::connect((Ipv4Addr::LOCALHOST, door.port))?;
        visitor.write_all(b"salam")?;
        visitor.read_exact(&mut [0; 5])?;
        Ok(visitor)
    }

    #[test]
    fn it_forwards_and_counts_until_it_is_cut() {
        let door = Door::before(echo()).unwrap();
        let mut visitor = knock(&door).unwrap();
        assert_eq!((door.traffic().connections, door.traffic().bytes), (1, 10));
        door.cut();
        assert_eq!(visitor.read(&mut [0; 1]).unwrap_or(0), 0);
        assert!(knock(&door).is_err());
        door.restore();
        knock(&door).unwrap();
        assert_eq!((door.traffic().connections, door.traffic().bytes), (1, 10));
    }
}
