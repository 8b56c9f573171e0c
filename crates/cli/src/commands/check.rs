//! `check`.

use accord_core::api::{CheckFinding, CheckView, Exit, Problem, Request};

use accord_words::{labelled, say, suggested};

use super::{quoted, versions};
use crate::app::{App, answered};
use crate::arguments::CheckArguments;
use crate::output::{Page, Report};

pub(super) fn check(app: &App, arguments: CheckArguments) -> Result<Report, Problem> {
    let CheckArguments { document, currency, skip } = arguments;
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let request = Request::Check { document, currency: currency.clone(), skip, locale: app.locale.clone() };
    let checked = answered!(app.ask(request)?, Check)?;
    let report = app.report("check", &checked, |page| tell(page, &checked, currency.as_deref()))?;
    Ok(if checked.errors > 0 { report.exit(Exit::PersonNeeded.code()) } else { report })
}

fn tell(page: &mut Page, checked: &CheckView, currency: Option<&str>) {
    for finding in &checked.findings {
        tell_finding(page, finding);
    }
    let CheckView { name, errors, warnings, more, .. } = checked;
    if *more > 0 {
        let told = checked.skipped + checked.findings.len();
        let currency = currency.map(|currency| format!(" --currency {currency}")).unwrap_or_default();
        let command = format!("accord check {}{currency} --skip {told}", quoted(name));
        page.note(say!("check-more", count = *more, command));
    }
    page.note(match (errors, warnings) {
        (0, 0) => say!("check-fine", name),
        (0, _) => say!("check-warnings", name, warnings = say!("counted-warnings", count = *warnings)),
        _ => say!(
            "check-errors",
            name,
            errors = say!("counted-errors", count = *errors),
            warnings = say!("counted-warnings", count = *warnings)
        ),
    });
    versions::tell_not_in(page, &checked.since_version);
}

/// For `ratify`, which shows the same.
pub(super) fn tell_finding(page: &mut Page, finding: &CheckFinding) {
    let mark =
        if finding.error { page.paint.bad(&say!("error")) } else { page.paint.attention(&say!("warning")) };
    let said = match finding.path.as_str() {
        "" => finding.sentence.clone(),
        path => labelled(path, &finding.sentence),
    };
    page.line(format!("{mark} {said}"));
    if let Some(hint) = &finding.hint {
        page.line(format!("  {hint}"));
    }
    if let Some(command) = &finding.command {
        let words: Vec<String> = command.iter().map(|word| quoted(&suggested(word))).collect();
        page.line(format!("  accord {}", words.join(" ")));
    }
}
