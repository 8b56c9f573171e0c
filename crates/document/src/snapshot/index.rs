//! Where the items of a set are, by id and by code.
//!
//! A path names an item by its code, and every value that is planned, shown or told in words goes
//! through a path. Looking through the whole set each time made an edit of a thousand items take a
//! minute; so a snapshot carries this along.

use std::collections::{BTreeMap, BTreeSet};

/// What stands directly under each field at the top: items by their code, rows, codes, cells.
#[derive(Debug, Clone, Default)]
pub(super) struct Index(BTreeMap<String, Children>);

#[derive(Debug, Clone, Default)]
struct Children {
    ids: BTreeSet<String>,
    /// By the code without regard to capitals, as people type it.
    by_code: BTreeMap<String, BTreeSet<String>>,
    /// The code under which each stands above.
    codes: BTreeMap<String, String>,
}

impl Index {
    /// Takes note of what now stands at a key; `code` is its text if nobody disagrees about it.
    pub(super) fn note(&mut self, key: &str, code: Option<&str>) {
        let Some((set, id)) = key.split_once('/').filter(|(_, id)| !id.contains('/')) else { return };
        let children = match self.0.get_mut(set) {
            Some(children) => children,
            None => self.0.entry(set.to_owned()).or_default(),
        };
        children.ids.insert(id.to_owned());
        if let Some(old) = children.codes.remove(id)
            && let Some(same) = children.by_code.get_mut(&old)
        {
            same.remove(id);
        }
        if let Some(code) = code {
            let folded = code.to_ascii_lowercase();
            children.by_code.entry(folded.clone()).or_default().insert(id.to_owned());
            children.codes.insert(id.to_owned(), folded);
        }
    }

    /// All ids directly under a field.
    pub(super) fn ids(&self, set: &str) -> impl Iterator<Item = &str> {
        self.0.get(set).into_iter().flat_map(|children| children.ids.iter().map(String::as_str))
    }

    /// The ids that begin like this.
    pub(super) fn beginning<'a>(&'a self, set: &str, start: &'a str) -> impl Iterator<Item = &'a str> {
        let ids = self.0.get(set).into_iter().flat_map(move |children| {
            children.ids.range::<str, _>((std::ops::Bound::Included(start), std::ops::Bound::Unbounded))
        });
        ids.map(String::as_str).take_while(move |id| id.starts_with(start))
    }

    /// The ids of the items with this code, whatever the capitals.
    pub(super) fn with_code(&self, set: &str, code: &str) -> impl Iterator<Item = &str> {
        let same = self.0.get(set).and_then(|children| children.by_code.get(&code.to_ascii_lowercase()));
        same.into_iter().flatten().map(String::as_str)
    }
}
