//! The table that is printed at the end: a line for each thing measured, a column for each contender, and how many times
//! Accord's figure the others' are.

use std::fmt;
use std::time::Duration;

use crate::measure::{count, mebibytes, time};

const COLUMNS: [&str; 4] = ["Accord", "samod", "bare Automerge sync", "bare stream"];

/// The least processor time that is told from none.
const TICK: Duration = Duration::from_millis(10);

/// One figure.
#[derive(Clone, Copy)]
pub(crate) enum Figure {
    /// A time.
    Time(Duration),
    /// A size.
    Bytes(u64),
    /// Processor time, which is counted in hundredths of a second.
    Processor(Duration),
    /// It was not done by then.
    Over(Duration),
}

#[derive(Default)]
struct Row {
    what: String,
    figures: [Option<Figure>; COLUMNS.len()],
}

/// All figures of a run.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A figure of one contender. Of several rounds the least counts.
    pub(crate) fn add(&mut self, what: &str, contender: &str, figure: Figure) {
        eprintln!("  {what}: {figure}");
        let at = self.rows.iter().position(|row| row.what == what).unwrap_or_else(|| {
            self.rows.push(Row { what: what.to_owned(), ..Row::default() });
            self.rows.len() - 1
        });
        if let Some(column) = COLUMNS.iter().position(|column| *column == contender) {
            let place = &mut self.rows[at].figures[column];
            *place = match *place {
                Some(before) if before.number() <= figure.number() => Some(before),
                _ => Some(figure),
            };
        }
    }
}

impl Figure {
    fn number(self) -> f64 {
        match self {
            // Under a microsecond nothing is told apart here.
            Figure::Time(time) | Figure::Over(time) => time.as_secs_f64().max(1e-6),
            Figure::Processor(time) => time.max(TICK).as_secs_f64(),
            Figure::Bytes(bytes) => (bytes as f64).max(1.0),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Figure::Time(figure) => f.write_str(&time(figure)),
            Figure::Processor(figure) if figure < TICK => f.write_str("under 10 ms"),
            Figure::Processor(figure) => f.write_str(&time(figure)),
            Figure::Over(figure) => write!(f, "over {}", time(figure)),
            Figure::Bytes(bytes) if bytes < 10_000_000 => f.write_str(&count(bytes)),
            Figure::Bytes(bytes) => f.write_str(&mebibytes(bytes)),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n| | {} |", COLUMNS.join(" | "))?;
        writeln!(f, "| ---{} |", " | ---".repeat(COLUMNS.len()))?;
        for row in &self.rows {
            write!(f, "| {}", row.what)?;
            let own = row.figures[0];
            for (column, figure) in row.figures.iter().enumerate() {
                match (figure, own) {
                    (None, _) => write!(f, " | –")?,
                    (Some(figure), Some(own)) if column > 0 => {
                        let over = if matches!(figure, Figure::Over(_)) { "over " } else { "" };
                        write!(f, " | {figure} ({over}{:.2}×)", figure.number() / own.number())?;
                    }
                    (Some(figure), _) => write!(f, " | {figure}")?,
                }
            }
            writeln!(f, " |")?;
        }
        Ok(())
    }
}
