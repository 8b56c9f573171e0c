//! The string literals of a Rust source: as much of the language as it takes to tell them from comments, characters,
//! attributes and tests.

/// A string literal: where it begins, and its text, with line continuations joined.
pub(super) struct Literal {
    pub(super) at: usize,
    pub(super) text: String,
}

/// The part of a source that runs outside of tests: a module of tests, or tests by themselves, stand at its end.
pub(super) fn outside_tests(source: &str) -> &str {
    let ends = ["\n#[cfg(test)]\nmod ", "\n#[cfg(test)]\nuse ", "\n#[test]"];
    let end = ends.iter().filter_map(|end| source.find(end)).min();
    &source[..end.unwrap_or(source.len())]
}

/// All string literals of a source, in order.
pub(super) fn literals(source: &str) -> Vec<Literal> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &source[at..];
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(hashes) = raw(source, at) {
            let opening = rest.find('"').unwrap_or_default() + 1;
            let closing = format!("\"{}", "#".repeat(hashes));
            let length = rest[opening..].find(&closing).unwrap_or(rest.len() - opening);
            found.push(Literal { at, text: rest[opening..opening + length].to_owned() });
            opening + length + closing.len()
        } else if rest.starts_with('"') {
            let length = quoted(rest);
            found.push(Literal { at, text: joined(&rest[1..length]) });
            length + 1
        } else if rest.starts_with('\'') {
            character(rest)
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
    }
    found
}

/// With how many hashes a raw string begins here, if one does.
fn raw(source: &str, at: usize) -> Option<usize> {
    let before = source[..at].chars().next_back().unwrap_or(' ');
    let rest = source[at..].strip_prefix('r').filter(|_| !before.is_alphanumeric() && before != '_')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// Where the closing quote of a literal stands.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    let closing = rest.char_indices().skip(1).find(|(_, c)| {
        let closes = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    closing.map_or(rest.len() - 1, |(at, _)| at)
}

/// How long a character literal is, or the quote of a lifetime.
fn character(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(1, |end| end + 4),
        Some(_) => match characters.next() {
            Some((end, '\'')) => end + 1,
            _ => 1,
        },
        None => 1,
    }
}

/// A text whose lines are continued, as one.
fn joined(text: &str) -> String {
    let mut parts = text.split("\\\n");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.trim_start())
}

#[test]
fn literals_are_told_from_what_looks_like_them() {
    let source = "// \"no\"\nlet a = 'x'; let q = '\"'; let e = '\\''; f::<'a>(\"one \\\n    \\\"two\\\"\"); r#\"raw \"here\"\"#";
    let texts: Vec<String> = literals(source).into_iter().map(|literal| literal.text).collect();
    assert_eq!(texts, ["one \\\"two\\\"", "raw \"here\""]);
    assert_eq!(outside_tests("fn a() {}\n#[cfg(test)]\nmod tests {}"), "fn a() {}");
}
