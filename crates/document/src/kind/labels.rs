//! What people call things, in the languages of the programme.

use std::collections::BTreeMap;

/// The languages that text is kept in, as ISO 639-1 codes.
pub const LANGUAGES: [&str; 3] = ["en", "fr", "ar"];

/// A name in each language; English is the one that is always there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    pub(super) fn new(by_language: BTreeMap<String, String>, fallback: &str) -> Self {
        let mut labels = by_language;
        labels.entry("en".to_owned()).or_insert_with(|| fallback.replace('_', " "));
        Self(labels)
    }

    /// The label in that language, or in English where it is not translated.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        self.0.get(language).or_else(|| self.0.get("en")).map_or("", String::as_str)
    }

    /// The label in the language of whoever is spoken to.
    #[must_use]
    pub fn said(&self) -> &str {
        self.get(accord_words::current().language.code())
    }

    /// The English label.
    #[must_use]
    pub fn en(&self) -> &str {
        self.get("en")
    }
}
