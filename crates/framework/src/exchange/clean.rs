//! Words of a file as a document will hold them, so that reading a file again finds nothing changed.

use unicode_normalization::UnicodeNormalization;

/// One line, NFC, with single spaces; control and direction characters taken out.
pub(super) fn line(text: &str) -> String {
    let hidden = |c: &char| matches!(*c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let shown: String =
        text.chars().filter(|c| !hidden(c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect()
}

/// As an item's code: without the signs that paths are divided by, and not too long.
pub(super) fn code(text: &str) -> String {
    line(text).replace(['.', '/'], "-").chars().take(64).collect()
}
