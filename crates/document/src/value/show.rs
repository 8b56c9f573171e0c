//! From what is stored to what is shown.

use serde_json::{Value, json};

use super::Amount;
use crate::kind::Scalar;

/// A stored value as programs see it.
pub(crate) fn present(value: &Value) -> Value {
    match Amount::from_stored(value) {
        Some(amount) => json!({ "amount": amount.plain(), "currency": amount.currency }),
        None => value.clone(),
    }
}

/// A stored value in words. `bare` leaves the currency out where the label already says it.
pub(crate) fn words(scalar: Option<&Scalar>, value: &Value, bare: bool) -> String {
    if let Some(amount) = Amount::from_stored(value) {
        return if bare { amount.grouped() } else { amount.to_string() };
    }
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => match scalar {
            Some(Scalar::Code(codes)) => codes.iter().find(|c| c.code == *text).map_or(text.clone(), |c| {
                let label = c.labels.en();
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
