//! How many bytes of the disk a store takes once its old entries are in packs, and what reading out of packs costs.
//!
//! `cargo bench -p accord-store --bench packs`; `ACCORD_DOCUMENTS` sets how many documents of 100 entries each there are, 2,000 if
//! not given (of fewer, what the engines take whatever is in them counts for more); `ACCORD_SIZES` also tries other sizes of packs,
//! and a change to each document in turn. Beside each store: the bytes of what the library saves the documents as and eight for each entry. Where somebody works on
//! one document after the other, and in sittings of ten changes, the store may take at most 2.5 times that; otherwise this fails.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, ChangeMeta, DeviceKey, DocumentId, Entry, LogId, ProgrammeId,
    SignedEntry, SpaceId, programme_space,
};
use accord_document::pack::{Place, pack, unpack};
use accord_document::{Author, Document, Edit, Kind, NewChange};
use accord_store::{
    Draft, EngineKind, Logs, PackBounds, Packer, Scan, Store, StoreError, Tree, bytes_below, compact, walk,
};
use serde_json::json;
use tempfile::TempDir;

const PROGRAMME: ProgrammeId = ProgrammeId([1; 32]);
const ENTRIES_EACH: usize = 100;
const AT_MOST: f64 = 2.5;

const KIND: &str = "
name: activity
version: 1
fields:
  - { name: title, type: text }
  - { name: note, type: string }
  - { name: status, type: code, codes: [proposed, agreed, done] }
  - { name: budget, type: table, axes: [year, currency], value: amount }
";

struct LogPacker;

impl Packer for LogPacker {
    fn pack(&self, programme: &ProgrammeId, space: &SpaceId, entries: &[Entry]) -> Option<Vec<u8>> {
        let place = Place { programme: *programme, space: *space };
        pack(&place, &[(entries.first()?.header().device, entries)]).ok()
    }

    fn unpack(
        &self,
        programme: &ProgrammeId,
        space: &SpaceId,
        pack: &[u8],
    ) -> Option<(u64, Vec<SignedEntry>)> {
        let stretches = unpack(&Place { programme: *programme, space: *space }, pack).ok()?;
        let [stretch] = <[_; 1]>::try_from(stretches).ok()?;
        Some((stretch.from, stretch.entries))
    }
}

fn open(store: Arc<dyn Store>, key: &DeviceKey) -> Result<Logs, Box<dyn Error>> {
    Ok(Logs::open_with(store, PROGRAMME, key.id(), None, Some(Arc::new(LogPacker)))?)
}

/// Writes the documents, so many changes of one in a row before it is the next one's turn. Gives what the library saves them as.
fn fill(logs: &Logs, key: &DeviceKey, documents: usize, in_a_row: usize) -> Result<usize, Box<dyn Error>> {
    let kind = Kind::from_yaml(KIND)?;
    let space = programme_space(&PROGRAMME);
    let mut state = 7_u64;
    let mut random = move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = state.to_be_bytes()[0];
        }
    };
    let mut held: Vec<(DocumentId, Option<Document>)> = Vec::new();
    for _ in 0..documents {
        let mut id = [0; 16];
        random(&mut id);
        held.push((DocumentId(id), None));
    }
    let (mut drafts, mut time) = (Vec::new(), 1_700_000_000);
    for sitting in 0..ENTRIES_EACH / in_a_row {
        for (n, (id, document)) in held.iter_mut().enumerate() {
            let actor = ActorSeed { device: key.id(), space, document: *id, generation: 0 }.actor();
            for round in sitting * in_a_row..(sitting + 1) * in_a_row {
                time += 17;
                let by = Author { actor: &actor, time, message: None };
                match document {
                    None => {
                        drafts.push(Draft::of(Body::Create { document: *id, kind: "activity".into() }));
                        let value = json!({ "en": format!("Participatory budget of municipality {n}") });
                        let edits = [Edit::Set { path: "title".into(), value }];
                        let (made, change) =
                            Document::create(&kind, &format!("Activity {n}"), &edits, &by, &mut random)?;
                        drafts.push(draft(*id, change));
                        *document = Some(made);
                    }
                    // The first two entries were made at once.
                    Some(_) if round == 1 => {}
                    Some(document) => {
                        let change = document.edit(&kind, &[edit(round, n)], &by, &mut random)?;
                        drafts.push(draft(*id, change.ok_or("an edit that changes nothing")?));
                    }
                }
            }
            if drafts.len() >= 1_000 {
                logs.append(key, space, Authority::Genesis, std::mem::take(&mut drafts), Vec::new())?;
            }
        }
    }
    logs.append(key, space, Authority::Genesis, drafts, Vec::new())?;
    // Without what this program keeps beside the library's own form.
    let saved = |document: &Document| {
        let saved = document.save();
        let beside = saved.get(8..16).and_then(|size| size.try_into().ok()).map_or(0, u64::from_be_bytes);
        saved.len() - 24 - usize::try_from(beside).unwrap_or_default()
    };
    Ok(held.iter().filter_map(|(_, document)| document.as_ref()).map(saved).sum())
}

/// What a person changes.
fn edit(round: usize, n: usize) -> Edit {
    let (path, value) = match round % 4 {
        0 => ("status".to_owned(), json!(["proposed", "agreed", "done"][(round / 4 + n) % 3])),
        1 => ("note".to_owned(), json!(format!("note {round} about municipality {n}"))),
        2 => ("budget.2013.EUR".to_owned(), json!(round * 1_000 + n)),
        _ => (format!("budget.20{:02}.EUR", round % 20), json!(round * 900 + n)),
    };
    Edit::Set { path, value }
}

fn draft(document: DocumentId, change: NewChange) -> Draft {
    let body = Body::Change { document, generation: 0, change: ChangeHash(change.meta.hash) };
    let meta = ChangeMeta {
        hash: ChangeHash(change.meta.hash),
        actor: change.meta.actor,
        seq: change.meta.seq,
        start_op: change.meta.start_op,
        max_op: change.meta.max_op,
        deps: change.meta.deps.into_iter().map(ChangeHash).collect(),
    };
    Draft { body, payload: change.raw, meta: Some(meta) }
}

/// The keys and values of each tree.
fn content(store: &dyn Store) -> Result<String, StoreError> {
    let mut words = Vec::new();
    for tree in Tree::ALL {
        let (mut count, mut bytes) = (0, 0);
        walk::<StoreError>(store, &Scan::all(tree), |key, value| {
            count += 1;
            bytes += key.len() + value.map_or(0, <[u8]>::len);
            Ok(())
        })?;
        if count > 0 {
            words.push(format!("{tree} {bytes} in {count}"));
        }
    }
    Ok(words.join(", "))
}

fn measure(
    engine: EngineKind,
    documents: usize,
    in_a_row: usize,
    most: usize,
) -> Result<f64, Box<dyn Error>> {
    let folder = TempDir::new()?;
    let path = folder.path().join("store");
    let key = DeviceKey::from_seed(&[3; 32]);
    let log = LogId { space: programme_space(&PROGRAMME), device: key.id() };
    accord_store::create(&path, engine)?;
    let (store, _) = accord_store::open(&path, engine)?;
    let logs = open(Arc::clone(&store), &key)?;
    let saved = fill(&logs, &key, documents, in_a_row)?;
    let entries = logs.head(&log).map_or(0, |head| head.seq);
    let bound = saved as u64 + 8 * entries;
    let begun = Instant::now();
    let report = logs.pack(&PackBounds { most, ..PackBounds::default() }, &mut |_, _| {})?;
    let packing = begun.elapsed();
    let content = content(store.as_ref())?;
    drop((logs, store));
    let before = bytes_below(&path)?;
    let begun = Instant::now();
    compact(&path, None)?;
    let copying = begun.elapsed();
    let after = bytes_below(&path)?;
    let begun = Instant::now();
    let logs = open(accord_store::open(&path, engine)?.0, &key)?;
    let opening = begun.elapsed();
    // One entry of each of a hundred packs, each read once; then all of one document.
    let mut one = Vec::new();
    let step = (entries / 100).max(most as u64);
    for seq in (1..entries.saturating_sub(100)).step_by(usize::try_from(step)?) {
        let begun = Instant::now();
        let read = logs.read(&log, (seq, seq), 1, 1 << 20)?;
        one.push(begun.elapsed());
        if read.len() != 1 {
            return Err("an entry is missing".into());
        }
    }
    let mean = one.iter().sum::<Duration>() / u32::try_from(one.len().max(1))?;
    let ratio = after as f64 / bound as f64;
    println!(
        "{engine}, {in_a_row} in a row, packs of {most}: {after} bytes, {ratio:.2} of {bound} ({saved} saved, {entries} entries), before the copy {before}\n  \
         packs {:.1} bytes an entry instead of {:.1}; packed in {packing:?}, copied in {copying:?}, opened in {opening:?}, one entry {mean:?}\n  {content}",
        report.after as f64 / report.entries as f64,
        report.before as f64 / report.entries as f64,
    );
    Ok(ratio)
}

fn main() -> Result<(), Box<dyn Error>> {
    let number = |name: &str| std::env::var(name).ok().map(|words| words.parse::<usize>()).transpose();
    let documents = number("ACCORD_DOCUMENTS")?.unwrap_or(2_000);
    let mut missed = false;
    let most = PackBounds::default().most;
    let sizes =
        if std::env::var_os("ACCORD_SIZES").is_some() { vec![128, 256, 512, 1_024] } else { vec![most] };
    let in_a_row: &[usize] = if sizes.len() > 1 { &[100, 10, 1] } else { &[100, 10] };
    for engine in EngineKind::ALL {
        for in_a_row in in_a_row.iter().copied() {
            for most in &sizes {
                let ratio = measure(engine, documents, in_a_row, *most)?;
                missed |= in_a_row > 1 && ratio > AT_MOST;
            }
        }
    }
    if missed { Err(format!("a store takes more than {AT_MOST} times").into()) } else { Ok(()) }
}
