//! The example that people begin with, and the first stories, on documents alone.

use accord_document::{Author, Document, Edit, import};
use serde_json::json;

use crate::kind;

const TUNISIA: &str = include_str!("../../../examples/tunisia.yaml");

fn random() -> impl FnMut(&mut [u8]) {
    let mut n = 0u64;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = n.to_be_bytes()[0];
        }
    }
}

#[test]
fn the_tunisia_example_becomes_a_document() {
    let kind = kind("framework").unwrap();
    let imported = import(kind, TUNISIA).unwrap();
    assert_eq!(imported.name.as_deref(), Some("Tunisia"));
    let by = Author { actor: b"cities alliance", time: 1, message: Some("first draft") };
    let (document, new) = Document::create(kind, "Tunisia", &imported.edits, &by, &mut random()).unwrap();
    assert_eq!(document.get(kind, "country", None).unwrap(), json!("TN"));
    assert_eq!(
        document.get(kind, "title.fr.1", None).unwrap(),
        json!("Programme de travail conjoint pour les villes de Tunisie")
    );
    assert_eq!(
        document.get(kind, "activities.TN-A03.budget.2013.EUR", None).unwrap(),
        json!({ "amount": "100000.00", "currency": "EUR" })
    );
    assert_eq!(document.name().as_deref(), Some("Tunisia"));
    assert_eq!(document.history(kind).len(), 1);
    assert!(document.findings(kind).is_empty());
    let mut receiver = Document::empty();
    let applied = receiver.apply_changes(&[&new.raw]);
    assert_eq!(applied.applied, [new.meta.hash]);
    assert_eq!(receiver.view(kind, None), document.view(kind, None));
}

#[test]
fn the_budgets_of_2013_leave_the_range_that_the_story_tells() {
    let kind = kind("framework").unwrap();
    let edits = import(kind, TUNISIA).unwrap().edits;
    let by = Author { actor: b"ca", time: 1, message: None };
    let (document, _) = Document::create(kind, "Tunisia", &edits, &by, &mut random()).unwrap();
    let total: f64 = ["TN-A01", "TN-A02", "TN-A04", "TN-A05"]
        .iter()
        .map(|code| document.get(kind, &format!("activities.{code}.budget.2013.EUR"), None).unwrap())
        .map(|amount| amount["amount"].as_str().unwrap().parse::<f64>().unwrap())
        .sum();
    assert_eq!(total, 320_000.0);
}

#[test]
fn rendering_and_changing_nothing_makes_no_edit() {
    let kind = kind("framework").unwrap();
    let edits = import(kind, TUNISIA).unwrap().edits;
    let by = Author { actor: b"ca", time: 1, message: None };
    let (mut document, _) = Document::create(kind, "Tunisia", &edits, &by, &mut random()).unwrap();
    let retire = Edit::Retire { path: "activities.TN-A05".into(), reason: "covered by AFD".into() };
    document.edit(kind, &[retire], &by, &mut random()).unwrap();
    let yaml = document.render(kind, None).unwrap();
    assert_eq!(document.parse_edited(kind, &document.heads(), &yaml), Ok(vec![]), "{yaml}");
    let changed = yaml.replace("EUR: 100,000", "EUR: 120,000").replace("country: TN", "country: Egypt");
    let edits = document.parse_edited(kind, &document.heads(), &changed).unwrap();
    assert_eq!(edits.len(), 2, "{edits:?}");
}

#[test]
fn an_older_node_keeps_what_a_newer_kind_wrote() {
    let older = accord_document::Kind::from_yaml(
        "{name: visit, version: 1, fields: [{name: place, type: string}, {name: people, type: set, fields: [{name: role, type: string}]}]}",
    )
    .unwrap();
    let newer = accord_document::Kind::from_yaml(
        "{name: visit, version: 2, fields: [{name: place, type: string}, {name: mood, type: string}, {name: people, type: set, fields: [{name: role, type: string}, {name: phone, type: string}]}]}",
    )
    .unwrap();
    let edits = [
        Edit::Set { path: "mood".into(), value: json!("good") },
        Edit::Add { path: "people".into(), fields: json!({ "code": "A", "phone": "12" }) },
    ];
    let by = Author { actor: b"new", time: 1, message: None };
    let (mut document, _) = Document::create(&newer, "Visit", &edits, &by, &mut random()).unwrap();
    let before = document.view(&newer, None).unwrap();
    // The older program reads it, renders it, edits it, and changes nothing else.
    let yaml = document.render(&older, None).unwrap();
    assert_eq!(document.parse_edited(&older, &document.heads(), &yaml), Ok(vec![]));
    let old = Author { actor: b"old", time: 2, message: None };
    let edit = Edit::Set { path: "place".into(), value: json!("Sfax") };
    document.edit(&older, &[edit], &old, &mut random()).unwrap();
    let mut after = document.view(&newer, None).unwrap();
    assert_eq!(after["place"], json!("Sfax"));
    after.as_object_mut().unwrap().remove("place");
    assert_eq!(after, before);
    assert_eq!(document.view(&older, None).unwrap()["$other"]["mood"], json!("good"));
}
