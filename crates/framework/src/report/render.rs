//! Tables as CSV and as plain text.

use accord_words::{isolated, labelled, turns};

use super::table::{Align, Cell, Table};
use crate::message::Messages;

impl Table {
    /// The headings, in a language.
    #[must_use]
    pub fn headings(&self, messages: &Messages) -> Vec<String> {
        self.columns.iter().map(|column| messages.word(column.id)).collect()
    }

    /// For other programs: column ids as headings, plain numbers, ranges in two columns `x` and `x max`.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let number = |align: Align| align == Align::Right;
        let mut heads: Vec<String> = Vec::new();
        for column in &self.columns {
            heads.push(column.id.to_owned());
            if number(column.align) {
                heads.push(format!("{} max", column.id));
            }
        }
        // Writing into memory does not fail.
        let _ = writer.write_record(&heads);
        for row in &self.rows {
            let mut record: Vec<String> = Vec::new();
            for (column, cell) in self.columns.iter().zip(&row.cells) {
                match cell {
                    Cell::Money(range, decimals) | Cell::Number(range, decimals) => {
                        record.push(crate::exact::plain(&range.min, *decimals));
                        record.push(crate::exact::plain(&range.max, *decimals));
                    }
                    other => {
                        record.push(safe(&other.plain()));
                        if number(column.align) {
                            record.push(String::new());
                        }
                    }
                }
            }
            let _ = writer.write_record(&record);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// For a terminal of that width: a table if it fits and reads from left to right, else one value
    /// a line. Borders around Arabic would be torn apart by the terminal's own ordering.
    #[must_use]
    pub fn text(&self, width: usize, messages: &Messages) -> String {
        let shown = |cell: &Cell| match cell {
            Cell::Word(id) => messages.word(id),
            other => other.shown(),
        };
        let heads = self.headings(messages);
        let lines: Vec<Vec<String>> = self.rows.iter().map(|r| r.cells.iter().map(shown).collect()).collect();
        let widths: Vec<usize> = (0..heads.len())
            .map(|i| lines.iter().map(|l| columns(&l[i])).chain([columns(&heads[i])]).max().unwrap_or(0))
            .collect();
        let needed = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        let right_to_left = lines.iter().flatten().any(|cell| cell.contains(turns));
        let mut out = messages.word(self.title);
        out.push('\n');
        if lines.is_empty() {
            out.push_str(&messages.word("nothing-to-count"));
            out.push('\n');
        } else if needed <= width && !right_to_left {
            self.grid(&heads, &lines, &widths, &mut out);
        } else {
            for line in &lines {
                out.push('\n');
                for (head, cell) in heads.iter().zip(line).filter(|(_, cell)| !cell.is_empty()) {
                    out.push_str(&format!("{}\n", labelled(head, &isolated(cell))));
                }
            }
        }
        if !self.notes.is_empty() {
            out.push('\n');
        }
        for note in &self.notes {
            out.push_str(&fold(&messages.say(note), width));
        }
        out
    }

    fn grid(&self, heads: &[String], lines: &[Vec<String>], widths: &[usize], out: &mut String) {
        let mut put = |cells: &[String]| {
            let mut line = String::new();
            for (i, cell) in cells.iter().enumerate() {
                let gap = " ".repeat(widths[i].saturating_sub(columns(cell)));
                if i > 0 {
                    line.push_str("  ");
                }
                match self.columns[i].align {
                    Align::Left => line.push_str(&format!("{cell}{gap}")),
                    Align::Right => line.push_str(&format!("{gap}{cell}")),
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        };
        put(heads);
        put(&widths.iter().map(|n| "-".repeat(*n)).collect::<Vec<_>>());
        for line in lines {
            put(line);
        }
    }
}

/// Columns on a terminal, roughly: combining marks take none.
fn columns(text: &str) -> usize {
    text.chars().filter(|c| !matches!(*c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}')).count()
}

/// A spreadsheet runs cells that begin like a formula; a quote before them stops it.
pub(crate) fn safe(text: &str) -> String {
    // One that was quoted before is quoted again, so that exactly one quote is to be taken off.
    let bare = text.trim_start_matches('\'');
    if bare.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The text that [`safe`] was given.
pub(crate) fn unsafe_again(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| safe(rest) != *rest).unwrap_or(text)
}

fn fold(text: &str, width: usize) -> String {
    let width = width.max(20);
    let mut out = String::new();
    let mut line = String::from("-");
    // At spaces that hold, such as between the digits of a French number, no line is broken.
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        if columns(&line) + 1 + columns(word) > width && line.len() > 2 {
            out.push_str(&line);
            out.push('\n');
            line = String::from(" ");
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
    out
}
