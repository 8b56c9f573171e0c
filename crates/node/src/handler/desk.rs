//! The desk: how everything stands, with what changed since somebody looked.

use accord_core::api::{DeskView, FreshDocument, Problem};
use accord_core::governance::Governance;

use super::decisions::Names;
use super::words::author_code;
use super::{Handler, decisions, versions};
use crate::replica::{Fresh, Summary, unknown_rule};
use crate::time::now;

impl Handler {
    /// What waits for this organisation and what is new. With `looking` it counts as seen from here on.
    pub(super) async fn desk(&self, looking: bool) -> Result<DeskView, Problem> {
        let status = self.status().await?;
        self.blocking(move |replica| {
            let Some(programme) = replica.try_programme() else {
                return Ok(DeskView { status, looked: None, changed: Vec::new(), settled: Vec::new() });
            };
            let since = programme.since_looked()?;
            let summaries = programme.summaries()?;
            // Nobody sees what changed where no document is shown: it is told once it can be read.
            let hidden = unknown_rule(&programme.governance()).is_some();
            let mut changed: Vec<FreshDocument> = if hidden {
                Vec::new()
            } else {
                let governance = programme.governance();
                let named = |fresh: &Fresh| Some(view(&governance, fresh, summaries.get(&fresh.key)?));
                since.changed.iter().filter_map(named).collect()
            };
            let settled = {
                let documents = decisions::documents(&programme);
                let governance = programme.governance();
                decisions::summaries(&Names::new(&programme, &governance, documents), &since.settled)
            };
            changed.sort_by(|one, other| one.document.cmp(&other.document));
            if looking && !hidden {
                programme.looked(&since, now());
                programme.told_of_returned();
            }
            Ok(DeskView { status, looked: since.looked, changed, settled })
        })
        .await
    }
}

fn view(governance: &Governance, fresh: &Fresh, summary: &Summary) -> FreshDocument {
    let mut by: Vec<String> = fresh.authors.iter().map(|device| author_code(governance, device)).collect();
    by.sort();
    by.dedup();
    FreshDocument {
        document: summary.name.clone(),
        new: fresh.new,
        changes: fresh.changes,
        by,
        since_version: versions::since(&summary.name, summary.version.as_ref()),
    }
}
