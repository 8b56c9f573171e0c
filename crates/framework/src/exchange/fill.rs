//! `{Column}` and `{Column|table}` filled in from a line.

use std::collections::BTreeMap;

use accord_words::say;

use super::map::Map;

/// A line of the table.
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) columns: &'a BTreeMap<String, usize>,
    pub(super) cells: &'a csv::StringRecord,
}

impl Line<'_> {
    pub(super) fn cell(&self, column: &str) -> Result<&str, String> {
        let at = self.columns.get(column).ok_or_else(|| say!("line-no-column", column = column))?;
        Ok(self.cells.get(*at).unwrap_or_default().trim())
    }

    /// # Errors
    /// A column or translation that is not there, in words.
    pub(super) fn fill(&self, map: &Map, pattern: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some(start) = rest.find('{') {
            out.push_str(&rest[..start]);
            let end =
                rest[start..].find('}').ok_or_else(|| say!("line-open-brace", pattern = pattern))? + start;
            let inside = &rest[start + 1..end];
            let (column, table) = match inside.split_once('|') {
                Some((column, table)) => (column.trim(), Some(table.trim())),
                None => (inside.trim(), None),
            };
            let cell = self.cell(column)?;
            match table {
                None => out.push_str(cell),
                Some(name) => {
                    let table = map.tables.get(name).ok_or_else(|| say!("line-no-table", name = name))?;
                    let found = table.get(cell).or_else(|| table.get("*"));
                    let found = found.ok_or_else(|| say!("line-not-in-table", cell = cell, name = name))?;
                    out.push_str(found);
                }
            }
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }
}
