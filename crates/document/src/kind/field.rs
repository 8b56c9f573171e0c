//! Fields and their types.

use super::Labels;

/// One field of a kind, or of the items of a set or the rows of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in paths: small letters, digits and `_`.
    pub name: String,
    /// What people call it.
    pub labels: Labels,
    /// One line of help, shown where it is edited.
    pub help: Option<Labels>,
    /// Whether a document without it is incomplete. Checks say so; writing is never refused for it.
    pub required: bool,
    /// Whether the amounts of a table may be below zero. A budget's may not, and that is most tables.
    pub negative: bool,
    /// The rules that checks, totals and template comparison read.
    pub rules: Rules,
    /// What it holds.
    pub ty: FieldType,
}

/// What a field says beyond its type. Nothing here ever refuses a write: others may have written
/// otherwise already, so it is for checks to report and for reports to use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// The least value, as a plain decimal number or a date.
    pub min: Option<String>,
    /// The greatest value.
    pub max: Option<String>,
    /// The field beside this one by whose shares its amounts are divided.
    pub split: Option<String>,
    /// Whether a new document made from a template takes this over, and is compared with it later.
    pub template: bool,
    /// Kept by commands and not shown in the editor: versions, hashes, origins.
    pub machine: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// Paragraphs, by language.
    Text,
    /// One value.
    Register(Scalar),
    /// Items with fields of their own, each with a short code as its label.
    Set(Vec<Field>),
    /// Lines that are only ever appended; a correction names the line that it replaces.
    Rows(Vec<Field>),
    /// One value for each combination of the axes.
    Table(Vec<Axis>, Scalar),
    /// Parts in percent, written as one value so that two edits never add up to 130 %.
    Shares(Parts),
    /// Any number of the codes of a list.
    Codes(Vec<Code>),
}

impl Axis {
    /// Reads a coordinate as an edit would.
    ///
    /// # Errors
    /// What does not fit the axis.
    pub fn read(&self, typed: &str) -> Result<String, crate::ValueError> {
        crate::value::coordinate(self, typed)
    }
}

impl FieldType {
    /// The word that people know for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Register(scalar) => scalar.word(),
            Self::Set(_) => "set of items",
            Self::Rows(_) => "list of rows",
            Self::Table(..) => "table",
            Self::Shares(_) => "shares",
            Self::Codes(_) => "list of codes",
        }
    }

    /// The same in the language of whoever is spoken to.
    #[must_use]
    pub fn said(&self) -> String {
        said(self.word())
    }
}

/// The type of a single value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// A short text, written and compared as a whole.
    String,
    /// A whole number.
    Integer,
    /// A number with decimals, kept as it was written and never as a float.
    Decimal,
    /// A day, `2013-01-31`.
    Date,
    /// One of a list.
    Code(Vec<Code>),
    /// The name or id of another document, or the code of an item.
    Reference(String),
    /// Yes or no.
    Bool,
    /// Money: whole minor units of a currency.
    Amount,
}

impl Scalar {
    /// Reads a typed value as an edit would, into the form that views show. For programs that check a
    /// file before anything is written.
    ///
    /// # Errors
    /// What does not fit the type.
    pub fn read(&self, typed: &serde_json::Value) -> Result<serde_json::Value, crate::ValueError> {
        crate::value::parse(self, typed, None).map(|stored| crate::value::present(&stored))
    }

    /// The word that people know for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::String => "short text",
            Self::Integer => "whole number",
            Self::Decimal => "number",
            Self::Date => "date",
            Self::Code(_) => "code",
            Self::Reference(_) => "reference",
            Self::Bool => "yes or no",
            Self::Amount => "amount",
        }
    }

    /// The same in the language of whoever is spoken to.
    #[must_use]
    pub fn said(&self) -> String {
        said(self.word())
    }
}

/// The word for a type, which the catalogues know by its English one.
fn said(word: &str) -> String {
    accord_words::say!("editor-type", type = word.replace(' ', "-"))
}

/// One coordinate of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Axis {
    /// A year, four digits.
    Year,
    /// An ISO 4217 currency.
    Currency,
    /// A code of a list.
    Code(Vec<Code>),
    /// A name: of an organisation, a document, an item. So a table says which organisation has which
    /// role, one value for each, without sets inside items.
    Reference(String),
}

/// What shares are shares of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parts {
    /// The codes of a list.
    Codes(Vec<Code>),
    /// The codes of the items of a set at the top of the document.
    Items(String),
}

/// One value of a code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What is written.
    pub code: String,
    /// What people call it.
    pub labels: Labels,
}
