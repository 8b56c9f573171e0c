//! What frames are made of: short references to spaces, devices and entries, and lists by space.

use accord_core::{DeviceId, Digest, EntryId, Head, SpaceId};
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use super::reading::{exactly, fields, length, list};
use crate::{MAX_BRANCHES, MAX_SPACES};

/// The first eight bytes of an id. Hitting a given id's prefix takes 2^64 tries; whoever makes two ids of his own with
/// one prefix only has his own logs named in full. The chain check catches what a prefix hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prefix(pub [u8; 8]);

impl Prefix {
    /// The prefix of an id.
    pub fn of(id: &[u8; 32]) -> Self {
        let mut prefix = [0; 8];
        prefix.copy_from_slice(&id[..8]);
        Self(prefix)
    }

    /// The prefix of a space's id.
    pub fn space(id: &SpaceId) -> Self {
        Self::of(&id.0)
    }

    /// The prefix of an entry's id.
    pub fn entry(id: &EntryId) -> Self {
        Self::of(&id.0)
    }
}

/// A device: by prefix where the other side knows it from governance, in full where it may not, or where two devices
/// that the sender knows share the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceRef {
    /// Its prefix.
    Short(Prefix),
    /// Its id.
    Full(DeviceId),
}

/// A head, as a peer names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Its position.
    pub seq: u64,
    /// Of its id.
    pub id: Prefix,
}

impl From<Head> for Claim {
    fn from(head: Head) -> Self {
        Self { seq: head.seq, id: Prefix::entry(&head.id) }
    }
}

/// A log of a vector: its heads, one unless it forked, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRef {
    /// Whose.
    pub device: DeviceRef,
    /// Its heads, at least one.
    pub heads: Vec<Claim>,
}

/// The digests of spaces.
pub type Digests = Vec<(Prefix, Digest)>;

/// The logs of a vector.
pub type Heads = Vec<HeadRef>;

/// New heads, by space.
pub type Positions = Vec<(Prefix, Vec<(DeviceRef, Claim)>)>;

/// Ranges of logs, each from its first to its last position, and what the entry before the first is to be, by space.
pub type Ranges = Vec<(Prefix, Vec<(DeviceRef, u64, u64, Option<Prefix>)>)>;

impl<C> Encode<C> for Prefix {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Prefix {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        exactly(d).map(Self)
    }
}

impl<C> Encode<C> for DeviceRef {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        match self {
            DeviceRef::Short(prefix) => e.bytes(&prefix.0)?.ok(),
            DeviceRef::Full(device) => e.bytes(&device.0)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for DeviceRef {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let bytes = d.bytes()?;
        if let Ok(prefix) = bytes.try_into() {
            return Ok(DeviceRef::Short(Prefix(prefix)));
        }
        let full = bytes.try_into().map_err(|_| decode::Error::message("a device of another length"))?;
        Ok(DeviceRef::Full(DeviceId(full)))
    }
}

impl<C> Encode<C> for HeadRef {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.array(1 + 2 * self.heads.len() as u64)?;
        self.device.encode(e, ctx)?;
        for head in &self.heads {
            e.u64(head.seq)?;
            head.id.encode(e, ctx)?;
        }
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for HeadRef {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        let len = length(d, 1 + 2 * MAX_BRANCHES)?;
        if len < 3 || len % 2 == 0 {
            return Err(decode::Error::message("a log without heads"));
        }
        let device = DeviceRef::decode(d, ctx)?;
        let heads = (0..len / 2).map(|_| claim(d)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { device, heads })
    }
}

pub(super) fn claim(d: &mut Decoder<'_>) -> Result<Claim, decode::Error> {
    Ok(Claim { seq: position(d)?, id: Prefix::decode(d, &mut ())? })
}

/// Reads a position, which is at least 1.
pub(super) fn position(d: &mut Decoder<'_>) -> Result<u64, decode::Error> {
    match d.u64()? {
        0 => Err(decode::Error::message("positions begin at 1")),
        seq => Ok(seq),
    }
}

pub(super) fn write_digests<W: Write>(
    e: &mut Encoder<W>,
    digests: &Digests,
) -> Result<(), encode::Error<W::Error>> {
    e.array(digests.len() as u64)?;
    for (space, digest) in digests {
        e.array(2)?.bytes(&space.0)?.bytes(&digest.0)?;
    }
    Ok(())
}

pub(super) fn read_digests(d: &mut Decoder<'_>) -> Result<Digests, decode::Error> {
    list(d, MAX_SPACES, |d| {
        fields(d, 2)?;
        Ok((Prefix::decode(d, &mut ())?, Digest::decode(d, &mut ())?))
    })
}

pub(super) fn write_positions<W: Write>(
    e: &mut Encoder<W>,
    positions: &Positions,
) -> Result<(), encode::Error<W::Error>> {
    e.array(positions.len() as u64)?;
    for (space, items) in positions {
        e.array(2)?.bytes(&space.0)?.array(items.len() as u64)?;
        for (device, claim) in items {
            e.array(3)?;
            device.encode(e, &mut ())?;
            e.u64(claim.seq)?.bytes(&claim.id.0)?;
        }
    }
    Ok(())
}

pub(super) fn read_positions(d: &mut Decoder<'_>) -> Result<Positions, decode::Error> {
    by_space(d, |d| {
        fields(d, 3)?;
        Ok((DeviceRef::decode(d, &mut ())?, claim(d)?))
    })
}

pub(super) fn write_ranges<W: Write>(
    e: &mut Encoder<W>,
    ranges: &Ranges,
) -> Result<(), encode::Error<W::Error>> {
    e.array(ranges.len() as u64)?;
    for (space, items) in ranges {
        e.array(2)?.bytes(&space.0)?.array(items.len() as u64)?;
        for (device, from, to, after) in items {
            e.array(3 + u64::from(after.is_some()))?;
            device.encode(e, &mut ())?;
            e.u64(*from)?.u64(*to)?;
            if let Some(after) = after {
                e.bytes(&after.0)?;
            }
        }
    }
    Ok(())
}

pub(super) fn read_ranges(d: &mut Decoder<'_>) -> Result<Ranges, decode::Error> {
    by_space(d, |d| {
        let len = length(d, 4)?;
        if len < 3 {
            return Err(decode::Error::message("an array of another length"));
        }
        let device = DeviceRef::decode(d, &mut ())?;
        let (from, to) = (position(d)?, position(d)?);
        if from > to {
            return Err(decode::Error::message("a range that ends before it begins"));
        }
        let after = if len == 4 { Some(Prefix::decode(d, &mut ())?) } else { None };
        Ok((device, from, to, after))
    })
}

/// Reads lists by space, with at most [`crate::MAX_ITEMS`] items in all.
fn by_space<'b, T>(
    d: &mut Decoder<'b>,
    mut item: impl FnMut(&mut Decoder<'b>) -> Result<T, decode::Error>,
) -> Result<Vec<(Prefix, Vec<T>)>, decode::Error> {
    let mut left = crate::MAX_ITEMS;
    list(d, MAX_SPACES, |d| {
        fields(d, 2)?;
        let space = Prefix::decode(d, &mut ())?;
        let items = list(d, left, &mut item)?;
        left -= items.len();
        Ok((space, items))
    })
}
