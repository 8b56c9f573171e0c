//! YAML in, JSON values out: keys are texts, and numbers keep what was typed where JSON can.

use accord_words::{Told, say, told};
use serde_json::{Map, Number, Value};
use serde_norway::Value as Yaml;

use super::MarkedError;
use super::lines::{Lines, Twice};
use crate::bounded::too_deep;

/// An editor's text is a person's; this bounds what a file can cost.
const MAX_BYTES: usize = 4 << 20;

pub(super) fn read(yaml: &str) -> Result<Map<String, Value>, MarkedError> {
    let marked = |line, told: Told| MarkedError { line, message: told.message, hint: told.hint };
    if yaml.len() > MAX_BYTES {
        return Err(marked(1, told!("mistake-text-too-large")));
    }
    if let Some(line) = too_deep(yaml) {
        return Err(marked(line, told!("mistake-nests")));
    }
    let parsed: Yaml = serde_norway::from_str(yaml).map_err(|error| {
        // The YAML reader does not say where.
        if error.to_string().contains("duplicate entry")
            && let Some(Twice { key, first, again }) = Lines::of(yaml).twice()
        {
            return marked(*again, told!("mistake-twice", key = key, first = *first));
        }
        let line = error.location().map_or(1, |location| location.line());
        let mut told = told!("mistake-unreadable", error = error.to_string());
        if yaml.lines().any(|line| line.trim_start_matches(' ').starts_with('\t')) {
            told.hint = Some(say!("mistake-tabs"));
        }
        marked(line, told)
    })?;
    match value(parsed) {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => Err(marked(1, told!("mistake-no-document"))),
    }
}

fn value(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => number
            .as_i64()
            .map(Number::from)
            .or_else(|| number.as_u64().map(Number::from))
            .or_else(|| number.as_f64().and_then(Number::from_f64))
            .map_or_else(|| Value::String(number.to_string()), Value::Number),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => items.into_iter().map(value).collect(),
        Yaml::Mapping(map) => {
            map.into_iter().map(|(key, inner)| (text(key), value(inner))).collect::<Map<_, _>>().into()
        }
        Yaml::Tagged(tagged) => value(tagged.value),
    }
}

fn text(key: Yaml) -> String {
    match value(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
