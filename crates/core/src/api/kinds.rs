//! Answers about kinds of documents.

/// A kind on one line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KindSummary {
    /// Its name, as used in commands.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// The newest version that is known here.
    pub version: u32,
    /// Whether it is part of the program; else an organisation added it to the programme.
    pub shipped: bool,
    /// How many documents are of it.
    pub documents: usize,
    /// Whether two organisations added different ones as this version. One of them counts, the same everywhere.
    #[serde(default)]
    pub clash: bool,
}

/// A kind whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KindView {
    /// The line of it.
    #[serde(flatten)]
    pub summary: KindSummary,
    /// Its fields, as Markdown.
    pub description: String,
}

/// A kind's file that can be used.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KindChecked {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The version that the programme holds, if any.
    pub before: Option<u32>,
    /// How many fields it has.
    pub fields: usize,
}

/// A kind that was added to the programme.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KindAdded {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The version that the programme held before, if any.
    pub before: Option<u32>,
    /// The organisations (codes) that will get it, and whether each is connected now.
    pub readers: Vec<(String, bool)>,
}
