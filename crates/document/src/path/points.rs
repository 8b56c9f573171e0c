//! Which rows and items refer to an item.

use serde_json::Value;

use super::{items, row_ids};
use crate::kind::{Field, FieldType, Kind, Scalar};
use crate::layout::key;
use crate::snapshot::Snapshot;

/// One place that refers to an item.
#[derive(Debug, Clone)]
pub(crate) struct Pointer<'k> {
    /// The set or list at the top that it stands in, or the field itself.
    pub(crate) field: &'k Field,
    /// The row, or the register that holds the reference.
    pub(crate) key: String,
    /// For a row: the field of it that holds the reference.
    pub(crate) row: Option<&'k str>,
    /// The item is named by its id, and not by its code.
    pub(crate) by_id: bool,
}

/// Everything that stands (rows that were not corrected, items that are not retired) and refers to an item.
pub(crate) fn pointers<'k>(kind: &'k Kind, snapshot: &Snapshot, item: &str) -> Vec<Pointer<'k>> {
    let Some((set, id)) = item.split_once('/') else { return Vec::new() };
    let code = snapshot.text_value(item);
    let names = |value: &Value| -> Option<bool> {
        let text = value.as_str()?;
        if text == id {
            return Some(true);
        }
        // Where a living item took over the code, that is what is meant.
        let taken = || {
            let mut same = snapshot.ids_with_code(set, text);
            same.any(|other| other != id && !snapshot.retired(&key(&[set, other])))
        };
        (code.is_some_and(|code| code.eq_ignore_ascii_case(text)) && !taken()).then_some(false)
    };
    let mut found = Vec::new();
    for field in &kind.fields {
        match &field.ty {
            FieldType::Register(scalar) if refers(scalar, set) => {
                let by_id = snapshot.value(&field.name).and_then(names);
                let register = |by_id| Pointer { field, key: field.name.clone(), row: None, by_id };
                found.extend(by_id.map(register));
            }
            FieldType::Rows(fields) => rows(snapshot, field, fields, set, &names, &mut found),
            FieldType::Set(fields) => {
                for other in items(snapshot, &field.name) {
                    if other.key == item || snapshot.retired(&other.key) {
                        continue;
                    }
                    for inner in fields {
                        let FieldType::Register(scalar) = &inner.ty else { continue };
                        let at = key(&[&other.key, &inner.name]);
                        if refers(scalar, set)
                            && let Some(by_id) = snapshot.value(&at).and_then(names)
                        {
                            found.push(Pointer { field, key: at, row: None, by_id });
                        }
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn rows<'k>(
    snapshot: &Snapshot,
    field: &'k Field,
    fields: &'k [Field],
    set: &str,
    names: &dyn Fn(&Value) -> Option<bool>,
    found: &mut Vec<Pointer<'k>>,
) {
    let referring: Vec<&str> = fields
        .iter()
        .filter(|inner| matches!(&inner.ty, FieldType::Register(scalar) if refers(scalar, set)))
        .map(|inner| inner.name.as_str())
        .collect();
    if referring.is_empty() {
        return;
    }
    let all = row_ids(snapshot, &field.name);
    let row = |id: &str| snapshot.value(&key(&[&field.name, id]));
    let corrected: Vec<&str> = all.iter().filter_map(|id| row(id)?.get("supersedes")?.as_str()).collect();
    for id in all.iter().filter(|id| !corrected.contains(&id.as_str())) {
        let hit = referring.iter().find_map(|name| Some((*name, names(row(id)?.get(*name)?)?)));
        if let Some((name, by_id)) = hit {
            found.push(Pointer { field, key: key(&[&field.name, id]), row: Some(name), by_id });
        }
    }
}

fn refers(scalar: &Scalar, set: &str) -> bool {
    matches!(scalar, Scalar::Reference(of) if of == set)
}
