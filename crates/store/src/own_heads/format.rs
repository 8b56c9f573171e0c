//! The bytes of the file of own heads.
//!
//! ```text
//! "ACCHEADS" ‖ version, u16 ‖ count, u32 ‖ count × (space[32] ‖ seq, u64 ‖ id[32]) ‖ SHA-256 of all before
//! ```
//!
//! Numbers are big-endian, spaces ascend.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::OwnHead;

const MAGIC: &[u8; 8] = b"ACCHEADS";
const VERSION: u16 = 1;
const ITEM: usize = 32 + 8 + 32;

/// More than two hundred thousand spaces; a file beyond that is not ours, and is not read into memory.
pub(super) const MAX_BYTES: u64 = 16 << 20;

/// Why bytes are no file of own heads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    Damaged(&'static str),
    Version(u16),
}

pub(super) fn encode(heads: &BTreeMap<[u8; 32], OwnHead>) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&VERSION.to_be_bytes());
    bytes.extend_from_slice(&u32::try_from(heads.len()).unwrap_or(u32::MAX).to_be_bytes());
    for (space, head) in heads {
        bytes.extend_from_slice(space);
        bytes.extend_from_slice(&head.seq.to_be_bytes());
        bytes.extend_from_slice(&head.id);
    }
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> Result<BTreeMap<[u8; 32], OwnHead>, Unreadable> {
    use Unreadable::{Damaged, Version};
    let rest = bytes.strip_prefix(MAGIC).ok_or(Damaged("it does not begin like one"))?;
    // The checksum comes first: a version that was damaged must not look like a newer program's.
    let (content, sum) = bytes.split_last_chunk::<32>().ok_or(Damaged("it is cut short"))?;
    if Sha256::digest(content)[..] != sum[..] {
        return Err(Damaged("its checksum is wrong"));
    }
    let short = || Damaged("it is cut short");
    let (version, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let version = u16::from_be_bytes(*version);
    if version != VERSION {
        return Err(Version(version));
    }
    let (count, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let items = rest.len().checked_sub(32).map(|len| &rest[..len]).ok_or_else(short)?;
    if u64::from(u32::from_be_bytes(*count)) * ITEM as u64 != items.len() as u64 {
        return Err(Damaged("its length does not match its count"));
    }
    let mut heads: BTreeMap<[u8; 32], OwnHead> = BTreeMap::new();
    for item in items.chunks_exact(ITEM) {
        let (space, item) = item.split_first_chunk().ok_or_else(short)?;
        let (seq, item) = item.split_first_chunk().ok_or_else(short)?;
        let id = item.try_into().map_err(|_| short())?;
        // Of two heads of one log one would be passed over without a word.
        if heads.last_key_value().is_some_and(|(last, _)| last >= space) {
            return Err(Damaged("its logs are not in their order"));
        }
        heads.insert(*space, OwnHead { seq: u64::from_be_bytes(*seq), id });
    }
    Ok(heads)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads() -> BTreeMap<[u8; 32], OwnHead> {
        (1..4).map(|n| ([n; 32], OwnHead { seq: u64::from(n) << 33, id: [n + 100; 32] })).collect()
    }

    #[test]
    fn reads_what_it_wrote() {
        assert_eq!(decode(&encode(&heads())), Ok(heads()));
        assert_eq!(decode(&encode(&BTreeMap::new())), Ok(BTreeMap::new()));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_damage() {
        let whole = encode(&heads());
        for len in 0..whole.len() {
            assert!(matches!(decode(&whole[..len]), Err(Unreadable::Damaged(_))), "cut to {len}");
        }
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(decode(&bytes), Err(Unreadable::Damaged(_))), "bit {bit}");
        }
        let longer = [&whole[..], &[0]].concat();
        assert!(matches!(decode(&longer), Err(Unreadable::Damaged(_))));
    }

    fn with_fitting_sum(mut bytes: Vec<u8>) -> Vec<u8> {
        let content = bytes.len() - 32;
        let sum = Sha256::digest(&bytes[..content]);
        bytes[content..].copy_from_slice(&sum);
        bytes
    }

    #[test]
    fn one_log_twice_or_logs_out_of_order_are_damage() {
        let whole = encode(&heads());
        let first = 14..14 + ITEM;
        for first_space in [2, 9] {
            let mut bytes = whole.clone();
            bytes[first.clone()][..32].copy_from_slice(&[first_space; 32]);
            let refused = Unreadable::Damaged("its logs are not in their order");
            assert_eq!(decode(&with_fitting_sum(bytes)), Err(refused));
        }
    }

    #[test]
    fn a_newer_version_is_told_from_damage() {
        let mut bytes = encode(&heads());
        bytes[9] = 2;
        assert_eq!(decode(&with_fitting_sum(bytes)), Err(Unreadable::Version(2)));
    }
}
