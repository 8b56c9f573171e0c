//! Reading a kind from YAML, with everything that is wrong with it and where.

use std::collections::{BTreeMap, BTreeSet};

use accord_words::{hint, labelled, say, semicolon};
use serde::Deserialize;

use super::{
    Axis, Code, CodeLists, Field, FieldType, Kind, LANGUAGES, Labels, NAME_FIELD, Parts, Rules, Scalar,
    Target,
};
use crate::value::is_date;

/// Why a kind cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KindError {
    /// The file is not YAML of the expected shape.
    #[error("{}", say!("schema-unreadable", why = .0))]
    Yaml(String),
    /// The file is read, and what it says does not hold together.
    #[error("{}", say!("schema-mistakes", count = .0.len(), all = .0.join(semicolon())))]
    Invalid(Vec<String>),
}

impl KindError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        hint!("schema-unreadable")
    }
}

/// What is not known is collected and reported with the rest, so that all mistakes are seen at once.
type Unknown = BTreeMap<String, serde_norway::Value>;

#[derive(Deserialize)]
struct KindDef {
    name: String,
    version: u32,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    fields: Vec<FieldDef>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Deserialize)]
struct FieldDef {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    help: Option<HelpDef>,
    #[serde(default)]
    required: bool,
    codes: Option<Vec<CodeDef>>,
    fields: Option<Vec<FieldDef>>,
    axes: Option<Vec<String>>,
    value: Option<String>,
    of: Option<String>,
    negative: Option<bool>,
    list: Option<String>,
    min: Option<serde_norway::Value>,
    max: Option<serde_norway::Value>,
    split: Option<String>,
    #[serde(default)]
    template: bool,
    #[serde(default)]
    machine: bool,
    #[serde(flatten)]
    unknown: Unknown,
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

/// One text for everybody, or one for each language.
#[derive(Deserialize)]
#[serde(untagged)]
enum HelpDef {
    Plain(String),
    Labelled(BTreeMap<String, String>),
}

/// The types of fields.
const TYPES: [&str; 14] = [
    "text",
    "string",
    "integer",
    "decimal",
    "date",
    "code",
    "reference",
    "bool",
    "amount",
    "set",
    "rows",
    "table",
    "shares",
    "codes",
];

/// A kind is written by a person; this bounds what a file can cost.
const MAX_BYTES: usize = 1 << 20;

pub(super) fn read(yaml: &str, lists: &CodeLists) -> Result<Kind, KindError> {
    bounded(yaml)?;
    let def = crate::from_yaml(yaml).map_err(|e: serde_norway::Error| KindError::Yaml(e.to_string()))?;
    checked(def, lists)
}

/// The same from JSON, as which kinds are kept: what others send is read in a time that grows with its length alone.
pub(super) fn read_kept(json: &str, lists: &CodeLists) -> Result<Kind, KindError> {
    bounded(json)?;
    checked(serde_json::from_str(json).map_err(|e| KindError::Yaml(e.to_string()))?, lists)
}

fn bounded(text: &str) -> Result<(), KindError> {
    if text.len() > MAX_BYTES {
        return Err(KindError::Yaml(say!("schema-too-large")));
    }
    Ok(())
}

fn checked(def: KindDef, lists: &CodeLists) -> Result<Kind, KindError> {
    let sets = def.fields.iter().filter(|f| f.ty == "set").map(|f| f.name.clone()).collect();
    let mut mistakes = Mistakes { lists, sets, found: Vec::new() };
    for name in def.unknown.keys() {
        mistakes.add(name, &say!("schema-word"));
    }
    mistakes.name("name", &def.name);
    if def.version == 0 {
        mistakes.add("version", &say!("schema-first-version"));
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
        rules: Rules::default(),
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

struct Mistakes<'a> {
    lists: &'a CodeLists,
    /// What shares may point to.
    sets: BTreeSet<String>,
    found: Vec<String>,
}

impl Mistakes<'_> {
    fn add(&mut self, path: &str, what: &str) {
        self.found.push(labelled(path, what));
    }

    fn name(&mut self, path: &str, name: &str) {
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !good {
            self.add(path, &say!("schema-name", name = name));
        }
    }

    fn labels(&mut self, path: &str, labels: BTreeMap<String, String>, fallback: &str) -> Labels {
        for language in labels.keys().filter(|l| !LANGUAGES.contains(&l.as_str())) {
            self.add(path, &say!("schema-language", language = language, list = LANGUAGES.join(", ")));
        }
        Labels::new(labels, fallback)
    }

    /// Who has no text of their own reads the English one, so there is one.
    fn help(&mut self, path: &str, texts: BTreeMap<String, String>) -> Labels {
        if !texts.contains_key("en") {
            self.add(path, &say!("schema-help"));
        }
        self.labels(path, texts, "")
    }

    fn fields(&mut self, path: &str, defs: Vec<FieldDef>, taken: &[&str], depth: Depth) -> Vec<Field> {
        let mut seen: BTreeSet<String> = taken.iter().map(|&s| s.to_owned()).collect();
        let mut fields = Vec::new();
        for def in defs {
            let here = format!("{path}.{}", def.name);
            self.name(&here, &def.name);
            if !seen.insert(def.name.clone()) {
                self.add(&here, &say!("schema-name-used"));
            }
            fields.push(self.field(&here, def, depth));
        }
        for field in &fields {
            let Some(split) = &field.rules.split else { continue };
            let beside = fields.iter().any(|f| f.name == *split && matches!(f.ty, FieldType::Shares(_)));
            if !beside {
                self.add(&format!("{path}.{}", field.name), &say!("schema-no-split", split = split));
            }
        }
        fields
    }

    fn field(&mut self, path: &str, mut def: FieldDef, depth: Depth) -> Field {
        let labels = self.labels(path, std::mem::take(&mut def.labels), &def.name);
        let word = def.ty.clone();
        let ty = match word.as_str() {
            "text" => FieldType::Text,
            "set" | "rows" if depth == Depth::Inner => {
                self.add(path, &say!("schema-nested"));
                FieldType::Text
            }
            "set" => FieldType::Set(self.inner(path, &mut def, &["id", "code", "retired"])),
            "rows" => FieldType::Rows(self.inner(path, &mut def, &["id", "supersedes"])),
            "table" => FieldType::Table(self.axes(path, &mut def), self.table_value(path, &mut def)),
            "shares" => FieldType::Shares(self.parts(path, &mut def)),
            "codes" => FieldType::Codes(self.codes(path, &mut def)),
            other => FieldType::Register(self.scalar(path, other, &mut def)),
        };
        let negative = match &ty {
            FieldType::Table(_, Scalar::Amount) => def.negative.take().unwrap_or(false),
            _ => false,
        };
        let rules = self.rules(path, &ty, &mut def);
        for word in def.unknown.keys() {
            self.add(path, &say!("schema-field-word", word = word));
        }
        let unused = [
            ("list", def.list.is_some()),
            ("min", def.min.is_some()),
            ("max", def.max.is_some()),
            ("split", def.split.is_some()),
            ("codes", def.codes.is_some()),
            ("fields", def.fields.is_some()),
            ("axes", def.axes.is_some()),
            ("value", def.value.is_some()),
            ("of", def.of.is_some()),
            ("negative", def.negative.is_some()),
        ];
        for (word, _) in unused.iter().filter(|(_, given)| *given) {
            self.add(path, &say!("schema-type-word", word = *word, type = &def.ty));
        }
        let help = def.help.take().map(|help| match help {
            HelpDef::Plain(text) => Labels::new(BTreeMap::from([("en".to_owned(), text)]), ""),
            HelpDef::Labelled(texts) => self.help(path, texts),
        });
        Field { name: def.name, labels, help, required: def.required, negative, rules, ty }
    }

    fn rules(&mut self, path: &str, ty: &FieldType, def: &mut FieldDef) -> Rules {
        let (mut min, mut max, mut split) = (None, None, None);
        if let FieldType::Register(scalar) | FieldType::Table(_, scalar) = ty
            && matches!(scalar, Scalar::Integer | Scalar::Decimal | Scalar::Date | Scalar::Amount)
        {
            min = def.min.take().and_then(|value| self.bound(path, "min", scalar, &value));
            max = def.max.take().and_then(|value| self.bound(path, "max", scalar, &value));
            if let (Some(min), Some(max)) = (&min, &max)
                && *scalar == Scalar::Date
                && min > max
            {
                self.add(path, &say!("schema-bounds"));
            }
        }
        if matches!(ty, FieldType::Table(_, Scalar::Amount) | FieldType::Register(Scalar::Amount)) {
            split = def.split.take();
        }
        Rules { min, max, split, template: def.template, machine: def.machine }
    }

    fn bound(
        &mut self,
        path: &str,
        word: &str,
        scalar: &Scalar,
        value: &serde_norway::Value,
    ) -> Option<String> {
        let text = match value {
            serde_norway::Value::String(text) => text.clone(),
            serde_norway::Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let number = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && digits.matches('.').count() <= 1;
        if if *scalar == Scalar::Date { is_date(&text) } else { number } {
            return Some(text);
        }
        self.add(path, &say!("schema-bound", word = word));
        None
    }

    fn scalar(&mut self, path: &str, word: &str, def: &mut FieldDef) -> Scalar {
        match word {
            "string" => Scalar::String,
            "integer" => Scalar::Integer,
            "decimal" => Scalar::Decimal,
            "date" => Scalar::Date,
            "code" => Scalar::Code(self.codes(path, def)),
            "reference" => Scalar::Reference(self.of(path, def)),
            "bool" => Scalar::Bool,
            "amount" => Scalar::Amount,
            other => {
                self.add(path, &say!("schema-no-type", other = other, known = TYPES.join(", ")));
                Scalar::String
            }
        }
    }

    fn inner(&mut self, path: &str, def: &mut FieldDef, taken: &[&str]) -> Vec<Field> {
        match def.fields.take() {
            Some(fields) if !fields.is_empty() => self.fields(path, fields, taken, Depth::Inner),
            _ => {
                self.add(path, &say!("schema-needs-fields"));
                Vec::new()
            }
        }
    }

    fn axes(&mut self, path: &str, def: &mut FieldDef) -> Vec<Axis> {
        let words = def.axes.take().unwrap_or_default();
        if words.is_empty() {
            self.add(path, &say!("schema-needs-axes"));
        }
        let mut axes = Vec::new();
        for word in words {
            axes.push(match word.as_str() {
                "year" => Axis::Year,
                "currency" => Axis::Currency,
                "code" => Axis::Code(self.codes(path, def)),
                "reference" => Axis::Reference(self.of(path, def)),
                other => {
                    self.add(path, &say!("schema-no-axis", other = other));
                    Axis::Year
                }
            });
        }
        axes
    }

    fn table_value(&mut self, path: &str, def: &mut FieldDef) -> Scalar {
        let word = def.value.take().unwrap_or_else(|| "amount".to_owned());
        self.scalar(path, &word, def)
    }

    fn parts(&mut self, path: &str, def: &mut FieldDef) -> Parts {
        match (def.of.take(), def.codes.is_some() || def.list.is_some()) {
            (Some(set), false) => {
                if !self.sets.contains(&set) {
                    self.add(path, &say!("schema-no-set", set));
                }
                Parts::Items(set)
            }
            (None, true) => Parts::Codes(self.codes(path, def)),
            _ => {
                self.add(path, &say!("schema-needs-parts"));
                Parts::Codes(Vec::new())
            }
        }
    }

    fn of(&mut self, path: &str, def: &mut FieldDef) -> String {
        let of = def.of.take().unwrap_or_default();
        if let Target::Item(set) = Target::read(&of)
            && !self.sets.contains(set)
        {
            self.add(path, &say!("schema-no-of", set = set));
        }
        of
    }

    fn codes(&mut self, path: &str, def: &mut FieldDef) -> Vec<Code> {
        let defs = def.codes.take().unwrap_or_default();
        if let Some(name) = def.list.take() {
            if !defs.is_empty() {
                self.add(path, &say!("schema-codes-twice"));
            }
            if let Some(codes) = self.lists.get(&name) {
                return codes.to_vec();
            }
            let known: Vec<&str> = self.lists.names().collect();
            self.add(path, &say!("schema-no-list", name, known = known.join(", ")));
            return Vec::new();
        }
        if defs.is_empty() {
            self.add(path, &say!("schema-needs-codes"));
        }
        let mut seen = BTreeSet::new();
        let mut codes = Vec::new();
        for def in defs {
            let (code, labels) = match def {
                CodeDef::Plain(code) => (code, BTreeMap::new()),
                CodeDef::Labelled { code, labels } => (code, labels),
            };
            if code.is_empty() || code.trim() != code || code.contains(['.', '/', '\n']) {
                self.add(path, &say!("schema-code-form", code));
            }
            if !seen.insert(code.clone()) {
                self.add(path, &say!("schema-code-twice", code));
            }
            let labels = self.labels(path, labels, &code);
            codes.push(Code { code, labels });
        }
        codes
    }
}
