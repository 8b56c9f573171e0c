//! Reading a kind from YAML, with everything that is wrong with it and where.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Axis, Code, Field, FieldType, Kind, LANGUAGES, Labels, NAME_FIELD, Parts, Scalar};

/// Why a kind cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KindError {
    /// The file is not YAML of the expected shape.
    #[error("the kind cannot be read: {0}")]
    Yaml(String),
    /// The file is read, and what it says does not hold together.
    #[error("the kind has {} mistake(s): {}", .0.len(), .0.join("; "))]
    Invalid(Vec<String>),
}

impl KindError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some("correct the kind's file; docs/documents.md describes each type of field".into())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindDef {
    name: String,
    version: u32,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    fields: Vec<FieldDef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldDef {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    help: Option<String>,
    #[serde(default)]
    required: bool,
    codes: Option<Vec<CodeDef>>,
    fields: Option<Vec<FieldDef>>,
    axes: Option<Vec<String>>,
    value: Option<String>,
    of: Option<String>,
    negative: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CodeDef {
    Plain(String),
    Labelled {
        code: String,
        #[serde(default)]
        labels: BTreeMap<String, String>,
    },
}

pub(super) fn read(yaml: &str) -> Result<Kind, KindError> {
    let def: KindDef = serde_norway::from_str(yaml).map_err(|e| KindError::Yaml(e.to_string()))?;
    let sets = def.fields.iter().filter(|f| f.ty == "set").map(|f| f.name.clone()).collect();
    let mut mistakes = Mistakes { sets, found: Vec::new() };
    mistakes.name("name", &def.name);
    if def.version == 0 {
        mistakes.add("version", "versions start at 1");
    }
    let labels = mistakes.labels("labels", def.labels, &def.name);
    let mut fields = vec![Field {
        name: NAME_FIELD.to_owned(),
        labels: Labels::new(
            [("fr".to_owned(), "nom".to_owned()), ("ar".to_owned(), "الاسم".to_owned())].into(),
            NAME_FIELD,
        ),
        help: None,
        required: true,
        negative: false,
        ty: FieldType::Register(Scalar::String),
    }];
    fields.extend(mistakes.fields("fields", def.fields, &[NAME_FIELD], Depth::Top));
    if mistakes.found.is_empty() {
        Ok(Kind { name: def.name, version: def.version, labels, fields })
    } else {
        Err(KindError::Invalid(mistakes.found))
    }
}

/// Sets and rows do not nest: their keys have a fixed depth.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    Top,
    Inner,
}

struct Mistakes {
    /// What shares may point to.
    sets: BTreeSet<String>,
    found: Vec<String>,
}

impl Mistakes {
    fn add(&mut self, path: &str, what: impl std::fmt::Display) {
        self.found.push(format!("{path}: {what}"));
    }

    fn name(&mut self, path: &str, name: &str) {
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !good {
            self.add(path, format_args!("`{name}` must be small letters, digits and `_`, a letter first"));
        }
    }

    fn labels(&mut self, path: &str, labels: BTreeMap<String, String>, fallback: &str) -> Labels {
        for language in labels.keys().filter(|l| !LANGUAGES.contains(&l.as_str())) {
            self.add(path, format_args!("no language `{language}`; there are {}", LANGUAGES.join(", ")));
        }
        Labels::new(labels, fallback)
    }

    fn fields(&mut self, path: &str, defs: Vec<FieldDef>, taken: &[&str], depth: Depth) -> Vec<Field> {
        let mut seen: BTreeSet<String> = taken.iter().map(|&s| s.to_owned()).collect();
        let mut fields = Vec::new();
        for def in defs {
            let here = format!("{path}.{}", def.name);
            self.name(&here, &def.name);
            if !seen.insert(def.name.clone()) {
                self.add(&here, "this name is already used here");
            }
            fields.push(self.field(&here, def, depth));
        }
        fields
    }

    fn field(&mut self, path: &str, mut def: FieldDef, depth: Depth) -> Field {
        let labels = self.labels(path, std::mem::take(&mut def.labels), &def.name);
        let word = def.ty.clone();
        let ty = match word.as_str() {
            "text" => FieldType::Text,
            "set" | "rows" if depth == Depth::Inner => {
                self.add(path, "sets and rows stand at the top of a document only");
                FieldType::Text
            }
            "set" => FieldType::Set(self.inner(path, &mut def, &["id", "code", "retired"])),
            "rows" => FieldType::Rows(self.inner(path, &mut def, &["id", "supersedes"])),
            "table" => FieldType::Table(self.axes(path, &mut def), self.table_value(path, &mut def)),
            "shares" => FieldType::Shares(self.parts(path, &mut def)),
            "codes" => FieldType::Codes(self.codes(path, def.codes.take())),
            other => FieldType::Register(self.scalar(path, other, &mut def)),
        };
        let negative = match &ty {
            FieldType::Table(_, Scalar::Amount) => def.negative.take().unwrap_or(false),
            _ => false,
        };
        let unused = [
            ("codes", def.codes.is_some()),
            ("fields", def.fields.is_some()),
            ("axes", def.axes.is_some()),
            ("value", def.value.is_some()),
            ("of", def.of.is_some()),
            ("negative", def.negative.is_some()),
        ];
        for (word, _) in unused.iter().filter(|(_, given)| *given) {
            self.add(path, format_args!("`{word}` means nothing for the type `{}`", def.ty));
        }
        Field { name: def.name, labels, help: def.help, required: def.required, negative, ty }
    }

    fn scalar(&mut self, path: &str, word: &str, def: &mut FieldDef) -> Scalar {
        match word {
            "string" => Scalar::String,
            "integer" => Scalar::Integer,
            "decimal" => Scalar::Decimal,
            "date" => Scalar::Date,
            "code" => Scalar::Code(self.codes(path, def.codes.take())),
            "reference" => Scalar::Reference(def.of.take().unwrap_or_default()),
            "bool" => Scalar::Bool,
            "amount" => Scalar::Amount,
            other => {
                self.add(path, format_args!("no type `{other}`; there are text, string, integer, decimal, date, code, reference, bool, amount, set, rows, table, shares, codes"));
                Scalar::String
            }
        }
    }

    fn inner(&mut self, path: &str, def: &mut FieldDef, taken: &[&str]) -> Vec<Field> {
        match def.fields.take() {
            Some(fields) if !fields.is_empty() => self.fields(path, fields, taken, Depth::Inner),
            _ => {
                self.add(path, "needs `fields`");
                Vec::new()
            }
        }
    }

    fn axes(&mut self, path: &str, def: &mut FieldDef) -> Vec<Axis> {
        let words = def.axes.take().unwrap_or_default();
        if words.is_empty() {
            self.add(path, "a table needs `axes`, for example [year, currency]");
        }
        let mut axes = Vec::new();
        for word in words {
            axes.push(match word.as_str() {
                "year" => Axis::Year,
                "currency" => Axis::Currency,
                "code" => Axis::Code(self.codes(path, def.codes.take())),
                other => {
                    self.add(path, format_args!("no axis `{other}`; there are year, currency, code"));
                    Axis::Year
                }
            });
        }
        axes
    }

    fn table_value(&mut self, path: &str, def: &mut FieldDef) -> Scalar {
        let word = def.value.take().unwrap_or_else(|| "amount".to_owned());
        if word == "code" || word == "reference" {
            self.add(path, "the cells of a table hold no codes or references");
        }
        self.scalar(path, &word, def)
    }

    fn parts(&mut self, path: &str, def: &mut FieldDef) -> Parts {
        match (def.of.take(), def.codes.take()) {
            (Some(set), None) => {
                if !self.sets.contains(&set) {
                    self.add(path, format_args!("no set `{set}` at the top of the document"));
                }
                Parts::Items(set)
            }
            (None, codes @ Some(_)) => Parts::Codes(self.codes(path, codes)),
            _ => {
                self.add(path, "shares need either `of` (a set) or `codes`");
                Parts::Codes(Vec::new())
            }
        }
    }

    fn codes(&mut self, path: &str, defs: Option<Vec<CodeDef>>) -> Vec<Code> {
        let defs = defs.unwrap_or_default();
        if defs.is_empty() {
            self.add(path, "needs `codes`");
        }
        let mut seen = BTreeSet::new();
        let mut codes = Vec::new();
        for def in defs {
            let (code, labels) = match def {
                CodeDef::Plain(code) => (code, BTreeMap::new()),
                CodeDef::Labelled { code, labels } => (code, labels),
            };
            if code.is_empty() || code.trim() != code || code.contains(['.', '/', '\n']) {
                self.add(
                    path,
                    format_args!("the code `{code}` is empty or has a `.`, a `/` or a space at an end"),
                );
            }
            if !seen.insert(code.clone()) {
                self.add(path, format_args!("the code `{code}` stands twice"));
            }
            let labels = self.labels(path, labels, &code);
            codes.push(Code { code, labels });
        }
        codes
    }
}
