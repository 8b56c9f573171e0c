//! Single values as YAML, written so that they read back as they were.

use serde_json::Value;

use crate::value::Amount;

/// What stands for a stored value in the editor. `bare` leaves out the currency that the place names.
pub(super) fn editable(value: &Value, bare: bool) -> String {
    if let Some(amount) = Amount::from_stored(value) {
        return if bare { amount.editable() } else { format!("{} {}", amount.editable(), amount.currency) };
    }
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

/// A text as a YAML scalar on one line, in quotes where it needs them.
pub(super) fn scalar(text: &str) -> String {
    if text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'])
        || text.chars().any(char::is_control)
    {
        return quoted(text);
    }
    match serde_norway::to_string(text) {
        Ok(written) if written.lines().count() == 1 => written.trim_end().to_owned(),
        _ => quoted(text),
    }
}

/// Paragraphs as a block that can be read and edited; quoted if somebody's text has signs in it
/// that a block cannot hold.
pub(super) fn block(text: &str, indent: usize) -> String {
    let plain =
        |c: char| (!c.is_control() || c == '\n') && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    if text.lines().count() <= 1 && text.chars().count() <= 80 {
        return scalar(text);
    }
    if !text.chars().all(plain) || text.starts_with([' ', '\n']) {
        return quoted(text);
    }
    let pad = " ".repeat(indent);
    let mut out = String::from("|");
    for line in text.lines() {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&pad);
            out.push_str(line);
        }
    }
    out
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\U{:08X}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
