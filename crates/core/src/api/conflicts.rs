//! Answers about what waits for a person to decide, and how it is settled.

use super::SinceVersion;
use crate::DocumentId;

/// One place where a person has to decide.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ConflictView {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// How far it has gone on since its last version, if it has one.
    #[serde(default)]
    pub since_version: Option<SinceVersion>,
    /// Where in it.
    pub path: String,
    /// Where, in words.
    pub label: String,
    /// `values`, `paragraph`, `review`, `late_correction`, `retired_but_changed`, `needs_home` or `duplicate_code`.
    pub what: String,
    /// What tells it from others at the same path, if there are any.
    pub pick: Option<String>,
    /// What stood there before the sides parted.
    pub base: Option<serde_json::Value>,
    /// The same in words.
    pub base_text: Option<String>,
    /// The sides. For something retired: first the retirement, then each place that was changed since.
    pub sides: Vec<Side>,
    /// How many further sides there are, which are not shown.
    #[serde(default)]
    pub more: usize,
    /// What stands, where somebody went on without settling it.
    pub standing: Option<String>,
    /// What came to belong to something retired since.
    pub gained: Vec<Gained>,
    /// The codes of those who wrote what is to be looked at.
    pub by: Vec<String>,
    /// How it can be settled.
    pub ways: Vec<Way>,
    /// Names what is shown here exactly: a settlement that gives it is refused if anything came since.
    pub seen: String,
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Side {
    /// Its number, from 1, to choose it by.
    pub number: usize,
    /// The place that was changed, where that is inside the place of the conflict.
    pub path: Option<String>,
    /// The value.
    pub value: serde_json::Value,
    /// The value in words.
    pub text: String,
    /// The codes of those who wrote it.
    pub authors: Vec<String>,
    /// When, as the first of them says: seconds since 1970.
    pub time: Option<i64>,
    /// Why, if they said.
    pub reason: Option<String>,
}

/// How many items or rows of one field came.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Gained {
    /// The field.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// How many.
    pub count: usize,
}

/// A way to settle a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// One of the sides stands from now on.
    Choose,
    /// All of them, as paragraphs one after the other.
    Both,
    /// Something else stands from now on.
    Write,
    /// It is right as it stands, and was looked at.
    Confirm,
    /// What was retired is brought back.
    Reinstate,
    /// What came to something retired goes to another item.
    Move,
}

/// How somebody settles a conflict.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// [`Way::Choose`]: the number of the side.
    Choose(usize),
    /// [`Way::Both`].
    Both,
    /// [`Way::Write`]: the value, as a person writes it.
    Write(String),
    /// [`Way::Confirm`].
    Confirm,
    /// [`Way::Reinstate`].
    Reinstate,
    /// [`Way::Move`]: the code or id of the item that takes over.
    Move(String),
}

impl Settlement {
    /// Which way it is.
    #[must_use]
    pub fn way(&self) -> Way {
        match self {
            Self::Choose(_) => Way::Choose,
            Self::Both => Way::Both,
            Self::Write(_) => Way::Write,
            Self::Confirm => Way::Confirm,
            Self::Reinstate => Way::Reinstate,
            Self::Move(_) => Way::Move,
        }
    }
}
