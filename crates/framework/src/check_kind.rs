//! Kinds that organisations add to a programme as files.

use accord_document::{Kind, KindError};

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
        mistakes.push(format!("name: `{}` is a kind of the program itself; choose another", kind.name));
    }
    if let Some(held) = held.filter(|held| held.name == kind.name) {
        if kind.version <= held.version && kind != *held {
            mistakes.push(format!("version: must be above {}, which the programme has", held.version));
        }
        for old in &held.fields {
            match kind.field(&old.name) {
                None => mistakes
                    .push(format!("fields.{}: was taken out; documents may hold it, so keep it", old.name)),
                Some(new) if new.ty.word() != old.ty.word() => mistakes.push(format!(
                    "fields.{}: was a {} and cannot become a {}",
                    old.name,
                    old.ty.word(),
                    new.ty.word()
                )),
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
