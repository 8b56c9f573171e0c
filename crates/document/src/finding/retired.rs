//! Retired by one while another, who did not know, changed it.
//!
//! The program refuses to edit what is retired before it is brought back. So a difference between
//! a retired item now and as those who retired it saw it comes from somebody who did not know.

use serde_json::Value;

use super::{Finding, FindingKind, Gained, Side, home, sides, slot_words};
use crate::Hash;
use crate::document::Document;
use crate::kind::Kind;
use crate::layout::{RETIRED, key, under};
use crate::path::{Role, describe};
use crate::snapshot::{Content, Entry, Snapshot, read_slot};
use crate::trace::OpName;
use crate::value::present;
use crate::view::entry_values;

pub(super) fn find(document: &Document, kind: &Kind, snapshot: &Snapshot) -> Vec<Finding> {
    let suffix = format!("/{RETIRED}");
    let all = snapshot.slots.keys().filter_map(|full| full.strip_suffix(&suffix));
    let all = all.filter(|full| snapshot.retired(full));
    all.filter_map(|full| changed_after(document, kind, snapshot, full)).collect()
}

/// What is there and was not for those who retired it.
fn changed_after(document: &Document, kind: &Kind, snapshot: &Snapshot, at: &str) -> Option<Finding> {
    let retired = key(&[at, RETIRED]);
    let place = describe(kind, snapshot, &retired);
    if place.role != Role::Retired {
        return None;
    }
    let by = sides(document, snapshot.slot(&retired));
    let mut by = by.into_iter().find(|side| side.value == Value::Bool(true))?;
    let heads: Vec<Hash> = by.also.iter().chain([&by.change]).copied().collect();
    let reader = document.reader(Some(&heads));
    let mut found = Finding::new(FindingKind::RetiredButChanged, place.path, place.label);
    let mut look = |full: &str, slot: &[Entry], then: &[Entry]| {
        let place = describe(kind, snapshot, full);
        let contents = |slot: &[Entry]| slot.iter().map(|entry| entry.content.clone()).collect::<Vec<_>>();
        if full == retired || place.role == Role::Hidden || contents(slot) == contents(then) {
            return;
        }
        let value = slot.last().map(entry_values).and_then(|mut all| all.pop()).unwrap_or_default();
        let text = format!("{}: {}", place.label, slot_words(&place, slot));
        let writers = writers(document, slot, &reader.clock);
        found.changes.extend(&writers);
        let side = Side::new(document, present(&value), text, &writers);
        found.sides.push(Side { path: Some(place.path), ..side });
    };
    match snapshot.slot(at).last().map(|entry| &entry.content) {
        Some(Content::Text(_) | Content::Review(_)) => {
            look(at, snapshot.slot(at), &read_slot(&reader, at));
        }
        _ => {
            let then = Snapshot::range(&reader, under(at));
            for (full, slot) in snapshot.slots.range(under(at)) {
                look(full, slot, then.slot(full));
            }
        }
    }
    for (field, changes) in home::pointing_since(document, kind, snapshot, at, &reader.clock) {
        match found.gained.iter_mut().find(|gained| gained.field == field.name) {
            Some(gained) => gained.count += 1,
            None => found.gained.push(Gained {
                field: field.name.clone(),
                label: field.labels.said().to_owned(),
                count: 1,
            }),
        }
        found.changes.extend(changes);
    }
    if found.sides.is_empty() && found.gained.is_empty() {
        return None;
    }
    by.text = "retired".into();
    found.sides.insert(0, by);
    found.changes.sort_unstable();
    found.changes.dedup();
    Some(found)
}

/// Who wrote what stands at a key, as far as a version does not contain it.
fn writers(document: &Document, slot: &[Entry], known: &[u32]) -> Vec<Hash> {
    let (graph, trace) = (document.graph(), document.trace());
    let mut writers: Vec<Hash> = Vec::new();
    for id in slot.iter().filter_map(|entry| entry.id.as_ref()) {
        writers.extend(document.author_of(id));
        let text = OpName::of_object(id).and_then(|name| trace.text_number(&name));
        if let Some(text) = text {
            writers.extend(trace.beyond(graph, text, &known.to_vec()).iter().map(|node| node.hash));
        }
    }
    writers.retain(|hash| !graph.covers(known, hash));
    writers
}
