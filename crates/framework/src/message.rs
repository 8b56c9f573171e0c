//! What checks and reports say, as an id with arguments. Sentences are in `locales/`, one file a
//! language, so that a program can speak to each person in theirs and to other programs in ids.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

/// An argument of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// Words.
    Text(String),
    /// A number, on which a plural may depend.
    Number(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

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
pub struct Messages {
    /// The language asked for, then English.
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Messages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Messages").field("languages", &self.bundles.len()).finish()
    }
}

fn bundle(language: &str, source: &str) -> Option<FluentBundle<FluentResource>> {
    let mut bundle = FluentBundle::new_concurrent(vec![language.parse().ok()?]);
    // Whoever shows a sentence isolates what runs the other way, as their terminal needs it.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource(resource).ok()?;
    Some(bundle)
}

impl Messages {
    /// For a locale such as `fr`, `fr_FR.UTF-8` or `C`; English where there is nothing else.
    #[must_use]
    pub fn new(locale: &str) -> Self {
        let french = locale.to_ascii_lowercase().starts_with("fr");
        let french = french.then(|| bundle("fr", FRENCH)).flatten();
        Self { bundles: french.into_iter().chain(bundle("en", ENGLISH)).collect() }
    }

    /// The sentence.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        self.find(message, None).unwrap_or_else(|| message.id.to_owned())
    }

    /// What to do about it, if the message says so.
    #[must_use]
    pub fn hint(&self, message: &Message) -> Option<String> {
        self.find(message, Some("hint"))
    }

    /// The word for a column, a group or a state.
    #[must_use]
    pub fn word(&self, id: &str) -> String {
        let args = FluentArgs::new();
        self.bundles
            .iter()
            .find_map(|bundle| pattern(bundle, id, None, &args))
            .unwrap_or_else(|| id.to_owned())
    }

    fn find(&self, message: &Message, attribute: Option<&str>) -> Option<String> {
        let mut args = FluentArgs::new();
        for (name, value) in &message.args {
            match value {
                Arg::Text(text) => args.set(*name, text.as_str()),
                Arg::Number(number) => args.set(*name, *number),
            }
        }
        self.bundles.iter().find_map(|bundle| pattern(bundle, message.id, attribute, &args))
    }
}

fn pattern(
    bundle: &FluentBundle<FluentResource>,
    id: &str,
    attribute: Option<&str>,
    args: &FluentArgs<'_>,
) -> Option<String> {
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(name) => message.get_attribute(name)?.value(),
    };
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(args), &mut errors).into_owned())
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
        for source in [ENGLISH, FRENCH] {
            assert!(FluentResource::try_new(source.to_owned()).is_ok());
        }
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
