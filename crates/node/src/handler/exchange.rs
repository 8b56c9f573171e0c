//! Exchange with files: tables of other programs, exports, and exports that come back edited.

use accord_core::api::{
    Changed, Exit, Exported, Imported, ImportedEdits, ImportedPlace, Problem, RefusedLine,
};
use accord_document::{Author, Document, Edit, Kind};
use accord_framework::Messages;
use accord_framework::exchange::{self, Format, Map, MapError, Plan, Planned};
use accord_framework::template;
use accord_words::{problem, say};
use serde_json::{Value, json};

use super::documents::{marked_problem, read_problem, valid_name};
use super::editing::{changed, with_name};
use super::sentences::sentence;
use super::versions;
use super::words::{Connected, field_change, hash_text, readers};
use crate::replica::{DocumentKey, Programme, Replica, edit_problem, random};
use crate::time::now;

/// Which document a table goes into, as a person said it.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    /// A document that is there.
    pub(super) into: Option<&'a str>,
    /// One that is made if it is not there.
    pub(super) name: Option<&'a str>,
}

/// The author of what is only tried out.
const REHEARSAL: &[u8] = b"rehearsal";

/// Fills a document from a table.
///
/// Everything is tried out on a copy before the first change is written, so that a table that cannot be taken leaves
/// nothing half done. What is refused line by line does not stop the rest; importing again takes what was mended.
pub(super) fn import_table(
    replica: &Replica,
    target: Target<'_>,
    map: &str,
    table: &str,
    dry_run: bool,
    locale: &str,
    connected: &Connected,
) -> Result<Imported, Problem> {
    let programme = replica.programme()?;
    let map = Map::from_yaml(map).map_err(|e| map_problem(&e))?;
    let kind = super::kinds::named(&programme, &map.kind)?;
    let kind = &*kind;
    let (found, name) = find(&programme, target, kind)?;
    let document = match &found {
        Some(key) => {
            let reading = programme.read(key)?;
            reading.kind()?;
            reading.document.clone()
        }
        None => empty(kind, &name)?,
    };
    let view = document.view(kind, None).map_err(|e| read_problem(&e))?;
    let plan = exchange::plan(kind, &view, &map, table).map_err(|e| map_problem(&e))?;
    rehearse(document, kind, &plan.batches)?;
    let mut key = found;
    let mut changes = Vec::new();
    if !dry_run {
        let device = &replica.home.device;
        let into = match key {
            Some(key) => key,
            None => programme.create(device, programme.space(), kind, &name, &[], now())?,
        };
        key = Some(into);
        for batch in &plan.batches {
            let change = programme.edit(device, &into, None, batch, now()).map_err(|problem| {
                let hint = problem.hint.clone().unwrap_or_else(|| say!("import-again"));
                problem.hint(hint)
            })?;
            changes.extend(change.as_ref().map(hash_text));
        }
    }
    let (conflicts, since_version) = match &key {
        Some(key) => {
            let reading = programme.read(key)?;
            let since = versions::since(&name, reading.last_version().as_ref());
            (reading.document.findings(kind).len(), since)
        }
        None => (0, None),
    };
    let space = key.map_or_else(|| programme.space(), |key| key.space);
    let messages = Messages::new(locale);
    let Plan { created, changed, unchanged, refused, warnings, .. } = plan;
    Ok(Imported {
        document: key.map(|key| key.id),
        name,
        kind: kind.name.clone(),
        new_document: found.is_none(),
        dry_run,
        created: created.into_iter().map(place).collect(),
        changed: changed.into_iter().map(place).collect(),
        unchanged,
        refused: refused.into_iter().map(|r| RefusedLine { line: r.line, message: r.message }).collect(),
        warnings: warnings.iter().map(|warning| sentence(warning, &messages)).collect(),
        changes,
        conflicts,
        readers: readers(&programme, &space, connected),
        since_version,
    })
}

/// The document that is meant, or none and the name of one to be made.
fn find(
    programme: &Programme,
    target: Target<'_>,
    kind: &Kind,
) -> Result<(Option<DocumentKey>, String), Problem> {
    let summaries = programme.summaries()?;
    let of_kind = || summaries.iter().filter(|(_, summary)| summary.kind == kind.name);
    let named = |key: DocumentKey| {
        let name = summaries.get(&key).map_or_else(|| key.id.short(), |summary| summary.name.clone());
        (Some(key), name)
    };
    if let Some(into) = target.into {
        return programme.find(into).map(named);
    }
    if let Some(name) = target.name {
        let name = valid_name(name)?;
        let same: Vec<DocumentKey> = of_kind().filter(|(_, s)| s.name == name).map(|(key, _)| *key).collect();
        return match same.as_slice() {
            [] => Ok((None, name.to_owned())),
            [one] => Ok(named(*one)),
            _ => programme.find(name).map(named),
        };
    }
    let all: Vec<DocumentKey> = of_kind().map(|(key, _)| *key).collect();
    match all.as_slice() {
        [one] => Ok(named(*one)),
        [] => Err(problem!("nothing-to-import-into", kind = &kind.name).exit(Exit::Usage)),
        _ => Err(problem!("several-to-import-into", kind = &kind.name).exit(Exit::Usage)),
    }
}

/// A document as it would be made, to try things out on.
fn empty(kind: &Kind, name: &str) -> Result<Document, Problem> {
    let by = Author { actor: REHEARSAL, time: 0, message: None };
    let made = Document::create(kind, name, &[], &by, &mut random).map_err(|e| edit_problem(&e))?;
    Ok(made.0)
}

fn rehearse(mut document: Document, kind: &Kind, batches: &[Vec<Edit>]) -> Result<(), Problem> {
    let by = Author { actor: REHEARSAL, time: 0, message: None };
    for batch in batches {
        document
            .edit(kind, batch, &by, &mut random)
            .map_err(|error| edit_problem(&error).map_message(|why| say!("nothing-imported", why)))?;
    }
    Ok(())
}

fn place(planned: Planned) -> ImportedPlace {
    ImportedPlace { path: planned.path, line: planned.line, external_id: planned.external_id }
}

fn map_problem(error: &MapError) -> Problem {
    let problem = Problem::from_error(error);
    match error.hint() {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// Applies what somebody changed in an exported file, as a difference to the version that was exported.
pub(super) fn import_edited(
    replica: &Replica,
    text: &str,
    dry_run: bool,
    connected: &Connected,
) -> Result<ImportedEdits, Problem> {
    let programme = replica.programme()?;
    let exported = exchange::exported_version(text).ok_or_else(|| problem!("not-an-export"))?;
    let key = programme.find(&exported.document)?;
    let reading = programme.read(&key)?;
    let kind = reading.kind()?;
    let heads = template::heads(&exported.version).ok_or_else(|| problem!("export-version-changed"))?;
    let base = reading.document.view(kind, Some(&heads)).map_err(|e| read_problem(&e))?;
    let name = reading.document.name().unwrap_or_else(|| key.id.short());
    let told = |problem: Problem| problem.map_hint(|hint| with_name(hint, &name));
    let difference = if exchange::is_json(text) { exchange::edited_json } else { exchange::edited_csv };
    let edits = difference(kind, &base, text).map_err(|errors| told(marked_problem(&errors)))?;
    if edits.is_empty() {
        let changed = changed(&programme, key, None, connected)?;
        return Ok(ImportedEdits { dry_run, changed });
    }
    if dry_run {
        let mut copy = reading.document.clone();
        let by = Author { actor: REHEARSAL, time: 0, message: None };
        let change =
            copy.edit_at(&heads, kind, &edits, &by, &mut random).map_err(|e| told(edit_problem(&e)))?;
        let changes = change.and_then(|change| copy.changes_of(kind, &change.meta.hash)).unwrap_or_default();
        let changed = Changed {
            changes: changes.iter().map(field_change).collect(),
            conflicts: copy.findings(kind).len(),
            ..changed(&programme, key, None, connected)?
        };
        return Ok(ImportedEdits { dry_run, changed });
    }
    let change = programme.edit(&replica.home.device, &key, Some(&heads), &edits, now()).map_err(told)?;
    Ok(ImportedEdits { dry_run, changed: changed(&programme, key, change, connected)? })
}

/// A document as a file.
pub(super) fn export(replica: &Replica, document: &str, format: &str) -> Result<Exported, Problem> {
    let programme = replica.programme()?;
    let form = Format::named(format).ok_or_else(|| problem!("no-such-format", format).exit(Exit::Usage))?;
    let reading = programme.read(&programme.find(document)?)?;
    let kind = reading.kind()?;
    let heads = reading.document.heads();
    let view: Value = reading.document.view(kind, Some(&heads)).map_err(|e| read_problem(&e))?;
    let view = if view.is_object() { view } else { json!({}) };
    let (id, at) = (reading.key.id, template::version(&heads));
    let exported = exchange::Exported { kind, document: &id.to_string(), version: &at, view: &view };
    let name = reading.document.name().unwrap_or_else(|| id.short());
    Ok(Exported {
        document: id,
        since_version: versions::since(&name, reading.last_version().as_ref()),
        name,
        format: format.to_owned(),
        text: exchange::export(&exported, form),
        at,
    })
}
