//! Backups: whole or refused, and never the same device again.

use accord_store::Tree;

use super::*;
use crate::restore::restore;

#[test]
fn a_backup_comes_back_as_a_new_device_with_all_that_was_there() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    cmi.set(&id, "title.fr", "à Sfax");
    let dir = tempfile::tempdir().unwrap();
    let (file, home) = (dir.path().join("backup"), dir.path().join("again"));
    let (entries, cut) = cmi.replica.back_up(&file, 7).unwrap();
    assert_eq!(cut, 0);
    let root = accord_core::api::RootSecret::new(&cmi.replica.home.root_key(None).unwrap());
    let restored = restore(&home, &file, "Office", Some(&root), EngineKind::Redb).unwrap();
    assert_eq!((restored.entries, restored.time, restored.certified), (entries, 7, true));
    let again = open(&home);
    let programme = again.programme().unwrap();
    assert_ne!(programme.device(), cmi.programme().device(), "nobody goes on in the place of the old device");
    assert_eq!(seen(&programme, &id), seen(&cmi.programme(), &id));
    let own = programme.own_organisation(&programme.governance());
    assert_eq!(own, Some(cmi.replica.home.card.organisation.id));
    let edit = Edit::Set { path: "title.ar".into(), value: json!("صفاقس") };
    programme.edit(&again.home.device, &id, None, &[edit], 10).unwrap().unwrap();
    assert!(programme.logs().own_forks().is_empty());
}

#[test]
fn a_backup_is_written_once_and_never_over_a_file() {
    let (ca, _cmi) = founded();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("backup");
    ca.replica.back_up(&file, 7).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(ca.replica.back_up(&file, 8).is_err());
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let seed = ca.key().seed();
    assert!(!before.windows(32).any(|window| window == seed.as_slice()), "no key is in it");
}

#[test]
fn a_backup_that_is_not_whole_is_refused_and_leaves_no_home() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    cmi.set(&id, "title.fr", "à Sfax");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("backup");
    cmi.replica.back_up(&file, 7).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let refused = |bytes: &[u8], what: &str| {
        std::fs::write(&file, bytes).unwrap();
        let home = dir.path().join("again");
        let problem = restore(&home, &file, "Office", None, EngineKind::default()).unwrap_err();
        assert!(problem.message.contains("no whole backup"), "{what}: {problem}");
        assert!(!home.exists(), "{what}: a home is left behind");
    };
    refused(b"", "an empty file");
    refused(b"accord bundle 1\n", "another file");
    refused(&whole[..whole.len() - 4], "without its end");
    refused(&whole[..whole.len() / 2], "half of it");
    // In the last entry: its signature does not hold.
    let mut changed = whole.clone();
    let at = changed.len() - 12;
    changed[at] ^= 1;
    refused(&changed, "with a byte changed");
    let mut long = whole.clone();
    let first = b"accord backup 1\n".len();
    long[first..first + 4].copy_from_slice(&u32::MAX.to_be_bytes());
    refused(&long, "with a part that is too long");
    std::fs::write(&file, &whole).unwrap();
    restore(&dir.path().join("again"), &file, "Office", None, EngineKind::Redb).unwrap();
}

/// A home whose disk lost entries can be backed up all the same: each log as far as it is whole.
#[test]
fn a_backup_ends_before_what_is_lost_and_says_so() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    (0..9).for_each(|n| ca.set(&id, "title.en", &format!("Sfax {n}")));
    cmi.pull(&ca);
    cmi.set(&id, "title.fr", "à Sfax");
    ca.pull(&cmi);
    let Office { replica, _dir } = ca;
    let home = _dir.path().join("home");
    drop(replica);
    // Only one log has so many.
    let fifth = |key: &[u8], _: &[u8]| key.ends_with(&5_u64.to_be_bytes());
    assert_eq!(accord_store::damage_where(home.join("store"), Tree::Entries, fifth).unwrap(), 1);
    let replica = open(&home);
    let file = _dir.path().join("backup");
    let (entries, cut) = replica.back_up(&file, 7).unwrap();
    assert_eq!(cut, 1, "the log of CA");
    let programme = replica.programme().unwrap();
    let held: u64 = programme.logs().spaces().iter().map(|space| programme.logs().entry_count(space)).sum();
    let log = LogId { space: programme.space(), device: programme.device() };
    let last = programme.logs().head(&log).unwrap().seq;
    assert_eq!(held - entries, last - 4, "the lost one and all after it");
    let again = _dir.path().join("again");
    assert_eq!(restore(&again, &file, "Office", None, EngineKind::Redb).unwrap().entries, entries);
    // A bundle as well.
    let ours = cmi.replica.home.card.organisation.id;
    let (_, (carried, _, cut)) =
        programme.write_bundle(&replica, &ours, (true, 7), "bundle", Vec::new()).unwrap();
    assert_eq!((carried, cut), (entries, 1));
}
