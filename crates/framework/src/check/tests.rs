//! Each finding once, and none where nothing is wrong.

mod each;

use serde_json::{Value, json};

use super::*;

fn good() -> Value {
    json!({ "name": "Tunisia", "title": { "en": ["T"] }, "country": "TN", "period_start": "2013-01-01",
        "period_end": "2015-12-31", "objective": { "en": ["O"] },
        "pillars": { "P1": { "id": "p1", "code": "P1", "title": { "en": ["Pillar"] }, "text": { "en": ["here"] } } },
        "tests": [{ "id": "t", "who": "cities", "where": "Sfax", "date": "2013-02-01" }],
        "indicators": { "I1": { "id": "i", "code": "I1", "title": { "en": ["Jobs"] }, "baseline": "1" } },
        "activities": { "A1": { "id": "a1", "code": "A1", "title": { "en": ["City strategy for Sfax"] },
            "status": "agreed", "lead": "GIZ", "pillar_shares": { "P1": 100 }, "methods": ["technical"],
            "planned_start": "2013-01-01", "planned_end": "2013-12-31", "engagement": { "en": ["together"] },
            "partners": { "Sfax": "local" } } } })
}

fn organisations() -> Vec<Organisation> {
    [("GIZ", "member"), ("AFD", "member"), ("Sfax", "local_partner")]
        .map(|(name, role)| Organisation {
            id: name.into(),
            names: vec![name.into()],
            role: role.into(),
            left: None,
        })
        .to_vec()
}

fn ids(view: &Value, context: &Context<'_>) -> Vec<(Severity, &'static str, String)> {
    let kind = crate::kind("framework").unwrap();
    check(kind, view, context).into_iter().map(|f| (f.severity, f.message.id, f.path)).collect()
}

#[test]
fn a_good_framework_has_no_finding() {
    let all = organisations();
    let context =
        Context { document: "Tunisia", today: "2013-06-30", organisations: Some(&all), ..Context::default() };
    assert_eq!(ids(&good(), &context), []);
}

/// Views leave out what is not set.
fn strip(value: &mut Value) {
    if let Value::Object(map) = value {
        map.retain(|_, inner| !inner.is_null());
        map.values_mut().for_each(strip);
    }
}

#[test]
fn what_others_know_is_checked_too() {
    let mut all = organisations();
    all[0].left = Some("2013-05-01".into());
    let request = crate::model::request(
        &json!({ "name": "Waste", "from": "Gafsa", "country": "TN", "date": "2013-01-01", "status": "received" }),
    );
    let open = [Open {
        path: "country".into(),
        label: "country".into(),
        what: accord_document::FindingKind::Values,
    }];
    let moved = ["objective".to_owned()];
    let context = Context {
        document: "Tunisia",
        today: "2013-06-30",
        open: &open,
        organisations: Some(&all),
        requests: &[request],
        template_moved: &moved,
        ..Context::default()
    };
    let found = ids(&good(), &context);
    let found: Vec<&str> = found.iter().map(|(_, id, _)| *id).collect();
    assert_eq!(found, ["lead-left", "open-conflict", "request-waiting", "template-moved"]);
    let kind = crate::kind("framework").unwrap();
    let english = crate::Messages::new("en");
    for finding in check(kind, &good(), &context) {
        assert!(english.hint(&finding.message).is_some(), "{finding:?}");
    }
}
