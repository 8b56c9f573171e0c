//! Named lists of codes that many fields share: currencies, countries, sectors.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Code, Labels};

/// Why a file of codes cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the list of codes cannot be read: {0}")]
pub struct ListError(String);

/// Lists of codes by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeLists(BTreeMap<String, Vec<Code>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListDef {
    list: String,
    /// Where the codes come from, for people who read the file.
    #[serde(rename = "source")]
    _source: String,
    codes: BTreeMap<String, BTreeMap<String, String>>,
}

impl CodeLists {
    /// Adds the list in a file: `list`, `source`, and `codes` with their labels.
    ///
    /// # Errors
    /// If the file is not of that form, or a code could not stand in a path.
    pub fn add_yaml(&mut self, yaml: &str) -> Result<(), ListError> {
        let def: ListDef =
            crate::from_yaml(yaml).map_err(|e: serde_norway::Error| ListError(e.to_string()))?;
        let mut codes = Vec::new();
        for (code, labels) in def.codes {
            if code.is_empty() || code.contains(['.', '/', '\n']) {
                return Err(ListError(format!("`{code}` is empty or has a `.` or a `/`")));
            }
            let labels = Labels::new(labels, &code);
            codes.push(Code { code, labels });
        }
        self.0.insert(def.list, codes);
        Ok(())
    }

    /// Adds codes whose names are known otherwise.
    pub fn add<'a>(&mut self, name: &str, codes: impl IntoIterator<Item = &'a str>) {
        let codes = codes
            .into_iter()
            .map(|code| Code { code: code.to_owned(), labels: Labels::new(BTreeMap::new(), code) })
            .collect();
        self.0.insert(name.to_owned(), codes);
    }

    /// The codes of a list.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[Code]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// The names of all lists.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
