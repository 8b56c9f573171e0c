//! The difference between what was rendered and what came back from the editor, as edits.

use std::collections::HashSet;

use accord_words::{Told, say, told};
use serde_json::{Map, Value};

use super::MarkedError;
use super::lines::Lines;
use super::read::read;
use super::show::editable;
use crate::Hash;
use crate::document::Document;
use crate::edit::{Edit, EditError, Planner, refuse_too_many, shown};
use crate::kind::{Axis, Field, FieldType, Kind, LANGUAGES, Scalar};
use crate::layout::key;
use crate::path::{items, paragraphs, row_ids};
use crate::snapshot::Snapshot;
use crate::text::{join, paragraphs as split};
use crate::value::{coordinate, did_you_mean, parse};

impl Document {
    /// The edits that lead from the version `base` to the edited text, to be made with
    /// [`Document::edit_at`] at `base`.
    ///
    /// # Errors
    /// Every mistake with its line; then nothing is to be edited.
    pub fn parse_edited(
        &self,
        kind: &Kind,
        base: &[Hash],
        yaml: &str,
    ) -> Result<Vec<Edit>, Vec<MarkedError>> {
        let map = read(yaml).map_err(|error| vec![error])?;
        let snapshot = self
            .snapshot(Some(base))
            .map_err(|error| vec![MarkedError { line: 1, message: error.to_string(), hint: error.hint() }])?;
        let mut compare =
            Compare { snapshot: &snapshot, lines: Lines::of(yaml), edits: Vec::new(), errors: Vec::new() };
        compare.fields(&kind.fields, "", "", "", &map, &[]);
        let Compare { edits, mut errors, lines, .. } = compare;
        errors.extend(check(kind, &snapshot, &edits, &lines));
        errors.sort_by_key(|error| error.line);
        if errors.is_empty() { Ok(edits.into_iter().map(|(edit, _)| edit).collect()) } else { Err(errors) }
    }
}

/// Plans the edits without writing them, to find what is wrong with each.
pub(super) fn check(
    kind: &Kind,
    snapshot: &Snapshot,
    edits: &[(Edit, String)],
    lines: &Lines,
) -> Vec<MarkedError> {
    if let Err(error) = refuse_too_many(edits.iter().map(|(edit, _)| edit)) {
        return vec![MarkedError { line: 1, message: error.to_string(), hint: error.hint() }];
    }
    let mut counter = 0u64;
    // Nothing planned here is ever written: numbers serve for random bytes.
    let mut random = |bytes: &mut [u8]| {
        counter += 1;
        bytes.iter_mut().zip(counter.to_be_bytes().iter().rev()).for_each(|(byte, n)| *byte = *n);
    };
    let mut planner = Planner::new(kind, snapshot.clone(), &mut random);
    let mut errors = Vec::new();
    for (edit, place) in edits {
        if let Err(error) = planner.edit(edit) {
            let place = match (edit, &error) {
                // Inside a new item the path goes on under an id that nobody has seen.
                (Edit::Add { .. }, EditError::Value { path, .. } | EditError::NotHere { path, .. }) => {
                    let inner: Vec<&str> = path.splitn(3, '.').skip(2).collect();
                    format!("{place}.{}", inner.concat())
                }
                _ => place.clone(),
            };
            let message = match &error {
                EditError::Value { source, .. } => source.message.clone(),
                EditError::NotHere { message, .. } => message.clone(),
                other => other.to_string(),
            };
            errors.push(MarkedError { line: lines.find(&place), message, hint: error.hint() });
        }
    }
    errors
}

struct Compare<'a> {
    snapshot: &'a Snapshot,
    lines: Lines,
    /// With the place in the text that each comes from.
    edits: Vec<(Edit, String)>,
    errors: Vec<MarkedError>,
}

/// What to write for a name that is not known: what is near it, or else all there is.
pub(super) fn near_or_all(typed: &str, known: &[&str]) -> String {
    match did_you_mean(typed, known.iter().copied()) {
        Some(near) => say!("near", near = near),
        None => say!("path-known", list = known.join(", ")),
    }
}

/// What to say where nothing stands any more under the name of a field, or the name is gone too. Only a single value is
/// cleared by an empty line.
fn taken_out(field: &Field) -> Told {
    let name = &field.name;
    match &field.ty {
        FieldType::Rows(_) => told!("mistake-row-taken-out"),
        FieldType::Set(_) | FieldType::Text | FieldType::Table(..) => {
            told!("mistake-all-taken-out", name = name)
        }
        FieldType::Register(_) | FieldType::Shares(_) | FieldType::Codes(_) => {
            told!("mistake-taken-out", name = name)
        }
    }
}

fn dotted(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

impl Compare<'_> {
    fn error(&mut self, place: &str, told: impl Into<Told>) {
        let line = self.lines.find(place);
        let Told { message, hint } = told.into();
        self.errors.push(MarkedError { line, message, hint });
    }

    fn set(&mut self, path: &str, place: &str, value: &Value) {
        self.edits.push((Edit::Set { path: path.to_owned(), value: value.clone() }, place.to_owned()));
    }

    /// `path` is for edits (with ids), `at` for keys, `place` for lines.
    fn fields(
        &mut self,
        fields: &[Field],
        path: &str,
        at: &str,
        place: &str,
        map: &Map<String, Value>,
        also: &[&str],
    ) {
        for name in map.keys().filter(|name| !also.contains(&name.as_str())) {
            if !fields.iter().any(|field| field.name == *name) {
                let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                let told = Told {
                    message: say!("path-no-field", name = name),
                    hint: Some(near_or_all(name, &known)),
                };
                self.error(&dotted(place, name), told);
            }
        }
        for field in fields {
            let path = dotted(path, &field.name);
            let place = dotted(place, &field.name);
            let full = if at.is_empty() { field.name.clone() } else { key(&[at, &field.name]) };
            match map.get(&field.name) {
                Some(value) => self.field(field, &path, &full, &place, value),
                // The editor was never shown it.
                None if field.rules.machine => {}
                None if self.stands(field, &full) => self.error(&place, taken_out(field)),
                None => {}
            }
        }
    }

    fn holds_something(&self, full: &str) -> bool {
        let range = crate::layout::under(full);
        self.snapshot.values(full).iter().any(|value| !value.is_null())
            || self.snapshot.slots.range(range).any(|(inner, _)| {
                self.snapshot.values(inner).iter().any(|v| !v.is_null() && **v != Value::Bool(false))
            })
    }

    fn field(&mut self, field: &Field, path: &str, full: &str, place: &str, value: &Value) {
        match (&field.ty, value) {
            (FieldType::Register(scalar), _) => self.register(scalar, None, path, full, place, value),
            (FieldType::Shares(_), _) => self.shares(path, full, place, value),
            (FieldType::Codes(_), _) => self.codes(path, full, place, value),
            (FieldType::Text, Value::Object(map)) => self.text(path, full, place, map),
            (FieldType::Table(axes, scalar), Value::Object(map)) => {
                self.table(axes, scalar, None, path, full, place, map);
            }
            (FieldType::Set(fields), Value::Array(all)) => self.items(&field.name, fields, place, all),
            (FieldType::Rows(fields), Value::Array(all)) => self.rows(&field.name, fields, place, all),
            (
                FieldType::Text | FieldType::Table(..) | FieldType::Set(_) | FieldType::Rows(_),
                Value::Null,
            ) => {
                if self.stands(field, full) {
                    self.error(place, taken_out(field));
                }
            }
            (FieldType::Text, _) => self.error(place, told!("mistake-needs-language")),
            _ => self.error(place, told!("mistake-type", name = &field.name, type = field.ty.said())),
        }
    }

    /// Whether the editor was shown anything for this field.
    fn stands(&self, field: &Field, full: &str) -> bool {
        match &field.ty {
            FieldType::Set(_) => {
                items(self.snapshot, full).iter().any(|item| !self.snapshot.retired(&item.key))
            }
            FieldType::Text => {
                LANGUAGES.iter().any(|l| !paragraphs(self.snapshot, &key(&[full, l])).is_empty())
            }
            _ => self.holds_something(full),
        }
    }

    fn register(
        &mut self,
        ty: &Scalar,
        currency: Option<&str>,
        path: &str,
        full: &str,
        place: &str,
        typed: &Value,
    ) {
        let values = self.snapshot.values(full);
        let stored = match values[..] {
            [] => &Value::Null,
            [one] => one,
            // In conflict: what is left empty stays open.
            _ if typed.is_null() => return,
            _ => return self.set(path, place, typed),
        };
        let text = match typed {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let same =
            text == editable(stored, currency.is_some()) || parse(ty, typed, currency).as_ref() == Ok(stored);
        if !same {
            self.set(path, place, typed);
        }
    }

    fn shares(&mut self, path: &str, full: &str, place: &str, typed: &Value) {
        let values = self.snapshot.values(full);
        if values.len() > 1 && typed.is_null() {
            return;
        }
        let stored = if values.len() == 1 { values[0] } else { &Value::Null };
        let text = |value: &Value| match value {
            Value::Object(map) => {
                let mut parts: Vec<String> =
                    map.iter().map(|(c, p)| format!("{c} {}", editable(p, false))).collect();
                parts.sort();
                parts.join(", ")
            }
            other => editable(other, false),
        };
        if values.len() > 1 || text(stored) != text(typed) {
            self.set(path, place, typed);
        }
    }

    /// Only the codes that were added or taken out: one that stands in conflict stays so.
    fn codes(&mut self, path: &str, full: &str, place: &str, typed: &Value) {
        let listed: Vec<String> = match typed {
            Value::Null => Vec::new(),
            Value::Array(all) => all.iter().map(|code| editable(code, false)).collect(),
            Value::String(list) => list.split(',').map(|code| code.trim().to_owned()).collect(),
            _ => return self.error(place, told!("mistake-codes")),
        };
        let standing: Vec<String> = self
            .snapshot
            .children(full)
            .filter(|code| self.snapshot.value(&key(&[full, code])) == Some(&Value::Bool(true)))
            .map(str::to_owned)
            .collect();
        for code in listed.iter().filter(|code| !standing.contains(code)) {
            self.set(&dotted(path, code), place, &Value::Bool(true));
        }
        for code in standing.iter().filter(|code| !listed.contains(code)) {
            self.set(&dotted(path, code), place, &Value::Bool(false));
        }
    }

    fn text(&mut self, path: &str, full: &str, place: &str, map: &Map<String, Value>) {
        for (language, typed) in map {
            let (path, place) = (dotted(path, language), dotted(place, language));
            if !LANGUAGES.contains(&language.as_str()) {
                let told = told!("mistake-no-language", language = language, list = LANGUAGES.join(", "));
                self.error(&place, told);
                continue;
            }
            let old: Vec<String> = paragraphs(self.snapshot, &key(&[full, language]))
                .iter()
                .map(|paragraph| shown(self.snapshot, paragraph))
                .collect();
            let typed = match typed {
                Value::Null => String::new(),
                Value::Array(all) => join(&all.iter().map(|p| editable(p, false)).collect::<Vec<_>>()),
                other => editable(other, false),
            };
            if split(&typed) != split(&join(&old)) {
                self.edits.push((Edit::ReplaceText { path, text: typed }, place));
            }
        }
        for language in LANGUAGES.iter().filter(|language| !map.contains_key(**language)) {
            if !paragraphs(self.snapshot, &key(&[full, language])).is_empty() {
                self.error(place, told!("mistake-text-taken-out", language = *language));
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one place in three ways of naming it")]
    fn table(
        &mut self,
        axes: &[Axis],
        ty: &Scalar,
        currency: Option<&str>,
        path: &str,
        full: &str,
        place: &str,
        map: &Map<String, Value>,
    ) {
        let [axis, rest @ ..] = axes else { return };
        for (typed, value) in map {
            let place = dotted(place, typed);
            let part = match coordinate(axis, typed) {
                Ok(part) => part,
                Err(error) => {
                    self.error(&place, error);
                    continue;
                }
            };
            let (path, full) = (dotted(path, &part), key(&[full, &part]));
            let currency = if *axis == Axis::Currency { Some(part.as_str()) } else { currency };
            match (rest, value) {
                ([], _) => self.register(ty, currency, &path, &full, &place, value),
                (_, Value::Object(inner)) => self.table(rest, ty, currency, &path, &full, &place, inner),
                (_, Value::Null) if !self.holds_something(&full) => {}
                _ => self.error(&place, told!("mistake-table-part")),
            }
        }
        let skip = full.len() + 1;
        let mut shown: Vec<String> = self
            .snapshot
            .slots
            .range(crate::layout::under(full))
            .filter_map(|(cell, _)| cell[skip..].split('/').next().map(str::to_owned))
            .collect();
        shown.dedup();
        for part in shown {
            let given = map.keys().any(|typed| coordinate(axis, typed).as_deref() == Ok(part.as_str()));
            if !given && self.holds_something(&key(&[full, &part])) {
                self.error(place, told!("mistake-taken-out", name = part));
            }
        }
    }

    fn items(&mut self, set: &str, fields: &[Field], place: &str, all: &[Value]) {
        let mut seen: HashSet<&str> = HashSet::new();
        for (n, entry) in all.iter().enumerate() {
            let place = format!("{place}[{n}]");
            let Value::Object(map) = entry else {
                self.error(&place, told!("mistake-item-fields"));
                continue;
            };
            let Some(id) = map.get("id").and_then(Value::as_str) else {
                let edit = Edit::Add { path: set.to_owned(), fields: entry.clone() };
                self.edits.push((edit, place));
                continue;
            };
            let full = key(&[set, id]);
            if !self.snapshot.slots.contains_key(&full) || seen.contains(id) {
                self.error(&place, told!("mistake-no-id", id = id));
                continue;
            }
            seen.insert(id);
            let path = dotted(set, id);
            match map.get("code") {
                Some(code) => {
                    let path = dotted(&path, "code");
                    self.register(&Scalar::String, None, &path, &full, &format!("{place}.code"), code);
                }
                None => self.error(&place, told!("mistake-code-taken-out")),
            }
            self.fields(fields, &path, &full, &place, map, &["id", "code"]);
        }
        for item in items(self.snapshot, set) {
            if !self.snapshot.retired(&item.key) && !seen.contains(item.id.as_str()) {
                self.error(place, told!("mistake-item-taken-out", item = item.label(), set = set));
            }
        }
    }

    fn rows(&mut self, rows: &str, fields: &[Field], place: &str, all: &[Value]) {
        let known: HashSet<String> = row_ids(self.snapshot, rows).into_iter().collect();
        let mut seen = HashSet::new();
        for (n, entry) in all.iter().enumerate() {
            let place = format!("{place}[{n}]");
            let id = entry.get("id").and_then(Value::as_str).map(str::to_owned);
            match id {
                None => {
                    let edit = Edit::Add { path: rows.to_owned(), fields: entry.clone() };
                    self.edits.push((edit, place));
                }
                Some(id) => {
                    let stored = self.snapshot.value(&key(&[rows, &id])).cloned().unwrap_or_default();
                    let names = fields.iter().map(|field| field.name.as_str()).chain(["supersedes"]);
                    let changed = names.into_iter().any(|name| {
                        let old = stored.get(name).map(|value| editable(value, false)).unwrap_or_default();
                        let new = entry.get(name).map(|value| editable(value, false)).unwrap_or_default();
                        old != new
                    });
                    if changed || !known.contains(&id) {
                        self.error(&place, told!("mistake-row-changed", id));
                    }
                    seen.insert(id);
                }
            }
        }
        if known.iter().any(|id| !seen.contains(id)) {
            self.error(place, told!("mistake-row-taken-out"));
        }
    }
}
