//! Edits: what a person wants changed, checked as a whole and then written as one change.

mod again;
mod align;
mod commit;
mod error;
mod fields;
mod limit;
mod plan;
mod settle;
mod shares;
mod words;

pub use again::made_again;
pub use commit::{Author, NewChange, Random};
pub use error::EditError;

pub(crate) use align::shown;
pub(crate) use limit::refuse_too_many;
pub(crate) use plan::Planner;

use serde_json::Value;

/// One thing to change. Paths are written as people type them: `activities.TN-A03.budget.2013.EUR`.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Sets a value, a cell, shares, a list of codes, a text. `Null` clears.
    Set {
        /// Where.
        path: String,
        /// What; texts such as `120,000 EUR` are read by the type of the field.
        value: Value,
    },
    /// Adds an item to a set, a row to a list, or a paragraph to a text.
    Add {
        /// The set, the list, or the text with its language.
        path: String,
        /// The fields; an item needs its `code`.
        fields: Value,
    },
    /// Takes an item or a paragraph out. It stays readable, and edits made elsewhere are not hidden.
    Retire {
        /// The item or paragraph.
        path: String,
        /// Why.
        reason: String,
    },
    /// Brings a retired item or paragraph back.
    Reinstate {
        /// The item or paragraph.
        path: String,
        /// Why.
        reason: String,
    },
    /// Gives a paragraph, or all of a language, a new text. Only the difference is written.
    ReplaceText {
        /// `context.en`, or `context.en.2`.
        path: String,
        /// The whole new text; paragraphs are separated by blank lines.
        text: String,
    },
    /// Settles a conflict. A value that arrives later from somebody who had not seen this opens it again.
    Resolve {
        /// Where.
        path: String,
        /// What shall stand.
        value: Value,
        /// Why.
        reason: String,
    },
    /// Settles what was looked at, change by change: a review, a late correction, a row without a home.
    /// Whatever was not looked at stays open. [`crate::Finding`] makes these.
    Settle {
        /// The paragraph or row.
        path: String,
        /// The changes that were looked at.
        changes: Vec<crate::Hash>,
        /// What shall stand; nothing if it is right as it stands.
        value: Option<Value>,
        /// Why.
        reason: String,
    },
    /// Gives what belongs to a retired item a new home: rows and items that refer to it, and contents of it.
    Move {
        /// The retired item.
        path: String,
        /// The item that takes over, by its code or id.
        to: String,
        /// Contents of the retired item that go there too, as paths inside it: `budget.2013.EUR`. Refused where the
        /// other item has something of its own.
        contents: Vec<String>,
        /// Why.
        reason: String,
    },
}

impl Edit {
    /// The path that the edit names.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Set { path, .. }
            | Self::Add { path, .. }
            | Self::Retire { path, .. }
            | Self::Reinstate { path, .. }
            | Self::ReplaceText { path, .. }
            | Self::Resolve { path, .. }
            | Self::Settle { path, .. }
            | Self::Move { path, .. } => path,
        }
    }
}

#[cfg(test)]
mod tests;
