//! Content as an outline: one field a line, so that a terminal can turn right-to-left text around without mixing two
//! fields, and nothing is cut off.

use serde_json::{Map, Value};

use super::Paint;

const STEP: usize = 2;
/// What marks a place where people disagree, in answers and in documents.
const CONFLICT: [&str; 2] = ["conflict", "$conflict"];
const RETIRED: &str = "$retired";

/// Several fields, one a line, with what is below them indented.
pub(crate) fn outline(value: &Value, paint: Paint) -> String {
    let mut out = Outline { text: String::new(), paint };
    if let Some(said) = sides(value) {
        out.line(0, &paint.attention("in conflict"));
        out.text.extend(said.into_iter().map(|side| format!("- {side}\n")));
        return out.text;
    }
    match value {
        Value::Object(fields) => out.fields(fields, 0),
        Value::Array(items) => out.items(items, 0),
        other => out.line(0, &inline(other).unwrap_or_default()),
    }
    out.text
}

/// One value alone, as a script wants it: a word as it is, paragraphs with an empty line between them.
pub(crate) fn bare(value: &Value, paint: Paint) -> String {
    if let Some(text) = inline(value) {
        return if text.is_empty() { text } else { format!("{text}\n") };
    }
    match value {
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let paragraphs: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            format!("{}\n", paragraphs.join("\n\n"))
        }
        _ => outline(value, paint),
    }
}

struct Outline {
    text: String,
    paint: Paint,
}

impl Outline {
    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&" ".repeat(depth * STEP));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn fields(&mut self, fields: &Map<String, Value>, depth: usize) {
        for (name, value) in fields {
            self.field(name, value, depth);
        }
    }

    fn field(&mut self, name: &str, value: &Value, depth: usize) {
        if name == RETIRED {
            let reason = value.get("reason").and_then(Value::as_str);
            let words = reason.map_or("retired".to_owned(), |reason| format!("retired: {reason}"));
            let words = self.paint.attention(&words);
            return self.line(depth, &words);
        }
        if let Some(said) = sides(value) {
            let mark = self.paint.attention("in conflict");
            self.line(depth, &format!("{}: {mark}", self.paint.strong(name)));
            for side in said {
                self.line(depth + 1, &format!("- {side}"));
            }
            return;
        }
        if let Some(text) = inline(value) {
            return self.prose(depth, &format!("{}: ", self.paint.strong(name)), &text);
        }
        match value {
            Value::Object(below) => {
                // A code or a year that leads to one thing only goes on the same line: `2013 EUR: 100000.00`.
                let mut left = below.iter().filter(|(key, value)| !repeats(name, key, value));
                if let (Some((key, only)), None) = (left.next(), left.next())
                    && !key.starts_with('$')
                {
                    return self.field(&format!("{name} {key}"), only, depth);
                }
                self.line(depth, &self.paint.strong(name));
                for (key, value) in below.iter().filter(|(key, value)| !repeats(name, key, value)) {
                    self.field(key, value, depth + 1);
                }
            }
            Value::Array(items) => {
                if let [Value::String(only)] = &items[..] {
                    return self.prose(depth, &format!("{}: ", self.paint.strong(name)), only);
                }
                self.line(depth, &self.paint.strong(name));
                self.items(items, depth + 1);
            }
            _ => {}
        }
    }

    fn items(&mut self, items: &[Value], depth: usize) {
        for item in items {
            if let Some(said) = sides(item) {
                let code = item.get("code").and_then(Value::as_str).unwrap_or_default();
                let words = self.paint.attention(&format!("{code} in conflict"));
                self.line(depth, &format!("- {}", words.trim_start()));
                for side in said {
                    self.line(depth + 1, &format!("- {side}"));
                }
                continue;
            }
            match (inline(item), item) {
                (Some(text), _) => {
                    let mut lead = "- ";
                    for line in text.lines() {
                        self.line(depth, &format!("{lead}{line}"));
                        lead = "  ";
                    }
                }
                (None, Value::Object(fields)) => {
                    self.line(depth, "-");
                    self.fields(fields, depth + 1);
                }
                (None, Value::Array(below)) => self.items(below, depth + 1),
                (None, _) => {}
            }
        }
    }

    /// A text of several lines keeps them, indented below its name.
    fn prose(&mut self, depth: usize, lead: &str, text: &str) {
        if text.contains('\n') {
            self.line(depth, lead.trim_end());
            for line in text.lines() {
                self.line(depth + 1, line);
            }
        } else {
            self.line(depth, &format!("{lead}{text}"));
        }
    }
}

/// The values of a place where people disagree.
pub(super) fn sides(value: &Value) -> Option<Vec<String>> {
    let said = CONFLICT.iter().find_map(|key| value.get(key)?.as_array())?;
    // The order in which a document keeps them means nothing to people.
    let mut sides: Vec<String> = said.iter().map(side).collect();
    sides.sort_unstable();
    Some(sides)
}

fn side(side: &Value) -> String {
    let text = side.get("text").and_then(Value::as_str).filter(|text| !text.is_empty());
    let value = side.get("value").unwrap_or(side);
    let mut words = text.map_or_else(|| inline(value).unwrap_or_else(|| value.to_string()), str::to_owned);
    let authors: Vec<&str> = side
        .get("authors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !authors.is_empty() {
        words.push_str(&format!(" ({})", authors.join(", ")));
    }
    if let Some(reason) = side.get("reason").and_then(Value::as_str) {
        words.push_str(&format!(": {reason}"));
    }
    words
}

/// Inside an item its code and id stand for what heads it already.
fn repeats(name: &str, key: &str, value: &Value) -> bool {
    let code = || name.rsplit(' ').next().unwrap_or_default();
    match key {
        "code" => value.as_str() == Some(code()),
        "id" => value.is_string(),
        _ => false,
    }
}

/// A value that fits on a line; lists of plain words do, if they are short.
fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.is_empty() => Some(String::new()),
        Value::Array(items) => {
            let words: Option<Vec<&str>> =
                items.iter().map(|item| item.as_str().filter(|word| !word.contains([' ', '\n']))).collect();
            words.filter(|words| words.len() > 1).map(|words| words.join(", "))
        }
        Value::Object(fields) if fields.is_empty() => Some(String::new()),
        Value::Object(fields) => amount(fields),
    }
}

/// An amount of money is one value, in the form in which it can be written back.
fn amount(fields: &Map<String, Value>) -> Option<String> {
    let (amount, currency) = (fields.get("amount")?.as_str()?, fields.get("currency")?.as_str()?);
    (fields.len() == 2).then(|| format!("{amount} {currency}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plain(value: &Value) -> String {
        outline(value, Paint::plain())
    }

    #[test]
    fn one_field_a_line() {
        let text = plain(&json!({
            "title": { "en": ["Tunisia"], "ar": ["تونس"] },
            "country": "TN",
            "activities": { "A03": { "id": "x", "code": "A03", "budget": { "2013": { "EUR": { "amount": "100000.00", "currency": "EUR" } } } } },
            "methods": ["technical", "advocacy"],
        }));
        let expected = "activities A03 budget 2013 EUR: 100000.00 EUR\ncountry: TN\nmethods: technical, advocacy\n\
                        title\n  ar: تونس\n  en: Tunisia\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_conflict_shows_every_side() {
        let value = json!({ "budget": { "$conflict": [
            { "value": "120000.00", "change": "aa" },
            { "value": "90000.00", "text": "EUR 90,000", "authors": ["CMI"], "reason": "less" },
        ]}});
        assert_eq!(plain(&value), "budget: in conflict\n  - 120000.00\n  - EUR 90,000 (CMI): less\n");
    }

    #[test]
    fn a_conflict_alone_shows_every_side() {
        let value =
            json!({ "$conflict": [{ "value": "a" }, { "value": { "amount": "1.00", "currency": "EUR" } }] });
        assert_eq!(bare(&value, Paint::plain()), "in conflict\n- 1.00 EUR\n- a\n");
    }

    #[test]
    fn a_retired_item_says_so() {
        let value =
            json!({ "a": { "A1": { "code": "A1", "$retired": { "reason": "done by others" }, "b": "c" } } });
        assert_eq!(plain(&value), "a A1\n  retired: done by others\n  b: c\n");
    }

    #[test]
    fn a_bare_value_is_nothing_else() {
        let bare = |value| bare(&value, Paint::plain());
        assert_eq!(bare(json!("TN")), "TN\n");
        assert_eq!(bare(json!(null)), "");
        assert_eq!(bare(json!(["One sentence.", "Another one."])), "One sentence.\n\nAnother one.\n");
    }
}
