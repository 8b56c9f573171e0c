//! Numbers for people.

use crate::{Language, current};

/// A number that is written in the English form, such as `1,234.50`, in the form of whoever is spoken to. What programs
/// read is never written like this.
#[must_use]
pub fn number(english: &str) -> String {
    current().language.number(english)
}

impl Language {
    /// A number that is written in the English form, in that of this language.
    pub(crate) fn number(self, english: &str) -> String {
        match self {
            Language::English => english.to_owned(),
            Language::French => crate::french::number(english),
        }
    }
}

#[test]
fn amounts_are_said_in_the_form_of_the_language() {
    use crate::{Arg, Catalogue};
    let said = |language| {
        let catalogue = Catalogue::new(language, &["due = { $amount }"]);
        catalogue.find("due", None, &[("amount", Arg::Figure("EUR 1,234.50".to_owned()))]).unwrap()
    };
    assert_eq!(said(Language::English), "EUR 1,234.50");
    assert_eq!(said(Language::French), "EUR 1\u{202f}234,50");
}
