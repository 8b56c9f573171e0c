//! The addresses of other devices, by where they are known from.
//!
//! An address is where a device listens, or the name of a relay that it can be reached through.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::DeviceId;
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;

use super::identity::device_of;
use super::limits::{MAX_ADDRESS, MAX_ADDRESSES, MAX_BOOK, MAX_RELAYS};
use super::relaying::{relay_of, relay_part};

#[derive(Debug, Default)]
struct Known {
    /// What the device says itself: stands for all that it said before.
    told: Vec<Multiaddr>,
    /// From configuration, tickets, earlier runs, the local network, and dials that worked.
    given: Vec<Multiaddr>,
    /// What others say. Any member may say anything: such an address that belongs to somebody else is forgotten as
    /// soon as a dial shows it, and never passed on.
    heard: Vec<Multiaddr>,
}

/// The addresses known.
#[derive(Debug, Default)]
pub(super) struct Book {
    devices: BTreeMap<DeviceId, Known>,
}

impl Book {
    fn known(&mut self, device: DeviceId) -> Option<&mut Known> {
        if self.devices.len() >= MAX_BOOK && !self.devices.contains_key(&device) {
            return None;
        }
        Some(self.devices.entry(device).or_default())
    }

    /// Takes in what a device says of itself. Gives whether that is news.
    pub(super) fn told(&mut self, device: DeviceId, addresses: &[String]) -> bool {
        let addresses = parse_all(addresses, &device);
        let Some(known) = self.known(device) else { return false };
        let news = known.told != addresses;
        known.told = addresses;
        news
    }

    /// Takes in what is known by other ways. Gives whether that is news.
    pub(super) fn given(&mut self, device: DeviceId, addresses: &[String]) -> bool {
        let addresses = parse_all(addresses, &device);
        let Some(known) = self.known(device) else { return false };
        add(&mut known.given, addresses)
    }

    /// Takes in what somebody says of another device. Gives whether that is news.
    pub(super) fn heard(&mut self, device: DeviceId, addresses: &[String]) -> bool {
        let addresses = parse_all(addresses, &device);
        let Some(known) = self.known(device) else { return false };
        add(&mut known.heard, addresses)
    }

    /// Forgets an address at which another device was found.
    pub(super) fn wrong(&mut self, device: &DeviceId, address: &Multiaddr) {
        let address = without_peer(address.clone());
        if let Some(known) = self.devices.get_mut(device) {
            for list in [&mut known.told, &mut known.given, &mut known.heard] {
                list.retain(|other| *other != address);
            }
        }
    }

    /// Where to dial a device, the best first.
    pub(super) fn of(&self, device: &DeviceId) -> Vec<Multiaddr> {
        let mut all = Vec::new();
        for address in self.all(device).filter(|address| relay_of(address).is_none()) {
            if all.len() < MAX_ADDRESSES && !all.contains(address) {
                all.push(address.clone());
            }
        }
        all
    }

    /// Through whom a device can be reached.
    pub(super) fn relays_of(&self, device: &DeviceId) -> BTreeSet<DeviceId> {
        self.all(device).filter_map(relay_of).collect()
    }

    /// Who can be reached through a relay.
    pub(super) fn behind(&self, relay: &DeviceId) -> Vec<DeviceId> {
        self.devices.keys().filter(|device| self.relays_of(device).contains(relay)).copied().collect()
    }

    fn all(&self, device: &DeviceId) -> impl Iterator<Item = &Multiaddr> {
        let known = self.devices.get(device).into_iter();
        known.flat_map(|known| known.told.iter().chain(&known.given).chain(&known.heard))
    }

    /// What may be passed on of a device: what it said itself, else what this node knows first hand.
    pub(super) fn first_hand(&self, device: &DeviceId) -> Vec<String> {
        let known = self.devices.get(device);
        let list = known.map(|known| if known.told.is_empty() { &known.given } else { &known.told });
        list.into_iter().flatten().map(ToString::to_string).collect()
    }

    /// What is worth remembering of that. Through whom a device is reached changes with every connection.
    pub(super) fn lasting(&self, device: &DeviceId) -> Vec<String> {
        let lasting = |text: &String| parse(text).is_some_and(|(address, _)| relay_of(&address).is_none());
        self.first_hand(device).into_iter().filter(lasting).collect()
    }
}

/// At most `limit` of these addresses: where a device listens first, but none of the relays left out, without which it may
/// not be reached at all.
pub(super) fn shortened(addresses: Vec<String>, limit: usize) -> Vec<String> {
    let is_relay = |text: &String| parse(text).is_some_and(|(address, _)| relay_of(&address).is_some());
    let (mut relays, mut direct): (Vec<_>, Vec<_>) = addresses.into_iter().partition(is_relay);
    relays.truncate(MAX_RELAYS);
    direct.truncate(limit.saturating_sub(relays.len()));
    direct.extend(relays);
    direct
}

fn add(list: &mut Vec<Multiaddr>, addresses: Vec<Multiaddr>) -> bool {
    let before = list.len();
    for address in addresses {
        if list.len() < MAX_ADDRESSES && !list.contains(&address) {
            list.push(address);
        }
    }
    list.len() > before
}

fn parse_all(addresses: &[String], device: &DeviceId) -> Vec<Multiaddr> {
    let mut parsed: Vec<Multiaddr> = Vec::new();
    for text in addresses.iter().take(MAX_ADDRESSES) {
        if let Some((address, owner)) = parse(text)
            && owner.is_none_or(|owner| owner == *device)
            && !parsed.contains(&address)
        {
            parsed.push(address);
        }
    }
    parsed
}

/// An address that can be dialled, without the device that may be named at its end, and that device.
pub(super) fn parse(text: &str) -> Option<(Multiaddr, Option<DeviceId>)> {
    if text.len() > MAX_ADDRESS {
        return None;
    }
    let address: Multiaddr = text.parse().ok()?;
    if let Some(relay) = relay_part(&address) {
        return parse_relayed(&address, &relay);
    }
    let mut owner = None;
    for (at, part) in address.iter().enumerate() {
        let fits = match part {
            Protocol::Ip4(ip) => at == 0 && !ip.is_unspecified(),
            Protocol::Ip6(ip) => at == 0 && !ip.is_unspecified(),
            Protocol::Dns(_) | Protocol::Dns4(_) | Protocol::Dns6(_) => at == 0,
            Protocol::Tcp(port) => at == 1 && port != 0,
            Protocol::P2p(peer) => {
                owner = Some(device_of(&peer)?);
                at == 2
            }
            _ => false,
        };
        if !fits {
            return None;
        }
    }
    let address = without_peer(address);
    (address.iter().count() == 2).then_some((address, owner))
}

/// The name of a relay and nothing else; whatever is told of where that listens is known better.
fn parse_relayed(address: &Multiaddr, relay: &Multiaddr) -> Option<(Multiaddr, Option<DeviceId>)> {
    relay_of(address)?;
    let parts: Vec<Protocol<'_>> = address.iter().skip(relay.iter().count() + 1).collect();
    let owner = match parts.as_slice() {
        [] => None,
        [Protocol::P2p(peer)] => Some(device_of(peer)?),
        _ => return None,
    };
    let named = relay.iter().last()?;
    (relay.iter().count() == 1)
        .then(|| (Multiaddr::empty().with(named).with(Protocol::P2pCircuit), owner))
}

fn without_peer(mut address: Multiaddr) -> Multiaddr {
    if matches!(address.iter().last(), Some(Protocol::P2p(_))) {
        address.pop();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::identity::peer_of;
    use accord_core::DeviceKey;

    fn device(seed: u8) -> DeviceId {
        DeviceKey::from_seed(&[seed; 32]).id()
    }

    #[test]
    fn only_what_can_be_dialled_is_an_address() {
        for good in ["/ip4/192.0.2.1/tcp/4701", "/ip6/2001:db8::1/tcp/1", "/dns/accord.example.org/tcp/4701"]
        {
            assert!(parse(good).is_some(), "{good}");
        }
        for bad in
            ["", "x", "/ip4/0.0.0.0/tcp/4701", "/ip4/192.0.2.1/tcp/0", "/ip4/192.0.2.1/udp/1", "/tcp/1"]
        {
            assert!(parse(bad).is_none(), "{bad}");
        }
        let address = parse("/ip4/192.0.2.1/tcp/4701").unwrap().0;
        let named = format!("{address}/p2p/{}", peer_of(&device(1)).unwrap());
        assert_eq!(parse(&named), Some((address, Some(device(1)))));
    }

    #[test]
    fn a_relay_is_an_address_too_and_is_not_shortened_away() {
        let relay = peer_of(&device(9)).unwrap();
        let through = format!("/p2p/{relay}/p2p-circuit");
        assert_eq!(parse(&format!("{through}/p2p/{}", peer_of(&device(1)).unwrap())).unwrap().1, Some(device(1)));
        for bad in ["/p2p-circuit".to_owned(), format!("{through}/tcp/1"), format!("{through}{through}"), format!("/ip4/192.0.2.1/tcp/1{through}")] {
            assert!(parse(&bad).is_none(), "{bad}");
        }
        let mut book = Book::default();
        let mut told: Vec<String> = (1..=6).map(|last| format!("/ip4/192.0.2.{last}/tcp/1")).collect();
        told.push(through.clone());
        assert!(book.told(device(1), &told));
        assert_eq!(book.of(&device(1)).len(), 6);
        assert_eq!(book.relays_of(&device(1)), BTreeSet::from([device(9)]));
        assert_eq!(book.behind(&device(9)), [device(1)]);
        assert_eq!(book.lasting(&device(1)), told[..6]);
        let mut short = told[..3].to_vec();
        short.push(through);
        assert_eq!(shortened(book.first_hand(&device(1)), 4), short);
    }

    #[test]
    fn what_a_device_says_itself_comes_first_and_hearsay_is_not_passed_on() {
        let mut book = Book::default();
        assert!(book.heard(device(1), &["/ip4/192.0.2.3/tcp/3".into()]));
        assert_eq!(book.first_hand(&device(1)), Vec::<String>::new());
        assert!(book.given(device(1), &["/ip4/192.0.2.2/tcp/2".into()]));
        assert!(book.told(device(1), &["/ip4/192.0.2.1/tcp/1".into()]));
        assert!(!book.told(device(1), &["/ip4/192.0.2.1/tcp/1".into()]));
        let all: Vec<String> = book.of(&device(1)).iter().map(ToString::to_string).collect();
        assert_eq!(all, ["/ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.2/tcp/2", "/ip4/192.0.2.3/tcp/3"]);
        assert_eq!(book.first_hand(&device(1)), ["/ip4/192.0.2.1/tcp/1"]);
    }
}
