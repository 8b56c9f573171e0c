//! Planning what has more than one part: items, rows, lists of codes.

use accord_words::told;
use serde_json::{Map, Value};

use super::{EditError, plan::Planner};
use crate::kind::{Code, Field, FieldType, Scalar};
use crate::layout::{ITEM_ID, fresh_id, key};
use crate::path::{Place, Target, named};
use crate::text::clean_line;
use crate::value::{self, ValueError};

impl Planner<'_> {
    pub(super) fn add(&mut self, path: &str, fields: &Value) -> Result<(), EditError> {
        let Place { path, target } = self.place(path)?;
        match (target, fields) {
            (Target::Set { field, .. }, Value::Object(map)) => self.add_item(&field.name, map),
            (Target::Rows { field, fields }, Value::Object(map)) => self.add_row(&field.name, fields, map),
            (Target::Language { key }, Value::String(text)) => self.append(&path, &key, text),
            (Target::Language { key }, Value::Object(map)) if map.len() == 1 => match map.get("text") {
                Some(Value::String(text)) => self.append(&path, &key, text),
                _ => Err(EditError::not_here(&path, told!("edit-paragraph-text"))),
            },
            (Target::Set { .. } | Target::Rows { .. }, _) => {
                Err(EditError::not_here(&path, told!("edit-needs-fields")))
            }
            _ => Err(EditError::not_here(&path, told!("edit-nothing-added"))),
        }
    }

    fn add_item(&mut self, set: &str, fields: &Map<String, Value>) -> Result<(), EditError> {
        let id = fresh_id(ITEM_ID, self.random);
        let at = key(&[set, &id]);
        let path = format!("{set}.{id}");
        let Some(Value::String(code)) = fields.get("code") else {
            return Err(EditError::not_here(set, told!("edit-needs-code")));
        };
        let code = clean_line(code).map_err(EditError::value(set))?;
        let code = self.checked_code(&format!("{set}.{code}"), &at, Value::String(code))?;
        self.register(at, code, None);
        for (name, value) in fields.iter().filter(|(name, _)| *name != "code" && *name != "id") {
            if !value.is_null() {
                self.set(&format!("{path}.{name}"), value, None)?;
            }
        }
        Ok(())
    }

    /// If this key is an item's code: it must be usable in a path, and free.
    pub(super) fn checked_code(&self, path: &str, at: &str, value: Value) -> Result<Value, EditError> {
        let mut parts = at.split('/');
        let (Some(set), Some(id), None) = (parts.next(), parts.next(), parts.next()) else {
            return Ok(value);
        };
        if !self.kind.field(set).is_some_and(|field| matches!(field.ty, FieldType::Set(_))) {
            return Ok(value);
        }
        let code = value.as_str().unwrap_or_default();
        if code.is_empty() || code.contains(['.', '/']) || code.chars().count() > 64 {
            let told = if code.is_empty() {
                told!("value-no-item-code")
            } else {
                told!("value-unfit-code", code = code)
            };
            let source = told.into();
            return Err(EditError::Value { path: path.to_owned(), source });
        }
        match &named(&self.snapshot, set, code)[..] {
            [other] if other.id != id && !self.snapshot.retired(&other.key) => {
                Err(EditError::not_here(path, told!("edit-code-taken", code = code)))
            }
            _ => Ok(value),
        }
    }

    fn add_row(&mut self, rows: &str, fields: &[Field], given: &Map<String, Value>) -> Result<(), EditError> {
        let mut row = Map::new();
        for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
            let path = format!("{rows}.{name}");
            let stored = if name == "supersedes" {
                Value::String(self.superseded(rows, value)?)
            } else if let Some(field) = fields.iter().find(|field| field.name == *name) {
                self.row_value(field, value).map_err(EditError::value(&path))?
            } else {
                let known = fields.iter().map(|f| f.name.clone()).chain(["supersedes".to_owned()]).collect();
                let missing = crate::path::PathError::Missing {
                    what: "field",
                    name: name.clone(),
                    place: rows.to_owned(),
                    known,
                };
                return Err(missing.into());
            };
            row.insert(name.clone(), stored);
        }
        if row.is_empty() {
            return Err(EditError::not_here(rows, told!("edit-empty-row")));
        }
        let id = fresh_id(ITEM_ID, self.random);
        self.register(key(&[rows, &id]), Value::Object(row), None);
        Ok(())
    }

    fn row_value(&self, field: &Field, value: &Value) -> Result<Value, ValueError> {
        match &field.ty {
            FieldType::Register(scalar) => value::parse(scalar, value, None),
            FieldType::Shares(parts) => self.shares(parts, value),
            FieldType::Codes(codes) => Ok(Value::from(code_list(codes, value)?)),
            _ => match value {
                Value::String(text) => crate::text::clean_text(text).map(Value::String),
                _ => Err(told!("value-text").into()),
            },
        }
    }

    fn superseded(&self, rows: &str, value: &Value) -> Result<String, EditError> {
        let typed = value.as_str().unwrap_or_default();
        let found = self.snapshot.ids_beginning(rows, typed).filter(|_| !typed.is_empty());
        match &found.take(2).collect::<Vec<_>>()[..] {
            [one] => Ok((*one).to_owned()),
            _ => Err(EditError::not_here(&format!("{rows}.supersedes"), told!("edit-no-row", typed = typed))),
        }
    }

    /// A whole list of codes: each code is a register of its own, so that two people who add one
    /// each both succeed. Those that stand are written afresh: keeping is a choice too.
    pub(super) fn codes(
        &mut self,
        path: &str,
        at: &str,
        codes: &[Code],
        value: &Value,
        reason: Option<&str>,
    ) -> Result<(), EditError> {
        let wanted = code_list(codes, value).map_err(EditError::value(path))?;
        let standing: Vec<String> = self.snapshot.children(at).map(str::to_owned).collect();
        for code in &standing {
            self.refuse_open(&format!("{path}.{code}"), &key(&[at, code]), reason)?;
        }
        for code in standing.iter().filter(|code| !wanted.contains(code)) {
            let full = key(&[at, code]);
            if self.snapshot.values(&full).contains(&&Value::Bool(true)) {
                self.register(full, Value::Bool(false), reason);
            }
        }
        for code in &wanted {
            self.register(key(&[at, code]), Value::Bool(true), reason);
        }
        Ok(())
    }
}

fn code_list(codes: &[Code], value: &Value) -> Result<Vec<String>, ValueError> {
    let typed: Vec<&str> = match value {
        Value::Null => Vec::new(),
        Value::String(list) => list.split([',', ';']).map(str::trim).filter(|c| !c.is_empty()).collect(),
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap_or_default()).collect(),
        _ => return Err(told!("value-codes").into()),
    };
    let scalar = Scalar::Code(codes.to_vec());
    let mut list = Vec::new();
    for code in typed {
        if let Value::String(code) = value::parse(&scalar, &Value::from(code), None)?
            && !list.contains(&code)
        {
            list.push(code);
        }
    }
    Ok(list)
}
