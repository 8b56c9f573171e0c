//! A node with many documents that nobody asks for anything: starting, memory, what coming back together costs.

use std::path::Path;
use std::time::{Duration, Instant};

use accord_door::{Door, Traffic, when_silent};
use accord_store::SledStore;

use crate::Outcome;
use crate::fill::fill;
use crate::measure::{count, mebibytes, time};
use crate::node::Node;
use crate::office::Programme;
use crate::table::Table;

/// How many entries each document has: the one that creates it, and its changes.
const ENTRIES: usize = 20;
/// How long two nodes may take to get in step at all.
const PATIENCE: Duration = Duration::from_secs(600);
/// After a cut, whoever called waits a moment and calls again.
const CALLS_AGAIN: Duration = Duration::from_secs(60);
/// Nothing but a heartbeat comes after a silence of this length: they are seconds apart.
const SILENCE: Duration = Duration::from_millis(700);

pub(crate) fn measure(folder: &Path, documents: usize, table: &mut Table) -> Outcome<()> {
    let Programme { one, other } = Programme::found(folder)?;
    let empty = one.start()?;
    // Writing a document says first under which decisions it is written.
    one.run(&["new", "note", "The first"])?;
    table.note("start of a node with one document", time(empty.started_in));
    note_memory(table, "memory of it", &empty);
    empty.stop()?;

    eprintln!("writing {documents} documents of {ENTRIES} entries each");
    let began = Instant::now();
    fill(&one.home, documents, ENTRIES, None)?;
    let what = format!(
        "making {} entries of {} documents, durably",
        count((documents * ENTRIES) as u64),
        count(documents as u64)
    );
    table.note(what, time(began.elapsed()));

    let node = one.start()?;
    table.note("start of a node that holds them", time(node.started_in));
    note_memory(table, "memory of it", &node);
    hold_unread(table, "documents read at the start", &[&node]);

    eprintln!("sending them to the other node");
    let began = Instant::now();
    let far = other.start()?;
    other.run(&["sync", "--wait", &PATIENCE.as_secs().to_string()])?;
    let took = began.elapsed();
    let lines = [&one.door, &other.door];
    let traffic = silent(lines, PATIENCE)?;
    table.note("sending all to an empty node, until durable there", time(took));
    table.note("bytes on the wire for that", mebibytes(traffic.bytes));
    note_memory(table, "memory of the node that sent", &node);
    note_memory(table, "memory of the node that received", &far);
    reconnect(table, lines)?;
    hold_unread(table, "documents read by both for all of this", &[&node, &far]);
    far.stop()?;

    eprintln!("reading them");
    let began = Instant::now();
    one.run(&["list"])?;
    table.note("first list, which reads all", time(began.elapsed()));
    table.note("documents read for it", count(node.documents_read() as u64));
    note_memory(table, "memory after it", &node);
    let began = Instant::now();
    one.run(&["list"])?;
    table.note("second list", time(began.elapsed()));
    node.stop()?;

    let began = Instant::now();
    drop(SledStore::open(one.home.join("store"))?);
    table.note("opening the store alone, and closing it", time(began.elapsed()));
    let node = one.start()?;
    table.note("start after that", time(node.started_in));
    let began = Instant::now();
    one.run(&["get", "Framework 7", "country"])?;
    table.note("first get of one of them after that", time(began.elapsed()));
    let read = node.documents_read();
    let figure = count(read as u64);
    table.hold("documents read for it", figure, "only the one asked for", read == 1);
    note_memory(table, "memory after it", &node);
    node.stop()
}

fn silent(lines: [&Door; 2], patience: Duration) -> Outcome<Traffic> {
    when_silent(lines, SILENCE, patience).ok_or_else(|| "nobody called, or they never stopped talking".into())
}

/// Cuts the lines of two nodes that differ in nothing, and restores them.
fn reconnect(table: &mut Table, lines: [&Door; 2]) -> Outcome<()> {
    lines.iter().for_each(|door| door.cut());
    lines.iter().for_each(|door| door.restore());
    let traffic = silent(lines, CALLS_AGAIN)?;
    let connections = match traffic.connections {
        1 => "one connection".to_owned(),
        several => format!("{several} connections"),
    };
    let bytes = count(traffic.bytes);
    table
        .note("reconnecting without a difference, all bytes on the wire", format!("{bytes} ({connections})"));
    table.note("from the call to the last byte of it", time(traffic.took()));
    Ok(())
}

fn note_memory(table: &mut Table, what: &str, node: &Node) {
    if let Some(bytes) = node.memory() {
        table.note(what, mebibytes(bytes));
    }
}

fn hold_unread(table: &mut Table, what: &str, nodes: &[&Node]) {
    let read: usize = nodes.iter().map(|node| node.documents_read()).sum();
    table.hold(what, count(read as u64), "none", read == 0);
}
