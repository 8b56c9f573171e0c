//! Answers about totals over documents.

use std::collections::BTreeMap;

use super::{Sentence, SinceVersion};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReportView {
    /// As values, for programs.
    pub table: TableView,
    /// As text, in the width and the language that were asked for.
    pub text: String,
    /// As CSV.
    pub csv: String,
}

/// A table of exact values.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TableView {
    /// Which report it is.
    pub report: String,
    /// The documents that were counted, by name.
    pub documents: Vec<String>,
    /// The version of them that was counted, as `v1`; none if they were counted as they are now.
    #[serde(default)]
    pub counted: Option<String>,
    /// How far those of them that have a version have gone on since their last one.
    #[serde(default)]
    pub since_versions: Vec<SinceVersion>,
    /// The columns, in their order; each is a key of the rows.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<RowView>,
    /// What could not be counted and why, what is open, how to read it.
    pub notes: Vec<Sentence>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowView {
    /// Whether it adds up the rows above.
    pub total: bool,
    /// What stands in each column; a column that is empty here is left out.
    pub cells: BTreeMap<String, CellView>,
}

/// One cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum CellView {
    /// Words: a name, a code, a currency, or a stable word of the program.
    Text(String),
    /// A number, exact, from the least to the most that it may be; equal where nobody disagrees.
    Range {
        /// The least.
        min: String,
        /// The most.
        max: String,
    },
}
