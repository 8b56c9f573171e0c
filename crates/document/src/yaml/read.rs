//! YAML in, JSON values out: keys are texts, and numbers keep what was typed where JSON can.

use serde_json::{Map, Number, Value};
use serde_norway::Value as Yaml;

use super::MarkedError;
use super::lines::{Lines, Twice};
use crate::bounded::too_deep;

/// An editor's text is a person's; this bounds what a file can cost.
const MAX_BYTES: usize = 4 << 20;

pub(super) fn read(yaml: &str) -> Result<Map<String, Value>, MarkedError> {
    let marked =
        |line, message: String, hint: &str| MarkedError { line, message, hint: Some(hint.to_owned()) };
    if yaml.len() > MAX_BYTES {
        return Err(marked(1, "the text is too large".into(), "make it in several smaller edits"));
    }
    if let Some(line) = too_deep(yaml) {
        let hint = "close the brackets that are open here, or put a text that has many of them in quotes";
        return Err(marked(line, "this nests deeper than any document does".into(), hint));
    }
    let parsed: Yaml = serde_norway::from_str(yaml).map_err(|error| {
        // The YAML reader does not say where.
        if error.to_string().contains("duplicate entry")
            && let Some(Twice { key, first, again }) = Lines::of(yaml).twice()
        {
            return marked(
                *again,
                format!("`{key}` stands twice: here and on line {first}"),
                "keep one of the two; what belongs together goes under one",
            );
        }
        let line = error.location().map_or(1, |location| location.line());
        let hint = if yaml.lines().any(|l| l.starts_with('\t') || l.trim_start_matches(' ').starts_with('\t'))
        {
            "indent with spaces, not with tabs"
        } else {
            "check the indentation and the quotes around this line; put texts with `: ` or `#` in quotes"
        };
        marked(line, format!("this cannot be read: {error}"), hint)
    })?;
    match value(parsed) {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => Err(marked(1, "this is not a document".into(), "write fields, like `country: TN`")),
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
