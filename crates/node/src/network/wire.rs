//! The messages of a connection, around the sync engine's frames: greeting, knocking, addresses, signs of life.
//!
//! A message is its length as four bytes (big-endian), one byte that tells its kind, and a body. The length counts the
//! kind. What is longer than its kind may be, or of an unknown kind, ends the connection before it is read.

use accord_core::{DeviceId, ProgrammeId};
use minicbor::{Decode, Encode};

use super::knock::Knock;
use super::limits::{MAX_ADDRESS, MAX_ADDRESS_MESSAGE, MAX_ADDRESSES, MAX_ANSWER, MAX_HELLO, MAX_TOLD};

/// The number of the greeting. The engine's Hello carries the number of its own protocol.
pub(super) const VERSION: u32 = 1;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A sign of life, without a body.
    Beat,
    /// A frame of the sync engine.
    Frame,
    /// Addresses of the sender and of others.
    Addresses,
    /// The first word of the side that dialled.
    Hello,
    /// The side that was dialled accepts. Without a body.
    Welcome,
    /// The answer to a knock; nothing follows it.
    Answer,
}

impl Kind {
    const ALL: [Kind; 6] =
        [Kind::Beat, Kind::Frame, Kind::Addresses, Kind::Hello, Kind::Welcome, Kind::Answer];

    /// Its byte.
    pub(super) fn byte(self) -> u8 {
        self as u8
    }

    /// The kind of a byte; none if it is not known.
    pub(super) fn of(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }

    /// The longest body.
    pub(super) fn limit(self) -> usize {
        match self {
            Kind::Beat | Kind::Welcome => 0,
            Kind::Frame => accord_sync::MAX_FRAME,
            Kind::Addresses => MAX_ADDRESS_MESSAGE,
            Kind::Hello => MAX_HELLO,
            Kind::Answer => MAX_ANSWER,
        }
    }
}

/// The first word of the side that dialled, said only to a device that it knows.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Hello {
    /// [`VERSION`].
    #[n(0)]
    pub(super) version: u32,
    /// The programme.
    #[n(1)]
    pub(super) programme: ProgrammeId,
    /// The proof of a device that the other side may not know.
    #[n(2)]
    pub(super) knock: Option<Knock>,
    /// Where the sender listens, so that whoever admits it can reach it.
    #[n(3)]
    pub(super) addresses: Vec<String>,
}

/// Where to reach nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Addresses {
    /// Where the sender listens; none if this is about others alone.
    #[n(0)]
    pub(super) own: Option<Vec<String>>,
    /// What the sender knows of others, from themselves.
    #[n(1)]
    pub(super) others: Vec<Told>,
    /// Whether the sender relays for devices of the programme; none if nothing is said of that.
    #[n(2)]
    pub(super) relays: Option<bool>,
    /// Where the sender sees the receiver, who may not know under which address it appears outside.
    #[n(3)]
    pub(super) seen: Option<String>,
}

/// Where a device listens, as somebody says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Told {
    /// The device.
    #[n(0)]
    pub(super) device: DeviceId,
    /// Where.
    #[n(1)]
    pub(super) addresses: Vec<String>,
}

impl Addresses {
    /// Whether it keeps to its bounds.
    pub(super) fn is_bounded(&self) -> bool {
        self.others.len() <= MAX_TOLD
            && self.seen.as_ref().is_none_or(|seen| seen.len() <= MAX_ADDRESS)
            && self.own.iter().chain(self.others.iter().map(|told| &told.addresses)).all(|list| bounded(list))
    }
}

/// Whether a list of addresses keeps to its bounds.
pub(super) fn bounded(addresses: &[String]) -> bool {
    addresses.len() <= MAX_ADDRESSES && addresses.iter().all(|address| address.len() <= MAX_ADDRESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_byte_and_no_other_byte_has_one() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.byte()), Some(kind));
        }
        assert_eq!(Kind::of(6), None);
        assert_eq!(Kind::of(255), None);
    }

    #[test]
    fn a_greeting_survives_its_bytes() {
        let hello = Hello {
            version: VERSION,
            programme: ProgrammeId([1; 32]),
            knock: None,
            addresses: vec!["/ip4/192.0.2.1/tcp/4701".into()],
        };
        assert_eq!(accord_core::decode::<Hello>(&accord_core::encode(&hello)), Ok(hello));
    }
}
