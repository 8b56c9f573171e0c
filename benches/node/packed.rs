//! A store that was compacted, with many old entries: what it takes on the disk, how fast a node starts on it, what it costs
//! that nobody asks for anything, and reading out of packs.

use std::path::Path;
use std::time::{Duration, Instant};

use accord_core::{DeviceId, DeviceKey, Entry, LogId, programme_space};
use accord_document::Document;
use accord_document::pack::{MAX_BYTES, MAX_ENTRIES, Place, pack};
use accord_store::bytes_below;

use crate::Outcome;
use crate::fill::{fill, logs, seed};
use crate::frameworks::Writer;
use crate::measure::{count, mebibytes, time};
use crate::office::Programme;
use crate::table::Table;

/// How many entries each document has.
const ENTRIES: usize = 100;
/// The store takes at most so many times the bytes of what the library saves the documents as, and eight for each entry.
const AT_MOST: f64 = 2.5;
const STARTS_WITHIN: Duration = Duration::from_secs(1);
const IDLE_BELOW: u64 = 150 << 20;
/// Of how many documents it is found out what the library saves them as: they are all alike.
const SAMPLE: usize = 200;

pub(crate) fn measure(folder: &Path, documents: usize, engine: &str, table: &mut Table) -> Outcome<()> {
    let Programme { one, .. } = Programme::found(folder)?;
    one.run(&["new", "note", "The first"])?;
    let store = one.home.join("store");
    eprintln!("writing {documents} documents of {ENTRIES} entries each, for packing");
    let began = Instant::now();
    fill(&one.home, documents, ENTRIES, None)?;
    let entries = (documents * ENTRIES) as u64;
    let what = format!("{} entries of {} documents", count(entries), count(documents as u64));
    table.note(format!("making {what}, durably"), time(began.elapsed()));
    let (saved, wire) = (saved(&one.home)?, on_the_wire(&one.home)?);
    let compact = saved * documents as u64 / SAMPLE as u64 + 8 * entries;
    table.note("the documents as the library saves them, and 8 bytes an entry", mebibytes(compact));
    table.note("the entries in packs as they travel", mebibytes(wire));
    table.note("the store before", mebibytes(bytes_below(&store)?));

    let mut compacted = |what: &str| -> Outcome<()> {
        eprintln!("compacting {what}");
        let began = Instant::now();
        one.run(&["compact", "--to", engine])?;
        table.note(format!("compacting it {what}"), time(began.elapsed()));
        let bytes = bytes_below(&store)?;
        table.note(format!("{engine} after that"), mebibytes(bytes));
        let ratio = bytes as f64 / compact as f64;
        let figure = format!("{ratio:.2} ({:.2} of the wire's)", bytes as f64 / wire as f64);
        table.hold("times the compact form", figure, format!("at most {AT_MOST}"), ratio <= AT_MOST);
        Ok(())
    };
    compacted("before anybody read the documents")?;
    let began = Instant::now();
    one.run(&["list"])?;
    let listed = began.elapsed();
    compacted("once they were read")?;
    table.note("first list, which reads all out of packs", time(listed));

    let node = one.start()?;
    let within = node.started_in <= STARTS_WITHIN;
    let target = |at_most: String| format!("at most {at_most}");
    table.hold("start of a node on it", time(node.started_in), target(time(STARTS_WITHIN)), within);
    if let Some(memory) = node.memory() {
        table.hold("memory of it", mebibytes(memory), target(mebibytes(IDLE_BELOW)), memory <= IDLE_BELOW);
    }
    let began = Instant::now();
    one.run(&["get", "Framework 7", "country"])?;
    table.note("first get", time(began.elapsed()));
    let began = Instant::now();
    one.run(&["set", "Framework 7", "country", "MA"])?;
    table.note("first set", time(began.elapsed()));
    node.stop()
}

fn device(home: &Path) -> Outcome<DeviceId> {
    Ok(DeviceKey::from_seed(&seed(home)?).id())
}

/// What the library saves some of the documents as, without what is kept beside them (`Document::save`).
fn saved(home: &Path) -> Outcome<u64> {
    let logs = logs(home)?;
    let mut writer = Writer::small(device(home)?, programme_space(&logs.programme()), ENTRIES - 1)?;
    let mut all = 0;
    for _ in 0..SAMPLE {
        let changes = writer.next()?.changes;
        let mut document = Document::empty();
        document.apply_changes(&changes.iter().map(|change| change.raw.as_slice()).collect::<Vec<_>>());
        let saved = document.save();
        let beside = saved.get(8..16).and_then(|size| size.try_into().ok()).map_or(0, u64::from_be_bytes);
        all += saved.len() as u64 - 24 - beside;
    }
    Ok(all)
}

/// The bytes of what travels when all of it is sent: the log in packs as large as they get.
fn on_the_wire(home: &Path) -> Outcome<u64> {
    let logs = logs(home)?;
    let space = programme_space(&logs.programme());
    let device = device(home)?;
    let log = LogId { space, device };
    let place = Place { programme: logs.programme(), space };
    let (mut bytes, mut next) = (0, 1);
    loop {
        let mut entries: Vec<Entry> = Vec::new();
        let mut size = 0;
        while entries.len() < MAX_ENTRIES - 1_024 && size < MAX_BYTES / 2 {
            let page = logs.read(&log, (next, u64::MAX), 1_024, 1 << 20)?;
            let Some(last) = page.last() else { break };
            next = last.header().seq + 1;
            size += page.iter().map(|entry| entry.signed().size()).sum::<usize>();
            entries.extend(page);
        }
        if entries.is_empty() {
            return Ok(bytes);
        }
        bytes += pack(&place, &[(device, &entries)])?.len() as u64;
    }
}
