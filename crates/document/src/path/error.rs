//! Why a path leads nowhere.

use accord_words::{hint, say};

use crate::value::did_you_mean;

/// A path that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The path is empty.
    #[error("{}", say!("path-empty"))]
    Empty,
    /// Nothing of that name stands there.
    #[error("{}", missing(.what, .name, .place))]
    Missing {
        /// Field, item, language …
        what: &'static str,
        /// What was typed.
        name: String,
        /// Where; empty for the top of the document.
        place: String,
        /// What stands there.
        known: Vec<String>,
    },
    /// Several items have this code or begin with this id.
    #[error(
        "{}",
        say!("path-ambiguous", name = .name, number = .ids.len(), place = .place, ids = .ids.join(", "))
    )]
    Ambiguous {
        /// What was typed.
        name: String,
        /// The set.
        place: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// The path goes on where nothing is inside.
    #[error("{}", say!("path-too-deep", place = .place, name = .name))]
    TooDeep {
        /// The last place that exists.
        place: String,
        /// The part after it.
        name: String,
    },
    /// A coordinate of a table is not one.
    #[error("{}", say!("path-coordinate", message = .message, place = .place))]
    Coordinate {
        /// The table.
        place: String,
        /// What is wrong with it.
        message: String,
        /// What to write.
        hint: Option<String>,
    },
}

fn missing(what: &str, name: &str, place: &str) -> String {
    match what {
        "item" => say!("path-no-item", name, place),
        "paragraph" => say!("path-no-paragraph", name, place),
        "row" => say!("path-no-row", name, place),
        "language" => say!("path-no-language", name, place),
        _ if place.is_empty() => say!("path-no-field", name),
        _ => say!("path-no-field-at", name, place),
    }
}

impl PathError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Empty => hint!("path-empty"),
            Self::Missing { known, .. } if known.is_empty() => Some(say!("path-known-none")),
            Self::Missing { name, known, .. } => {
                let list = known.join(", ");
                Some(match did_you_mean(name, known.iter().map(String::as_str)) {
                    Some(near) => say!("path-near", near, list),
                    None => say!("path-known", list),
                })
            }
            Self::Ambiguous { ids, .. } => {
                hint!("path-ambiguous", first = ids.first().map_or("", String::as_str))
            }
            Self::TooDeep { place, .. } => hint!("path-too-deep", place),
            Self::Coordinate { hint, .. } => hint.clone(),
        }
    }
}
