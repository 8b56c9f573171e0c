//! Measures what the layout costs: sizes, load, view, one edit, one parse.
//!
//! `cargo run --release -p accord-document --example measure`

use std::time::{Duration, Instant};

use accord_document::{Author, ChangeMeta, Document, Edit, Kind};
use serde_json::{Value, json};

const KIND: &str = "
name: measured
version: 1
fields:
  - { name: notes, type: set, fields: [{ name: value, type: string }] }
  - name: activities
    type: set
    fields:
      - { name: title, type: text }
      - { name: description, type: text }
      - { name: status, type: code, codes: [proposed, agreed, done] }
      - { name: lead, type: reference, of: organisation }
      - { name: start, type: date }
      - { name: end, type: date }
      - { name: methods, type: codes, codes: [technical, knowledge] }
      - { name: budget, type: table, axes: [year, currency], value: amount }
";

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn time<T>(runs: usize, mut f: impl FnMut() -> T) -> Duration {
    median(
        (0..runs)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(f());
                start.elapsed()
            })
            .collect(),
    )
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let kind = Kind::from_yaml(KIND)?;
    let mut state = 1u64;
    let mut random = move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = state.to_be_bytes()[0];
        }
    };
    for prose in [false, true] {
        let mut edits: Vec<Edit> = (0..200)
            .map(|n| Edit::Add {
                path: "notes".into(),
                fields: json!({ "code": format!("N{n}"), "value": format!("value {n}") }),
            })
            .collect();
        for n in 0..40 {
            let mut item = json!({ "code": format!("TN-A{n:02}"), "status": "agreed", "lead": "GIZ",
                "start": "2013-01-01", "end": "2014-12-31", "methods": ["technical"],
                "budget": { "2013": { "EUR": 100_000 + n, "TND": "5000" }, "2014": { "EUR": 7 } } });
            if prose {
                item["title"] = json!({ "en": format!("Activity {n} of the joint work programme") });
                item["description"] = json!({ "en": "Publish the municipal budget in a form that residents can read, and let neighbourhood meetings choose part of the investments. ".repeat(3) });
            }
            edits.push(Edit::Add { path: "activities".into(), fields: item });
        }
        let by = Author { actor: &[1; 16], time: 1, message: None };
        let (mut document, _) = Document::create(&kind, "measured", &edits, &by, &mut random)?;
        report(&kind, &document, if prose { "with prose" } else { "registers only" });
        let mut raw = 0;
        let mut one = Vec::new();
        let start = Instant::now();
        for n in 0..1000u32 {
            let actor = [u8::try_from(n % 5)?; 16];
            let edit = Edit::Set {
                path: format!("activities.TN-A{:02}.budget.2013.EUR", n % 40),
                value: Value::from(n),
            };
            let by = Author { actor: &actor, time: i64::from(n), message: None };
            if let Some(new) = document.edit(&kind, &[edit], &by, &mut random)? {
                raw += new.raw.len();
                one = new.raw;
            }
        }
        println!("  1,000 edits: {:?} each, {} bytes raw each", start.elapsed() / 1000, raw / 1000);
        let parse = time(10_000, || ChangeMeta::parse(&one).is_ok());
        println!("  parse of one change of {} bytes: {parse:?}", one.len());
        report(&kind, &document, "after 1,000 edits");
        let all: Vec<Vec<u8>> =
            document.history(&kind).iter().filter_map(|item| document.raw_change(&item.change)).collect();
        let slices: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
        println!(
            "  guard, 1,001 changes in one batch: {:?}",
            time(3, || Document::empty().apply_changes(&slices))
        );
        println!("  history of 1,001 changes: {:?}", time(3, || document.history(&kind)));
    }
    Ok(())
}

fn report(kind: &Kind, document: &Document, what: &str) {
    let saved = document.save();
    println!(
        "{what}: {} bytes saved, load {:?}, view {:?}, conflicts {:?}, render {:?}",
        saved.len(),
        time(21, || Document::load(&saved).is_ok()),
        time(21, || document.view(kind, None)),
        time(21, || document.findings(kind)),
        time(21, || document.render(kind, None)),
    );
}
