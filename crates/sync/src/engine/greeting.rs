//! The beginning of a connection: Hello, then governance, then the comparison of all other spaces.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::{DeviceId, Digest, LogId, SpaceId};

use super::Engine;
use crate::peer::{Peer, Said};
use crate::{
    Ask, CloseReason, Digests, Frame, Hello, INLINE_SPACES, MAX_PEERS, MAX_SPACES, PROTOCOL, Phase, Prefix,
};

impl Engine {
    pub(super) fn connected(&mut self, id: DeviceId) {
        self.forget(id);
        if id == self.me || !self.access.devices.contains_key(&id) {
            return self.close(id, CloseReason::NoAccess);
        }
        if self.peers.len() >= MAX_PEERS {
            return self.close(id, CloseReason::TooManyPeers);
        }
        let said = self.say(&id);
        let digests = listed(&said);
        let hello = Hello {
            protocol: PROTOCOL,
            programme: self.programme,
            governance: said.governance.0,
            combined: combined(&said),
            spaces: (digests.len() <= INLINE_SPACES).then_some(digests),
        };
        self.peers.insert(id, Peer::new(self.now, said));
        self.send(id, &Frame::Hello(hello));
        if self.probes > 0 {
            // Somebody may be waiting whose question went down with the connection that this one takes the place of.
            self.send(id, &Frame::Probe(self.probes));
        }
    }

    /// The digests that the peer is told: of spaces that both may read, as far as this node knows, and of which
    /// something is held here; that nothing is held of a space is said by leaving it out.
    fn say(&self, id: &DeviceId) -> Said {
        let vector = |space: &SpaceId| self.holdings.vector(space).cloned().unwrap_or_default();
        let content = self.content_shared_with(id).filter(|space| self.holdings.vector(space).is_some());
        Said {
            governance: (self.holdings.digest(&self.governance), vector(&self.governance)),
            spaces: content.map(|space| (space, (self.holdings.digest(&space), vector(&space)))).collect(),
        }
    }

    /// The spaces besides governance that both this node and the peer read.
    pub(super) fn content_shared_with<'a>(&'a self, id: &DeviceId) -> impl Iterator<Item = SpaceId> + 'a {
        self.access.shared(id).filter(|space| *space != self.governance).take(MAX_SPACES - 1)
    }

    pub(super) fn hello(&mut self, id: DeviceId, hello: &Hello) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.phase != Phase::Greeting {
            return self.close(id, CloseReason::Unexpected("a second Hello"));
        }
        if hello.protocol != PROTOCOL {
            return self.close(id, CloseReason::Version(hello.protocol));
        }
        if hello.programme != self.programme {
            return self.close(id, CloseReason::OtherProgramme);
        }
        let Some(said) = &peer.said else { return };
        peer.phase = Phase::Governance;
        if hello.governance != said.governance.0 {
            // Only governance moves until both sides have it: before that they may disagree on who reads what.
            return self.send_vector(id, self.governance, Ask::Nothing);
        }
        let shared = peer.shared.entry(self.governance).or_default();
        shared.equal(&said.governance.1, self.now);
        let ours = listed(said);
        let equal = hello.combined == combined(said);
        let inline = ours.len() <= INLINE_SPACES;
        // Both sides see both Hellos, so both come to the same of these three.
        if equal {
            self.open(id, &ours);
        } else if let (Some(theirs), true) = (&hello.spaces, inline) {
            self.open(id, &theirs.clone());
        } else {
            peer.phase = Phase::Ready;
            self.send(id, &Frame::Ready(ours));
        }
        self.announce_all_of(self.governance);
    }

    pub(super) fn ready(&mut self, id: DeviceId, digests: Digests) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        match peer.phase {
            Phase::Governance if peer.ready.is_none() => peer.ready = Some(digests),
            Phase::Ready => self.open(id, &digests),
            _ => self.close(id, CloseReason::Unexpected("a second Ready")),
        }
    }

    /// Says Ready to every peer whose governance this node now holds, as far as it takes it.
    pub(super) fn settle(&mut self) {
        let waiting = |peer: &Peer| peer.phase == Phase::Governance;
        let ids: Vec<DeviceId> = self.peers.iter().filter(|(_, p)| waiting(p)).map(|(id, _)| *id).collect();
        for id in ids {
            if !self.holds_governance_of(&id) {
                continue;
            }
            let said = self.say(&id);
            let digests = listed(&said);
            let Some(peer) = self.peers.get_mut(&id) else { continue };
            peer.said = Some(said);
            peer.phase = Phase::Ready;
            let ready = peer.ready.take();
            self.send(id, &Frame::Ready(digests));
            if let Some(theirs) = ready {
                self.open(id, &theirs);
            }
        }
    }

    /// Whether this node holds all governance that the peer announced, but for what it does not take.
    fn holds_governance_of(&self, id: &DeviceId) -> bool {
        let Some(peer) = self.peers.get(id) else { return false };
        let shared = peer.shared.get(&self.governance);
        let Some(theirs) = shared.and_then(|shared| shared.theirs.as_ref()) else { return false };
        theirs.keys().all(|device| {
            let log = LogId { space: self.governance, device: *device };
            self.missing_from(peer, &log) == 0 && !self.pending.contains_key(&log)
        })
    }

    /// Compares what both sides said, and begins with every space that differs.
    fn open(&mut self, id: DeviceId, theirs: &Digests) {
        let theirs: BTreeMap<Prefix, Digest> = theirs.iter().copied().collect();
        let spaces: BTreeSet<SpaceId> = self.content_shared_with(&id).collect();
        let now = self.now;
        let mut differing = Vec::new();
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.phase = Phase::Open;
        let Some(said) = peer.said.take() else { return };
        for space in &spaces {
            let shared = peer.shared.entry(*space).or_default();
            match (said.spaces.get(space), theirs.get(&Prefix::space(space))) {
                (Some((ours, vector)), Some(other)) if ours == other => shared.equal(vector, now),
                // Neither holds anything of it.
                (None, None) => shared.equal(&accord_core::Vector::default(), now),
                _ => differing.push(*space),
            }
        }
        for space in differing {
            self.send_vector(id, space, Ask::Nothing);
        }
        // What came after the digests were taken.
        for space in spaces {
            self.announce_all_of(space);
        }
        self.answer_probe(id);
    }
}

fn listed(said: &Said) -> Digests {
    said.spaces.iter().map(|(space, (digest, _))| (Prefix::space(space), *digest)).collect()
}

fn combined(said: &Said) -> Digest {
    Digest::combine(said.spaces.iter().map(|(space, (digest, _))| (&space.0, *digest)))
}
