//! The map of a table: which columns become which fields.

use std::collections::BTreeMap;

use accord_words::{hint, say};
use serde::Deserialize;

/// Why a map cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("map-unreadable", why = .0))]
pub struct MapError(pub(super) String);

impl MapError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        hint!("map-unreadable")
    }
}

/// A map, as its file says it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// The kind of document that is filled.
    pub kind: String,
    /// Whether amounts with more decimals than their currency has are rounded; refused otherwise.
    #[serde(default)]
    pub round: bool,
    /// Translations of what stands in a column; `"*"` is for everything else.
    #[serde(default)]
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
    /// What is made.
    pub rules: Vec<Rule>,
}

/// What is made from lines.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// A set, a list of rows, or `SET.TABLE` for the cells of a table.
    pub into: String,
    /// For which lines: columns and the values that they may have.
    #[serde(default)]
    pub when: BTreeMap<String, Vec<String>>,
    /// The stable id elsewhere, kept in `external_id`. For cells, that of their item.
    pub id: String,
    /// An item's code.
    #[serde(default)]
    pub code: String,
    /// Fields, `title.en` for text.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// For cells: the coordinates.
    #[serde(default)]
    pub cell: Vec<String>,
    /// For cells: the plain number that is added up.
    #[serde(default)]
    pub add: String,
}

const MAX_BYTES: usize = 1 << 20;

impl Map {
    /// Reads a map.
    ///
    /// # Errors
    /// What is not a map.
    pub fn from_yaml(yaml: &str) -> Result<Self, MapError> {
        if yaml.len() > MAX_BYTES {
            return Err(MapError(say!("map-too-large")));
        }
        accord_document::from_yaml(yaml).map_err(|error| MapError(shortened(&error.to_string())))
    }
}

/// What is no map at all is quoted whole in the error: its beginning is enough.
fn shortened(message: &str) -> String {
    const ENOUGH: usize = 200;
    if message.chars().count() <= ENOUGH {
        return message.to_owned();
    }
    message.chars().take(ENOUGH).chain(['…']).collect()
}
