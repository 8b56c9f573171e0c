//! Twelve organisations that all write, through the real program: how long an edit takes to another office, and what a node
//! costs meanwhile.
//!
//!     cargo bench --bench load                                # 12 nodes, twenty seconds
//!     cargo bench --bench load -- --seconds 600               # 12 nodes, ten minutes
//!     cargo bench --bench load -- --nodes 4 --seconds 60
//!
//! Everybody edits a document of its own once a second; each edit is looked for at one other office, by chance. What it
//! prints is explained in `docs/performance.md`. Exits with 1 if an edit did not come, or the nodes do not end with the same.

#[path = "../support/admit.rs"]
mod admit;
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
use admit::{admit, new};
use line::{ask, get, set};
use measure::{count, mebibytes, middle_and_ninth, time};
use node::Node;
use office::{Office, Programme};

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
    match wanted().and_then(|(nodes, seconds)| run(nodes, seconds)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wanted() -> Outcome<(usize, u64)> {
    let (mut nodes, mut seconds) = (12, 20);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo says so to every bench.
            "--bench" => {}
            "--nodes" => nodes = arguments.next().ok_or("how many nodes?")?.parse()?,
            "--seconds" => seconds = arguments.next().ok_or("how many seconds?")?.parse()?,
            other => return Err(format!("`{other}` is none of: --nodes NUMBER, --seconds NUMBER").into()),
        }
    }
    if !(2..=40).contains(&nodes) || !(1..=3_600).contains(&seconds) {
        return Err("2 to 40 nodes, 1 to 3,600 seconds".into());
    }
    Ok((nodes, seconds))
}

/// An office, its node, and the document that it writes in.
struct Desk {
    office: Office,
    node: Node,
    document: DocumentId,
}

fn run(nodes: usize, seconds: u64) -> Outcome<()> {
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

    eprintln!("everybody writes for {seconds} seconds");
    let end = Instant::now() + Duration::from_secs(seconds);
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
    println!("| {nodes} nodes, {seconds} seconds | figure |");
    let seconds = |seconds: f64| time(Duration::from_secs_f64(seconds));
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
        let node = admit([&offices[0].1, &offices[1].1], &office)?;
        offices.push((node, office));
    }
    let mut desks = Vec::with_capacity(nodes);
    for (number, (node, office)) in offices.into_iter().enumerate() {
        let document = new(&office.home, &format!("Country {number}"))?;
        desks.push(Desk { office, node, document });
    }
    for desk in &desks {
        desk.office.run(&["sync", "--wait", "60"])?;
    }
    Ok(desks)
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
