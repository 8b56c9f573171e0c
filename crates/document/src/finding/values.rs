//! Several values of one place, several wordings of one paragraph, and edits of the same words.

use std::collections::HashMap;

use serde_json::Value;

use super::{Finding, FindingKind, Side, in_words, reason_of};
use crate::Hash;
use crate::document::Document;
use crate::kind::Kind;
use crate::path::{Role, describe};
use crate::snapshot::{Content, Entry, Snapshot, read_slot};
use crate::value::{canonical, present};
use crate::view::entry_values;

pub(super) fn find(document: &Document, kind: &Kind, snapshot: &Snapshot) -> Vec<Finding> {
    let open = |slot: &[Entry]| slot.len() > 1 || matches!(slot, [Entry { content: Content::Review(_), .. }]);
    let slots = snapshot.slots.iter().filter(|(_, slot)| open(slot));
    slots.filter_map(|(key, slot)| disagreement(document, kind, snapshot, key, slot)).collect()
}

/// The distinct values at a key, those of the stored form. Equal ones are one side.
pub(crate) fn sides(document: &Document, slot: &[Entry]) -> Vec<Side> {
    let mut all: Vec<(Value, Option<String>, Vec<Hash>)> = Vec::new();
    // By name, and not each compared with each: a member can write thousands.
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut note = |value: Value, reason: Option<String>, changes: &[Hash]| {
        let place = *places.entry(canonical(&value)).or_insert(all.len());
        match all.get_mut(place) {
            Some((_, why, also)) => {
                also.extend(changes);
                *why = why.take().or(reason);
            }
            None => all.push((value, reason, changes.to_vec())),
        }
    };
    for entry in slot {
        if let Content::Review(review) = &entry.content {
            for (text, changes) in &review.sides {
                note(Value::from(text.as_str()), None, changes);
            }
            continue;
        }
        let change = entry.id.as_ref().and_then(|id| document.author_of(id)).unwrap_or_default();
        for value in entry_values(entry) {
            note(value, reason_of(entry), &[change]);
        }
    }
    all.into_iter()
        .map(|(value, reason, changes)| Side {
            reason,
            ..Side::new(document, value, String::new(), &changes)
        })
        .collect()
}

fn disagreement(
    document: &Document,
    kind: &Kind,
    snapshot: &Snapshot,
    full: &str,
    slot: &[Entry],
) -> Option<Finding> {
    let place = describe(kind, snapshot, full);
    let mut sides = sides(document, slot);
    let reviews: Vec<_> = snapshot.reviews(full).collect();
    if (sides.len() < 2 && reviews.is_empty()) || place.role == Role::Hidden {
        return None;
    }
    let writers = || sides.iter().flat_map(|s| s.also.iter().chain([&s.change])).copied();
    let base = match &reviews[..] {
        [one] if slot.len() == 1 => Some(Value::from(one.base.as_str())),
        _ => value_at(document, full, &document.graph().last_common(&writers().collect::<Vec<_>>())),
    };
    let mut changes: Vec<Hash> = writers().collect();
    changes.extend(reviews.iter().flat_map(|review| &review.changes));
    changes.sort_unstable();
    changes.dedup();
    for side in &mut sides {
        side.text = in_words(&place, &side.value);
        side.value = present(&side.value);
    }
    let what = match (place.role, slot.len()) {
        (Role::Paragraph, 1) => FindingKind::Review,
        (Role::Paragraph, _) => FindingKind::Paragraph,
        _ => FindingKind::Values,
    };
    Some(Finding {
        base_text: base.as_ref().map(|base| in_words(&place, base)),
        base: base.as_ref().map(present),
        sides,
        standing: reviews.iter().find_map(|review| review.standing.clone()),
        changes,
        ..Finding::new(what, place.path, place.label)
    })
}

/// The one value that stood at a key in a version, if there was one.
fn value_at(document: &Document, full: &str, heads: &[Hash]) -> Option<Value> {
    if heads.is_empty() {
        return None;
    }
    let slot = read_slot(&document.reader(Some(heads)), full);
    match &sides(document, &slot)[..] {
        [one] if !one.value.is_null() => Some(one.value.clone()),
        _ => None,
    }
}
