//! Why a value is not taken.

use accord_words::Told;

/// A value that does not fit its field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ValueError {
    /// What is wrong, in words for the person who typed it.
    pub message: String,
    /// What to type instead.
    pub hint: Option<String>,
}

impl From<ValueError> for Told {
    fn from(error: ValueError) -> Self {
        Self { message: error.message, hint: error.hint }
    }
}

impl From<Told> for ValueError {
    fn from(told: Told) -> Self {
        Self { message: told.message, hint: told.hint }
    }
}
