//! From what is stored to what is shown.

use accord_words::say;
use serde_json::{Value, json};

use super::Amount;
use crate::kind::{Field, FieldType, Scalar};

/// A stored value as programs see it.
pub(crate) fn present(value: &Value) -> Value {
    match Amount::from_stored(value) {
        Some(amount) => json!({ "amount": amount.plain(), "currency": amount.currency }),
        None => value.clone(),
    }
}

/// A row in words: each field by its label, in the order of the kind; what the kind does not know last.
pub(crate) fn row_words(fields: &[Field], row: &Value) -> String {
    let Value::Object(map) = row else { return words(None, row, false) };
    let known = fields.iter().filter_map(|field| {
        let value = map.get(&field.name)?;
        let scalar = match &field.ty {
            FieldType::Register(scalar) => Some(scalar),
            _ => None,
        };
        Some(format!("{} {}", field.labels.said(), words(scalar, value, false)))
    });
    let other = map
        .iter()
        .filter(|(name, _)| *name != "supersedes" && fields.iter().all(|field| field.name != **name))
        .map(|(name, value)| format!("{name} {}", words(None, value, false)));
    known.chain(other).collect::<Vec<_>>().join(", ")
}

/// A stored value in words. `bare` leaves the currency out where the label already says it.
pub(crate) fn words(scalar: Option<&Scalar>, value: &Value, bare: bool) -> String {
    if let Some(amount) = Amount::from_stored(value) {
        return if bare { amount.shown() } else { amount.to_string() };
    }
    match value {
        Value::Null => say!("nothing"),
        Value::Bool(true) => say!("yes"),
        Value::Bool(false) => say!("no"),
        Value::String(text) => match scalar {
            Some(Scalar::Code(codes)) => codes.iter().find(|c| c.code == *text).map_or(text.clone(), |c| {
                let label = c.labels.said();
                if label.eq_ignore_ascii_case(text) { text.clone() } else { format!("{text} ({label})") }
            }),
            _ => text.clone(),
        },
        Value::Object(map) => {
            let mut parts: Vec<String> =
                map.iter().map(|(key, part)| format!("{key} {}", words(None, part, false))).collect();
            parts.sort();
            parts.join(", ")
        }
        Value::Array(items) => {
            items.iter().map(|item| words(None, item, false)).collect::<Vec<_>>().join(", ")
        }
        Value::Number(number) => number.to_string(),
    }
}
