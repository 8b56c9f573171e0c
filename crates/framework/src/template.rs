//! A framework and the template it was made from: what moved there, what was adapted here.
//!
//! Nothing is ever merged between documents by itself. The framework remembers the template's id and
//! version (`template_document`, `template_version`), each item its origin, and for each element that
//! somebody decided about later, the version that they had looked at (`template_seen`). So three
//! texts can always be shown: the one both began with, the template's now, and the country's.

mod compare;
mod decide;
mod start;

use accord_document::kind::{Field, FieldType};
use accord_document::{Hash, Kind};
use serde_json::{Map, Value};

pub use compare::{Element, ElementState, MissingVersion, compare, versions_needed};
pub use decide::{adopt, decline};
pub use start::{filled, start};

/// The register of the template's document id.
pub const DOCUMENT: &str = "template_document";
/// The register of the version that the framework was made from.
pub const VERSION: &str = "template_version";
/// The table of versions considered since, by element.
pub const SEEN: &str = "template_seen";
/// In an item: the id of the template's item.
const ORIGIN: &str = "origin";

/// The template as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Template<'a> {
    /// The document's id.
    pub document: &'a str,
    /// Its version, as [`version`] writes it.
    pub version: &'a str,
    /// Its kind.
    pub kind: &'a Kind,
    /// Its view at that version.
    pub view: &'a Value,
}

/// A version as documents remember it.
#[must_use]
pub fn version(heads: &[Hash]) -> String {
    let hex = |hash: &Hash| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    heads.iter().map(hex).collect::<Vec<_>>().join("+")
}

/// Reads a version back; `None` if it is none.
#[must_use]
pub fn heads(version: &str) -> Option<Vec<Hash>> {
    version
        .split('+')
        .map(|hex| {
            let mut hash = [0u8; 32];
            let good = hex.len() == 64 && hex.is_ascii();
            for (i, byte) in hash.iter_mut().enumerate().filter(|_| good) {
                *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()?;
            }
            good.then_some(hash)
        })
        .collect()
}

/// The fields that are taken over: marked so in the country's kind, and there in the template's.
fn shared<'k>(own: &'k [Field], template: &[Field]) -> Vec<&'k Field> {
    own.iter()
        .filter(|field| field.rules.template)
        .filter(|field| template.iter().any(|t| t.name == field.name && t.ty.word() == field.ty.word()))
        .collect()
}

fn inner<'k>(field: &'k Field, template: &Kind) -> Vec<&'k Field> {
    let (FieldType::Set(own), Some(FieldType::Set(theirs))) =
        (&field.ty, template.field(&field.name).map(|field| &field.ty))
    else {
        return Vec::new();
    };
    shared(own, theirs)
}

/// Only the fields that are compared.
fn pick(item: &Map<String, Value>, fields: &[&Field]) -> Value {
    let known = |name: &String| fields.iter().any(|field| field.name == *name);
    item.iter()
        .filter(|(name, _)| known(name))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect::<Map<_, _>>()
        .into()
}

/// A value of a view as an edit takes it: paragraphs become one text for each language.
fn writable(field: &Field, value: &Value) -> Value {
    match (&field.ty, value) {
        (FieldType::Text, Value::Object(languages)) => languages
            .iter()
            .map(|(language, paragraphs)| {
                let all = paragraphs.as_array().map(Vec::as_slice).unwrap_or_default();
                let text: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
                (language.clone(), Value::from(text.join("\n\n")))
            })
            .collect::<Map<_, _>>()
            .into(),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests;
