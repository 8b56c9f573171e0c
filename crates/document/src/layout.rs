//! How a document lies in Automerge: one flat map from key to register or text.
//!
//! There are no containers. A container that two writers make at the same time hides one of the
//! two with all that it holds, and a kind that grows makes new containers all the time; a flat
//! key has nobody to race with. docs/documents.md is the full description.

use serde_json::Value;

use crate::value::canonical;

/// The format of this layout, under [`FORMAT_KEY`].
pub(crate) const FORMAT: i64 = 1;
pub(crate) const FORMAT_KEY: &str = ".format";
pub(crate) const KIND_KEY: &str = ".kind";
/// Under an item's or paragraph's key: whether it is retired.
pub(crate) const RETIRED: &str = "retired";
/// Under a paragraph's key: where it stands among the others.
pub(crate) const ORDER: &str = "order";
/// Under a paragraph's key: why one of several wordings was chosen.
pub(crate) const CHOICE: &str = "choice";
/// Under a paragraph's or row's key: a register for each change that somebody looked at and settled.
/// A key for each, so that two people who settle at once do not undo each other's.
pub(crate) const SETTLED: &str = "settled";

/// Joins the parts of a key.
pub(crate) fn key(parts: &[&str]) -> String {
    parts.join("/")
}

/// The keys directly and indirectly under a prefix: `start <= key < end`.
pub(crate) fn under(prefix: &str) -> std::ops::Range<String> {
    // `0` is the character after `/`.
    format!("{prefix}/")..format!("{prefix}0")
}

/// What one write of a register holds. The three belong together: whoever arrives late competes
/// with value and reason at once, so a resolved conflict opens again without further bookkeeping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// Random, so that writing the same value again is a change: "keep it" must not lose against
    /// "change it".
    pub(crate) token: String,
    pub(crate) value: Value,
    pub(crate) reason: Option<String>,
}

impl Written {
    pub(crate) fn new(value: Value, reason: Option<String>, random: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut bytes = [0u8; 6];
        random(&mut bytes);
        Self { token: hex(&bytes), value, reason }
    }

    pub(crate) fn encode(&self) -> String {
        let mut parts = vec![Value::from(self.token.as_str()), self.value.clone()];
        parts.extend(self.reason.clone().map(Value::String));
        canonical(&Value::Array(parts))
    }

    /// Never fails: what somebody else wrote otherwise is shown as it stands.
    pub(crate) fn decode(text: &str) -> Self {
        if let Ok(Value::Array(parts)) = serde_json::from_str(text) {
            let mut parts = parts.into_iter();
            match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(Value::String(token)), Some(value), None, None) => {
                    return Self { token, value, reason: None };
                }
                (Some(Value::String(token)), Some(value), Some(Value::String(reason)), None) => {
                    return Self { token, value, reason: Some(reason) };
                }
                _ => {}
            }
        }
        Self { token: String::new(), value: Value::String(text.to_owned()), reason: None }
    }
}

/// A fresh id for an item, row or paragraph.
pub(crate) fn fresh_id(len: usize, random: &mut dyn FnMut(&mut [u8])) -> String {
    let mut bytes = vec![0u8; len];
    random(&mut bytes);
    hex(&bytes)
}

/// Items and rows: 64 random bits; in one document, chance never gives the same twice.
pub(crate) const ITEM_ID: usize = 8;
/// Paragraphs are keyed beside their language and field, so 48 bits are plenty.
pub(crate) const PARAGRAPH_ID: usize = 6;

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The inverse of [`hex`], for a whole hash.
pub(crate) fn unhex(text: &str) -> Option<crate::Hash> {
    let mut hash = [0u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(hash)
}
