//! A table: typed cells, so that the command line, a web page and a file each write it their way.

use crate::exact::{Exact, grouped, plain};
use crate::message::{Arg, Message};

/// From the least to the most; equal where nobody disagrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub min: Exact,
    /// The most.
    pub max: Exact,
}

impl Range {
    /// Whether people disagree.
    #[must_use]
    pub fn open(&self) -> bool {
        self.min != self.max
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// What documents say: a name, a code, a currency.
    Text(String),
    /// A word of the program, by its id in the locales.
    Word(&'static str),
    /// Money, with the decimals of its currency.
    Money(Range, usize),
    /// A count, or days: as many decimals as given.
    Number(Range, usize),
}

/// On which side a column's values stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// One column; its id is that of its heading in the locales, and of its key in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Stable.
    pub id: &'static str,
    /// Words left, numbers right.
    pub align: Align,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As many as there are columns.
    pub cells: Vec<Cell>,
    /// Whether this adds up the lines above.
    pub total: bool,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The id of its title in the locales.
    pub title: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its lines, in a fixed order.
    pub rows: Vec<Row>,
    /// What could not be counted and why, what is open, how to read it.
    pub notes: Vec<Message>,
}

impl Cell {
    /// For programs: no grouping; a range as `min..max`.
    #[must_use]
    pub fn plain(&self) -> String {
        self.text(plain, "..")
    }

    /// For people: thousands apart, in the form of the language of whoever is spoken to.
    #[must_use]
    pub fn shown(&self) -> String {
        self.text(|value, decimals| accord_words::number(&grouped(value, decimals)), "–")
    }

    /// The same as an argument of a message, which is said in the form of its language.
    pub(crate) fn figure(&self) -> Arg {
        Arg::Figure(self.text(grouped, "–"))
    }

    fn text(&self, number: impl Fn(&Exact, usize) -> String, between: &str) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Word(id) => (*id).to_owned(),
            Self::Money(range, decimals) | Self::Number(range, decimals) if range.open() => {
                format!("{}{between}{}", number(&range.min, *decimals), number(&range.max, *decimals))
            }
            Self::Money(range, decimals) | Self::Number(range, decimals) => number(&range.min, *decimals),
        }
    }
}

pub(super) fn left(id: &'static str) -> Column {
    Column { id, align: Align::Left }
}

pub(super) fn right(id: &'static str) -> Column {
    Column { id, align: Align::Right }
}
