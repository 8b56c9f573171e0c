//! The ports that this node is to listen at: whether they are free, and if not, who has them.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use accord_core::api::{Finding, Health};
use accord_words::say;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;

use super::{found, good};

/// Of a running node, where it listens; of one that does not run, whether it could.
pub(super) fn ports(configured: &[String], listening: Option<&[String]>) -> Vec<Finding> {
    if let Some(listening) = listening {
        return vec![match listening {
            [] => found("ports", Health::Notice, say!("health-listens-nowhere"), say!("health-listen-mend")),
            some => good("ports", say!("health-listens", addresses = some.join(", "))),
        }];
    }
    if configured.is_empty() {
        return vec![found("ports", Health::Notice, say!("health-no-address"), say!("health-listen-mend"))];
    }
    configured.iter().map(|address| port(address)).collect()
}

fn port(address: &str) -> Finding {
    let Ok(parsed) = address.parse::<Multiaddr>() else {
        return found(
            "ports",
            Health::Bad,
            say!("health-address-unreadable", address),
            say!("health-address-mend"),
        );
    };
    let Some(socket) = socket_of(&parsed) else {
        return good("ports", say!("health-port-untried", address));
    };
    match TcpListener::bind(socket) {
        Ok(_) => good("ports", say!("health-port-free", address)),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let who = holder(socket.port()).unwrap_or_else(|| say!("health-port-somebody"));
            found("ports", Health::Bad, say!("health-port-taken", address, who), say!("health-port-mend"))
        }
        Err(error) => {
            let why = error.to_string();
            found(
                "ports",
                Health::Bad,
                say!("health-port-refused", address, why),
                say!("health-address-mend"),
            )
        }
    }
}

/// The socket of a TCP address; of others nothing is tried.
fn socket_of(address: &Multiaddr) -> Option<SocketAddr> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => ip.into(),
        Protocol::Ip6(ip) => ip.into(),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some(SocketAddr::new(ip, port)),
        _ => None,
    }
}

/// The program that listens at a port, by name and number, as far as the system lets us see it.
fn holder(port: u16) -> Option<String> {
    let sockets: Vec<String> =
        ["/proc/net/tcp", "/proc/net/tcp6"].iter().flat_map(|table| listeners(table, port)).collect();
    let processes = std::fs::read_dir("/proc").ok()?;
    for process in processes.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(files) = std::fs::read_dir(process.path().join("fd")) else { continue };
        let has = files.flatten().any(|file| {
            let target = std::fs::read_link(file.path()).unwrap_or_default();
            sockets.iter().any(|socket| target == Path::new(&format!("socket:[{socket}]")))
        });
        if has {
            let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some(say!("health-port-program", name = name.trim(), pid = pid.to_string()));
        }
    }
    None
}

/// The sockets in one of the kernel's tables that listen at a port.
fn listeners(table: &str, port: u16) -> Vec<String> {
    /// The state of a socket that listens, as the kernel prints it.
    const LISTEN: &str = "0A";
    let text = std::fs::read_to_string(table).unwrap_or_default();
    let line = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (_, local) = fields.get(1)?.rsplit_once(':')?;
        let listens = fields.get(3) == Some(&LISTEN) && u16::from_str_radix(local, 16) == Ok(port);
        listens.then(|| fields.get(9).map(|socket| (*socket).to_owned()))?
    };
    text.lines().skip(1).filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_port_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let address = format!("/ip4/127.0.0.1/tcp/{port}");
        let finding = super::port(&address);
        assert_eq!(finding.health, Health::Bad);
        assert!(finding.text.contains(&std::process::id().to_string()), "{}", finding.text);
        drop(taken);
        assert_eq!(super::port(&address).health, Health::Good);
        assert_eq!(super::port("nonsense").health, Health::Bad);
    }
}
