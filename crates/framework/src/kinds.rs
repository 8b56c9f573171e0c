//! The kinds that are shipped.

use std::sync::LazyLock;

use accord_document::kind::CodeLists;
use accord_document::{Kind, currencies};
use accord_words::say;

const SOURCES: [&str; 6] = [
    include_str!("../kinds/framework.yaml"),
    include_str!("../kinds/kind.yaml"),
    include_str!("../kinds/lesson.yaml"),
    include_str!("../kinds/note.yaml"),
    include_str!("../kinds/programme.yaml"),
    include_str!("../kinds/request.yaml"),
];

const LISTS: [&str; 4] = [
    include_str!("../lists/country.yaml"),
    include_str!("../lists/organisation_type.yaml"),
    include_str!("../lists/policy_marker.yaml"),
    include_str!("../lists/sector.yaml"),
];

/// The lists of codes that kinds may name, `currency` from ISO 4217 among them.
#[must_use]
pub fn code_lists() -> &'static CodeLists {
    static ALL: LazyLock<CodeLists> = LazyLock::new(|| {
        let mut lists = CodeLists::default();
        lists.add("currency", currencies());
        for source in LISTS {
            // As with kinds: a shipped file that cannot be read fails the tests, not the program.
            let _ = lists.add_yaml(source);
        }
        lists
    });
    &ALL
}

// A shipped file that cannot be read is left out here and fails the tests below: a program that
// is already installed must start all the same.
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    SOURCES.iter().filter_map(|source| Kind::from_yaml_with(source, code_lists()).ok()).collect()
});

/// A name that no kind has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("no-kind", name = .name))]
pub struct UnknownKind {
    /// What was asked for.
    pub name: String,
}

impl UnknownKind {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let known: Vec<&str> = kinds().iter().map(|kind| kind.name.as_str()).collect();
        Some(say!("path-known", list = known.join(", ")))
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
    use accord_document::kind::{Field, FieldType};

    use super::*;

    #[test]
    fn every_shipped_kind_can_be_read() {
        for source in SOURCES {
            Kind::from_yaml_with(source, code_lists()).unwrap();
        }
        assert_eq!(kinds().len(), SOURCES.len());
        for source in LISTS {
            CodeLists::default().add_yaml(source).unwrap();
        }
        for kind in kinds() {
            for field in &kind.fields {
                for language in ["fr", "ar"] {
                    let label = field.labels.get(language);
                    let same = label == field.labels.en();
                    assert!(!same || language == "fr", "{}.{} has no {language}", kind.name, field.name);
                }
            }
        }
    }

    #[test]
    fn help_is_written_in_french_too() {
        fn look(fields: &[Field]) -> usize {
            let own = |field: &Field| match &field.ty {
                FieldType::Set(inner) | FieldType::Rows(inner) => look(inner),
                _ => 0,
            };
            let mut found = 0;
            for field in fields {
                if let Some(help) = &field.help {
                    assert_ne!(help.get("fr"), help.en(), "{}", field.name);
                    found += 1;
                }
                found += own(field);
            }
            found
        }
        assert!(kinds().iter().map(|kind| look(&kind.fields)).sum::<usize>() > 10);
    }

    #[test]
    fn an_unknown_kind_is_answered_with_the_known_ones() {
        let error = kind("framwork").unwrap_err();
        assert_eq!(error.hint().unwrap(), "there are: framework, kind, lesson, note, programme, request");
    }
}
