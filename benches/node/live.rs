//! An edit that somebody else is waiting for: from the command until it is read at the other node, with few documents and with
//! many.

use std::path::Path;
use std::time::{Duration, Instant};

use accord_core::DocumentId;

use crate::Outcome;
use crate::fill::fill;
use crate::line::{ask, get, set};
use crate::measure::{count, middle_and_ninth};
use crate::office::Programme;
use crate::table::Table;

const ENTRIES: usize = 20;
const FEW: usize = 100;
const EDITS: usize = 200;
/// Those before have the parts of both programs read that an edit uses.
const WARM: usize = 20;
/// Only a node that hangs takes this long.
const PATIENCE: Duration = Duration::from_secs(30);
/// With many documents it takes at most so many times as long as with few.
const AT_MOST: f64 = 2.0;

pub(crate) fn measure(folder: &Path, documents: usize, table: &mut Table) -> Outcome<()> {
    let few = run(&folder.join("few"), FEW, table)?;
    let many = run(&folder.join("many"), documents, table)?;
    let ratio = many / few;
    table.hold(
        "as many times as long",
        format!("{ratio:.2}"),
        format!("at most {AT_MOST}"),
        ratio <= AT_MOST,
    );
    Ok(())
}

/// Gives the median in milliseconds.
fn run(folder: &Path, documents: usize, table: &mut Table) -> Outcome<f64> {
    let Programme { one, other } = Programme::found(folder)?;
    // Writing a document says first under which decisions it is written.
    one.run(&["new", "note", "The first"])?;
    eprintln!("writing {documents} documents of {ENTRIES} entries each, for an edit");
    let ids: Vec<DocumentId> = fill(&one.home, documents, ENTRIES, None)?;
    let (node, far) = (one.start()?, other.start()?);
    other.run(&["sync", "--wait", "600"])?;
    // Both read all documents for their first list, which is measured apart.
    one.run(&["list"])?;
    other.run(&["list"])?;
    let document = ids.last().ok_or("there is no document")?;
    let mut times = Vec::new();
    for number in 0..WARM + EDITS {
        let value = format!("live {number}");
        let read = get(document);
        let began = Instant::now();
        ask(&one.home, &set(document, &value))?;
        while !ask(&other.home, &read)?.to_string().contains(&value) {
            if began.elapsed() > PATIENCE {
                return Err(format!("edit {number} did not come to the other node").into());
            }
        }
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    let (middle, ninth) = middle_and_ninth(times.split_off(WARM));
    let what = format!(
        "an edit until it is read at the other node, {} documents, median (9 of 10)",
        count(documents as u64)
    );
    table.note(what, format!("{middle:.2} ms ({ninth:.2} ms)"));
    far.stop()?;
    node.stop()?;
    Ok(middle)
}
