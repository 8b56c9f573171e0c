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

/// The fastest of several runs: the machine does other things too, and those only ever add.
fn least(runs: usize, mut f: impl FnMut()) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        f();
        start.elapsed()
    };
    (0..runs).map(timed).min().unwrap_or_default()
}

/// The words in which two texts differ: from which letter on, how many letters go, and what comes. Neither has a letter beyond ASCII.
fn replaced<'a>(old: &str, new: &'a str) -> (usize, isize, &'a str) {
    let begin = common(old.split_inclusive(' '), new.split_inclusive(' '));
    let end = common(old.split_inclusive(' ').rev(), new.split_inclusive(' ').rev());
    // The space behind the word stays.
    let end = (end + 1).min(old.len() - begin).min(new.len() - begin);
    let gone = isize::try_from(old.len() - end - begin).unwrap_or_default();
    (begin, gone, &new[begin..new.len() - end])
}

/// How many bytes of words two texts have in common before the first that differs.
fn common<'a>(one: impl Iterator<Item = &'a str>, other: impl Iterator<Item = &'a str>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).map(|(one, _)| one.len()).sum()
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
    let show = || -> Result<Value, Failure> { Ok(Document::load(&saved)?.view(&kind, None)?) };
    // In turn, so that what the machine does meanwhile meets both alike.
    let (mut load, mut shown) = (Duration::MAX, Duration::MAX);
    for _ in 0..21 {
        load = load.min(least(1, || drop(black_box(Automerge::load(&bytes)))));
        shown = shown.min(least(1, || drop(black_box(show()))));
    }
    println!("  bare load                    {load:?}");
    let line = |name: &str, time: Duration| {
        println!("  {name:<28} {time:?}, {:.2} of the bare load", ratio(time, load))
    };
    line("open", least(9, || drop(black_box(Document::load(&saved)))));
    line("open without the index", least(9, || drop(black_box(Document::load(&bytes)))));
    line("open and show", shown);
    let held = Document::load(&saved)?;
    line("show", least(9, || drop(black_box(held.view(&kind, None)))));
    line("find what is open", least(9, || drop(black_box(held.findings(&kind)))));
    line("page for the editor", least(9, || drop(black_box(held.render(&kind, None)))));
    line("the newest 200 changes in words", least(5, || drop(black_box(held.recent_history(&kind, 200)))));
    line("every change in words", least(3, || drop(black_box(held.history(&kind)))));
    line("a copy, as an edit is made on", least(9, || drop(black_box(held.clone()))));
    let missed = ratio(shown, load) > MOST_TO_SHOW;
    Ok(missed.then(|| format!("open and show, {what}: more than {MOST_TO_SHOW} of the bare load")))
}

/// How long each edit took, and each time that ten were taken in.
type Times = (Vec<Duration>, Vec<Duration>);

/// How often all of the typing is done anew: of each edit the fastest time counts, since the machine does other things too.
const ROUNDS: usize = 5;

/// Two type at once, and hear of each other every ten edits. `edit` says where and what from the two counters and whose
/// turn it is. Gives what missed its bound.
fn typing(
    what: &str,
    count: usize,
    edit: &dyn Fn([usize; 3]) -> (String, Value),
) -> Result<Option<String>, Failure> {
    let text = what.contains("paragraph");
    let (mut ours, mut library) = (accord(count, text, edit)?, bare(count, text, edit)?);
    for _ in 1..ROUNDS {
        fastest(&mut ours, accord(count, text, edit)?);
        fastest(&mut library, bare(count, text, edit)?);
    }
    let tenth = |times: &[Duration], last: bool| {
        let n = times.len() / 10;
        let part = if last { &times[times.len() - n..] } else { &times[..n] };
        let mut part = part.to_vec();
        part.sort_unstable();
        part[part.len() / 2]
    };
    println!("2 x {count} edits of {what}, in step every ten");
    for (name, ours, bare) in [("one edit", &ours.0, &library.0), ("taking in ten", &ours.1, &library.1)] {
        let (a, b) = (tenth(ours, false), tenth(ours, true));
        let (c, d) = (tenth(bare, false), tenth(bare, true));
        println!(
            "  {name:<14} first tenth {a:?}, last {b:?}: grows {:.2} times; bare {c:?}, {d:?}: grows {:.2} times",
            ratio(b, a),
            ratio(d, c)
        );
    }
    let growth = |times: &[Duration]| ratio(tenth(times, true), tenth(times, false));
    let more = |ours: &[Duration], library: &[Duration]| growth(ours) > growth(library) * NOISE;
    let missed = more(&ours.0, &library.0) || more(&ours.1, &library.1);
    Ok(missed.then(|| format!("typing into {what}: grows with history by more than the bare edit")))
}

/// Keeps the faster one of two times of each step.
fn fastest(kept: &mut Times, again: Times) {
    for (kept, again) in [(&mut kept.0, again.0), (&mut kept.1, again.1)] {
        for (kept, again) in kept.iter_mut().zip(again) {
            *kept = again.min(*kept);
        }
    }
}

/// All of the typing, once.
fn accord(count: usize, text: bool, edit: &dyn Fn([usize; 3]) -> (String, Value)) -> Result<Times, Failure> {
    let kind = Kind::from_yaml(KIND)?;
    let mut random = source(2);
    let start = [
        Edit::Add { path: "activities".into(), fields: json!({ "code": "A000" }) },
        Edit::Set { path: "context.en".into(), value: edit([0, 0, 0]).1 },
    ];
    let by = Author { actor: &[9; 16], time: 0, message: None };
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
    Ok((edits, takes))
}

/// The same with the library alone: a word replaced in the text that it reads, or a value put. A word and not its letters,
/// so that the very same operations come of it: what is replaced stays in the history, and is what lets an edit grow.
fn bare(count: usize, text: bool, edit: &dyn Fn([usize; 3]) -> (String, Value)) -> Result<Times, Failure> {
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
                Some(new) => {
                    let (at, delete, insert) = replaced(&tx.text(&id)?, new);
                    tx.splice_text(&id, at, delete, insert)?;
                }
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
