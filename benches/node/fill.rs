//! Writes many documents into a home whose node does not run, through the very crates that the node writes with.

use std::path::Path;
use std::sync::Arc;

use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, DeviceKey, DocumentId, LogId, ProgrammeId, SpaceId,
    programme_space,
};
use accord_document::{Author, Document, Edit, Kind, NewChange};
use accord_store::{Draft, Logs, OwnHeads, SledStore, Store, Tree};
use serde_json::json;

use crate::Outcome;

/// How many entries each document has: the one that creates it, and its changes.
pub(crate) const ENTRIES: usize = 20;

/// How many documents go in one commit: well within what a commit may hold.
const AT_ONCE: usize = 100;

/// Adds `documents` documents to the log of a home's own device.
///
/// The home must hold a document already: the authority that the entries are written under is the one of that
/// document's entries.
pub(crate) fn fill(home: &Path, documents: usize) -> Outcome<()> {
    let key = device_key(home)?;
    let store: Arc<dyn Store> = Arc::new(SledStore::open(home.join("store"))?);
    let programme = store.get(Tree::Meta, b"programme")?.ok_or("there is no programme in this home")?;
    let programme = ProgrammeId::try_from(programme.as_slice())?;
    let own_heads = OwnHeads::load(home.join("own-heads"))?;
    let logs = Logs::open(store, programme, key.id(), Some(own_heads))?;
    let space = programme_space(&programme);
    let log = LogId { space, device: key.id() };
    let head = logs.head(&log).ok_or("there is no document in this home yet")?;
    let last = logs.read(&log, (head.seq, head.seq), 1, 0)?;
    let authority = last.first().ok_or("the last entry cannot be read")?.header().authority;
    let author = Filler { key, space, authority, kind: accord_framework::kind("framework")? };
    let mut random = Random(1);
    let mut written = 0;
    while written < documents {
        let end = documents.min(written + AT_ONCE);
        let mut drafts = Vec::with_capacity(AT_ONCE * ENTRIES);
        for number in written..end {
            drafts.extend(author.document(number, &mut random)?);
        }
        logs.append(&author.key, space, author.authority, drafts, Vec::new())?;
        written = end;
    }
    Ok(())
}

struct Filler {
    key: DeviceKey,
    space: SpaceId,
    authority: Authority,
    kind: &'static Kind,
}

impl Filler {
    /// The entries of one document: a framework on which somebody worked now and then.
    fn document(&self, number: usize, random: &mut Random) -> Outcome<Vec<Draft>> {
        let mut fill = |bytes: &mut [u8]| random.fill(bytes);
        let mut id = [0; 16];
        fill(&mut id);
        let document = DocumentId(id);
        let seed = ActorSeed { device: self.key.id(), space: self.space, document, generation: 0 };
        let actor = seed.actor();
        let by = |step: usize| Author {
            actor: &actor,
            time: 1_700_000_000 + i64::try_from(number + step).unwrap_or_default(),
            message: None,
        };
        let first = [
            Edit::Set { path: "country".into(), value: json!("TN") },
            Edit::Set { path: "period_start".into(), value: json!("2013-01-01") },
        ];
        let (mut content, change) =
            Document::create(self.kind, &format!("Framework {number}"), &first, &by(0), &mut fill)?;
        let create = Body::Create { document, kind: self.kind.name.clone() };
        let mut drafts = vec![Draft::of(create), draft(document, change)];
        for step in drafts.len()..ENTRIES {
            let edit = Edit::Set {
                path: "lead_contacts".into(),
                value: json!(format!("contact {step} of framework {number}")),
            };
            let change = content.edit(self.kind, &[edit], &by(step), &mut fill)?;
            drafts.push(draft(document, change.ok_or("an edit changed nothing")?));
        }
        Ok(drafts)
    }
}

fn draft(document: DocumentId, change: NewChange) -> Draft {
    let body = Body::Change { document, generation: 0, change: ChangeHash(change.meta.hash) };
    let meta = accord_core::ChangeMeta {
        hash: ChangeHash(change.meta.hash),
        actor: change.meta.actor,
        seq: change.meta.seq,
        start_op: change.meta.start_op,
        max_op: change.meta.max_op,
        deps: change.meta.deps.into_iter().map(ChangeHash).collect(),
    };
    Draft { body, payload: change.raw, meta: Some(meta) }
}

/// The key of a home's device: the second line of its file.
fn device_key(home: &Path) -> Outcome<DeviceKey> {
    let text = std::fs::read_to_string(home.join("device.key"))?;
    let seed = text.lines().nth(1).ok_or("the key file is not as expected")?;
    let seed = data_encoding::HEXLOWER.decode(seed.as_bytes())?;
    let seed: [u8; 32] = seed.try_into().map_err(|_| "the key is not as long as expected")?;
    Ok(DeviceKey::from_seed(&seed))
}

/// The same documents in every run, so that runs can be compared (SplitMix64).
struct Random(u64);

impl Random {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = self.0;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(word ^ (word >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}
