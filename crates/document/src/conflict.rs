//! Conflicts: where people disagree, with what they disagree about and what was there before.
//!
//! A conflict is a value and no error: work goes on around it. Overlapping edits inside one
//! paragraph are merged by words and are not reviewed here.

use std::collections::BTreeMap;

use automerge::ChangeHash;
use serde_json::Value;

use crate::Hash;
use crate::document::Document;
use crate::kind::{FieldType, Kind};
use crate::layout::{RETIRED, key, under};
use crate::path::{Described, Role, describe, items};
use crate::snapshot::{Content, Entry, Snapshot, read_slot};
use crate::value::{present, words};
use crate::view::entry_value;

/// One place where people disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Where, as a path that `resolve` takes.
    pub path: String,
    /// The same place in words.
    pub label: String,
    /// What kind of disagreement.
    pub what: ConflictKind,
    /// What stood there when the sides parted.
    pub base: Option<Value>,
    /// The same in words.
    pub base_text: Option<String>,
    /// What they say now; for duplicates, the ids that share the code.
    pub sides: Vec<Side>,
}

/// What kind of disagreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConflictKind {
    /// Different values of one place.
    Values,
    /// Different rewrites of one paragraph.
    Paragraph,
    /// An item was retired by one while another, who did not know, changed it.
    RetiredButChanged,
    /// Two items have one code.
    DuplicateCode,
}

/// One side of a disagreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// What it says, as views show it.
    pub value: Value,
    /// The same in words.
    pub text: String,
    /// Why, if its author gave a reason.
    pub reason: Option<String>,
    /// The change that wrote it.
    pub change: Hash,
    /// Further changes that wrote the same value.
    pub also: Vec<Hash>,
}

/// The distinct values at a key, those of the stored form. Equal ones are one side.
pub(crate) fn sides(document: &Document, slot: &[Entry]) -> Vec<Side> {
    let mut sides: Vec<Side> = Vec::new();
    for entry in slot {
        let value = entry_value(entry);
        let change = entry.id.as_ref().and_then(|id| document.author_of(id)).unwrap_or_default();
        let reason = match &entry.content {
            Content::Register(written) => written.reason.clone(),
            _ => None,
        };
        match sides.iter_mut().find(|side| side.value == value) {
            Some(side) => {
                side.also.push(change);
                side.reason = side.reason.take().or(reason);
            }
            None => sides.push(Side { value, text: String::new(), reason, change, also: Vec::new() }),
        }
    }
    sides
}

impl Document {
    /// Everything that waits for a person to decide, by path.
    #[must_use]
    pub fn conflicts(&self, kind: &Kind) -> Vec<Conflict> {
        let snapshot = Snapshot::read(&self.am, None);
        let mut found: Vec<Conflict> = snapshot
            .slots
            .iter()
            .filter(|(_, slot)| slot.len() > 1)
            .filter_map(|(key, slot)| self.disagreement(kind, &snapshot, key, slot))
            .collect();
        for set in kind.fields.iter().filter(|field| matches!(field.ty, FieldType::Set(_))) {
            found.extend(duplicates(self, &snapshot, &set.name));
            for item in items(&snapshot, &set.name).iter().filter(|item| snapshot.retired(&item.key)) {
                found.extend(self.changed_after_retiring(kind, &snapshot, &item.key));
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    fn disagreement(&self, kind: &Kind, snapshot: &Snapshot, full: &str, slot: &[Entry]) -> Option<Conflict> {
        let place = describe(kind, snapshot, full);
        let mut sides = sides(self, slot);
        if sides.len() < 2 || place.role == Role::Hidden {
            return None;
        }
        let changes: Vec<Hash> =
            sides.iter().flat_map(|s| s.also.iter().chain([&s.change])).copied().collect();
        let base = self.value_at(full, &self.graph().last_common(&changes));
        for side in &mut sides {
            side.text = in_words(&place, &side.value);
            side.value = present(&side.value);
        }
        let what = if place.role == Role::Paragraph { ConflictKind::Paragraph } else { ConflictKind::Values };
        let base_text = base.as_ref().map(|base| in_words(&place, base));
        let base = base.as_ref().map(present);
        Some(Conflict { path: place.path, label: place.label, what, base, base_text, sides })
    }

    /// The one value that stood at a key in a version, if there was one.
    fn value_at(&self, full: &str, heads: &[Hash]) -> Option<Value> {
        if heads.is_empty() {
            return None;
        }
        let heads: Vec<ChangeHash> = heads.iter().map(|hash| ChangeHash(*hash)).collect();
        let slot = read_slot(&self.am, Some(&heads), full);
        match &sides(self, &slot)[..] {
            [one] if !one.value.is_null() => Some(one.value.clone()),
            _ => None,
        }
    }

    /// What is in a retired item and was not there for those who retired it.
    fn changed_after_retiring(&self, kind: &Kind, snapshot: &Snapshot, item: &str) -> Option<Conflict> {
        let retired = key(&[item, RETIRED]);
        let by = sides(self, snapshot.slot(&retired));
        let by = by.iter().find(|side| side.value == Value::Bool(true))?;
        let heads: Vec<ChangeHash> =
            by.also.iter().chain([&by.change]).map(|hash| ChangeHash(*hash)).collect();
        let then = Snapshot::range(&self.am, Some(&heads), under(item));
        let contents = |slot: &[Entry]| slot.iter().map(|entry| entry.content.clone()).collect::<Vec<_>>();
        let mut sides = Vec::new();
        for (full, slot) in snapshot.slots.range(under(item)) {
            let place = describe(kind, snapshot, full);
            if *full == retired || place.role == Role::Hidden || contents(slot) == contents(then.slot(full)) {
                continue;
            }
            let value = slot.last().map(entry_value).unwrap_or_default();
            let change = slot.last().and_then(|entry| self.author_of(entry.id.as_ref()?)).unwrap_or_default();
            let text = format!("{}: {}", place.label, in_words(&place, &value));
            sides.push(Side { value: present(&value), text, reason: None, change, also: Vec::new() });
        }
        if sides.is_empty() {
            return None;
        }
        let place = describe(kind, snapshot, &retired);
        let mut reason = by.clone();
        reason.text = "retired".into();
        sides.insert(0, reason);
        Some(Conflict {
            path: place.path,
            label: place.label,
            what: ConflictKind::RetiredButChanged,
            base: None,
            base_text: None,
            sides,
        })
    }
}

fn duplicates(document: &Document, snapshot: &Snapshot, set: &str) -> Vec<Conflict> {
    let mut by_code: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in items(snapshot, set) {
        if let Some(code) = item.code.filter(|_| !snapshot.retired(&item.key)) {
            by_code.entry(code).or_default().push(item.key);
        }
    }
    by_code.retain(|_, keys| keys.len() > 1);
    by_code
        .into_iter()
        .map(|(code, keys)| {
            let side = |full: &String| {
                let id = full.rsplit('/').next().unwrap_or_default();
                let writer = snapshot.slot(full).last().and_then(|e| document.author_of(e.id.as_ref()?));
                Side {
                    value: Value::from(id),
                    text: format!("item {id}"),
                    reason: None,
                    change: writer.unwrap_or_default(),
                    also: Vec::new(),
                }
            };
            Conflict {
                path: format!("{set}.{code}"),
                label: format!("the code {code}"),
                what: ConflictKind::DuplicateCode,
                base: None,
                base_text: None,
                sides: keys.iter().map(side).collect(),
            }
        })
        .collect()
}

pub(crate) fn in_words(place: &Described, value: &Value) -> String {
    match (place.role, value) {
        (Role::Retired, Value::Bool(true)) => "retired".into(),
        (Role::Retired, Value::Bool(false)) => "brought back".into(),
        (Role::Member, Value::Bool(true)) => "yes".into(),
        _ => words(place.scalar.as_ref(), value, place.bare),
    }
}

#[cfg(test)]
mod tests;
