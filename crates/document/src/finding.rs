//! Findings: everything in a document that waits for a person to decide.
//!
//! A disagreement is a value and no error: work goes on around it. All of this follows from the
//! changes alone, so every node finds the same without exchanging a word, in the same order.

mod duplicates;
mod home;
mod late;
mod retired;
mod settle;
mod values;

use accord_words::say;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Hash;
use crate::document::Document;
use crate::kind::Kind;
use crate::path::{Described, Role};
use crate::snapshot::{Content, Entry};
use crate::value::{row_words, words};
use crate::view::entry_values;

pub use settle::Way;
pub(crate) use values::sides;

/// One place where a person has to decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Where, as a path that edits take.
    pub path: String,
    /// The same place in words.
    pub label: String,
    /// What there is to decide.
    pub what: FindingKind,
    /// What stood there when the sides parted.
    pub base: Option<Value>,
    /// The same in words.
    pub base_text: Option<String>,
    /// What they say now. For duplicates, the ids that share the code; for a retired item, first the retirement and
    /// then each place that was changed; for a late correction, what it made of the old wording.
    pub sides: Vec<Side>,
    /// What stands, where somebody went on without settling it.
    pub standing: Option<String>,
    /// For a retired item: how many rows and items were made since that belong to it, by field.
    pub gained: Vec<Gained>,
    /// The changes that whoever settles this has to name.
    #[serde(with = "hashes")]
    pub changes: Vec<Hash>,
}

/// What there is to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// Different values of one place.
    Values,
    /// Different rewrites of one paragraph.
    Paragraph,
    /// Different edits of the same words of one paragraph.
    Review,
    /// An edit of a wording that somebody else replaced at the same time.
    LateCorrection,
    /// An item or paragraph was retired by one while another, who did not know, changed it.
    RetiredButChanged,
    /// A row or an item belongs to an item that is retired.
    NeedsHome,
    /// Two items have one code.
    DuplicateCode,
}

/// One side of a disagreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The place that was changed, where that is inside the place of the finding.
    pub path: Option<String>,
    /// What it says, as views show it.
    pub value: Value,
    /// The same in words.
    pub text: String,
    /// Why, if its author gave a reason.
    pub reason: Option<String>,
    /// The change that wrote it.
    #[serde(with = "hash")]
    pub change: Hash,
    /// Further changes that wrote the same value.
    #[serde(with = "hashes")]
    pub also: Vec<Hash>,
    /// When the first of them was written, by its author's clock.
    pub time: Option<i64>,
}

/// How much of one field came to a retired item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gained {
    /// The field.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// How many.
    pub count: usize,
}

impl Document {
    /// Everything that waits for a person to decide, by path.
    #[must_use]
    pub fn findings(&self, kind: &Kind) -> Vec<Finding> {
        let snapshot = self.now();
        let mut found = values::find(self, kind, &snapshot);
        found.extend(late::find(self, kind, &snapshot));
        found.extend(retired::find(self, kind, &snapshot));
        found.extend(home::find(self, kind, &snapshot));
        found.extend(duplicates::find(self, kind, &snapshot));
        found.sort_by(|a, b| (&a.path, a.what as u8, &a.changes).cmp(&(&b.path, b.what as u8, &b.changes)));
        found
    }

    /// Who made a change, and when by their clock.
    #[must_use]
    pub fn written(&self, change: &Hash) -> Option<(Vec<u8>, i64)> {
        let node = self.graph().node(change)?;
        Some((self.graph().actors().get(node.actor as usize)?.to_vec(), node.time))
    }
}

impl Finding {
    fn new(what: FindingKind, path: String, label: String) -> Self {
        Self {
            path,
            label,
            what,
            base: None,
            base_text: None,
            sides: Vec::new(),
            standing: None,
            gained: Vec::new(),
            changes: Vec::new(),
        }
    }
}

impl Side {
    fn new(document: &Document, value: Value, text: String, changes: &[Hash]) -> Self {
        let mut all = changes.to_vec();
        all.sort_unstable();
        all.dedup();
        let time = all.iter().filter_map(|hash| document.graph().node(hash)).map(|node| node.time).min();
        let mut all = all.into_iter();
        let change = all.next().unwrap_or_default();
        Self { path: None, value, text, reason: None, change, also: all.collect(), time }
    }
}

fn reason_of(entry: &Entry) -> Option<String> {
    match &entry.content {
        Content::Register(written) => written.reason.clone(),
        _ => None,
    }
}

/// All that a slot says, in words.
fn slot_words(place: &Described, slot: &[Entry]) -> String {
    let mut all: Vec<String> =
        slot.iter().flat_map(entry_values).map(|value| in_words(place, &value)).collect();
    all.dedup();
    either(&all)
}

/// Several values that stand at one place.
pub(crate) fn either(all: &[String]) -> String {
    all.join(&format!(" {} ", say!("or")))
}

pub(crate) fn in_words(place: &Described, value: &Value) -> String {
    match (place.role, value) {
        (Role::Retired, Value::Bool(true)) => say!("value-retired"),
        (Role::Retired, Value::Bool(false)) => say!("value-back"),
        (Role::Member, Value::Bool(true)) => say!("yes"),
        (Role::Row, _) => {
            let row = row_words(place.fields, value);
            match value.get("supersedes").and_then(Value::as_str) {
                Some(id) => say!("row-superseding", row, id),
                None => row,
            }
        }
        _ => words(place.scalar.as_ref(), value, place.bare),
    }
}

/// Hashes as people's programs read them.
mod hash {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::Hash;
    use crate::layout::{hex, unhex};

    pub(super) fn serialize<S: Serializer>(hash: &Hash, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex(hash))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(from)?;
        unhex(&text).ok_or_else(|| D::Error::custom("not a hash of 64 hex digits"))
    }
}

mod hashes {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::Hash;
    use crate::layout::{hex, unhex};

    pub(super) fn serialize<S: Serializer>(all: &[Hash], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(all.iter().map(|hash| hex(hash)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Hash>, D::Error> {
        let all = Vec::<String>::deserialize(from)?;
        let all: Option<Vec<Hash>> = all.iter().map(|text| unhex(text)).collect();
        all.ok_or_else(|| D::Error::custom("not hashes of 64 hex digits"))
    }
}

#[cfg(test)]
mod tests;
