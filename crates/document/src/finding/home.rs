//! What belongs to a retired item: it is listed until it has another home, and neither lost nor counted.

use serde_json::Value;

use super::{Finding, FindingKind, Side};
use crate::Hash;
use crate::document::Document;
use crate::kind::{Field, Kind};
use crate::path::{Item, Pointer, describe, items, pointers};
use crate::snapshot::Snapshot;
use crate::value::row_words;
use crate::wording::settled;

pub(super) fn find(document: &Document, kind: &Kind, snapshot: &Snapshot) -> Vec<Finding> {
    let mut found = Vec::new();
    for item in retired_items(kind, snapshot) {
        for pointer in pointers(kind, snapshot, &item.key) {
            let writers = writers(document, snapshot, &pointer.key);
            let named = settled(&document.am, None, &pointer.key);
            if writers.iter().all(|writer| named.contains(writer)) {
                continue;
            }
            let place = describe(kind, snapshot, &pointer.key);
            let (label, text) = match pointer.row {
                Some(_) => {
                    let row = snapshot.value(&pointer.key);
                    (place.label.clone(), row.map(|row| row_words(place.fields, row)).unwrap_or_default())
                }
                None => (place.label.clone(), item.label().to_owned()),
            };
            let side = Side::new(document, Value::from(item.label()), text, &writers);
            found.push(Finding {
                changes: writers,
                sides: vec![Side { path: Some(format!("{}.{}", item_set(&item), item.label())), ..side }],
                ..Finding::new(FindingKind::NeedsHome, place.path, label)
            });
        }
    }
    found
}

/// The fields whose rows and items came to point at an item after a version, with who wrote each.
pub(super) fn pointing_since<'k>(
    document: &Document,
    kind: &'k Kind,
    snapshot: &Snapshot,
    item: &str,
    known: &[u32],
) -> Vec<(&'k Field, Vec<Hash>)> {
    pointers(kind, snapshot, item)
        .into_iter()
        .filter_map(|Pointer { field, key, .. }| {
            let mut writers = writers(document, snapshot, &key);
            writers.retain(|hash| !document.graph().covers(known, hash));
            (!writers.is_empty()).then_some((field, writers))
        })
        .collect()
}

fn retired_items(kind: &Kind, snapshot: &Snapshot) -> Vec<Item> {
    let sets = kind.fields.iter().filter(|field| matches!(field.ty, crate::kind::FieldType::Set(_)));
    sets.flat_map(|set| items(snapshot, &set.name)).filter(|item| snapshot.retired(&item.key)).collect()
}

fn item_set(item: &Item) -> &str {
    item.key.split('/').next().unwrap_or_default()
}

fn writers(document: &Document, snapshot: &Snapshot, full: &str) -> Vec<Hash> {
    let ids = snapshot.slot(full).iter().filter_map(|entry| entry.id.as_ref());
    let mut writers: Vec<Hash> = ids.filter_map(|id| document.author_of(id)).collect();
    writers.sort_unstable();
    writers.dedup();
    writers
}
