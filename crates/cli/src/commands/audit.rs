//! `audit`: who did what, as a list, and as a file that is checked without being part of the programme.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use accord_core::api::{AuditExported, AuditItem, AuditProof, AuditView, Exit, Problem, Request};
use accord_core::{MAX_AUDIT, ProgrammeId};

use super::{count, listed, quoted};
use crate::app::{App, answered};
use crate::arguments::AuditArguments;
use crate::output::{Page, Report, iso};

pub(super) fn audit(app: &App, arguments: AuditArguments) -> Result<Report, Problem> {
    let AuditArguments { document, export, check, programme } = arguments;
    match (check, programme, export) {
        (Some(file), Some(programme), _) => check_file(app, &file, &programme),
        (_, _, Some(file)) => export_file(app, document, &file),
        _ => trail(app, document),
    }
}

fn trail(app: &App, document: Option<String>) -> Result<Report, Problem> {
    let view = answered!(app.ask(Request::Audit { document })?, Audit)?;
    app.report("audit", view.as_ref(), |page| tell(page, &view))
}

fn tell(page: &mut Page, view: &AuditView) {
    for item in &view.items {
        let line = line(item, page);
        page.line(line);
    }
    if view.left_out > 0 {
        page.note(format!("{} older ones are left out; they are in what --export writes.", view.left_out));
    }
    page.note("Times are as their authors say; in brackets stands the place in the author's own log.");
    let document = view.document.as_ref().map(|name| format!("{} ", quoted(name))).unwrap_or_default();
    page.next(&format!("prove it to others: accord audit {document}--export FILE"));
}

fn line(item: &AuditItem, page: &Page) -> String {
    let time = item.time.map_or_else(|| " ".repeat(20), iso);
    let place = match item.last {
        last if last == item.seq => format!("{} {}", item.space, item.seq),
        last => format!("{} {}–{last}", item.space, item.seq),
    };
    let mut line = format!("{} {} {}", page.paint.faint(&time), page.paint.strong(&item.who), item.sentence);
    line = line.replace('\n', "\n    ");
    line.push_str(&format!(" {}", page.paint.faint(&format!("[{place}]"))));
    if let Some(why) = &item.apart {
        line.push_str(&format!(" {}", page.paint.attention(&format!("changes nothing: {why}"))));
    }
    line
}

fn export_file(app: &App, document: Option<String>, file: &Path) -> Result<Report, Problem> {
    let failed = |error: std::io::Error| Problem::failed(format!("cannot write {}: {error}", file.display()));
    let path = std::path::absolute(file).map_err(failed)?;
    let file = path.to_str().ok_or_else(|| {
        Problem::failed("the name of the file is not text").exit(Exit::Usage).hint("name it in letters")
    })?;
    let request = Request::AuditExport { document, file: file.to_owned() };
    let written = answered!(app.ask(request)?, AuditExported)?;
    app.report("exported", &written, |page| tell_exported(page, &written))
}

fn tell_exported(page: &mut Page, written: &AuditExported) {
    let about = match &written.document {
        Some(name) => format!("all decisions, and all that was written in {name}"),
        None => "all decisions".to_owned(),
    };
    let entries = u64::try_from(written.entries).unwrap_or(u64::MAX);
    page.note(format!("Wrote {}: {about} ({}).", written.file, count(entries, "entry", "entries")));
    page.note("Whoever has it and the programme's id can check it, and read what is in it.");
    let file = PathBuf::from(&written.file);
    let file = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    page.next(&format!("there: accord audit --check {} --programme {}", quoted(&file), written.programme));
}

fn check_file(app: &App, file: &Path, programme: &ProgrammeId) -> Result<Report, Problem> {
    let failed = |error: std::io::Error| Problem::failed(format!("cannot read {}: {error}", file.display()));
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_AUDIT).unwrap_or(u64::MAX).saturating_add(1);
    File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    let proof = accord_node::audit_check(&bytes, programme)?;
    app.report("proof", &proof, |page| tell_proof(page, &proof))
}

fn tell_proof(page: &mut Page, proof: &AuditProof) {
    let time = |seconds: u64| iso(i64::try_from(seconds).unwrap_or(i64::MAX));
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let signed = |all: &[(String, u64)]| {
        listed(&all.iter().map(|(who, when)| format!("{who} ({})", time(*when))).collect::<Vec<_>>())
    };
    page.heading(&proof.name);
    page.line(format!("Founded by {}; both signatures hold.", signed(&proof.founded)));
    page.line(format!(
        "Decisions: {} of {}, each signed by its author; {} in force, signed by every secretariat.",
        count(number(proof.entries), "entry", "entries"),
        count(number(proof.devices), "device", "devices"),
        match proof.in_force.len() {
            1 => "1 decision is".to_owned(),
            several => format!("{several} decisions are"),
        },
    ));
    if proof.ignored > 0 {
        let entries = count(number(proof.ignored), "entry", "entries");
        page.line(format!(
            "Of these {entries} count for nothing: their author had no right to what they say."
        ));
    }
    for who in &proof.equivocated {
        let line = page.paint.bad(&format!("{who} signed two things that exclude each other."));
        page.line(line);
    }
    if let Some(document) = &proof.document {
        let name = document.name.clone().unwrap_or_else(|| format!("Document {}", document.id.short()));
        let changes: Vec<String> = document.changes.iter().map(|(who, n)| format!("{n} by {who}")).collect();
        page.gap();
        page.heading(&name);
        page.line(format!("Changes, each signed by its author: {}.", listed(&changes)));
        if document.apart > 0 {
            let changes = count(number(document.apart), "change", "changes");
            page.line(format!("Of these {changes} were written where they do not count by themselves."));
        }
        for version in &document.versions {
            page.line(format!(
                "{}: signed by {}; its {} make exactly what was signed.",
                version.label,
                signed(&version.signed),
                count(number(version.changes), "change", "changes"),
            ));
        }
        if document.versions.is_empty() {
            page.line("No version of it was ratified.");
        }
    }
    page.note("All of it holds. What was written later, or left out at the end of a log, no file can show.");
}
