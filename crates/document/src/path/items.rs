//! Items, rows and paragraphs of a version, in the order in which people read them.

use super::PathError;
use crate::layout::{self, key};
use crate::snapshot::Snapshot;

/// An item of a set.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) key: String,
    /// `None` if it has no code or people disagree about it.
    pub(crate) code: Option<String>,
}

impl Item {
    /// What people call it.
    pub(crate) fn label(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.id)
    }
}

/// The items of a set, by code and then by id.
pub(crate) fn items(snapshot: &Snapshot, set: &str) -> Vec<Item> {
    let mut all: Vec<Item> = snapshot
        .children(set)
        .map(|id| {
            let key = key(&[set, id]);
            let code = snapshot.text_value(&key).map(str::to_owned);
            Item { id: id.to_owned(), key, code }
        })
        .collect();
    all.sort_by(|a, b| (a.code.is_none(), &a.code, &a.id).cmp(&(b.code.is_none(), &b.code, &b.id)));
    all
}

/// The item that a code, an id or the beginning of an id names.
pub(crate) fn find_item(snapshot: &Snapshot, set: &str, name: &str) -> Result<Item, PathError> {
    let all = items(snapshot, set);
    let exact = |item: &&Item| item.id == name || item.code.as_deref() == Some(name);
    let relaxed = |item: &&Item| {
        item.code.as_ref().is_some_and(|code| code.eq_ignore_ascii_case(name))
            || (name.len() >= 4 && item.id.starts_with(name))
    };
    let mut found: Vec<&Item> = all.iter().filter(exact).collect();
    if found.is_empty() {
        found = all.iter().filter(relaxed).collect();
    }
    // A retired item gives way to the one that took its code.
    if found.len() > 1 && found.iter().any(|item| !snapshot.retired(&item.key)) {
        found.retain(|item| !snapshot.retired(&item.key));
    }
    match found[..] {
        [item] => Ok(item.clone()),
        [] => Err(PathError::Missing {
            what: "item",
            name: name.to_owned(),
            place: set.to_owned(),
            known: all.iter().map(|item| item.label().to_owned()).collect(),
        }),
        _ => Err(PathError::Ambiguous {
            name: name.to_owned(),
            place: set.to_owned(),
            ids: found.iter().map(|item| item.id.clone()).collect(),
        }),
    }
}

/// The ids of the rows of a list.
pub(crate) fn row_ids(snapshot: &Snapshot, rows: &str) -> Vec<String> {
    snapshot.children(rows).map(str::to_owned).collect()
}

/// The keys of the paragraphs that stand (not retired), in their order.
pub(crate) fn paragraphs(snapshot: &Snapshot, language: &str) -> Vec<String> {
    let mut all: Vec<(String, String)> = snapshot
        .children(language)
        .map(|id| key(&[language, id]))
        .filter(|paragraph| !snapshot.retired(paragraph))
        .map(|paragraph| (order(snapshot, &paragraph), paragraph))
        .collect();
    all.sort();
    all.into_iter().map(|(_, paragraph)| paragraph).collect()
}

/// Where a paragraph stands; when two people moved it at once, the same one on every node.
pub(crate) fn order(snapshot: &Snapshot, paragraph: &str) -> String {
    snapshot
        .winner(&key(&[paragraph, layout::ORDER]))
        .and_then(|written| written.value.as_str())
        .unwrap_or_default()
        .to_owned()
}
