//! What waits for a person to decide, with who wrote what and when, and how it can be settled.

use std::collections::BTreeMap;

use accord_core::api::{ConflictView, Gained, Problem, Side, Way};
use accord_core::governance::Governance;
use accord_core::tagged_hash;
use accord_document::{Finding, FindingKind, Hash};
use data_encoding::HEXLOWER;

use super::words::actor_code;
use super::{shown, versions};
use crate::replica::{Programme, Reading, Replica};

/// As many sides of one place as are shown; a member can write thousands.
const MAX_SIDES: usize = 50;

/// A finding beside what is shown of it: its sides are in the order in which they are shown.
pub(super) struct Told {
    pub(super) finding: Finding,
    pub(super) view: ConflictView,
}

/// What is open in one document, or in all; or at one place of one.
pub(super) fn conflicts(
    replica: &Replica,
    document: Option<&str>,
    path: Option<&str>,
) -> Result<Vec<ConflictView>, Problem> {
    let programme = replica.programme()?;
    let mut found = Vec::new();
    match document {
        Some(document) => {
            let reading = programme.read(&programme.find(document)?)?;
            found.extend(at(&reading, told(&programme, &reading)?, path)?);
        }
        None => {
            for (id, summary) in programme.summaries()? {
                if summary.conflicts > 0 {
                    found.extend(told(&programme, &*programme.read(&id)?)?);
                }
            }
        }
    }
    let found: Vec<ConflictView> = found.into_iter().map(|told| told.view).collect();
    shown::note(&programme, &found);
    Ok(found)
}

/// What is open in a document that was read, with what settles it.
pub(super) fn told(programme: &Programme, reading: &Reading) -> Result<Vec<Told>, Problem> {
    let name = reading.document.name().unwrap_or_else(|| reading.key.id.short());
    let found = reading.document.findings(reading.kind()?);
    let picks = picks(&found);
    let governance = programme.governance();
    let all = found.into_iter().zip(picks);
    Ok(all.map(|(finding, pick)| view(&governance, reading, &name, finding, pick)).collect())
}

/// Those at a place, as a person names it; all if none is named.
pub(super) fn at(reading: &Reading, told: Vec<Told>, path: Option<&str>) -> Result<Vec<Told>, Problem> {
    let Some(path) = path else { return Ok(told) };
    let full = reading.document.full_path(reading.kind()?, path);
    let named = |finding: &Finding| {
        let place = place(finding);
        [Some(path), full.as_deref().ok()].into_iter().flatten().any(|p| p == place || p == finding.path)
    };
    Ok(told.into_iter().filter(|told| named(&told.finding)).collect())
}

/// The place as people name it: what is retired, and not its mark.
pub(super) fn place(finding: &Finding) -> &str {
    match finding.what {
        FindingKind::RetiredButChanged => finding.path.strip_suffix(".retired").unwrap_or(&finding.path),
        _ => &finding.path,
    }
}

fn what(finding: &Finding) -> &'static str {
    match finding.what {
        FindingKind::Values => "values",
        FindingKind::Paragraph => "paragraph",
        FindingKind::Review => "review",
        FindingKind::LateCorrection => "late_correction",
        FindingKind::RetiredButChanged => "retired_but_changed",
        FindingKind::NeedsHome => "needs_home",
        FindingKind::DuplicateCode => "duplicate_code",
        _ => "other",
    }
}

/// What tells each finding from the others at its place: what it is, with a number where that is the same too.
fn picks(found: &[Finding]) -> Vec<Option<String>> {
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    let mut alike: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in found {
        *at.entry(place(finding)).or_default() += 1;
    }
    let mut picks = Vec::with_capacity(found.len());
    for finding in found {
        let number = alike.entry((place(finding), what(finding))).or_default();
        *number += 1;
        let word = if *number == 1 { what(finding).into() } else { format!("{}-{number}", what(finding)) };
        picks.push((at.get(place(finding)).copied().unwrap_or_default() > 1).then_some(word));
    }
    picks
}

fn view(
    governance: &Governance,
    reading: &Reading,
    name: &str,
    mut finding: Finding,
    pick: Option<String>,
) -> Told {
    let author = |hash: &Hash| -> Option<String> {
        let (actor, _) = reading.document.written(hash)?;
        Some(actor_code(governance, reading, &actor))
    };
    let authors = |hashes: &mut dyn Iterator<Item = &Hash>| -> Vec<String> {
        let mut all: Vec<String> = hashes.filter_map(author).collect();
        all.sort();
        all.dedup();
        all
    };
    let writers =
        |side: &accord_document::Side| authors(&mut std::iter::once(&side.change).chain(&side.also));
    // By name: the order in which a document keeps them means nothing to people. A retirement comes first.
    let first = usize::from(finding.what == FindingKind::RetiredButChanged).min(finding.sides.len());
    finding.sides[first..].sort_by_cached_key(|side| (writers(side), side.text.clone()));
    let more = finding.sides.len().saturating_sub(MAX_SIDES);
    let sides = finding.sides.iter().take(MAX_SIDES).zip(1..).map(|(side, number)| Side {
        number,
        path: side.path.clone(),
        value: side.value.clone(),
        text: side.text.clone(),
        authors: writers(side),
        time: side.time,
        reason: side.reason.clone(),
    });
    let gained = finding.gained.iter().map(|gained| Gained {
        field: gained.field.clone(),
        label: gained.label.clone(),
        count: gained.count,
    });
    let view = ConflictView {
        document: reading.key.id,
        name: name.to_owned(),
        since_version: versions::since(name, reading.last_version().as_ref()),
        path: place(&finding).to_owned(),
        label: finding.label.clone(),
        what: what(&finding).to_owned(),
        pick,
        base: finding.base.clone(),
        base_text: finding.base_text.clone(),
        sides: sides.collect(),
        more,
        standing: finding.standing.clone(),
        gained: gained.collect(),
        by: authors(&mut finding.changes.iter()),
        ways: finding.ways().iter().filter_map(|way| way_of(*way)).collect(),
        seen: seen(&finding),
    };
    Told { finding, view }
}

fn way_of(way: accord_document::Way) -> Option<Way> {
    Some(match way {
        accord_document::Way::Choose => Way::Choose,
        accord_document::Way::Both => Way::Both,
        accord_document::Way::Write => Way::Write,
        accord_document::Way::Confirm => Way::Confirm,
        accord_document::Way::Reinstate => Way::Reinstate,
        accord_document::Way::Move => Way::Move,
        _ => return None,
    })
}

/// Names what is shown of a finding: another side, another change to look at or another order gives another name.
fn seen(finding: &Finding) -> String {
    let mut finding = finding.clone();
    // In whichever language it was shown.
    finding.label.clear();
    finding.base_text = None;
    finding.sides.iter_mut().for_each(|side| side.text.clear());
    finding.gained.iter_mut().for_each(|gained| gained.label.clear());
    let shown = serde_json::to_vec(&finding).unwrap_or_default();
    HEXLOWER.encode(&tagged_hash("accord shown finding", &[&shown])[..8])
}
