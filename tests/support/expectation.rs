//! Comparing lines with what a page says: `...` on its own line stands for any lines, `[..]` for anything within a line,
//! and `[NAME..]` for anything that is then known by that name.

type Taken = Vec<(String, String)>;

/// Compares all lines; gives what the page names.
pub(super) fn lines(expected: &[&str], found: &[&str]) -> Option<Taken> {
    match expected.split_first() {
        None => found.is_empty().then(Vec::new),
        Some((&"...", rest)) => (0..=found.len()).find_map(|skipped| lines(rest, &found[skipped..])),
        Some((first, rest)) => {
            let (line, below) = found.split_first()?;
            let mut taken = one(first, line)?;
            taken.extend(lines(rest, below)?);
            Some(taken)
        }
    }
}

/// Compares one line.
fn one(expected: &str, found: &str) -> Option<Taken> {
    let Some((before, name, after)) = wildcard(expected) else {
        return (expected == found).then(Vec::new);
    };
    let rest = found.strip_prefix(before)?;
    // The shortest that lets the rest of the line fit.
    let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.into_iter().find_map(|end| {
        let mut taken = one(after, &rest[end..])?;
        if !name.is_empty() {
            taken.push((name.to_owned(), rest[..end].to_owned()));
        }
        Some(taken)
    })
}

/// Whether a line has a wildcard with a name.
pub(super) fn names_something(expected: &str) -> bool {
    wildcard(expected).is_some_and(|(_, name, after)| !name.is_empty() || names_something(after))
}

/// The first wildcard of a line: what is before it, its name, and what is after it.
fn wildcard(text: &str) -> Option<(&str, &str, &str)> {
    let end = text.find("..]")?;
    let start = text[..end].rfind('[')?;
    let name = &text[start + 1..end];
    name.chars().all(|c| c.is_ascii_uppercase() || c == '_').then_some((
        &text[..start],
        name,
        &text[end + 3..],
    ))
}

#[test]
fn wildcards_match_what_they_say() {
    let taken = lines(&["a [..] c", "...", "n [N..]: [..]"], &["a b c", "x", "y", "n 17: z"]);
    assert_eq!(taken, Some(vec![("N".to_owned(), "17".to_owned())]));
    assert_eq!(lines(&["a"], &["a", "b"]), None);
    assert_eq!(lines(&["..."], &[]), Some(Vec::new()));
    assert_eq!(lines(&["[..]x"], &["axbx"]), Some(Vec::new()));
    assert_eq!(lines(&["[..]x"], &["axb"]), None);
}
