//! How much of the disk's speed is left when entries are verified and indexed: 20,000 entries, received in runs and
//! taken in through the logs, beside the same bytes written to a store in the same batches without any check.
//!
//! Both take turns on the same disk, batch by batch, so that what else the machine does falls on both alike. The
//! ratio must be at least one half, in runs as small as those that the network brings and in runs as large as there
//! are; otherwise the program fails. Words after `--` choose cases: those of which the name has all of them.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, DeviceKey, DocumentId, EntryId, Header, LogId, MAX_RUN,
    ProgrammeId, SignedEntry, Unreadable, encode, programme_space, verify_run,
};
use accord_document::{Author, ChangeMeta, Document, Edit, Kind};
use accord_store::{EngineKind, Logs, Op, Tree};
use serde_json::json;
use tempfile::TempDir;

const DEVICES: u8 = 4;
const DOCUMENTS_EACH: u16 = 250;
/// The entry that creates a document, and its changes.
const ENTRIES_EACH: u16 = 20;
const PROGRAMME: ProgrammeId = ProgrammeId([1; 32]);
/// About what one frame of the network holds.
const NETWORK_RUN: usize = 64 * 1024;
const REQUIRED: f64 = 0.5;
const ATTEMPTS: usize = 3;

const KIND: &str = "
name: activity
version: 1
fields:
  - { name: title, type: text }
  - { name: status, type: code, codes: [proposed, agreed, done] }
  - { name: budget, type: table, axes: [year, currency], value: amount }
";

/// A log of real changes: documents that are created and edited, so many times in a row before it is the next one's
/// turn.
fn log(device: u8, in_a_row: u16) -> Result<(LogId, Vec<SignedEntry>), Box<dyn Error>> {
    let kind = Kind::from_yaml(KIND)?;
    let key = DeviceKey::from_seed(&[device; 32]);
    let space = programme_space(&PROGRAMME);
    let log = LogId { space, device: key.id() };
    let mut state = u64::from(device) + 1;
    let mut random = move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = state.to_be_bytes()[0];
        }
    };
    let mut entries: Vec<SignedEntry> = Vec::new();
    let mut prev: Option<EntryId> = None;
    let mut write = |body: Body, payload: Vec<u8>| {
        let (seq, authority) = (entries.len() as u64 + 1, Authority::Genesis);
        let header = Header { programme: PROGRAMME, space, device: key.id(), seq, prev, authority, body };
        let entry = header.sign(&key, payload);
        prev = Some(entry.id());
        entries.push(entry.signed().clone());
    };
    let mut documents = Vec::new();
    for n in 0..DOCUMENTS_EACH {
        let mut id = [device; 16];
        id[..2].copy_from_slice(&n.to_be_bytes());
        documents.push((DocumentId(id), None));
    }
    for sitting in 0..ENTRIES_EACH / in_a_row {
        for (n, (id, document)) in documents.iter_mut().enumerate() {
            let actor = ActorSeed { device: key.id(), space, document: *id, generation: 0 }.actor();
            for round in sitting * in_a_row..(sitting + 1) * in_a_row {
                let by = Author { actor: &actor, time: 1_700_000_000 + i64::from(round), message: None };
                let Some(document) = document else {
                    // The first entry creates the document, and the second fills it.
                    write(Body::Create { document: *id, kind: "activity".into() }, Vec::new());
                    *document = Some(Document::empty());
                    continue;
                };
                let change = if round == 1 {
                    let value = json!({ "en": format!("Participatory budget of municipality {n}") });
                    let edits = [Edit::Set { path: "title".into(), value }];
                    let name = format!("Activity {n}");
                    let (made, change) = Document::create(&kind, &name, &edits, &by, &mut random)?;
                    *document = made;
                    change
                } else {
                    let change = document.edit(&kind, &[edit(round)], &by, &mut random)?;
                    change.ok_or("an edit that changes nothing")?
                };
                let hash = ChangeHash(change.meta.hash);
                write(Body::Change { document: *id, generation: 0, change: hash }, change.raw);
            }
        }
    }
    Ok((log, entries))
}

/// What a person changes in a sitting.
fn edit(round: u16) -> Edit {
    let (path, value) = match round % 3 {
        0 => ("status".to_owned(), json!(["proposed", "agreed"][usize::from(round % 2)])),
        1 => ("title.en".to_owned(), json!(format!("Participatory budget, as agreed in round {round}"))),
        _ => (format!("budget.20{round:02}.EUR"), json!(u32::from(round) * 1000)),
    };
    Edit::Set { path, value }
}

fn read_change(payload: &[u8]) -> Result<accord_core::ChangeMeta, Unreadable> {
    let meta = ChangeMeta::parse(payload).map_err(|e| Unreadable(e.to_string()))?;
    Ok(accord_core::ChangeMeta {
        hash: ChangeHash(meta.hash),
        actor: meta.actor,
        seq: meta.seq,
        start_op: meta.start_op,
        max_op: meta.max_op,
        deps: meta.deps.into_iter().map(ChangeHash).collect(),
    })
}

/// Cuts a log into runs of at most so many bytes.
fn runs(entries: &[SignedEntry], bytes: usize) -> Vec<Vec<SignedEntry>> {
    let mut runs = vec![Vec::new()];
    let mut size = 0;
    for entry in entries {
        let last = runs.len() - 1;
        if runs[last].len() == MAX_RUN || (size + entry.size() > bytes && !runs[last].is_empty()) {
            runs.push(Vec::new());
            size = 0;
        }
        size += entry.size();
        let last = runs.len() - 1;
        runs[last].push(entry.clone());
    }
    runs
}

#[derive(Default)]
struct Times {
    verifying: Duration,
    storing: Duration,
    plain: Duration,
}

fn measure(
    engine: EngineKind,
    logs: &[(LogId, Vec<SignedEntry>)],
    run_bytes: usize,
) -> Result<Times, Box<dyn Error>> {
    let folder = TempDir::new()?;
    let (store, _) = accord_store::open(folder.path().join("checked"), engine)?;
    let (plain, _) = accord_store::open(folder.path().join("plain"), engine)?;
    let device = DeviceKey::from_seed(&[99; 32]).id();
    let held = Logs::open(Arc::clone(&store), PROGRAMME, device, None)?;
    let mut times = Times::default();
    let mut queues: Vec<_> =
        logs.iter().map(|(log, entries)| (*log, runs(entries, run_bytes).into_iter())).collect();
    let mut turn = 0_u32;
    loop {
        let mut left = false;
        for (number, (log, queue)) in (0_u32..).zip(&mut queues) {
            let Some(run) = queue.next() else { continue };
            left = true;
            let first = Header::from_bytes(&run[0].header)?.seq;
            let put = |(seq, entry): (u64, &SignedEntry)| {
                let key = [&number.to_be_bytes()[..], &seq.to_be_bytes()].concat();
                Op::put(Tree::Entries, key, encode(entry))
            };
            let ops: Vec<Op> = (first..).zip(&run).map(put).collect();
            let checked = || -> Result<(Duration, Duration), Box<dyn Error>> {
                let count = run.len();
                let start = Instant::now();
                let verified = verify_run(&PROGRAMME, *log, run, &read_change)?;
                let verifying = start.elapsed();
                let ingested = held.ingest(&verified)?;
                let storing = start.elapsed() - verifying;
                assert!(ingested.irregular.is_empty() && ingested.new == count, "real entries are regular");
                Ok((verifying, storing))
            };
            let unchecked = || -> Result<Duration, Box<dyn Error>> {
                let start = Instant::now();
                plain.commit(ops)?;
                Ok(start.elapsed())
            };
            // Who goes first changes from batch to batch.
            turn += 1;
            let ((verifying, storing), bare_time) = if turn.is_multiple_of(2) {
                let checked = checked()?;
                (checked, unchecked()?)
            } else {
                let bare_time = unchecked()?;
                (checked()?, bare_time)
            };
            times.verifying += verifying;
            times.storing += storing;
            times.plain += bare_time;
        }
        if !left {
            break;
        }
    }
    // What either store puts off is put in order within the time.
    let start = Instant::now();
    held.store().maintain()?;
    times.storing += start.elapsed();
    let start = Instant::now();
    plain.maintain()?;
    times.plain += start.elapsed();
    for (log, entries) in logs {
        assert_eq!(held.head(log).map(|head| head.seq), Some(entries.len() as u64), "all of it is held");
    }
    Ok(times)
}

/// One way of filling and cutting the logs: the best ratio of a few measurements.
fn ratio(
    engine: EngineKind,
    logs: &[(LogId, Vec<SignedEntry>)],
    name: &str,
    run_bytes: usize,
) -> Result<f64, Box<dyn Error>> {
    let mut best: f64 = 0.0;
    for _ in 0..ATTEMPTS {
        let Times { verifying, storing, plain } = measure(engine, logs, run_bytes)?;
        let ratio = plain.as_secs_f64() / (verifying + storing).as_secs_f64();
        println!(
            "{name}: verifying {verifying:.1?}, storing {storing:.1?}; the same bytes without checks {plain:.1?}; \
             ratio {ratio:.2}"
        );
        best = best.max(ratio);
        if best >= REQUIRED {
            break;
        }
    }
    Ok(best)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut worst = f64::INFINITY;
    // As people work, and the hardest case: every entry is about another document than the one before it.
    for in_a_row in [5, 1] {
        let logs = (1..=DEVICES).map(|device| log(device, in_a_row)).collect::<Result<Vec<_>, _>>()?;
        let entries: usize = logs.iter().map(|(_, entries)| entries.len()).sum();
        let bytes: usize = logs.iter().flat_map(|(_, entries)| entries).map(SignedEntry::size).sum();
        let documents = u16::from(DEVICES) * DOCUMENTS_EACH;
        println!(
            "{entries} entries, {bytes} bytes, {documents} documents, {in_a_row} entries in a row about each"
        );
        for (name, run_bytes) in [("runs of a frame", NETWORK_RUN), ("the longest runs", usize::MAX)] {
            for engine in EngineKind::ALL {
                let name = format!("{engine}, {name}, {in_a_row} in a row");
                if words.iter().all(|word| name.contains(word.as_str())) {
                    worst = worst.min(ratio(engine, &logs, &name, run_bytes)?);
                }
            }
        }
    }
    println!("the worst ratio is {worst:.2}, and at least {REQUIRED} is required");
    if worst < REQUIRED {
        return Err("receiving is too slow beside writing".into());
    }
    Ok(())
}
