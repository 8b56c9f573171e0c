//! Two items with one code: both are shown, and people choose another code for one.

use std::collections::BTreeMap;

use accord_words::say;
use serde_json::Value;

use super::{Finding, FindingKind, Side};
use crate::document::Document;
use crate::kind::{FieldType, Kind};
use crate::path::items;
use crate::snapshot::Snapshot;

pub(super) fn find(document: &Document, kind: &Kind, snapshot: &Snapshot) -> Vec<Finding> {
    let sets = kind.fields.iter().filter(|field| matches!(field.ty, FieldType::Set(_)));
    sets.flat_map(|set| in_set(document, snapshot, &set.name)).collect()
}

fn in_set(document: &Document, snapshot: &Snapshot, set: &str) -> Vec<Finding> {
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
                let writers: Vec<_> = writer.into_iter().collect();
                Side::new(document, Value::from(id), say!("item-by-id", id = id), &writers)
            };
            Finding {
                sides: keys.iter().map(side).collect(),
                ..Finding::new(
                    FindingKind::DuplicateCode,
                    format!("{set}.{code}"),
                    say!("code-given-twice", code),
                )
            }
        })
        .collect()
}
