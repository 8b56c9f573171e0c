//! A front door for a node: forwards TCP connections to a port of this machine until it is cut, and counts what goes
//! through. It is what a broken line is to an office, without touching the machine's network; the demo, the walkthroughs
//! and the benches stand their nodes behind one.
//!
//! Threads and blocking reads, two for each connection: for a handful of nodes on one machine, and nothing else.

mod port;
mod traffic;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

pub use port::free_port;
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
    /// Bytes in a second, in both directions together; no bound if none.
    rate: Option<u64>,
    /// When what went through so far would have gone through at that rate.
    free: Option<Instant>,
    /// After how many bytes it cuts itself.
    until: Option<u64>,
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
        self.shared.lock().cut();
    }

    /// From now on so many bytes go through in a second, in both directions together.
    pub fn slow(&self, rate: u64) {
        self.shared.lock().rate = Some(rate.max(1));
    }

    /// Lets connections in again, counts anew, and cuts itself once so many bytes have gone through.
    pub fn restore_until(&self, bytes: u64) {
        self.restore();
        self.shared.lock().until = Some(bytes);
    }

    /// Waits until it has cut itself; `false` if that does not happen within `patience`.
    pub fn wait_for_cut(&self, patience: Duration) -> bool {
        let state = self.shared.lock();
        let waited = self.shared.passed.wait_timeout_while(state, patience, |state| !state.cut);
        waited.unwrap_or_else(PoisonError::into_inner).0.cut
    }

    /// Lets connections in again, and counts anew.
    pub fn restore(&self) {
        let mut state = self.shared.lock();
        (state.cut, state.until) = (false, None);
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

impl State {
    fn cut(&mut self) {
        self.cut = true;
        for stream in self.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Takes note of bytes that go through. Gives how long they take.
    fn pass(&mut self, bytes: u64, now: Instant) -> Duration {
        self.traffic.add(bytes, now);
        if self.until.is_some_and(|until| self.traffic.bytes >= until) {
            self.cut();
        }
        let Some(rate) = self.rate else { return Duration::ZERO };
        let begin = self.free.map_or(now, |free| free.max(now));
        let free = begin + Duration::from_secs(1).mul_f64(bytes as f64 / rate as f64);
        self.free = Some(free);
        free - now
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
    // A slow door takes little at a time, so that it is slow and not one that stops now and then.
    let most = shared.lock().rate.map_or(BUFFER, |rate| usize::try_from(rate / 20).unwrap_or(BUFFER));
    let mut buffer = vec![0; most.clamp(1, BUFFER)];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let takes = shared.lock().pass(read as u64, Instant::now());
        shared.passed.notify_all();
        if !takes.is_zero() {
            thread::sleep(takes);
        }
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

    #[test]
    fn it_cuts_itself_after_as_much_as_it_was_told() {
        let door = Door::before(echo()).unwrap();
        door.restore_until(15);
        assert!(!door.wait_for_cut(Duration::ZERO));
        let mut visitor = knock(&door).unwrap();
        // What would go beyond does not arrive whole.
        let answered = visitor.write_all(b"salam").and_then(|()| visitor.read_exact(&mut [0; 5]));
        assert!(door.wait_for_cut(Duration::from_secs(10)));
        assert!(answered.is_err());
        door.restore();
        door.slow(100);
        let begun = Instant::now();
        knock(&door).unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(90));
    }
}
