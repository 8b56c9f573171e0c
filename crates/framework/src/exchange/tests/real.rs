//! The rows that the partners themselves publish about Tunisia, and another program's totals of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Draft, Map};
use crate::check::{Context, check};
use crate::model::Framework;
use crate::report::{Cell, Group, Report, Sources, Table, report};

const MAP: &str = include_str!("../../../../../examples/tunisia-import/map.yaml");
const START: &str = include_str!("../../../../../examples/tunisia-import/start.yaml");

fn data() -> Option<(PathBuf, String)> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/iati/TN_urban_partners_2021-07.csv");
    match std::fs::read_to_string(&path) {
        Ok(table) => Some((path, table)),
        Err(error) => {
            println!("skipped: the rows are not here ({error})");
            None
        }
    }
}

/// The same totals by another program, with its own decimal numbers: `budget 2013 123.00`.
const ORACLE: &str = r#"
import csv, sys
from collections import defaultdict
from decimal import Decimal, ROUND_HALF_UP
cent = Decimal("0.01")
near = lambda n: n.quantize(cent, ROUND_HALF_UP)
cells, stages = defaultdict(Decimal), defaultdict(Decimal)
kinds = {"2 - Outgoing Commitment": "committed", "3 - Disbursement": "received", "4 - Expenditure": "spent"}
with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
    for row in csv.DictReader(file):
        value, year = Decimal(row["Value (USD)"]), row["Calendar Year"]
        if row["Transaction Type"] == "budget - Budget":
            cells[row["IATI Identifier"], year] += value
        else:
            stages[kinds[row["Transaction Type"]], year] += near(value)
years = defaultdict(Decimal)
for (_, year), value in cells.items():
    years["planned", year] += near(value)
for (what, year), value in sorted({**years, **stages}.items()):
    print(what, year, value)
"#;

fn oracle(path: &Path) -> Option<Vec<String>> {
    let output = match Command::new("python3").arg("-c").arg(ORACLE).arg(path).output() {
        Ok(output) => output,
        Err(error) => {
            println!("skipped: no python3 to compare with ({error})");
            return None;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines: Vec<String> =
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    lines.sort();
    Some(lines)
}

fn lines(table: &Table, columns: &[&'static str]) -> Vec<String> {
    let mut out = Vec::new();
    for row in table.rows.iter().filter(|row| !row.total) {
        for id in columns {
            let at = table.columns.iter().position(|column| column.id == *id).unwrap();
            if row.cells[at] != Cell::Empty {
                out.push(format!("{id} {} {}", row.cells[0].plain(), row.cells[at].plain()));
            }
        }
    }
    out
}

#[test]
fn the_rows_of_the_partners_become_a_framework_whose_totals_agree() {
    let Some((path, table)) = data() else { return };
    let kind = crate::kind("framework").unwrap();
    let mut draft = Draft::new(&accord_document::import(kind, START).unwrap().edits);
    let map = Map::from_yaml(MAP).unwrap();
    let plan = draft.import(&map, &table);
    assert_eq!(plan.refused, []);
    let view = draft.view();
    let framework = [Framework::read(&view)];
    assert_eq!(framework[0].activities.len(), 138);
    assert_eq!(framework[0].contributions.len(), 340);

    // One commitment of 61 million stands whole under two ids.
    let duplicates: Vec<String> = plan
        .warnings
        .iter()
        .filter(|warning| warning.id == "import-duplicate")
        .map(|warning| crate::Messages::new("en").say(warning))
        .collect();
    assert!(duplicates.iter().any(|line| line.contains("61122021")), "{duplicates:#?}");
    let context = Context { document: "Tunisia", today: "2021-07-01", ..Context::default() };
    let found = check(kind, &view, &context);
    assert!(found.iter().any(|f| f.message.id == "duplicate-contribution"));
    assert!(found.iter().any(|f| f.message.id == "no-testing"));
    assert!(!found.iter().any(|f| f.message.id == "unknown-item"), "every row has its activity");

    // Importing the file again changes nothing.
    let again = draft.import(&map, &table);
    assert_eq!((again.batches.len(), again.created.len(), again.changed.len()), (0, 0, 0));

    let sources = Sources { frameworks: &framework, requests: &[], rates: &[], today: "2021-07-01" };
    let budget = report(Report::Budget, &[Group::Year], None, &sources);
    let contributions = report(Report::Contributions, &[Group::Year], None, &sources);
    let mut own = lines(&budget, &["planned"]);
    own.extend(lines(&contributions, &["committed", "received", "spent"]));
    own.sort();
    if let Some(theirs) = oracle(&path) {
        assert_eq!(own, theirs);
    }
    if std::env::var_os("ACCORD_SHOW_REPORT").is_some() {
        let messages = crate::Messages::new("en");
        let partners = report(Report::Contributions, &[Group::Partner], None, &sources);
        let planned = report(Report::Budget, &[Group::Partner], None, &sources);
        println!("{}\n{}", planned.text(100, &messages), partners.text(100, &messages));
        println!("{} made, {} warnings, {} findings", plan.created.len(), plan.warnings.len(), found.len());
        duplicates.iter().for_each(|line| println!("{line}"));
    }
}
