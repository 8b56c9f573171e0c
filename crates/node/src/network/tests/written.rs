//! What devices wrote, for tests that need much of it.

use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, DocumentId, Entry, Header, LogId, SignedEntry, programme_space,
};
use accord_document::{Author, Document, Edit, Kind};
use serde_json::json;

use super::backend::PROGRAMME;
use super::node::key;

/// How many changes each document has.
const CHANGES: usize = 100;

/// The logs of three devices that wrote a hundred changes to each of so many documents, in some order; and what the documents
/// take as they are saved.
pub(super) fn written(documents: usize) -> (Vec<(LogId, Vec<SignedEntry>)>, usize) {
    let kind = Kind::from_yaml(
        "
name: plan
version: 1
fields:
  - { name: note, type: string }
  - name: activities
    type: set
    fields:
      - { name: status, type: code, codes: [proposed, agreed, done] }
      - { name: budget, type: table, axes: [year, currency], value: amount }
",
    )
    .unwrap();
    let space = programme_space(&PROGRAMME);
    let writers = [key(3), key(4), key(5)];
    let mut logs: Vec<Vec<Entry>> = vec![Vec::new(); writers.len()];
    let mut append = |writer: usize, body: Body, payload: Vec<u8>| {
        let log = &mut logs[writer];
        let header = Header {
            programme: PROGRAMME,
            space,
            device: writers[writer].id(),
            seq: log.len() as u64 + 1,
            prev: log.last().map(Entry::id),
            authority: Authority::Genesis,
            body,
        };
        log.push(header.sign(&writers[writer], payload));
    };
    let mut seed = 1u64;
    let mut random = move |bytes: &mut [u8]| {
        for byte in bytes {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = seed.to_be_bytes()[0];
        }
    };
    let mut saved = 0;
    let mut held: Vec<(DocumentId, Option<Document>)> = (0..documents)
        .map(|_| {
            let mut id = [0; 16];
            random(&mut id);
            (DocumentId(id), None)
        })
        .collect();
    // Four documents are worked on at a time, by all three in turn.
    for step in 0..documents * CHANGES {
        let at = (step / (4 * CHANGES) * 4 + step % 4).min(documents - 1);
        let n = step / 4 % CHANGES;
        let writer = (n / 5 + at) % writers.len();
        let (id, document) = &mut held[at];
        let seed = ActorSeed { device: writers[writer].id(), space, document: *id, generation: 0 };
        let actor = seed.actor();
        let by = Author { actor: &actor, time: 1_760_000_000 + step as i64 * 40, message: None };
        let new = match document {
            None => {
                let edits: Vec<Edit> = (0..8)
                    .map(|n| Edit::Add {
                        path: "activities".into(),
                        fields: json!({ "code": format!("A{n}"), "status": "proposed",
                            "budget": { "2026": { "EUR": 100_000 + n } } }),
                    })
                    .collect();
                let made =
                    Document::create(&kind, &format!("Country {at}"), &edits, &by, &mut random).unwrap();
                append(writer, Body::Create { document: *id, kind: "plan".into() }, Vec::new());
                *document = Some(made.0);
                made.1
            }
            Some(document) => {
                let activity = (n * 5 + at) % 8;
                let (path, value) = match n % 3 {
                    0 => (format!("activities.A{activity}.budget.2026.EUR"), json!(n * 1_000 + at)),
                    1 => (
                        format!("activities.A{activity}.status"),
                        json!(["agreed", "done", "proposed"][n / 3 % 3]),
                    ),
                    _ => ("note".into(), json!(format!("what {n} said of {at}"))),
                };
                let edit = Edit::Set { path, value };
                document.edit(&kind, &[edit], &by, &mut random).unwrap().unwrap()
            }
        };
        let body = Body::Change { document: *id, generation: 0, change: ChangeHash(new.meta.hash) };
        append(writer, body, new.raw);
        if n + 1 == CHANGES {
            saved += document.take().map_or(0, |document| document.save().len());
        }
    }
    let log = |(entries, key): (Vec<Entry>, &accord_core::DeviceKey)| {
        let signed = entries.iter().map(|entry| entry.signed().clone()).collect();
        (LogId { space, device: key.id() }, signed)
    };
    (logs.into_iter().zip(&writers).map(log).collect(), saved)
}
