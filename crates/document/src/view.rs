//! Reading: a version of a document as JSON, with every open conflict marked where it stands.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::document::{Document, UnknownVersion, hash_text};
use crate::kind::{Field, FieldType, Kind};
use crate::layout::{FORMAT_KEY, KIND_KEY, RETIRED, SETTLED, key};
use crate::path::{Item, PathError, Target, items, paragraphs, resolve, row_ids};
use crate::snapshot::{Content, Entry, Snapshot};
use crate::value::present;
use crate::wording::Review;
use crate::{Hash, kind};

/// The key of the object that stands where people disagree. No value begins with `$`.
pub const CONFLICT: &str = "$conflict";
/// The key of the object that stands for a paragraph whose same words two people changed.
pub const REVIEW: &str = "$review";
const RETIRED_MARK: &str = "$retired";
const OTHER: &str = "$other";

/// Why a place cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The path leads nowhere.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The version is not held.
    #[error(transparent)]
    UnknownVersion(#[from] UnknownVersion),
}

impl ReadError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Path(error) => error.hint(),
            Self::UnknownVersion(error) => error.hint(),
        }
    }
}

impl Document {
    /// The whole document, now or at a version.
    ///
    /// # Errors
    /// If the version is not held.
    pub fn view(&self, kind: &Kind, at: Option<&[Hash]>) -> Result<Value, ReadError> {
        let snapshot = self.snapshot(at)?;
        Ok(View { document: self, snapshot: &snapshot }.root(kind))
    }

    /// One place of the document. `Null` if nothing was written there.
    ///
    /// # Errors
    /// If the path leads nowhere or the version is not held.
    pub fn get(&self, kind: &Kind, path: &str, at: Option<&[Hash]>) -> Result<Value, ReadError> {
        let snapshot = self.snapshot(at)?;
        let view = View { document: self, snapshot: &snapshot };
        let place = resolve(kind, &snapshot, path)?;
        Ok(view.target(&place.target))
    }
}

impl Document {
    /// The full form of a path that a person typed: with codes for ids, as findings and changes name the place.
    ///
    /// # Errors
    /// If it leads nowhere.
    pub fn full_path(&self, kind: &Kind, path: &str) -> Result<String, PathError> {
        Ok(resolve(kind, &self.now(), path)?.path)
    }
}

struct View<'a> {
    document: &'a Document,
    snapshot: &'a Snapshot,
}

impl View<'_> {
    fn root(&self, kind: &Kind) -> Value {
        let mut out = self.fields(&kind.fields, "");
        let all = self.snapshot.slots.keys().filter(|key| *key != FORMAT_KEY && *key != KIND_KEY);
        self.others(&kind.fields, all, 0, &mut out);
        Value::Object(out)
    }

    /// What stands at keys that these fields do not know: written under a newer version of the kind, and shown as it is.
    fn others<'k>(
        &self,
        fields: &[Field],
        keys: impl Iterator<Item = &'k String>,
        skip: usize,
        out: &mut Map<String, Value>,
    ) {
        let unknown = keys.filter(|key| !knows(fields, &key[skip..]));
        let value = |key: &str| match self.snapshot.wordings(key).is_empty() {
            true => self.register(key),
            false => self.paragraph(key),
        };
        let other: Map<String, Value> =
            unknown.map(|key| (key[skip..].replace('/', "."), value(key))).collect();
        if !other.is_empty() {
            out.insert(OTHER.to_owned(), Value::Object(other));
        }
    }

    fn fields(&self, fields: &[Field], at: &str) -> Map<String, Value> {
        let mut out = Map::new();
        for field in fields {
            let full = if at.is_empty() { field.name.clone() } else { key(&[at, &field.name]) };
            let value = self.field(field, &full);
            let empty = match &value {
                Value::Null => true,
                Value::Object(map) => map.is_empty(),
                Value::Array(items) => items.is_empty(),
                _ => false,
            };
            if !empty {
                out.insert(field.name.clone(), value);
            }
        }
        out
    }

    fn field(&self, field: &Field, full: &str) -> Value {
        match &field.ty {
            FieldType::Register(_) | FieldType::Shares(_) => self.register(full),
            FieldType::Text => self.text(full),
            FieldType::Set(fields) => self.set(fields, full),
            FieldType::Rows(_) => self.rows(full),
            FieldType::Table(axes, _) => self.table(full, axes.len()),
            FieldType::Codes(_) => self.codes(full),
        }
    }

    fn target(&self, target: &Target<'_>) -> Value {
        match target {
            Target::Register { key, .. }
            | Target::Shares { key, .. }
            | Target::Member { key }
            | Target::Retired { key }
            | Target::Unknown { key } => self.register(key),
            Target::Row { key } => self.row(key),
            Target::Codes { key, .. } => self.codes(key),
            Target::Table { key, axes, .. } => self.table(key, axes.len()),
            Target::Text { key } => self.text(key),
            Target::Language { key } => self.language(key),
            Target::Paragraph { key } => self.paragraph(key),
            Target::Set { field, fields } => self.set(fields, &field.name),
            Target::Rows { field, .. } => self.rows(&field.name),
            Target::Item { key, fields } => self.item(fields, key),
        }
    }

    fn register(&self, full: &str) -> Value {
        match self.snapshot.values(full)[..] {
            [] => Value::Null,
            [value] => present(value),
            _ => self.conflict(full),
        }
    }

    fn review(&self, full: &str, review: &Review) -> Value {
        let mut out = json!({ "base": review.base, "sides": self.sides(full) });
        if let Some(standing) = &review.standing {
            out["standing"] = Value::from(standing.as_str());
        }
        json!({ REVIEW: out })
    }

    fn conflict(&self, full: &str) -> Value {
        json!({ CONFLICT: self.sides(full) })
    }

    /// Each distinct value once, with who wrote it.
    fn sides(&self, full: &str) -> Vec<Value> {
        let mut sides: Vec<Value> = Vec::new();
        for side in crate::finding::sides(self.document, self.snapshot.slot(full)) {
            let mut entry = Map::new();
            entry.insert("value".into(), present(&side.value));
            entry.insert("change".into(), hash_text(&side.change));
            if let Some(reason) = side.reason {
                entry.insert("reason".into(), Value::String(reason));
            }
            sides.push(Value::Object(entry));
        }
        sides
    }

    fn text(&self, full: &str) -> Value {
        let mut out = Map::new();
        for language in kind::LANGUAGES {
            let paragraphs = self.language(&key(&[full, language]));
            if paragraphs.as_array().is_some_and(|all| !all.is_empty()) {
                out.insert(language.to_owned(), paragraphs);
            }
        }
        Value::Object(out)
    }

    fn language(&self, full: &str) -> Value {
        paragraphs(self.snapshot, full).iter().map(|paragraph| self.paragraph(paragraph)).collect()
    }

    fn paragraph(&self, full: &str) -> Value {
        let open: Vec<&Review> = self.snapshot.reviews(full).collect();
        match (&self.snapshot.wordings(full)[..], &open[..]) {
            ([], _) => Value::Null,
            ([one], []) => Value::String((*one).to_owned()),
            (_, [review]) if self.snapshot.slot(full).len() == 1 => self.review(full, review),
            _ => self.conflict(full),
        }
    }

    fn set(&self, fields: &[Field], full: &str) -> Value {
        let all = items(self.snapshot, full);
        let mut count: HashMap<Option<&str>, usize> = HashMap::new();
        all.iter().for_each(|item| *count.entry(item.code.as_deref()).or_default() += 1);
        let shared = |item: &Item| count.get(&item.code.as_deref()).is_some_and(|n| *n > 1);
        all.iter()
            .map(|item| {
                let name = match &item.code {
                    Some(code) if shared(item) => format!("{code} ({})", item.id),
                    Some(code) => code.clone(),
                    None => item.id.clone(),
                };
                (name, self.item(fields, &item.key))
            })
            .collect::<Map<_, _>>()
            .into()
    }

    fn item(&self, fields: &[Field], full: &str) -> Value {
        let mut out = Map::new();
        let id = full.rsplit('/').next().unwrap_or_default();
        out.insert("id".into(), Value::from(id));
        out.insert("code".into(), self.register(full));
        let retired = key(&[full, RETIRED]);
        if self.snapshot.retired(full) {
            let state = match self.snapshot.values(&retired)[..] {
                [_] => {
                    let reason = self.snapshot.winner(&retired).and_then(|w| w.reason.clone());
                    json!({ "reason": reason })
                }
                _ => self.conflict(&retired),
            };
            out.insert(RETIRED_MARK.into(), state);
        }
        out.append(&mut self.fields(fields, full));
        let range = crate::layout::under(full);
        let inside = self.snapshot.slots.range(range).map(|(key, _)| key);
        let mark = key(&[full, RETIRED]);
        self.others(fields, inside.filter(|key| **key != mark), full.len() + 1, &mut out);
        Value::Object(out)
    }

    fn codes(&self, full: &str) -> Value {
        let mut all: Vec<&str> = self.snapshot.children(full).collect();
        all.sort_unstable();
        all.into_iter()
            .filter_map(|code| {
                let member = key(&[full, code]);
                match self.snapshot.values(&member)[..] {
                    [Value::Bool(true)] => Some(Value::from(code)),
                    [_] | [] => None,
                    _ => {
                        let mut conflict = self.conflict(&member);
                        conflict["code"] = Value::from(code);
                        Some(conflict)
                    }
                }
            })
            .collect()
    }

    fn table(&self, full: &str, depth: usize) -> Value {
        let mut out = Map::new();
        let range = crate::layout::under(full);
        for cell in self.snapshot.slots.range(range).map(|(cell, _)| cell) {
            let value = self.register(cell);
            let parts: Vec<&str> = cell[full.len() + 1..].split('/').collect();
            if value.is_null() || parts.len() != depth {
                continue;
            }
            nest(&mut out, &parts, value);
        }
        Value::Object(out)
    }

    fn rows(&self, full: &str) -> Value {
        let ids = row_ids(self.snapshot, full);
        let mut superseded: HashMap<&str, &str> = HashMap::new();
        for other in &ids {
            let row = self.snapshot.value(&key(&[full, other]));
            if let Some(id) = row.and_then(|row| row.get("supersedes")).and_then(Value::as_str) {
                superseded.entry(id).or_insert(other);
            }
        }
        ids.iter()
            .map(|id| {
                let mut row = self.row(&key(&[full, id]));
                if let (Some(by), Value::Object(map)) = (superseded.get(id.as_str()), &mut row) {
                    map.insert("superseded_by".into(), Value::from(*by));
                }
                row
            })
            .collect()
    }

    fn row(&self, full: &str) -> Value {
        match self.snapshot.values(full)[..] {
            [Value::Object(map)] => {
                let mut out = Map::new();
                out.insert("id".into(), Value::from(full.rsplit('/').next().unwrap_or_default()));
                out.extend(map.iter().map(|(name, value)| (name.clone(), present(value))));
                Value::Object(out)
            }
            _ => self.register(full),
        }
    }
}

/// Whether fields say what a key is, which is given from the field's name on. What is inside of items is asked for by itself.
fn knows(fields: &[Field], key: &str) -> bool {
    let mut parts = key.split('/');
    let name = parts.next().unwrap_or_default();
    let Some(field) = fields.iter().find(|field| field.name == name) else { return false };
    let first = parts.next();
    let depth = usize::from(first.is_some()) + parts.count();
    match &field.ty {
        FieldType::Register(_) | FieldType::Shares(_) => depth == 0 || first == Some(SETTLED),
        FieldType::Text => first.is_some_and(|language| kind::LANGUAGES.contains(&language)),
        FieldType::Table(axes, _) => depth == axes.len() || depth == axes.len() + 2,
        FieldType::Codes(_) => depth == 1,
        FieldType::Set(_) | FieldType::Rows(_) => true,
    }
}

fn nest(out: &mut Map<String, Value>, parts: &[&str], value: Value) {
    match parts {
        [] => {}
        [last] => {
            out.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let inner = out.entry((*first).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                nest(inner, rest, value);
            }
        }
    }
}

/// What an entry says, as stored values: several where a text is under review.
pub(crate) fn entry_values(entry: &Entry) -> Vec<Value> {
    match &entry.content {
        Content::Register(written) => vec![written.value.clone()],
        Content::Text(text) => vec![Value::String(text.clone())],
        Content::Review(review) => {
            let all = review.standing.iter().chain(review.sides.iter().map(|(text, _)| text));
            all.map(|text| Value::from(text.as_str())).collect()
        }
        Content::Other(value) => vec![value.clone()],
    }
}

#[cfg(test)]
mod tests;
