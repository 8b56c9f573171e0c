//! Who listens where: what is known, what is told, what is passed on.

use accord_core::DeviceId;
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use tokio::time::Instant;

use super::{Host, Target};
use crate::network::book::{parse, shortened};
use crate::network::identity::{device_of, peer_of};
use crate::network::limits::{MAX_ADDRESSES, MAX_RELAYS, MAX_TOLD};
use crate::network::relaying::{relay_of, relay_part, through};
use crate::network::session::Link;
use crate::network::wire::{Addresses, Told};

/// How many devices of the local network that are not known are remembered, in case they are admitted.
const MAX_STRANGERS: usize = 64;

impl Host {
    /// Takes in what configuration and earlier runs tell.
    pub(super) fn learn_at_start(&mut self, dial: &[String], known: Vec<(DeviceId, Vec<String>)>) {
        for (device, addresses) in known {
            self.book.given(device, &addresses);
        }
        for text in self.announce.iter().filter(|text| parse(text).is_none()) {
            tracing::warn!(address = %text, "not an address that others could dial, so it is not told");
        }
        for text in dial {
            match parse(text) {
                Some((address, Some(device))) if relay_of(&address).is_none() => {
                    self.book.given(device, std::slice::from_ref(text));
                }
                Some((address, None)) if relay_of(&address).is_none() => {
                    self.dialler.add(Target::Address(address), Instant::now());
                }
                _ => tracing::warn!(address = %text, "not an address that can be dialled"),
            }
        }
    }

    /// Who may be connected changed, or the own admission did.
    pub(super) fn access_changed(&mut self) {
        let now = Instant::now();
        let access = self.access.borrow_and_update().clone();
        let admission = self.shared.backend.admission();
        if let Some(admission) = &admission {
            self.book.given(admission.inviter, &admission.addresses);
        }
        for (stranger, address) in std::mem::take(&mut self.strangers) {
            self.locally(stranger, address);
        }
        self.dialler.retain(|target| match target {
            Target::Device(device) => access.devices.contains_key(device),
            Target::Address(_) => true,
        });
        for device in access.devices.keys().filter(|device| **device != self.me) {
            if !self.live.contains_key(device) {
                self.dialler.add(Target::Device(*device), now);
            }
        }
        self.aloof.retain(|device| access.devices.contains_key(device));
        self.relays.wake(now);
        let inviter = admission.map(|admission| admission.inviter);
        if inviter != self.inviter {
            for (device, hurry) in [(self.inviter, false), (inviter, true)] {
                if let Some(device) = device {
                    self.dialler.hurry(&Target::Device(device), hurry, now);
                }
            }
            self.inviter = inviter;
        }
    }

    /// A device says where it and others listen.
    pub(super) fn told(&mut self, link: Link, addresses: &Addresses) {
        let peer = link.peer;
        self.told_of_relaying(link, addresses);
        if let Some(own) = &addresses.own
            && self.book.told(peer, own)
        {
            self.keeper.addresses(peer, self.book.lasting(&peer));
            let told = Told { device: peer, addresses: self.book.first_hand(&peer) };
            let news = Addresses { others: vec![told], ..Addresses::default() };
            for other in self.live.keys().filter(|other| **other != peer) {
                self.mention(other, &news);
            }
        }
        for told in &addresses.others {
            if self.is_known(&told.device) && self.book.heard(told.device, &told.addresses) {
                self.dialler.wake(&Target::Device(told.device), Instant::now());
            }
        }
    }

    /// Tells a device that has just connected where this node and others listen.
    pub(super) fn greet_with_addresses(&self, peer: DeviceId) {
        let access = self.access.borrow();
        let others = access.devices.keys().filter(|device| **device != self.me && **device != peer);
        let told = others.filter_map(|device| {
            let addresses = self.book.first_hand(device);
            (!addresses.is_empty()).then_some(Told { device: *device, addresses })
        });
        // Half of what a device may have, so that the message keeps to its length.
        let others: Vec<Told> = told
            .take(MAX_TOLD)
            .map(|mut told| {
                told.addresses = shortened(told.addresses, MAX_ADDRESSES / 4);
                told
            })
            .collect();
        let own = Some(self.own.borrow().clone());
        let news = Addresses { own, others, relays: self.is_relay().then_some(true), seen: self.seen(&peer) };
        self.mention(&peer, &news);
    }

    /// Where this node listens changed.
    pub(super) fn own_addresses_changed(&mut self) {
        let listeners = self.swarm.listeners().filter(|address| relay_part(address).is_none());
        let listening: Vec<Multiaddr> = listeners.cloned().collect();
        self.listening.send_replace(listening.iter().map(ToString::to_string).collect());
        let mut own = self.announce.clone();
        if own.is_empty() {
            // Others reach a loopback address only if there is nothing else, as when all nodes are on one machine.
            let outside = listening.iter().any(|address| !is_loopback(address));
            let told = listening.iter().filter(|address| !outside || !is_loopback(address));
            own = told.map(ToString::to_string).collect();
        }
        own.retain(|address| parse(address).is_some());
        own.truncate(MAX_ADDRESSES - MAX_RELAYS);
        own.extend(self.relays.standing().filter_map(|relay| Some(through(peer_of(&relay)?).to_string())));
        let changed = self.own.send_if_modified(|known| {
            let changed = *known != own;
            known.clone_from(&own);
            changed
        });
        if changed {
            let news = Addresses { own: Some(own), ..Addresses::default() };
            for peer in self.live.keys() {
                self.mention(peer, &news);
            }
        }
    }

    /// Nodes were found on the local network.
    pub(super) fn discovered(&mut self, found: Vec<(PeerId, Multiaddr)>) {
        for (peer, address) in found {
            if let Some(device) = device_of(&peer).filter(|device| *device != self.me) {
                self.locally(device, address.to_string());
            }
        }
    }

    /// A device that is not known is neither dialled nor given a place in the book: anybody on the local network can
    /// claim any number of them.
    fn locally(&mut self, device: DeviceId, address: String) {
        if !self.is_known(&device) {
            if self.strangers.len() >= MAX_STRANGERS {
                self.strangers.pop_front();
            }
            self.strangers.push_back((device, address));
        } else if self.book.given(device, &[address]) {
            self.dialler.wake(&Target::Device(device), Instant::now());
        }
    }
}

fn is_loopback(address: &Multiaddr) -> bool {
    address.iter().any(|part| match part {
        Protocol::Ip4(ip) => ip.is_loopback(),
        Protocol::Ip6(ip) => ip.is_loopback(),
        _ => false,
    })
}
