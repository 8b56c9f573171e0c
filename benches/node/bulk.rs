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
/// What moving them takes beyond a node at rest may be, in the last run, so many times that of the one before, which moves a
/// quarter of the entries. What a node at rest takes is the store's own, and grows with it.
const AT_MOST: f64 = 1.25;
const PATIENCE: Duration = Duration::from_secs(1_200);
/// How often a process is looked at: no event tells that it grew.
const LOOK: Duration = Duration::from_millis(20);

/// What moving took of both nodes in a run, beyond what they take at rest.
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
        if before == 0 || last == 0 {
            return Err("the system does not tell how much memory a process takes".into());
        }
        let ratio = last as f64 / before as f64;
        let target = format!("at most {AT_MOST}");
        let what = format!("what the node that {which} takes for it, with four times the entries");
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
    let sender_rests = node.memory().unwrap_or_default();
    let far = other.start()?;
    eprintln!("sending them");
    let began = Instant::now();
    let (sent, received) = (Watch::of(&node), Watch::of(&far));
    other.run(&["sync", "--wait", &PATIENCE.as_secs().to_string()])?;
    let took = began.elapsed();
    let (sent, received) = (sent.largest(), received.largest());
    far.stop()?;
    let far = other.start()?;
    let receiver_rests = far.memory().unwrap_or_default();
    far.stop()?;
    table.note(format!("{what}: until durable at the other node"), time(took));
    let pair = |rests, largest| format!("{}, {}", mebibytes(rests), mebibytes(largest));
    table.note("the node that sent: at rest with them, the largest while it sent", pair(sender_rests, sent));
    table.note("the node that received: the same", pair(receiver_rests, received));
    let sizes =
        Sizes { sent: sent.saturating_sub(sender_rests), received: received.saturating_sub(receiver_rests) };
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
