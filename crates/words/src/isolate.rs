//! Isolating what runs from right to left, by the rules of UAX 9: a terminal then turns it around by itself, and
//! nothing beside it moves.

const FIRST_STRONG: char = '\u{2068}';
const POP: char = '\u{2069}';

/// Whether a character runs from right to left: Hebrew, Arabic and their neighbours, with their presentation forms.
#[must_use]
pub fn turns(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFE}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// A value as it stands in a sentence: isolated line by line if it runs from right to left and isolates are wanted.
#[must_use]
pub fn isolated(text: &str) -> String {
    if !crate::current().isolate || !text.contains(turns) {
        return text.to_owned();
    }
    let line = |line: &str| {
        let whole = line.starts_with(FIRST_STRONG) && line.ends_with(POP);
        if !line.contains(turns) || whole { line.to_owned() } else { format!("{FIRST_STRONG}{line}{POP}") }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn only_what_turns_is_isolated_and_only_where_it_is_wanted() {
    use crate::{Speech, within};
    assert_eq!(isolated("تونس"), "تونس");
    within(Speech { isolate: true, ..Speech::default() }, || {
        assert_eq!(isolated("Tunisia"), "Tunisia");
        assert_eq!(isolated("تونس"), "\u{2068}تونس\u{2069}");
        assert_eq!(isolated(&isolated("تونس")), isolated("تونس"));
        assert_eq!(isolated("one\nتونس"), "one\n\u{2068}تونس\u{2069}");
    });
}
