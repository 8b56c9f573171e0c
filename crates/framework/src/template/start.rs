//! A new framework from a template.

use accord_document::kind::FieldType;
use accord_document::{Edit, Kind};
use serde_json::{Map, Value};

use super::{DOCUMENT, ORIGIN, Template, VERSION, inner, shared, writable};
use crate::model::{items, retired, string};

/// The edits that make a new document of this kind from the template.
#[must_use]
pub fn start(kind: &Kind, template: &Template<'_>) -> Vec<Edit> {
    let set = |path: &str, value: Value| Edit::Set { path: path.to_owned(), value };
    let mut edits = vec![set(DOCUMENT, template.document.into()), set(VERSION, template.version.into())];
    for field in shared(&kind.fields, &template.kind.fields) {
        if let FieldType::Set(_) = field.ty {
            for (_, item) in items(template.view, &field.name).into_iter().filter(|(_, i)| !retired(i)) {
                edits.push(Edit::Add { path: field.name.clone(), fields: copy(field, template, item) });
            }
        } else if let Some(value) = template.view.get(&field.name) {
            edits.push(set(&field.name, writable(field, value)));
        }
    }
    edits
}

/// The fields of a new item that is made from the template's.
pub(super) fn copy(
    field: &accord_document::kind::Field,
    template: &Template<'_>,
    item: &Map<String, Value>,
) -> Value {
    let mut fields = Map::new();
    fields.insert("code".into(), Value::from(string(item, "code")));
    fields.insert(ORIGIN.into(), Value::from(string(item, "id")));
    for inner in inner(field, template.kind) {
        if let Some(value) = item.get(&inner.name) {
            fields.insert(inner.name.clone(), writable(inner, value));
        }
    }
    Value::Object(fields)
}

/// What a file fills in, laid over what was taken from the template: an item of the same code is that item, filled
/// further, and not a second one; a text keeps the template's languages that the file does not have. Where both say
/// something the file stands, as an adaptation.
#[must_use]
pub fn filled(mut template: Vec<Edit>, file: Vec<Edit>) -> Vec<Edit> {
    for edit in file {
        let standing = template.iter_mut().find(|held| same_place(held, &edit));
        match (standing, edit) {
            (Some(Edit::Add { fields: held, .. }), Edit::Add { fields: value, .. })
            | (Some(Edit::Set { value: held, .. }), Edit::Set { value, .. }) => lay_over(held, value),
            (_, edit) => template.push(edit),
        }
    }
    template
}

fn same_place(held: &Edit, edit: &Edit) -> bool {
    let code = |fields: &Value| fields.get("code").and_then(Value::as_str).map(str::to_lowercase);
    match (held, edit) {
        (Edit::Set { path: held, .. }, Edit::Set { path, .. }) => held == path,
        (Edit::Add { path: held, fields: a }, Edit::Add { path, fields: b }) => {
            held == path && code(a).is_some() && code(a) == code(b)
        }
        _ => false,
    }
}

fn lay_over(held: &mut Value, value: Value) {
    match (held, value) {
        (Value::Object(held), Value::Object(value)) => {
            for (name, inner) in value {
                lay_over(held.entry(name).or_insert(Value::Null), inner);
            }
        }
        (held, value) => *held = value,
    }
}
