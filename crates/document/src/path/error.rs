//! Why a path leads nowhere.

use crate::value::did_you_mean;

/// A path that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The path is empty.
    #[error("the path is empty")]
    Empty,
    /// Nothing of that name stands there.
    #[error("no {what} `{name}`{}", at(.place))]
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
    #[error("`{name}` names {} items in {place}: {}", .ids.len(), .ids.join(", "))]
    Ambiguous {
        /// What was typed.
        name: String,
        /// The set.
        place: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// The path goes on where nothing is inside.
    #[error("nothing is inside `{place}`, so `{name}` leads nowhere")]
    TooDeep {
        /// The last place that exists.
        place: String,
        /// The part after it.
        name: String,
    },
    /// A coordinate of a table is not one.
    #[error("{message} (in `{place}`)")]
    Coordinate {
        /// The table.
        place: String,
        /// What is wrong with it.
        message: String,
        /// What to write.
        hint: Option<String>,
    },
}

fn at(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!(" in `{place}`") }
}

impl PathError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Empty => "name a field, for example `country`".into(),
            Self::Missing { name, known, .. } => {
                let list = if known.is_empty() { "nothing yet".to_owned() } else { known.join(", ") };
                match did_you_mean(name, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`? There is: {list}"),
                    None => format!("there is: {list}"),
                }
            }
            Self::Ambiguous { ids, .. } => {
                format!(
                    "write an id in place of the code, for example `{}`",
                    ids.first().map_or("", String::as_str)
                )
            }
            Self::TooDeep { place, .. } => format!("use `{place}`"),
            Self::Coordinate { hint, .. } => return hint.clone(),
        })
    }
}
