//! `import` and `export`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use accord_core::api::{Exit, Exported, Imported, ImportedEdits, ImportedPlace, Problem, Request};

use accord_words::{labelled, problem, say};

use super::documents::read;
use super::{listed, quoted, versions, write};
use crate::app::{App, answered};
use crate::arguments::{ExportArguments, ExportFormat, ImportArguments, ImportCommand, ImportTableArguments};
use crate::output::{Page, Report};

pub(super) fn import(app: &App, arguments: ImportArguments) -> Result<Report, Problem> {
    match (arguments.command, arguments.file) {
        (Some(ImportCommand::Csv(table)), _) => import_table(app, table),
        (None, Some(file)) => import_edited(app, &file, arguments.dry_run),
        (None, None) => Err(problem!("no-file").exit(Exit::Usage)),
    }
}

fn import_table(app: &App, arguments: ImportTableArguments) -> Result<Report, Problem> {
    let again = again(&arguments);
    let request = Request::ImportTable {
        map: read(&arguments.map)?,
        table: read(&arguments.file)?,
        into: arguments.into,
        name: arguments.name,
        dry_run: arguments.dry_run,
        locale: app.locale.clone(),
    };
    let imported = answered!(app.ask(request)?, Imported)?;
    let exit = if imported.refused.is_empty() { 0 } else { Exit::PersonNeeded.code() };
    let report = app.report("imported", &imported, |page| tell(page, &imported, &again))?;
    Ok(report.exit(exit))
}

/// The same command without `--dry-run`.
fn again(arguments: &ImportTableArguments) -> String {
    let path = |path: &Path| quoted(&path.display().to_string());
    let mut line = format!("accord import csv {} --map {}", path(&arguments.file), path(&arguments.map));
    for (option, value) in [("--into", &arguments.into), ("--name", &arguments.name)] {
        if let Some(value) = value {
            line.push_str(&format!(" {option} {}", quoted(value)));
        }
    }
    line
}

/// Only a dry run lists every place: that is what it is for. A real one says how many, and what a person must look at.
fn tell(page: &mut Page, imported: &Imported, again: &str) {
    let Imported { name, dry_run, created, changed, unchanged, .. } = imported;
    let would_be_made = say!("would-be-made", number = created.len());
    let would_be_changed = say!("would-be-changed", number = changed.len());
    for (heading, places) in [(would_be_made, created), (would_be_changed, changed)] {
        if *dry_run && !places.is_empty() {
            page.gap();
            page.heading(&heading);
            for place in places {
                tell_line(page, place.line, &format!("{}{}", place.path, elsewhere(place)));
            }
        }
    }
    if !imported.refused.is_empty() {
        page.gap();
        let heading = say!("not-taken", number = imported.refused.len());
        let heading = page.paint.attention(&heading);
        page.line(heading);
        for refused in &imported.refused {
            tell_line(page, refused.line, &refused.message);
        }
    }
    if !imported.warnings.is_empty() {
        page.gap();
        page.heading(&say!("to-look-at", number = imported.warnings.len()));
        for warning in &imported.warnings {
            page.line(format!("  {}", warning.text));
        }
    }
    let nothing = created.is_empty() && changed.is_empty();
    let kind = &imported.kind;
    let done = say!(
        "import-done",
        made = made(created),
        changed = changed.len(),
        unchanged = *unchanged,
        refused = imported.refused.len()
    );
    if *dry_run {
        page.note(match (nothing, imported.new_document) {
            (true, _) => say!("import-would-not", name, done),
            (false, true) => say!("import-would-make", kind, name, done),
            (false, false) => say!("import-would-change", name, done),
        });
        page.note(say!("nothing-written"));
        if !nothing {
            page.next(again);
        }
        return;
    }
    if imported.new_document {
        page.note(say!("import-created", kind, name));
    }
    if nothing {
        page.note(say!("import-says-so", name, done));
        return;
    }
    let changes = say!("counted-changes", count = imported.changes.len());
    page.note(say!("import-wrote", name, done, changes));
    page.note(write::readers(&imported.readers));
    versions::tell_not_in(page, &imported.since_version);
    write::tell_conflicts(page, imported.conflicts, name, &format!("accord show {}", quoted(name)));
}

fn tell_line(page: &mut Page, line: u64, what: &str) {
    page.line(format!("  {}", say!("import-line", line = line.to_string(), what)));
}

fn elsewhere(place: &ImportedPlace) -> String {
    if place.external_id.is_empty() || place.path.ends_with(&place.external_id) {
        String::new()
    } else {
        format!(" ({})", place.external_id)
    }
}

/// `138 activities and 340 contributions`.
fn made(created: &[ImportedPlace]) -> String {
    let mut by_list: BTreeMap<&str, usize> = BTreeMap::new();
    for place in created {
        let list = place.path.split('.').next().unwrap_or_default();
        *by_list.entry(list).or_default() += 1;
    }
    let parts: Vec<String> = by_list.iter().map(|(list, number)| format!("{number} {list}")).collect();
    if parts.is_empty() { say!("import-nothing") } else { listed(&parts) }
}

fn import_edited(app: &App, file: &Path, dry_run: bool) -> Result<Report, Problem> {
    let request = Request::ImportEdited { text: read(file)?, dry_run };
    let edits = answered!(app.ask(request)?, ImportedEdits)?;
    if !dry_run {
        return write::report(app, &edits.changed);
    }
    let again = format!("accord import {}", quoted(&file.display().to_string()));
    app.report("imported", &edits, |page| tell_edits(page, &edits, &again))
}

fn tell_edits(page: &mut Page, edits: &ImportedEdits, again: &str) {
    let changed = &edits.changed;
    if changed.changes.is_empty() {
        page.note(say!("edits-nothing", name = &changed.name));
        return;
    }
    for field in &changed.changes {
        page.line(labelled(&changed.name, &field.sentence));
    }
    page.note(say!("nothing-written"));
    page.next(again);
}

pub(super) fn export(app: &App, arguments: ExportArguments) -> Result<Report, Problem> {
    let by_name = || arguments.out.as_deref().and_then(ExportFormat::of);
    let format = arguments.format.or_else(by_name).ok_or_else(|| problem!("no-format").exit(Exit::Usage))?;
    let request = Request::Export { document: arguments.document, format: format.name().to_owned() };
    let exported = answered!(app.ask(request)?, Exported)?;
    match &arguments.out {
        None if app.json => app.report("exported", &exported, |_| {}),
        // The same bytes for the same state: what changes with time is told beside the file.
        None => {
            let since = exported.since_version.as_ref().and_then(versions::not_in);
            Ok(Report {
                notes: since.map(|line| line + "\n").unwrap_or_default(),
                ..Report::file(exported.text)
            })
        }
        Some(path) => {
            replace(path, &exported.text)?;
            Ok(told(&exported, format, path))
        }
    }
}

fn told(exported: &Exported, format: ExportFormat, path: &Path) -> Report {
    let file = quoted(&path.display().to_string());
    let mut notes = say!("exported", name = &exported.name, file);
    if let Some(since) = exported.since_version.as_ref().and_then(versions::not_in) {
        notes.push_str(&format!("\n{since}"));
    }
    if format.comes_back() {
        notes.push_str(&format!("\n{} {}", say!("next"), say!("exported-next", file)));
    }
    Report::notes(&notes)
}

/// Writes a file beside and moves it into place, so that a full disk leaves the old one whole.
fn replace(path: &Path, text: &str) -> Result<(), Problem> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written =
        tempfile::Builder::new().prefix(".accord-export-").tempfile_in(folder).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)
        });
    written.map(drop).map_err(|error| {
        problem!("file-unwritable", file = path.display().to_string(), why = error.to_string())
    })
}
