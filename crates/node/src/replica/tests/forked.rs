//! A governance log of which two histories are held, and who builds on what counts no more although it knows.

use accord_core::DecisionId;
use accord_core::api::{HistoryView, Request, Response};
use accord_document::ChangeMeta;

use super::*;
use crate::handler::answer;

/// The same home once more, as when a folder is copied.
fn copy_of(office: Office, dir: &Path) -> (Office, Office) {
    let home = office._dir.path().join("home");
    let Office { replica, _dir } = office;
    drop(replica);
    let other = tempfile::tempdir_in(dir).unwrap();
    let copied = other.path().join("home");
    copy_folder(&home, &copied);
    (Office { replica: open(&home), _dir }, Office { replica: open(&copied), _dir: other })
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy_folder(&entry.path(), &target),
            kind if kind.is_file() => drop(std::fs::copy(entry.path(), target).unwrap()),
            _ => {}
        }
    }
}

fn vote(office: &Office, decision: &DecisionId, refusal: Option<&str>) {
    let (programme, own) = (office.programme(), office.replica.home.card.organisation.id);
    let device = office.key().id();
    let vote = programme.governance().cast(&own, &device, decision, refusal.map(str::to_owned), 31).unwrap();
    programme.record(office.key(), vec![Record::vote(vote, office.key())]).unwrap();
}

/// Everything that another office holds of its own governance log, from the beginning.
fn pull_votes(here: &Office, there: &Office) {
    let log = there.log(there.programme().governance_space());
    let run = there.programme().logs().read_signed(&log, (1, u64::MAX), 1000, 1 << 20).unwrap();
    here.programme().take(log, run.iter().map(|entry| entry.signed().clone()).collect()).unwrap();
}

/// What happens to the log that carried a vote undoes no vote: not where its author's folder was copied, and not when a
/// node begins anew. Two votes in one place stay proof.
#[test]
fn votes_on_both_histories_of_a_log_count_after_a_new_start_too() {
    let (ca, cmi) = founded();
    let [uclg, giz, afd] = ["UCLG", "GIZ", "AFD"].map(Office::new);
    let proposals = [&uclg, &giz, &afd].map(|who| admission(&ca, who));
    for decision in &proposals {
        let record = Record::proposal(decision.clone(), ca.key(), 30);
        ca.programme().record(ca.key(), vec![record]).unwrap();
    }
    let [of_uclg, of_giz, of_afd] = proposals.map(|decision| decision.id());
    for decision in [&of_uclg, &of_giz] {
        vote(&ca, decision, None);
    }
    cmi.pull(&ca);
    let dir = tempfile::tempdir().unwrap();
    let (cmi, copy) = copy_of(cmi, dir.path());
    // One of the two goes on longer: neither is the one that is read and the other not.
    vote(&cmi, &of_uclg, None);
    vote(&cmi, &of_afd, None);
    vote(&copy, &of_giz, None);
    pull_votes(&ca, &cmi);
    pull_votes(&ca, &copy);
    let said = |office: &Office| {
        let programme = office.programme();
        let governance = programme.governance();
        (governance.in_force(), governance.equivocations(), governance.decision(&of_afd).unwrap().status)
    };
    let as_it_came = said(&ca);
    assert!(as_it_came.0.contains(&of_uclg), "the first history holds a vote for it");
    assert_eq!(as_it_came.1.len(), 1, "two votes claim one place of CMI's chain");
    let home = ca._dir.path().join("home");
    let Office { replica, _dir } = ca;
    drop(replica);
    let ca = Office { replica: open(&home), _dir };
    assert_eq!(said(&ca), as_it_came);
}

/// The removal of a member cuts what it writes later. Who knows of that and builds on it all the same is named, in whatever order
/// it comes and after a new start, and not only counted; on what a signed version contains anybody may build.
#[test]
fn who_builds_on_what_counts_no_more_and_knows_it_is_named() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    let (uclg, fnct) = (admitted(&ca, &cmi, "UCLG"), admitted(&ca, &cmi, "FNCT"));
    for office in [&uclg, &fnct, &ca, &cmi] {
        for other in [&uclg, &fnct, &ca, &cmi] {
            if !std::ptr::eq(office, other) {
                office.pull(other);
            }
        }
    }
    uclg.set(&id, "title.fr", "avant");
    ca.pull(&uclg);
    cmi.pull(&uclg);
    fnct.pull(&uclg);
    remove(&ca, &cmi, &uclg);
    uclg.set(&id, "title.fr", "après");
    // FNCT hears of it in good faith, and keeps a copy of what it saw.
    fnct.pull(&uclg);
    let saw = fnct.programme().read(&id).unwrap();
    // Then it hears of the removal, writes under it as everybody does, and builds on what it saw all the same.
    fnct.pull(&ca);
    fnct.pull(&cmi);
    fnct.set(&id, "title.en", "in good faith");
    let reading = fnct.programme().read(&id).unwrap();
    assert!(reading.built_knowingly().is_empty());
    let seed = ActorSeed { device: fnct.key().id(), space: id.space, document: id.id, generation: 0 };
    let mut copy: Document = reading.document.clone();
    copy.apply_changes(&[&saw.document.raw_change(&saw.document.heads()[0]).unwrap()]);
    let by = Author { actor: &seed.actor(), time: 20, message: None };
    let edit = Edit::Set { path: "title.fr".into(), value: json!("sur l'après") };
    let change = copy.edit(reading.kind().unwrap(), &[edit], &by, &mut random).unwrap().unwrap();
    let beyond = ChangeHash(saw.document.heads()[0]);
    let built = ChangeHash(ChangeMeta::parse(&change.raw).unwrap().hash);
    let log = fnct.log(id.space);
    let head = fnct.programme().logs().head(&log).unwrap();
    let header = Header {
        programme: fnct.programme().id(),
        space: log.space,
        device: log.device,
        seq: head.seq + 1,
        prev: Some(head.id),
        authority: fnct.programme().governance().acknowledged().latest(&log.device),
        body: Body::Change { document: id.id, generation: 0, change: built },
    };
    let entry = header.sign(fnct.key(), change.raw);
    ca.pull(&fnct);
    cmi.pull(&fnct);
    // CA reads on the way, CMI only once all is here.
    ca.pull(&uclg);
    let _ = ca.programme().read(&id);
    cmi.pull(&uclg);
    for office in [&ca, &cmi] {
        office.programme().take(log, vec![entry.signed().clone()]).unwrap();
        let reading = office.programme().read(&id).unwrap();
        assert_eq!(reading.built_knowingly(), [(built, vec![beyond])].into(), "both name the same");
        assert_eq!(reading.kept.get(&beyond), Some(&Reason::Removed), "it counts, as FNCT's own act");
        let request = Request::Log { document: "Sfax".into(), last: None };
        let told = answer(&office.replica, request, &Default::default()).unwrap();
        let Response::Log(HistoryView { log: view, .. }) = told else { panic!("{told:?}") };
        assert!(view.iter().any(|item| item.author == "FNCT" && item.built_on == ["UCLG"]), "{view:?}");
        assert!(view.iter().any(|item| item.author == "UCLG" && item.kept_by == ["FNCT"]), "{view:?}");
        // The audit names it too, of the document and of the whole programme.
        for document in [Some("Sfax".to_owned()), None] {
            let told = answer(&office.replica, Request::Audit { document }, &Default::default()).unwrap();
            let Response::Audit(view) = told else { panic!("{told:?}") };
            let named: Vec<_> = view.items.iter().filter(|item| !item.built_on.is_empty()).collect();
            assert_eq!(named.len(), 1, "{:?}", view.items);
            assert_eq!(
                (named[0].who.as_str(), named[0].built_on.as_slice()),
                ("FNCT", &["UCLG".to_owned()][..])
            );
            assert_eq!((named[0].seq, named[0].last), (head.seq + 1, head.seq + 1));
        }
        let knowing = office.programme().apart().knowing;
        assert_eq!(knowing.len(), 1);
        assert_eq!(knowing[0].author, log.device);
    }
}
