//! What sessions report, and which of two connections with one device stays.

use accord_core::{DeviceId, encode};
use libp2p::swarm::ConnectionId;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Host, Target, Unreached, chance};
use crate::network::driver::Input;
use crate::network::limits::{HEALTHY, MAX_SESSIONS, SIMULTANEOUS};
use crate::network::session::{End, Link, Outgoing, Report};

/// The session that stands with a device.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) link: Link,
    pub(super) outbox: mpsc::Sender<Outgoing>,
    cancel: CancellationToken,
    /// Since when it is up.
    since: Instant,
}

/// Whether a new connection replaces the one that stands. Both sides come to the same answer.
///
/// Of a direct and a relayed connection the direct one stays. If both dialled at once, the connection that the device with
/// the smaller id dialled stays. Connections that are further apart than that, or dialled by the same side, which has one
/// of each kind at a time, mean that the other side has lost the older one.
fn replaces(me: DeviceId, old: &Link, new: &Link) -> bool {
    let who = |link: &Link| if link.dialled { me } else { link.peer };
    if new.since.duration_since(old.since) > SIMULTANEOUS {
        return true;
    }
    match (old.through.is_some(), new.through.is_some()) {
        (false, true) => false,
        (true, false) => true,
        _ => who(new) <= who(old),
    }
}

impl Host {
    pub(super) async fn report(&mut self, report: Report) {
        match report {
            Report::Up { link, outbox, go } => self.up(link, outbox, go).await,
            Report::Down { link, why } => self.ended(link.connection, &why).await,
            Report::Told { link, addresses } => self.told(link, &addresses),
            Report::Waits { peer, addresses } => {
                // It has shown a ticket, so it may take a place among the known; it is dialled once it is admitted.
                self.book.told(peer, &addresses);
            }
        }
    }

    async fn up(&mut self, link: Link, outbox: mpsc::Sender<Outgoing>, go: oneshot::Sender<()>) {
        let Some(connection) = self.connections.get(&link.connection) else { return };
        let (cancel, address) = (connection.cancel.clone(), connection.address.clone());
        let target = self.dials.remove(&link.connection);
        if let Some(Target::Address(address)) = &target {
            // From here on it is an address of this device, and dialled as such.
            self.dialler.retain(|other| *other != Target::Address(address.clone()));
        }
        let stands = match self.live.get(&link.peer) {
            Some(old) => replaces(self.me, &old.link, &link),
            None => self.live.len() < MAX_SESSIONS && self.is_known(&link.peer),
        };
        if !stands {
            // The session ends as `go` is dropped.
            tracing::debug!(device = %link.peer.short(), "another connection stands");
            if let Some(target) = target {
                self.dial_failed(&target, Unreached::Other("there is no place for it".into()));
            }
            return;
        }
        if let Some(old) = self.live.remove(&link.peer) {
            old.cancel.cancel();
            // What was reserved was reserved there.
            self.relay_is_gone(&link.peer);
        }
        let now = Instant::now();
        let through = link.through.map(|relay| relay.short().to_string());
        tracing::info!(device = %link.peer.short(), dialled = link.dialled, through, "connected");
        self.swarm.behaviour_mut().gate.welcomed(link.connection);
        self.note_reached(&link);
        let first = self.live.is_empty();
        self.live
            .insert(link.peer, Live { link, outbox: outbox.clone(), cancel: cancel.clone(), since: now });
        let through = link.through;
        let connected =
            Input::Connected { peer: link.peer, connection: link.connection, through, outbox, cancel };
        // A driver that is gone takes the host with it.
        let _ = self.driver.send(connected).await;
        // The session may have ended meanwhile, which it reports.
        let _ = go.send(());
        self.dialler.add(Target::Device(link.peer), now);
        self.dialler.connected(&Target::Device(link.peer), now);
        if link.through.is_some() {
            self.retry_directly(link.peer);
        } else {
            self.aloof.remove(&link.peer);
            self.relay_is_near(link.peer);
        }
        if first {
            // The first connection after none: the network works (again).
            self.dialler.healed(now);
        }
        if let Some(address) = address {
            self.dial_worked(link.peer, &address);
        }
        self.greet_with_addresses(link.peer);
        self.was_reached(&link.peer);
    }

    /// A connection is of no more use, whatever came of it. May be called more than once.
    pub(super) async fn ended(&mut self, connection: ConnectionId, why: &End) {
        self.swarm.behaviour_mut().gate.leaving(connection);
        self.swarm.close_connection(connection);
        let Some(gone) = self.connections.remove(&connection) else { return };
        gone.cancel.cancel();
        // The session only knows that it was to end.
        let why = if gone.closed && matches!(why, End::GivenUp) { &End::Lost } else { why };
        let (peer, now) = (gone.link.peer, Instant::now());
        let target = self.dials.remove(&connection);
        if self.live.get(&peer).is_some_and(|live| live.link.connection == connection) {
            let stood = self.live.remove(&peer).map_or(std::time::Duration::ZERO, |live| now - live.since);
            tracing::info!(device = %peer.short(), %why, "disconnected");
            // A driver that is gone takes the host with it.
            let _ = self.driver.send(Input::Disconnected { peer, connection }).await;
            self.relay_is_gone(&peer);
            if self.is_known(&peer) {
                let target = Target::Device(peer);
                self.dialler.add(target.clone(), now);
                self.dialler.lost(&target, now, stood, HEALTHY, chance());
                self.was_not_reached(&peer, Unreached::of_end(why));
            }
        } else if let Some(target) = target {
            tracing::debug!(device = %peer.short(), %why, "no session came of a dial");
            self.dial_failed(&target, Unreached::of_end(why));
        } else {
            tracing::debug!(device = %peer.short(), %why, "no session came of a connection");
        }
    }

    /// Sends a message to a session, unless too much waits for it already: what is sent this way may be missed.
    pub(super) fn mention(&self, peer: &DeviceId, addresses: &crate::network::wire::Addresses) {
        if let Some(live) = self.live.get(peer) {
            let _ = live.outbox.try_send(Outgoing::Addresses(encode(addresses)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn both_sides_keep_the_same_one_of_two() {
        let (small, large) = (DeviceId([1; 32]), DeviceId([2; 32]));
        let now = Instant::now();
        let link = |peer, connection, dialled, since| Link {
            peer,
            connection: ConnectionId::new_unchecked(connection),
            dialled,
            since,
            through: None,
        };
        // The small one dials connection 1, the large one dials connection 2; each side may see either first.
        for (first, second) in [(1, 2), (2, 1)] {
            let seen_by_small = |c| link(large, c, c == 1, now);
            let seen_by_large = |c| link(small, c, c == 2, now);
            let kept = |replaced: bool| if replaced { second } else { first };
            assert_eq!(kept(replaces(small, &seen_by_small(first), &seen_by_small(second))), 1);
            assert_eq!(kept(replaces(large, &seen_by_large(first), &seen_by_large(second))), 1);
        }
        // A connection that is dialled again later means that the old one is lost, whoever dialled.
        let late = now + SIMULTANEOUS + Duration::from_secs(1);
        assert!(replaces(small, &link(large, 1, true, now), &link(large, 2, false, late)));
        assert!(replaces(large, &link(small, 1, false, now), &link(small, 2, false, now)));
        // A direct connection stays before a relayed one, whoever dialled and whichever was first.
        let relayed = |dialled| Link { through: Some(DeviceId([3; 32])), ..link(small, 3, dialled, now) };
        for (one, other) in [(true, true), (true, false), (false, true), (false, false)] {
            assert!(replaces(large, &relayed(one), &link(small, 1, other, now)));
            assert!(!replaces(large, &link(small, 1, other, now), &relayed(one)));
        }
        // Unless it is lost to the other side.
        assert!(replaces(large, &link(small, 1, true, now), &Link { since: late, ..relayed(false) }));
    }
}
