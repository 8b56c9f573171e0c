mod crowd;
mod long;
mod oracle;
mod prose;
mod retired;
mod words;

use serde_json::json;

use super::*;
use crate::testing::{Writer, add, kind, set};
use crate::{Edit, Hash};

const BUDGET: &str = "activities.TN-A03.budget.2013.EUR";

fn start(kind: &crate::Kind) -> Writer {
    let edits = [
        add("pillars", json!({ "code": "P1" })),
        add("pillars", json!({ "code": "P2" })),
        add("activities", json!({ "code": "TN-A03", "budget": { "2013": { "EUR": "100,000" } } })),
        add("activities", json!({ "code": "TN-A05", "status": "proposed" })),
    ];
    Writer::first(kind, &edits)
}

fn texts(conflict: &Finding) -> Vec<&str> {
    let mut texts: Vec<&str> = conflict.sides.iter().map(|side| side.text.as_str()).collect();
    texts.sort_unstable();
    texts
}

/// The story of one budget that two set while both were offline.
#[test]
fn the_same_budget_both_offline() {
    let kind = kind();
    let mut ca = start(&kind);
    let (mut cmi, mut uclg) = (ca.joined("CMI"), ca.joined("UCLG"));
    let by_ca = ca.set(&kind, BUDGET, "120,000");
    let by_cmi = cmi.set(&kind, BUDGET, "90,000");
    uclg.set(&kind, BUDGET, "95,000");
    ca.pull(&cmi);
    cmi.pull(&ca);
    let conflicts = ca.document.findings(&kind);
    assert_eq!(conflicts, cmi.document.findings(&kind));
    let [conflict] = &conflicts[..] else { panic!("{conflicts:?}") };
    assert_eq!((conflict.path.as_str(), conflict.label.as_str()), (BUDGET, "budget 2013 EUR of TN-A03"));
    assert_eq!(conflict.base, Some(json!({ "amount": "100000.00", "currency": "EUR" })));
    assert_eq!(texts(conflict), ["120,000", "90,000"]);
    let mut writers: Vec<Hash> = conflict.sides.iter().map(|side| side.change).collect();
    writers.sort_unstable();
    let mut expected = [by_ca.hash, by_cmi.hash];
    expected.sort_unstable();
    assert_eq!(writers, expected);
    assert!(ca.document.get(&kind, BUDGET, None).unwrap()["$conflict"].is_array());

    let settle =
        Edit::Resolve { path: BUDGET.into(), value: json!("110,000"), reason: "agreed by phone".into() };
    cmi.edit(&kind, &[settle]);
    ca.pull(&cmi);
    assert_eq!(ca.document.findings(&kind), []);
    assert_eq!(ca.document.get(&kind, BUDGET, None).unwrap()["amount"], "110000.00");

    // UCLG was offline all along: its value opens the conflict again, against the resolution.
    ca.pull(&uclg);
    let conflicts = ca.document.findings(&kind);
    assert_eq!(texts(&conflicts[0]), ["110,000", "95,000"]);
    let settled = conflicts[0].sides.iter().find(|side| side.text == "110,000").unwrap();
    assert_eq!(settled.reason.as_deref(), Some("agreed by phone"));
    assert_eq!(conflicts[0].base, Some(json!({ "amount": "100000.00", "currency": "EUR" })));
}

#[test]
fn equal_values_and_other_cells_are_no_conflict() {
    let kind = kind();
    let mut ca = start(&kind);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, BUDGET, "120,000");
    cmi.set(&kind, BUDGET, "120 000,00");
    ca.set(&kind, "activities.TN-A03.budget.2014.EUR", "5");
    cmi.set(&kind, "activities.TN-A03.budget.2015.EUR", "6");
    ca.pull(&cmi);
    assert_eq!(ca.document.findings(&kind), []);
    let budget = ca.document.get(&kind, "activities.TN-A03.budget", None).unwrap();
    assert_eq!(budget.as_object().unwrap().len(), 3);
}

/// "Keep it" must not lose against "change it".
#[test]
fn writing_the_same_value_again_is_a_write() {
    let kind = kind();
    let mut ca = start(&kind);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, BUDGET, "100,000");
    cmi.set(&kind, BUDGET, "90,000");
    ca.pull(&cmi);
    assert_eq!(texts(&ca.document.findings(&kind)[0]), ["100,000", "90,000"]);
}

#[test]
fn shares_are_one_value() {
    let kind = kind();
    let mut ca = start(&kind);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, "activities.TN-A03.shares", "P1 70, P2 30");
    cmi.edit(
        &kind,
        &[Edit::Set { path: "activities.TN-A03.shares".into(), value: json!({ "P1": 40, "P2": 60 }) }],
    );
    ca.pull(&cmi);
    assert_eq!(texts(&ca.document.findings(&kind)[0]), ["P1 40, P2 60", "P1 70, P2 30"]);
}

#[test]
fn retired_but_changed_is_told_until_somebody_decides() {
    let kind = kind();
    let mut giz = start(&kind);
    let mut sfax = giz.joined("Sfax");
    giz.edit(&kind, &[Edit::Retire { path: "activities.TN-A05".into(), reason: "covered by AFD".into() }]);
    assert_eq!(giz.document.findings(&kind), []);
    sfax.set(&kind, "activities.TN-A05.budget.2013.EUR", "5,000");
    giz.pull(&sfax);
    let conflicts = giz.document.findings(&kind);
    assert_eq!(conflicts[0].what, FindingKind::RetiredButChanged);
    assert_eq!(conflicts[0].sides[0].reason.as_deref(), Some("covered by AFD"));
    assert_eq!(conflicts[0].sides[1].text, "budget 2013 EUR of TN-A05: 5,000");
    let refused = giz.try_edit(&kind, &[set("activities.TN-A05.status", "done")]).unwrap_err();
    assert!(refused.to_string().contains("activities.TN-A05 is retired"), "{refused}");
    let confirm = Edit::Resolve {
        path: conflicts[0].path.clone(),
        value: json!(true),
        reason: "the money moves to TN-A03".into(),
    };
    giz.edit(&kind, &[confirm]);
    assert_eq!(giz.document.findings(&kind), []);
    assert_eq!(
        giz.document.get(&kind, "activities.TN-A05.budget.2013.EUR", None).unwrap()["amount"],
        "5000.00"
    );
}

#[test]
fn two_items_with_one_code_are_both_listed_and_both_reachable() {
    let kind = kind();
    let mut ca = start(&kind);
    let mut cmi = ca.joined("CMI");
    for writer in [&mut ca, &mut cmi] {
        writer.edit(&kind, &[add("activities", json!({ "code": "TN-A07", "status": "done" }))]);
    }
    ca.pull(&cmi);
    let conflicts = ca.document.findings(&kind);
    assert_eq!(conflicts[0].what, FindingKind::DuplicateCode);
    let ids: Vec<&str> = conflicts[0].sides.iter().map(|side| side.value.as_str().unwrap()).collect();
    let error = ca.document.get(&kind, "activities.TN-A07.status", None).unwrap_err();
    assert!(ids.iter().all(|id| error.to_string().contains(id)), "{error}");
    ca.edit(&kind, &[set(&format!("activities.{}.code", ids[0]), "TN-A08")]);
    assert_eq!(ca.document.findings(&kind), []);
    assert_eq!(ca.document.get(&kind, "activities.TN-A08.status", None).unwrap(), "done");
}

#[test]
fn two_rewrites_of_a_paragraph_survive_whole() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[set("context.en", "The cities grow fast and without a plan.")]);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, "context.en.1", "Most people live in towns by the sea.");
    cmi.set(&kind, "context.en.1", "Decentralisation began after 2011.");
    ca.pull(&cmi);
    let conflicts = ca.document.findings(&kind);
    assert_eq!(conflicts[0].what, FindingKind::Paragraph);
    assert_eq!(conflicts[0].base, Some(json!("The cities grow fast and without a plan.")));
    assert_eq!(
        texts(&conflicts[0]),
        ["Decentralisation began after 2011.", "Most people live in towns by the sea."]
    );
    let both = Edit::Resolve {
        path: conflicts[0].path.clone(),
        value: json!("Decentralisation began after 2011. Most people live in towns by the sea."),
        reason: "both are needed".into(),
    };
    ca.edit(&kind, &[both]);
    assert_eq!(ca.document.findings(&kind), []);
    cmi.pull(&ca);
    assert_eq!(cmi.document.view(&kind, None), ca.document.view(&kind, None));
}

/// One appends a sentence, another fixes a typo elsewhere in the paragraph: both, silently.
#[test]
fn small_edits_of_one_paragraph_merge() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[set("context.en", "The cty of Sfax leads the work on waste.")]);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, "context.en", "The cty of Sfax leads the work on waste. Gafsa joins in 2014.");
    cmi.set(&kind, "context.en.1", "The city of Sfax leads the work on waste.");
    ca.pull(&cmi);
    assert_eq!(ca.document.findings(&kind), []);
    assert_eq!(
        ca.document.get(&kind, "context.en", None).unwrap(),
        json!(["The city of Sfax leads the work on waste. Gafsa joins in 2014."])
    );
}
