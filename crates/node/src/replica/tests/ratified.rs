//! Ratified versions between two secretariats, entries carried by hand.

use std::collections::BTreeSet;

use accord_core::api::{Exit, Problem, Request, Response, VersionShown, Versions};
use accord_core::governance::{DecisionStatus, Operation, Record, Subject};
use accord_core::{ActorSeed, Authority, Body, ChangeHash, DecisionId, DocumentEntries, audit_file};
use accord_document::{Author, Document, Edit};
use serde_json::json;

use super::super::{VersionState, random};
use super::{DocumentKey, Office, admission, beside, decide, founded, hostile, note, seen};
use crate::handler::answer;

fn ask(office: &Office, request: Request) -> Result<Response, Problem> {
    answer(&office.replica, request, &BTreeSet::new())
}

fn ratify(office: &Office) -> Result<String, Problem> {
    match ask(office, Request::Ratify { document: "Sfax".into(), locale: "C".into() })? {
        Response::Ratify(put) => Ok(put.decision.summary.id.to_string()),
        other => panic!("{other:?}"),
    }
}

fn sign(office: &Office, decision: &str) -> Result<DecisionStatus, Problem> {
    match ask(office, Request::Sign { number: decision.to_owned(), root: None })? {
        Response::Signed(signed) => Ok(signed.decision.summary.status),
        other => panic!("{other:?}"),
    }
}

fn version(office: &Office, version: &str) -> Result<VersionShown, Problem> {
    match ask(office, Request::ShowVersion { document: "Sfax".into(), version: version.into() })? {
        Response::Version(shown) => Ok(*shown),
        other => panic!("{other:?}"),
    }
}

fn versions(office: &Office) -> Versions {
    match ask(office, Request::List).unwrap() {
        Response::Listing(listing) => listing.documents[0].versions.clone().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn exchange(ca: &Office, cmi: &Office) {
    ca.pull(cmi);
    cmi.pull(ca);
}

/// A document that both hold.
fn shared() -> (Office, Office, DocumentKey) {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    exchange(&ca, &cmi);
    (ca, cmi, id)
}

/// A ratification as no honest program puts it up.
fn put_up(office: &Office, id: &DocumentKey, heads: Vec<ChangeHash>, content: [u8; 32]) -> DecisionId {
    let programme = office.programme();
    let operation = Operation::Ratify { space: id.space, heads, content };
    let decision = programme.governance().draft(Subject::Document(id.id), operation, Vec::new());
    let decision_id = decision.id();
    programme.record(office.key(), vec![Record::proposal(decision, office.key(), 1)]).unwrap();
    decision_id
}

/// A signature that looks at nothing.
fn sign_blindly(office: &Office, decision: &DecisionId) {
    let programme = office.programme();
    let own = office.replica.home.card.organisation.id;
    let vote = programme.governance().cast(&own, &office.key().id(), decision, None, 2).unwrap();
    programme.record(office.key(), vec![Record::vote(vote, office.key())]).unwrap();
}

fn heads(office: &Office, id: &DocumentKey) -> Vec<ChangeHash> {
    let reading = office.programme().read(id).unwrap();
    reading.document.heads().into_iter().map(ChangeHash).collect()
}

#[test]
fn a_version_is_the_same_everywhere_whatever_is_written_later() {
    let (ca, cmi, id) = shared();
    let first = ratify(&cmi).unwrap();
    assert_eq!(sign(&cmi, &first), Ok(DecisionStatus::Open));
    ca.set(&id, "title.en", "Greater Sfax");
    exchange(&ca, &cmi);
    let seen = versions(&cmi);
    let put = &seen.proposals[0];
    assert_eq!((seen.version, put.label.as_str(), put.since), (None, "v1", Some(1)));
    assert_eq!((put.signed.as_slice(), put.waits_for.as_slice()), (&["CMI".into()][..], &["CA".into()][..]));
    assert!(sign(&cmi, &first).is_err(), "one secretariat twice is not two");
    assert!(version(&ca, "v1").is_err());
    assert_eq!(sign(&ca, &first), Ok(DecisionStatus::InForce));
    exchange(&ca, &cmi);
    let frozen = version(&ca, "v1").unwrap();
    assert_eq!(frozen.content["title"]["en"][0], "Sfax", "its own later edit is not in it");
    let line = versions(&ca);
    assert_eq!((line.version.as_deref(), line.since), (Some("v1"), Some(1)));
    for round in 0..3 {
        cmi.set(&id, "title.fr", &format!("le grand Sfax {round}"));
        exchange(&ca, &cmi);
        for office in [&ca, &cmi] {
            let now = version(office, "v1").unwrap();
            assert_eq!(
                (&now.content, &now.canonical, &now.hash),
                (&frozen.content, &frozen.canonical, &frozen.hash)
            );
        }
    }
    assert_eq!(versions(&cmi).since, Some(4));
    let second = ratify(&ca).unwrap();
    for office in [&ca, &cmi] {
        sign(office, &second).unwrap();
        exchange(&ca, &cmi);
    }
    assert_eq!(version(&ca, "v2").unwrap().canonical, version(&cmi, "v2").unwrap().canonical);
    assert_eq!(version(&cmi, "v1").unwrap().canonical, frozen.canonical);
    assert!(ratify(&ca).unwrap_err().message.contains("has not changed since v2"));
}

/// A node that takes a programme's logs in the order given, reading the document after each, as it comes.
fn joins(code: &str, order: &[&Office], id: &DocumentKey) -> Office {
    let new = beside(order[0], code);
    for from in order {
        new.pull(from);
        let _ = new.programme().read(id);
    }
    new
}

#[test]
fn a_version_has_the_same_bytes_in_whatever_order_a_node_hears_of_it() {
    let (ca, cmi, id) = shared();
    let uclg = beside(&ca, "UCLG");
    decide(&ca, &cmi, &admission(&ca, &uclg));
    uclg.pull(&cmi);
    uclg.pull(&ca);
    // Three write at once; what is put up joins them; and each goes on writing while the vote is open.
    for (office, text) in [(&ca, "Greater Sfax"), (&cmi, "Sfax and Gafsa"), (&uclg, "Sfax on the coast")] {
        office.set(&id, "title.fr", text);
    }
    for (to, from) in [(&ca, &cmi), (&ca, &uclg), (&cmi, &uclg), (&cmi, &ca), (&uclg, &ca), (&uclg, &cmi)] {
        to.pull(from);
    }
    let first = ratify(&ca).unwrap();
    sign(&ca, &first).unwrap();
    uclg.set(&id, "title.en", "written while the vote was open");
    cmi.pull(&ca);
    sign(&cmi, &first).unwrap();
    cmi.set(&id, "title.en", "written after it");
    ca.pull(&cmi);
    let frozen = version(&ca, "v1").unwrap();
    let orders = [[&ca, &cmi, &uclg], [&uclg, &cmi, &ca], [&cmi, &uclg, &ca], [&uclg, &ca, &cmi]];
    for (at, order) in orders.iter().enumerate() {
        let new = joins(&format!("N{at}"), order, &id);
        let shown = version(&new, "v1").unwrap();
        assert_eq!((&shown.canonical, &shown.content), (&frozen.canonical, &frozen.content), "order {at}");
        assert_eq!(versions(&new).since, Some(2), "order {at}");
        // A process that begins anew reads the same.
        let path = new._dir.path().join("home");
        drop(new.replica);
        let again = Office { replica: super::open(&path), _dir: new._dir };
        assert_eq!(version(&again, "v1").unwrap().canonical, frozen.canonical, "order {at}, read anew");
    }
}

#[test]
fn a_version_reaches_those_who_come_after_the_removal_of_an_author_of_it() {
    let (ca, cmi, id) = shared();
    let uclg = beside(&ca, "UCLG");
    decide(&ca, &cmi, &admission(&ca, &uclg));
    uclg.pull(&cmi);
    uclg.pull(&ca);
    uclg.set(&id, "title.fr", "le grand Sfax");
    // CMI proposes the removal before it has heard of that; CA has, and puts it up.
    let organisation = uclg.replica.home.card.organisation.id;
    let removal = {
        let programme = cmi.programme();
        let governance = programme.governance();
        let cuts = governance.cuts_for(&organisation, std::iter::empty());
        governance.draft(Subject::Membership(organisation), Operation::Remove, cuts)
    };
    ca.pull(&uclg);
    let first = ratify(&ca).unwrap();
    sign(&ca, &first).unwrap();
    exchange(&ca, &cmi);
    cmi.pull(&uclg);
    sign(&cmi, &first).unwrap();
    exchange(&ca, &cmi);
    let frozen = version(&ca, "v1").unwrap();
    decide(&cmi, &ca, &removal);
    assert_eq!(version(&ca, "v1").unwrap().canonical, frozen.canonical);
    assert_eq!(ca.get(&id, "title.fr"), json!(["le grand Sfax"]), "what both signed stays in the document");
    // Both still hand out the log as far as the version needs it.
    let log = uclg.log(ca.programme().space());
    let needed = ca.programme().logs().head(&log);
    for office in [&ca, &cmi] {
        assert_eq!(office.programme().limits().get(&log).map(Vec::as_slice), Some(needed.as_slice()));
    }
    let late = joins("LATE", &[&uclg, &cmi, &ca], &id);
    assert_eq!(version(&late, "v1").unwrap().canonical, frozen.canonical);
}

/// A change with another start of its operations and a checksum that fits: well signed, and malformed inside.
fn malformed(raw: &[u8]) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let mut raw = raw.to_vec();
    // Magic, checksum, type; the length; the dependencies; the author; its number; then the start, each a byte or two.
    let number = |raw: &[u8], at: usize| -> (usize, usize) {
        let long = raw[at] >= 0x80;
        let high = if long { usize::from(raw[at + 1]) << 7 } else { 0 };
        (usize::from(raw[at] & 0x7f) | high, if long { 2 } else { 1 })
    };
    assert_eq!(raw[8], 1, "a plain change");
    let mut at = 9 + number(&raw, 9).1;
    let (deps, long) = number(&raw, at);
    at += long + 32 * deps;
    let (actor, long) = number(&raw, at);
    at += long + actor;
    at += number(&raw, at).1;
    raw[at] ^= 1;
    let sum = Sha256::digest(&raw[8..]);
    raw[4..8].copy_from_slice(&sum[..4]);
    raw
}

#[test]
fn a_version_with_a_change_that_is_malformed_inside_raises_an_alarm_and_spoils_nothing() {
    let (ca, cmi, id) = shared();
    let before = seen(&ca.programme(), &id);
    let reading = ca.programme().read(&id).unwrap();
    let space = ca.programme().space();
    let seed = ActorSeed { device: ca.key().id(), space, document: id.id, generation: 0 };
    let mut copy: Document = reading.document.clone();
    let by = Author { actor: &seed.actor(), time: 20, message: None };
    let edit = Edit::Set { path: "title.en".into(), value: json!("Greater Sfax") };
    let change = copy.edit(reading.kind().unwrap(), &[edit], &by, &mut random).unwrap().unwrap();
    let raw = malformed(&change.raw);
    let hash = ChangeHash(accord_document::ChangeMeta::parse(&raw).unwrap().hash);
    let body = Body::Change { document: id.id, generation: 0, change: hash };
    let (log, entry) = hostile(&ca, Authority::Genesis, body, raw);
    cmi.programme().take(log, vec![entry.signed().clone()]).unwrap();
    let forged = put_up(&cmi, &id, vec![hash], [7; 32]);
    let refused = sign(&cmi, &forged.to_string()).unwrap_err();
    assert!(refused.message.contains("malformed"), "{refused}");
    // Two secretariats whose programs look at nothing.
    sign_blindly(&cmi, &forged);
    let log_of_cmi = cmi.log(ca.programme().governance_space());
    let head = ca.programme().logs().head(&log_of_cmi).map_or(0, |head| head.seq);
    let run = cmi.programme().logs().read_signed(&log_of_cmi, (head + 1, u64::MAX), 99, 1 << 20).unwrap();
    ca.programme().take(log_of_cmi, run.iter().map(|entry| entry.signed().clone()).collect()).unwrap();
    sign_blindly(&ca, &forged);
    cmi.pull(&ca);
    assert!(versions(&cmi).alarm.unwrap().contains("malformed"));
    assert!(version(&cmi, "v1").unwrap_err().message.contains("cannot be shown"));
    assert_eq!(seen(&cmi.programme(), &id), before, "the document is read as it was");
    // Where the change never came, it is a matter of waiting.
    assert_eq!(ca.programme().read(&id).unwrap().versions[0].state, VersionState::Waiting);
}

#[test]
fn a_signature_over_other_content_is_refused_and_one_that_was_made_all_the_same_raises_an_alarm() {
    let (ca, cmi, id) = shared();
    let forged = put_up(&ca, &id, heads(&ca, &id), [7; 32]);
    exchange(&ca, &cmi);
    let refused = sign(&cmi, &forged.to_string()).unwrap_err();
    assert!(refused.message.contains("other content"), "{refused}");
    assert_eq!(refused.exit, Exit::Failed);
    sign_blindly(&ca, &forged);
    exchange(&ca, &cmi);
    sign_blindly(&cmi, &forged);
    exchange(&ca, &cmi);
    for office in [&ca, &cmi] {
        assert_eq!(office.programme().read(&id).unwrap().versions[0].state, VersionState::OtherContent);
        assert!(versions(office).alarm.unwrap().contains("not what was signed"));
        assert!(version(office, "v1").unwrap_err().message.contains("cannot be shown"));
    }
    // Nothing can follow it before the secretariats settle what they signed.
    ca.set(&id, "title.en", "Greater Sfax");
    assert!(ratify(&ca).is_err());
}

#[test]
fn a_state_that_is_not_here_and_one_that_leaves_out_the_version_before_are_not_signed() {
    let (ca, cmi, id) = shared();
    let before = heads(&ca, &id);
    let content = ca.programme().read(&id).unwrap().document.content_hash(&[before[0].0]).unwrap();
    ca.set(&id, "title.en", "Greater Sfax");
    let first = ratify(&ca).unwrap();
    // Only governance reaches CMI.
    let (here, there) = (cmi.programme(), ca.programme());
    let log = ca.log(there.governance_space());
    let held = here.logs().head(&log).map_or(0, |head| head.seq);
    let run = there.logs().read_signed(&log, (held + 1, u64::MAX), 1000, 1 << 20).unwrap();
    here.take(log, run.iter().map(|entry| entry.signed().clone()).collect()).unwrap();
    let absent = sign(&cmi, &first).unwrap_err();
    assert!(absent.message.contains("not whole on this device"), "{absent}");
    assert_eq!(absent.exit, Exit::PersonNeeded);
    exchange(&ca, &cmi);
    sign(&cmi, &first).unwrap();
    exchange(&ca, &cmi);
    sign(&ca, &first).unwrap();
    exchange(&ca, &cmi);
    let back = put_up(&ca, &id, before, content);
    exchange(&ca, &cmi);
    assert!(sign(&cmi, &back.to_string()).unwrap_err().message.contains("leaves out"));
}

#[test]
fn two_different_proposals_leave_no_version_until_both_sign_one() {
    let (ca, cmi, id) = shared();
    let of_cmi = ratify(&cmi).unwrap();
    sign(&cmi, &of_cmi).unwrap();
    ca.set(&id, "title.en", "Greater Sfax");
    let of_ca = ratify(&ca).unwrap();
    sign(&ca, &of_ca).unwrap();
    exchange(&ca, &cmi);
    for office in [&ca, &cmi] {
        let seen = versions(office);
        assert!(seen.disagreed && seen.version.is_none());
        assert_eq!(seen.proposals.len(), 2);
        assert!(sign(office, &of_ca).is_err() && sign(office, &of_cmi).is_err());
    }
    let again = ratify(&cmi).unwrap();
    assert_ne!(again, of_ca);
    for office in [&cmi, &ca] {
        sign(office, &again).unwrap();
        exchange(&ca, &cmi);
    }
    let seen = versions(&ca);
    assert_eq!((seen.version.as_deref(), seen.disagreed, seen.since), (Some("v1"), false, Some(0)));
    assert_eq!(version(&cmi, "v1").unwrap().content["title"]["en"][0], "Greater Sfax");
}

#[test]
fn what_people_disagree_about_is_not_ratified() {
    let (ca, cmi, id) = shared();
    ca.set(&id, "title.en", "Greater Sfax and its seven municipalities");
    cmi.set(&id, "title.en", "A city strategy for the coast");
    exchange(&ca, &cmi);
    let refused = ratify(&ca).unwrap_err();
    assert_eq!(refused.exit, Exit::PersonNeeded);
    assert!(refused.message.contains("\n  title.en"), "{refused}");
    assert!(refused.message.contains("\n    accord resolve Sfax title.en"), "{refused}");
}

fn export(office: &Office, name: &str) -> (std::path::PathBuf, Vec<u8>) {
    let file = office._dir.path().join(name);
    let request =
        Request::AuditExport { document: Some("Sfax".into()), file: file.to_str().unwrap().to_owned() };
    assert!(matches!(ask(office, request).unwrap(), Response::AuditExported(_)));
    let bytes = std::fs::read(&file).unwrap();
    (file, bytes)
}

#[test]
fn an_audit_file_proves_the_versions_in_it_and_nothing_once_it_was_changed() {
    let (ca, cmi, id) = shared();
    cmi.set(&id, "title.fr", "le grand Sfax");
    exchange(&ca, &cmi);
    let first = ratify(&ca).unwrap();
    for office in [&ca, &cmi] {
        sign(office, &first).unwrap();
        exchange(&ca, &cmi);
    }
    ca.set(&id, "title.en", "Greater Sfax");
    exchange(&ca, &cmi);
    let (file, bytes) = export(&ca, "audit");
    assert_eq!(export(&cmi, "audit").1, bytes, "who holds the same writes the same file");
    let again = Request::AuditExport { document: None, file: file.to_str().unwrap().to_owned() };
    assert!(ask(&ca, again).unwrap_err().message.contains("already"), "no file is written over");

    let programme = ca.programme().id();
    let proof = crate::audit_check(&bytes, &programme).unwrap();
    let document = proof.document.unwrap();
    assert_eq!(document.changes, [("CA".to_owned(), 2), ("CMI".to_owned(), 1)]);
    let [v1] = document.versions.as_slice() else { panic!("{:?}", document.versions) };
    assert_eq!((v1.label.as_str(), v1.changes), ("v1", 2));
    assert_eq!(v1.hash, version(&cmi, "v1").unwrap().hash);
    let signers: Vec<&str> = v1.signed.iter().map(|(who, _)| who.as_str()).collect();
    assert_eq!(signers, ["CA", "CMI"]);

    let end = bytes.len() - 32;
    let reseal = |file: &mut Vec<u8>| {
        let sum = accord_core::tagged_hash("audit", &[&file["accord-audit\n".len()..file.len() - 32]]);
        let at = file.len() - 32;
        file[at..].copy_from_slice(&sum);
    };
    for at in (0..end).step_by(11) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(crate::audit_check(&changed, &programme).is_err(), "byte {at}");
        reseal(&mut changed);
        assert!(crate::audit_check(&changed, &programme).is_err(), "byte {at}, sealed anew");
    }
    assert!(crate::audit_check(&bytes[..end], &programme).is_err());
    assert!(crate::audit_check(&[&bytes[..], b"\0"].concat(), &programme).is_err());
}

#[test]
fn a_file_that_leaves_out_a_change_of_a_version_is_refused() {
    let (ca, cmi, id) = shared();
    cmi.set(&id, "title.fr", "le grand Sfax");
    exchange(&ca, &cmi);
    let first = ratify(&ca).unwrap();
    for office in [&ca, &cmi] {
        sign(office, &first).unwrap();
        exchange(&ca, &cmi);
    }
    let programme = ca.programme();
    let mut governance = Vec::new();
    programme.each_of_space(&programme.governance_space(), |entry| governance.push(entry)).unwrap();
    let (entries, vouching) = programme.about(&id).unwrap();
    let file = |entries: Vec<accord_core::Entry>| {
        let about = DocumentEntries { space: id.space, id: id.id, entries, vouching: vouching.clone() };
        audit_file(&programme.id(), &governance, Some(&about)).unwrap()
    };
    assert!(crate::audit_check(&file(entries.clone()), &programme.id()).is_ok());
    let is_change = |entry: &accord_core::Entry| matches!(entry.header().body, Body::Change { .. });
    for left_out in entries.iter().filter(|entry| is_change(entry)) {
        let fewer = entries.iter().filter(|entry| entry.id() != left_out.id()).cloned().collect();
        let refused = crate::audit_check(&file(fewer), &programme.id()).unwrap_err();
        assert!(refused.message.contains("v1 cannot be made again"), "{refused}");
    }
}
