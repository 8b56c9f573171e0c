//! A whole document from a file, as edits for its first change.

use accord_words::{Told, say, told};
use serde_json::Value;

use super::MarkedError;
use super::edited::{check, near_or_all};
use super::lines::Lines;
use super::read::read;
use crate::edit::Edit;
use crate::kind::{FieldType, Kind, NAME_FIELD};
use crate::snapshot::Snapshot;

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The name that the file gives the document.
    pub name: Option<String>,
    /// The rest.
    pub edits: Vec<Edit>,
}

/// Reads a document from YAML (or JSON, which is YAML too). Sets are lists of items or items by code.
///
/// # Errors
/// Every mistake with its line.
pub fn import(kind: &Kind, yaml: &str) -> Result<Imported, Vec<MarkedError>> {
    let map = read(yaml).map_err(|error| vec![error])?;
    let lines = Lines::of(yaml);
    let mut errors = Vec::new();
    let mut mistake = |place: &str, told: Told| {
        errors.push(MarkedError { line: lines.find(place), message: told.message, hint: told.hint });
    };
    for name in map.keys().filter(|name| *name != "kind" && kind.field(name).is_none()) {
        let known: Vec<&str> = kind.fields.iter().map(|field| field.name.as_str()).collect();
        let message = say!("mistake-kind-field", kind = &kind.name, name = name);
        mistake(name, Told { message, hint: Some(near_or_all(name, &known)) });
    }
    if let Some(other) = map.get("kind").and_then(Value::as_str).filter(|other| *other != kind.name) {
        mistake("kind", told!("mistake-other-kind", other = other, kind = &kind.name));
    }
    let mut edits = Vec::new();
    for field in &kind.fields {
        let (name, Some(value)) = (&field.name, map.get(&field.name)) else { continue };
        if name == NAME_FIELD || value.is_null() {
            continue;
        }
        match (&field.ty, value) {
            (FieldType::Set(_) | FieldType::Rows(_), Value::Array(all)) => {
                for (n, fields) in all.iter().enumerate() {
                    let edit = Edit::Add { path: name.clone(), fields: without_id(fields) };
                    edits.push((edit, format!("{name}[{n}]")));
                }
            }
            (FieldType::Set(_), Value::Object(by_code)) => {
                for (code, fields) in by_code {
                    let mut fields = without_id(fields);
                    if let Value::Object(map) = &mut fields {
                        map.entry("code").or_insert_with(|| Value::from(code.as_str()));
                    }
                    edits.push((Edit::Add { path: name.clone(), fields }, format!("{name}.{code}")));
                }
            }
            (FieldType::Set(_) | FieldType::Rows(_), _) => {
                mistake(name, told!("mistake-list", name = name, type = field.ty.said()));
            }
            _ => edits.push((Edit::Set { path: name.clone(), value: value.clone() }, name.clone())),
        }
    }
    errors.extend(check(kind, &Snapshot::default(), &edits, &lines));
    if !errors.is_empty() {
        errors.sort_by_key(|error| error.line);
        return Err(errors);
    }
    let name = map.get(NAME_FIELD).and_then(Value::as_str).map(str::to_owned);
    Ok(Imported { name, edits: edits.into_iter().map(|(edit, _)| edit).collect() })
}

/// Ids are of the document that they were made in; a copy gets its own.
fn without_id(fields: &Value) -> Value {
    let mut fields = fields.clone();
    if let Value::Object(map) = &mut fields {
        map.remove("id");
    }
    fields
}
