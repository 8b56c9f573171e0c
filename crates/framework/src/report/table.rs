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

/// The most notes that a report tells of single places: each is one that a person looks at.
const MAX_PLACES: usize = 200;

impl Table {
    /// As much of the table as there is room for, in bytes, all its forms together: groups and what people write in them have
    /// no end, and an answer has. Lines that add up others stay, since they count what is left out too; a note says how much
    /// that is.
    #[must_use]
    pub fn bounded(mut self, room: usize) -> Self {
        let heads: usize = self.columns.iter().map(|column| column.id.len() + FORM).sum();
        let length = |row: &Row| heads + row.cells.iter().map(|cell| cell.plain().len()).sum::<usize>();
        let mut taken: usize = self.rows.iter().filter(|row| row.total).map(|row| FORMS * length(row)).sum();
        let mut left_out = 0_usize;
        self.rows.retain(|row| {
            taken = taken.saturating_add(if row.total { 0 } else { FORMS * length(row) });
            let stays = row.total || taken <= room;
            left_out += usize::from(!stays);
            stays
        });
        let mut places = 0_usize;
        self.notes.retain(|note| {
            let place = note.args.iter().any(|(name, _)| *name == "path");
            places += usize::from(place);
            !place || places <= MAX_PLACES
        });
        if let Some(more) = places.checked_sub(MAX_PLACES).filter(|more| *more > 0) {
            self.notes.push(Message::new("notes-left-out").with("count", count(more)));
        }
        if left_out > 0 {
            self.notes.push(Message::new("rows-left-out").with("count", count(left_out)));
        }
        self
    }
}

/// What a value takes beside its characters: marks, a range's second end, the thousands' commas.
const FORM: usize = 32;
/// A table goes out as values, as text and as CSV.
const FORMS: usize = 3;

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
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
