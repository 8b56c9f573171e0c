//! The others: whether they can reach this node, and when they were last met.

use accord_core::DeviceId;
use accord_core::api::{Finding, Health};
use accord_core::governance::Governance;
use accord_words::say;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;

use super::{found, good};
use crate::handler::words::{Connected, author_code};
use crate::peering::last_seen;
use crate::replica::{Programme, Replica};
use crate::time::now;

/// A partner that was not met for longer than this lacks what was written since, and may not know that.
const LONG: u64 = 7 * 24 * 60 * 60;

/// Whether anybody can begin a connection to this node.
pub(super) fn reachability(listening: &[String], announced: &[String]) -> Finding {
    let reached =
        |address: &&String| address.parse::<Multiaddr>().is_ok_and(|address| !is_here_only(&address));
    let told = listening.iter().chain(announced).find(reached);
    match told {
        Some(address) => good("reachability", say!("health-reached-at", address)),
        None => {
            found("reachability", Health::Notice, say!("health-reached-nowhere"), say!("health-reached-mend"))
        }
    }
}

/// Addresses that mean this very machine to whoever uses them.
fn is_here_only(address: &Multiaddr) -> bool {
    match address.iter().next() {
        Some(Protocol::Ip4(ip)) => ip.is_loopback(),
        Some(Protocol::Ip6(ip)) => ip.is_loopback(),
        _ => false,
    }
}

/// Each organisation: connected, or when it was last.
pub(super) fn partners(
    replica: &Replica,
    programme: &Programme,
    governance: &Governance,
    runs: bool,
    connected: &Connected,
) -> Vec<Finding> {
    let own = replica.home.card.organisation.id;
    let devices = governance.devices();
    let mut findings = Vec::new();
    for (id, _) in governance.memberships().into_iter().filter(|(id, _)| *id != own) {
        let of: Vec<DeviceId> =
            devices.iter().filter(|(_, owner)| **owner == id).map(|(device, _)| *device).collect();
        let Some(first) = of.first() else { continue };
        let who = author_code(governance, first);
        let seen = of.iter().filter_map(|device| last_seen(replica, device)).max();
        findings.push(if of.iter().any(|device| connected.contains(device)) {
            good("partners", say!("health-partner-connected", who))
        } else {
            let days = seen.map(|seen| now().saturating_sub(seen) / 86_400);
            match days {
                None => found(
                    "partners",
                    Health::Notice,
                    say!("health-partner-never", who),
                    say!("health-partner-mend"),
                ),
                Some(days) if days * 86_400 > LONG => {
                    let text = say!("health-partner-long", who, days);
                    found("partners", Health::Notice, text, say!("health-partner-mend"))
                }
                Some(days) => good("partners", say!("health-partner-seen", who, days)),
            }
        });
    }
    if !runs && programme.own_organisation(governance).is_some() {
        findings.push(found("node", Health::Notice, say!("health-node-none"), say!("health-node-mend")));
    }
    findings
}
