//! `import` and `export`.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use accord_core::api::{Exit, Exported, Imported, ImportedEdits, ImportedPlace, Problem, Request};

use super::documents::read;
use super::{count, listed, quoted, write};
use crate::app::{App, answered};
use crate::arguments::{ExportArguments, ExportFormat, ImportArguments, ImportCommand, ImportTableArguments};
use crate::output::{Page, Report};

pub(super) fn import(app: &App, arguments: ImportArguments) -> Result<Report, Problem> {
    match (arguments.command, arguments.file) {
        (Some(ImportCommand::Csv(table)), _) => import_table(app, table),
        (None, Some(file)) => import_edited(app, &file, arguments.dry_run),
        (None, None) => Err(Problem::failed("no file is named")
            .exit(Exit::Usage)
            .hint("accord import FILE, or accord import csv FILE --map MAP")),
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
    for (what, places) in [("would be made", created), ("would be changed", changed)] {
        if *dry_run && !places.is_empty() {
            page.gap();
            page.heading(&format!("{what}: {}", places.len()));
            for place in places {
                page.line(format!("  line {}: {}{}", place.line, place.path, elsewhere(place)));
            }
        }
    }
    if !imported.refused.is_empty() {
        page.gap();
        let heading = format!("not taken: {}", imported.refused.len());
        let heading = page.paint.attention(&heading);
        page.line(heading);
        for refused in &imported.refused {
            page.line(format!("  line {}: {}", refused.line, refused.message));
        }
    }
    if !imported.warnings.is_empty() {
        page.gap();
        page.heading(&format!("to look at: {}", imported.warnings.len()));
        for warning in &imported.warnings {
            page.line(format!("  {}", warning.text));
        }
    }
    let nothing = created.is_empty() && changed.is_empty();
    let done = format!(
        "{} new, {} changed, {unchanged} as they were, {} not taken",
        made(created),
        changed.len(),
        imported.refused.len()
    );
    if *dry_run {
        page.note(match (nothing, imported.new_document) {
            (true, _) => format!("Nothing would change in {name}: {done}."),
            (false, true) => format!("The {} {name} would be made, with {done}.", imported.kind),
            (false, false) => format!("{name} would change: {done}."),
        });
        page.note("Nothing was written.");
        if !nothing {
            page.next(again);
        }
        return;
    }
    if imported.new_document {
        page.note(format!("Created the {} {name}.", imported.kind));
    }
    if nothing {
        page.note(format!("Nothing to write: {name} says all of it already ({done})."));
        return;
    }
    let changes = u64::try_from(imported.changes.len()).unwrap_or(u64::MAX);
    page.note(format!("{name}: {done}, in {}.", count(changes, "change", "changes")));
    page.note(write::readers(&imported.readers));
    write::tell_conflicts(page, imported.conflicts, name, &format!("accord show {}", quoted(name)));
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
    if parts.is_empty() { "nothing".to_owned() } else { listed(&parts) }
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
        page.note(format!("Nothing would change: {} says so already.", changed.name));
        return;
    }
    for field in &changed.changes {
        page.line(format!("{}: {}", changed.name, field.sentence));
    }
    page.note("Nothing was written.");
    page.next(again);
}

pub(super) fn export(app: &App, arguments: ExportArguments) -> Result<Report, Problem> {
    let by_name = || arguments.out.as_deref().and_then(ExportFormat::of);
    let format = arguments.format.or_else(by_name).ok_or_else(|| {
        Problem::failed("the file's name does not say as what to export")
            .exit(Exit::Usage)
            .hint("add --format csv, json, markdown or html")
    })?;
    let request = Request::Export { document: arguments.document, format: format.name().to_owned() };
    let exported = answered!(app.ask(request)?, Exported)?;
    match &arguments.out {
        None if app.json => app.report("exported", &exported, |_| {}),
        None => Ok(Report::data(exported.text)),
        Some(path) => {
            replace(path, &exported.text)?;
            Ok(told(&exported, format, path))
        }
    }
}

fn told(exported: &Exported, format: ExportFormat, path: &Path) -> Report {
    let file = quoted(&path.display().to_string());
    let mut notes = format!("{} is in {file}, as it stands now.", exported.name);
    if format.comes_back() {
        notes.push_str(&format!("\nNext: edit it if you like, then: accord import {file}"));
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
        Problem::failed(format!("cannot write {}: {error}", path.display()))
            .hint("name a folder that exists and that you may write to")
    })
}
