//! Opening, showing and editing, each beside what the library alone needs for the same.
//!
//! `cargo bench -p accord-document --bench open`. Ratios of one run on one machine are what counts; where one misses its
//! bound, this exits with an error.

use std::hint::black_box;
use std::time::{Duration, Instant};

use accord_document::{Author, Document, Edit, Kind};
use automerge::transaction::Transactable as _;
use automerge::{ActorId, Automerge, ROOT, ReadDoc as _};
use serde_json::{Value, json};

const KIND: &str = "
name: measured
version: 1
fields:
  - { name: context, type: text }
  - name: activities
    type: set
    fields:
      - { name: title, type: text }
      - { name: status, type: code, codes: [proposed, agreed, done] }
      - { name: lead, type: reference, of: organisation }
      - { name: start, type: date }
      - { name: end, type: date }
      - { name: budget, type: table, axes: [year, currency], value: amount }
";

/// Opening and showing takes at most so many times as long as the library's load of the very same bytes.
const MOST_TO_SHOW: f64 = 2.0;
/// How far two runs of the same differ on a machine with other work.
const NOISE: f64 = 1.15;

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

fn median(runs: usize, mut f: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64().max(1e-9)
}

fn main() -> Result<(), Failure> {
    // `cargo bench -p accord-document --bench open -- typing` for one part alone; cargo adds `--bench`.
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    let mut missed = Vec::new();
    if wanted("open") {
        missed.extend(open(false)?);
        missed.extend(open(true)?);
    }
    if wanted("typing") {
        missed.extend(both_typings()?);
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join("; ")).into()) }
}

/// Into one paragraph, and into one activity.
fn both_typings() -> Result<Vec<String>, Failure> {
    let mut missed = Vec::new();
    missed.extend(typing("one paragraph", 2_000, &|n| {
        // Each fixes a word of their own half of a paragraph of 200 words.
        let half = |from: usize, mark: usize| {
            (from..from + 100)
                .map(move |i| if i == from + 50 { format!("word{mark}") } else { format!("w{i}") })
        };
        let text: Vec<String> = half(0, n[0]).chain(half(100, n[1])).collect();
        ("context.en.1".to_owned(), Value::from(text.join(" ")))
    })?);
    missed.extend(typing("one activity", 2_000, &|n| {
        let year = if n[2] == 0 { "2013" } else { "2014" };
        (format!("activities.A000.budget.{year}.EUR"), Value::from(n[n[2]]))
    })?);
    Ok(missed)
}

/// A framework of 150 activities after 5,000 changes. Gives what missed its bound.
fn open(prose: bool) -> Result<Option<String>, Failure> {
    let kind = Kind::from_yaml(KIND)?;
    let mut random = source(1);
    let edits: Vec<Edit> = (0..150)
        .map(|n| {
            let mut fields = json!({ "code": format!("A{n:03}"), "status": "agreed", "lead": "GIZ",
                "start": "2013-01-01", "end": "2014-12-31",
                "budget": { "2013": { "EUR": 100_000 + n, "TND": "5000" }, "2014": { "EUR": 7 } } });
            if prose {
                fields["title"] = json!({ "en": format!("Activity {n} of the joint work programme"),
                    "fr": format!("Activité {n} du programme de travail commun") });
            }
            Edit::Add { path: "activities".into(), fields }
        })
        .collect();
    let by = Author { actor: &[9; 16], time: 0, message: None };
    let (mut document, _) = Document::create(&kind, "measured", &edits, &by, &mut random)?;
    for n in 0..5_000u32 {
        let actor = [u8::try_from(n % 5)?; 16];
        let by = Author { actor: &actor, time: i64::from(n), message: None };
        let path = match n % 3 {
            0 if prose => format!("activities.A{:03}.title.en.1", n % 150),
            _ => format!("activities.A{:03}.budget.2013.EUR", n % 150),
        };
        let value = if path.ends_with('1') {
            Value::from(format!("Activity {} of the joint work programme, edition {n}", n % 150))
        } else {
            Value::from(n)
        };
        document.edit(&kind, &[Edit::Set { path, value }], &by, &mut random)?;
    }
    let saved = document.save();
    // The library's own bytes of the very same document.
    let mut bare = Automerge::new();
    let raw: Vec<Vec<u8>> =
        document.history(&kind).iter().filter_map(|item| document.raw_change(&item.change)).collect();
    for change in &raw {
        bare.apply_changes([automerge::Change::from_bytes(change.clone())?])?;
    }
    let bytes = bare.save();
    let what = if prose { "with prose" } else { "registers only" };
    println!(
        "150 activities, {} changes, {what}: {} bytes bare, {} with what we add",
        document.change_count(),
        bytes.len(),
        saved.len()
    );
    let load = median(9, || drop(black_box(Automerge::load(&bytes))));
    println!("  bare load                    {load:?}");
    let line = |name: &str, time: Duration| {
        println!("  {name:<28} {time:?}, {:.2} of the bare load", ratio(time, load))
    };
    line("open", median(9, || drop(black_box(Document::load(&saved)))));
    line("open without the index", median(9, || drop(black_box(Document::load(&bytes)))));
    let show = || -> Result<Value, Failure> { Ok(Document::load(&saved)?.view(&kind, None)?) };
    let shown = median(9, || drop(black_box(show())));
    line("open and show", shown);
    let held = Document::load(&saved)?;
    line("show", median(9, || drop(black_box(held.view(&kind, None)))));
    line("find what is open", median(9, || drop(black_box(held.findings(&kind)))));
    line("page for the editor", median(9, || drop(black_box(held.render(&kind, None)))));
    line("the newest 200 changes in words", median(5, || drop(black_box(held.recent_history(&kind, 200)))));
    line("every change in words", median(3, || drop(black_box(held.history(&kind)))));
    line("a copy, as an edit is made on", median(9, || drop(black_box(held.clone()))));
    let missed = ratio(shown, load) > MOST_TO_SHOW;
    Ok(missed.then(|| format!("open and show, {what}: more than {MOST_TO_SHOW} of the bare load")))
}

/// Two type at once, and hear of each other every ten edits. `edit` says where and what from the two counters and whose
/// turn it is. Gives what missed its bound.
fn typing(
    what: &str,
    count: usize,
    edit: &dyn Fn([usize; 3]) -> (String, Value),
) -> Result<Option<String>, Failure> {
    let kind = Kind::from_yaml(KIND)?;
    let mut random = source(2);
    let start = [
        Edit::Add { path: "activities".into(), fields: json!({ "code": "A000" }) },
        Edit::Set { path: "context.en".into(), value: edit([0, 0, 0]).1 },
    ];
    let by = Author { actor: &[9; 16], time: 0, message: None };
    let text = what.contains("paragraph");
    let first = if text { &start[..] } else { &start[..1] };
    let (document, _) = Document::create(&kind, "measured", first, &by, &mut random)?;
    let mut sides = [document.clone(), document];
    let mut raw: [Vec<Vec<u8>>; 2] = [Vec::new(), Vec::new()];
    let (mut edits, mut takes) = (Vec::new(), Vec::new());
    let mut seen = [[0, 0], [0, 0]];
    for n in 1..=count {
        for (i, side) in sides.iter_mut().enumerate() {
            seen[i][i] = n;
            let (path, value) = edit([seen[i][0], seen[i][1], i]);
            let actor = [u8::try_from(i)?; 16];
            let by = Author { actor: &actor, time: i64::try_from(n)?, message: None };
            let begun = Instant::now();
            let new = side.edit(&kind, &[Edit::Set { path, value }], &by, &mut random)?;
            edits.push(begun.elapsed());
            raw[i].extend(new.map(|new| new.raw));
        }
        if n % 10 == 0 {
            for i in 0..2 {
                let news = std::mem::take(&mut raw[1 - i]);
                let slices: Vec<&[u8]> = news.iter().map(Vec::as_slice).collect();
                let begun = Instant::now();
                let applied = sides[i].apply_changes(&slices);
                takes.push(begun.elapsed());
                assert!(applied.refused.is_empty());
                seen[i][1 - i] = n;
                // Whose news were taken is still needed by nobody else: there are two.
            }
        }
    }
    assert!(sides[0].findings(&kind).is_empty(), "they typed at different places");
    let (bare_edits, bare_takes) = bare(count, text, edit)?;
    let tenth = |times: &[Duration], last: bool| {
        let n = times.len() / 10;
        let part = if last { &times[times.len() - n..] } else { &times[..n] };
        let mut part = part.to_vec();
        part.sort_unstable();
        part[part.len() / 2]
    };
    println!("2 x {count} edits of {what}, in step every ten");
    for (name, ours, bare) in [("one edit", &edits, &bare_edits), ("taking in ten", &takes, &bare_takes)] {
        let (a, b) = (tenth(ours, false), tenth(ours, true));
        let (c, d) = (tenth(bare, false), tenth(bare, true));
        println!(
            "  {name:<14} first tenth {a:?}, last {b:?}: grows {:.2} times; bare {c:?}, {d:?}: grows {:.2} times",
            ratio(b, a),
            ratio(d, c)
        );
    }
    let growth = |times: &[Duration]| ratio(tenth(times, true), tenth(times, false));
    let missed = growth(&edits) > growth(&bare_edits) * NOISE;
    Ok(missed.then(|| format!("one edit of {what}: grows with history by more than the bare edit")))
}

/// The same with the library alone: a text updated as a whole, or a value put.
fn bare(
    count: usize,
    text: bool,
    edit: &dyn Fn([usize; 3]) -> (String, Value),
) -> Result<(Vec<Duration>, Vec<Duration>), Failure> {
    let mut first = Automerge::new().with_actor(ActorId::from(&[9u8; 16][..]));
    let id = {
        let mut tx = first.transaction();
        let id = tx.put_object(ROOT, "text", automerge::ObjType::Text)?;
        if text {
            tx.splice_text(&id, 0, 0, edit([0, 0, 0]).1.as_str().unwrap_or_default())?;
        }
        tx.commit();
        id
    };
    let mut sides = [
        first.clone().with_actor(ActorId::from(&[0u8; 16][..])),
        first.with_actor(ActorId::from(&[1u8; 16][..])),
    ];
    let (mut edits, mut takes) = (Vec::new(), Vec::new());
    let mut heads = [sides[0].get_heads(), sides[1].get_heads()];
    let mut seen = [[0, 0], [0, 0]];
    for n in 1..=count {
        for (i, side) in sides.iter_mut().enumerate() {
            seen[i][i] = n;
            let (path, value) = edit([seen[i][0], seen[i][1], i]);
            let begun = Instant::now();
            let mut tx = side.transaction();
            match value.as_str() {
                Some(new) => tx.update_text(&id, new)?,
                None => tx.put(ROOT, path, value.to_string())?,
            }
            tx.commit();
            edits.push(begun.elapsed());
        }
        if n % 10 == 0 {
            let news = [sides[0].get_changes(&heads[0]), sides[1].get_changes(&heads[1])];
            for i in 0..2 {
                let begun = Instant::now();
                sides[i].apply_changes(news[1 - i].clone())?;
                black_box(sides[i].text(&id)?);
                takes.push(begun.elapsed());
                seen[i][1 - i] = n;
            }
            heads = [sides[0].get_heads(), sides[1].get_heads()];
        }
    }
    Ok((edits, takes))
}
