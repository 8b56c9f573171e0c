//! What stands at a place of a view: nothing, one value, or several that people disagree about.

use accord_document::CONFLICT;
use serde_json::Value;

use crate::exact::{Exact, decimal};

/// The distinct values at a place. `None` among them: somebody cleared it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held<T>(pub Vec<Option<T>>);

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Held<T> {
    /// Reads a place of a view; what is not of the type counts as nothing.
    pub(crate) fn read(value: Option<&Value>, read: impl Fn(&Value) -> Option<T>) -> Self {
        match value {
            None | Some(Value::Null) => Self(Vec::new()),
            Some(value) => match value.get(CONFLICT).and_then(Value::as_array) {
                Some(sides) => Self(sides.iter().map(|s| s.get("value").and_then(&read)).collect()),
                None => Self(vec![read(value)]),
            },
        }
    }

    /// The one value, if nobody disagrees about it.
    #[must_use]
    pub fn settled(&self) -> Option<&T> {
        match &self.0[..] {
            [Some(one)] => Some(one),
            _ => None,
        }
    }

    /// Whether several values stand.
    #[must_use]
    pub fn open(&self) -> bool {
        self.0.len() > 1
    }

    /// Whether nobody says anything.
    #[must_use]
    pub fn nothing(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Every value that somebody says.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }

    /// The alternatives; one of them, `None`, where nothing stands.
    pub(crate) fn alternatives(&self) -> Vec<Option<&T>> {
        if self.0.is_empty() { vec![None] } else { self.0.iter().map(Option::as_ref).collect() }
    }
}

pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A number, however it is stored; never through a float.
pub(crate) fn number(value: &Value) -> Option<Exact> {
    match value {
        Value::String(text) => decimal(text),
        Value::Number(number) => decimal(&number.to_string()),
        _ => None,
    }
}

/// `{"amount": "120000.00", "currency": "EUR"}`.
pub(crate) fn amount(value: &Value) -> Option<(Exact, String)> {
    let amount = decimal(value.get("amount")?.as_str()?)?;
    let currency = value.get("currency")?.as_str()?;
    accord_document::exponent(currency)?;
    Some((amount, currency.to_owned()))
}

/// The first language of a text that says something, as one line; for titles.
pub(crate) fn line(value: Option<&Value>) -> String {
    let languages = ["en", "fr", "ar"];
    let first = languages.iter().find_map(|l| {
        let all = value?.get(l)?.as_array()?;
        all.iter().find_map(|paragraph| Held::read(Some(paragraph), text).values().next().cloned())
    });
    first.unwrap_or_default()
}
