//! From what the lines said to what would be made and changed.

use std::collections::{BTreeMap, BTreeSet};

use accord_document::kind::{FieldType, Scalar};
use accord_document::{CONFLICT, Edit, exponent};
use accord_words::say;
use serde_json::{Map as Json, Value, json};

use super::{EXTERNAL, Item, NewRow, Plan, Planned, Work};
use crate::exact::{Exact, decimal};
use crate::message::Message;
use crate::model::{items, retired, rows, string};

/// Well under what one change may hold.
const BATCH: usize = 60_000;

/// What a set holds already.
struct Standing<'v> {
    by_external: BTreeMap<&'v str, &'v Json<String, Value>>,
    /// In small letters, those that are about to be made too.
    codes: BTreeSet<String>,
}

impl<'v> Standing<'v> {
    fn read(view: &'v Value, set: &str) -> Self {
        let all = items(view, set);
        Self {
            codes: all.iter().map(|(_, item)| string(item, "code").to_lowercase()).collect(),
            by_external: all.into_iter().rev().map(|(_, item)| (string(item, EXTERNAL), item)).collect(),
        }
    }
}

impl Work<'_> {
    pub(super) fn finish(mut self) -> Plan {
        let mut edits = Vec::new();
        let view = self.view;
        let mut standing: BTreeMap<String, Standing<'_>> = BTreeMap::new();
        for ((set, id), item) in std::mem::take(&mut self.items) {
            let known = standing.entry(set.clone()).or_insert_with(|| Standing::read(view, &set));
            self.finish_item(&set, &id, item, known, &mut edits);
        }
        duplicates(&self.rows, &mut self.plan.warnings);
        let mut known: BTreeMap<(String, String), Json<String, Value>> = BTreeMap::new();
        let lists: BTreeSet<String> = self.rows.iter().map(|row| row.list.clone()).collect();
        for list in lists {
            for row in rows(self.view, &list) {
                known.insert((list.clone(), string(row, EXTERNAL).to_owned()), row.clone());
            }
        }
        for mut row in std::mem::take(&mut self.rows) {
            self.refer(&mut row);
            let planned = Planned { path: row.list.clone(), line: row.line, external_id: row.id.clone() };
            let mut fields = row.fields;
            match known.get(&(row.list.clone(), row.id)) {
                None => self.plan.created.push(planned),
                Some(old) if fields.iter().all(|(name, value)| old.get(name) == Some(value)) => {
                    self.plan.unchanged += 1;
                    continue;
                }
                Some(old) => {
                    fields.insert("supersedes".into(), Value::from(string(old, "id")));
                    self.plan.changed.push(planned);
                }
            }
            edits.push(Edit::Add { path: row.list, fields: Value::Object(fields) });
        }
        self.plan.batches = batches(edits);
        self.plan.refused.sort_by_key(|refused| refused.line);
        self.plan
    }

    /// A row names its item by the id that both have elsewhere; the document knows it by its code.
    fn refer(&self, row: &mut NewRow) {
        let Some(FieldType::Rows(fields)) = self.kind.field(&row.list).map(|field| &field.ty) else { return };
        for field in fields {
            let FieldType::Register(Scalar::Reference(set)) = &field.ty else { continue };
            let Some(Value::String(name)) = row.fields.get(&field.name) else { continue };
            let code = self.codes.get(&(set.clone(), name.clone()));
            if let Some(code) = code {
                row.fields.insert(field.name.clone(), Value::from(code.as_str()));
            }
        }
    }

    fn finish_item(
        &mut self,
        set: &str,
        id: &str,
        item: Item,
        standing: &mut Standing<'_>,
        edits: &mut Vec<Edit>,
    ) {
        let known = standing.by_external.get(id).copied();
        let mut cells = Vec::new();
        for ((field, coordinates), (line, sum)) in item.cells {
            let currency = coordinates.iter().find(|c| exponent(c).is_some()).cloned().unwrap_or_default();
            let negative = sum < Exact::from_integer(0.into());
            match self.exact(&sum, &currency) {
                Ok(_) if negative => self.refuse(line, say!("line-below-zero", field, id = id)),
                Ok(amount) => cells.push((field, coordinates, line, amount)),
                Err(message) => self.refuse(line, message),
            }
        }
        let Some(old) = known else {
            if item.line == 0 {
                return self.refuse(0, say!("line-no-rule", id = id));
            }
            let taken = !standing.codes.insert(item.code.to_lowercase());
            if taken || item.code.is_empty() {
                return self.refuse(item.line, say!("line-code-taken", code = item.code));
            }
            let mut fields = Json::new();
            fields.insert("code".into(), Value::from(item.code.as_str()));
            fields.insert(EXTERNAL.into(), Value::from(id));
            for (name, value) in item.fields {
                put(&mut fields, &name.split('.').collect::<Vec<_>>(), value);
            }
            for (field, coordinates, _, amount) in cells {
                let path: Vec<&str> =
                    std::iter::once(field.as_str()).chain(coordinates.iter().map(String::as_str)).collect();
                put(&mut fields, &path, amount);
            }
            self.codes.insert((set.to_owned(), id.to_owned()), item.code.clone());
            let path = format!("{set}.{}", item.code);
            self.plan.created.push(Planned { path, line: item.line, external_id: id.to_owned() });
            edits.push(Edit::Add { path: set.to_owned(), fields: Value::Object(fields) });
            return;
        };
        if retired(old) {
            return self.refuse(item.line, say!("line-retired", id = id));
        }
        let own = string(old, "id");
        self.codes.insert((set.to_owned(), id.to_owned()), string(old, "code").to_owned());
        let values = item.fields.into_iter().map(|(name, value)| (name, item.line, value)).chain(
            cells.into_iter().map(|(field, coordinates, line, amount)| {
                (format!("{field}.{}", coordinates.join(".")), line, amount)
            }),
        );
        for (name, line, value) in values {
            let standing =
                name.split('.').try_fold(&Value::Object(old.clone()), |at, part| at.get(part)).cloned();
            self.compare(set, own, id, (&name, line, value), standing.as_ref(), edits);
        }
    }

    fn compare(
        &mut self,
        set: &str,
        own: &str,
        id: &str,
        (name, line, value): (&str, u64, Value),
        standing: Option<&Value>,
        edits: &mut Vec<Edit>,
    ) {
        let path = format!("{set}.{own}.{name}");
        match standing {
            Some(old) if old.get(CONFLICT).is_some() => {
                self.refuse(line, say!("line-open", path));
            }
            Some(old) if *old == value || one_line(old).as_ref() == Some(&value) => self.plan.unchanged += 1,
            _ => {
                self.plan.changed.push(Planned { path: path.clone(), line, external_id: id.to_owned() });
                edits.push(Edit::Set { path, value });
            }
        }
    }
}

fn one_line(paragraphs: &Value) -> Option<Value> {
    let all: Vec<&str> = paragraphs.as_array()?.iter().filter_map(Value::as_str).collect();
    Some(Value::from(all.join(" ")))
}

fn put(map: &mut Json<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [last] => {
            map.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let inner = map.entry((*first).to_owned()).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// The same money on the same day under two ids: often one commitment that was published twice.
fn duplicates(rows: &[NewRow], warnings: &mut Vec<Message>) {
    let mut seen: BTreeMap<String, &NewRow> = BTreeMap::new();
    for row in rows {
        let get = |name: &str| row.fields.get(name).map(accord_document::canonical).unwrap_or_default();
        // Zeros are published by the dozen, and say nothing twice.
        let nothing = |amount: &Value| {
            let number = amount.get("amount").and_then(Value::as_str).and_then(decimal);
            number.is_none_or(|number| number == Exact::from_integer(0.into()))
        };
        if row.fields.get("amount").is_none_or(nothing) {
            continue;
        }
        let key = ["amount", "contributor", "date", "stage"].map(get).join("|");
        match seen.get(&key) {
            None => {
                seen.insert(key, row);
            }
            Some(first) => {
                let amount = row.fields.get("amount");
                let part =
                    |name| amount.and_then(|a| a.get(name)).and_then(Value::as_str).unwrap_or_default();
                let warning = Message::new("import-duplicate")
                    .with("id", row.id.as_str())
                    .with("other", first.id.as_str())
                    .with("line", i64::try_from(row.line).unwrap_or(0))
                    .with("first", i64::try_from(first.line).unwrap_or(0))
                    .with("amount", format!("{} {}", part("currency"), part("amount")));
                warnings.push(warning);
            }
        }
    }
}

fn batches(edits: Vec<Edit>) -> Vec<Vec<Edit>> {
    let mut all: Vec<Vec<Edit>> = Vec::new();
    let mut size = BATCH;
    for edit in edits {
        let own = match &edit {
            Edit::Add { fields: value, .. } | Edit::Set { value, .. } => value.to_string().len() + 100,
            _ => 100,
        };
        if size + own > BATCH {
            all.push(Vec::new());
            size = 0;
        }
        size += own;
        if let Some(last) = all.last_mut() {
            last.push(edit);
        }
    }
    all
}
