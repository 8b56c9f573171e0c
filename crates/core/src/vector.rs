//! What a node holds of a space: the heads of its logs, and a digest of them.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

use crate::{DeviceId, EntryId};

/// The last entry of a log, or of one branch of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Head {
    /// Its position, from 1.
    #[n(0)]
    pub seq: u64,
    /// Its id.
    #[n(1)]
    pub id: EntryId,
}

/// The heads held of each log of a space: one, or several where the log forked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vector {
    heads: BTreeMap<DeviceId, Vec<Head>>,
}

/// A digest of a [`Vector`]: equal digests mean that both sides hold the same.
///
/// Sixteen bytes: an accidental collision is out of the question, and who crafts one only hides entries from a
/// pair that he could as well not have sent them to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 16]);

impl Vector {
    /// Sets the only head of `device`'s log.
    pub fn set(&mut self, device: DeviceId, head: Head) {
        self.heads.insert(device, vec![head]);
    }

    /// Adds the head of a further branch of `device`'s log, kept in order and without duplicates.
    pub fn add_branch(&mut self, device: DeviceId, head: Head) {
        let heads = self.heads.entry(device).or_default();
        if let Err(at) = heads.binary_search(&head) {
            heads.insert(at, head);
        }
    }

    /// The heads held of `device`'s log, none if nothing is held.
    pub fn heads(&self, device: &DeviceId) -> &[Head] {
        self.heads.get(device).map_or(&[], Vec::as_slice)
    }

    /// The head of the longest branch held of `device`'s log.
    pub fn head(&self, device: &DeviceId) -> Option<Head> {
        self.heads(device).iter().max().copied()
    }

    /// How far `device`'s log is held: 0 if not at all.
    pub fn seq(&self, device: &DeviceId) -> u64 {
        self.head(device).map_or(0, |head| head.seq)
    }

    /// Every log and its heads, by device.
    pub fn iter(&self) -> impl Iterator<Item = (&DeviceId, &[Head])> {
        self.heads.iter().map(|(device, heads)| (device, heads.as_slice()))
    }

    /// How many logs it has.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether it holds nothing at all.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The digest of all heads.
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(b"accord/1/vector\0");
        for (device, heads) in &self.heads {
            for head in heads {
                hash.update(device.0);
                hash.update(head.seq.to_be_bytes());
                hash.update(head.id.0);
            }
        }
        Digest::truncate(hash.finalize().into())
    }
}

impl FromIterator<(DeviceId, Head)> for Vector {
    fn from_iter<I: IntoIterator<Item = (DeviceId, Head)>>(heads: I) -> Self {
        let mut vector = Self::default();
        for (device, head) in heads {
            vector.add_branch(device, head);
        }
        vector
    }
}

impl Digest {
    /// One digest over several, each named by an id of 32 bytes, in the order given.
    pub fn combine<'a>(parts: impl IntoIterator<Item = (&'a [u8; 32], Digest)>) -> Digest {
        let mut hash = Sha256::new();
        hash.update(b"accord/1/digests\0");
        for (id, digest) in parts {
            hash.update(id);
            hash.update(digest.0);
        }
        Digest::truncate(hash.finalize().into())
    }

    fn truncate(hash: [u8; 32]) -> Digest {
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash[..16]);
        Digest(digest)
    }
}

impl<C> Encode<C> for Digest {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Digest {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.bytes()?
            .try_into()
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("a digest of another length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: u64, id: u8) -> Head {
        Head { seq, id: EntryId([id; 32]) }
    }

    #[test]
    fn the_digest_depends_on_the_heads_and_not_on_the_order_of_arrival() {
        let (a, b) = (DeviceId([1; 32]), DeviceId([2; 32]));
        let one: Vector = [(a, head(3, 1)), (b, head(4, 2))].into_iter().collect();
        let other: Vector = [(b, head(4, 2)), (a, head(3, 1))].into_iter().collect();
        assert_eq!(one.digest(), other.digest());
        let mut forked = one.clone();
        forked.add_branch(a, head(3, 9));
        assert_ne!(one.digest(), forked.digest());
        assert_eq!(forked.heads(&a).len(), 2);
    }
}
