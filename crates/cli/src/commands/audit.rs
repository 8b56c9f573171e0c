//! `audit`: who did what, as a list, and as a file that is checked without being part of the programme.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use accord_core::api::{AuditExported, AuditItem, AuditProof, AuditView, Exit, Problem, Request};
use accord_core::{MAX_AUDIT, ProgrammeId};
use accord_words::{problem, say};

use super::{listed, quoted};
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
        page.note(say!("audit-older", count = view.left_out));
    }
    page.note(say!("audit-times"));
    let document = view.document.as_ref().map(|name| format!("{} ", quoted(name))).unwrap_or_default();
    page.next(&say!("audit-next", document));
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
    if !item.built_on.is_empty() {
        let words = say!("audit-built-knowing", on = listed(&item.built_on));
        line.push_str(&format!(" {}", page.paint.attention(&words)));
    }
    if let Some(why) = &item.apart {
        line.push_str(&format!(" {}", page.paint.attention(&say!("changes-nothing", why))));
    }
    line
}

fn export_file(app: &App, document: Option<String>, file: &Path) -> Result<Report, Problem> {
    let failed = |error: std::io::Error| {
        problem!("audit-unwritable", file = file.display().to_string(), why = error.to_string())
    };
    let path = std::path::absolute(file).map_err(failed)?;
    let file = path.to_str().ok_or_else(|| problem!("file-name-no-text").exit(Exit::Usage))?;
    let request = Request::AuditExport { document, file: file.to_owned() };
    let written = answered!(app.ask(request)?, AuditExported)?;
    app.report("exported", &written, |page| tell_exported(page, &written))
}

fn tell_exported(page: &mut Page, written: &AuditExported) {
    let about = match &written.document {
        Some(name) => say!("audit-about", name),
        None => say!("audit-about-decisions"),
    };
    let entries = say!("counted-entries", count = written.entries);
    page.note(say!("audit-wrote", file = &written.file, about, entries));
    page.note(say!("audit-who-has-it"));
    let file = PathBuf::from(&written.file);
    let file = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    page.next(&say!("audit-check-there", file = quoted(&file), programme = written.programme.to_string()));
}

fn check_file(app: &App, file: &Path, programme: &ProgrammeId) -> Result<Report, Problem> {
    let failed = |error: std::io::Error| {
        problem!("audit-unreadable", file = file.display().to_string(), why = error.to_string())
    };
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_AUDIT).unwrap_or(u64::MAX).saturating_add(1);
    File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    let proof = accord_node::audit_check(&bytes, programme)?;
    app.report("proof", &proof, |page| tell_proof(page, &proof))
}

fn tell_proof(page: &mut Page, proof: &AuditProof) {
    let time = |seconds: u64| iso(i64::try_from(seconds).unwrap_or(i64::MAX));
    let signed = |all: &[(String, u64)]| {
        listed(&all.iter().map(|(who, when)| format!("{who} ({})", time(*when))).collect::<Vec<_>>())
    };
    page.heading(&proof.name);
    page.line(say!("proof-founded", who = signed(&proof.founded)));
    page.line(say!(
        "proof-decisions",
        entries = say!("counted-entries", count = proof.entries),
        devices = say!("counted-devices", count = proof.devices),
        count = proof.in_force.len(),
    ));
    if proof.ignored > 0 {
        page.line(say!("proof-ignored", count = proof.ignored));
    }
    for who in &proof.equivocated {
        let line = page.paint.bad(&say!("proof-twice", who));
        page.line(line);
    }
    if let Some(document) = &proof.document {
        let name = document.name.clone().unwrap_or_else(|| say!("proof-document", id = document.id.short()));
        let changes: Vec<String> =
            document.changes.iter().map(|(who, n)| say!("proof-changes-by", count = *n, who)).collect();
        page.gap();
        page.heading(&name);
        page.line(say!("proof-changes", changes = listed(&changes)));
        if document.apart > 0 {
            page.line(say!("proof-apart", count = document.apart));
        }
        for version in &document.versions {
            page.line(say!(
                "proof-version",
                label = &version.label,
                who = signed(&version.signed),
                changes = say!("counted-changes", count = version.changes),
            ));
        }
        if document.versions.is_empty() {
            page.line(say!("proof-no-version"));
        }
    }
    page.note(say!("proof-holds"));
}
