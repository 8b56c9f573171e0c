//! Ports for nodes that are started later.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Below those that systems give to whoever calls without naming one: such a call would take a port that is free now and is
/// to be listened at in a moment.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port of the loopback interface at which nobody listens, and which this process is not given again soon.
///
/// # Errors
/// No port is free.
pub fn free_port() -> std::io::Result<u16> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Processes that look for ports at the same time begin at different ones.
    let begins = std::process::id() as usize * 101;
    for _ in 0..COUNT {
        let next = begins.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % usize::from(COUNT);
        let port = FIRST + u16::try_from(next).unwrap_or(0);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_free_and_not_the_same() {
        let ports = [(); 20].map(|()| free_port().unwrap());
        let mut different = ports.to_vec();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), ports.len());
        let held = ports.map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)));
        assert!(held.iter().all(Result::is_ok));
    }
}
