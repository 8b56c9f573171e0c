//! Every combination of the three sides, and the whole way on real documents.

use std::collections::BTreeMap;

use accord_document::{Author, Document};
use serde_json::json;

use super::compare::state;
use super::*;
use crate::testing::random;
use accord_document::Edit;

#[test]
fn the_state_of_every_combination_is_what_its_meaning_says() {
    let values = [None, Some(json!("a")), Some(json!("b")), Some(json!("c"))];
    for base in &values {
        for template in &values {
            for country in &values {
                let (moved, adapted, same) = (template != base, country != base, template == country);
                let expected = match (moved, adapted) {
                    _ if same => ElementState::Unchanged,
                    (false, _) => ElementState::Adapted,
                    (true, false) if base.is_none() => ElementState::New,
                    (true, false) if template.is_none() => ElementState::Withdrawn,
                    (true, false) => ElementState::Moved,
                    (true, true) if template.is_none() => ElementState::Withdrawn,
                    (true, true) => ElementState::BothMoved,
                };
                let found = state(base.as_ref(), template.as_ref(), country.as_ref());
                assert_eq!(found, expected, "{base:?} {template:?} {country:?}");
            }
        }
    }
}

#[test]
fn a_version_is_read_back() {
    assert_eq!(heads(&version(&[[1; 32], [255; 32]])), Some(vec![[1; 32], [255; 32]]));
    for bad in ["", "12", "é", &"zz".repeat(32)] {
        assert_eq!(heads(bad), None, "{bad}");
    }
}

type Bytes = Box<dyn FnMut(&mut [u8])>;

struct Office {
    document: Document,
    kind: &'static Kind,
    /// A second run of the same random numbers would give ids that are there already.
    random: Bytes,
}

impl Office {
    fn new(kind: &str, name: &str, edits: &[Edit]) -> Self {
        let kind = crate::kind(kind).unwrap();
        let by = Author { actor: b"CA", time: 1, message: None };
        let mut random: Bytes = Box::new(random());
        let (document, _) = Document::create(kind, name, edits, &by, &mut random).unwrap();
        Self { document, kind, random }
    }

    fn edit(&mut self, edits: &[Edit]) {
        let by = Author { actor: b"CA", time: 2, message: None };
        self.document.edit(self.kind, edits, &by, &mut self.random).unwrap();
    }

    fn view(&self) -> Value {
        self.document.view(self.kind, None).unwrap()
    }
}

fn set(path: &str, value: Value) -> Edit {
    Edit::Set { path: path.into(), value }
}

fn add(path: &str, fields: Value) -> Edit {
    Edit::Add { path: path.into(), fields }
}

/// Compares as the node would: with every version read back from the template's own history.
fn states(programme: &Office, country: &Office) -> (String, Value, Vec<Element>) {
    let (now, view) = (version(&programme.document.heads()), programme.view());
    let template = Template { document: "doc", version: &now, kind: programme.kind, view: &view };
    let own = country.view();
    let versions: BTreeMap<String, Value> = versions_needed(&own)
        .into_iter()
        .map(|v| (v.clone(), programme.document.view(programme.kind, Some(&heads(&v).unwrap())).unwrap()))
        .collect();
    let all = compare(country.kind, &template, &versions, &own).unwrap();
    (now, view, all)
}

fn of<'a>(all: &'a [Element], label: &str) -> &'a Element {
    all.iter().find(|element| element.label == label).unwrap_or_else(|| panic!("{label} in {all:?}"))
}

#[test]
fn what_moves_is_offered_and_what_was_adapted_is_kept() {
    let mut programme = Office::new(
        "programme",
        "MENA",
        &[
            set("objective", json!({ "en": "Cities that work.", "fr": "Des villes." })),
            set("transformation", json!({ "en": "In twenty years." })),
            add(
                "pillars",
                json!({ "code": "P1", "title": { "en": "Growth" }, "text": { "en": "Regional words" } }),
            ),
            add("pillars", json!({ "code": "P2", "title": { "en": "Accountable" } })),
        ],
    );
    let (now, view) = (version(&programme.document.heads()), programme.view());
    let template = Template { document: "doc", version: &now, kind: programme.kind, view: &view };
    let mut country =
        Office::new("framework", "Tunisia", &start(crate::kind("framework").unwrap(), &template));
    assert!(states(&programme, &country).2.iter().all(|e| e.state == ElementState::Unchanged));

    country.edit(&[
        set("transformation", json!({ "en": "In ten years, for Tunisia." })),
        set("pillars.P1.text", json!({ "en": "In Tunisia this means jobs for the young." })),
    ]);
    programme.edit(&[
        set("objective.en", json!("Cities that work for everybody.")),
        set("pillars.P1.text", json!({ "en": "Other regional words altogether" })),
        add("principles", json!({ "code": "W1", "text": { "en": "Involve local partners" } })),
        Edit::Retire { path: "pillars.P2".into(), reason: "merged".into() },
    ]);
    let (_, _, all) = states(&programme, &country);
    let found: Vec<(&str, ElementState)> = all.iter().map(|e| (e.label.as_str(), e.state)).collect();
    assert_eq!(
        found,
        [
            ("objective", ElementState::Moved),
            ("transformation", ElementState::Adapted),
            ("pillars P1 title", ElementState::Unchanged),
            ("pillars P1 text", ElementState::BothMoved),
            ("pillars P2", ElementState::Withdrawn),
            ("principles W1", ElementState::New),
        ]
    );
    let both = of(&all, "pillars P1 text");
    assert!(both.base.is_some() && both.template.is_some() && both.country.is_some());

    // One is declined, the rest adopted: then nothing waits, and the decision is remembered.
    let (now, view, all) = states(&programme, &country);
    let template = Template { document: "doc", version: &now, kind: programme.kind, view: &view };
    let mut edits = decline(&template, &[of(&all, "pillars P1 text")]);
    let rest: Vec<&Element> = all.iter().filter(|e| e.label != "pillars P1 text").collect();
    edits.extend(adopt(country.kind, &template, &rest));
    country.edit(&edits);
    let (_, _, after) = states(&programme, &country);
    assert!(after.iter().all(|element| !element.waits()), "{after:?}");
    assert_eq!(of(&after, "pillars P1 text").state, ElementState::Adapted);
    assert_eq!(country.view()["objective"]["en"], json!(["Cities that work for everybody."]));
    assert_eq!(country.view()["transformation"]["en"], json!(["In ten years, for Tunisia."]));
    assert!(country.view()["pillars"]["P2"].get("$retired").is_some());

    // A later move of the template is offered again.
    programme.edit(&[set("pillars.P1.text", json!({ "en": "Once more something new" }))]);
    assert_eq!(of(&states(&programme, &country).2, "pillars P1 text").state, ElementState::BothMoved);
}

#[test]
fn a_version_that_is_not_held_is_said() {
    let kind = crate::kind("framework").unwrap();
    let programme = crate::kind("programme").unwrap();
    let view = json!({ "objective": { "en": ["x"] } });
    let template = Template { document: "d", version: "now", kind: programme, view: &view };
    let country = json!({ "template_version": "old" });
    let error = compare(kind, &template, &BTreeMap::new(), &country).unwrap_err();
    assert_eq!(error.version, "old");
}
