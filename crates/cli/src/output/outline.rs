//! Content as an outline: one field a line, so that a terminal can turn right-to-left text around without mixing two
//! fields, and nothing is cut off.

use accord_words::{colon, isolated, labelled, number, say};
use serde_json::{Map, Value};

use super::Paint;

const STEP: usize = 2;
/// What marks a place where people disagree, in answers and in documents.
const CONFLICT: [&str; 2] = ["conflict", "$conflict"];
const REVIEW: &str = "$review";
const RETIRED: &str = "$retired";
/// What the kind that this program knows does not say, since it was written under a newer one.
const OTHER: &str = "$other";

/// Several fields, one a line, with what is below them indented; amounts as people read them.
pub(crate) fn outline(value: &Value, paint: Paint) -> String {
    whole(value, paint, true)
}

fn whole(value: &Value, paint: Paint, for_people: bool) -> String {
    let mut out = Outline { text: String::new(), paint, for_people };
    if let Some(open) = Open::of(value) {
        out.open(0, &open, "");
        return out.text;
    }
    match value {
        Value::Object(fields) => out.fields(fields, 0),
        Value::Array(items) => out.items(items, 0),
        other => out.line(0, &out.inline(other).unwrap_or_default()),
    }
    out.text
}

/// One value alone, as a script wants it: a word as it is, paragraphs with an empty line between them.
pub(crate) fn bare(value: &Value, paint: Paint) -> String {
    if let Some(text) = inline(value, false) {
        return if text.is_empty() { text } else { format!("{}\n", isolated(&text)) };
    }
    match value {
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let paragraphs: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            format!("{}\n", isolated(&paragraphs.join("\n\n")))
        }
        _ => whole(value, paint, false),
    }
}

struct Outline {
    text: String,
    paint: Paint,
    /// Amounts with their thousands apart; else in the form that programs read.
    for_people: bool,
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
        if name == OTHER {
            return self.field(&say!("outline-other"), value, depth);
        }
        if name == RETIRED {
            if let Some(open) = Open::of(value) {
                return self.open(depth, &open, &format!("{}{}", say!("outline-retired"), colon()));
            }
            let reason = value.get("reason").and_then(Value::as_str);
            let words =
                reason.map_or_else(|| say!("outline-retired"), |why| say!("outline-retired-why", why));
            let words = self.paint.attention(&words);
            return self.line(depth, &words);
        }
        if let Some(open) = Open::of(value) {
            return self.open(depth, &open, &format!("{}{}", self.paint.strong(name), colon()));
        }
        if let Some(text) = self.inline(value) {
            return self.prose(depth, &format!("{}{}", self.paint.strong(name), colon()), &text);
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
                    return self.prose(depth, &format!("{}{}", self.paint.strong(name), colon()), only);
                }
                self.line(depth, &self.paint.strong(name));
                self.items(items, depth + 1);
            }
            _ => {}
        }
    }

    fn items(&mut self, items: &[Value], depth: usize) {
        for item in items {
            if let Some(open) = Open::of(item) {
                let code = item.get("code").and_then(Value::as_str).map(|code| format!("{code} "));
                self.open(depth, &open, &format!("- {}", code.unwrap_or_default()));
                continue;
            }
            match (self.inline(item), item) {
                (Some(text), _) => {
                    let mut lead = "- ";
                    for line in text.lines() {
                        self.line(depth, &format!("{lead}{}", isolated(line)));
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
                self.line(depth + 1, &isolated(line));
            }
        } else {
            self.line(depth, &format!("{lead}{}", isolated(text)));
        }
    }
}

impl Outline {
    fn inline(&self, value: &Value) -> Option<String> {
        inline(value, self.for_people)
    }

    /// A place that waits for a person: what it is, then everything that is said, each beginning on a line of its own.
    fn open(&mut self, depth: usize, open: &Open<'_>, lead: &str) {
        let mark = self.paint.attention(&open.mark);
        self.line(depth, &format!("{lead}{mark}"));
        let below = if lead.is_empty() { depth } else { depth + 1 };
        let named = |name: &str, text: Option<&str>| text.map(|text| labelled(name, &isolated(text)));
        // The order in which a document keeps them means nothing to people.
        let mut said: Vec<String> = open.sides.iter().map(|one| side(one, self.for_people)).collect();
        said.sort_unstable();
        let all = named(&say!("outline-before"), open.base)
            .into_iter()
            .chain(named(&say!("outline-stands"), open.standing))
            .chain(said);
        for text in all {
            let mut lead = "- ";
            for line in text.lines() {
                self.line(below, &format!("{lead}{line}"));
                lead = "  ";
            }
        }
    }
}

/// A place where people disagree, or a paragraph under review.
struct Open<'a> {
    mark: String,
    base: Option<&'a str>,
    standing: Option<&'a str>,
    sides: &'a [Value],
}

impl<'a> Open<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        if let Some(sides) = CONFLICT.iter().find_map(|key| value.get(key)?.as_array()) {
            return Some(Self { mark: say!("outline-conflict"), base: None, standing: None, sides });
        }
        let review = value.get(REVIEW)?;
        Some(Self {
            mark: say!("outline-review"),
            base: review.get("base").and_then(Value::as_str),
            standing: review.get("standing").and_then(Value::as_str),
            sides: review.get("sides")?.as_array()?,
        })
    }
}

fn side(side: &Value, for_people: bool) -> String {
    let text = side.get("text").and_then(Value::as_str).filter(|text| !text.is_empty());
    let value = side.get("value").unwrap_or(side);
    let words =
        text.map_or_else(|| inline(value, for_people).unwrap_or_else(|| value.to_string()), str::to_owned);
    let mut words = isolated(&words);
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
        words = labelled(&words, &isolated(reason));
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
fn inline(value: &Value, for_people: bool) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(if !for_people {
            yes_or_no(*yes).to_owned()
        } else if *yes {
            say!("yes")
        } else {
            say!("no")
        }),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.is_empty() => Some(String::new()),
        Value::Array(items) => {
            let words: Option<Vec<&str>> =
                items.iter().map(|item| item.as_str().filter(|word| !word.contains([' ', '\n']))).collect();
            words.filter(|words| words.len() > 1).map(|words| words.join(", "))
        }
        Value::Object(fields) if fields.is_empty() => Some(String::new()),
        Value::Object(fields) => amount(fields, for_people),
    }
}

/// In the form that programs read, whatever the language.
fn yes_or_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// An amount of money is one value: `120,000 EUR` for people, `120000.00 EUR` in the form that programs read.
fn amount(fields: &Map<String, Value>, for_people: bool) -> Option<String> {
    let (amount, currency) = (fields.get("amount")?.as_str()?, fields.get("currency")?.as_str()?);
    let amount = if for_people { grouped(amount) } else { amount.to_owned() };
    (fields.len() == 2).then(|| format!("{amount} {currency}"))
}

/// `120000.00` with its thousands apart, and without decimals that say nothing, as the language has it.
fn grouped(amount: &str) -> String {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if fraction.bytes().any(|byte| byte != b'0') {
        out.push('.');
        out.push_str(fraction);
    }
    number(&out)
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
        let expected = "activities A03 budget 2013 EUR: 100,000 EUR\ncountry: TN\nmethods: technical, advocacy\n\
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

    /// Nobody ever reads a sentence that is nobody's without a mark.
    #[test]
    fn a_review_shows_what_stood_before_and_every_side() {
        let review = json!({ "$review": { "base": "Sfax leads.", "sides": [
            { "value": "Sfax heads.", "change": "aa" }, { "value": "Sfax directs.", "change": "bb" } ] } });
        assert_eq!(
            plain(&json!({ "context": { "en": ["One.", review] } })),
            "context en\n  - One.\n  - under review\n    - before: Sfax leads.\n    - Sfax directs.\n    - Sfax heads.\n"
        );
        assert!(bare(&json!([review]), Paint::plain()).starts_with("- under review\n"));
    }

    #[test]
    fn amounts_are_written_for_people() {
        assert_eq!(grouped("1234567.50"), "1,234,567.50");
        assert_eq!(grouped("-120000.00"), "-120,000");
        assert_eq!(grouped("45000.000"), "45,000");
        assert_eq!(grouped("7"), "7");
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
