//! Twelve organisations that all write, for ten minutes, through the real program: how long an edit takes to another office,
//! and what a node costs meanwhile.
//!
//!     cargo bench --bench load                                # 12 nodes, ten minutes
//!     cargo bench --bench load -- --nodes 4 --minutes 1
//!
//! Everybody edits a document of its own once a second; each edit is looked for at one other office, by chance. What it
//! prints is explained in `docs/performance.md`. Exits with 1 if an edit did not come, or the nodes do not end with the same.

#[path = "../support/line.rs"]
mod line;
#[path = "../support/measure.rs"]
mod measure;
#[allow(dead_code, reason = "what a node reads is asked by the bench of one node")]
#[path = "../support/node.rs"]
mod node;
#[path = "../support/office.rs"]
mod office;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use accord_core::DocumentId;
use line::{ask, get, set};
use measure::{count, mebibytes, middle_and_ninth, time};
use node::Node;
use office::{Office, Programme};
use serde_json::json;

/// Whatever goes wrong ends the bench with its words.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How often each office edits.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether an edit has come.
const LOOK: Duration = Duration::from_millis(2);
/// How long an edit may take at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program that is measured.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_accord"))
}

fn main() -> ExitCode {
    match wanted().and_then(|(nodes, minutes)| run(nodes, minutes)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wanted() -> Outcome<(usize, u64)> {
    let (mut nodes, mut minutes) = (12, 10);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo says so to every bench.
            "--bench" => {}
            "--nodes" => nodes = arguments.next().ok_or("how many nodes?")?.parse()?,
            "--minutes" => minutes = arguments.next().ok_or("how many minutes?")?.parse()?,
            other => return Err(format!("`{other}` is none of: --nodes NUMBER, --minutes NUMBER").into()),
        }
    }
    if !(2..=40).contains(&nodes) || !(1..=60).contains(&minutes) {
        return Err("2 to 40 nodes, 1 to 60 minutes".into());
    }
    Ok((nodes, minutes))
}

/// An office, its node, and the document that it writes in.
struct Desk {
    office: Office,
    node: Node,
    document: DocumentId,
}

fn run(nodes: usize, minutes: u64) -> Outcome<()> {
    let folder = tempfile::Builder::new().prefix("accord-load-").tempdir()?;
    eprintln!("founding a programme of {nodes} organisations");
    let desks = desks(folder.path(), nodes)?;
    for desk in &desks {
        // Counts from now.
        desk.office.door.restore();
    }
    let memory =
        |desks: &[Desk]| desks.iter().filter_map(|desk| desk.node.memory()).max().unwrap_or_default();
    let before = memory(&desks);
    let processor = |desks: &[Desk]| desks.iter().map(|desk| desk.node.processor()).sum::<Duration>();
    let worked = processor(&desks);

    eprintln!("everybody writes for {minutes} minutes");
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let lags: Vec<f64> = std::thread::scope(|scope| {
        let desks = &desks;
        let writers: Vec<_> =
            (0..nodes).map(|number| scope.spawn(move || write(desks, number, end))).collect();
        let all = writers.into_iter().map(|writer| writer.join().map_err(|_| "a writer panicked")?);
        Outcome::Ok(all.collect::<Outcome<Vec<_>>>()?.concat())
    })?;
    let bytes: u64 = desks.iter().map(|desk| desk.office.door.traffic().bytes).sum();
    let most = memory(&desks);
    let worked = processor(&desks).saturating_sub(worked);
    for desk in &desks {
        desk.office.run(&["sync", "--wait", "120"])?;
    }
    let same: Vec<String> = desks
        .iter()
        .map(|desk| {
            let all = desks.iter().map(|of| Ok(ask(&desk.office.home, &get(&of.document))?.to_string()));
            Ok(all.collect::<Outcome<Vec<_>>>()?.concat())
        })
        .collect::<Outcome<_>>()?;
    for desk in desks {
        desk.node.stop()?;
    }

    let edits = lags.len();
    let longest = lags.iter().copied().fold(0.0, f64::max);
    let (middle, ninth) = middle_and_ninth(lags);
    let seconds = |seconds: f64| time(Duration::from_secs_f64(seconds));
    println!("| {nodes} nodes, {minutes} minutes | figure |");
    println!("| --- | --- |");
    println!("| edits, each looked for at another office | {} |", count(edits as u64));
    println!("| from the command to being read there, median | {} |", seconds(middle));
    println!("| 9 of 10 | {} |", seconds(ninth));
    println!("| the longest | {} |", seconds(longest));
    println!("| bytes through all doors, for each edit | {} |", count(bytes / edits.max(1) as u64));
    println!(
        "| processor time of all nodes, for each edit | {} |",
        seconds(worked.as_secs_f64() / edits.max(1) as f64)
    );
    println!("| memory of the largest node before | {} |", mebibytes(before));
    println!("| and after | {} |", mebibytes(most));
    if same.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err("the nodes do not end with the same".into());
    }
    Ok(())
}

/// A founded programme with so many organisations, all of which run their nodes, are in step, and have a document each.
fn desks(folder: &Path, nodes: usize) -> Outcome<Vec<Desk>> {
    let Programme { one, other } = Programme::found(folder)?;
    let mut offices = vec![(one.start()?, one), (other.start()?, other)];
    for number in offices.len()..nodes {
        let office = Office::new(
            folder.join(number.to_string()),
            &format!("Partner {number}"),
            &format!("P{number}"),
        )?;
        let ticket = offices[0].1.run(&["invite"])?;
        office.run(&["join", &ticket, "--yes"])?;
        let node = office.start()?;
        for (_, secretariat) in &offices[..2] {
            secretariat.run(&["sync", "--wait", "60"])?;
            let open = ask(&secretariat.home, &json!({"request": "decisions", "all": false}))?;
            let number = first_number(&open).ok_or("the request did not come")?;
            secretariat.run(&["sign", &number, "--confirm", &number])?;
        }
        office.run(&["sync", "--wait", "60"])?;
        offices.push((node, office));
    }
    let mut desks = Vec::with_capacity(nodes);
    for (number, (node, office)) in offices.into_iter().enumerate() {
        let made = office.run(&["new", "framework", &format!("Country {number}"), "--json"])?;
        let made: serde_json::Value = serde_json::from_str(&made)?;
        let document = made["document"].as_str().ok_or("a document without an id")?.parse()?;
        desks.push(Desk { office, node, document });
    }
    for desk in &desks {
        desk.office.run(&["sync", "--wait", "60"])?;
    }
    Ok(desks)
}

/// The number of the first decision in an answer.
fn first_number(answer: &serde_json::Value) -> Option<String> {
    match answer {
        serde_json::Value::Object(fields) => match fields.get("number") {
            Some(number) => Some(number.as_str().map_or_else(|| number.to_string(), str::to_owned)),
            None => fields.values().find_map(first_number),
        },
        serde_json::Value::Array(items) => items.iter().find_map(first_number),
        _ => None,
    }
}

/// One office edits until the end; gives how long each edit took to another office, in seconds.
fn write(desks: &[Desk], number: usize, end: Instant) -> Outcome<Vec<f64>> {
    let desk = &desks[number];
    // The pace of the edits and of looking is what is measured with; nothing is awaited by it.
    let wait = |until: Instant| std::thread::sleep(until.saturating_duration_since(Instant::now()));
    let mut lags = Vec::new();
    let mut next = Instant::now() + EVERY * u32::try_from(number)? / u32::try_from(desks.len())?;
    while next < end {
        wait(next);
        next += EVERY;
        let value = format!("edit {} of {number}", lags.len());
        // Each in its turn, so that every pair is measured.
        let far = &desks[(number + 1 + lags.len() % (desks.len() - 1)) % desks.len()];
        let began = Instant::now();
        ask(&desk.office.home, &set(&desk.document, &value))?;
        while !ask(&far.office.home, &get(&desk.document))?.to_string().contains(&value) {
            if began.elapsed() > PATIENCE {
                return Err(format!("an edit did not come within {} s", PATIENCE.as_secs()).into());
            }
            wait(Instant::now() + LOOK);
        }
        lags.push(began.elapsed().as_secs_f64());
    }
    Ok(lags)
}
