//! What every system is put through, and what it has to be able to do for that.

use std::path::Path;
use std::time::{Duration, Instant};

use accord_door::{Door, Traffic, when_silent};
use automerge::Automerge;

use crate::Outcome;
use crate::documents::{Shape, documents};
use crate::measure::{count, middle_and_ninth};
use crate::table::{Figure, Table};

/// How many documents are changed on each side while they are apart.
const CHANGED: usize = 10;
/// How many live edits are timed in a round.
const LIVE: usize = 100;
/// Nothing but a sign of life comes after a silence of this length.
const SILENCE: Duration = Duration::from_millis(700);

/// The documents that are worked on.
pub(crate) struct Work {
    pub(crate) documents: usize,
    /// How many changes each has.
    pub(crate) changes: usize,
    pub(crate) shape: Shape,
    /// Whether both nodes hold them at first, or only one.
    pub(crate) both: bool,
}

/// How often everything is done, and how long anybody is waited for.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) rounds: usize,
    /// Who is not in step by then is noted as that, and left out of the rounds that are left.
    pub(crate) patience: Duration,
}

/// Two nodes of one system.
pub(crate) trait Contender {
    /// What it is called in the table.
    fn name(&self) -> &'static str;
    /// Starts the first; returns once it can be asked for any document and can exchange all of them.
    fn start_first(&mut self) -> Outcome<()>;
    /// Starts the other likewise, with what it has.
    fn start_other(&mut self) -> Outcome<()>;
    /// Ends both as a shutdown would.
    fn stop(&mut self) -> Outcome<()>;
    /// Ends both at once.
    fn kill(&mut self);
    /// The doors between them.
    fn doors(&self) -> [&Door; 2];
    /// Returns once both hold what either held when this began; `false` if that takes longer than `patience`. Fails if they
    /// then hold different documents.
    fn in_step(&mut self, patience: Duration) -> Outcome<bool>;
    /// Changes the first `count` documents at the first node and the next `count` at the other, one value each.
    fn change(&mut self, round: usize, count: usize) -> Outcome<()>;
    /// Writes one value at the first node, and waits until the other one reads it; from before the write.
    fn live(&mut self, value: usize) -> Outcome<Duration>;
    /// The processor time that both have taken so far.
    fn processor(&self) -> Duration;
    /// The memory of the first, without the pages of its program; none if that means nothing.
    fn memory(&self) -> Option<u64>;
    /// Whether starting, memory and processor time mean something.
    fn runs(&self) -> bool {
        true
    }
    /// Fails if the two, which do not run, hold different documents on their disks: for whom this was not seen before.
    fn compare(&self) -> Outcome<()> {
        Ok(())
    }
}

/// Makes two nodes that do not run, with their documents on disk.
pub(crate) type Make = fn(&Path, &Work, &[Automerge]) -> Outcome<Box<dyn Contender>>;

/// Coming back together with nothing new and with a few changes, live edits, memory, starting: round by round, in each all
/// contenders in turn.
pub(crate) fn steady(
    makes: &[Make],
    folder: &Path,
    work: &Work,
    bounds: Bounds,
    table: &mut Table,
) -> Outcome<()> {
    let all = documents(work)?;
    let mut pairs = Vec::new();
    for (number, make) in makes.iter().enumerate() {
        let folder = folder.join(number.to_string());
        std::fs::create_dir_all(&folder)?;
        pairs.push(make(&folder, work, &all)?);
    }
    for round in 0..bounds.rounds {
        let mut left = Vec::new();
        for mut pair in pairs {
            let name = pair.name();
            eprintln!("{name}, {} documents, round {}", count(work.documents as u64), round + 1);
            let stays = again(pair.as_mut(), round, work, bounds.patience, table);
            if stays.map_err(|error| format!("{name}: {error}"))? {
                left.push(pair);
            }
        }
        pairs = left;
    }
    for pair in &pairs {
        pair.compare().map_err(|error| format!("{}: {error}", pair.name()))?;
    }
    Ok(())
}

/// One round of one contender; `false` if it was not in step in time.
fn again(
    pair: &mut dyn Contender,
    round: usize,
    work: &Work,
    patience: Duration,
    table: &mut Table,
) -> Outcome<bool> {
    let documents = count(work.documents as u64);
    pair.doors().iter().for_each(|door| door.cut());
    let began = Instant::now();
    pair.start_first()?;
    let started = began.elapsed();
    if pair.runs() {
        table.add(&format!("cold start, {documents} documents"), pair.name(), Figure::Time(started));
    }
    if let Some(memory) = pair.memory() {
        table.add(&format!("idle memory, {documents} documents"), pair.name(), Figure::Bytes(memory));
    }
    pair.start_other()?;
    pair.change(round, CHANGED)?;
    if !together(pair, &format!("reconnect, 10 + 10 changed of {documents}"), patience, table)? {
        return Ok(false);
    }
    let mut took = Vec::with_capacity(LIVE);
    for number in 0..LIVE {
        took.push(pair.live(round * LIVE + number)?.as_secs_f64());
    }
    let (middle, ninth) = middle_and_ninth(took);
    let what = format!("live edit, {documents} documents");
    table.add(&format!("{what}: median"), pair.name(), Figure::Time(Duration::from_secs_f64(middle)));
    table.add(&format!("{what}: 9 of 10"), pair.name(), Figure::Time(Duration::from_secs_f64(ninth)));
    pair.stop()?;

    pair.doors().iter().for_each(|door| door.cut());
    pair.start_first()?;
    pair.start_other()?;
    let in_time = together(pair, &format!("reconnect, nothing new of {documents}"), patience, table)?;
    if in_time {
        pair.stop()?;
    }
    Ok(in_time)
}

/// The first exchange between one that has everything and one that has nothing, with nodes made anew in each round.
pub(crate) fn first_sync(
    makes: &[Make],
    folder: &Path,
    work: &Work,
    bounds: Bounds,
    table: &mut Table,
) -> Outcome<()> {
    let all = documents(work)?;
    let documents = count(work.documents as u64);
    for round in 0..bounds.rounds {
        for make in makes {
            let folder = tempfile::tempdir_in(folder)?;
            let mut pair = make(folder.path(), work, &all)?;
            eprintln!("{}, first sync, round {}", pair.name(), round + 1);
            pair.doors().iter().for_each(|door| door.cut());
            let mut once = || {
                pair.start_first()?;
                pair.start_other()?;
                let what = format!("first sync, {documents} whole frameworks");
                if together(pair.as_mut(), &what, bounds.patience, table)? {
                    pair.stop()?;
                    pair.compare()?;
                }
                Outcome::Ok(())
            };
            let done = once();
            done.map_err(|error| format!("{}: {error}", pair.name()))?;
        }
    }
    Ok(())
}

/// Restores the lines, waits until both are in step, and notes what that took: from the first connection to the last byte.
/// Who is not in step in time is ended, and `false` given.
fn together(pair: &mut dyn Contender, what: &str, patience: Duration, table: &mut Table) -> Outcome<bool> {
    let name = pair.name();
    let before = pair.processor();
    pair.doors().iter().for_each(|door| door.restore());
    if !pair.in_step(patience)? {
        table.add(&format!("{what}: time"), name, Figure::Over(patience));
        pair.kill();
        return Ok(false);
    }
    let traffic = silent(pair, patience)?;
    table.add(&format!("{what}: time"), name, Figure::Time(traffic.took()));
    table.add(&format!("{what}: bytes"), name, Figure::Bytes(traffic.bytes));
    if pair.runs() {
        let processor = pair.processor().saturating_sub(before);
        table.add(&format!("{what}: processor"), name, Figure::Processor(processor));
    }
    Ok(true)
}

fn silent(pair: &dyn Contender, patience: Duration) -> Outcome<Traffic> {
    when_silent(pair.doors(), SILENCE, patience)
        .ok_or_else(|| "nobody called, or they never stopped talking".into())
}
