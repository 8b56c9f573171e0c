//! One version of a document, read out of Automerge into plain data.
//!
//! Everything that looks at a document (views, conflicts, rendering, planning an edit) looks at
//! this; only this and the writer know Automerge.

mod index;

use std::collections::BTreeMap;

use automerge::{Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value as AmValue};
use serde_json::Value;

use crate::layout::{self, Written};

use index::Index;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Register(Written),
    Text(String),
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
    pub(crate) fn read(doc: &Automerge, at: Option<&[ChangeHash]>) -> Self {
        Self::range(doc, at, String::new()..String::from(char::MAX))
    }

    pub(crate) fn range(doc: &Automerge, at: Option<&[ChangeHash]>, range: std::ops::Range<String>) -> Self {
        let items = match at {
            None => doc.map_range(ROOT, range),
            Some(heads) => doc.map_range_at(ROOT, range, heads),
        };
        let keys: Vec<(String, Option<(AmValue<'static>, ObjId)>)> = items
            .map(|item| {
                let id = (!item.conflict).then(|| item.id());
                (item.key.into_owned(), id.map(|id| (item.value.into_value(), id)))
            })
            .collect();
        let slots: BTreeMap<String, Slot> = keys
            .into_iter()
            .map(|(key, alone)| {
                let slot = match alone {
                    Some((value, id)) => vec![entry(doc, at, value, id)],
                    None => read_slot(doc, at, &key),
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

    pub(crate) fn slot(&self, key: &str) -> &[Entry] {
        self.slots.get(key).map_or(&[], Vec::as_slice)
    }

    /// The distinct values of a register, the winner last. More than one: a conflict.
    pub(crate) fn values(&self, key: &str) -> Vec<&Value> {
        let mut distinct: Vec<&Value> = Vec::new();
        for entry in self.slot(key).iter().rev() {
            let value = match &entry.content {
                Content::Register(written) => &written.value,
                Content::Other(value) => value,
                Content::Text(_) => continue,
            };
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        distinct.reverse();
        distinct
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

    /// The distinct wordings of a paragraph.
    pub(crate) fn wordings(&self, key: &str) -> Vec<&str> {
        let mut distinct: Vec<&str> = Vec::new();
        for entry in self.slot(key).iter().rev() {
            if let Content::Text(text) = &entry.content
                && !distinct.contains(&text.as_str())
            {
                distinct.push(text);
            }
        }
        distinct.reverse();
        distinct
    }

    /// The keys one step below a prefix, as their last part.
    pub(crate) fn children<'a>(&'a self, prefix: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let range = layout::under(prefix);
        let skip = prefix.len() + 1;
        self.slots.range(range).map(move |(key, _)| &key[skip..]).filter(|rest| !rest.contains('/'))
    }

    pub(crate) fn put(&mut self, key: String, content: Content) {
        let code = match &content {
            Content::Register(written) => written.value.as_str(),
            _ => None,
        };
        self.index.note(&key, code);
        self.slots.insert(key, vec![Entry { id: None, content }]);
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
pub(crate) fn read_slot(doc: &Automerge, at: Option<&[ChangeHash]>, key: &str) -> Slot {
    let all = match at {
        None => doc.get_all(ROOT, key),
        Some(heads) => doc.get_all_at(ROOT, key, heads),
    };
    // The one error is an unknown object, and the root is always known.
    all.unwrap_or_default().into_iter().map(|(value, id)| entry(doc, at, value, id)).collect()
}

fn entry(doc: &Automerge, at: Option<&[ChangeHash]>, value: AmValue<'_>, id: ObjId) -> Entry {
    let content = match value {
        AmValue::Object(ObjType::Text) => {
            let text = match at {
                None => doc.text(&id),
                Some(heads) => doc.text_at(&id, heads),
            };
            Content::Text(text.unwrap_or_default())
        }
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
