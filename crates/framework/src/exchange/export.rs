//! A whole document as CSV, JSON, Markdown or HTML: the same bytes for the same version.

use accord_document::kind::{FieldType, LANGUAGES};
use accord_document::{Kind, canonical};
use serde_json::{Value, json};

use super::flat::{flat, words};
use crate::model::{items, retired, string};
use accord_words::turns;

/// Into which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One value a line; can be edited and read back.
    Csv,
    /// The view; can be edited and read back.
    Json,
    /// To read.
    Markdown,
    /// To read and print.
    Html,
}

impl Format {
    /// By its name in commands.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "csv" => Self::Csv,
            "json" => Self::Json,
            "markdown" | "md" => Self::Markdown,
            "html" => Self::Html,
            _ => return None,
        })
    }
}

/// What is exported.
#[derive(Debug, Clone, Copy)]
pub struct Exported<'a> {
    /// Its kind.
    pub kind: &'a Kind,
    /// The document's id.
    pub document: &'a str,
    /// The version, as [`crate::template::version`] writes it.
    pub version: &'a str,
    /// Its view at that version.
    pub view: &'a Value,
}

/// The document in that form.
#[must_use]
pub fn export(what: &Exported<'_>, format: Format) -> String {
    match format {
        Format::Csv => table(what),
        Format::Json => {
            let mut view = what.view.clone();
            if let Value::Object(map) = &mut view {
                map.insert("$document".into(), Value::from(what.document));
                map.insert("$kind".into(), Value::from(what.kind.name.as_str()));
                map.insert("$version".into(), Value::from(what.version));
            }
            let parsed: Value = serde_json::from_str(&canonical(&view)).unwrap_or(view);
            serde_json::to_string_pretty(&parsed).unwrap_or_default() + "\n"
        }
        Format::Markdown => page(what, &Markdown),
        Format::Html => page(what, &Html),
    }
}

fn table(what: &Exported<'_>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut put = |path: &str, label: &str, value: &str| {
        // Writing into memory does not fail.
        let _ = writer.write_record([path, &crate::report::safe(label), &crate::report::safe(value)]);
    };
    put("path", "field", "value");
    put("$document", "", what.document);
    put("$kind", "", &what.kind.name);
    put("$version", "", what.version);
    for leaf in flat(what.kind, what.view) {
        put(&leaf.path, &leaf.label, &leaf.value);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// How a page is written.
trait Writer {
    fn start(&self, title: &str) -> String;
    fn heading(&self, level: usize, text: &str) -> String;
    fn paragraph(&self, language: &str, text: &str) -> String;
    fn value(&self, label: &str, value: &str) -> String;
    fn end(&self) -> String;
}

struct Markdown;
struct Html;

/// Signs that would begin or end something in Markdown.
fn escape_markdown(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

impl Writer for Markdown {
    fn start(&self, title: &str) -> String {
        format!("# {}\n", escape_markdown(title))
    }
    fn heading(&self, level: usize, text: &str) -> String {
        format!("\n{} {}\n", "#".repeat(level), escape_markdown(text))
    }
    fn paragraph(&self, language: &str, text: &str) -> String {
        let text = escape_markdown(text);
        if language == "ar" {
            format!("\n<p dir=\"rtl\" lang=\"ar\">{text}</p>\n")
        } else {
            format!("\n{text}\n")
        }
    }
    fn value(&self, label: &str, value: &str) -> String {
        format!("- {}: {}\n", escape_markdown(label), escape_markdown(&value.replace('\n', " ")))
    }
    fn end(&self) -> String {
        String::new()
    }
}

fn escape_html(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn direction(text: &str) -> &'static str {
    if text.contains(turns) { " dir=\"rtl\"" } else { "" }
}

impl Writer for Html {
    fn start(&self, title: &str) -> String {
        let title = escape_html(title);
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n"
        )
    }
    fn heading(&self, level: usize, text: &str) -> String {
        format!("<h{level}{}>{}</h{level}>\n", direction(text), escape_html(text))
    }
    fn paragraph(&self, language: &str, text: &str) -> String {
        let rtl = if language == "ar" { " dir=\"rtl\"" } else { "" };
        format!("<p lang=\"{language}\"{rtl}>{}</p>\n", escape_html(text))
    }
    fn value(&self, label: &str, value: &str) -> String {
        format!(
            "<p><b>{}</b> <span{}>{}</span></p>\n",
            escape_html(label),
            direction(value),
            escape_html(value)
        )
    }
    fn end(&self) -> String {
        "</body>\n</html>\n".to_owned()
    }
}

fn page(what: &Exported<'_>, writer: &dyn Writer) -> String {
    let mut out = writer.start(string_of(what.view.get("name")).as_str());
    for field in what.kind.fields.iter().filter(|field| !field.rules.machine && field.name != "name") {
        let Some(value) = what.view.get(&field.name) else { continue };
        match &field.ty {
            FieldType::Text => {
                out.push_str(&writer.heading(2, field.labels.en()));
                text(value, writer, &mut out);
            }
            FieldType::Set(fields) => {
                out.push_str(&writer.heading(2, field.labels.en()));
                for (_, item) in items(what.view, &field.name).into_iter().filter(|(_, item)| !retired(item))
                {
                    out.push_str(&writer.heading(3, string(item, "code")));
                    for inner in fields.iter().filter(|inner| !inner.rules.machine) {
                        let Some(value) = item.get(&inner.name) else { continue };
                        match &inner.ty {
                            FieldType::Text => {
                                out.push_str(&writer.value(inner.labels.en(), ""));
                                text(value, writer, &mut out);
                            }
                            _ => out.push_str(&writer.value(inner.labels.en(), &words(value))),
                        }
                    }
                }
            }
            FieldType::Rows(fields) => {
                out.push_str(&writer.heading(2, field.labels.en()));
                let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
                for row in rows.iter().filter_map(Value::as_object) {
                    let known = fields
                        .iter()
                        .filter_map(|f| Some(format!("{} {}", f.labels.en(), words(row.get(&f.name)?))));
                    out.push_str(&writer.value(string(row, "id"), &known.collect::<Vec<_>>().join("; ")));
                }
            }
            _ => out.push_str(&writer.value(field.labels.en(), &words(value))),
        }
    }
    out.push_str(&writer.end());
    out
}

fn string_of(value: Option<&Value>) -> String {
    words(value.unwrap_or(&json!("")))
}

fn text(value: &Value, writer: &dyn Writer, out: &mut String) {
    for language in LANGUAGES {
        let Some(paragraphs) = value.get(language).and_then(Value::as_array) else { continue };
        for paragraph in paragraphs {
            out.push_str(&writer.paragraph(language, &words(paragraph)));
        }
    }
}
