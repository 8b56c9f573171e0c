//! What the tests of several modules share: a kind with every type of field, writers, merging.

use crate::{Author, ChangeMeta, Document, Edit, Hash, Kind, NewChange};
use serde_json::Value;

pub(crate) fn kind() -> Kind {
    Kind::from_yaml(
        r"
name: sample
version: 1
labels: { en: Sample }
fields:
  - { name: country, type: code, codes: [TN, EG, MA] }
  - { name: start, type: date }
  - { name: note, type: string }
  - { name: context, type: text }
  - { name: pillars, type: set, fields: [{ name: title, type: text }] }
  - name: activities
    type: set
    fields:
      - { name: title, type: text }
      - { name: status, type: code, codes: [proposed, under way, done] }
      - { name: shares, type: shares, of: pillars }
      - { name: methods, type: codes, codes: [technical, knowledge, advocacy] }
      - { name: budget, type: table, axes: [year, currency], value: amount }
  - name: tests
    type: rows
    fields: [{ name: place, type: string }, { name: date, type: date }]
",
    )
    .unwrap()
}

/// A deterministic source of random bytes, different for each seed.
pub(crate) fn random(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut n = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            n ^= n << 13;
            n ^= n >> 7;
            n ^= n << 17;
            *byte = n.to_be_bytes()[0];
        }
    }
}

/// One organisation with its copy.
pub(crate) struct Writer {
    pub(crate) document: Document,
    pub(crate) actor: Vec<u8>,
    pub(crate) time: i64,
    seed: u64,
}

impl Writer {
    pub(crate) fn first(kind: &Kind, edits: &[Edit]) -> Self {
        let by = Author { actor: b"CA", time: 1, message: None };
        let (document, _) = Document::create(kind, "Tunisia", edits, &by, &mut random(7)).unwrap();
        Self { document, actor: b"CA".to_vec(), time: 1, seed: 1000 }
    }

    /// Another organisation that holds the same.
    pub(crate) fn joined(&self, actor: &str) -> Self {
        let seed = actor.bytes().fold(17u64, |n, b| n.wrapping_mul(31) + u64::from(b)) << 20;
        Self { document: self.document.clone(), actor: actor.as_bytes().to_vec(), time: self.time, seed }
    }

    pub(crate) fn try_edit(
        &mut self,
        kind: &Kind,
        edits: &[Edit],
    ) -> Result<Option<NewChange>, crate::EditError> {
        self.seed += 1;
        self.time += 1;
        let by = Author { actor: &self.actor, time: self.time, message: None };
        self.document.edit(kind, edits, &by, &mut random(self.seed))
    }

    pub(crate) fn edit(&mut self, kind: &Kind, edits: &[Edit]) -> ChangeMeta {
        self.try_edit(kind, edits).unwrap().unwrap().meta
    }

    pub(crate) fn edit_at(
        &mut self,
        kind: &Kind,
        heads: &[Hash],
        edits: &[Edit],
    ) -> Result<Option<NewChange>, crate::EditError> {
        self.seed += 1;
        let by = Author { actor: &self.actor, time: self.time, message: None };
        self.document.edit_at(heads, kind, edits, &by, &mut random(self.seed))
    }

    pub(crate) fn set(&mut self, kind: &Kind, path: &str, value: &str) -> ChangeMeta {
        self.edit(kind, &[set(path, value)])
    }

    /// Takes over what the other has, through the guard.
    pub(crate) fn pull(&mut self, other: &Self) {
        let raw: Vec<Vec<u8>> = all_changes(&other.document);
        let slices: Vec<&[u8]> = raw.iter().map(Vec::as_slice).collect();
        let applied = self.document.apply_changes(&slices);
        assert!(applied.refused.is_empty(), "{:?}", applied.refused);
    }
}

pub(crate) fn all_changes(document: &Document) -> Vec<Vec<u8>> {
    document.am.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect()
}

pub(crate) fn set(path: &str, value: &str) -> Edit {
    Edit::Set { path: path.to_owned(), value: Value::from(value) }
}

pub(crate) fn add(path: &str, fields: Value) -> Edit {
    Edit::Add { path: path.to_owned(), fields }
}

/// All writers take over everything from each other.
pub(crate) fn merge_all(writers: &mut [Writer]) {
    for _ in 0..2 {
        for i in 0..writers.len() {
            for j in 0..writers.len() {
                if i != j {
                    let [a, b] = writers.get_disjoint_mut([i, j]).unwrap();
                    a.pull(b);
                }
            }
        }
    }
}
