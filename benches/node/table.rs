//! The table that is printed at the end.

use std::fmt;

/// One figure.
struct Row {
    what: String,
    figure: String,
    /// The target and whether it is met, where there is one.
    target: Option<(String, bool)>,
}

/// All figures of a run.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A figure that is reported as found.
    pub(crate) fn note(&mut self, what: impl Into<String>, figure: impl Into<String>) {
        self.rows.push(Row { what: what.into(), figure: figure.into(), target: None });
    }

    /// A figure that is held to a target.
    pub(crate) fn hold(
        &mut self,
        what: impl Into<String>,
        figure: impl Into<String>,
        target: impl Into<String>,
        met: bool,
    ) {
        let target = Some((target.into(), met));
        self.rows.push(Row { what: what.into(), figure: figure.into(), target });
    }

    /// Whether every target is met.
    pub(crate) fn holds(&self) -> bool {
        self.rows.iter().filter_map(|row| row.target.as_ref()).all(|(_, met)| *met)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: fn(&Row) -> &str| {
            self.rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0).max(6)
        };
        let (what, figure) = (width(|row| &row.what), width(|row| &row.figure));
        writeln!(f, "\n| {:what$} | {:figure$} | target |", "", "figure")?;
        writeln!(f, "| {:-<what$} | {:-<figure$} | ------ |", "", "")?;
        for row in &self.rows {
            let target = match &row.target {
                None => "as found".to_owned(),
                Some((target, true)) => format!("{target}: met"),
                Some((target, false)) => format!("{target}: MISSED"),
            };
            writeln!(f, "| {:what$} | {:figure$} | {target} |", row.what, row.figure)?;
        }
        Ok(())
    }
}
