//! A guard rule that this program does not know: no document is shown or written by it, and all else goes on.

use accord_core::api::{AuditView, Exit, Listing, Problem, Proposal, Request, Response};

use super::*;
use crate::handler::answer;

/// Both secretariats decide, as with a newer program, by which rule changes are judged.
fn decide_rule(ca: &Office, cmi: &Office, number: u32) {
    let decision = {
        let programme = ca.programme();
        let governance = programme.governance();
        let mut charter = governance.constitution().unwrap().charter.clone();
        charter.guard_rule = number;
        governance.draft(Subject::Constitution, Operation::Constitute(Box::new(charter)), Vec::new())
    };
    let proposal = Record::proposal(decision.clone(), ca.key(), 30);
    ca.programme().record(ca.key(), vec![proposal]).unwrap();
    cmi.pull(ca);
    for office in [ca, cmi] {
        let (programme, own) = (office.programme(), office.replica.home.card.organisation.id);
        let vote = programme.governance().cast(&own, &office.key().id(), &decision.id(), None, 31).unwrap();
        let root = office.replica.home.root_key(None).unwrap();
        programme.record(office.key(), vec![Record::root_vote(vote, &root)]).unwrap();
    }
    ca.pull(cmi);
    cmi.pull(ca);
    assert_eq!(ca.programme().governance().guard_rule(), Some(number));
}

fn ask(office: &Office, request: Request) -> Result<Response, Problem> {
    answer(&office.replica, request, &Default::default())
}

fn get(document: &str) -> Request {
    Request::Get { document: document.into(), path: "title.en".into() }
}

/// Refused with the reason, and with what to do.
fn refused(office: &Office, request: Request) {
    let problem = ask(office, request.clone()).unwrap_err();
    assert!(problem.message.contains("rule 2"), "{request:?}: {problem}");
    assert!(problem.hint.as_ref().is_some_and(|hint| hint.contains("upgrade")), "{request:?}: {problem}");
    assert_eq!(problem.exit, Exit::Failed);
}

#[test]
fn a_rule_that_is_not_known_hides_every_document_and_stops_nothing_else() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    ca.pull(&cmi);
    cmi.pull(&ca);
    ask(&ca, get("Sfax")).unwrap();
    cmi.set(&id, "title.en", "Sfax and Gafsa");
    decide_rule(&ca, &cmi, 2);
    refused(&ca, get("Sfax"));
    refused(&ca, Request::Set { document: "Sfax".into(), path: "title.fr".into(), value: "Sfax".into() });
    let new = Request::New {
        kind: "note".into(),
        name: "Gafsa".into(),
        space: None,
        template: None,
        content: None,
    };
    refused(&ca, new);
    let written = note_anyhow(&ca);
    assert!(written.message.contains("rule 2"), "whatever asks for it: {written}");
    let report = Request::Report {
        report: "contributions".into(),
        documents: Vec::new(),
        by: Vec::new(),
        currency: None,
        version: None,
        width: 80,
        locale: "en".into(),
    };
    refused(&ca, report);
    refused(&ca, Request::Audit { document: Some("Sfax".into()) });
    // It is still called what it was called, and the list says why no more is said.
    let Response::Listing(Listing { documents, .. }) = ask(&ca, Request::List).unwrap() else { panic!() };
    let line = &documents[0];
    assert_eq!((documents.len(), line.name.as_str(), line.kind.as_str()), (1, "Sfax", "note"));
    assert!(line.unreadable.as_ref().is_some_and(|why| why.contains("rule 2")));
    for goes_on in [Request::Organisations, Request::Decisions { all: true }, Request::Spaces] {
        ask(&ca, goes_on).unwrap();
    }
    let Response::Audit(view) = ask(&ca, Request::Audit { document: None }).unwrap() else { panic!() };
    let AuditView { items, .. } = *view;
    assert_eq!(items.iter().filter(|item| item.what == "change").count(), 2, "who wrote is told");
    // What it cannot show it holds, and hands on.
    let log = cmi.log(id.space);
    let uclg = beside(&ca, "UCLG");
    let held = ca.programme().logs().read_signed(&log, (1, u64::MAX), 100, 1 << 20).unwrap();
    uclg.pull(&ca);
    uclg.programme().take(log, held.iter().map(|entry| entry.signed().clone()).collect()).unwrap();
    assert_eq!(uclg.programme().logs().head(&log), cmi.programme().logs().head(&log));
    // Upgrading is a new start: what was kept of the documents before is not taken for what they are.
    let home = ca._dir.path().join("home");
    let Office { replica, _dir } = ca;
    drop(replica);
    let ca = Office { replica: open(&home), _dir };
    refused(&ca, get("Sfax"));
    decide_rule(&ca, &cmi, 1);
    assert_eq!(ca.get(&id, "title.en"), json!(["Sfax and Gafsa"]), "nothing was lost");
    assert_eq!(cmi.get(&id, "title.en"), json!(["Sfax and Gafsa"]));
    ca.set(&id, "title.fr", "Sfax et Gafsa");
}

/// Makes a document past the handler, as what runs by itself would.
fn note_anyhow(office: &Office) -> Problem {
    let kind = accord_framework::kind("note").unwrap();
    let programme = office.programme();
    programme.create(office.key(), programme.space(), kind, "Gafsa", &[], 5).unwrap_err()
}

/// A secretariat whose program does not know a rule puts none up and signs none: its own node would show nothing. It may refuse.
#[test]
fn nobody_signs_a_rule_that_their_program_does_not_know() {
    let (ca, cmi) = founded();
    let decision = {
        let programme = ca.programme();
        let governance = programme.governance();
        let mut charter = governance.constitution().unwrap().charter.clone();
        charter.guard_rule = 2;
        governance.draft(Subject::Constitution, Operation::Constitute(Box::new(charter)), Vec::new())
    };
    let proposal = Record::proposal(decision.clone(), ca.key(), 30);
    ca.programme().record(ca.key(), vec![proposal]).unwrap();
    cmi.pull(&ca);
    let number = decision.id().to_string();
    let view = ask(&cmi, Request::Decision { number: number.clone() }).unwrap();
    let Response::Decision(view) = view else { panic!() };
    assert!(view.effects.iter().any(|said| said.contains("does not know rule 2")), "{:?}", view.effects);
    let sign = Request::Sign { number: number.clone(), root: None };
    let problem = ask(&cmi, sign).unwrap_err();
    assert!(problem.message.contains("does not know rule 2"), "{problem}");
    let propose = Request::Propose { proposal: Proposal::GuardRule { number: 2 } };
    assert!(ask(&ca, propose).unwrap_err().message.contains("does not know rule 2"));
    ask(&cmi, Request::Refuse { number, why: "not yet".into(), root: None }).unwrap();
    assert_eq!(cmi.programme().governance().guard_rule(), Some(1));
}
