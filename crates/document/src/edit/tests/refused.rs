//! What an edit does not do, and what it says instead.

use std::error::Error as _;

use serde_json::json;

use super::start;
use crate::testing::{Writer, add, kind, set};
use crate::{Edit, EditError, Kind};

const BUDGET: &str = "activities.TN-A03.budget.2013.EUR";

/// Somebody who had not looked typed `set` where two amounts stood, and one of them was gone for
/// everybody, without a reason. Now only `resolve` settles.
#[test]
fn a_plain_value_never_settles_a_disagreement() {
    let kind = kind();
    let mut ca = start(&kind);
    let mut cmi = ca.joined("CMI");
    let places = [
        ("country", "EG", "MA"),
        (BUDGET, "1", "2"),
        ("activities.TN-A03.shares", "P1 70, P2 30", "P1 40, P2 60"),
        ("activities.TN-A03.methods.technical", "yes", "no"),
        ("activities.TN-A03.code", "TN-A04", "TN-A05"),
    ];
    let all = |n: usize| places.iter().map(|place| set(place.0, [place.1, place.2][n])).collect::<Vec<_>>();
    ca.edit(&kind, &all(0));
    cmi.edit(&kind, &all(1));
    ca.pull(&cmi);
    let open = ca.document.findings(&kind);
    assert_eq!(open.len(), 5);
    for conflict in &open {
        let value =
            places.iter().find(|p| conflict.path.ends_with(p.0.rsplit('.').next().unwrap())).unwrap().1;
        let error = ca.try_edit(&kind, &[set(&conflict.path, value)]).unwrap_err();
        assert_eq!(error, EditError::Open { path: conflict.path.clone() });
        let hint = error.hint().unwrap();
        assert!(hint.contains(&format!("accord resolve DOC {} VALUE --why TEXT", conflict.path)), "{hint}");
        let clear = Edit::Set { path: conflict.path.clone(), value: json!(null) };
        assert!(matches!(ca.try_edit(&kind, &[clear]), Err(EditError::Open { .. })));
    }
    // A whole list of codes would settle the one that is open, too.
    let methods = open.iter().find(|c| c.path.contains("methods")).unwrap().path.clone();
    let list = set(methods.rsplit_once('.').unwrap().0, "knowledge");
    assert_eq!(ca.try_edit(&kind, &[list]).unwrap_err(), EditError::Open { path: methods.clone() });
    let why = |path: &str, value: &str| Edit::Resolve {
        path: path.into(),
        value: json!(value),
        reason: "by phone".into(),
    };
    ca.edit(&kind, &[why("country", "EG"), why(&methods, "yes")]);
    assert_eq!(ca.document.findings(&kind).len(), 3);
    ca.set(&kind, "country", "MA");
}

/// Two who wrote the same have nothing to settle.
#[test]
fn equal_values_from_two_sides_are_changed_as_any_other() {
    let kind = kind();
    let mut ca = start(&kind);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, BUDGET, "5");
    cmi.set(&kind, BUDGET, "5.00");
    ca.pull(&cmi);
    ca.set(&kind, BUDGET, "6");
    assert_eq!(ca.document.findings(&kind), []);
}

/// The cause was printed twice, by the error and by whoever prints the chain of causes.
#[test]
fn an_error_leaves_its_cause_to_the_chain() {
    let kind = kind();
    let error = start(&kind).try_edit(&kind, &[set("country", "ZZZ")]).unwrap_err();
    assert_eq!(error.to_string(), "country cannot hold this");
    assert_eq!(error.source().unwrap().to_string(), "`ZZZ` is not one of the codes");
}

#[test]
fn shares_are_read_in_every_spelling_that_people_tried() {
    let kind = kind();
    let mut ca = start(&kind);
    for typed in [
        "P1 70, P2 30",
        "P1=70 P2=30",
        "P1: 70, P2: 30",
        "P1 70%, P2 30%",
        "P1 = 70 %; P2 = 30 %",
        "p1:70 p2:30",
    ] {
        ca.set(&kind, "activities.TN-A03.shares", typed);
        let shares = ca.document.get(&kind, "activities.TN-A03.shares", None).unwrap();
        assert_eq!(shares, json!({ "P1": 70, "P2": 30 }), "{typed}");
    }
    ca.set(&kind, "activities.TN-A03.shares", "P1 33,5; P2 66,5");
    for typed in ["P1", "70", "P1 70, P2", "P1 70,, P2 30", "P1 much, P2 little"] {
        let error = ca.try_edit(&kind, &[set("activities.TN-A03.shares", typed)]).unwrap_err();
        assert!(error.hint().unwrap().contains("P1 70, P2 30"), "{typed}: {error:?}");
    }
}

/// A budget of minus a hundred went in without a word. A table that means to hold such says so.
#[test]
fn amounts_below_zero_need_a_table_that_takes_them() {
    let plain = kind();
    let mut ca = start(&plain);
    let error = ca.try_edit(&plain, &[set(BUDGET, "-100")]).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "-100 EUR is below zero");
    assert!(error.hint().unwrap().contains("0 or more"));
    let item = add("activities", json!({ "code": "B", "budget": { "2013": { "EUR": -5 } } }));
    assert!(ca.try_edit(&plain, &[item]).is_err());
    ca.set(&plain, BUDGET, "0");
    let kind = Kind::from_yaml(
        "{name: books, version: 1, fields: [{name: balance, type: table, axes: [year, currency], negative: true}]}",
    );
    let kind = kind.unwrap();
    let mut ca = Writer::first(&kind, &[set("balance.2013.EUR", "-5")]);
    ca.set(&kind, "balance.2013.EUR", "-6");
}

/// A new document's name has a bound; one that is given later has the same.
#[test]
fn a_name_stays_one_that_people_can_type() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[]);
    ca.set(&kind, "name", &"é".repeat(100));
    let error = ca.try_edit(&kind, &[set("name", &"é".repeat(101))]).unwrap_err();
    assert!(error.to_string().contains("too long") && error.hint().is_some(), "{error}");
}
