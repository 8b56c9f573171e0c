//! Why an edit is not made. Nothing is written then.

use crate::document::UnknownVersion;
use crate::path::PathError;
use crate::value::ValueError;

/// An edit that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The path leads nowhere.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The value does not fit the field.
    #[error("{path} cannot hold this")]
    Value {
        /// Where.
        path: String,
        /// What is wrong with it.
        source: ValueError,
    },
    /// This cannot be done at this place.
    #[error("{path}: {message}")]
    NotHere {
        /// Where.
        path: String,
        /// What cannot be done.
        message: String,
        /// What to do instead.
        hint: String,
    },
    /// People disagree about the value, and an edit without a reason would settle it.
    #[error("several values stand at {path}")]
    Open {
        /// Where.
        path: String,
    },
    /// The item is retired.
    #[error("{path} is retired")]
    Retired {
        /// The item.
        path: String,
    },
    /// While the person was editing, this device itself built on another value for the same place.
    /// Its next change builds on that one too, so writing now would overwrite it without a word.
    #[error("{path} has changed since this version was opened")]
    Moved {
        /// Where.
        path: String,
    },
    /// The version to be edited is not held.
    #[error(transparent)]
    UnknownVersion(#[from] UnknownVersion),
    /// More than one change can hold.
    #[error("the edit is too large: {size} characters, and at most {limit} fit into one edit")]
    TooLarge {
        /// How large.
        size: usize,
        /// The bound.
        limit: usize,
    },
    /// More than one change should carry.
    #[error(
        "the edit is too large: {items} items and {values} values, and at most {} items and {} values fit into one",
        super::limit::MAX_ITEMS,
        super::limit::MAX_VALUES
    )]
    TooMany {
        /// Items and rows that are added.
        items: usize,
        /// Values that are written.
        values: usize,
    },
    /// Something that should not happen; nothing was written.
    #[error("the edit could not be written: {0}")]
    Internal(String),
}

impl EditError {
    pub(super) fn not_here(path: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::NotHere { path: path.to_owned(), message: message.into(), hint: hint.into() }
    }

    pub(super) fn value(path: &str) -> impl FnOnce(ValueError) -> Self + use<'_> {
        move |source| Self::Value { path: path.to_owned(), source }
    }

    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Path(error) => return error.hint(),
            Self::Value { source, .. } => return source.hint.clone(),
            Self::NotHere { hint, .. } => hint.clone(),
            Self::Open { path } => {
                format!("people disagree here: accord resolve DOC {path} VALUE --why TEXT")
            }
            Self::Retired { path } => {
                format!("bring {path} back first: accord reinstate DOC {path} --why TEXT")
            }
            Self::Moved { .. } => "look at it as it is now and make the edit again".into(),
            Self::UnknownVersion(error) => return error.hint(),
            Self::TooLarge { .. } | Self::TooMany { .. } => "split it into several smaller edits".into(),
            Self::Internal(_) => "try again; if it stays, run the store's check".into(),
        })
    }
}
