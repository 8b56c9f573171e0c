//! What is told as new to somebody who looks now and then.

use super::*;

#[test]
fn what_others_changed_since_somebody_looked_is_told_once() {
    let (ca, cmi) = founded();
    let old = note(&ca, "Sfax");
    cmi.pull(&ca);
    let here = cmi.programme();
    let told = |programme: &Programme| -> Vec<(String, bool, usize)> {
        let since = programme.since_looked().unwrap();
        programme.looked(&since, 7);
        let name = |key: &DocumentKey| programme.summaries().unwrap()[key].name.clone();
        since.changed.iter().map(|fresh| (name(&fresh.key), fresh.new, fresh.changes)).collect()
    };
    assert_eq!(here.since_looked().unwrap().looked, None);
    assert_eq!(told(&here), [], "whoever looks for the first time is not told of everything");
    assert_eq!(here.since_looked().unwrap().looked, Some(7));

    ca.set(&old, "title.fr", "à Sfax");
    cmi.set(&old, "title.ar", "صفاقس");
    let _ = note(&ca, "Gabès");
    cmi.pull(&ca);
    let expected = [("Gabès".to_owned(), true, 1), ("Sfax".to_owned(), false, 1)];
    let mut both = told(&here);
    both.sort();
    assert_eq!(both, expected, "one's own changes are no news");
    assert_eq!(told(&here), []);
}

#[test]
fn what_did_not_count_when_somebody_looked_is_told_when_it_does() {
    let (ca, cmi) = founded();
    let id = note(&cmi, "Gafsa");
    ca.pull(&cmi);
    let here = ca.programme();
    here.looked(&here.since_looked().unwrap(), 7);
    let programme = cmi.programme();
    let record = Record::Acknowledge { decisions: Vec::new(), devices: Vec::new() };
    programme.record(cmi.key(), vec![record]).unwrap();
    cmi.set(&id, "title.en", "Gafsa and Sfax");
    let log = cmi.log(programme.space());
    let run = programme.logs().read_signed(&log, (3, 99), 99, 1 << 20).unwrap();
    here.take(log, run.iter().map(|entry| entry.signed().clone()).collect()).unwrap();
    let since = here.since_looked().unwrap();
    assert_eq!(since.changed, [], "it waits for the authority that it was written under");
    here.looked(&since, 8);
    ca.pull(&cmi);
    let since = here.since_looked().unwrap();
    assert_eq!(since.changed.len(), 1);
    assert_eq!((since.changed[0].changes, since.changed[0].new), (1, false));
    here.looked(&since, 9);
    assert_eq!(here.since_looked().unwrap().changed, []);
}

#[test]
fn what_was_decided_since_somebody_looked_is_told_once() {
    let (ca, cmi) = founded();
    let here = cmi.programme();
    here.looked(&here.since_looked().unwrap(), 7);
    let uclg = beside(&ca, "UCLG");
    let decision = admission(&ca, &uclg);
    decide(&ca, &cmi, &decision);
    let since = here.since_looked().unwrap();
    assert_eq!(since.settled, [decision.id()]);
    here.looked(&since, 8);
    assert_eq!(here.since_looked().unwrap().settled, []);
    let there = ca.programme();
    there.looked(&there.since_looked().unwrap(), 7);
    let giz = beside(&ca, "GIZ");
    let decision = admission(&ca, &giz);
    decide(&ca, &cmi, &decision);
    there.saw_settled(&decision.id());
    assert_eq!(there.since_looked().unwrap().settled, [], "whoever says the last word knows of it");
}
