//! The file of own heads, on a disk.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use accord_store::{OwnHead, OwnHeads, OwnHeadsError};
use tempfile::TempDir;

const SPACE: [u8; 32] = [1; 32];

fn head(seq: u64) -> OwnHead {
    OwnHead { seq, id: [seq as u8; 32] }
}

#[test]
fn what_was_noted_is_there_when_it_is_read_again() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("own-heads");
    assert!(matches!(OwnHeads::load(&path), Err(OwnHeadsError::Missing { .. })));
    let mut heads = OwnHeads::create(&path).unwrap();
    assert!(matches!(OwnHeads::create(&path), Err(OwnHeadsError::Exists { .. })));
    for seq in 1..20 {
        heads.advance(SPACE, head(seq)).unwrap();
        assert_eq!(OwnHeads::load(&path).unwrap().get(&SPACE), Some(head(seq)));
    }
    heads.advance_all([([2; 32], head(5)), ([3; 32], head(6)), (SPACE, head(20))]).unwrap();
    let again = OwnHeads::load(&path).unwrap();
    let all: Vec<_> = again.iter().map(|(space, head)| (space[0], head.seq)).collect();
    assert_eq!(all, [(1, 20), (2, 5), (3, 6)]);
}

/// The file exists to keep a device from signing one position twice, so it never lets one go by.
#[test]
fn no_head_goes_backwards() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("own-heads");
    let mut heads = OwnHeads::create(&path).unwrap();
    heads.advance(SPACE, head(7)).unwrap();
    heads.advance(SPACE, head(7)).unwrap();
    let other = OwnHead { seq: 7, id: [99; 32] };
    for bad in [head(6), other] {
        let both = [([2; 32], head(1)), (SPACE, bad)];
        assert!(matches!(heads.advance_all(both), Err(OwnHeadsError::Backwards { noted: 7, .. })));
    }
    assert_eq!(heads.get(&[2; 32]), None, "nothing of a refused step is noted");
    assert_eq!(OwnHeads::load(&path).unwrap().iter().count(), 1);
}

#[test]
fn the_file_is_its_owners_alone_also_after_an_interrupted_write() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("own-heads");
    let left = home.path().join("own-heads.new");
    let mut heads = OwnHeads::create(&path).unwrap();
    fs::write(&left, "half a fi").unwrap();
    fs::set_permissions(&left, fs::Permissions::from_mode(0o666)).unwrap();
    heads.advance(SPACE, head(1)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!left.exists());
}

#[test]
fn damage_is_no_missing_file_and_no_empty_one() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("own-heads");
    OwnHeads::create(&path).unwrap().advance(SPACE, head(3)).unwrap();
    let whole = fs::read(&path).unwrap();
    let mut flipped = whole.clone();
    flipped[20] ^= 1;
    for bad in [&flipped[..], &whole[..whole.len() - 1], b"", b"something else"] {
        fs::write(&path, bad).unwrap();
        assert!(matches!(OwnHeads::load(&path), Err(OwnHeadsError::Damaged { .. })));
    }
}

/// A write that fails leaves the last noted heads, in memory and on the disk.
#[test]
fn a_failed_write_changes_nothing() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("own-heads");
    let mut heads = OwnHeads::create(&path).unwrap();
    heads.advance(SPACE, head(1)).unwrap();
    fs::create_dir(home.path().join("own-heads.new")).unwrap();
    assert!(matches!(heads.advance(SPACE, head(2)), Err(OwnHeadsError::Io { .. })));
    assert_eq!(heads.get(&SPACE), Some(head(1)));
    assert_eq!(OwnHeads::load(&path).unwrap().get(&SPACE), Some(head(1)));
}
