//! A home whose old entries were put into packs goes on as it was: it is read, written, sent, verified and backed up.

use std::path::PathBuf;

use accord_core::{DocumentEntries, Signature, audit_file};
use accord_document::pack::{Place, pack, unpack};
use accord_store::{PackBounds, PackReport, Tree};
use accord_sync::AGAIN_BYTES;

use super::*;
use crate::network::Incoming;
use crate::replica::pack_store;
use crate::restore::restore;

/// Does something to the store of a home that is closed meanwhile.
fn closed<T>(office: Office, does: impl FnOnce(PathBuf) -> T) -> (Office, T) {
    let Office { replica, _dir } = office;
    let home = _dir.path().join("home");
    drop(replica);
    let done = does(home.join("store"));
    (Office { replica: open(&home), _dir }, done)
}

/// Packs a store as `accord compact` does.
fn packed(office: Office, to: EngineKind) -> (Office, PackReport) {
    closed(office, |store| {
        let report = pack_store(&store, &PackBounds::default(), &mut |_, _| {}).unwrap();
        accord_store::compact(store, Some(to)).unwrap();
        report
    })
}

fn verified(office: &Office) {
    let checks = office.programme().verify(true, &mut |_, _| {}).unwrap();
    assert_eq!((checks.logs.mended, checks.mended), (0, 0), "{:?}", checks.logs);
    assert!(checks.logs.logs.iter().all(|log| log.faults.is_empty()), "{:?}", checks.logs);
}

#[test]
fn a_packed_home_goes_on_as_it_was() {
    let (ca, cmi) = founded();
    let ids = [note(&ca, "Sfax"), note(&ca, "Gafsa")];
    for n in 0..150 {
        ca.set(&ids[n % 2], "title.en", &format!("Sfax {n}"));
    }
    cmi.pull(&ca);
    for n in 0..150 {
        cmi.set(&ids[n % 2], "title.fr", &format!("à Sfax {n}"));
    }
    ca.pull(&cmi);
    let before = ids.map(|id| seen(&ca.programme(), &id));
    ca.programme().summaries().unwrap();
    let kept = |office: &Office, id: &DocumentKey, letter| {
        office.replica.store().get(Tree::Snapshots, &id.bytes(letter)).unwrap().is_some()
    };
    ca.programme().save_lines();
    assert!(ids.iter().all(|id| kept(&ca, id, b'd') && kept(&ca, id, b's')));
    let (ca, report) = packed(ca, EngineKind::Redb);
    // Each of two logs of about 150 entries, without the newest 64.
    assert_eq!(report.packs, 2);
    assert!((150..190).contains(&report.entries) && report.after * 4 < report.before, "{report:?}");
    assert!(ids.iter().all(|id| !kept(&ca, id, b'd') && kept(&ca, id, b's')), "a list needs no document");
    assert_eq!(ids.map(|id| seen(&ca.programme(), &id)), before, "and out of the packs");
    verified(&ca);

    // It is written on, sent on, and taken in by somebody who has nothing of it.
    ca.set(&ids[0], "title.ar", "صفاقس");
    cmi.pull(&ca);
    cmi.set(&ids[1], "title.ar", "قفصة");
    ca.pull(&cmi);
    assert_eq!(seen(&ca.programme(), &ids[1]), seen(&cmi.programme(), &ids[1]));
    let third = admitted(&ca, &cmi, "UCLG");
    for id in ids {
        assert_eq!(seen(&third.programme(), &id), seen(&ca.programme(), &id));
    }

    // An auditor who has nothing but the programme's id can check what is in it.
    let programme = ca.programme();
    let mut governance = Vec::new();
    programme.each_of_space(&programme.governance_space(), |entry| governance.push(entry)).unwrap();
    let (entries, vouching) = programme.about(&ids[0]).unwrap();
    let about = DocumentEntries { space: ids[0].space, id: ids[0].id, entries, vouching };
    let file = audit_file(&programme.id(), &governance, Some(&about)).unwrap();
    let proof = crate::audit_check(&file, &programme.id()).unwrap();
    assert_eq!(proof.document.unwrap().changes, [("CA".to_owned(), 77), ("CMI".to_owned(), 75)]);
    drop(programme);

    // Packed once more, to the other engine; and what a backup of it gives back.
    let (ca, _) = packed(ca, EngineKind::Sled);
    verified(&ca);
    let dir = tempfile::tempdir().unwrap();
    let (file, home) = (dir.path().join("backup"), dir.path().join("again"));
    ca.replica.back_up(&file, 7).unwrap();
    restore(&home, &file, "Office", None, EngineKind::Redb).unwrap();
    let again = open(&home);
    for id in ids {
        assert_eq!(seen(&again.programme().unwrap(), &id), seen(&ca.programme(), &id));
    }
}

/// A pack that the disk damaged comes back from whoever has its entries, though they may have them in packs as well.
#[test]
fn a_damaged_pack_is_healed_by_another_packed_home() {
    healed_by(|ca, cmi| {
        cmi.pull(ca);
        packed(cmi, EngineKind::Sled).0
    });
}

/// … whose packs may end elsewhere, and keep other signatures.
#[test]
fn a_damaged_pack_is_healed_by_a_home_that_packed_otherwise() {
    healed_by(|ca, cmi| {
        cmi.pull(ca);
        let bounds = PackBounds { newest: 11, fewest: 7, most: 150 };
        let (cmi, report) = closed(cmi, |store| pack_store(&store, &bounds, &mut |_, _| {}).unwrap());
        assert!(report.packs > 1);
        cmi
    });
}

/// … and what came there in a pack over the network has a signature now and then only.
#[test]
fn a_damaged_pack_is_healed_by_a_home_that_got_the_entries_packed() {
    healed_by(|ca, cmi| {
        let programme = ca.programme();
        let space = programme.space();
        let log = LogId { space, device: ca.key().id() };
        let entries = programme.logs().read(&log, (1, u64::MAX), 10_000, usize::MAX).unwrap();
        let place = Place { programme: programme.id(), space };
        let pack = pack(&place, &[(log.device, &entries)]).unwrap();
        let [stretch] = <[_; 1]>::try_from(unpack(&place, &pack).unwrap()).unwrap();
        let unsigned = stretch.entries.iter().filter(|entry| entry.signature == Signature::NONE).count();
        assert!(unsigned > entries.len() / 2, "most signatures are left out");
        cmi.programme().take(log, stretch.entries).unwrap();
        cmi.pull(ca);
        cmi
    });
}

/// Damages the only pack of one home, and has another one heal it, which has the entries as `partner` leaves them there.
fn healed_by(partner: impl FnOnce(&Office, Office) -> Office) {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    for n in 0..300 {
        ca.set(
            &id,
            "title.en",
            &format!("Sfax {n}, and some more of it, so that all of these are more than one run has"),
        );
    }
    let cmi = partner(&ca, cmi);
    let whole = seen(&ca.programme(), &id);
    let (ca, _) = packed(ca, EngineKind::Sled);
    let (ca, damaged) =
        closed(ca, |store| accord_store::damage_where(store, Tree::Packs, |_, _| true).unwrap());
    assert_eq!(damaged, 1);
    let checks = ca.programme().verify(true, &mut |_, _| {}).unwrap();
    assert!(checks.logs.logs.iter().any(|log| !log.faults.is_empty()));
    // As it is asked for over the network: a gap at a time, as one run.
    let peer = cmi.key().id();
    let (ours, theirs) = (Arc::new(ca.replica), Arc::new(cmi.replica));
    let programme = ours.programme().unwrap();
    let peering = Peering::new(Arc::clone(&ours), Arc::clone(&programme), None);
    let other = Peering::new(Arc::clone(&theirs), theirs.programme().unwrap(), None);
    let next = || peering.lost().into_iter().find_map(|(log, gaps)| Some((log, *gaps.first()?)));
    let mut runs = 0;
    while let Some((log, gap)) = next() {
        let range = (gap.from, u64::MAX);
        let entries = other.read_again(&log, Some(gap.of), range, gap.to, AGAIN_BYTES).unwrap();
        assert!(entries.len() as u64 > gap.to - gap.from, "all of it");
        let before = programme.logs().holes_moved();
        peering.ingest(vec![Incoming { peer, log, entries, again: true }]);
        assert_ne!(programme.logs().holes_moved(), before, "something came back");
        runs += 1;
    }
    assert_eq!(runs, 1);
    assert_eq!(seen(&programme, &id), whole);
    drop((peering, programme));
    let ca = Office { replica: Arc::try_unwrap(ours).ok().unwrap(), _dir: ca._dir };
    verified(&ca);
    let (ca, report) = packed(ca, EngineKind::Redb);
    assert_eq!(report.packs, 1, "and goes into a pack again");
    assert_eq!(seen(&ca.programme(), &id), whole);
}
