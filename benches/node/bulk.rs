//! What sending and receiving very much takes of memory: the same documents, with more and more entries.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::fill::fill;
use crate::measure::{count, mebibytes, time};
use crate::node::{Node, memory_of};
use crate::office::Programme;
use crate::table::Table;

/// How many entries each document has, in the order of the runs.
const ENTRIES: [usize; 3] = [25, 100, 400];
/// The last run's largest size may be so many times that of the one before, which moves a quarter of the entries.
const AT_MOST: f64 = 1.25;
const PATIENCE: Duration = Duration::from_secs(1_200);
/// How often a process is looked at: the longest that a pack is on its way.
const LOOK: Duration = Duration::from_millis(20);

/// The largest size of two processes in a run.
struct Sizes {
    sent: u64,
    received: u64,
}

pub(crate) fn measure(folder: &Path, documents: usize, table: &mut Table) -> Outcome<()> {
    let mut sizes: Vec<Sizes> = Vec::new();
    for entries in ENTRIES {
        sizes.push(run(&folder.join(entries.to_string()), documents, entries, table)?);
    }
    let [.., before, last] = sizes.as_slice() else { return Err("there were no runs".into()) };
    let pairs = [("sends", before.sent, last.sent), ("receives", before.received, last.received)];
    for (which, before, last) in pairs {
        let ratio = last as f64 / before as f64;
        let target = format!("at most {AT_MOST}");
        let what = format!("largest size of the node that {which}, with four times the entries");
        table.hold(what, format!("{ratio:.2}"), target, ratio <= AT_MOST);
    }
    Ok(())
}

fn run(folder: &Path, documents: usize, entries: usize, table: &mut Table) -> Outcome<Sizes> {
    let Programme { one, other } = Programme::found(folder)?;
    // Writing a document says first under which decisions it is written.
    one.run(&["new", "note", "The first"])?;
    let what =
        format!("{} entries of {} documents", count((documents * entries) as u64), count(documents as u64));
    eprintln!("writing {what}");
    fill(&one.home, documents, entries, None)?;
    let node = one.start()?;
    let idle = node.memory().unwrap_or_default();
    let far = other.start()?;
    eprintln!("sending them");
    let began = Instant::now();
    let (sent, received) = (Watch::of(&node), Watch::of(&far));
    other.run(&["sync", "--wait", &PATIENCE.as_secs().to_string()])?;
    let took = began.elapsed();
    let sizes = Sizes { sent: sent.largest(), received: received.largest() };
    table.note(format!("{what}: until durable at the other node"), time(took));
    table.note(
        "the node that sent: at rest, and the largest while it sent",
        format!("{}, {}", mebibytes(idle), mebibytes(sizes.sent)),
    );
    table.note("the largest of the node that received", mebibytes(sizes.received));
    far.stop()?;
    let far = other.start()?;
    table.note("the same at rest, started again", mebibytes(far.memory().unwrap_or_default()));
    far.stop()?;
    node.stop()?;
    std::fs::remove_dir_all(folder)?;
    Ok(sizes)
}

/// Looks at the size of a process again and again.
struct Watch {
    largest: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
    looking: thread::JoinHandle<()>,
}

impl Watch {
    fn of(node: &Node) -> Self {
        let (largest, ended) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let (seen, stop, process) = (Arc::clone(&largest), Arc::clone(&ended), node.id());
        let looking = thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                seen.fetch_max(memory_of(process).unwrap_or_default(), Ordering::Relaxed);
                thread::sleep(LOOK);
            }
        });
        Self { largest, ended, looking }
    }

    fn largest(self) -> u64 {
        self.ended.store(true, Ordering::Relaxed);
        // It only reads and counts.
        let _ = self.looking.join();
        self.largest.load(Ordering::Relaxed)
    }
}
