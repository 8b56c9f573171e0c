//! Importing, exporting, and reading an edited export back.

mod edited;
mod real;

use accord_document::{Author, Document, Edit, Kind};
use serde_json::{Value, json};

use super::*;
use crate::testing::random;

const MAP: &str = r#"
kind: framework
tables:
  stage: { C: committed, "*": spent }
rules:
  - { into: activities, id: "{id}", code: "{id}", fields: { title.fr: "{title}", lead: AFD } }
  - { into: activities.budget, when: { type: [B] }, id: "{id}", cell: ["{year}", EUR], add: "{value}" }
  - into: contributions
    when: { type: [C, S] }
    id: "{id} {type} {year}"
    fields: { activity: "{id}", contributor: AFD, stage: "{type|stage}", amount: "{value} EUR", date: "{year}-12-31" }
"#;

const TABLE: &str = "id,title,type,year,value\nFR/1,Réhabilitation,B,2013,100.50\nFR/1,Réhabilitation,B,2013,0.25\nFR/1,Réhabilitation,C,2013,70\nFR/2,Réhabilitation,C,2013,70\nFR/2,Réhabilitation,S,2013,1.005\nFR/2,Autre,B,20x3,1\n";

pub(super) struct Draft {
    pub(super) document: Document,
    pub(super) kind: &'static Kind,
    random: Bytes,
}

type Bytes = Box<dyn FnMut(&mut [u8])>;

impl Draft {
    pub(super) fn new(edits: &[Edit]) -> Self {
        let kind = crate::kind("framework").unwrap();
        let mut random: Bytes = Box::new(random());
        let by = Author { actor: b"CA", time: 1, message: None };
        let (document, _) = Document::create(kind, "Tunisia", edits, &by, &mut random).unwrap();
        Self { document, kind, random }
    }

    pub(super) fn edit(&mut self, edits: &[Edit]) {
        let by = Author { actor: b"CA", time: 2, message: None };
        self.document.edit(self.kind, edits, &by, &mut self.random).unwrap();
    }

    pub(super) fn view(&self) -> Value {
        self.document.view(self.kind, None).unwrap()
    }

    pub(super) fn import(&mut self, map: &Map, table: &str) -> Plan {
        let plan = plan(self.kind, &self.view(), map, table).unwrap();
        plan.batches.iter().for_each(|batch| self.edit(batch));
        plan
    }
}

#[test]
fn a_table_becomes_items_cells_and_rows_once() {
    let map = Map::from_yaml(MAP).unwrap();
    let mut draft = Draft::new(&[]);
    let first = draft.import(&map, TABLE);
    let view = draft.view();
    assert_eq!(view["activities"]["FR-1"]["budget"]["2013"]["EUR"]["amount"], json!("100.75"));
    assert_eq!(view["contributions"].as_array().unwrap().len(), 2);
    assert!(
        view["contributions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["activity"].as_str().unwrap().starts_with("FR-"))
    );
    let refused: Vec<u64> = first.refused.iter().map(|refused| refused.line).collect();
    assert_eq!(refused, [6, 7], "{:?}", first.refused);
    let warnings: Vec<&str> = first.warnings.iter().map(|warning| warning.id).collect();
    assert_eq!(warnings, ["import-several-values", "import-duplicate"]);

    let again = draft.import(&map, TABLE);
    assert_eq!((again.batches.len(), again.created.len(), again.changed.len()), (0, 0, 0), "{again:?}");
    // Corrected amounts supersede; a corrected budget is set.
    let corrected = TABLE.replace("C,2013,70\nFR/2", "C,2013,71\nFR/2").replace("100.50", "100.00");
    let third = draft.import(&map, &corrected);
    assert_eq!((third.created.len(), third.changed.len()), (0, 3));
    let rows = draft.view()["contributions"].as_array().unwrap().clone();
    assert_eq!(rows.iter().filter(|row| row.get("superseded_by").is_none()).count(), 2);
    assert_eq!(draft.view()["activities"]["FR-1"]["budget"]["2013"]["EUR"]["amount"], json!("100.25"));
}

#[test]
fn a_map_that_does_not_fit_is_refused() {
    let kind = crate::kind("framework").unwrap();
    for (map, part) in [
        ("{kind: note, rules: []}", "for a note"),
        ("{kind: framework, rules: [{into: nothing, id: x}]}", "`nothing`"),
        ("{kind: framework, rules: [{into: pillars, id: x}]}", "external_id"),
        ("{kind: framework, rules: [{into: activities.budget, id: x, cell: [a]}]}", "activities.budget"),
    ] {
        let error = plan(kind, &json!({}), &Map::from_yaml(map).unwrap(), "a\n1\n").unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(Map::from_yaml("rules: 3").is_err());
}

pub(super) fn exported(draft: &Draft, format: Format) -> String {
    let (version, view) = (crate::template::version(&draft.document.heads()), draft.view());
    export(&Exported { kind: draft.kind, document: "doc", version: &version, view: &view }, format)
}

pub(super) fn tunisia() -> Draft {
    let kind = crate::kind("framework").unwrap();
    Draft::new(
        &accord_document::import(kind, include_str!("../../../../examples/tunisia.yaml")).unwrap().edits,
    )
}

#[test]
fn an_export_that_was_not_edited_changes_nothing() {
    let draft = tunisia();
    let view = draft.view();
    for format in [Format::Csv, Format::Json] {
        let file = exported(&draft, format);
        let read = exported_version(&file).unwrap();
        assert_eq!(crate::template::heads(&read.version), Some(draft.document.heads()));
        let back = if format == Format::Csv { edited_csv } else { edited_json };
        assert_eq!(back(draft.kind, &view, &file), Ok(vec![]));
    }
    assert_eq!(exported_version("a,b\n"), None);
}

#[test]
fn an_edited_export_is_the_difference_to_its_version() {
    let mut draft = tunisia();
    let base = draft.document.heads();
    let csv = exported(&draft, Format::Csv).replace("EUR 100000.00", "EUR 110000.00");
    let json = exported(&draft, Format::Json).replace("\"status\": \"under way\"", "\"status\": \"done\"");
    // Meanwhile somebody else changes another place: it stays.
    draft.edit(&[Edit::Set { path: "activities.TN-A02.lead".into(), value: json!("UCLG") }]);
    let then = draft.document.view(draft.kind, Some(&base)).unwrap();
    for edits in
        [edited_csv(draft.kind, &then, &csv).unwrap(), edited_json(draft.kind, &then, &json).unwrap()]
    {
        assert_eq!(edits.len(), 1, "{edits:?}");
        let by = Author { actor: b"CMI", time: 3, message: None };
        draft.document.edit_at(&base, draft.kind, &edits, &by, &mut random()).unwrap();
    }
    let view = draft.view();
    assert_eq!(view["activities"]["TN-A03"]["budget"]["2013"]["EUR"]["amount"], json!("110000.00"));
    assert_eq!(view["activities"]["TN-A01"]["status"], json!("done"));
    assert_eq!(view["activities"]["TN-A02"]["lead"], json!("UCLG"));
    // What cannot be done this way is said with its line.
    let without: Vec<&str> = csv.lines().filter(|line| !line.starts_with("country,")).collect();
    let errors = edited_csv(draft.kind, &then, &without.join("\n")).unwrap_err();
    assert!(errors[0].message.contains("`country` was taken out"));
}

#[test]
fn pages_escape_what_people_write_and_turn_arabic() {
    let mut draft = tunisia();
    draft.edit(&[Edit::Set { path: "title.en".into(), value: json!("<script>alert(1)</script> & *more*") }]);
    let html = exported(&draft, Format::Html);
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"));
    assert!(html.contains("<p lang=\"ar\" dir=\"rtl\">"));
    let markdown = exported(&draft, Format::Markdown);
    assert!(markdown.contains("\\<script\\>") && markdown.contains("\\*more\\*"));
    assert_eq!(html, exported(&draft, Format::Html));
}
