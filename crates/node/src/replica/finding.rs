//! Which document a person means.

use accord_core::api::Problem;
use accord_words::{problem, say};

use super::lines::Lines;
use super::{DocumentKey, Programme};

/// The most names that a question about a document that was not found lists.
const MAX_SUGGESTED: usize = 8;

impl Programme {
    /// The document that a person means by `text`: a name, an id or the beginning of one.
    pub(crate) fn find(&self, text: &str) -> Result<DocumentKey, Problem> {
        self.bring_names_up_to_date()?;
        let cache = self.documents.cache();
        let matching = cache.lines.as_ref().map(|lines| lines.meant(text)).unwrap_or_default();
        match matching.as_slice() {
            [one] => Ok(*one),
            [] => {
                let listed = cache.lines.iter().flat_map(Lines::listed);
                let mut names: Vec<&str> = listed.map(|(_, line)| line.name.as_str()).collect();
                names.sort_unstable();
                let more = names.len().saturating_sub(MAX_SUGGESTED);
                names.truncate(MAX_SUGGESTED);
                let hint = match (names.is_empty(), more) {
                    (true, _) => say!("documents-none"),
                    (false, 0) => say!("names-known", names = names.join(", ")),
                    (false, more) => say!("names-more", names = names.join(", "), more),
                };
                Err(problem!("no-document", name = text).hint(hint))
            }
            several => {
                let ids: Vec<String> = several.iter().map(|key| key.id.short()).collect();
                Err(problem!("documents-alike", count = several.len(), name = text, ids = ids.join(", ")))
            }
        }
    }
}
