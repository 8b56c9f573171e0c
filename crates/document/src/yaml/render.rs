//! A version of a document as YAML for a person to edit.

use std::fmt::Write as _;

use accord_words::{labelled, say};
use serde_json::Value;

use super::show::{block, editable, scalar};
use crate::Hash;
use crate::document::Document;
use crate::edit::shown;
use crate::kind::{Axis, Code, Field, FieldType, Kind, LANGUAGES, Scalar};
use crate::layout::{RETIRED, key, under};
use crate::path::{items, paragraphs, row_ids};
use crate::snapshot::Snapshot;
use crate::text::join;
use crate::value::words;
use crate::view::ReadError;

impl Document {
    /// The document as YAML. What comes back from the editor goes through
    /// [`Document::parse_edited`] together with the version that was rendered.
    ///
    /// # Errors
    /// If the version is not held.
    pub fn render(&self, kind: &Kind, at: Option<&[Hash]>) -> Result<String, ReadError> {
        let snapshot = self.snapshot(at)?;
        let mut page = Page { snapshot: &snapshot, out: String::new() };
        page.comment(0, &say!("editor-head", kind = kind.labels.said()));
        page.fields(&kind.fields, "", 0);
        let unknown: Vec<&String> = snapshot
            .slots
            .keys()
            .filter(|k| !k.starts_with('.') && kind.field(k.split('/').next().unwrap_or_default()).is_none())
            .collect();
        if !unknown.is_empty() {
            page.comment(0, &say!("editor-newer"));
            let or = format!(" {} ", say!("editor-or"));
            for full in unknown {
                let text =
                    snapshot.values(full).iter().map(|v| words(None, v, false)).collect::<Vec<_>>().join(&or);
                page.comment(0, &format!("{}: {text}", full.replace('/', ".")));
            }
        }
        Ok(page.out)
    }
}

/// As many sides of one place as people read; a member can write thousands.
const MAX_SIDES: usize = 20;

struct Page<'a> {
    snapshot: &'a Snapshot,
    out: String,
}

impl Page<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{text}", "");
    }

    fn comment(&mut self, indent: usize, text: &str) {
        for line in text.lines() {
            self.line(indent, &format!("# {line}"));
        }
    }

    fn entry(&mut self, indent: usize, name: &str, value: &str) {
        let gap = if value.is_empty() { "" } else { " " };
        // A year reads back as the same text without quotes.
        let year = name.len() == 4 && !name.starts_with('0') && name.bytes().all(|b| b.is_ascii_digit());
        let name = if year { name.to_owned() } else { scalar(name) };
        self.line(indent, &format!("{name}:{gap}{value}"));
    }

    fn fields(&mut self, fields: &[Field], at: &str, indent: usize) {
        for field in fields.iter().filter(|field| !field.rules.machine) {
            if indent == 0 {
                self.out.push('\n');
            }
            self.help(field, indent);
            let full = if at.is_empty() { field.name.clone() } else { key(&[at, &field.name]) };
            self.field(field, &full, indent);
        }
    }

    fn help(&mut self, field: &Field, indent: usize) {
        // Inside items the same help would come back with every item.
        if indent == 0 {
            let mut help = named(field.labels.said(), &field.ty);
            if let Some(more) = &field.help {
                help = labelled(&help, more.said());
            }
            self.comment(0, &help);
            if let FieldType::Set(fields) = &field.ty {
                let known: Vec<String> =
                    fields.iter().filter(|field| !field.rules.machine).map(describe_field).collect();
                known.iter().for_each(|line| self.comment(0, line));
            }
        }
        if let (0, FieldType::Register(Scalar::Code(codes)) | FieldType::Codes(codes)) = (indent, &field.ty) {
            self.comment(0, &say!("editor-one-of", codes = code_names(codes)));
        }
    }

    fn field(&mut self, field: &Field, full: &str, indent: usize) {
        match &field.ty {
            FieldType::Register(scalar) => self.register(&field.name, full, Some(scalar), false, indent),
            FieldType::Shares(_) => self.register(&field.name, full, None, false, indent),
            FieldType::Text => self.text(&field.name, full, indent),
            FieldType::Codes(_) => self.codes(&field.name, full, indent),
            FieldType::Table(axes, scalar) => {
                self.entry(indent, &field.name, "");
                self.table(axes, scalar, full, indent + 2);
            }
            FieldType::Set(fields) => self.set(&field.name, fields, indent),
            FieldType::Rows(fields) => self.rows(&field.name, fields, indent),
        }
    }

    fn register(&mut self, name: &str, full: &str, ty: Option<&Scalar>, bare: bool, indent: usize) {
        let values = self.snapshot.values(full);
        match values[..] {
            [] => self.entry(indent, name, ""),
            [Value::Object(map)] if ty.is_none() => {
                let mut parts: Vec<String> = map
                    .iter()
                    .map(|(code, part)| format!("{}: {}", scalar(code), editable(part, false)))
                    .collect();
                parts.sort();
                self.entry(indent, name, &format!("{{ {} }}", parts.join(", ")));
            }
            [value] => {
                let text = editable(value, bare);
                let written = match value {
                    Value::Number(_) | Value::Bool(_) | Value::Null => text,
                    _ if text.is_empty() => text,
                    _ => scalar(&text),
                };
                self.entry(indent, name, &written);
            }
            _ => {
                let sides: Vec<String> = values.iter().map(|value| words(ty, value, bare)).collect();
                self.conflict(indent, name, &sides);
                self.entry(indent, name, "");
            }
        }
    }

    fn conflict(&mut self, indent: usize, name: &str, sides: &[String]) {
        // A value is settled with a reason, which an edited text has no place for.
        let text = say!("editor-conflict", place = name, count = sides.len());
        self.sides(indent, &text, sides);
    }

    fn sides(&mut self, indent: usize, text: &str, sides: &[String]) {
        self.comment(indent, text);
        for (i, side) in sides.iter().take(MAX_SIDES).enumerate() {
            self.comment(indent, &format!("  {}) {}", i + 1, side.replace('\n', " ")));
        }
        if sides.len() > MAX_SIDES {
            self.comment(indent, &format!("  {}", say!("editor-more", count = sides.len() - MAX_SIDES)));
        }
    }

    fn text(&mut self, name: &str, full: &str, indent: usize) {
        self.entry(indent, name, "");
        for language in LANGUAGES {
            let standing = paragraphs(self.snapshot, &key(&[full, language]));
            for paragraph in &standing {
                let wordings: Vec<String> =
                    self.snapshot.wordings(paragraph).into_iter().map(str::to_owned).collect();
                let review = self.snapshot.reviews(paragraph).next();
                if wordings.len() > 1 || review.is_some() {
                    let (place, count) = (shown(self.snapshot, paragraph), wordings.len());
                    let text = match review {
                        Some(_) => say!("editor-review", place = place, count = count),
                        None => say!("editor-wordings", place = place, count = count),
                    };
                    if let Some(review) = review {
                        let base = review.base.replace('\n', " ");
                        self.comment(indent + 2, &say!("editor-before", text = base));
                    }
                    self.sides(indent + 2, &text, &wordings);
                }
            }
            let texts: Vec<String> = standing.iter().map(|p| shown(self.snapshot, p)).collect();
            let text = join(&texts);
            let value = if text.is_empty() { text } else { block(&text, indent + 4) };
            self.entry(indent + 2, language, &value);
        }
    }

    fn codes(&mut self, name: &str, full: &str, indent: usize) {
        let mut standing = Vec::new();
        let members: Vec<String> = self.snapshot.children(full).map(str::to_owned).collect();
        for code in members {
            match self.snapshot.values(&key(&[full, &code]))[..] {
                [Value::Bool(true)] => standing.push(scalar(&code)),
                [_] | [] => {}
                _ => self.conflict(indent, &format!("{name}, {code}"), &[say!("yes"), say!("no")]),
            }
        }
        self.entry(indent, name, &format!("[{}]", standing.join(", ")));
    }

    fn table(&mut self, axes: &[Axis], ty: &Scalar, full: &str, indent: usize) {
        let skip = full.len() + 1;
        let range = under(full);
        let mut parts: Vec<String> = self
            .snapshot
            .slots
            .range(range)
            .filter_map(|(cell, _)| cell[skip..].split('/').next().map(str::to_owned))
            .collect();
        parts.dedup();
        for part in parts {
            let inner = key(&[full, &part]);
            match axes {
                [axis] => self.register(&part, &inner, Some(ty), *axis == Axis::Currency, indent),
                [_, rest @ ..] => {
                    self.entry(indent, &part, "");
                    self.table(rest, ty, &inner, indent + 2);
                }
                [] => {}
            }
        }
    }

    fn set(&mut self, name: &str, fields: &[Field], indent: usize) {
        self.entry(indent, name, "");
        for item in items(self.snapshot, name) {
            if self.snapshot.retired(&item.key) {
                let retired = key(&[&item.key, RETIRED]);
                let reason =
                    self.snapshot.winner(&retired).and_then(|w| w.reason.clone()).unwrap_or_default();
                let item = item.label();
                self.comment(indent + 2, &say!("editor-retired", item = item, reason = reason));
                continue;
            }
            self.line(indent + 2, &format!("- id: {}", scalar(&item.id)));
            self.register("code", &item.key, Some(&Scalar::String), false, indent + 4);
            self.fields(fields, &item.key, indent + 4);
        }
    }

    fn rows(&mut self, name: &str, fields: &[Field], indent: usize) {
        self.comment(indent, &say!("editor-rows"));
        self.entry(indent, name, "");
        for id in row_ids(self.snapshot, name) {
            self.line(indent + 2, &format!("- id: {}", scalar(&id)));
            let Some(Value::Object(row)) = self.snapshot.value(&key(&[name, &id])).cloned() else { continue };
            for field in fields.iter().map(|f| f.name.as_str()).chain(["supersedes"]) {
                if let Some(value) = row.get(field) {
                    self.entry(indent + 4, field, &scalar(&editable(value, false)));
                }
            }
        }
    }
}

fn describe_field(field: &Field) -> String {
    let codes = match &field.ty {
        FieldType::Register(Scalar::Code(codes)) | FieldType::Codes(codes) => {
            format!(": {}", code_names(codes))
        }
        _ => String::new(),
    };
    format!("  {}{codes}", named(&field.name, &field.ty))
}

/// A field and its type.
fn named(name: &str, ty: &FieldType) -> String {
    say!("editor-field", name = name, type = ty.said())
}

fn code_names(codes: &[Code]) -> String {
    // A list of a hundred sectors is looked up elsewhere.
    let shown: Vec<&str> = codes.iter().take(30).map(|code| code.code.as_str()).collect();
    let more = if codes.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
