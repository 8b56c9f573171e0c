//! Opening, showing and checking a whole framework, each beside the library's load of the very same bytes.
//!
//! `cargo bench -p accord-framework --bench check`. Ratios of one run on one machine are what counts; where one misses its
//! bound, this exits with an error.

use std::hint::black_box;
use std::time::{Duration, Instant};

use accord_document::{Author, Document, Edit};
use accord_framework::check::{Context, Organisation, check};
use accord_framework::kind;
use automerge::Automerge;
use serde_json::{Value, json};

/// Activities of the framework.
const ACTIVITIES: u32 = 150;
/// Changes after it was made.
const CHANGES: u32 = 5_000;
/// Showing takes at most so many times as long as the library's load of the very same bytes.
const MOST_TO_SHOW: f64 = 2.0;
/// So does all of opening, showing and checking together.
const MOST_TO_CHECK: f64 = 3.0;

type Failure = Box<dyn std::error::Error>;

fn source(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = state.to_be_bytes()[0];
        }
    }
}

/// The fastest of several runs of two things, done in turn: what the machine does meanwhile meets both alike, and only ever adds.
fn in_turn(mut one: impl FnMut(), mut other: impl FnMut()) -> (Duration, Duration) {
    let timed = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        f();
        start.elapsed()
    };
    (0..21)
        .fold((Duration::MAX, Duration::MAX), |(a, b), _| (a.min(timed(&mut one)), b.min(timed(&mut other))))
}

/// A framework whose activities have titles, money, partners and dates, edited by five devices in turn.
fn framework() -> Result<Document, Failure> {
    let kind = kind("framework")?;
    let mut random = source(1);
    let mut edits = vec![Edit::Set { path: "country".into(), value: "TN".into() }];
    edits.extend((0..ACTIVITIES).map(|n| {
        let fields = json!({ "code": format!("TN-A{n:03}"), "status": "agreed", "lead": "GIZ",
            "title": { "en": format!("Activity {n} of the joint work programme"),
                "fr": format!("Activité {n} du programme de travail commun") },
            "planned_start": "2013-01-01", "planned_end": "2014-12-31",
            "budget": { "2013": { "EUR": 100_000 + n, "TND": "5000" }, "2014": { "EUR": 7 } } });
        Edit::Add { path: "activities".into(), fields }
    }));
    let by = Author { actor: &[9; 16], time: 0, message: None };
    let (mut document, _) = Document::create(kind, "Tunisia", &edits, &by, &mut random)?;
    for n in 0..CHANGES {
        let actor = [u8::try_from(n % 5)?; 16];
        let by = Author { actor: &actor, time: i64::from(n), message: None };
        let activity = format!("activities.TN-A{:03}", n % ACTIVITIES);
        let edit = match n % 3 {
            0 => Edit::Set {
                path: format!("{activity}.title.en.1"),
                value: format!("Activity {} of the joint work programme, edition {n}", n % ACTIVITIES).into(),
            },
            1 => Edit::Set { path: format!("{activity}.budget.2013.EUR"), value: n.into() },
            _ => Edit::Set {
                path: format!("{activity}.planned_end"),
                value: format!("2014-12-{:02}", 1 + n % 31).into(),
            },
        };
        document.edit(kind, &[edit], &by, &mut random)?;
    }
    Ok(document)
}

fn main() -> Result<(), Failure> {
    let kind = kind("framework")?;
    let document = framework()?;
    let saved = document.save();
    let mut bare = Automerge::new();
    for item in document.history(kind) {
        let raw = document.raw_change(&item.change).ok_or("a change without its bytes")?;
        bare.apply_changes([automerge::Change::from_bytes(raw)?])?;
    }
    let bytes = bare.save();
    let organisations = [Organisation {
        id: "giz".to_owned(),
        names: vec!["GIZ".to_owned()],
        role: "member".to_owned(),
        left: None,
    }];
    let context = Context {
        document: "Tunisia",
        today: "2013-06-30",
        open: &[],
        organisations: Some(&organisations),
        documents: Some(&[]),
        requests: &[],
        template_moved: &[],
        currency: Some("EUR"),
        rates: &[],
    };
    println!("{ACTIVITIES} activities, {} changes: {} bytes", document.change_count(), bytes.len());
    let show = || -> Result<Value, Failure> { Ok(Document::load(&saved)?.view(kind, None)?) };
    let all = || -> Result<usize, Failure> {
        let document = Document::load(&saved)?;
        let view = document.view(kind, None)?;
        let findings = document.findings(kind);
        black_box(&findings);
        Ok(check(kind, &view, &context).len())
    };
    let view = show()?;
    println!("  findings of the check: {}", all()?);
    let mut missed = Vec::new();
    let mut line = |name: &str, f: &mut dyn FnMut(), most: Option<f64>| {
        let (load, time) = in_turn(|| drop(black_box(Automerge::load(&bytes))), f);
        let ratio = time.as_secs_f64() / load.as_secs_f64().max(1e-9);
        println!("  {name:<26} {time:?}, {ratio:.2} of the bare load, {load:?}");
        if most.is_some_and(|most| ratio > most) {
            missed.push(format!("{name}: {ratio:.2}"));
        }
    };
    line("open", &mut || drop(black_box(Document::load(&saved))), None);
    line("open and show", &mut || drop(black_box(show())), Some(MOST_TO_SHOW));
    line("check alone", &mut || drop(black_box(check(kind, &view, &context))), None);
    line("open, show and check", &mut || drop(black_box(all())), Some(MOST_TO_CHECK));
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join("; ")).into()) }
}
