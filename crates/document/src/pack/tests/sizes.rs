//! How small packs are, beside the documents' own compact saves.

use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, DeviceKey, DocumentId, Entry, EntryId, Header, ProgrammeId,
    SpaceId,
};

use crate::pack::{Place, pack, unpack};
use crate::testing::{add, kind, random, set};
use crate::{Author, Document, Edit, NewChange};
use serde_json::json;

const CHANGES: usize = 100;

/// Documents with a hundred changes each by `writers` devices, in the order in which `next` says which document is next, and
/// the sum of what the documents are saved as.
fn logs(
    documents: usize,
    writers: usize,
    framework: bool,
    next: impl Fn(usize) -> usize,
) -> (Place, Vec<Vec<Entry>>, usize) {
    let place = Place { programme: ProgrammeId([1; 32]), space: SpaceId([2; 32]) };
    let kind = kind();
    let mut logs: Vec<(DeviceKey, Vec<Entry>)> =
        (0..writers).map(|n| (DeviceKey::from_seed(&[n as u8 + 1; 32]), Vec::new())).collect();
    let mut held: Vec<Option<Document>> = (0..documents).map(|_| None).collect();
    let mut random = random(77);
    let append = |logs: &mut Vec<(DeviceKey, Vec<Entry>)>, writer: usize, body, payload| {
        let (key, log) = &mut logs[writer];
        let header = Header {
            programme: place.programme,
            space: place.space,
            device: key.id(),
            seq: log.len() as u64 + 1,
            prev: log.last().map(Entry::id),
            authority: Authority::At { position: 3, id: EntryId([5; 32]) },
            body,
        };
        log.push(header.sign(key, payload));
    };
    let mut made = vec![0usize; documents];
    for step in 0..documents * CHANGES {
        let at = next(step);
        let mut id = [0; 16];
        id.copy_from_slice(&accord_core::DeviceKey::from_seed(&[(at % 251) as u8; 32]).id().0[..16]);
        id[..2].copy_from_slice(&(at as u16).to_be_bytes());
        let id = DocumentId(id);
        let n = made[at];
        made[at] += 1;
        let writer = (n / 7 + at) % writers;
        let seed = ActorSeed { device: logs[writer].0.id(), space: place.space, document: id, generation: 0 };
        let actor = seed.actor();
        let by = Author { actor: &actor, time: 1_700_000_000 + step as i64 * 13, message: None };
        let new: NewChange = match &mut held[at] {
            None => {
                let mut edits: Vec<Edit> = vec![set("country", "TN"), set("note", "a note")];
                if framework {
                    edits.extend((0..24).map(|n| {
                        add("activities", json!({ "code": format!("TN-A{n:02}"), "status": "proposed",
                            "title": { "en": format!("Activity {n} of the joint work programme") },
                            "budget": { "2013": { "EUR": 100_000 + n, "TND": "5000" }, "2014": { "EUR": 7 } } }))
                    }));
                } else {
                    edits.push(add("activities", json!({ "code": "A1", "status": "proposed" })));
                }
                let (document, new) =
                    Document::create(&kind, &format!("Country {at}"), &edits, &by, &mut random).unwrap();
                append(
                    &mut logs,
                    writer,
                    Body::Create { document: id, kind: "framework".into() },
                    Vec::new(),
                );
                held[at] = Some(document);
                new
            }
            Some(document) => {
                let item = if framework { format!("TN-A{:02}", (n * 7 + at) % 24) } else { "A1".into() };
                let edit = match n % 4 {
                    0 => set(&format!("activities.{item}.budget.2013.EUR"), &(n * 1000 + at).to_string()),
                    1 => set(
                        &format!("activities.{item}.status"),
                        ["proposed", "under way", "done"][(n / 4 + at) % 3],
                    ),
                    2 => set("note", &format!("note {n} about country {at}")),
                    _ => set(&format!("activities.{item}.budget.2014.EUR"), &(n * 900 + at).to_string()),
                };
                document.edit(&kind, &[edit], &by, &mut random).unwrap().unwrap()
            }
        };
        let body = Body::Change { document: id, generation: 0, change: ChangeHash(new.meta.hash) };
        append(&mut logs, writer, body, new.raw);
    }
    let saved = held.iter().flatten().map(|document| document.am.save().len()).sum();
    (place, logs.into_iter().map(|(_, log)| log).collect(), saved)
}

/// Packs the logs in as many steps, and compares with what may be.
fn measure(what: &str, (place, logs, saved): &(Place, Vec<Vec<Entry>>, usize), packs: usize) -> f64 {
    let (mut bytes, mut entries, mut raw) = (0, 0, 0);
    let (mut packing, mut unpacking) = (std::time::Duration::ZERO, std::time::Duration::ZERO);
    for part in 0..packs {
        let cut = |log: &Vec<Entry>, part: usize| log.len() * part / packs;
        let stretches: Vec<_> = logs
            .iter()
            .map(|log| (log[0].header().device, &log[cut(log, part)..cut(log, part + 1)]))
            .filter(|(_, entries)| !entries.is_empty())
            .collect();
        let begun = std::time::Instant::now();
        let packed = pack(place, &stretches).unwrap();
        packing += begun.elapsed();
        let begun = std::time::Instant::now();
        let unpacked = unpack(place, &packed).unwrap();
        unpacking += begun.elapsed();
        for (stretch, (_, given)) in unpacked.iter().zip(&stretches) {
            assert!(stretch.entries.iter().zip(*given).all(|(out, given)| out.payload == given.payload()));
        }
        bytes += packed.len();
        entries += stretches.iter().map(|(_, entries)| entries.len()).sum::<usize>();
        raw += stretches
            .iter()
            .flat_map(|(_, entries)| *entries)
            .map(|entry| entry.signed().size())
            .sum::<usize>();
    }
    let bound = saved * 13 / 10 + 8 * entries;
    println!(
        "{what} in {packs}: {entries} entries, {raw} bytes, saved {saved}, packed {bytes} ({:.1} an entry), bound {bound}; packed in {packing:?}, unpacked in {unpacking:?}",
        bytes as f64 / entries as f64
    );
    bytes as f64 / bound as f64
}

/// Invariant: entries of whole documents take at most 1.3 times what the documents are saved as, and eight bytes an entry.
#[test]
fn packs_are_hardly_larger_than_the_documents() {
    for framework in [false, true] {
        let what = if framework { "framework" } else { "small" };
        let one_by_one = logs(12, 3, framework, |step| step / CHANGES);
        assert!(measure(&format!("{what}, one by one"), &one_by_one, 1) < 0.8);
        assert!(measure(&format!("{what}, one by one"), &one_by_one, 3) < 0.9);
        let in_turn = logs(12, 3, framework, |step| step % 12);
        assert!(measure(&format!("{what}, in turn"), &in_turn, 1) < 0.8);
        assert!(measure(&format!("{what}, in turn"), &in_turn, 10) < 1.0);
    }
}
