//! Paths: how people name a place in a document, `activities.TN-A03.budget.2013.EUR`.

mod describe;
mod error;
mod items;
mod points;
mod resolve;

pub use error::PathError;

pub(crate) use describe::{Described, Role, describe};
pub(crate) use items::{Item, find_item, items, label_of, named, order, paragraphs, row_ids, with_code};
pub(crate) use points::{Pointer, pointers};
pub(crate) use resolve::resolve;

use crate::kind::{Axis, Code, Field, Parts, Scalar};

/// A place in a document.
#[derive(Debug, Clone)]
pub(crate) struct Place<'k> {
    /// The path in its full form, with codes in place of ids.
    pub(crate) path: String,
    pub(crate) target: Target<'k>,
}

#[derive(Debug, Clone)]
pub(crate) enum Target<'k> {
    Register {
        key: String,
        scalar: Scalar,
        currency: Option<String>,
        /// Amounts below zero are refused.
        from_zero: bool,
    },
    Shares {
        key: String,
        parts: &'k Parts,
    },
    Codes {
        key: String,
        codes: &'k [Code],
    },
    /// One code of a list of codes: there or not there.
    Member {
        key: String,
    },
    /// A table, or the part of it that the coordinates so far name.
    Table {
        key: String,
        axes: &'k [Axis],
    },
    Text {
        key: String,
    },
    Language {
        key: String,
    },
    Paragraph {
        key: String,
    },
    Set {
        field: &'k Field,
        fields: &'k [Field],
    },
    Item {
        key: String,
        fields: &'k [Field],
    },
    /// Whether an item or paragraph is retired.
    Retired {
        key: String,
    },
    Rows {
        field: &'k Field,
        fields: &'k [Field],
    },
    Row {
        key: String,
    },
    /// Written under a newer kind.
    Unknown {
        key: String,
    },
}
