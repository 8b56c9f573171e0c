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
