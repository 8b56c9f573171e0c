//! Kinds that organisations add to a programme: each is a document of the kind `kind`, with a row for each version.
//!
//! Rows only grow, so two organisations that add versions at the same time both find theirs. Which counts follows from the
//! rows alone, so every node reads documents alike.

use std::collections::BTreeSet;

use accord_document::Kind;
use serde_json::{Value, json};

use crate::check_kind;
use crate::check_kind::check_kept;
use crate::model::{rows, string};

/// The kind of the documents that hold added kinds.
pub const KIND: &str = "kind";

/// What a file of a kind becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVersion {
    /// The kind as read.
    pub kind: Kind,
    /// The fields of the row for [`KIND`]'s `versions`.
    pub row: Value,
}

/// Reads the file of a kind that is to be added; `held` is the newest version that the programme has.
///
/// # Errors
/// Every mistake, each with its place.
pub fn new_version(yaml: &str, held: Option<&Kind>) -> Result<NewVersion, Vec<String>> {
    let kind = check_kind(yaml, held)?;
    let parsed: Value = accord_document::from_yaml(yaml).map_err(|error| vec![error.to_string()])?;
    let definition = accord_document::canonical(&parsed);
    Ok(NewVersion { row: json!({ "version": kind.version, "definition": definition }), kind })
}

/// The newest version in a document of the kind `kind`, from its view: versions in order, each that may follow the one
/// before. Of two that say they are the same version one counts on every node: the first by its text.
#[must_use]
pub fn added(view: &Value) -> Option<Kind> {
    let name = view.get("name")?.as_str()?;
    let mut all: Vec<(u64, &str)> = rows(view, "versions")
        .into_iter()
        .map(|row| {
            (row.get("version").and_then(Value::as_u64).unwrap_or_default(), string(row, "definition"))
        })
        .collect();
    all.sort_unstable();
    let mut newest: Option<Kind> = None;
    for (version, definition) in all {
        let follows = check_kept(definition, newest.as_ref()).ok();
        let fits = |kind: &Kind| kind.name == name && u64::from(kind.version) == version;
        newest = follows.filter(fits).or(newest);
    }
    newest
}

/// Every definition that a document of the kind `kind` holds as one version of a kind, by its text.
#[must_use]
pub fn definitions(view: &Value, version: u32) -> BTreeSet<String> {
    rows(view, "versions")
        .into_iter()
        .filter(|row| row.get("version").and_then(Value::as_u64) == Some(u64::from(version)))
        .map(|row| string(row, "definition").to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "{name: visit, version: 1, fields: [{name: place, type: string}]}";
    const TWO: &str =
        "{name: visit, version: 2, fields: [{name: place, type: string}, {name: day, type: date}]}";
    const OTHER_TWO: &str =
        "{name: visit, version: 2, fields: [{name: place, type: string}, {name: end, type: date}]}";
    const BROKEN: &str = "{name: visit, version: 3, fields: [{name: day, type: date}]}";

    fn view(files: &[&str]) -> Value {
        let row = |yaml: &&str| new_version(yaml, None).unwrap().row;
        json!({ "name": "visit", "versions": files.iter().map(row).collect::<Vec<_>>() })
    }

    #[test]
    fn the_newest_version_counts_that_may_follow() {
        assert_eq!(added(&view(&[])), None);
        assert_eq!(added(&view(&[TWO, ONE])).unwrap().version, 2);
        // Somebody's own program took a field out: what documents hold stays readable.
        assert_eq!(added(&view(&[ONE, BROKEN, TWO])).unwrap().version, 2);
        assert_eq!(added(&json!({ "name": "trip", "versions": view(&[ONE])["versions"] })), None);
    }

    /// A definition comes from others and is read whenever documents are listed. One of nothing but brackets took a reader
    /// of YAML minutes each time.
    #[test]
    fn a_definition_that_is_made_to_hold_readers_up_does_not() {
        let begun = std::time::Instant::now();
        for bracket in ["[", "{a: ", "{\"a\":"] {
            let hostile = bracket.repeat(1_000_000 / bracket.len());
            let view = json!({ "name": "visit", "versions": [
                new_version(ONE, None).unwrap().row,
                { "version": 2, "definition": hostile },
            ] });
            assert_eq!(added(&view).unwrap().version, 1);
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
    }

    #[test]
    fn every_node_takes_the_same_of_two() {
        let [one, other] = [[ONE, TWO, OTHER_TWO], [OTHER_TWO, ONE, TWO]].map(|files| added(&view(&files)));
        assert_eq!(one, other);
        assert_eq!(definitions(&view(&[ONE, TWO, OTHER_TWO]), 2).len(), 2);
        assert_eq!(definitions(&view(&[ONE, TWO, TWO]), 2).len(), 1);
        assert_eq!(one.unwrap().version, 2);
    }
}
