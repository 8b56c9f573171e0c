//! The checksum with which every value lies on a disk, the same for all engines.

use sha2::{Digest, Sha256};

use crate::Tree;

/// How long it is.
pub(crate) const SUM: usize = 16;

/// A checksum.
pub(crate) type Sum = [u8; SUM];

/// Covers the place as well as the value, so a record that turns up under another key is damage too.
pub(crate) fn checksum(tree: Tree, key: &[u8], value: &[u8]) -> Sum {
    let mut hash = Sha256::new();
    hash.update(b"accord store value\0");
    hash.update(tree.name());
    hash.update([0]);
    hash.update((key.len() as u64).to_be_bytes());
    hash.update(key);
    hash.update(value);
    let full: [u8; 32] = hash.finalize().into();
    let mut sum = [0; SUM];
    sum.copy_from_slice(&full[..SUM]);
    sum
}
