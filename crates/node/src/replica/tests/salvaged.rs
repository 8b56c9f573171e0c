//! What is found in the files of a store is taken back, and never makes a second history of this device.

use std::path::Path;

use accord_core::LogId;
use accord_store::{EngineKind, Op, Tree};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::replica::PROGRAMME;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let path = item.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// Closes a home, does something to its folder, and opens it again.
fn closed(office: Office, does: impl FnOnce(&Path)) -> Office {
    let Office { replica, _dir } = office;
    let home = _dir.path().join("home");
    drop(replica);
    does(&home);
    Office { replica: open(&home), _dir }
}

#[test]
fn what_an_engine_gave_up_is_taken_back_when_the_store_is_opened() {
    let (ca, _cmi) = founded();
    let id = note(&ca, "Sfax");
    let ca = closed(ca, |home| copy(&home.join("store"), &home.join("older")));
    for n in 0..3 {
        ca.set(&id, "title.en", &format!("Sfax {n}"));
    }
    let whole = seen(&ca.programme(), &id);
    // The store came back as an older one, and what it overwrote was kept. What somebody else put there is not ours.
    let ca = closed(ca, |home| {
        std::fs::rename(home.join("store"), home.join("store.shredded-1")).unwrap();
        std::fs::rename(home.join("older"), home.join("store")).unwrap();
        std::fs::create_dir(home.join("store.shredded-mine")).unwrap();
    });
    assert_eq!(ca.programme().logs().behind(), None);
    assert_eq!(seen(&ca.programme(), &id), whole);
    let home = ca._dir.path().join("home");
    assert!(!home.join("store.shredded-1").exists() && home.join("store.shredded-mine").exists());
    ca.set(&id, "title.en", "on it goes");
}

/// What was signed when the power went, and never saved, may lie there whole. Another entry stands in its place by now.
#[test]
fn what_was_signed_and_never_saved_is_no_second_history() {
    let (ca, _cmi) = founded();
    let id = note(&ca, "Sfax");
    // A copy of the home signs another next entry.
    let mut draft = None;
    let ca = closed(ca, |home| {
        let dir = tempfile::tempdir().unwrap();
        copy(home, &dir.path().join("home"));
        let other = Office { replica: open(&dir.path().join("home")), _dir: dir };
        other.set(&id, "title.en", "never saved");
        draft = Some(other);
    });
    ca.set(&id, "title.en", "saved");
    let ca = closed(ca, |home| {
        let Office { replica, _dir } = draft.unwrap();
        drop(replica);
        copy(&_dir.path().join("home/store"), &home.join("store.shredded-1"));
    });
    let programme = ca.programme();
    assert!(programme.logs().own_forks().is_empty() && programme.logs().forks().is_empty());
    assert_eq!(ca.get(&id, "title.en"), json!(["saved"]));
    // Nor when somebody asks for it.
    let home = ca._dir.path().join("home");
    assert!(!home.join("store.shredded-1").exists(), "nothing is missing");
    ca.set(&id, "title.en", "on it goes");
}

/// The power went when all entries were back, and the store did not say yet whose they are.
#[test]
fn a_store_that_is_made_anew_and_broken_off_last_of_all_is_finished() {
    let (ca, _cmi) = founded();
    let id = note(&ca, "Sfax");
    let whole = seen(&ca.programme(), &id);
    let ca = closed(ca, |home| {
        copy(&home.join("store"), &home.join("store.damaged-1"));
        let (store, _) = accord_store::open(home.join("store"), EngineKind::default()).unwrap();
        store.commit(vec![Op::delete(Tree::Meta, PROGRAMME)]).unwrap();
    });
    assert!(ca.replica.programme().is_err());
    let rebuilt =
        ca.replica.fill_from(&[ca._dir.path().join("home/store.damaged-1")], true, &mut |_, _| {}).unwrap();
    assert!(rebuilt.programme && rebuilt.entries == 0);
    assert_eq!(seen(&ca.programme(), &id), whole);
}

/// What another device wrote and sled has in pieces comes back, and as long as only a part of it is found the files stay.
#[test]
fn an_entry_in_pieces_is_put_together_or_its_files_are_kept() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    // Nothing in it is like anything before, so it is stored as long as it is.
    let text: String =
        (0..400_u64).map(|n| data_encoding::HEXLOWER.encode(&Sha256::digest(n.to_be_bytes()))).collect();
    cmi.set(&id, "title.en", &text);
    let whole = seen(&cmi.programme(), &id);
    let log = LogId { space: id.space, device: cmi.programme().device() };
    let entry = cmi.programme().logs().read(&log, (1, u64::MAX), 9, usize::MAX).unwrap().pop().unwrap();
    let bytes = accord_core::encode(entry.signed());
    assert!(bytes.len() > 10_000, "{}", bytes.len());

    let ca = closed(ca, |home| {
        std::fs::create_dir(home.join("store.shredded-1")).unwrap();
        std::fs::write(home.join("store.shredded-1/part"), &bytes[..bytes.len() / 2]).unwrap();
    });
    let kept = ca._dir.path().join("home/store.shredded-1");
    assert!(kept.exists() && ca.programme().logs().head(&log).is_none(), "it may be the only copy");
    let rebuilt = ca.replica.fill_from(&[kept], true, &mut |_, _| {}).unwrap();
    assert!(rebuilt.torn == 1 && !rebuilt.is_done());

    let closed_cmi =
        closed(cmi, |home| copy(&home.join("store"), &ca._dir.path().join("home/store.shredded-2")));
    let ca = closed(ca, |_| ());
    assert_eq!(seen(&ca.programme(), &id), whole);
    let home = ca._dir.path().join("home");
    assert!(!home.join("store.shredded-1").exists() && !home.join("store.shredded-2").exists());
    drop(closed_cmi);
}
