//! Audits: who wrote, proposed, signed and refused what, from the founding to now; and the same as a file that proves
//! itself to whoever has only the programme's id.

mod items;
mod order;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use accord_core::api::{AuditExported, AuditItem, AuditView, Exit, MAX_LINE, Problem};
use accord_core::{DocumentEntries, DocumentId, Entry, audit_file};
use accord_words::problem;

use super::decisions::{self, Names};
use super::versions::label;
use crate::audit::audit_problem;
use crate::home::{Doing, cannot};
use crate::replica::{DocumentKey, Programme, Replica, VersionState};
use order::Line;

/// The most bytes of items in one answer, which is one line on the control socket. What is older is in the file that is
/// exported.
const MAX_ANSWER: usize = MAX_LINE / 2;

/// Who wrote, proposed, signed and refused what; about one document, or in the whole programme.
pub(super) fn trail(replica: &Replica, document: Option<&str>) -> Result<AuditView, Problem> {
    let programme = replica.programme()?;
    let summaries = programme.summaries()?;
    let documents = decisions::documents(&programme);
    let reading = document.map(|text| programme.read(&programme.find(text)?)).transpose()?;
    let mut lines = governance_lines(&programme, documents)?;
    match &reading {
        Some(reading) => {
            let of = |line: &Line| line.item.document == Some(reading.key.id);
            // What is decided about others is no part of this document's story; who may sign is.
            lines.retain(|line| of(line) || (line.item.number.is_none() && line.item.what != "knowledge"));
            let (entries, _) = programme.about(&reading.key)?;
            lines.extend(items::of_document(&programme, reading, entries));
        }
        None => {
            let knowing = programme.apart().knowing;
            let spaces = programme.logs().spaces();
            for space in spaces.into_iter().filter(|space| *space != programme.governance_space()) {
                let name = |id: &DocumentId| {
                    summaries.get(&DocumentKey { space, id: *id }).map(|summary| summary.name.clone())
                };
                lines.extend(items::of_space(&programme, &space, &name, &knowing)?);
            }
        }
    }
    let (items, left_out) = newest(order::in_order(lines), MAX_ANSWER);
    let governance = programme.governance();
    Ok(AuditView {
        programme: programme.id(),
        name: governance.genesis().map(|genesis| genesis.name.clone()).unwrap_or_default(),
        document: reading.map(|reading| reading.document.name().unwrap_or_else(|| reading.key.id.short())),
        items,
        left_out,
    })
}

/// The newest items that fit, and how many do not. Authors say as much as they like in one item.
fn newest(mut items: Vec<AuditItem>, room: usize) -> (Vec<AuditItem>, usize) {
    let length = |item: &AuditItem| serde_json::to_string(item).map_or(room, |json| json.len() + 1);
    let mut taken = 0_usize;
    let fitting = items.iter().rev().take_while(|item| {
        taken = taken.saturating_add(length(item));
        taken <= room
    });
    let left_out = items.len() - fitting.count();
    (items.split_off(left_out), left_out)
}

/// What the governance logs say, with the names of documents, which are read before governance is locked.
fn governance_lines(
    programme: &Programme,
    documents: BTreeMap<DocumentId, String>,
) -> Result<Vec<Line>, Problem> {
    let mut entries = Vec::new();
    programme.each_of_space(&programme.governance_space(), |entry| entries.push(entry))?;
    let governance = programme.governance();
    let names = Names::new(programme, &governance, documents);
    Ok(entries.iter().filter_map(|entry| items::of_governance(&names, entry)).collect())
}

/// Writes an audit file: all governance, and what is about a document if one is named.
pub(super) fn export(
    replica: &Replica,
    document: Option<&str>,
    file: &str,
) -> Result<AuditExported, Problem> {
    let programme = replica.programme()?;
    if !programme.governance().founded() {
        return Err(problem!("nothing-to-prove"));
    }
    let reading = document.map(|text| programme.read(&programme.find(text)?)).transpose()?;
    if let Some(broken) = reading.iter().flat_map(|r| &r.versions).find(|v| v.state != VersionState::Whole) {
        let label = label(broken.number);
        return Err(problem!("version-not-whole-to-prove", label).exit(Exit::PersonNeeded));
    }
    let mut governance: Vec<Entry> = Vec::new();
    programme.each_of_space(&programme.governance_space(), |entry| governance.push(entry))?;
    let about = match &reading {
        Some(reading) => {
            let (entries, vouching) = programme.about(&reading.key)?;
            Some(DocumentEntries { space: reading.key.space, id: reading.key.id, entries, vouching })
        }
        None => None,
    };
    let bytes = audit_file(&programme.id(), &governance, about.as_ref()).map_err(|e| audit_problem(&e))?;
    // What is handed on has to be good: whoever gets it cannot ask back.
    crate::audit::audit_check(&bytes, &programme.id())?;
    write(Path::new(file), &bytes)?;
    Ok(AuditExported {
        file: file.to_owned(),
        bytes: bytes.len() as u64,
        entries: governance.len() + about.as_ref().map_or(0, |about| about.entries.len()),
        programme: programme.id(),
        document: reading.map(|reading| reading.document.name().unwrap_or_else(|| reading.key.id.short())),
    })
}

/// Writes a new file whole, or none.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            problem!("file-exists", file = path.display().to_string())
        }
        _ => cannot(Doing::Write, path, &error),
    })?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        let _ = std::fs::remove_file(path);
        cannot(Doing::Write, path, &error)
    })
}

#[cfg(test)]
mod tests {
    use accord_core::{DeviceId, EntryId};

    use super::*;

    #[test]
    fn an_answer_holds_the_newest_that_fit_however_much_somebody_says() {
        let item = |seq: u64, words: usize| AuditItem {
            time: None,
            who: "CA".to_owned(),
            device: DeviceId([1; 32]),
            space: "programme".to_owned(),
            seq,
            last: seq,
            entry: EntryId([2; 32]),
            what: "change".to_owned(),
            sentence: "\u{1}".repeat(words),
            number: None,
            document: None,
            apart: None,
            built_on: Vec::new(),
        };
        let seqs = |items: Vec<AuditItem>| items.iter().map(|item| item.seq).collect::<Vec<u64>>();
        let all = vec![item(1, 1), item(2, 5_000), item(3, 1), item(4, 1)];
        let (items, left_out) = newest(all.clone(), 10_000);
        assert_eq!((seqs(items), left_out), (vec![3, 4], 2), "a sentence is as long as it is sent");
        let (items, left_out) = newest(all, 100_000);
        assert_eq!((seqs(items), left_out), (vec![1, 2, 3, 4], 0));
        assert_eq!(newest(vec![item(1, 200)], 100).1, 1);
    }
}
