//! History: who changed what, in words, change by change; and the difference of two versions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use accord_words::say;
use automerge::ChangeHash;
use serde_json::Value;

use crate::Hash;
use crate::document::{Document, UnknownVersion};
use crate::finding::{either, in_words};
use crate::kind::Kind;
use crate::layout::{CHOICE, SETTLED};
use crate::path::{Described, Role, describe};
use crate::snapshot::{Content, Entry, Snapshot, read_slot};
use crate::view::entry_values;

/// As many values of one place as a line of a history tells.
const MAX_TOLD: usize = 10;

/// The note of a value that was written again as it stood: keeping it was a choice too.
const CONFIRMED: &str = "confirmed";

/// One change of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryItem {
    /// Its hash.
    pub change: Hash,
    /// What it builds on.
    pub deps: Vec<Hash>,
    /// Who made it.
    pub actor: Vec<u8>,
    /// Its number among its author's changes.
    pub seq: u64,
    /// Its author's clock, in seconds.
    pub time: i64,
    /// Its author's words.
    pub message: Option<String>,
    /// What it changed.
    pub changes: Vec<FieldChange>,
}

/// One place that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Where, as a path.
    pub path: String,
    /// The same place in words.
    pub label: String,
    /// What stood there, in words; `None` if nothing did.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
    /// The reason given, or what else is to be said about it.
    pub note: Option<String>,
}

impl FieldChange {
    /// The note, in the language of whoever is spoken to.
    #[must_use]
    pub fn note_said(&self) -> Option<String> {
        let note = self.note.as_deref()?;
        Some(if note == CONFIRMED && self.before == self.after { say!("confirmed") } else { note.to_owned() })
    }
}

impl std::fmt::Display for FieldChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let or_nothing = |value: &Option<String>| value.clone().unwrap_or_else(|| say!("nothing"));
        let (label, before, after) = (&self.label, or_nothing(&self.before), or_nothing(&self.after));
        f.write_str(&match &self.note {
            Some(note) if note == CONFIRMED && self.before == self.after => {
                say!("change-confirmed", label, after)
            }
            Some(reason) if self.before.is_none() && self.after.is_none() => {
                say!("change-settled", label, reason)
            }
            Some(note) => say!("change-made-note", label, before, after, note),
            None => say!("change-made", label, before, after),
        })
    }
}

impl Document {
    /// Every change, what it builds on before it; where that leaves it free, the earlier one first by their authors'
    /// clocks, then by hash, so that every copy tells the same story.
    #[must_use]
    pub fn history(&self, kind: &Kind) -> Vec<HistoryItem> {
        self.recent_history(kind, usize::MAX)
    }

    /// The last `count` of [`Document::history`]. Telling a change reads what stood before and after it, so this costs
    /// what the changes cost that are told, beside little for each that is not.
    #[must_use]
    pub fn recent_history(&self, kind: &Kind, count: usize) -> Vec<HistoryItem> {
        let metas = self.am.get_changes_meta(&[]);
        let all = metas.into_iter().map(|meta| HistoryItem {
            change: meta.hash.0,
            deps: meta.deps.iter().map(|dep| dep.0).collect(),
            actor: meta.actor.to_bytes().to_vec(),
            seq: meta.seq,
            time: meta.timestamp,
            message: meta.message.as_ref().map(|message| message.to_string()),
            changes: Vec::new(),
        });
        let mut history = in_order(all.collect());
        history.drain(..history.len().saturating_sub(count));
        let now = self.now();
        for item in &mut history {
            item.changes = self.told(kind, &now, &item.change, &item.deps);
        }
        history
    }

    /// What one change did to each place, as people call the places now.
    fn told(&self, kind: &Kind, now: &Snapshot, change: &Hash, deps: &[Hash]) -> Vec<FieldChange> {
        let (before, after) = (self.reader(Some(deps)), self.reader(Some(&[*change])));
        let keys = self.trace().keys_of(self.graph().number(change).unwrap_or_default());
        let slots: BTreeMap<&str, Vec<Entry>> =
            keys.iter().map(|key| (*key, read_slot(&after, key))).collect();
        let told = keys.iter().filter_map(|key| {
            let old = if deps.is_empty() { Vec::new() } else { read_slot(&before, key) };
            field_change(kind, now, key, &old, &slots[key], true)
        });
        let mut changes: Vec<FieldChange> = told.collect();
        tell_settled(
            kind,
            now,
            keys.iter().copied(),
            |key| slots.get(key).cloned().unwrap_or_default(),
            &mut changes,
        );
        by_path(&mut changes);
        changes
    }

    /// What one change did, place by place; what it wrote again as it stood is told as confirmed, which
    /// [`Document::diff`] cannot see. `None` if the change is not held.
    #[must_use]
    pub fn changes_of(&self, kind: &Kind, change: &Hash) -> Option<Vec<FieldChange>> {
        let number = self.graph().number(change)?;
        let deps: Vec<Hash> =
            self.am.get_change_meta_by_hash(&ChangeHash(*change))?.deps.iter().map(|d| d.0).collect();
        let before = self.snapshot_or_empty(&deps).ok()?;
        let after = self.snapshot(Some(&[*change])).ok()?;
        let keys = self.trace().keys_of(number);
        let mut told: Vec<FieldChange> = keys
            .iter()
            .filter_map(|key| field_change(kind, &after, key, before.slot(key), after.slot(key), true))
            .collect();
        tell_settled(kind, &after, keys.into_iter(), |key| after.slot(key).to_vec(), &mut told);
        by_path(&mut told);
        Some(told)
    }

    /// What differs between two versions, whoever changed it.
    ///
    /// # Errors
    /// If one of the versions is not held.
    pub fn diff(&self, kind: &Kind, from: &[Hash], to: &[Hash]) -> Result<Vec<FieldChange>, UnknownVersion> {
        let (before, after) = (self.snapshot_or_empty(from)?, self.snapshot_or_empty(to)?);
        let keys: BTreeSet<&String> = before.slots.keys().chain(after.slots.keys()).collect();
        let mut changes: Vec<FieldChange> = keys
            .into_iter()
            .filter_map(|key| field_change(kind, &after, key, before.slot(key), after.slot(key), false))
            .collect();
        by_path(&mut changes);
        Ok(changes)
    }

    /// No heads at all name the empty version that every document begins with.
    fn snapshot_or_empty(&self, heads: &[Hash]) -> Result<Arc<Snapshot>, UnknownVersion> {
        if heads.is_empty() { Ok(Arc::default()) } else { self.snapshot(Some(heads)) }
    }
}

/// Puts places in the order in which people look for them: items by their codes, each before its fields, and paragraphs by
/// their numbers. The keys' own order is that of random ids.
fn by_path(changes: &mut [FieldChange]) {
    let number = |part: &str| part.parse::<u64>().ok();
    changes.sort_by_cached_key(|change| {
        let item = change.path.strip_suffix(".code").unwrap_or(&change.path);
        item.split('.').map(|part| (number(part), part.to_owned())).collect::<Vec<_>>()
    });
}

fn in_order(items: Vec<HistoryItem>) -> Vec<HistoryItem> {
    let mut waiting: HashMap<Hash, usize> = HashMap::new();
    let mut followers: HashMap<Hash, Vec<Hash>> = HashMap::new();
    let mut ready: BTreeSet<(i64, Hash)> = BTreeSet::new();
    for item in &items {
        for dep in &item.deps {
            followers.entry(*dep).or_default().push(item.change);
        }
        if item.deps.is_empty() {
            ready.insert((item.time, item.change));
        } else {
            waiting.insert(item.change, item.deps.len());
        }
    }
    let mut by_hash: HashMap<Hash, HistoryItem> = items.into_iter().map(|item| (item.change, item)).collect();
    let mut ordered = Vec::with_capacity(by_hash.len());
    while let Some((_, hash)) = ready.pop_first() {
        for follower in followers.remove(&hash).unwrap_or_default() {
            if let Some(missing) = waiting.get_mut(&follower) {
                *missing -= 1;
                if *missing == 0 {
                    ready.extend(by_hash.get(&follower).map(|item| (item.time, follower)));
                }
            }
        }
        ordered.extend(by_hash.remove(&hash));
    }
    ordered
}

/// The reason of a settlement stands beside what it settles, under keys that people need not see. It is told with what
/// changed there; and where nothing did, that it was settled as it stands is what happened.
fn tell_settled<'a>(
    kind: &Kind,
    snapshot: &Snapshot,
    keys: impl Iterator<Item = &'a str>,
    slot: impl Fn(&str) -> Vec<Entry>,
    changes: &mut Vec<FieldChange>,
) {
    for full in keys {
        let at = full
            .strip_suffix(CHOICE)
            .or_else(|| full.rsplit_once('/').and_then(|(settled, _)| settled.strip_suffix(SETTLED)));
        let Some(at) = at.and_then(|at| at.strip_suffix('/')) else { continue };
        let Some(reason) = reason_in(&slot(full)) else { continue };
        let place = describe(kind, snapshot, at);
        match changes.iter_mut().find(|change| change.path == place.path) {
            Some(change) => {
                change.note.get_or_insert(reason);
            }
            None => changes.push(FieldChange {
                path: place.path,
                label: place.label,
                before: None,
                after: None,
                note: Some(reason),
            }),
        }
    }
}

fn reason_in(slot: &[Entry]) -> Option<String> {
    slot.iter().rev().find_map(|entry| match &entry.content {
        Content::Register(written) => written.reason.clone(),
        _ => None,
    })
}

/// `rewritten`: tell also of a value that was written again.
fn field_change(
    kind: &Kind,
    snapshot: &Snapshot,
    key: &str,
    before: &[Entry],
    after: &[Entry],
    rewritten: bool,
) -> Option<FieldChange> {
    let place = describe(kind, snapshot, key);
    if place.role == Role::Hidden {
        return None;
    }
    let (old, new) = (distinct(&place, before), distinct(&place, after));
    let settled = before.len() > after.len();
    let written_again = old == new;
    if written_again && (!rewritten || after.is_empty()) {
        return None;
    }
    let reason = reason_in(after);
    let note = match (reason, written_again) {
        (Some(reason), _) => Some(reason),
        (None, true) if !settled => Some(CONFIRMED.to_owned()),
        (None, _) => None,
    };
    Some(FieldChange { path: place.path, label: place.label, before: old, after: new, note })
}

/// What a slot says: one value, or all of them where people disagree.
fn distinct(place: &Described, slot: &[Entry]) -> Option<String> {
    let mut all: BTreeMap<String, ()> = BTreeMap::new();
    for entry in slot {
        for value in entry_values(entry) {
            if value != Value::Null {
                all.insert(in_words(place, &value), ());
            }
        }
    }
    let more = all.len().saturating_sub(MAX_TOLD);
    let mut all: Vec<String> = all.into_keys().take(MAX_TOLD).collect();
    if more > 0 {
        all.push(say!("value-more", count = more));
    }
    (!all.is_empty()).then(|| either(&all))
}

#[cfg(test)]
mod tests;
