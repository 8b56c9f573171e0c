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

fn item(snapshot: &Snapshot, set: &str, id: &str) -> Item {
    let key = key(&[set, id]);
    let code = snapshot.text_value(&key).map(str::to_owned);
    Item { id: id.to_owned(), key, code }
}

fn sort(all: &mut [Item]) {
    all.sort_by(|a, b| (a.code.is_none(), &a.code, &a.id).cmp(&(b.code.is_none(), &b.code, &b.id)));
}

/// The items of a set, by code and then by id.
pub(crate) fn items(snapshot: &Snapshot, set: &str) -> Vec<Item> {
    let mut all: Vec<Item> = snapshot.ids(set).map(|id| item(snapshot, set, id)).collect();
    sort(&mut all);
    all
}

/// What people call an item, and whether another item has the same code.
pub(crate) fn label_of(snapshot: &Snapshot, set: &str, id: &str) -> (String, bool) {
    match item(snapshot, set, id).code {
        Some(code) => {
            let shared = with_code(snapshot, set, &code).filter(|other| other.id != id).any(|other| {
                // As typed, or the path would lead to both.
                other.code.as_deref() == Some(code.as_str())
            });
            (code, shared)
        }
        None => (id.to_owned(), false),
    }
}

/// The items that have this code, whatever the capitals.
pub(crate) fn with_code<'a>(
    snapshot: &'a Snapshot,
    set: &'a str,
    code: &str,
) -> impl Iterator<Item = Item> + use<'a> {
    let ids: Vec<&str> = snapshot.ids_with_code(set, code).collect();
    ids.into_iter().map(move |id| item(snapshot, set, id))
}

/// All items that a code, an id or the beginning of an id may mean. Never looks through the whole
/// set: it is asked for every value that is written.
pub(crate) fn named(snapshot: &Snapshot, set: &str, name: &str) -> Vec<Item> {
    let alike: Vec<Item> = with_code(snapshot, set, name).collect();
    let same_id = snapshot.slots.contains_key(&key(&[set, name])) && !name.contains('/');
    let mut found: Vec<Item> = alike
        .iter()
        .filter(|item| item.code.as_deref() == Some(name) && !(same_id && item.id == name))
        .cloned()
        .collect();
    if same_id {
        found.push(item(snapshot, set, name));
    }
    if found.is_empty() {
        found = alike;
        if name.len() >= 4 {
            let known: Vec<String> = found.iter().map(|item| item.id.clone()).collect();
            let ids = snapshot.ids_beginning(set, name).filter(|id| !known.iter().any(|k| k == id));
            found.extend(ids.map(|id| item(snapshot, set, id)));
        }
    }
    // A retired item gives way to the one that took its code.
    if found.len() > 1 && found.iter().any(|item| !snapshot.retired(&item.key)) {
        found.retain(|item| !snapshot.retired(&item.key));
    }
    sort(&mut found);
    found
}

/// The item that a code, an id or the beginning of an id names.
pub(crate) fn find_item(snapshot: &Snapshot, set: &str, name: &str) -> Result<Item, PathError> {
    let found = named(snapshot, set, name);
    match &found[..] {
        [item] => Ok(item.clone()),
        [] => Err(PathError::Missing {
            what: "item",
            name: name.to_owned(),
            place: set.to_owned(),
            known: items(snapshot, set).iter().map(|item| item.label().to_owned()).collect(),
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
    snapshot.ids(rows).map(str::to_owned).collect()
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
