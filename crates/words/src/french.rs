//! Spaces as French sets them.
//!
//! In the files of `locales/fr` they are plain spaces, which everybody can see and type. A line must not break at them,
//! and a mark must not stand alone at its beginning, so they become spaces that hold: before a colon and within guillemets
//! a no-break space, before the other high marks a narrow one.

/// No-break space: before a colon, and within « and ».
const NO_BREAK: char = '\u{a0}';
/// Narrow no-break space: before ; ! and ?, and between groups of digits.
const NARROW: char = '\u{202f}';

/// A text with the spaces that French sets before high marks and within guillemets.
pub(crate) fn spaced(text: &str) -> String {
    let mut set = String::with_capacity(text.len() + text.len() / 16);
    let mut characters = text.chars().peekable();
    let mut before = None;
    while let Some(c) = characters.next() {
        let next = characters.peek();
        // An indent is no space before a mark, and a mark that begins a word, such as :8080, is none of French.
        let ends = |mark: &char| next == Some(mark);
        set.push(match c {
            ' ' if before.is_none_or(|b| b == '\n' || b == ' ') => c,
            ' ' if ends(&':') || ends(&'»') || before == Some('«') => NO_BREAK,
            ' ' if ends(&';') || ends(&'!') || ends(&'?') => NARROW,
            _ => c,
        });
        before = Some(c);
    }
    set
}

/// A number written in the English form, such as `1,234.50`, in that of French: `1 234,50`.
pub(crate) fn number(english: &str) -> String {
    english
        .chars()
        .map(|c| match c {
            ',' => NARROW,
            '.' => ',',
            _ => c,
        })
        .collect()
}

#[test]
fn spaces_before_high_marks_hold() {
    assert_eq!(spaced("Ensuite : accord list"), "Ensuite\u{a0}: accord list");
    assert_eq!(spaced("« Tunisie » ; où ?"), "«\u{a0}Tunisie\u{a0}»\u{202f}; où\u{202f}?");
    assert_eq!(spaced("id =\n    { $n ->\n    } : oui"), "id =\n    { $n ->\n    }\u{a0}: oui");
}

#[test]
fn numbers_are_grouped_by_spaces_and_have_a_comma() {
    assert_eq!(number("1,234,567.50"), "1\u{202f}234\u{202f}567,50");
    assert_eq!(number("-12"), "-12");
}
