//! Translations: what is missing, what is stale, and writing one together with what it was made from.

use accord_core::api::{Changed, Problem, TranslationState, TranslationView};
use accord_document::Edit;
use accord_document::kind::LANGUAGES;
use accord_framework::translate::{self, State};
use accord_words::problem;
use serde_json::Value;

use super::documents::read_problem;
use super::editing::{changed, with_name};
use super::versions;
use super::words::Connected;
use crate::replica::{DocumentKey, Programme, Replica};
use crate::time::now;

/// How the texts of one document stand, or of all.
pub(super) fn status(replica: &Replica, document: Option<&str>) -> Result<Vec<TranslationView>, Problem> {
    let programme = replica.programme()?;
    let mut keys: Vec<(String, DocumentKey)> = match document {
        Some(document) => vec![(String::new(), programme.find(document)?)],
        None => {
            let summaries = programme.summaries()?;
            let readable = summaries.iter().filter(|(_, summary)| summary.unreadable.is_none());
            readable.map(|(key, summary)| (summary.name.clone(), *key)).collect()
        }
    };
    keys.sort();
    let mut all = Vec::new();
    for (_, key) in keys {
        all.extend(of(&programme, &key)?);
    }
    Ok(all)
}

fn of(programme: &Programme, key: &DocumentKey) -> Result<Vec<TranslationView>, Problem> {
    let reading = programme.read(key)?;
    let kind = reading.kind()?;
    let view = reading.document.view(kind, None).map_err(|e| read_problem(&e))?;
    let name = reading.document.name().unwrap_or_else(|| key.id.short());
    let since = versions::since(&name, reading.last_version().as_ref());
    let states = translate::status(kind, &view).into_iter();
    Ok(states
        .map(|(place, state)| {
            let (state, from) = match state {
                State::Missing => (TranslationState::Missing, None),
                State::Stale { from } => (TranslationState::Stale, Some(from)),
                State::Current { from } => (TranslationState::Current, Some(from)),
                State::Unmarked => (TranslationState::Unmarked, None),
            };
            TranslationView {
                document: key.id,
                name: name.clone(),
                path: place.path,
                language: place.language.to_owned(),
                state,
                from,
                since_version: since.clone(),
            }
        })
        .collect())
}

/// What is written: the text, or none where the one that stands was found right.
pub(super) struct Written<'a> {
    pub(super) path: &'a str,
    pub(super) language: &'a str,
    pub(super) text: Option<&'a str>,
    pub(super) from: Option<&'a str>,
}

/// Writes a translation together with what it was made from, as one change.
pub(super) fn translate(
    replica: &Replica,
    document: &str,
    written: &Written<'_>,
    connected: &Connected,
) -> Result<Changed, Problem> {
    let programme = replica.programme()?;
    let key = programme.find(document)?;
    let reading = programme.read(&key)?;
    let kind = reading.kind()?;
    let view = reading.document.view(kind, None).map_err(|e| read_problem(&e))?;
    let Written { path, language, text, from } = *written;
    if !LANGUAGES.contains(&language) {
        return Err(problem!("no-such-language", language, languages = LANGUAGES.join(", ")));
    }
    let states = translate::status(kind, &view);
    let has =
        |at: &str| states.iter().any(|(p, s)| p.path == path && p.language == at && *s != State::Missing);
    let source = match from {
        Some(from) => from,
        // The first of the others that there is, English before French before Arabic.
        None => LANGUAGES.into_iter().find(|at| *at != language && has(at)).unwrap_or_default(),
    };
    if text.is_none() && !has(language) {
        return Err(problem!("no-text-in-language", language, path));
    }
    let mark = translate::mark(kind, &view, path, language, source)
        .ok_or_else(|| problem!("no-text-to-translate", path, language))?;
    let set = |text: &str| Edit::Set { path: format!("{path}.{language}"), value: Value::from(text) };
    let edits: Vec<Edit> = text.map(set).into_iter().chain([mark]).collect();
    let change = programme
        .edit(&replica.home.device, &key, None, &edits, now())
        .map_err(|problem| problem.map_hint(|hint| with_name(hint, document)))?;
    changed(&programme, key, change, connected)
}
