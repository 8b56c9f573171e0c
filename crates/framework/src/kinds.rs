//! The kinds that are shipped.

use std::sync::LazyLock;

use accord_document::Kind;

const SOURCES: [&str; 2] = [include_str!("../kinds/framework.yaml"), include_str!("../kinds/note.yaml")];

// A shipped file that cannot be read is left out here and fails the tests below: a program that
// is already installed must start all the same.
static KINDS: LazyLock<Vec<Kind>> =
    LazyLock::new(|| SOURCES.iter().filter_map(|source| Kind::from_yaml(source).ok()).collect());

/// A name that no kind has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no kind of document called `{name}`")]
pub struct UnknownKind {
    /// What was asked for.
    pub name: String,
}

impl UnknownKind {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let known: Vec<&str> = kinds().iter().map(|kind| kind.name.as_str()).collect();
        Some(format!("there are: {}", known.join(", ")))
    }
}

/// Every kind.
#[must_use]
pub fn kinds() -> &'static [Kind] {
    &KINDS
}

/// The kind of that name.
///
/// # Errors
/// If there is none; the hint lists those there are.
pub fn kind(name: &str) -> Result<&'static Kind, UnknownKind> {
    kinds().iter().find(|kind| kind.name == name).ok_or_else(|| UnknownKind { name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_kind_can_be_read() {
        for source in SOURCES {
            Kind::from_yaml(source).unwrap();
        }
        assert_eq!(kinds().len(), SOURCES.len());
    }

    #[test]
    fn an_unknown_kind_is_answered_with_the_known_ones() {
        let error = kind("framwork").unwrap_err();
        assert_eq!(error.hint().unwrap(), "there are: framework, note");
    }
}
