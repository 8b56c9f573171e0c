//! `check`.

use accord_core::api::{CheckFinding, CheckView, Exit, Problem, Request};

use accord_words::say;

use super::quoted;
use crate::app::{App, answered};
use crate::arguments::DocumentArgument;
use crate::output::{Page, Report};

pub(super) fn check(app: &App, arguments: DocumentArgument) -> Result<Report, Problem> {
    let request = Request::Check { document: arguments.document, locale: app.locale.clone() };
    let checked = answered!(app.ask(request)?, Check)?;
    let report = app.report("check", &checked, |page| tell(page, &checked))?;
    let errors = checked.findings.iter().any(|finding| finding.error);
    Ok(if errors { report.exit(Exit::PersonNeeded.code()) } else { report })
}

fn tell(page: &mut Page, checked: &CheckView) {
    for finding in &checked.findings {
        tell_finding(page, finding);
    }
    let number = |error| checked.findings.iter().filter(|finding| finding.error == error).count();
    let (name, errors, warnings) = (&checked.name, number(true), number(false));
    page.note(match (errors, warnings) {
        (0, 0) => say!("check-fine", name),
        (0, _) => say!("check-warnings", name, warnings = say!("counted-warnings", count = warnings)),
        _ => say!(
            "check-errors",
            name,
            errors = say!("counted-errors", count = errors),
            warnings = say!("counted-warnings", count = warnings)
        ),
    });
}

/// For `ratify`, which shows the same.
pub(super) fn tell_finding(page: &mut Page, finding: &CheckFinding) {
    let mark =
        if finding.error { page.paint.bad(&say!("error")) } else { page.paint.attention(&say!("warning")) };
    let place = if finding.path.is_empty() { String::new() } else { format!("{}: ", finding.path) };
    page.line(format!("{mark} {place}{}", finding.sentence));
    if let Some(hint) = &finding.hint {
        page.line(format!("  {hint}"));
    }
    if let Some(command) = &finding.command {
        let words: Vec<String> = command.iter().map(|word| quoted(word)).collect();
        page.line(format!("  accord {}", words.join(" ")));
    }
}
