//! Reading YAML that somebody else may have made: what it nests is bounded before the reader sees it.
//!
//! The reader's time grows with the square of how deep a text nests, and of how many directives it begins with, and it
//! stops at its own bound only afterwards: a file of 200 kB held a node up for minutes.

use accord_words::say;
use serde::de::{DeserializeOwned, Error as _};

/// The deepest document nests six levels, and the reader itself goes no further than 128.
const MAX_OPEN: usize = 64;

/// The furthest that a line is indented. Written by us, a level takes two columns.
const MAX_INDENT: usize = 512;

/// Nobody needs one.
const MAX_DIRECTIVES: usize = 16;

/// Reads YAML. What is read as JSON only is better left to `serde_json`, which needs no such care.
///
/// # Errors
/// What the text is that it cannot be read, or nests too deeply.
pub fn from_yaml<T: DeserializeOwned>(yaml: &str) -> Result<T, serde_norway::Error> {
    if let Some(line) = too_deep(yaml) {
        return Err(serde_norway::Error::custom(say!("yaml-too-deep", line)));
    }
    serde_norway::from_str(yaml)
}

/// The line, from 1, on which a text nests deeper than any document does; none if it may be read.
///
/// Brackets are counted as the reader takes them in what we write: those in a block of text or between quotes mean
/// nothing. In other styles a text that leaves many brackets open may be counted as nesting, and that is all.
pub(crate) fn too_deep(yaml: &str) -> Option<usize> {
    let (mut open, mut directives) = (0_usize, 0_usize);
    let mut block: Option<usize> = None;
    for (number, line) in yaml.lines().enumerate() {
        let mut body = line.trim_start_matches(' ');
        let mut indent = line.len() - body.len();
        if block.is_some_and(|at| body.trim().is_empty() || indent > at) {
            continue;
        }
        block = None;
        directives += usize::from(line.starts_with('%'));
        let mut entries = 0;
        // An entry of a list and a key of its own begin a level each.
        while let Some(rest) = body.strip_prefix(['-', '?']).filter(|rest| rest.starts_with(' ')) {
            let inner = rest.trim_start_matches(' ');
            indent += body.len() - inner.len();
            body = inner;
            entries += 1;
        }
        if open == 0 && begins_block(body) {
            block = Some(if body.starts_with(['|', '>']) { indent.saturating_sub(1) } else { indent });
        }
        let (after, most) = brackets(body, open);
        open = after;
        let deep = most > MAX_OPEN || entries > MAX_OPEN || indent > MAX_INDENT;
        if deep || directives > MAX_DIRECTIVES {
            return Some(number + 1);
        }
    }
    None
}

/// Whether what follows a line, indented further, is a text.
fn begins_block(body: &str) -> bool {
    let value = body.split_once(": ").map_or(body, |(_, value)| value.trim_start());
    value.starts_with(['|', '>'])
}

/// How many brackets are open after a line, and within it at most, if `open` are before it.
fn brackets(line: &str, mut open: usize) -> (usize, usize) {
    let line = line.as_bytes();
    let (mut at, mut most, mut begins) = (0, open, true);
    while let Some(&byte) = line.get(at) {
        match byte {
            b'#' if begins => break,
            b'"' | b'\'' if begins => at += quoted(&line[at + 1..], byte).unwrap_or(0),
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
        begins = matches!(byte, b' ' | b'[' | b'{' | b',' | b':');
        at += 1;
    }
    (open, most)
}

/// How long the rest of a quoted text is with its closing quote, if that stands on the same line.
fn quoted(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        match *rest.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tester's file of opening brackets: the reader worked on it for minutes.
    #[test]
    fn what_nests_without_end_is_refused_before_it_is_read() {
        for hostile in [
            "[".repeat(300_000),
            "{a: ".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "a:\n  - [[\n".repeat(40),
            format!("a: 1\nb:\n {}", "- ".repeat(100_000)),
            (0..300).map(|n| format!("{}a:\n", "  ".repeat(n))).collect(),
            (0..40_000).map(|n| format!("%TAG !a{n}! tag:x\n")).collect::<String>() + "---\na: 1",
            format!("a: |\n  text\nb: {}", "[".repeat(100_000)),
            format!("- a: |\n    text\n  b: {}", "[".repeat(100_000)),
            format!("a: \"\\\" {}", "[".repeat(100_000)),
        ] {
            assert!(from_yaml::<serde_json::Value>(&hostile).is_err());
            assert!(too_deep(&hostile).is_some(), "{}", &hostile[..hostile.len().min(40)]);
        }
    }

    #[test]
    fn texts_may_hold_any_number_of_brackets() {
        let many = "[{".repeat(500);
        for text in [
            format!("a: |\n  {many}\n\n  {many}\nb: 1"),
            format!("- >-\n  {many}\n- b: |\n    {many}"),
            format!("a: \"{many}\""),
            format!("a: ['{many}', \"it''s \\\" {many}\"]"),
            format!("# {many}\na: 1 # {many}"),
            "a: [1, 2]\n".to_owned(),
            (0..500).map(|n| format!("a{n}: {{b: [1, {{c: 2}}]}}\n")).collect(),
        ] {
            assert_eq!(too_deep(&text), None, "{text}");
            assert!(from_yaml::<serde_json::Value>(&text).is_ok(), "{text}");
        }
    }
}
