//! Reading documents, and making new ones.

use std::collections::BTreeSet;

use accord_core::ChangeHash;
use accord_core::api::{
    Created, DiffView, DocumentSummary, Gained, HistoryItem, HistoryView, Listing, Problem, Shown, Value,
};
use accord_core::governance::Governance;
use accord_document::{CONFLICT, Edit, Finding, Kind, MarkedError, REVIEW, ReadError, import};
use accord_words::{problem, say};

use super::adapting::from_template;
use super::part::Part;
use super::versions::{self, PutUp};
use super::words::{actor_code, author_code, field_change, hash_text};
use super::{conflicts, kinds, shown};
use crate::replica::{DocumentKey, Programme, Reading, Replica, VersionState, open_places};
use crate::time::now;

/// What a new document is to be, as a person said it.
pub(super) struct Made<'a> {
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    pub(super) space: Option<&'a str>,
    pub(super) template: Option<&'a str>,
    pub(super) content: Option<&'a str>,
}

/// Makes a document: empty, from a template, from a text, or from a template and filled from a text.
pub(super) fn new(replica: &Replica, made: &Made<'_>) -> Result<Created, Problem> {
    let programme = replica.programme()?;
    let Made { kind, name, space, template, content } = *made;
    let kind = kinds::named(&programme, kind)?;
    let kind = &*kind;
    let name = valid_name(name)?;
    let imported = content.map(|content| import(kind, content).map_err(|errors| marked_problem(&errors)));
    let mut edits = imported.transpose()?.map(|imported| imported.edits).unwrap_or_default();
    let mut taken_from = None;
    if let Some(template) = template {
        let (taken, name) = from_template(&programme, kind, template)?;
        edits = accord_framework::template::filled(taken, edits);
        taken_from = Some(name);
    }
    let same_name = programme.summaries()?;
    let same_name =
        same_name.iter().filter(|(_, s)| s.name == name && s.kind == kind.name).map(|(key, _)| key.id);
    let same_name: Vec<_> = same_name.collect();
    let space = match space {
        None => programme.space(),
        Some(space) => {
            programme.find_space(&programme.governance(), &replica.home.card.organisation.id, space)?
        }
    };
    let document = programme.create(&replica.home.device, space, kind, name, &edits, now())?;
    let space = space_beside(&programme, &programme.governance(), &document);
    let document = document.id;
    Ok(Created {
        document,
        space,
        kind: kind.name.clone(),
        name: name.to_owned(),
        filled: edits.iter().filter(|edit| !matches!(edit, Edit::Add { .. })).count(),
        added: added(kind, &edits),
        template: taken_from,
        same_name,
    })
}

/// A name as documents take it.
pub(super) fn valid_name(name: &str) -> Result<&str, Problem> {
    let name = name.trim();
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(problem!("document-name"));
    }
    Ok(name)
}

/// How many items and rows edits add, in the order of the kind's fields.
fn added(kind: &Kind, edits: &[Edit]) -> Vec<Gained> {
    let count = |name: &str| {
        edits.iter().filter(|edit| matches!(edit, Edit::Add { path, .. } if path == name)).count()
    };
    let all = kind.fields.iter().map(|field| Gained {
        field: field.name.clone(),
        label: field.labels.said().to_owned(),
        count: count(&field.name),
    });
    all.filter(|gained| gained.count > 0).collect()
}

/// The problem that errors in a text are: the first few, each with its line.
pub(super) fn marked_problem(errors: &[MarkedError]) -> Problem {
    let lines = errors.iter().take(10);
    let lines = lines.map(|error| say!("text-error", line = error.line, message = &error.message));
    let head = say!("text-errors", count = errors.len());
    let problem = problem!("text-marked", head, lines = lines.collect::<Vec<_>>().join("\n"));
    match errors.iter().find_map(|error| error.hint.clone()) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// Every document on one line each, by name.
pub(super) fn list(replica: &Replica) -> Result<Listing, Problem> {
    let programme = replica.programme()?;
    let summaries = programme.summaries()?;
    let mut documents: Vec<DocumentSummary> = {
        let governance = programme.governance();
        let space = |key: &DocumentKey| space_beside(&programme, &governance, key);
        summaries.iter().map(|(key, summary)| summary.view(key, space(key))).collect()
    };
    let put_up = PutUp::all(&programme.governance());
    for ((key, summary), line) in summaries.iter().zip(&mut documents) {
        line.versions = versions::of(&programme, key, summary.version.as_ref(), &put_up);
    }
    documents.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(Listing { documents })
}

/// What people call the space of a document, if it is not the programme's.
fn space_beside(programme: &Programme, governance: &Governance, key: &DocumentKey) -> Option<String> {
    (key.space != programme.space()).then(|| programme.space_name(governance, &key.space))
}

/// The line of a document that was read. Looks at governance itself.
pub(super) fn summary(programme: &Programme, reading: &Reading, found: &[Finding]) -> DocumentSummary {
    let put_up = PutUp::of(&programme.governance(), &reading.key.id);
    DocumentSummary {
        versions: versions::of(programme, &reading.key, reading.last_version().as_ref(), &put_up),
        id: reading.key.id,
        space: space_beside(programme, &programme.governance(), &reading.key),
        kind: reading.kind.as_ref().map_or_else(|_| "unknown".to_owned(), |kind| kind.name.clone()),
        name: reading.document.name().unwrap_or_else(|| reading.key.id.short()),
        conflicts: found.len(),
        open_places: open_places(found),
        held_back: reading.waiting.len() + reading.quarantined.len(),
        unreadable: reading.kind.as_ref().err().map(|why| why.problem().message),
    }
}

/// One document whole.
pub(super) fn show(replica: &Replica, document: &str) -> Result<Shown, Problem> {
    let programme = replica.programme()?;
    let reading = programme.read(&programme.find(document)?)?;
    let content = reading.document.view(reading.kind()?, None).map_err(|e| read_problem(&e))?;
    let (found, open): (Vec<_>, Vec<_>) =
        conflicts::told(&programme, &reading)?.into_iter().map(|told| (told.finding, told.view)).unzip();
    shown::note(&programme, &open);
    Ok(Shown { summary: summary(&programme, &reading, &found), content, open })
}

/// One value.
pub(super) fn get(replica: &Replica, document: &str, path: &str) -> Result<Value, Problem> {
    let programme = replica.programme()?;
    let reading = programme.read(&programme.find(document)?)?;
    let value = reading.document.get(reading.kind()?, path, None).map_err(|e| read_problem(&e))?;
    let conflict = is_open(&value);
    Ok(Value { document: reading.key.id, path: path.to_owned(), value, conflict })
}

/// Whether a conflict or a review stands somewhere in a value.
fn is_open(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(fields) => {
            fields.contains_key(CONFLICT) || fields.contains_key(REVIEW) || fields.values().any(is_open)
        }
        serde_json::Value::Array(items) => items.iter().any(is_open),
        _ => false,
    }
}

/// As many changes as are told where nobody says how many: more than people read at once, and each costs the reading of
/// what stood before and after it.
const TOLD: usize = 200;

/// The newest changes, and who made them.
pub(super) fn log(replica: &Replica, document: &str, last: Option<usize>) -> Result<HistoryView, Problem> {
    let programme = replica.programme()?;
    let reading = programme.read(&programme.find(document)?)?;
    let governance = programme.governance();
    let newest = reading.document.recent_history(reading.kind()?, last.unwrap_or(TOLD));
    let knowing = reading.built_knowingly();
    let codes = |changes: &mut dyn Iterator<Item = &ChangeHash>| {
        let authors = changes.filter_map(|change| reading.author_of(change));
        let codes: BTreeSet<String> = authors.map(|device| author_code(&governance, &device)).collect();
        codes.into_iter().collect::<Vec<String>>()
    };
    let items = newest.into_iter().map(|item| HistoryItem {
        version: versions::first_with(&reading, &item.change),
        change: hash_text(&item.change),
        author: actor_code(&governance, &reading, &item.actor),
        time: item.time,
        again: item.message.as_deref().and_then(accord_document::made_again).as_ref().map(hash_text),
        message: item.message,
        kept: reading.kept.get(&ChangeHash(item.change)).map(ToString::to_string),
        kept_by: {
            let of = ChangeHash(item.change);
            codes(&mut knowing.iter().filter(|(_, on)| on.contains(&of)).map(|(change, _)| change))
        },
        built_on: codes(&mut knowing.get(&ChangeHash(item.change)).into_iter().flatten()),
        changes: item.changes.iter().map(field_change).collect(),
    });
    let log = Part::newest(items.collect()).items;
    let ratified = reading.versions.iter().rfind(|version| version.state == VersionState::Whole);
    let since = ratified.and_then(|version| reading.document.changes_since(&version.heads).ok());
    Ok(HistoryView {
        earlier: reading.document.change_count().saturating_sub(log.len()),
        ratified: ratified.map(|version| versions::label(version.number)),
        since: since.unwrap_or_else(|| reading.document.change_count()),
        log,
    })
}

/// What differs between two versions, each named as [`versions::find`] knows them.
pub(super) fn diff(
    replica: &Replica,
    document: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<DiffView, Problem> {
    let programme = replica.programme()?;
    let reading = programme.read(&programme.find(document)?)?;
    let kind = reading.kind()?;
    let version = |text: &str| versions::find(&programme, &reading, text);
    let from = from.map(version).transpose()?.unwrap_or_default();
    let to = to.map(version).transpose()?.unwrap_or_else(|| reading.document.heads());
    let changes = reading.document.diff(kind, &from, &to).map_err(|e| Problem::from_error(&e))?;
    Ok(DiffView { document: reading.key.id, changes: changes.iter().map(field_change).collect() })
}

/// The problem that an error of reading is.
pub(super) fn read_problem(error: &ReadError) -> Problem {
    let problem = Problem::from_error(error);
    match error.hint() {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
