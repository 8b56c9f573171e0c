//! Why an edit is not made. Nothing is written then.

use accord_words::{Told, hint, labelled, say};

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
    #[error("{}", say!("edit-unfit", path = .path))]
    Value {
        /// Where.
        path: String,
        /// What is wrong with it.
        source: ValueError,
    },
    /// This cannot be done at this place.
    #[error("{}", labelled(path, message))]
    NotHere {
        /// Where.
        path: String,
        /// What cannot be done.
        message: String,
        /// What to do instead.
        hint: Option<String>,
    },
    /// People disagree about the value, and an edit without a reason would settle it.
    #[error("{}", say!("edit-open", path = .path))]
    Open {
        /// Where.
        path: String,
    },
    /// The item is retired.
    #[error("{}", say!("edit-retired", path = .path))]
    Retired {
        /// The item.
        path: String,
    },
    /// While the person was editing, this device itself built on another value for the same place.
    /// Its next change builds on that one too, so writing now would overwrite it without a word.
    #[error("{}", say!("edit-moved", path = .path))]
    Moved {
        /// Where.
        path: String,
    },
    /// The version to be edited is not held.
    #[error(transparent)]
    UnknownVersion(#[from] UnknownVersion),
    /// More than one change can hold.
    #[error("{}", say!("edit-too-large", size = *.size, limit = *.limit))]
    TooLarge {
        /// How large.
        size: usize,
        /// The bound.
        limit: usize,
    },
    /// More than one change should carry.
    #[error(
        "{}",
        say!(
            "edit-too-many",
            items = *.items,
            values = *.values,
            most = super::limit::MAX_ITEMS,
            limit = super::limit::MAX_VALUES
        )
    )]
    TooMany {
        /// Items and rows that are added.
        items: usize,
        /// Values that are written.
        values: usize,
    },
    /// Something that should not happen; nothing was written.
    #[error("{}", say!("edit-failed", why = .0))]
    Internal(String),
}

impl EditError {
    pub(super) fn not_here(path: &str, told: Told) -> Self {
        Self::NotHere { path: path.to_owned(), message: told.message, hint: told.hint }
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
            Self::NotHere { hint, .. } => return hint.clone(),
            Self::Open { path } => return hint!("edit-open", path),
            Self::Retired { path } => return hint!("edit-retired", path),
            Self::Moved { .. } => return hint!("edit-moved"),
            Self::UnknownVersion(error) => return error.hint(),
            Self::TooLarge { .. } | Self::TooMany { .. } => say!("edit-split"),
            Self::Internal(_) => return hint!("edit-failed"),
        })
    }
}
