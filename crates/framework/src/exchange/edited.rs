//! An exported file that came back edited, as the difference to the version that was exported.

use std::collections::{BTreeMap, BTreeSet};

use accord_document::kind::{Field, FieldType};
use accord_document::{Edit, Kind, MarkedError};
use accord_words::{hint, say};
use serde_json::{Map, Value};

use super::clean;
use super::flat::{Leaf, OPEN, SUPERSEDES, flat};
use crate::model::{items, string};

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

fn mistake(line: usize, message: String, hint: Option<String>) -> MarkedError {
    MarkedError { line, message, hint }
}

/// Whether a file is JSON and no table.
#[must_use]
pub fn is_json(file: &str) -> bool {
    without_mark(file).trim_start().starts_with('{')
}

/// Some programs put a byte order mark before a text.
fn without_mark(file: &str) -> &str {
    file.strip_prefix('\u{feff}').unwrap_or(file)
}

/// Reads which version a file was exported from; `None` if it is not an exported file.
#[must_use]
pub fn exported_version(file: &str) -> Option<ExportVersion> {
    let names = ["$document", "$kind", "$version"];
    let [document, kind, version] = if is_json(file) {
        let json: Value = serde_json::from_str(without_mark(file)).ok()?;
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
        return Err(mistake(1, say!("edited-too-large"), hint!("edited-too-large")));
    }
    let (file, sign) = clean::table(file);
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(sign).from_reader(file.as_bytes());
    let mut all = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            mistake(1, say!("edited-table", what = error.to_string()), hint!("edited-table"))
        })?;
        let line = record.position().map_or(1, |at| usize::try_from(at.line()).unwrap_or(1));
        let path = record.get(0).unwrap_or_default().trim().to_owned();
        let value = record.get(2).unwrap_or_default();
        // Without the quote that keeps a spreadsheet from taking a text for a formula.
        let value = crate::report::unsafe_again(value).to_owned();
        if !path.is_empty() && all.insert(path.clone(), (line, value)).is_some() {
            return Err(mistake(line, say!("edited-twice", path = path), hint!("edited-twice")));
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
    Difference::new(kind, base, &edited).edits()
}

/// The same for a file of JSON.
///
/// # Errors
/// Every mistake; then nothing is to be edited.
pub fn edited_json(kind: &Kind, base: &Value, file: &str) -> Result<Vec<Edit>, Vec<MarkedError>> {
    if file.len() > MAX_BYTES {
        return Err(vec![mistake(1, say!("edited-too-large"), hint!("edited-too-large"))]);
    }
    let view: Value = serde_json::from_str(without_mark(file)).map_err(|error| {
        vec![mistake(error.line(), say!("edited-json", what = error.to_string()), hint!("edited-json"))]
    })?;
    let unknown = unknown_fields(kind, &view);
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let edited = flat(kind, &view).into_iter().map(|leaf| (leaf.path, (1, leaf.value))).collect();
    Difference::new(kind, base, &edited).edits()
}

/// Names in a file of JSON that no field has: what is written there would be lost without a word.
fn unknown_fields(kind: &Kind, view: &Value) -> Vec<MarkedError> {
    let mut errors = Vec::new();
    let mut look = |place: &str, value: &Value, fields: &[Field], also: &[&str]| {
        for name in value.as_object().into_iter().flat_map(|map| map.keys()) {
            let known = fields.iter().any(|field| field.name == *name) || also.contains(&name.as_str());
            if !known && !name.starts_with('$') {
                let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                let (name, known) = (format!("{place}{name}"), known.join(", "));
                errors.push(mistake(
                    1,
                    say!("edited-no-field", name = name),
                    hint!("edited-no-field", known = known),
                ));
            }
        }
    };
    look("", view, &kind.fields, &[]);
    for field in &kind.fields {
        let place = format!("{}.", field.name);
        match (&field.ty, view.get(&field.name)) {
            (FieldType::Set(fields), Some(Value::Object(all))) => {
                all.values().for_each(|item| look(&place, item, fields, &["id", "code"]));
            }
            (FieldType::Rows(fields), Some(Value::Array(all))) => {
                all.iter().for_each(|row| look(&place, row, fields, &["id", SUPERSEDES, "superseded_by"]));
            }
            _ => {}
        }
    }
    errors
}

/// What a spreadsheet holds in one cell; of a longer text it keeps the beginning, and says nothing.
const CELL: usize = 32_767;

/// Finds what leads from the exported version to the edited file.
struct Difference<'a> {
    kind: &'a Kind,
    base: Vec<Leaf>,
    /// The ids, and the codes, of the items and rows that the version had, by their list.
    known: BTreeSet<(String, String)>,
    edited: &'a BTreeMap<String, (usize, String)>,
    errors: Vec<MarkedError>,
}

impl<'a> Difference<'a> {
    fn new(kind: &'a Kind, base: &Value, edited: &'a BTreeMap<String, (usize, String)>) -> Self {
        let mut known = BTreeSet::new();
        for field in &kind.fields {
            for (_, item) in items(base, &field.name) {
                known.extend(["id", "code"].map(|name| (field.name.clone(), string(item, name).to_owned())));
            }
            for row in base.get(&field.name).and_then(Value::as_array).into_iter().flatten() {
                let id = row.get("id").and_then(Value::as_str).unwrap_or_default();
                known.insert((field.name.clone(), id.to_owned()));
            }
        }
        Self { kind, base: flat(kind, base), known, edited, errors: Vec::new() }
    }

    fn edits(mut self) -> Result<Vec<Edit>, Vec<MarkedError>> {
        let mut edits = Vec::new();
        let base = std::mem::take(&mut self.base);
        let taken_out = self.taken_out(&base);
        for leaf in
            base.iter().filter(|leaf| !taken_out.iter().any(|whole| leaf.path.starts_with(whole.as_str())))
        {
            match self.edited.get(&leaf.path) {
                None => self.errors.push(mistake(
                    1,
                    say!("edited-taken-out", path = &leaf.path),
                    hint!("edited-taken-out"),
                )),
                Some((_, value)) if same(value, &leaf.value) => {}
                Some((line, _)) if leaf.fixed == Some(OPEN) => {
                    self.errors.push(mistake(
                        *line,
                        say!("edited-open", path = &leaf.path),
                        hint!("edited-open"),
                    ));
                }
                Some((line, _)) if leaf.fixed.is_some() => {
                    self.errors.push(mistake(
                        *line,
                        say!("edited-row", path = &leaf.path),
                        hint!("edited-row"),
                    ));
                }
                Some((line, value)) if cut_off(value, &leaf.value) => {
                    self.errors.push(mistake(
                        *line,
                        say!("edited-cut-off", path = &leaf.path),
                        hint!("edited-cut-off"),
                    ));
                }
                Some((_, value)) => {
                    edits.push(Edit::Set { path: leaf.path.clone(), value: Value::from(value.trim()) })
                }
            }
        }
        let standing: BTreeSet<&str> = base.iter().map(|leaf| leaf.path.as_str()).collect();
        let mut new: BTreeMap<(String, String), Map<String, Value>> = BTreeMap::new();
        for (path, (line, value)) in self.edited {
            if standing.contains(path.as_str()) || path.starts_with('$') || value.trim().is_empty() {
                continue;
            }
            let value = Value::from(value.trim());
            let list = path.split('.').next().unwrap_or_default();
            let list =
                self.kind.field(list).filter(|f| matches!(f.ty, FieldType::Set(_) | FieldType::Rows(_)));
            let parts: Vec<&str> = path.splitn(3, '.').collect();
            match (list, &parts[..]) {
                (None, _) => edits.push(Edit::Set { path: path.clone(), value }),
                (Some(list), [_, name, inner]) => {
                    let known = self.known.contains(&(list.name.clone(), (*name).to_owned()));
                    match (known, &list.ty) {
                        (true, FieldType::Rows(_)) => {
                            self.errors.push(mistake(
                                *line,
                                say!("edited-row", path = path),
                                hint!("edited-row"),
                            ));
                        }
                        (true, _) => edits.push(Edit::Set { path: path.clone(), value }),
                        (false, _) => {
                            let fields = new.entry((list.name.clone(), (*name).to_owned())).or_default();
                            if !put(fields, inner, value) {
                                self.errors.push(mistake(
                                    *line,
                                    say!("edited-both", path = path),
                                    hint!("edited-both"),
                                ));
                            }
                        }
                    }
                }
                (Some(list), _) => {
                    self.errors.push(mistake(
                        *line,
                        say!("edited-nothing", path = path),
                        hint!("edited-nothing", list = &list.name),
                    ));
                }
            }
        }
        // What is new is told by a name that nothing else in the list has; for an item that is its code.
        for ((list, name), mut fields) in new {
            if self.kind.field(&list).is_some_and(|field| matches!(field.ty, FieldType::Set(_))) {
                fields.entry("code").or_insert_with(|| Value::from(name));
            }
            edits.push(Edit::Add { path: list, fields: Value::Object(fields) });
        }
        if self.errors.is_empty() { Ok(edits) } else { Err(self.errors) }
    }

    /// The items and rows of which no line is left, by what their paths begin with: one mistake each, and not one a line.
    fn taken_out(&mut self, base: &[Leaf]) -> Vec<String> {
        let mut left: BTreeMap<String, (bool, &Leaf)> = BTreeMap::new();
        for leaf in base {
            let parts: Vec<&str> = leaf.path.splitn(3, '.').collect();
            if let [list, name, _] = parts[..]
                && self.known.contains(&(list.to_owned(), name.to_owned()))
            {
                left.entry(format!("{list}.{name}.")).or_insert((false, leaf)).0 |=
                    self.edited.contains_key(&leaf.path);
            }
        }
        let gone: Vec<(String, &Leaf)> =
            left.into_iter().filter(|(_, (left, _))| !left).map(|(whole, (_, leaf))| (whole, leaf)).collect();
        for (whole, leaf) in &gone {
            let place = whole.trim_end_matches('.');
            let list = place.split('.').next().unwrap_or_default();
            if self.kind.field(list).is_some_and(|field| matches!(field.ty, FieldType::Rows(_))) {
                self.errors.push(mistake(
                    1,
                    say!("edited-row-taken-out", path = place),
                    hint!("edited-row-taken-out"),
                ));
            } else {
                // The first line of an item is its code.
                self.errors.push(mistake(
                    1,
                    say!("edited-item-taken-out", item = &leaf.value, list = list),
                    hint!("edited-item-taken-out", item = &leaf.value, list = list),
                ));
            }
        }
        gone.into_iter().map(|(whole, _)| whole).collect()
    }
}

/// Puts a value at a path below: `budget.2013.EUR`. False if something else stands in its way.
fn put(fields: &mut Map<String, Value>, path: &str, value: Value) -> bool {
    let Some((name, rest)) = path.split_once('.') else {
        return fields.insert(path.to_owned(), value).is_none();
    };
    let inner = fields.entry(name).or_insert_with(|| Value::Object(Map::new()));
    inner.as_object_mut().is_some_and(|inner| put(inner, rest, value))
}

/// Whether a text is only the beginning of a longer one, as much as a cell holds.
fn cut_off(value: &str, base: &str) -> bool {
    let value = value.trim_end();
    base.len() > value.len()
        && value.chars().count() > CELL / 2
        && base.chars().count() > CELL
        && base.starts_with(value)
}

/// Spreadsheets write line ends in their own way.
fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n").trim() == other.trim()
}
