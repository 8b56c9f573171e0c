//! What checks and reports say, as an id with arguments. Sentences are in `locales/`, one file a
//! language, so that a program can speak to each person in theirs and to other programs in ids.

pub use accord_words::Arg;
use accord_words::{Catalogue, Language};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id in the locales; stable, for programs.
    pub id: &'static str,
    /// Its arguments.
    pub args: Vec<(&'static str, Arg)>,
}

impl Message {
    /// A message without arguments.
    #[must_use]
    pub fn new(id: &'static str) -> Self {
        Self { id, args: Vec::new() }
    }

    /// With one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

const ENGLISH: &str = include_str!("../locales/en.ftl");
const FRENCH: &str = include_str!("../locales/fr.ftl");

/// The sentences of one language.
#[derive(Debug)]
pub struct Messages {
    /// The language asked for, then English.
    catalogues: Vec<Catalogue>,
}

impl Messages {
    /// For a locale such as `fr`, `fr_FR.UTF-8` or `C`; English where there is nothing else.
    #[must_use]
    pub fn new(locale: &str) -> Self {
        let french =
            (Language::of(locale) == Language::French).then(|| Catalogue::new(Language::French, &[FRENCH]));
        let english = Catalogue::new(Language::English, &[ENGLISH]);
        Self { catalogues: french.into_iter().chain([english]).collect() }
    }

    /// The sentence.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        self.find(message.id, None, &message.args).unwrap_or_else(|| message.id.to_owned())
    }

    /// What to do about it, if the message says so.
    #[must_use]
    pub fn hint(&self, message: &Message) -> Option<String> {
        self.find(message.id, Some("hint"), &message.args)
    }

    /// The word for a column, a group or a state.
    #[must_use]
    pub fn word(&self, id: &str) -> String {
        self.find(id, None, &[]).unwrap_or_else(|| id.to_owned())
    }

    fn find(&self, id: &str, attribute: Option<&str>, args: &[(&str, Arg)]) -> Option<String> {
        self.catalogues.iter().find_map(|catalogue| catalogue.find(id, attribute, args))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn ids(source: &str) -> BTreeSet<&str> {
        let lines = source.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        lines.filter_map(|line| line.split_once(" =").map(|(id, _)| id)).collect()
    }

    #[test]
    fn both_languages_say_everything_and_can_be_read() {
        assert_eq!(ids(ENGLISH), ids(FRENCH));
    }

    #[test]
    fn every_id_in_the_program_has_a_sentence() {
        let known = ids(ENGLISH);
        for source in [
            include_str!("check/activities.rs"),
            include_str!("check/fields.rs"),
            include_str!("check/framework.rs"),
            include_str!("check/money.rs"),
            include_str!("exchange/plan.rs"),
            include_str!("exchange/plan/finish.rs"),
            include_str!("report/budget.rs"),
            include_str!("report/contributions.rs"),
            include_str!("report/lists.rs"),
            include_str!("report/convert.rs"),
        ] {
            for part in source.split("Message::new(\"").skip(1) {
                let id = part.split('"').next().unwrap();
                assert!(known.contains(id), "{id} has no sentence");
            }
        }
    }

    #[test]
    fn a_sentence_is_said_in_the_language_asked_for() {
        let message = Message::new("dates-reversed").with("start", "2014-01-01").with("end", "2013-01-01");
        assert!(Messages::new("fr_FR.UTF-8").say(&message).contains("après"));
        assert!(Messages::new("C").say(&message).contains("after"));
    }
}
