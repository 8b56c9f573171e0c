//! Translations: which are missing, and which were made from words that have changed since.
//!
//! A translation remembers its source in the field `translated`: under its place and language, the
//! language and the hash of the words that it was made from.

use accord_document::kind::{Field, FieldType, LANGUAGES};
use accord_document::{Edit, Kind, canonical};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::model::{items, path_name, retired, string};

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The text's path without the language: `activities.TN-A03.title`.
    pub path: String,
    /// `fr`.
    pub language: &'static str,
    /// What the translation is remembered under; with ids in place of codes, which change.
    pub key: String,
}

/// How a translation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The text exists in another language and not in this one.
    Missing,
    /// It was made from words that have changed.
    Stale {
        /// The language that it was made from.
        from: String,
    },
    /// It was made from the words as they are.
    Current {
        /// The language that it was made from.
        from: String,
    },
    /// Nobody said what it was made from; it may be the original.
    Unmarked,
}

/// Every text of the document that says something, in every language.
#[must_use]
pub fn status(kind: &Kind, view: &Value) -> Vec<(Place, State)> {
    let mut all = Vec::new();
    for (path, key, text) in texts(kind, view) {
        for language in LANGUAGES {
            let place = Place { path: path.clone(), language, key: format!("{key}:{language}") };
            let state = state(view, &place, text);
            all.push((place, state));
        }
    }
    all
}

fn state(view: &Value, place: &Place, text: &Map<String, Value>) -> State {
    if !text.contains_key(place.language) {
        return State::Missing;
    }
    let mark = view.get("translated").and_then(|t| t.get(&place.key)).and_then(Value::as_str);
    let Some((from, hash)) = mark.and_then(|mark| mark.split_once(' ')) else { return State::Unmarked };
    let from_now = text.get(from).map(words_hash);
    let from = from.to_owned();
    if from_now.as_deref() == Some(hash) { State::Current { from } } else { State::Stale { from } }
}

/// The edit that remembers what a translation was made from; to be made together with the
/// translation, or alone when somebody has looked at it and found it still right.
///
/// `None` if there is no such text, or nothing in the language `from`.
#[must_use]
pub fn mark(kind: &Kind, view: &Value, path: &str, language: &str, from: &str) -> Option<Edit> {
    let (_, key, text) = texts(kind, view).into_iter().find(|(at, ..)| at == path)?;
    let source = text.get(from).filter(|_| from != language)?;
    let language = LANGUAGES.iter().find(|l| **l == language)?;
    let value = Value::from(format!("{from} {}", words_hash(source)));
    Some(Edit::Set {
        path: "translated".into(),
        value: serde_json::json!({ format!("{key}:{language}"): value }),
    })
}

/// 64 bits: against oversight, not against an adversary, who could as well say that it is current.
fn words_hash(text: &Value) -> String {
    let digest = Sha256::digest(canonical(text).as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

type Text<'a> = (String, String, &'a Map<String, Value>);

fn texts<'a>(kind: &Kind, view: &'a Value) -> Vec<Text<'a>> {
    let mut all = Vec::new();
    for field in &kind.fields {
        match &field.ty {
            FieldType::Text => {
                let text = view.get(&field.name).and_then(Value::as_object);
                all.extend(text.map(|text| (field.name.clone(), field.name.clone(), text)));
            }
            FieldType::Set(fields) => {
                let is_text = |inner: &&Field| inner.ty == FieldType::Text;
                for (name, item) in items(view, &field.name).into_iter().filter(|(_, item)| !retired(item)) {
                    for inner in fields.iter().filter(is_text) {
                        let Some(text) = item.get(&inner.name).and_then(Value::as_object) else { continue };
                        let path = format!("{}.{}.{}", field.name, path_name(name, item), inner.name);
                        let key = format!("{}:{}:{}", field.name, string(item, "id"), inner.name);
                        all.push((path, key, text));
                    }
                }
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_translation_is_stale_once_its_source_has_changed() {
        let kind = crate::kind("note").unwrap();
        let mut view = json!({ "name": "n", "title": { "en": ["Cities"], "fr": ["Villes"] } });
        let Some(Edit::Set { value, .. }) = mark(kind, &view, "title", "fr", "en") else { panic!() };
        let of = |view: &Value, language| {
            status(kind, view).into_iter().find(|(p, _)| p.language == language).unwrap().1
        };
        assert_eq!(of(&view, "fr"), State::Unmarked);
        view["translated"] = value;
        assert_eq!(of(&view, "fr"), State::Current { from: "en".into() });
        assert_eq!(of(&view, "ar"), State::Missing);
        view["title"]["en"] = json!(["Towns"]);
        assert_eq!(of(&view, "fr"), State::Stale { from: "en".into() });
        assert_eq!(mark(kind, &view, "title", "fr", "fr"), None);
        assert_eq!(mark(kind, &view, "nothing", "fr", "en"), None);
    }
}
