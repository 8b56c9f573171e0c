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

/// The text of a table without what a spreadsheet puts before it, and the sign that divides its columns: a comma, or what
/// the spreadsheet uses in its country.
pub(super) fn table(file: &str) -> (&str, u8) {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let (first, rest) = file.split_once('\n').unwrap_or((file, ""));
    // Some say it in a line of its own.
    if let [sign @ (b',' | b';' | b'\t')] =
        first.trim_end_matches('\r').strip_prefix("sep=").unwrap_or_default().as_bytes()
    {
        return (rest, *sign);
    }
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        for (_, count) in counts.iter_mut().filter(|(sign, _)| *sign == byte && !quoted) {
            *count += 1;
        }
    }
    let mut best = counts[0];
    for other in counts {
        if other.1 > best.1 {
            best = other;
        }
    }
    (file, best.0)
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn the_sign_between_columns_is_found() {
        for (file, expected) in [
            ("a,b;c,d\n1", (b',', "a,b;c,d\n1")),
            ("\u{feff}a;b;\"c,d,e\"\r\n1", (b';', "a;b;\"c,d,e\"\r\n1")),
            ("a\tb\n", (b'\t', "a\tb\n")),
            ("sep=;\r\na;b\r\n", (b';', "a;b\r\n")),
            ("alone\n", (b',', "alone\n")),
            ("", (b',', "")),
        ] {
            let (text, sign) = table(file);
            assert_eq!((sign, text), expected);
        }
    }
}
