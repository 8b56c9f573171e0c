//! The documents that are measured with: frameworks on which somebody worked now and then, the same ones in every run.

use accord_core::{ActorSeed, DeviceId, DocumentId, SpaceId};
use accord_document::{Author, Document, Edit, Kind, NewChange};
use serde_json::json;

use crate::Outcome;

/// One document: the changes that make it, in their order.
pub(crate) struct Framework {
    pub(crate) id: DocumentId,
    pub(crate) changes: Vec<NewChange>,
}

/// Writes frameworks, one after the other.
pub(crate) struct Writer {
    device: DeviceId,
    space: SpaceId,
    kind: &'static Kind,
    first: Vec<Edit>,
    changes: usize,
    random: Random,
    written: usize,
}

impl Writer {
    /// Of small frameworks, with `changes` changes each.
    ///
    /// # Errors
    /// The kind is missing, which no build leaves out.
    pub(crate) fn small(device: DeviceId, space: SpaceId, changes: usize) -> Outcome<Self> {
        let first = vec![
            Edit::Set { path: "country".into(), value: json!("TN") },
            Edit::Set { path: "period_start".into(), value: json!("2013-01-01") },
        ];
        Self::of(device, space, changes, first)
    }

    /// Of frameworks that begin with `first`, with `changes` changes each.
    ///
    /// # Errors
    /// The kind is missing, which no build leaves out.
    pub(crate) fn of(device: DeviceId, space: SpaceId, changes: usize, first: Vec<Edit>) -> Outcome<Self> {
        let kind = accord_framework::kind("framework")?;
        Ok(Self { device, space, kind, first, changes, random: Random(1), written: 0 })
    }

    /// The name of the kind.
    pub(crate) fn kind(&self) -> &'static str {
        &self.kind.name
    }

    /// The next one.
    ///
    /// # Errors
    /// An edit is refused, or changes nothing.
    pub(crate) fn next(&mut self) -> Outcome<Framework> {
        let number = self.written;
        self.written += 1;
        let random = &mut self.random;
        let mut fill = |bytes: &mut [u8]| random.fill(bytes);
        let mut id = [0; 16];
        fill(&mut id);
        let id = DocumentId(id);
        let actor = ActorSeed { device: self.device, space: self.space, document: id, generation: 0 }.actor();
        let by = |step: usize| Author {
            actor: &actor,
            time: 1_700_000_000 + i64::try_from(number + step).unwrap_or_default(),
            message: None,
        };
        let name = format!("Framework {number}");
        let (mut content, first) = Document::create(self.kind, &name, &self.first, &by(0), &mut fill)?;
        let mut changes = vec![first];
        for step in changes.len()..self.changes {
            let edit = Edit::Set {
                path: "lead_contacts".into(),
                value: json!(format!("contact {} of framework {number}", step + 1)),
            };
            let change = content.edit(self.kind, &[edit], &by(step), &mut fill)?;
            changes.push(change.ok_or("an edit changed nothing")?);
        }
        Ok(Framework { id, changes })
    }
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
