//! Kinds that organisations add to a programme as files.

use accord_document::{Kind, KindError};
use accord_words::{labelled, say};

use crate::kinds::{code_lists, kinds};

/// Reads a kind from an organisation's file, with everything that is wrong with it.
///
/// `held` is the version of the same kind that the programme has already, if it has one: a newer
/// version may add fields, but what documents hold must keep its meaning.
///
/// # Errors
/// Every mistake, each with its place.
pub fn check_kind(yaml: &str, held: Option<&Kind>) -> Result<Kind, Vec<String>> {
    follows(Kind::from_yaml_with(yaml, code_lists()), held)
}

/// The same of a kind as a document keeps it.
pub(crate) fn check_kept(json: &str, held: Option<&Kind>) -> Result<Kind, Vec<String>> {
    follows(Kind::from_json_with(json, code_lists()), held)
}

fn follows(read: Result<Kind, KindError>, held: Option<&Kind>) -> Result<Kind, Vec<String>> {
    let kind = read.map_err(|error| match error {
        KindError::Invalid(all) => all,
        other => vec![other.to_string()],
    })?;
    let mut mistakes = Vec::new();
    if kinds().iter().any(|shipped| shipped.name == kind.name) {
        mistakes.push(labelled("name", &say!("schema-shipped", name = &kind.name)));
    }
    if let Some(held) = held.filter(|held| held.name == kind.name) {
        if kind.version <= held.version && kind != *held {
            mistakes.push(labelled("version", &say!("schema-version", version = held.version)));
        }
        for old in &held.fields {
            let place = format!("fields.{}", old.name);
            match kind.field(&old.name) {
                None => mistakes.push(labelled(&place, &say!("schema-taken-out"))),
                Some(new) if new.ty.word() != old.ty.word() => {
                    let told = say!("schema-other-type", before = old.ty.said(), after = new.ty.said());
                    mistakes.push(labelled(&place, &told));
                }
                Some(_) => {}
            }
        }
    }
    if mistakes.is_empty() { Ok(kind) } else { Err(mistakes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_every_mistake_at_once() {
        let found = check_kind(
            "{name: note, version: 0, colour: red, fields: [{name: a, type: code, list: colours, size: 3}, {name: b, type: reference, of: things}, {name: c, type: integer, min: many}]}",
            None,
        )
        .unwrap_err()
        .join("\n");
        for part in ["version:", "colour", "no list `colours`", "`size`", "`of: things`", "`min`"] {
            assert!(found.contains(part), "{part} is missing in {found}");
        }
    }

    #[test]
    fn a_newer_version_keeps_what_documents_hold() {
        let old = check_kind(
            "{name: visit, version: 1, fields: [{name: a, type: text}, {name: b, type: date}]}",
            None,
        );
        let old = old.unwrap();
        let new = "{name: visit, version: 1, fields: [{name: a, type: date}]}";
        assert_eq!(check_kind(new, Some(&old)).unwrap_err().len(), 3);
        let good = "{name: visit, version: 2, fields: [{name: a, type: text}, {name: b, type: date}, {name: c, type: bool}]}";
        assert!(check_kind(good, Some(&old)).is_ok());
    }
}
