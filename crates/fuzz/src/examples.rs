//! Honest examples for each target: random bytes alone hardly ever get past the first field.

use std::sync::OnceLock;

use accord_core::governance::{Genesis, Record};
use accord_core::{
    ActorSeed, Authority, Body, Card, ChangeHash, DeviceKey, DocumentId, Entry, Header, LogId, ProgrammeId,
    RootKey, SpaceId, Ticket, audit_file, encode,
};
use accord_document::pack::{Place, pack};
use accord_document::{Author, Document, Edit, Kind};
use accord_sync::{Frame, pack_run};
use serde_json::json;
use sha2::{Digest as _, Sha256};

pub(crate) const PROGRAMME: ProgrammeId = ProgrammeId([7; 32]);

/// The kind of the documents here.
pub(crate) fn kind() -> &'static Kind {
    accord_framework::kind("note").expect("it is shipped")
}

/// A document to apply changes to.
pub(crate) fn base() -> &'static Document {
    &documents().0
}

/// One with a first change, and a second change on it.
fn documents() -> &'static (Document, Vec<u8>) {
    static MADE: OnceLock<(Document, Vec<u8>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let mut state = 1u8;
        let mut random = |bytes: &mut [u8]| {
            bytes.iter_mut().for_each(|byte| {
                state = state.wrapping_mul(5).wrapping_add(3);
                *byte = state;
            });
        };
        let title = |text: &str| [Edit::Set { path: "title".into(), value: json!({ "en": text }) }];
        let by = |actor| Author { actor, time: 5, message: Some("an example") };
        let made = Document::create(kind(), "Sfax", &title("The city leads."), &by(b"CA"), &mut random);
        let (document, _) = made.expect("an honest document");
        let mut next = document.clone();
        let edited = next.edit(kind(), &title("The good city leads."), &by(b"CMI"), &mut random);
        (document, edited.expect("an honest edit").expect("something changed").raw)
    })
}

/// A change with these contents, as it would be sent.
pub(crate) fn sealed(contents: &[u8]) -> Vec<u8> {
    let mut length = Vec::new();
    let mut rest = contents.len();
    while rest >= 0x80 {
        length.push(u8::try_from(rest & 0x7f).unwrap_or_default() | 0x80);
        rest >>= 7;
    }
    length.push(u8::try_from(rest).unwrap_or_default());
    let body = [&[1u8][..], &length, contents].concat();
    let hash = Sha256::digest(&body);
    [&[0x85, 0x6f, 0x4a, 0x83][..], &hash[..4], &body].concat()
}

/// Whose entries are in the example of a pack.
pub(crate) fn packed_log() -> LogId {
    LogId { space: SpaceId([5; 32]), device: DeviceKey::from_seed(&[2; 32]).id() }
}

pub(crate) fn packed_place() -> Place {
    Place { programme: PROGRAMME, space: packed_log().space }
}

/// The entries in the example of a pack: a document that begins, and changes to it.
pub(crate) fn packed() -> &'static [Entry] {
    static MADE: OnceLock<Vec<Entry>> = OnceLock::new();
    MADE.get_or_init(|| {
        let device = DeviceKey::from_seed(&[2; 32]);
        let (log, document) = (packed_log(), DocumentId([6; 16]));
        let seed = ActorSeed { device: log.device, space: log.space, document, generation: 0 };
        let actor = seed.actor();
        let mut random = |bytes: &mut [u8]| bytes.fill(9);
        let title = |text: String| [Edit::Set { path: "title".into(), value: json!({ "en": text }) }];
        let by = |time| Author { actor: &actor, time, message: None };
        let mut entries: Vec<Entry> = Vec::new();
        let mut append = |body, payload| {
            let header = Header {
                programme: PROGRAMME,
                space: log.space,
                device: log.device,
                seq: entries.len() as u64 + 1,
                prev: entries.last().map(Entry::id),
                authority: Authority::Genesis,
                body,
            };
            entries.push(header.sign(&device, payload));
        };
        append(Body::Create { document, kind: "note".into() }, Vec::new());
        let first = Document::create(kind(), "Sfax", &title("The city".into()), &by(5), &mut random);
        let (mut text, mut new) = first.expect("an honest document");
        for time in 6..12 {
            let change = ChangeHash(new.meta.hash);
            append(Body::Change { document, generation: 0, change }, new.raw);
            let edited = text.edit(kind(), &title(format!("The city of {time}")), &by(time), &mut random);
            new = edited.expect("an honest edit").expect("something changed");
        }
        entries
    })
}

/// Honest bytes for a target.
#[must_use]
pub fn examples(target: &str) -> Vec<Vec<u8>> {
    let root = RootKey::from_seed(&[1; 32]);
    let device = DeviceKey::from_seed(&[2; 32]);
    let card =
        |code: &str, root: &RootKey| Card::new(root, &device, code, "Organisation").expect("an honest card");
    let genesis =
        Genesis::new("MENA", card("CA", &root), card("CMI", &RootKey::from_seed(&[3; 32])), [4; 16]);
    let record = Record::genesis(genesis, &root, 1);
    let space = SpaceId([5; 32]);
    let change = &documents().1;
    let header = |body| Header {
        programme: PROGRAMME,
        space,
        device: device.id(),
        seq: 1,
        prev: None,
        authority: Authority::Genesis,
        body,
    };
    let hash = accord_document::ChangeMeta::parse(change).map(|meta| meta.hash).unwrap_or_default();
    let body = Body::Change { document: DocumentId([6; 16]), generation: 0, change: ChangeHash(hash) };
    let entry = header(body).sign(&device, change.clone());
    let governance = header(Body::Governance { record: Box::new(record.clone()) }).sign(&device, Vec::new());
    let log = LogId { space, device: device.id() };
    match target {
        "frame" => vec![
            pack_run(&log, 1, &[entry.signed().clone(), governance.signed().clone()]),
            Frame::Ready(accord_sync::Digests::default()).to_bytes(),
        ],
        "entry" => vec![encode(entry.signed()), encode(governance.signed()), entry.signed().header.clone()],
        "record" => vec![encode(&record)],
        "card" => vec![card("CA", &root).to_string().into_bytes()],
        "ticket" => vec![
            Ticket {
                programme: PROGRAMME,
                name: "MENA".into(),
                device: device.id(),
                addresses: vec!["/ip4/127.0.0.1/tcp/4001".into()],
                secret: [8; 16],
                expires: 9,
            }
            .to_string()
            .into_bytes(),
        ],
        "audit" => audit_file(&PROGRAMME, &[governance], None).into_iter().collect(),
        // Whole, and as the contents of one.
        "change" => vec![change.clone(), change[11..].to_vec(), change[10..].to_vec()],
        "pack" => vec![pack(&packed_place(), &[(packed_log().device, packed())]).unwrap_or_default()],
        "saved" => vec![base().save()],
        "yaml" => vec![
            base().render(kind(), None).unwrap_or_default().into_bytes(),
            b"name: visit\nversion: 1\nfields:\n  - { name: place, type: string }\n".to_vec(),
            b"a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n".to_vec(),
        ],
        "bundle" => accord_node::testing::bundles(),
        "message" => accord_node::testing::messages_of_all_kinds(),
        "line" => accord_node::testing::lines(),
        "own-heads" => vec![own_heads(&[]), own_heads(&[(1, 7), (4, 90)])],
        _ => Vec::new(),
    }
}

/// A file of own heads, as docs/storage.md describes it.
fn own_heads(heads: &[(u8, u64)]) -> Vec<u8> {
    let count = u32::try_from(heads.len()).unwrap_or_default();
    let mut bytes = [&b"ACCHEADS"[..], &1u16.to_be_bytes(), &count.to_be_bytes()].concat();
    for (space, seq) in heads {
        bytes.extend_from_slice(&[*space; 32]);
        bytes.extend_from_slice(&seq.to_be_bytes());
        bytes.extend_from_slice(&[9; 32]);
    }
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}
