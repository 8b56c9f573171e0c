//! Adopting and declining: the edits of what people chose, and the memory that they did.

use accord_document::kind::{Field, FieldType, LANGUAGES};
use accord_document::{Edit, Kind};
use accord_words::say;
use serde_json::{Map, Value, json};

use super::start::copy;
use super::{Element, SEEN, Template, writable};
use crate::model::{items, string};

/// The edits that take the template's side of these elements. They go into the draft; a ratified
/// version is never changed.
#[must_use]
pub fn adopt(kind: &Kind, template: &Template<'_>, elements: &[&Element]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for element in elements.iter().filter(|element| element.waits()) {
        edits.extend(take(kind, template, element));
    }
    edits.extend(decline(template, elements));
    edits
}

/// The edit that keeps the country's side of these elements, and does not offer this version again.
#[must_use]
pub fn decline(template: &Template<'_>, elements: &[&Element]) -> Vec<Edit> {
    let seen: Map<String, Value> = elements
        .iter()
        .filter(|element| element.waits())
        .map(|element| (element.key.clone(), Value::from(template.version)))
        .collect();
    if seen.is_empty() {
        return Vec::new();
    }
    vec![Edit::Set { path: SEEN.into(), value: Value::Object(seen) }]
}

fn take(kind: &Kind, template: &Template<'_>, element: &Element) -> Option<Edit> {
    let mut parts = element.key.splitn(3, ':');
    let field = kind.field(parts.next()?)?;
    match (parts.next(), parts.next()) {
        // A field of the document.
        (None, _) => Some(overwrite(field, element.path.as_deref()?, element)),
        // A field of an item that both have.
        (Some(_), Some(name)) => {
            let FieldType::Set(fields) = &field.ty else { return None };
            let field = fields.iter().find(|field| field.name == name)?;
            Some(overwrite(field, element.path.as_deref()?, element))
        }
        // An item that one of the two has.
        (Some(origin), None) => match &element.path {
            Some(path) => Some(Edit::Retire { path: path.clone(), reason: say!("element-withdrawn") }),
            None => {
                let all = items(template.view, &field.name);
                let (_, item) = all.into_iter().find(|(_, item)| string(item, "id") == origin)?;
                Some(Edit::Add { path: field.name.clone(), fields: copy(field, template, item) })
            }
        },
    }
}

/// What the template has, and nothing in the languages that it no longer has. A language that only
/// the country has is its own, and stays.
fn overwrite(field: &Field, path: &str, element: &Element) -> Edit {
    let empty = json!({});
    let theirs =
        element.template.as_ref().unwrap_or(if field.ty == FieldType::Text { &empty } else { &Value::Null });
    let mut value = writable(field, theirs);
    if let (FieldType::Text, Value::Object(languages)) = (&field.ty, &mut value) {
        for language in LANGUAGES {
            let had = element.base.as_ref().is_some_and(|base| base.get(language).is_some());
            let has = element.country.as_ref().is_some_and(|text| text.get(language).is_some());
            if had && has && !languages.contains_key(language) {
                languages.insert(language.to_owned(), Value::Null);
            }
        }
    }
    Edit::Set { path: path.to_owned(), value }
}
