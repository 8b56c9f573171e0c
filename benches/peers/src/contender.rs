//! What every system is put through, and what it has to be able to do for that.

use std::path::Path;
use std::time::{Duration, Instant};

use accord_door::{Door, Traffic, when_silent};

use crate::Outcome;
use crate::documents::Shape;
use crate::table::{Figure, Table};

/// How many documents are changed on each side while they are apart.
const CHANGED: usize = 10;
/// How many live edits are timed.
const LIVE: usize = 100;
/// Nothing but a sign of life comes after a silence of this length.
const SILENCE: Duration = Duration::from_millis(700);
/// After a cut, whoever called waits a moment and calls again.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// The documents that are worked on.
pub(crate) struct Work {
    pub(crate) documents: usize,
    /// How many changes each has.
    pub(crate) changes: usize,
    pub(crate) shape: Shape,
}

/// Two nodes of one system.
pub(crate) trait Contender: Sized {
    /// What it is called in the table.
    const NAME: &'static str;

    /// Two nodes that do not run, of which the first holds all documents on its disk and the other none.
    fn make(folder: &Path, work: &Work) -> Outcome<Self>;
    /// Starts the first; returns once it can be asked for any document and can exchange all of them.
    fn start_first(&mut self) -> Outcome<()>;
    /// Starts the other likewise, with what it has.
    fn start_other(&mut self) -> Outcome<()>;
    /// Ends both as a shutdown would.
    fn stop(&mut self) -> Outcome<()>;
    /// The doors between them.
    fn doors(&self) -> [&Door; 2];
    /// Returns once both hold what either held when this began.
    fn in_step(&mut self) -> Outcome<()>;
    /// Returns once neither takes the other for connected.
    fn apart(&mut self) -> Outcome<()>;
    /// Changes the first `count` documents at the first node and the next `count` at the other, one value each.
    fn change(&mut self, count: usize) -> Outcome<()>;
    /// Writes one value at the first node, and waits until the other one reads it; from before the write.
    fn live(&mut self, number: usize) -> Outcome<Duration>;
    /// The processor time that both have taken so far.
    fn processor(&self) -> Duration;
    /// The memory of the first, without the pages of its program; none if that means nothing.
    fn memory(&self) -> Option<u64>;
    /// Whether starting and memory mean something.
    const RUNS: bool = true;
}

/// Coming back together with nothing new and with a few changes, live edits, memory, starting.
pub(crate) fn steady<C: Contender>(folder: &Path, work: &Work, table: &mut Table) -> Outcome<()> {
    let mut pair = C::make(folder, work)?;
    pair.start_first()?;
    pair.start_other()?;
    pair.in_step()?;
    silent(&pair)?;
    pair.stop()?;

    let documents = crate::measure::count(work.documents as u64);
    pair.doors().iter().for_each(|door| door.cut());
    let began = Instant::now();
    pair.start_first()?;
    let started = began.elapsed();
    if C::RUNS {
        table.add(&format!("cold start, {documents} documents"), C::NAME, Figure::Time(started));
    }
    if let Some(memory) = pair.memory() {
        table.add(&format!("idle memory, {documents} documents"), C::NAME, Figure::Bytes(memory));
    }
    pair.start_other()?;

    together(&mut pair, &format!("reconnect, nothing new, {documents} documents"), table)?;
    pair.doors().iter().for_each(|door| door.cut());
    pair.apart()?;
    pair.change(CHANGED)?;
    together(&mut pair, &format!("reconnect, 10 + 10 changed of {documents}"), table)?;

    let mut took = Vec::with_capacity(LIVE);
    for number in 0..LIVE {
        took.push(pair.live(number)?.as_secs_f64());
    }
    let (middle, ninth) = crate::measure::middle_and_ninth(took);
    let name = format!("live edit, {documents} documents");
    table.add(&format!("{name}: median"), C::NAME, Figure::Time(Duration::from_secs_f64(middle)));
    table.add(&format!("{name}: 9 of 10"), C::NAME, Figure::Time(Duration::from_secs_f64(ninth)));
    pair.stop()
}

/// The first exchange between one that has everything and one that has nothing.
pub(crate) fn first_sync<C: Contender>(folder: &Path, work: &Work, table: &mut Table) -> Outcome<()> {
    let mut pair = C::make(folder, work)?;
    pair.doors().iter().for_each(|door| door.cut());
    pair.start_first()?;
    pair.start_other()?;
    let documents = crate::measure::count(work.documents as u64);
    together(&mut pair, &format!("first sync, {documents} whole frameworks"), table)?;
    pair.stop()
}

/// Restores the lines, waits until both are in step, and notes what that took: from the first connection to the last byte.
fn together<C: Contender>(pair: &mut C, what: &str, table: &mut Table) -> Outcome<()> {
    let before = pair.processor();
    pair.doors().iter().for_each(|door| door.restore());
    pair.in_step()?;
    let traffic = silent(pair)?;
    table.add(&format!("{what}: time"), C::NAME, Figure::Time(traffic.took()));
    table.add(&format!("{what}: bytes"), C::NAME, Figure::Bytes(traffic.bytes));
    if C::RUNS {
        let processor = pair.processor().saturating_sub(before);
        table.add(&format!("{what}: processor"), C::NAME, Figure::Time(processor));
    }
    Ok(())
}

fn silent<C: Contender>(pair: &C) -> Outcome<Traffic> {
    when_silent(pair.doors(), SILENCE, PATIENCE)
        .ok_or_else(|| "nobody called, or they never stopped talking".into())
}
