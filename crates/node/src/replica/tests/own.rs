//! Own changes that are kept apart; and what it costs that something is.

use std::sync::atomic::{AtomicUsize, Ordering};

use accord_core::governance::MAX_CERTIFIED;
use accord_core::{DeviceCertificate, DeviceRequest};
use accord_store::{Op, Page, Scan, Store, StoreError, Tree};

use super::*;
use crate::replica::Handled;

/// Counts the entries that are read.
struct Counting {
    store: Arc<dyn Store>,
    entries: AtomicUsize,
}

impl Store for Counting {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if tree == Tree::Entries {
            self.entries.fetch_add(1, Ordering::Relaxed);
        }
        self.store.get(tree, key)
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let page = self.store.scan(scan)?;
        if scan.tree == Tree::Entries {
            self.entries.fetch_add(page.items.len(), Ordering::Relaxed);
        }
        Ok(page)
    }

    fn commit(&self, ops: Vec<Op>) -> Result<(), StoreError> {
        self.store.commit(ops)
    }

    fn maintain(&self) -> Result<(), StoreError> {
        self.store.maintain()
    }
}

/// An entry that is kept apart for ever was the first of everything that arrived. Reading the document later reads it once
/// more when a process begins, and never again; and nothing of what came after it and counts.
#[test]
fn what_is_kept_apart_for_ever_makes_no_reading_dearer() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    let uclg = admitted(&ca, &cmi, "UCLG");
    uclg.set(&id, "title.fr", "avant");
    ca.pull(&uclg);
    cmi.pull(&uclg);
    for n in 0..3 {
        uclg.set(&id, "title.fr", &format!("après {n}"));
    }
    remove(&ca, &cmi, &uclg);
    ca.pull(&uclg);
    for n in 0..250 {
        ca.set(&id, "title.en", &format!("Sfax {n}"));
    }
    let (programme, key) = (ca.programme().id(), ca.key().clone());
    let counting = Arc::new(Counting { store: Arc::clone(ca.replica.store()), entries: AtomicUsize::new(0) });
    let store: Arc<dyn Store> = Arc::clone(&counting) as _;
    let again = Programme::open(store, programme, &ca.replica.home).unwrap();
    let read = || counting.entries.swap(0, Ordering::Relaxed);
    // What the space is judged by is looked at apart from the documents.
    let _ = again.limits();
    read();
    let mut reading = again.load(&id, None).unwrap();
    assert_eq!(reading.quarantined.len(), 3);
    let first = read();
    assert!((3..=110).contains(&first), "those three, and what came since the last snapshot: {first}");
    for n in 0..5 {
        let edit = Edit::Set { path: "title.en".into(), value: json!(format!("Gafsa {n}")) };
        again.edit(&key, &id, None, &[edit], 10).unwrap().unwrap();
        read();
        reading = again.load(&id, Some(&reading)).unwrap();
        assert_eq!(read(), 1, "only what was just written");
    }
    assert_eq!(reading.quarantined.len(), 3);
}

/// UCLG wrote on after its part had ended. Admitted again, it is offered its own work, and makes again what it wants of it;
/// what others built meanwhile stands beside it.
#[test]
fn own_work_beyond_a_cut_is_offered_to_its_author_and_made_again() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    let uclg = admitted(&ca, &cmi, "UCLG");
    uclg.set(&id, "title.fr", "avant");
    ca.pull(&uclg);
    cmi.pull(&uclg);
    uclg.set(&id, "title.fr", "après");
    uclg.set(&id, "title.ar", "بعد");
    let lost = note(&uclg, "Gafsa");
    remove(&ca, &cmi, &uclg);
    decide(&ca, &cmi, &admission(&ca, &uclg));
    for _ in 0..2 {
        uclg.pull(&ca);
        uclg.pull(&cmi);
        ca.pull(&uclg);
    }
    let programme = uclg.programme();
    let offered = programme.own_apart(&programme.apart());
    let open =
        |of: &DocumentKey| offered[of].changes.iter().filter(|one| one.handled == Handled::Open).count();
    assert_eq!((open(&id), open(&lost)), (2, 1));
    assert!(ca.programme().own_apart(&ca.programme().apart()).is_empty(), "it is nobody else's");

    let reading = programme.read(&id).unwrap();
    let last = offered[&id].changes.iter().max_by_key(|one| one.seq).unwrap();
    let order = programme.with_ground(&reading, &offered[&id].changes, &[last.change]).unwrap();
    assert_eq!(order.len(), 2, "what it was made on comes with it");
    let hashes: Vec<ChangeHash> = order.iter().map(|one| one.change).collect();
    let seen_then = programme.as_seen(&reading, &hashes);
    for one in &order {
        let copy = seen_then[&one.change].as_ref().unwrap();
        programme.make_again(uclg.key(), one, copy, 30).unwrap().unwrap();
    }
    assert_eq!(uclg.get(&id, "title.fr"), json!(["après"]));
    assert_eq!(offered[&lost].name, "Gafsa");
    let gone = &offered[&lost].changes[0];
    let reading = programme.read(&lost).unwrap();
    let copy = programme.as_seen(&reading, &[gone.change]).remove(&gone.change).unwrap().unwrap();
    programme.make_again(uclg.key(), gone, &copy, 30).unwrap().unwrap();

    let offered = programme.own_apart(&programme.apart());
    assert!(
        offered.values().flat_map(|of| &of.changes).all(|one| one.handled == Handled::Again),
        "{offered:?}"
    );
    for _ in 0..2 {
        ca.pull(&uclg);
        cmi.pull(&uclg);
    }
    for office in [&ca, &cmi] {
        assert_eq!(office.get(&id, "title.fr"), json!(["après"]));
        assert_eq!(office.get(&id, "title.ar"), json!(["بعد"]));
        assert_eq!(office.get(&lost, "title.en"), json!(["Gafsa"]));
        assert_eq!(seen(&office.programme(), &id), seen(&programme, &id));
    }
}

/// An organisation may not certify devices without end: it is told so before a certificate is made that would not be taken.
#[test]
fn no_more_devices_are_certified_than_are_taken() {
    let (ca, _) = founded();
    let root = ca.replica.home.root_key(None).unwrap();
    let organisation = ca.replica.home.card.organisation.id;
    let numbered = |n: u64| {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&n.to_be_bytes());
        DeviceKey::from_seed(&seed)
    };
    let programme = ca.programme();
    let records: Vec<Record> = (0..MAX_CERTIFIED as u64)
        .map(|n| {
            let certificate = DeviceCertificate::under(organisation, &root, &numbered(n), "laptop");
            Record::Device { certificate: Box::new(certificate), time: 1 }
        })
        .collect();
    for some in records.chunks(256) {
        programme.record(ca.key(), some.to_vec()).unwrap();
    }
    let line = DeviceRequest::new(organisation, &numbered(5_000), "One more").unwrap().to_string();
    let refused = crate::handler::certify(&ca.replica, &line, None).unwrap_err();
    assert!(refused.message.contains("no more are taken"), "{refused}");
    assert!(refused.hint.is_some());
    assert_eq!(programme.governance().certified(&organisation), MAX_CERTIFIED);
}
