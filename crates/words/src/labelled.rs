//! A name or a cause, and what is said of it, on one line.

use crate::{Language, current};

/// A name and what is said of it, with the colon of the language: French sets a space that holds before it. Either may be
/// a sentence already, so nothing is isolated here.
#[must_use]
pub fn labelled(name: &str, said: &str) -> String {
    format!("{name}{}{}", colon(), current().language.system(said))
}

/// The colon between a name and what is said of it, with its spaces.
#[must_use]
pub fn colon() -> &'static str {
    match current().language {
        Language::English => ": ",
        Language::French => "\u{a0}: ",
    }
}

/// The semicolon between two things that are said of one, with its spaces.
#[must_use]
pub fn semicolon() -> &'static str {
    match current().language {
        Language::English => "; ",
        Language::French => "\u{202f}; ",
    }
}

/// What a person puts something of their own in place of, within a command that is suggested: `TEXT`, as help calls it.
#[must_use]
pub fn placeholder(english: &str) -> &str {
    match current().language {
        Language::English => english,
        Language::French => crate::help_in_french(english).unwrap_or(english),
    }
}

/// A word of a suggested command, such as `VALUE` or `who=TEXT`, with what is to be replaced as the language calls it.
#[must_use]
pub fn suggested(word: &str) -> String {
    match word.split_once('=') {
        Some((name, value)) if placeholder(word) == word => format!("{name}={}", placeholder(value)),
        _ => placeholder(word).to_owned(),
    }
}

#[test]
fn names_and_placeholders_are_those_of_the_language() {
    use crate::{Speech, within};
    assert_eq!(labelled("Tunisia", placeholder("TEXT")), "Tunisia: TEXT");
    within(Speech { language: Language::French, ..Speech::default() }, || {
        assert_eq!(labelled("Tunisie", placeholder("TEXT")), "Tunisie\u{a0}: TEXTE");
        assert_eq!(placeholder("NOWHERE"), "NOWHERE");
        assert_eq!(suggested("who=TEXT"), "who=TEXTE");
        assert_eq!(suggested("FIELD=VALUE"), "CHAMP=VALEUR");
        assert_eq!(suggested("country=TN"), "country=TN");
    });
}
