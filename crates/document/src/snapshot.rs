//! One version of a document, read out of Automerge into plain data.
//!
//! Everything that looks at a document (views, conflicts, rendering, planning an edit) looks at
//! this; only this and the writer know Automerge.

mod distinct;
mod index;

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value as AmValue};
use serde_json::Value;

use crate::layout::{self, Written};
use crate::value::canonical;
use crate::wording::{Reader, Review, Wording};

pub(crate) use distinct::Distinct;
use index::Index;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Register(Written),
    Text(String),
    /// A text that people have to look at before it can be read.
    Review(Box<Review>),
    /// Something that this version does not know; kept and shown.
    Other(Value),
}

/// One of the values that stand at a key at the same time.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// `None` for what is planned and not written yet.
    pub(crate) id: Option<ObjId>,
    pub(crate) content: Content,
}

/// All that stands at a key; what Automerge calls the winner is the last.
pub(crate) type Slot = Vec<Entry>;

#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    /// Read freely; changed by [`Snapshot::put`] alone, which keeps the index.
    pub(crate) slots: BTreeMap<String, Slot>,
    index: Index,
}

impl Snapshot {
    pub(crate) fn read(reader: &Reader<'_>) -> Self {
        Self::range(reader, String::new()..String::from(char::MAX))
    }

    pub(crate) fn range(reader: &Reader<'_>, range: std::ops::Range<String>) -> Self {
        let items = match &reader.at {
            None => reader.am.map_range(ROOT, range),
            Some(heads) => reader.am.map_range_at(ROOT, range, heads),
        };
        let slots: BTreeMap<String, Slot> = items
            .map(|item| {
                let key = item.key.clone().into_owned();
                let slot = if item.conflict {
                    read_slot(reader, &key)
                } else {
                    let id = item.id();
                    vec![entry(reader, &key, item.value.into_value(), id)]
                };
                (key, slot)
            })
            .collect();
        let mut snapshot = Self { slots, index: Index::default() };
        let mut index = Index::default();
        for key in snapshot.slots.keys() {
            index.note(key, snapshot.text_value(key));
        }
        snapshot.index = index;
        snapshot
    }

    /// Reads these keys again, and the paragraphs whose resolutions are among them.
    pub(crate) fn refresh_all<'a>(&mut self, reader: &Reader<'_>, keys: impl Iterator<Item = &'a str>) {
        let keys: BTreeSet<&str> = keys.collect();
        let settled = keys.iter().filter_map(|key| {
            let (rest, _) = key.rsplit_once('/')?;
            rest.strip_suffix(layout::SETTLED)?.strip_suffix('/')
        });
        let settled: BTreeSet<&str> = settled.collect();
        keys.union(&settled).for_each(|key| self.refresh(reader, key));
    }

    fn refresh(&mut self, reader: &Reader<'_>, key: &str) {
        let slot = read_slot(reader, key);
        if slot.is_empty() {
            self.slots.remove(key);
        } else {
            self.slots.insert(key.to_owned(), slot);
        }
        let code = self.text_value(key).map(str::to_owned);
        self.index.note(key, code.as_deref());
    }

    pub(crate) fn slot(&self, key: &str) -> &[Entry] {
        self.slots.get(key).map_or(&[], Vec::as_slice)
    }

    /// The distinct values of a register, the winner last. More than one: a conflict.
    pub(crate) fn values(&self, key: &str) -> Vec<&Value> {
        let slot = self.slot(key);
        let mut distinct = Distinct::of(slot.len(), |value: &Value| canonical(value));
        for entry in slot.iter().rev() {
            match &entry.content {
                Content::Register(written) => distinct.note(&written.value),
                Content::Other(value) => distinct.note(value),
                Content::Text(_) | Content::Review(_) => {}
            }
        }
        distinct.reversed()
    }

    /// The value of a register if it is set and nobody disagrees.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        match self.values(key)[..] {
            [value] if !value.is_null() => Some(value),
            _ => None,
        }
    }

    pub(crate) fn text_value(&self, key: &str) -> Option<&str> {
        self.value(key)?.as_str()
    }

    pub(crate) fn winner(&self, key: &str) -> Option<&Written> {
        match &self.slot(key).last()?.content {
            Content::Register(written) => Some(written),
            _ => None,
        }
    }

    /// Retired by anybody: while two disagree about it, it is kept apart.
    pub(crate) fn retired(&self, key: &str) -> bool {
        self.values(&layout::key(&[key, layout::RETIRED])).contains(&&Value::Bool(true))
    }

    /// The distinct wordings of a paragraph. More than one: people have to decide.
    pub(crate) fn wordings(&self, key: &str) -> Vec<&str> {
        let slot = self.slot(key);
        let sides = |entry: &Entry| match &entry.content {
            Content::Review(review) => review.sides.len() + 1,
            _ => 1,
        };
        let mut distinct = Distinct::of(slot.iter().map(sides).sum(), str::to_owned);
        for entry in slot.iter().rev() {
            match &entry.content {
                Content::Text(text) => distinct.note(text),
                Content::Review(review) => {
                    review.standing.iter().for_each(|text| distinct.note(text));
                    review.sides.iter().rev().for_each(|(text, _)| distinct.note(text));
                }
                Content::Register(_) | Content::Other(_) => {}
            }
        }
        distinct.reversed()
    }

    /// The reviews that are open at a paragraph.
    pub(crate) fn reviews(&self, key: &str) -> impl Iterator<Item = &Review> {
        self.slot(key).iter().filter_map(|entry| match &entry.content {
            Content::Review(review) => Some(review.as_ref()),
            _ => None,
        })
    }

    /// The text of a paragraph if nothing about it is open.
    pub(crate) fn clear(&self, key: &str) -> Option<&str> {
        match self.wordings(key)[..] {
            [one] if self.reviews(key).next().is_none() => Some(one),
            _ => None,
        }
    }

    /// The keys one step below a prefix, as their last part.
    pub(crate) fn children<'a>(&'a self, prefix: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let range = layout::under(prefix);
        let skip = prefix.len() + 1;
        self.slots.range(range).map(move |(key, _)| &key[skip..]).filter(|rest| !rest.contains('/'))
    }

    /// Gives what stood there.
    pub(crate) fn put(&mut self, key: String, content: Content) -> Slot {
        let code = match &content {
            Content::Register(written) => written.value.as_str(),
            _ => None,
        };
        self.index.note(&key, code);
        self.slots.insert(key, vec![Entry { id: None, content }]).unwrap_or_default()
    }

    /// The ids directly under a field at the top: of items or rows.
    pub(crate) fn ids(&self, field: &str) -> impl Iterator<Item = &str> {
        self.index.ids(field)
    }

    /// Those that begin like this.
    pub(crate) fn ids_beginning<'a>(&'a self, field: &str, start: &'a str) -> impl Iterator<Item = &'a str> {
        self.index.beginning(field, start)
    }

    /// The ids of the items that have this code, whatever the capitals.
    pub(crate) fn ids_with_code(&self, set: &str, code: &str) -> impl Iterator<Item = &str> {
        self.index.with_code(set, code)
    }
}

/// All that stands at one key.
pub(crate) fn read_slot(reader: &Reader<'_>, key: &str) -> Slot {
    let all = match &reader.at {
        None => reader.am.get_all(ROOT, key),
        Some(heads) => reader.am.get_all_at(ROOT, key, heads),
    };
    // The one error is an unknown object, and the root is always known.
    all.unwrap_or_default().into_iter().map(|(value, id)| entry(reader, key, value, id)).collect()
}

fn entry(reader: &Reader<'_>, key: &str, value: AmValue<'_>, id: ObjId) -> Entry {
    let content = match value {
        AmValue::Object(ObjType::Text) => match reader.read(key, &id) {
            Wording::Clear(text) => Content::Text(text),
            Wording::Open(review) => Content::Review(review),
        },
        AmValue::Object(kind) => Content::Other(Value::from(format!("({kind})"))),
        AmValue::Scalar(scalar) => match scalar.as_ref() {
            ScalarValue::Str(text) => Content::Register(Written::decode(text)),
            ScalarValue::Int(number) => Content::Other(Value::from(*number)),
            ScalarValue::Uint(number) => Content::Other(Value::from(*number)),
            ScalarValue::Boolean(value) => Content::Other(Value::from(*value)),
            ScalarValue::Null => Content::Other(Value::Null),
            other => Content::Other(Value::from(other.to_string())),
        },
    };
    Entry { id: Some(id), content }
}
