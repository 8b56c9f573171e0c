//! An exported file that came back edited, as the difference to the version that was exported.

use std::collections::{BTreeMap, BTreeSet};

use accord_document::{Edit, Kind, MarkedError};
use serde_json::Value;

use super::flat::{Leaf, ROW, flat};

/// What an exported file says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportVersion {
    /// The document's id.
    pub document: String,
    /// Its kind.
    pub kind: String,
    /// The version; see [`crate::template::heads`].
    pub version: String,
}

const MAX_BYTES: usize = 64 << 20;

fn mistake(line: usize, message: impl Into<String>, hint: &str) -> MarkedError {
    MarkedError { line, message: message.into(), hint: Some(hint.to_owned()) }
}

/// Reads which version a file was exported from; `None` if it is not an exported file.
#[must_use]
pub fn exported_version(file: &str) -> Option<ExportVersion> {
    let names = ["$document", "$kind", "$version"];
    let [document, kind, version] = if file.trim_start().starts_with('{') {
        let json: Value = serde_json::from_str(file).ok()?;
        names.map(|name| json.get(name)?.as_str().map(str::to_owned))
    } else {
        let values = values(file).ok()?;
        names.map(|name| values.get(name).map(|(_, value)| value.clone()))
    };
    Some(ExportVersion { document: document?, kind: kind?, version: version? })
}

/// Each path with its line and value.
fn values(file: &str) -> Result<BTreeMap<String, (usize, String)>, MarkedError> {
    if file.len() > MAX_BYTES {
        return Err(mistake(1, "the file is larger than 64 MiB", "export a part of it"));
    }
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(file.as_bytes());
    let mut all = BTreeMap::new();
    for record in reader.records() {
        let record =
            record.map_err(|error| mistake(1, error.to_string(), "save it as CSV with commas, in UTF-8"))?;
        let line = record.position().map_or(1, |at| usize::try_from(at.line()).unwrap_or(1));
        let path = record.get(0).unwrap_or_default().trim().to_owned();
        let value = record.get(2).unwrap_or_default();
        // The quote that keeps a spreadsheet from taking a text for a formula.
        let unquoted = value.strip_prefix('\'').filter(|rest| crate::report::safe(rest) != *rest);
        let value = unquoted.unwrap_or(value).to_owned();
        if !path.is_empty() && all.insert(path.clone(), (line, value)).is_some() {
            return Err(mistake(line, format!("`{path}` stands twice"), "keep one of the two"));
        }
    }
    Ok(all)
}

/// The edits that lead from the exported version to the file, to be made at that version.
///
/// `base` is the view at the version that the file names.
///
/// # Errors
/// Every mistake with its line; then nothing is to be edited.
pub fn edited_csv(kind: &Kind, base: &Value, file: &str) -> Result<Vec<Edit>, Vec<MarkedError>> {
    let edited = values(file).map_err(|error| vec![error])?;
    difference(&flat(kind, base), &edited)
}

/// The same for a file of JSON.
///
/// # Errors
/// Every mistake; then nothing is to be edited.
pub fn edited_json(kind: &Kind, base: &Value, file: &str) -> Result<Vec<Edit>, Vec<MarkedError>> {
    if file.len() > MAX_BYTES {
        return Err(vec![mistake(1, "the file is larger than 64 MiB", "export a part of it")]);
    }
    let view: Value = serde_json::from_str(file).map_err(|error| {
        vec![mistake(error.line(), error.to_string(), "check the brackets and quotes here")]
    })?;
    let edited = flat(kind, &view).into_iter().map(|leaf| (leaf.path, (1, leaf.value))).collect();
    difference(&flat(kind, base), &edited)
}

fn difference(
    base: &[Leaf],
    edited: &BTreeMap<String, (usize, String)>,
) -> Result<Vec<Edit>, Vec<MarkedError>> {
    let mut edits = Vec::new();
    let mut errors = Vec::new();
    let known: BTreeMap<&str, &Leaf> = base.iter().map(|leaf| (leaf.path.as_str(), leaf)).collect();
    for (path, leaf) in &known {
        match edited.get(*path) {
            None => errors.push(mistake(
                1,
                format!("`{path}` was taken out"),
                "keep the line; to clear a value, leave it empty",
            )),
            Some((_, value)) if same(value, &leaf.value) => {}
            Some((line, _)) if leaf.fixed.is_some() => {
                errors.push(mistake(
                    *line,
                    format!("`{path}` cannot be changed here"),
                    leaf.fixed.unwrap_or_default(),
                ));
            }
            Some((_, value)) => {
                edits.push(Edit::Set { path: (*path).to_owned(), value: Value::from(value.trim()) })
            }
        }
    }
    let lists: BTreeSet<&str> = base
        .iter()
        .filter(|leaf| leaf.fixed == Some(ROW))
        .filter_map(|leaf| leaf.path.split('.').next())
        .collect();
    for (path, (line, value)) in edited {
        if known.contains_key(path.as_str()) || path.starts_with('$') || value.trim().is_empty() {
            continue;
        }
        let list = path.split('.').next().unwrap_or_default();
        if lists.contains(list) {
            errors.push(mistake(
                *line,
                format!("`{path}` is a new row"),
                "add rows with accord add, or by a map",
            ));
        } else {
            edits.push(Edit::Set { path: path.clone(), value: Value::from(value.trim()) });
        }
    }
    if errors.is_empty() { Ok(edits) } else { Err(errors) }
}

/// Spreadsheets write line ends in their own way.
fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n").trim() == other.trim()
}
