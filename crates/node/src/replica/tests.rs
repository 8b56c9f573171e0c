//! The replica without a network: entries carried between two homes by hand.

mod backup;
mod forked;
mod lacking;
mod looking;
mod own;
mod packed;
mod salvaged;

use std::path::Path;
use std::sync::Arc;

use accord_core::admission::{Reason, Standing, WaitingFor};
use accord_core::governance::{Decision, Genesis, Operation, Record, Subject};
use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, DeviceKey, Entry, Head, Header, LogId, OrganisationKind, SpaceId,
};
use accord_document::{Author, Document, Edit};
use accord_store::EngineKind;
use serde_json::json;

mod hostile;

use super::{DocumentKey, Programme, Replica, TakeError, random};
use crate::home::Home;
use crate::network::Backend as _;
use crate::peering::Peering;

mod ratified;
mod rule;

struct Office {
    replica: Replica,
    _dir: tempfile::TempDir,
}

impl Office {
    fn new(code: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("home");
        let (name, engine) = (format!("Organisation {code}"), EngineKind::default());
        crate::home::making::organisation(&path, &name, code, None, engine).unwrap();
        Self { replica: open(&path), _dir: dir }
    }

    fn key(&self) -> &DeviceKey {
        &self.replica.home.device
    }

    fn programme(&self) -> Arc<Programme> {
        self.replica.programme().unwrap()
    }

    fn log(&self, space: SpaceId) -> LogId {
        LogId { space, device: self.key().id() }
    }

    /// Takes in whatever the other office has in its own logs and is not here yet.
    fn pull(&self, other: &Office) {
        let (here, there) = (self.programme(), other.programme());
        for space in [here.governance_space(), here.space()] {
            let log = other.log(space);
            let held = here.logs().head(&log).map_or(0, |head| head.seq);
            let run = there.logs().read_signed(&log, (held + 1, u64::MAX), 1000, 1 << 20).unwrap();
            if !run.is_empty() {
                here.take(log, run.iter().map(|entry| entry.signed().clone()).collect()).unwrap();
            }
        }
    }

    fn set(&self, id: &DocumentKey, path: &str, value: &str) {
        let edit = Edit::Set { path: path.into(), value: json!(value) };
        self.programme().edit(self.key(), id, None, &[edit], 10).unwrap().unwrap();
    }

    fn get(&self, id: &DocumentKey, path: &str) -> serde_json::Value {
        let reading = self.programme().read(id).unwrap();
        reading.document.get(reading.kind().unwrap(), path, None).unwrap()
    }
}

fn open(path: &Path) -> Replica {
    Replica::open(Home::open(path, Default::default()).unwrap()).unwrap()
}

/// Two founded secretariats that hold the same.
fn founded() -> (Office, Office) {
    let (ca, cmi) = (Office::new("CA"), Office::new("CMI"));
    let genesis = Genesis::new("MENA", ca.replica.home.card.clone(), cmi.replica.home.card.clone(), [1; 16]);
    for office in [&ca, &cmi] {
        let record = Record::genesis(genesis.clone(), &office.replica.home.root_key(None).unwrap(), 1);
        let programme = office.replica.enter(genesis.id()).unwrap();
        programme.record(office.key(), vec![record]).unwrap();
        office.replica.settle(programme).unwrap();
    }
    ca.pull(&cmi);
    cmi.pull(&ca);
    (ca, cmi)
}

fn note(office: &Office, title: &str) -> DocumentKey {
    let kind = accord_framework::kind("note").unwrap();
    let edit = Edit::Set { path: "title".into(), value: json!({ "en": title }) };
    let programme = office.programme();
    programme.create(office.key(), programme.space(), kind, title, &[edit], 5).unwrap()
}

/// Everything that people see of a document.
fn seen(programme: &Programme, id: &DocumentKey) -> String {
    let reading = programme.read(id).unwrap();
    let kind = reading.kind().unwrap();
    let view = reading.document.view(kind, None).unwrap();
    format!("{view:?} {:?} {:?}", reading.document.findings(kind), reading.document.history(kind))
}

#[test]
fn reading_as_it_comes_shows_the_same_as_reading_from_nothing() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    for round in 0..130 {
        ca.set(&id, "title.fr", &format!("à Sfax {round}"));
        cmi.set(&id, "title.fr", &format!("Sfax, {round}"));
        if round % 3 == 0 {
            cmi.pull(&ca);
            cmi.programme().read(&id).unwrap();
        }
        if round % 4 == 0 {
            ca.pull(&cmi);
        }
    }
    ca.pull(&cmi);
    cmi.pull(&ca);
    let as_it_came = (seen(&ca.programme(), &id), seen(&cmi.programme(), &id));
    assert_eq!(as_it_came.0, as_it_came.1);
    // A snapshot was written on the way; a new process begins from it, and one that lost it from the log.
    let path = ca._dir.path().join("home");
    drop(ca.replica);
    let again = open(&path);
    assert_eq!(seen(&again.programme().unwrap(), &id), as_it_came.0);
    let key = id.bytes(b'd');
    assert!(again.store().get(accord_store::Tree::Snapshots, &key).unwrap().is_some());
    again.store().commit(vec![accord_store::Op::delete(accord_store::Tree::Snapshots, key)]).unwrap();
    drop(again);
    assert_eq!(seen(&open(&path).programme().unwrap(), &id), as_it_came.0);
}

#[test]
fn an_invalid_run_is_refused_with_a_reason_and_nothing_of_it_is_stored() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    ca.set(&id, "title.en", "Sfax and Gafsa");
    let log = ca.log(ca.programme().space());
    let good: Vec<_> = ca.programme().logs().read(&log, (1, 99), 99, 1 << 20).unwrap();
    let signed = |entries: &[Entry]| entries.iter().map(|entry| entry.signed().clone()).collect::<Vec<_>>();
    let mut forged = signed(&good);
    forged.last_mut().unwrap().signature.0[3] ^= 1;
    let mut other_content = signed(&good);
    other_content[1].payload = good[2].payload().to_vec();
    let mut unreadable = signed(&good);
    unreadable[0].header.truncate(20);
    let missing: Vec<_> = signed(&good).into_iter().skip(1).collect();
    for (run, reason) in [
        (forged, "signature"),
        (other_content, "content"),
        (unreadable, "cannot be read"),
        (missing, "begin at 2"),
    ] {
        let refused: TakeError = cmi.programme().take(log, run).unwrap_err();
        assert!(refused.to_string().contains(reason), "{refused}");
        assert_eq!(cmi.programme().logs().head(&log), None, "nothing is stored");
    }
    cmi.pull(&ca);
    assert_eq!(cmi.get(&id, "title.en"), ca.get(&id, "title.en"), "and the honest run is taken afterwards");
}

/// Signs an entry as the next of an office's log, past every check that the office itself would make.
fn hostile(office: &Office, authority: Authority, body: Body, payload: Vec<u8>) -> (LogId, Entry) {
    let programme = office.programme();
    let log = office.log(programme.space());
    let head: Option<Head> = programme.logs().head(&log);
    let header = Header {
        programme: programme.id(),
        space: log.space,
        device: log.device,
        seq: head.map_or(1, |head| head.seq + 1),
        prev: head.map(|head| head.id),
        authority,
        body,
    };
    (log, header.sign(office.key(), payload))
}

#[test]
fn an_irregular_entry_is_stored_and_shown_and_never_admitted() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    // CMI writes in CA's name: a well-signed entry whose change has CA's actor.
    let reading = cmi.programme().read(&id).unwrap();
    let space = cmi.programme().space();
    let seed = ActorSeed { device: ca.key().id(), space, document: id.id, generation: 0 };
    let mut copy: Document = reading.document.clone();
    let by = Author { actor: &seed.actor(), time: 20, message: None };
    let edit = Edit::Set { path: "title.en".into(), value: json!("written by somebody else") };
    let change = copy.edit(reading.kind().unwrap(), &[edit], &by, &mut random).unwrap().unwrap();
    let body = Body::Change { document: id.id, generation: 0, change: ChangeHash(change.meta.hash) };
    let (log, entry) = hostile(&cmi, Authority::Genesis, body, change.raw);
    let before = seen(&ca.programme(), &id);
    let ingested = ca.programme().take(log, vec![entry.signed().clone()]).unwrap();
    assert_eq!((ingested.new, ingested.irregular.len()), (1, 1), "it is stored, so that the log has no gap");
    assert_eq!(seen(&ca.programme(), &id), before, "it changes nothing");
    let held = ca.programme().held_back();
    assert_eq!(held.len(), 1, "it is shown");
    assert_eq!((held[0].document, &held[0].standing), (Some(id), &Standing::Quarantined(Reason::Irregular)));
}

#[test]
fn an_entry_that_lacks_its_authority_waits_by_name_and_is_admitted_when_it_comes() {
    let (ca, cmi) = founded();
    let id = note(&cmi, "Gafsa");
    // CMI acknowledges something before its next entry; the entry comes first.
    let programme = cmi.programme();
    let record = Record::Acknowledge { decisions: Vec::new(), devices: Vec::new() };
    programme.record(cmi.key(), vec![record]).unwrap();
    cmi.set(&id, "title.en", "Gafsa and Sfax");
    let log = cmi.log(programme.space());
    let run = programme.logs().read_signed(&log, (1, 99), 99, 1 << 20).unwrap();
    assert!(matches!(run.last().unwrap().header().authority, Authority::At { .. }));
    ca.programme().take(log, run.iter().map(|entry| entry.signed().clone()).collect()).unwrap();
    let waits: Vec<Standing> = ca.programme().held_back().into_iter().map(|held| held.standing).collect();
    assert_eq!(waits, [Standing::Waiting(WaitingFor::Authority)]);
    assert_eq!(ca.get(&id, "title.en"), json!(["Gafsa"]));
    ca.pull(&cmi);
    assert!(ca.programme().held_back().is_empty(), "it was retried");
    assert_eq!(ca.get(&id, "title.en"), json!(["Gafsa and Sfax"]));
}

#[test]
fn names_are_found_whole_by_case_and_by_id_and_ambiguity_is_told() {
    let (ca, cmi) = founded();
    let (first, second) = (note(&ca, "Tunisia"), note(&cmi, "Tunisia"));
    ca.pull(&cmi);
    let egypt = note(&ca, "Egypt");
    let programme = ca.programme();
    assert_eq!(programme.find("Egypt").unwrap(), egypt);
    assert_eq!(programme.find("egypt").unwrap(), egypt);
    assert_eq!(programme.find(&first.to_string()[..12]).unwrap(), first);
    let problem = programme.find("Tunisia").unwrap_err();
    assert!(problem.hint.unwrap().contains(&second.id.short()));
    let problem = programme.find("Libya").unwrap_err();
    assert!(problem.hint.unwrap().contains("Egypt"));
    assert_eq!(programme.summaries().unwrap().len(), 3, "two of one name are listed, neither hidden");
}

#[test]
fn neither_receiving_nor_starting_nor_offering_reads_a_document() {
    let (ca, cmi) = founded();
    let ids: Vec<DocumentKey> = (0..20).map(|n| note(&ca, &format!("Note {n}"))).collect();
    cmi.pull(&ca);
    let read = |programme: &Programme| programme.documents.cache().loaded.len();
    assert_eq!(read(&cmi.programme()), 0, "what came was stored as it is");
    let path = cmi._dir.path().join("home");
    drop(cmi.replica);
    let again = Arc::new(open(&path));
    let programme = again.programme().unwrap();
    let peering = Peering::new(Arc::clone(&again), Arc::clone(&programme), None);
    assert_eq!(peering.held().len(), 3, "both governance logs, and the one with the documents");
    assert_eq!(programme.logs().documents().unwrap().len(), ids.len(), "all are known by their ids");
    assert_eq!(read(&programme), 0, "and none was read for it");
    programme.read(&ids[3]).unwrap();
    assert_eq!(read(&programme), 1, "who asks for one reads that one");
}

/// Another organisation's documents may arrive before the kind that somebody else added.
#[test]
fn a_document_is_kept_until_its_kind_arrives() {
    let (ca, cmi) = founded();
    let file = "{name: visit, version: 1, fields: [{name: place, type: string}]}";
    let new = accord_framework::added::new_version(file, None).unwrap();
    let programme = ca.programme();
    let place = Edit::Set { path: "place".into(), value: json!("Sfax") };
    let visit = programme.create(ca.key(), programme.space(), &new.kind, "Trip", &[place], 5).unwrap();
    cmi.pull(&ca);
    for office in [&ca, &cmi] {
        let line = office.programme().summaries().unwrap()[&visit].clone();
        assert_eq!((line.name.as_str(), line.kind.as_str()), ("Trip", "visit"));
        assert!(line.unreadable.is_some());
    }
    let kind = accord_framework::kind(accord_framework::added::KIND).unwrap();
    let row = Edit::Add { path: "versions".into(), fields: new.row };
    programme.create(ca.key(), programme.space(), kind, "visit", &[row], 6).unwrap();
    cmi.pull(&ca);
    for office in [&ca, &cmi] {
        assert_eq!(office.programme().summaries().unwrap()[&visit].unreadable, None);
        assert_eq!(office.get(&visit, "place"), "Sfax");
    }
}

/// A further office that looks at the programme.
fn beside(office: &Office, code: &str) -> Office {
    let other = Office::new(code);
    let programme = other.replica.enter(office.programme().id()).unwrap();
    other.replica.settle(programme).unwrap();
    other
}

/// The admission of an office as a member.
fn admission(of: &Office, who: &Office) -> Decision {
    let card = who.replica.home.card.clone();
    let subject = Subject::Membership(card.organisation.id);
    let admit = Operation::Admit { card: Box::new(card), kind: OrganisationKind::Member };
    of.programme().governance().draft(subject, admit, Vec::new())
}

/// Both secretariats sign what one of them proposes.
fn decide(ca: &Office, cmi: &Office, decision: &Decision) {
    let proposal = Record::proposal(decision.clone(), ca.key(), 30);
    ca.programme().record(ca.key(), vec![proposal]).unwrap();
    cmi.pull(ca);
    for office in [ca, cmi] {
        let (programme, own) = (office.programme(), office.replica.home.card.organisation.id);
        let vote = programme.governance().cast(&own, &office.key().id(), &decision.id(), None, 31).unwrap();
        programme.record(office.key(), vec![Record::vote(vote, office.key())]).unwrap();
    }
    ca.pull(cmi);
    cmi.pull(ca);
    assert!(ca.programme().governance().is_in_force(&decision.id()));
}

/// A member that both have admitted, and that has heard of it.
fn admitted(ca: &Office, cmi: &Office, code: &str) -> Office {
    let member = beside(ca, code);
    decide(ca, cmi, &admission(ca, &member));
    member.pull(ca);
    member.pull(cmi);
    member
}

/// Both remove a member, whose work counts as far as it has come to `ca`.
fn remove(ca: &Office, cmi: &Office, member: &Office) {
    let decision = {
        let programme = ca.programme();
        let organisation = member.replica.home.card.organisation.id;
        let logs = [member.log(programme.governance_space()), member.log(programme.space())];
        let held = logs.map(|log| (log.space, log.device, programme.logs().head(&log).unwrap()));
        let governance = programme.governance();
        let cuts = governance.cuts_for(&organisation, held);
        governance.draft(Subject::Membership(organisation), Operation::Remove, cuts)
    };
    decide(ca, cmi, &decision);
}

#[test]
fn hearing_of_a_removal_first_or_of_the_data_first_ends_in_the_same_documents() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    let uclg = admitted(&ca, &cmi, "UCLG");
    uclg.set(&id, "title.fr", "avant");
    ca.pull(&uclg);
    cmi.pull(&uclg);
    remove(&ca, &cmi, &uclg);
    uclg.set(&id, "title.fr", "après");

    let (removal_first, data_first) = (beside(&ca, "ONE"), beside(&ca, "TWO"));
    for from in [&ca, &cmi, &uclg] {
        removal_first.pull(from);
    }
    for from in [&uclg, &cmi, &ca] {
        data_first.pull(from);
        // What is read on the way must leave nothing behind.
        let _ = data_first.programme().read(&id);
    }
    let one = seen(&removal_first.programme(), &id);
    assert_eq!(one, seen(&data_first.programme(), &id));
    assert_eq!(one, seen(&ca.programme(), &id), "and the same as where the later entry never came");
    assert_eq!(removal_first.get(&id, "title.fr"), json!(["avant"]));
    for office in [&removal_first, &data_first] {
        let held: Vec<Standing> =
            office.programme().held_back().into_iter().map(|held| held.standing).collect();
        assert_eq!(held, [Standing::Quarantined(Reason::Removed)], "it is kept, and shown for what it is");
    }
}
