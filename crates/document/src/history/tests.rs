use serde_json::json;

use crate::Edit;
use crate::testing::{Writer, add, kind, set};

#[test]
fn history_tells_in_words_what_each_change_did() {
    let kind = kind();
    let mut ca = Writer::first(
        &kind,
        &[
            add("activities", json!({ "code": "TN-A03", "budget": { "2013": { "EUR": "100,000" } } })),
            set("context.en", "One text."),
        ],
    );
    let before = ca.document.heads();
    let meta = ca.set(&kind, "activities.TN-A03.budget.2013.EUR", "120,000");
    ca.set(&kind, "activities.TN-A03.budget.2013.EUR", "120,000");
    ca.set(&kind, "context.en.1", "One longer text.");
    ca.edit(&kind, &[Edit::Retire { path: "activities.TN-A03".into(), reason: "covered by AFD".into() }]);
    let history = ca.document.history(&kind);
    assert_eq!(history.len(), 5);
    assert_eq!((history[1].change, &history[1].deps, history[1].seq), (meta.hash, &before, 2));
    let lines: Vec<String> =
        history[1..].iter().flat_map(|item| &item.changes).map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "budget 2013 EUR of TN-A03: 100,000 → 120,000",
            "budget 2013 EUR of TN-A03 confirmed: 120,000",
            "context (en): One text. → One longer text.",
            "TN-A03: nothing → retired (covered by AFD)",
        ]
    );
    // What a change is answered with is what the history tells of it, the confirmation included.
    for item in &history {
        assert_eq!(ca.document.changes_of(&kind, &item.change).as_ref(), Some(&item.changes));
    }
    assert_eq!(ca.document.changes_of(&kind, &[9; 32]), None);
    let diff: Vec<String> = ca
        .document
        .diff(&kind, &before, &ca.document.heads())
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(diff.len(), 3, "{diff:?}");
    assert!(ca.document.diff(&kind, &[], &before).unwrap().len() >= 4);
    assert!(ca.document.diff(&kind, &[[9; 32]], &before).is_err());
}

#[test]
fn a_resolution_shows_what_it_settled() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[set("country", "TN")]);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, "country", "EG");
    cmi.set(&kind, "country", "MA");
    ca.pull(&cmi);
    ca.edit(&kind, &[Edit::Resolve { path: "country".into(), value: json!("EG"), reason: "by vote".into() }]);
    let last = ca.document.history(&kind).pop().unwrap();
    assert_eq!(last.changes[0].to_string(), "country: EG or MA → EG (by vote)");
}

#[test]
fn every_copy_tells_the_same_story_whatever_came_first() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[set("country", "TN")]);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, "country", "EG");
    cmi.set(&kind, "country", "MA");
    cmi.set(&kind, "note", "from CMI");
    ca.set(&kind, "note", "from CA");
    let (one, other) = (ca.document.clone(), cmi.document.clone());
    ca.pull(&cmi);
    cmi.pull(&ca);
    assert_ne!(one.heads(), other.heads());
    assert_eq!(ca.document.history(&kind), cmi.document.history(&kind));
    // Their own changes came first on each side; the story goes by what builds on what, then by the clocks.
    let times: Vec<i64> = ca.document.history(&kind).iter().map(|item| item.time).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn differences_are_told_by_codes_and_not_by_random_ids() {
    let kind = kind();
    let codes = ["TN-A10", "TN-A02", "TN-A01", "TN-A03"];
    let new: Vec<Edit> =
        codes.iter().map(|code| add("activities", json!({ "code": code, "status": "proposed" }))).collect();
    let ca = Writer::first(&kind, &new);
    let diff = ca.document.diff(&kind, &[], &ca.document.heads()).unwrap();
    let told: Vec<&str> = diff.iter().map(|change| change.label.as_str()).collect();
    let mut expected = Vec::new();
    for code in ["TN-A01", "TN-A02", "TN-A03", "TN-A10"] {
        expected.extend([code.to_owned(), format!("status of {code}")]);
    }
    assert_eq!(told[..expected.len()], expected, "{told:?}");
    assert_eq!(ca.document.changes_of(&kind, &ca.document.heads()[0]).unwrap(), diff);
}
