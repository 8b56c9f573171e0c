//! What has to be known of an IPv4 packet, and the translation of its addresses.

use std::net::Ipv4Addr;

/// Where in the packet the address of the sender stands.
const SOURCE: usize = 12;

/// Where in the packet the address of the receiver stands.
const DESTINATION: usize = 16;

const TCP: u8 = 6;
const UDP: u8 = 17;

/// What a packet says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) source: Ipv4Addr,
    pub(crate) destination: Ipv4Addr,
    protocol: u8,
    ports: (u16, u16),
    /// Whether it brings more than the making and ending of a connection.
    pub(crate) carries: bool,
    /// Where the checksum of its protocol stands, if it counts the addresses.
    checksum: Option<usize>,
}

/// A conversation, as the sender of a packet sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Flow {
    protocol: u8,
    near: (Ipv4Addr, u16),
    far: (Ipv4Addr, u16),
}

impl Header {
    /// Reads a packet; none if it is not one of IPv4 with a whole header. Fragments are not made here: the devices agree on
    /// one size.
    pub(crate) fn read(packet: &[u8]) -> Option<Self> {
        let length = usize::from(packet.first()? & 0x0f) * 4;
        let number = |at: usize| Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]));
        if packet.first()? >> 4 != 4 || length < 20 || packet.len() < length {
            return None;
        }
        let protocol = packet[9];
        let (ports, carries, checksum) = match protocol {
            TCP => {
                let header = usize::from(packet.get(length + 12)? >> 4) * 4;
                let body = usize::from(number(2)?).checked_sub(length + header)?;
                ((number(length)?, number(length + 2)?), body > 0, Some(length + 16))
            }
            UDP => {
                // A checksum of zero stands for none.
                let checksum = (number(length + 6)? != 0).then_some(length + 6);
                ((number(length)?, number(length + 2)?), true, checksum)
            }
            _ => ((0, 0), true, None),
        };
        let (source, destination) = (address(packet, SOURCE)?, address(packet, DESTINATION)?);
        Some(Self { source, destination, protocol, ports, carries, checksum })
    }

    pub(crate) fn flow(&self) -> Flow {
        let (near, far) = ((self.source, self.ports.0), (self.destination, self.ports.1));
        Flow { protocol: self.protocol, near, far }
    }

    /// The conversation of which it is an answer.
    pub(crate) fn answers(&self) -> Flow {
        let (near, far) = ((self.destination, self.ports.1), (self.source, self.ports.0));
        Flow { protocol: self.protocol, near, far }
    }

    /// The packet now comes from another address.
    pub(crate) fn send_from(&mut self, packet: &mut [u8], source: Ipv4Addr) {
        self.replace(packet, SOURCE, source);
        self.source = source;
    }

    /// The packet now goes to another address.
    pub(crate) fn send_to(&mut self, packet: &mut [u8], destination: Ipv4Addr) {
        self.replace(packet, DESTINATION, destination);
        self.destination = destination;
    }

    fn replace(&self, packet: &mut [u8], at: usize, by: Ipv4Addr) {
        let (Some(old), new) = (address(packet, at).map(|old| old.octets()), by.octets()) else { return };
        packet[at..at + 4].copy_from_slice(&new);
        for sum in [Some(10), self.checksum].into_iter().flatten() {
            if let Some(&[a, b]) = packet.get(sum..sum + 2) {
                let changed = adjust(u16::from_be_bytes([a, b]), old, new);
                packet[sum..sum + 2].copy_from_slice(&changed.to_be_bytes());
            }
        }
    }
}

fn address(packet: &[u8], at: usize) -> Option<Ipv4Addr> {
    let bytes: [u8; 4] = packet.get(at..at + 4)?.try_into().ok()?;
    Some(bytes.into())
}

/// A checksum after four bytes have changed (RFC 1624, equation 3).
fn adjust(sum: u16, old: [u8; 4], new: [u8; 4]) -> u16 {
    let words =
        |bytes: [u8; 4]| [u16::from_be_bytes([bytes[0], bytes[1]]), u16::from_be_bytes([bytes[2], bytes[3]])];
    let mut total = u32::from(!sum);
    for (old, new) in words(old).into_iter().zip(words(new)) {
        total += u32::from(!old) + u32::from(new);
    }
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    // What is left fits: the carries were added until there were none.
    !u16::try_from(total).unwrap_or(u16::MAX)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A TCP packet with this much of a body, and right checksums.
    pub(crate) fn tcp(from: (Ipv4Addr, u16), to: (Ipv4Addr, u16), body: usize) -> Vec<u8> {
        let mut packet = vec![0; 40 + body];
        packet[0] = 0x45;
        packet[2..4].copy_from_slice(&u16::try_from(40 + body).unwrap().to_be_bytes());
        packet[8] = 64;
        packet[9] = TCP;
        packet[12..16].copy_from_slice(&from.0.octets());
        packet[16..20].copy_from_slice(&to.0.octets());
        packet[20..22].copy_from_slice(&from.1.to_be_bytes());
        packet[22..24].copy_from_slice(&to.1.to_be_bytes());
        packet[32] = 5 << 4;
        let (ip, tcp) = sums(&packet);
        packet[10..12].copy_from_slice(&ip.to_be_bytes());
        packet[36..38].copy_from_slice(&tcp.to_be_bytes());
        packet
    }

    fn sum(bytes: impl Iterator<Item = u8>) -> u16 {
        let bytes: Vec<u8> = bytes.collect();
        let words = bytes
            .chunks(2)
            .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)])));
        let mut total: u32 = words.sum();
        while total > 0xffff {
            total = (total & 0xffff) + (total >> 16);
        }
        !u16::try_from(total).unwrap()
    }

    /// Both checksums, computed from the whole packet.
    fn sums(packet: &[u8]) -> (u16, u16) {
        let mut clear = packet.to_vec();
        clear[10..12].fill(0);
        clear[36..38].fill(0);
        let length = u16::try_from(packet.len() - 20).unwrap();
        let pseudo = clear[12..20].iter().copied().chain([0, TCP]).chain(length.to_be_bytes());
        let tcp = sum(pseudo.chain(clear[20..].iter().copied()));
        (sum(clear[..20].iter().copied()), tcp)
    }

    #[test]
    fn an_address_is_translated_with_the_checksums() {
        let (near, far) = (Ipv4Addr::new(10, 0, 1, 2), Ipv4Addr::new(203, 0, 113, 9));
        let mut packet = tcp((near, 4701), (far, 4702), 7);
        let mut header = Header::read(&packet).unwrap();
        assert!(header.carries);
        header.send_from(&mut packet, Ipv4Addr::new(198, 51, 100, 1));
        header.send_to(&mut packet, near);
        let (ip, transport) = sums(&packet);
        assert_eq!(packet[10..12], ip.to_be_bytes());
        assert_eq!(packet[36..38], transport.to_be_bytes());
        assert_eq!(Header::read(&packet), Some(header));
        assert!(!Header::read(&tcp((near, 1), (far, 2), 0)).unwrap().carries);
    }

    #[test]
    fn what_is_no_packet_is_none() {
        for bytes in [&[][..], &[0x45; 10], &[0x60; 60], &[0x4f; 30]] {
            assert_eq!(Header::read(bytes), None);
        }
    }
}
