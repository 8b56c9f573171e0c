//! Authors of logs for tests: devices that write whatever a test wants, honest or not.

#![allow(dead_code, reason = "each test file that includes this uses its own part")]

use std::collections::BTreeMap;

use accord_core::{
    ActorSeed, Authority, Body, ChangeHash, ChangeMeta, DeviceId, DeviceKey, DocumentId, EntryId, Head,
    Header, Invalid, LogId, ProgrammeId, SignedEntry, SpaceId, Unreadable, VerifiedRun, encode, tagged_hash,
    verify_run,
};
use accord_store::Draft;

pub(crate) const PROGRAMME: ProgrammeId = ProgrammeId([7; 32]);

pub(crate) fn space(n: u8) -> SpaceId {
    SpaceId([n; 32])
}

pub(crate) fn document(n: u8) -> DocumentId {
    DocumentId([n; 16])
}

pub(crate) fn key(n: u8) -> DeviceKey {
    DeviceKey::from_seed(&[n; 32])
}

/// The tests' own change: actor, sequence number, and anything.
pub(crate) fn change(actor: [u8; 16], seq: u64, content: &[u8]) -> (Vec<u8>, ChangeMeta) {
    let payload = [&actor[..], &seq.to_be_bytes(), content].concat();
    let meta = read_change(&payload).unwrap();
    (payload, meta)
}

pub(crate) fn read_change(payload: &[u8]) -> Result<ChangeMeta, Unreadable> {
    let (actor, rest) = payload.split_at_checked(16).ok_or_else(|| Unreadable("short".into()))?;
    let (seq, _) = rest.split_first_chunk().ok_or_else(|| Unreadable("short".into()))?;
    Ok(ChangeMeta {
        hash: ChangeHash(tagged_hash("test change", &[payload])),
        actor: actor.to_vec(),
        seq: u64::from_be_bytes(*seq),
        start_op: 1,
        max_op: 1,
        deps: Vec::new(),
    })
}

/// A change that a device can append: the next of its actor, of generation 0.
pub(crate) fn draft(
    device: DeviceId,
    space: SpaceId,
    document: DocumentId,
    seq: u64,
    content: &[u8],
) -> Draft {
    let actor = ActorSeed { device, space, document, generation: 0 }.actor();
    let (payload, meta) = change(actor, seq, content);
    let body = Body::Change { document, generation: 0, change: meta.hash };
    Draft { body, payload, meta: Some(meta) }
}

/// One log, as its author writes it.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    pub(crate) key: DeviceKey,
    pub(crate) space: SpaceId,
    pub(crate) entries: Vec<SignedEntry>,
    pub(crate) ids: Vec<EntryId>,
    pub(crate) authority: Authority,
    seqs: BTreeMap<(DocumentId, u32), u64>,
}

impl Author {
    pub(crate) fn new(device: u8, space: SpaceId) -> Self {
        let (entries, ids, seqs) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { key: key(device), space, entries, ids, authority: Authority::Genesis, seqs }
    }

    pub(crate) fn log(&self) -> LogId {
        LogId { space: self.space, device: self.key.id() }
    }

    pub(crate) fn head(&self) -> Option<Head> {
        self.ids.last().map(|id| Head { seq: self.ids.len() as u64, id: *id })
    }

    fn header(&self, body: Body) -> Header {
        Header {
            programme: PROGRAMME,
            space: self.space,
            device: self.key.id(),
            seq: self.ids.len() as u64 + 1,
            prev: self.ids.last().copied(),
            authority: self.authority,
            body,
        }
    }

    pub(crate) fn write(&mut self, body: Body, payload: Vec<u8>) {
        let entry = self.header(body).sign(&self.key, payload);
        self.ids.push(entry.id());
        self.entries.push(entry.signed().clone());
    }

    pub(crate) fn create(&mut self, document: DocumentId, kind: &str) {
        self.write(Body::Create { document, kind: kind.into() }, Vec::new());
    }

    /// A regular change.
    pub(crate) fn change(&mut self, document: DocumentId, generation: u32, content: &[u8]) {
        let seq = self.seqs.entry((document, generation)).or_default();
        *seq += 1;
        let seq = *seq;
        self.change_as(document, generation, seq, content);
    }

    /// A change with any sequence number.
    pub(crate) fn change_as(&mut self, document: DocumentId, generation: u32, seq: u64, content: &[u8]) {
        let seed = ActorSeed { device: self.key.id(), space: self.space, document, generation };
        let (payload, meta) = change(seed.actor(), seq, content);
        self.write(Body::Change { document, generation, change: meta.hash }, payload);
    }

    /// An entry whose body only a newer version knows.
    pub(crate) fn unknown(&mut self) {
        let known = Body::Create { document: document(0), kind: "k".into() };
        let mut header = encode(&self.header(known.clone()));
        header.truncate(header.len() - encode(&known).len());
        header.extend_from_slice(b"\x82\x18\x4d\x66future");
        let id = Header::id_of(&header);
        self.ids.push(id);
        self.entries.push(SignedEntry {
            signature: self.key.sign("entry", &id.0),
            header,
            payload: Vec::new(),
        });
    }

    /// The same author, who goes on from entry `at` as if nothing had come after.
    pub(crate) fn branch(&self, at: usize) -> Self {
        let mut branch = self.clone();
        branch.entries.truncate(at);
        branch.ids.truncate(at);
        branch
    }

    /// The entries from `from` to `to`, both included.
    pub(crate) fn signed(&self, from: u64, to: u64) -> Vec<SignedEntry> {
        self.entries[from as usize - 1..to as usize].to_vec()
    }

    pub(crate) fn try_run(&self, entries: Vec<SignedEntry>) -> Result<VerifiedRun, Invalid> {
        verify_run(&PROGRAMME, self.log(), entries, &read_change)
    }

    pub(crate) fn run(&self, from: u64, to: u64) -> VerifiedRun {
        self.try_run(self.signed(from, to)).unwrap()
    }

    /// The run as a relay hands it on that spoils every signature that it can.
    pub(crate) fn spoilt(&self, from: u64, to: u64) -> VerifiedRun {
        let mut entries = self.signed(from, to);
        let last = entries.len() - 1;
        for entry in &mut entries[..last] {
            entry.signature.0[5] ^= 1;
        }
        self.try_run(entries).unwrap()
    }
}
