//! How a value looks inside the engine: a head record under the caller's key, and chunks beside it.
//!
//! The engine writes large values to files of their own that it never syncs, so it is never given more than
//! [`STORED_MAX`] bytes at once. A value that does not fit into its head record lies in chunks, which have a
//! tree to themselves, so that no scan of the caller's keys meets them.
//!
//! ```text
//! inline head   01 ‖ checksum[16] ‖ value
//! chunked head  02 ‖ checksum[16] ‖ length of the value, u32
//! chunk key     tree name ‖ 00 ‖ key length, u16 ‖ key ‖ index, u32        (numbers are big-endian)
//! ```

use crate::Tree;
use crate::disk::checksum::{SUM, Sum, checksum};

/// The most bytes in one stored record.
pub(crate) const STORED_MAX: usize = 4096;

const INLINE: u8 = 1;
const CHUNKED: u8 = 2;
const HEADER: usize = 1 + SUM;

/// The largest value that lies in its head record.
pub(super) const INLINE_MAX: usize = STORED_MAX - HEADER;

/// A value as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Encoded {
    pub(super) head: Vec<u8>,
    pub(super) chunks: Vec<Vec<u8>>,
}

/// A head record, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head<'a> {
    Inline { sum: Sum, value: &'a [u8] },
    Chunked { sum: Sum, len: usize },
}

impl Head<'_> {
    /// How many chunks belong to it.
    pub(super) fn chunks(&self) -> usize {
        match self {
            Head::Inline { .. } => 0,
            Head::Chunked { len, .. } => len.div_ceil(STORED_MAX),
        }
    }
}

/// The stored form of a value. Done by the caller's thread, so that the one writer only writes.
pub(super) fn encode(tree: Tree, key: &[u8], value: &[u8]) -> Encoded {
    let sum = checksum(tree, key, value);
    let inline = value.len() <= INLINE_MAX;
    let mut head = vec![if inline { INLINE } else { CHUNKED }];
    head.extend_from_slice(&sum);
    if inline {
        head.extend_from_slice(value);
        return Encoded { head, chunks: Vec::new() };
    }
    // The limit on values keeps the length far below 4 GiB.
    head.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
    Encoded { head, chunks: value.chunks(STORED_MAX).map(<[u8]>::to_vec).collect() }
}

/// Reads a head record; none if these bytes are no such record.
pub(super) fn parse(raw: &[u8]) -> Option<Head<'_>> {
    let (kind, rest) = raw.split_first()?;
    let (sum, rest) = rest.split_first_chunk::<SUM>()?;
    match *kind {
        INLINE => Some(Head::Inline { sum: *sum, value: rest }),
        CHUNKED => {
            let len = usize::try_from(u32::from_be_bytes(rest.try_into().ok()?)).ok()?;
            // A damaged length must not make us reserve or delete what was never there.
            (INLINE_MAX < len && len <= crate::MAX_VALUE).then_some(Head::Chunked { sum: *sum, len })
        }
        _ => None,
    }
}

/// What all chunk keys of one value begin with. Tree names hold no zero byte and the key's length stands before
/// the key, so no value's prefix is another's.
pub(super) fn chunk_prefix(tree: Tree, key: &[u8]) -> Vec<u8> {
    let mut prefix = Vec::with_capacity(tree.name().len() + 3 + key.len() + 4);
    prefix.extend_from_slice(tree.name().as_bytes());
    prefix.push(0);
    prefix.extend_from_slice(&u16::try_from(key.len()).unwrap_or(u16::MAX).to_be_bytes());
    prefix.extend_from_slice(key);
    prefix
}

/// The key of one chunk.
pub(super) fn chunk_key(prefix: &[u8], index: usize) -> Vec<u8> {
    let mut key = prefix.to_vec();
    key.extend_from_slice(&u32::try_from(index).unwrap_or(u32::MAX).to_be_bytes());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_stored_is_larger_than_a_record() {
        for len in [0, 1, INLINE_MAX - 1, INLINE_MAX, INLINE_MAX + 1, 4095, 4096, 4097, 8193, 1 << 20] {
            let value = vec![7; len];
            let encoded = encode(Tree::Entries, b"key", &value);
            assert!(encoded.head.len() <= STORED_MAX);
            assert!(encoded.chunks.iter().all(|chunk| chunk.len() <= STORED_MAX));
            let head = parse(&encoded.head).unwrap();
            assert_eq!(head.chunks(), encoded.chunks.len(), "length {len}");
            assert_eq!(matches!(head, Head::Inline { .. }), len <= INLINE_MAX);
        }
    }

    #[test]
    fn what_is_no_record_is_not_read_as_one() {
        let good = encode(Tree::Entries, b"key", &[1; 9000]).head;
        assert!(parse(&good).is_some());
        let mut absurd = good.clone();
        absurd[HEADER..].copy_from_slice(&u32::MAX.to_be_bytes());
        let mut unknown = good.clone();
        unknown[0] = 3;
        for bad in [&absurd[..], &unknown, &good[..HEADER + 3], &good[..5], &[]] {
            assert_eq!(parse(bad), None);
        }
    }
}
