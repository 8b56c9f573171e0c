//! A document as a list of places and single values: what a spreadsheet can hold.

use accord_document::kind::{Axis, Field, FieldType, LANGUAGES};
use accord_document::{CONFLICT, Kind, REVIEW};
use serde_json::{Map, Value};

use crate::model::{items, retired, string};

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    /// With ids in place of codes, which people change.
    pub(super) path: String,
    /// For people.
    pub(super) label: String,
    pub(super) value: String,
    /// Why it cannot be changed here.
    pub(super) fixed: Option<&'static str>,
}

/// Before all that people say where they disagree; the same in every language, as a file is the same for one version.
const OPEN_MARK: &str = "OPEN";
pub(super) const OPEN: &str = "edited-open";
/// In a row: the one that it corrects.
pub(super) const SUPERSEDES: &str = "supersedes";
pub(super) const ROW: &str = "edited-row";

pub(super) fn flat(kind: &Kind, view: &Value) -> Vec<Leaf> {
    let mut all = Vec::new();
    let Value::Object(map) = view else { return all };
    for field in kind.fields.iter().filter(|field| !field.rules.machine) {
        match &field.ty {
            FieldType::Set(fields) => {
                for (name, item) in items(view, &field.name).into_iter().filter(|(_, item)| !retired(item)) {
                    // One that somebody added to a file has no id yet.
                    let id = Some(string(item, "id")).filter(|id| !id.is_empty()).unwrap_or(name);
                    let code = string(item, "code");
                    let (path, label) = (format!("{}.{id}", field.name), format!("{} {code}", field.name));
                    leaf(&mut all, format!("{path}.code"), format!("{label} code"), item.get("code"));
                    for inner in fields.iter().filter(|inner| !inner.rules.machine) {
                        let label = format!("{label} {}", inner.labels.en());
                        one(&mut all, inner, format!("{path}.{}", inner.name), label, item);
                    }
                }
            }
            FieldType::Rows(fields) => {
                let rows =
                    view.get(&field.name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                for (n, row) in rows.iter().filter_map(Value::as_object).enumerate() {
                    let new = format!("new{}", n + 1);
                    let id = Some(string(row, "id")).filter(|id| !id.is_empty()).unwrap_or(&new);
                    let from = all.len();
                    for inner in fields {
                        let (path, label) = (
                            format!("{}.{id}.{}", field.name, inner.name),
                            format!("{} {}", field.name, inner.labels.en()),
                        );
                        leaf(&mut all, path, label, row.get(&inner.name));
                    }
                    let (path, label) = (format!("{}.{id}.{SUPERSEDES}", field.name), SUPERSEDES.to_owned());
                    leaf(&mut all, path, label, row.get(SUPERSEDES));
                    all[from..].iter_mut().for_each(|leaf| leaf.fixed = Some(ROW));
                }
            }
            _ => one(&mut all, field, field.name.clone(), field.labels.en().to_owned(), map),
        }
    }
    all
}

fn one(all: &mut Vec<Leaf>, field: &Field, path: String, label: String, map: &Map<String, Value>) {
    let value = map.get(&field.name);
    match &field.ty {
        FieldType::Text => {
            for language in LANGUAGES {
                if let Some(text) = value.and_then(|value| value.get(language)) {
                    leaf(all, format!("{path}.{language}"), format!("{label} ({language})"), Some(text));
                    if let (Some(leaf), Some(paragraphs)) = (all.last_mut(), text.as_array()) {
                        leaf.value = paragraphs.iter().map(words).collect::<Vec<_>>().join("\n\n");
                    }
                }
            }
        }
        FieldType::Table(axes, _) => cells(all, axes, &path, &label, value),
        _ => leaf(all, path, label, value),
    }
}

fn cells(all: &mut Vec<Leaf>, axes: &[Axis], path: &str, label: &str, value: Option<&Value>) {
    let ([_, rest @ ..], Some(Value::Object(map))) = (axes, value) else { return };
    for (name, inner) in map {
        let (path, label) = (format!("{path}.{name}"), format!("{label} {name}"));
        if rest.is_empty() {
            leaf(all, path, label, Some(inner));
        } else {
            cells(all, rest, &path, &label, Some(inner));
        }
    }
}

fn leaf(all: &mut Vec<Leaf>, path: String, label: String, value: Option<&Value>) {
    let Some(value) = value.filter(|value| !value.is_null()) else { return };
    let open = is_open(value);
    all.push(Leaf { path, label, value: words(value), fixed: open.then_some(OPEN) });
}

fn is_open(value: &Value) -> bool {
    [CONFLICT, REVIEW].iter().any(|mark| value.get(mark).is_some())
        || value.as_array().is_some_and(|all| all.iter().any(is_open))
}

/// A value as an edit reads it back; where people disagree, all that they say.
pub(super) fn words(value: &Value) -> String {
    let conflict = value.get(CONFLICT);
    let review = value.get(REVIEW).and_then(|review| review.get("sides"));
    if let Some(sides) = conflict.or(review).and_then(Value::as_array) {
        let all: Vec<String> = sides.iter().filter_map(|side| side.get("value")).map(words).collect();
        return format!("{OPEN_MARK}: {}", all.join(" | "));
    }
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null => String::new(),
        Value::Number(number) => number.to_string(),
        Value::Object(map) => match (map.get("amount"), map.get("currency")) {
            (Some(Value::String(amount)), Some(Value::String(currency))) => {
                format!("{currency} {}", spelled(amount))
            }
            _ => map
                .iter()
                .map(|(code, part)| format!("{code} {}", words(part)))
                .collect::<Vec<_>>()
                .join(", "),
        },
        Value::Array(all) => {
            let parts: Vec<String> = all.iter().map(words).collect();
            // Codes stand in one line, paragraphs do not.
            let codes = all.iter().all(|v| v.as_str().is_some_and(|c| c.len() <= 20 && !c.contains(' ')));
            parts.join(if codes && all.len() > 1 { ", " } else { "\n\n" })
        }
    }
}

/// Three decimals after a point could be thousands: thousands are marked too, so that nobody has to guess.
fn spelled(amount: &str) -> String {
    match amount.split_once('.') {
        Some((whole, fraction)) if fraction.len() == 3 && whole.trim_start_matches('-').len() <= 3 => {
            format!("{amount}0")
        }
        _ => amount.to_owned(),
    }
}
