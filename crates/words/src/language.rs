//! The languages that the program speaks.

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English: what is said where nothing else is asked for.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// That of a locale as a system names it, such as `fr`, `fr_FR.UTF-8` or `C`.
    #[must_use]
    pub fn of(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("fr") { Self::French } else { Self::English }
    }

    /// Its code by ISO 639-1, by which labels are found too.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

impl Language {
    /// A text in which a system's answer may stand, with that answer in this language.
    pub(crate) fn system(self, text: &str) -> std::borrow::Cow<'_, str> {
        match self {
            Self::English => text.into(),
            Self::French => crate::french::system(text),
        }
    }
}

#[test]
fn locales_are_read_as_systems_name_them() {
    for (locale, language) in [
        ("fr", Language::French),
        ("fr_FR.UTF-8", Language::French),
        ("FR-ca", Language::French),
        ("frr_DE", Language::English),
        ("C", Language::English),
        ("", Language::English),
    ] {
        assert_eq!(Language::of(locale), language, "{locale}");
    }
}
