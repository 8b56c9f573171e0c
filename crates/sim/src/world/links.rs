//! Links and the connections on them: first in, first out, until they are cut; different links race.

use std::collections::HashMap;
use std::time::Duration;

use accord_core::{DeviceId, EntryId};
use accord_sync::Event;
use rand::RngExt as _;

use super::{What, World};

/// Two nodes, the lower number first.
pub(crate) type LinkId = (usize, usize);

/// One end of a link: 0 is the lower number's.
pub(crate) type End = usize;

/// A link, and the connection on it.
#[derive(Debug, Default)]
pub(crate) struct Link {
    pub(crate) connection: Option<Connection>,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) number: u64,
    /// Nothing that is sent from now on arrives.
    cut: bool,
    ends: [EndState; 2],
}

/// What is coming to one end.
#[derive(Debug, Default)]
struct EndState {
    closed: bool,
    last_arrival: Duration,
    /// What would arrive after this is lost.
    lost_after: Option<Duration>,
    /// How often every entry was sent to this end.
    sent: HashMap<EntryId, u8>,
}

/// The entries in a frame.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) author: Option<DeviceId>,
    pub(super) ids: Vec<EntryId>,
}

impl World {
    fn link_between(&self, a: usize, b: usize) -> (LinkId, End) {
        ((a.min(b), a.max(b)), usize::from(b > a))
    }

    /// Which node a device is for another one: that to which it has a link.
    fn neighbour(&self, node: usize, peer: &DeviceId) -> Option<usize> {
        let linked = |other: &usize| {
            self.nodes[*other].id() == *peer && self.links.contains_key(&self.link_between(node, *other).0)
        };
        if !self.twins.contains(peer) {
            return self.index.get(peer).copied();
        }
        (0..self.nodes.len()).find(linked)
    }

    /// The number of the connection from a node to a peer, if it can send on one.
    pub(super) fn connection(&self, node: usize, peer: &DeviceId) -> Option<u64> {
        let other = self.neighbour(node, peer)?;
        let (link, end) = self.link_between(node, other);
        let connection = self.links.get(&link)?.connection.as_ref()?;
        (!connection.ends[1 - end].closed).then_some(connection.number)
    }

    /// Puts a frame on the way to `peer`, with the ids of the entries in it.
    ///
    /// None goes twice. In a log that its device wrote in two places one may: while a branch is located somebody may push
    /// what is on it; and who is granted a space again may have got what was on the wire when it was withdrawn.
    pub(super) fn transmit(&mut self, node: usize, peer: DeviceId, bytes: Vec<u8>, entries: Sent) {
        let Sent { author, ids } = entries;
        let twin = author.is_some_and(|author| self.twins.contains(&author));
        let most = if twin || self.governed { 3 } else { 1 };
        let Some(other) = self.neighbour(node, &peer) else { return };
        let (link, end) = self.link_between(node, other);
        let delay = self.delay();
        let now = self.now;
        let Some(connection) = self.links.get_mut(&link).and_then(|link| link.connection.as_mut()) else {
            return;
        };
        if connection.cut || connection.ends[1 - end].closed {
            return;
        }
        let number = connection.number;
        let state = &mut connection.ends[end];
        let at = state.last_arrival.max(now + delay);
        state.last_arrival = at;
        let again = ids.iter().copied().find(|id| {
            let times = state.sent.entry(*id).or_default();
            *times += 1;
            *times > most
        });
        if let Some(id) = again {
            self.fail(format!(
                "entry {} went again from node {node} to node {other} on one connection",
                id.short()
            ));
        }
        self.schedule(at - now, What::Arrive { link, number, end, bytes, ids });
    }

    pub(super) fn arrive(&mut self, link: LinkId, number: u64, end: End, bytes: Vec<u8>, ids: &[EntryId]) {
        let now = self.now;
        let connection = self.links.get(&link).and_then(|link| link.connection.as_ref());
        let Some(connection) = connection.filter(|c| c.number == number && !c.ends[end].closed) else {
            return;
        };
        if connection.ends[end].lost_after.is_some_and(|after| now > after) {
            return;
        }
        let (node, other) = if end == 0 { link } else { (link.1, link.0) };
        let copies = self.stats.copies.entry(node).or_default();
        for id in ids {
            *copies.entry(*id).or_default() += 1;
        }
        let peer = self.nodes[other].id();
        self.receive(node, peer, bytes);
    }

    /// Connects the nodes of every free link that can be connected.
    pub(super) fn dial(&mut self) {
        let free: Vec<LinkId> = self.links.keys().copied().filter(|link| self.can_connect(*link)).collect();
        for link in free {
            // An earlier one of this round may have changed what its nodes know.
            if self.rng.random_bool(self.settings.dial) && self.can_connect(link) {
                self.connect(link);
            }
        }
    }

    fn can_connect(&self, link: LinkId) -> bool {
        let (a, b) = link;
        let apart = self.sides.as_ref().is_some_and(|sides| sides.get(a) != sides.get(b));
        let free = self.links.get(&link).is_some_and(|link| link.connection.is_none());
        let accepts = |node: usize, other: usize| {
            let other = self.nodes[other].id();
            self.nodes[node].running.as_ref().is_some_and(|r| r.access.devices.contains_key(&other))
        };
        free && !apart && accepts(a, b) && accepts(b, a)
    }

    pub(super) fn could_connect(&self) -> bool {
        self.links.keys().any(|link| self.can_connect(*link))
    }

    fn connect(&mut self, link: LinkId) {
        self.connections += 1;
        let connection = Connection { number: self.connections, cut: false, ends: Default::default() };
        if let Some(link) = self.links.get_mut(&link) {
            link.connection = Some(connection);
        }
        let (a, b) = (self.nodes[link.0].id(), self.nodes[link.1].id());
        self.feed(link.0, Event::Connected { peer: b });
        self.feed(link.1, Event::Connected { peer: a });
    }

    /// Breaks the connection on a link: what is under way is lost from some moment on, each way for itself, and each
    /// end notices when it notices.
    pub(crate) fn cut(&mut self, link: LinkId) {
        let lost = [self.up_to(Duration::from_millis(200)), self.up_to(Duration::from_millis(200))];
        let noticed = [self.up_to(Duration::from_secs(3)), self.up_to(Duration::from_secs(3))];
        let now = self.now;
        let Some(connection) = self.links.get_mut(&link).and_then(|link| link.connection.as_mut()) else {
            return;
        };
        if connection.cut {
            return;
        }
        connection.cut = true;
        let number = connection.number;
        for (end, after) in connection.ends.iter_mut().zip(lost) {
            end.lost_after = Some(now + after);
        }
        for (end, after) in noticed.into_iter().enumerate() {
            self.schedule(after, What::Closed { link, number, end });
        }
    }

    /// One end closes by itself: what it sent before still arrives, and then the other end sees the connection gone.
    pub(super) fn hang_up(&mut self, node: usize, peer: DeviceId) {
        let Some(other) = self.neighbour(node, &peer) else { return };
        let (link, end) = self.link_between(node, other);
        let now = self.now;
        let Some(connection) = self.links.get_mut(&link).and_then(|link| link.connection.as_mut()) else {
            return;
        };
        connection.cut = true;
        connection.ends[1 - end].closed = true;
        let (number, after) = (connection.number, connection.ends[end].last_arrival.saturating_sub(now));
        self.schedule(after + Duration::from_micros(1), What::Closed { link, number, end });
        self.free(link);
    }

    pub(super) fn closed(&mut self, link: LinkId, number: u64, end: End) {
        let connection = self.links.get_mut(&link).and_then(|link| link.connection.as_mut());
        let Some(connection) = connection.filter(|c| c.number == number && !c.ends[end].closed) else {
            return;
        };
        connection.ends[end].closed = true;
        let (node, other) = if end == 0 { link } else { (link.1, link.0) };
        let peer = self.nodes[other].id();
        if let Some(running) = &mut self.nodes[node].running {
            running.inbox.remove(&peer);
        }
        self.feed(node, Event::Disconnected { peer });
        self.free(link);
    }

    /// A node's machine is gone: its ends are closed at once, the others notice later.
    pub(super) fn drop_all(&mut self, node: usize) {
        let links: Vec<LinkId> =
            self.links.keys().copied().filter(|(a, b)| *a == node || *b == node).collect();
        for link in links {
            self.cut(link);
            if let Some(connection) = self.links.get_mut(&link).and_then(|link| link.connection.as_mut()) {
                connection.ends[usize::from(link.1 == node)].closed = true;
            }
            self.free(link);
        }
    }

    /// A link can be used again once both ends have closed.
    fn free(&mut self, link: LinkId) {
        if let Some(link) = self.links.get_mut(&link) {
            link.connection.take_if(|connection| connection.ends.iter().all(|end| end.closed));
        }
    }
}
