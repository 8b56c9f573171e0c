//! The sentences of the program itself.

use std::sync::LazyLock;

use crate::{Arg, Catalogue, Language, current, isolated};

macro_rules! sources {
    ($language:literal) => {
        &[
            include_str!(concat!("../locales/", $language, "/general.ftl")),
            include_str!(concat!("../locales/", $language, "/documents.ftl")),
            include_str!(concat!("../locales/", $language, "/conflicts.ftl")),
            include_str!(concat!("../locales/", $language, "/exchange.ftl")),
            include_str!(concat!("../locales/", $language, "/programme.ftl")),
            include_str!(concat!("../locales/", $language, "/decisions.ftl")),
            include_str!(concat!("../locales/", $language, "/node.ftl")),
            include_str!(concat!("../locales/", $language, "/bundles.ftl")),
            include_str!(concat!("../locales/", $language, "/home.ftl")),
            include_str!(concat!("../locales/", $language, "/refusals.ftl")),
            include_str!(concat!("../locales/", $language, "/governing.ftl")),
            include_str!(concat!("../locales/", $language, "/audit.ftl")),
            include_str!(concat!("../locales/", $language, "/network.ftl")),
            include_str!(concat!("../locales/", $language, "/errors.ftl")),
            include_str!(concat!("../locales/", $language, "/store.ftl")),
            include_str!(concat!("../locales/", $language, "/demo.ftl")),
            include_str!(concat!("../locales/", $language, "/apart.ftl")),
            include_str!(concat!("../locales/", $language, "/editor.ftl")),
            include_str!(concat!("../locales/", $language, "/health.ftl")),
            include_str!(concat!("../locales/", $language, "/values.ftl")),
            include_str!(concat!("../locales/", $language, "/edits.ftl")),
            include_str!(concat!("../locales/", $language, "/mistakes.ftl")),
            include_str!(concat!("../locales/", $language, "/schemas.ftl")),
            include_str!(concat!("../locales/", $language, "/maps.ftl")),
        ]
    };
}

const ENGLISH_SOURCES: &[&str] = sources!("en");
const FRENCH_SOURCES: &[&str] = sources!("fr");

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Language::English, ENGLISH_SOURCES));
static FRENCH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(Language::French, FRENCH_SOURCES));

fn catalogue(language: Language) -> &'static Catalogue {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
    }
}

/// The sentence of an id, in the language of whoever is spoken to; in English where that has none. An id that nobody
/// wrote a sentence for, which a test rules out, is said as it is.
#[must_use]
pub fn say(id: &str, arguments: &[(&str, Arg)]) -> String {
    find(id, None, arguments).unwrap_or_else(|| id.to_owned())
}

/// What to do about it, if the sentence says so.
#[must_use]
pub fn hint(id: &str, arguments: &[(&str, Arg)]) -> Option<String> {
    find(id, Some("hint"), arguments)
}

/// What is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What is wrong.
    pub message: String,
    /// What to do, if the sentence says so.
    pub hint: Option<String>,
}

fn find(id: &str, attribute: Option<&str>, arguments: &[(&str, Arg)]) -> Option<String> {
    let speech = current();
    let turned: Vec<(&str, Arg)>;
    let mut arguments = arguments;
    if speech.isolate {
        let isolate = |arg: &Arg| match arg {
            Arg::Text(text) => Arg::Text(isolated(text)),
            other => other.clone(),
        };
        turned = arguments.iter().map(|(name, arg)| (*name, isolate(arg))).collect();
        arguments = &turned;
    }
    catalogue(speech.language)
        .find(id, attribute, arguments)
        .or_else(|| catalogue(Language::English).find(id, attribute, arguments))
}

#[cfg(test)]
mod literals;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod uncatalogued;
