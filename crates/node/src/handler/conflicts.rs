//! Open conflicts, with who wrote what and when.

use accord_core::api::{ConflictView, Problem, Side};
use accord_document::{Finding, FindingKind, Hash};

use super::words::actor_code;
use crate::replica::{Programme, Reading, Replica};

/// The open conflicts of one document, or of all.
pub(super) fn conflicts(replica: &Replica, document: Option<&str>) -> Result<Vec<ConflictView>, Problem> {
    let programme = replica.programme()?;
    let mut found = Vec::new();
    match document {
        Some(document) => {
            let reading = programme.read(&programme.find(document)?)?;
            found.extend(of(&programme, &reading)?);
        }
        None => {
            for (id, summary) in programme.summaries()? {
                if summary.conflicts > 0 {
                    found.extend(of(&programme, &*programme.read(&id)?)?);
                }
            }
        }
    }
    Ok(found)
}

/// The open conflicts of a document that was read.
pub(super) fn of(programme: &Programme, reading: &Reading) -> Result<Vec<ConflictView>, Problem> {
    let kind = reading.kind()?;
    let name = reading.document.name().unwrap_or_else(|| reading.key.id.short());
    let conflicts = reading.document.findings(kind);
    Ok(conflicts.into_iter().map(|conflict| view(programme, reading, &name, conflict)).collect())
}

fn view(programme: &Programme, reading: &Reading, name: &str, conflict: Finding) -> ConflictView {
    let governance = programme.governance();
    let author = |hash: &Hash| -> Option<(String, i64)> {
        let (actor, time) = reading.document.written(hash)?;
        Some((actor_code(&governance, reading, &actor), time))
    };
    let sides = conflict.sides.into_iter().map(|side| {
        let written: Vec<(String, i64)> =
            std::iter::once(&side.change).chain(&side.also).filter_map(author).collect();
        let time = written.iter().map(|(_, time)| *time).min();
        let mut authors: Vec<String> = written.into_iter().map(|(code, _)| code).collect();
        authors.sort();
        authors.dedup();
        Side { value: side.value, text: side.text, authors, time, reason: side.reason }
    });
    let what = match conflict.what {
        FindingKind::Values => "values",
        FindingKind::Paragraph => "paragraph",
        FindingKind::Review => "review",
        FindingKind::LateCorrection => "late_correction",
        FindingKind::RetiredButChanged => "retired_but_changed",
        FindingKind::NeedsHome => "needs_home",
        FindingKind::DuplicateCode => "duplicate_code",
        _ => "other",
    };
    ConflictView {
        document: reading.key.id,
        name: name.to_owned(),
        path: conflict.path,
        label: conflict.label,
        what: what.to_owned(),
        base: conflict.base,
        base_text: conflict.base_text,
        sides: sides.collect(),
    }
}
