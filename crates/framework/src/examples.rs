//! The shipped examples hold together: they can be read, pass their checks, and have something to report.

use accord_document::{Author, Document, import};
use serde_json::Value;

use crate::check::{Context, Severity, check};
use crate::model::Framework;
use crate::report::{Cell, Group, Report, Sources, report};
use crate::testing::random;

const TUNISIA: &str = include_str!("../../../examples/tunisia.yaml");
const PROGRAMME: &str = include_str!("../../../examples/programme.yaml");

fn view(kind: &str, yaml: &str) -> Value {
    let kind = crate::kind(kind).unwrap();
    let imported = import(kind, yaml).unwrap();
    let by = Author { actor: b"CA", time: 1, message: None };
    let name = imported.name.as_deref().unwrap();
    let (document, _) = Document::create(kind, name, &imported.edits, &by, &mut random()).unwrap();
    document.view(kind, None).unwrap()
}

/// The first walkthrough tells this number to whoever creates the document.
#[test]
fn the_example_fills_25_fields() {
    assert_eq!(import(crate::kind("framework").unwrap(), TUNISIA).unwrap().edits.len(), 25);
}

#[test]
fn the_examples_have_no_errors() {
    for (kind, yaml) in [("framework", TUNISIA), ("programme", PROGRAMME)] {
        let view = view(kind, yaml);
        let context = Context { document: "Example", today: "2013-06-30", ..Context::default() };
        let found = check(crate::kind(kind).unwrap(), &view, &context);
        let errors: Vec<_> = found.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn every_report_on_tunisia_says_something() {
    let frameworks = [Framework::read(&view("framework", TUNISIA))];
    let sources = Sources { frameworks: &frameworks, requests: &[], rates: &[], today: "2013-06-30" };
    for what in [Report::Budget, Report::Contributions, Report::Activities, Report::Indicators, Report::Gaps]
    {
        assert!(!report(what, &[Group::Pillar], None, &sources).rows.is_empty(), "{what:?}");
    }
    let budget = report(Report::Budget, &[Group::Year], None, &sources);
    let cell = |year: &str, currency: &str| {
        let find = |row: &&crate::report::Row| {
            row.cells[0] == Cell::Text(year.into()) && row.cells[1] == Cell::Text(currency.into())
        };
        budget.rows.iter().find(find).unwrap().cells[2].shown()
    };
    // The others of 2013 make 320,000, and TN-A03 has 100,000.
    assert_eq!((cell("2013", "EUR"), cell("2013", "TND")), ("420,000".into(), "45,000".into()));
}
