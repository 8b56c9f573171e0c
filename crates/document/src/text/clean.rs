//! One form for each text, and nothing hidden in it.

use accord_words::told;
use unicode_normalization::UnicodeNormalization as _;

use crate::value::ValueError;

/// A paragraph or several: composed (NFC), with plain line ends.
///
/// Characters that turn the direction of what follows can make a text read otherwise than it is
/// stored; control characters can drive a terminal. Both are refused, with their place.
pub(crate) fn clean_text(typed: &str) -> Result<String, ValueError> {
    let text: String = typed.replace("\r\n", "\n").replace('\r', "\n").nfc().collect();
    for (i, c) in text.chars().enumerate() {
        let place = i + 1;
        if matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            return Err(told!("value-turning", place, code = code_point(c)).into());
        }
        if c.is_control() && c != '\n' && c != '\t' {
            return Err(told!("value-control", place, code = code_point(c)).into());
        }
    }
    Ok(text)
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", c as u32)
}

/// A text on one line, without spaces around it.
pub(crate) fn clean_line(typed: &str) -> Result<String, ValueError> {
    let text = clean_text(typed)?.trim().to_owned();
    if text.contains('\n') {
        return Err(told!("value-lines").into());
    }
    Ok(text)
}

/// Paragraphs are separated by blank lines.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut current: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        if !line.trim().is_empty() {
            current.push(line.trim_end());
        } else if !current.is_empty() {
            all.push(current.join("\n").trim().to_owned());
            current.clear();
        }
    }
    all
}

/// The inverse of [`paragraphs`].
pub(crate) fn join<S: AsRef<str>>(paragraphs: &[S]) -> String {
    paragraphs.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("\n\n")
}
