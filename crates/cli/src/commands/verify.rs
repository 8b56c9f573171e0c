//! `verify`: what is stored, checked against the entries.

use accord_core::api::{DocumentTrouble, LogChecked, LogProblem, LogTrouble, Problem, Request, VerifyView};

use accord_words::{labelled, say};

use crate::app::{App, answered};
use crate::output::{Page, Report};

/// The most documents that are named one by one: the whole is to be seen on one screen, and `--json` has all.
const MAX_NAMED: usize = 20;

pub(super) fn verify(app: &App, only_check: bool) -> Result<Report, Problem> {
    let view = *answered!(app.ask(Request::Verify { only_check })?, Verified)?;
    let report = app.report("verify", &view, |page| tell(page, &view))?;
    Ok(if view.left > 0 || view.lost > 0 || unsigned(&view) { report.exit(3) } else { report })
}

fn unsigned(view: &VerifyView) -> bool {
    view.logs.iter().flat_map(|log| &log.problems).any(|problem| problem.what == LogTrouble::Unsigned)
}

fn tell(page: &mut Page, view: &VerifyView) {
    let entries: u64 = view.logs.iter().map(|log| log.entries).sum();
    page.line(say!(
        "verify-checked",
        entries,
        logs = view.logs.len(),
        documents = view.documents,
        signatures = view.logs.iter().map(|log| log.signatures).sum::<u64>()
    ));
    page.line(say!("verify-compared", snapshots = view.snapshots, lines = view.lines, marks = view.marks));
    for log in &view.logs {
        tell_log(page, log, view.only_check);
    }
    for problem in view.wrong.iter().take(MAX_NAMED) {
        let name = problem.name.clone().unwrap_or_else(|| problem.document.short());
        let what = document_words(problem.what);
        let line = page.paint.attention(&say!("verify-document", name, what));
        page.line(format!("  {line}"));
    }
    if view.wrong.len() > MAX_NAMED {
        page.line(format!("  {}", say!("desk-more", count = view.wrong.len() - MAX_NAMED)));
    }
    if view.wrong_marks > 0 {
        page.line(format!("  {}", say!("verify-marks", count = view.wrong_marks)));
    }
    if !view.decisions_agree {
        page.line(format!("  {}", say!("verify-disagree")));
    }
    tell_end(page, view);
}

fn tell_log(page: &mut Page, log: &LogChecked, only_check: bool) {
    let (author, device, space) = (&log.author, &log.device_name, &log.space_name);
    let branch = (log.branch > 0).then(|| say!("verify-branch", number = log.branch + 1));
    let count = log.entries;
    let mut line = say!("verify-log", author, device, space, count);
    line.extend(branch.map(|words| format!(", {words}")));
    let good = log.problems.is_empty();
    let state =
        if good { page.paint.good(&say!("verify-whole")) } else { page.paint.bad(&say!("verify-not-whole")) };
    page.line(format!("  {}", labelled(&line, &state)));
    for problem in &log.problems {
        let words = log_words(problem, only_check);
        let words = page.paint.attention(&words);
        page.line(format!("    {words}"));
    }
}

fn log_words(problem: &LogProblem, only_check: bool) -> String {
    let LogProblem { what, from, count, back } = problem;
    let (from, count, back) = (from.to_string(), *count, *back);
    let words = match what {
        LogTrouble::Lost | LogTrouble::Wrong if back >= count => say!("verify-lost-back", from, count),
        LogTrouble::Lost | LogTrouble::Wrong if back > 0 => say!("verify-lost-part", from, count, back),
        LogTrouble::Lost => say!("verify-lost", from, count),
        LogTrouble::Wrong => say!("verify-wrong", from, count),
        LogTrouble::Unsigned => say!("verify-unsigned", from),
        LogTrouble::Head => say!("verify-head"),
        LogTrouble::Marks => say!("verify-log-marks", count),
        LogTrouble::Proof => say!("verify-proof"),
    };
    let mends = matches!(what, LogTrouble::Head | LogTrouble::Marks | LogTrouble::Proof);
    match (mends, only_check) {
        (true, false) => say!("verify-mended", words),
        _ => words,
    }
}

fn document_words(what: DocumentTrouble) -> String {
    match what {
        DocumentTrouble::Damaged => say!("verify-document-damaged"),
        DocumentTrouble::Missing => say!("verify-document-missing"),
        DocumentTrouble::Places => say!("verify-document-places"),
        DocumentTrouble::Actors => say!("verify-document-actors"),
        DocumentTrouble::Kind => say!("verify-document-kind"),
        DocumentTrouble::Stray => say!("verify-document-stray"),
        DocumentTrouble::Snapshot => say!("verify-document-snapshot"),
        DocumentTrouble::Line => say!("verify-document-line"),
    }
}

fn tell_end(page: &mut Page, view: &VerifyView) {
    let found = view.mended + view.left;
    if view.mended > 0 {
        page.line(say!("verify-mended-count", count = view.mended));
    }
    if view.left > 0 {
        page.line(say!("verify-left-count", count = view.left));
        page.next(&say!("verify-left-next"));
    }
    if view.lost > 0 {
        page.line(say!("verify-lost-count", count = view.lost));
        page.next(&say!("verify-lost-next"));
    } else if found == 0 {
        page.line(say!("verify-good"));
    }
}
