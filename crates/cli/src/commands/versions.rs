//! `ratify`, `show --version`, and what is said of versions wherever a document is named.

use accord_core::api::{Problem, ProposedVersion, RatifyProposed, Request, VersionShown, Versions};

use super::{count, decisions, listed, quoted};
use crate::app::{App, answered};
use crate::arguments::DocumentArgument;
use crate::output::{Page, Paint, Report, iso, locale, outline};

/// `v1; 3 changes since`: what is agreed of a document, and how far it has gone on.
pub(super) fn agreed(versions: Option<&Versions>, paint: Paint) -> Option<String> {
    let versions = versions?;
    let version = versions.version.as_ref()?;
    let mut words = version.clone();
    match versions.since {
        Some(0) => {}
        Some(since) => words.push_str(&format!("; {} since", count(since, "change", "changes"))),
        None => words.push_str(", which is not whole here yet"),
    }
    if let Some(alarm) = &versions.alarm {
        words.push_str(&format!("; {}", paint.bad(&format!("warning: {alarm}"))));
    }
    Some(words)
}

/// What is put up for the next version, a line each: `v1: signed by CMI, waiting for CA; 1 change since is not in v1`.
pub(super) fn put_up(versions: Option<&Versions>, paint: Paint) -> Vec<String> {
    let Some(versions) = versions else { return Vec::new() };
    let several = versions.proposals.len() > 1;
    let mut lines = Vec::new();
    if versions.disagreed {
        lines.push(paint.attention("no version agreed:"));
    } else if several {
        lines.push(paint.attention("several states are put up; only one of them can become the version:"));
    }
    let indent = if lines.is_empty() { "" } else { "  " };
    lines.extend(
        versions.proposals.iter().map(|one| format!("{indent}{}", proposal(one, versions.disagreed))),
    );
    lines
}

fn proposal(one: &ProposedVersion, over: bool) -> String {
    let mut said = Vec::new();
    if !one.signed.is_empty() {
        said.push(format!("signed by {}", listed(&one.signed)));
    }
    if !one.refused.is_empty() {
        said.push(format!("refused by {}", listed(&one.refused)));
    }
    if !one.waits_for.is_empty() && !over {
        said.push(format!("waiting for {}", listed(&one.waits_for)));
    }
    if said.is_empty() {
        said.push("signed by nobody".to_owned());
    }
    let mut line = format!("{}: {}", one.label, said.join(", "));
    match one.since {
        Some(0) => {}
        Some(1) => line.push_str(&format!("; 1 change since is not in {}", one.label)),
        Some(since) => line.push_str(&format!("; {since} changes since are not in {}", one.label)),
        None => line.push_str("; not whole here yet"),
    }
    line.push_str(&format!(" (accord decision {})", one.number));
    line
}

pub(super) fn ratify(app: &App, arguments: DocumentArgument) -> Result<Report, Problem> {
    let put =
        answered!(app.ask(Request::Ratify { document: arguments.document, locale: locale() })?, Ratify)?;
    app.report("ratify", &put, |page| tell(page, &put))
}

fn tell(page: &mut Page, put: &RatifyProposed) {
    let RatifyProposed { name, label, decision, known, readers } = put;
    let number = &decision.summary.number;
    if *known {
        page.note(format!("{name} was put up as {label} exactly so before, in decision {number}."));
    } else {
        page.note(format!("Put up {name} as it is now to become {label}: decision {number}."));
    }
    page.note(format!(
        "Both secretariats have to sign it; it waits for {}. What is changed from now on is not in {label}.",
        decisions::not_yet(decision)
    ));
    let (now, later): (Vec<_>, Vec<_>) = readers.iter().partition(|(_, connected)| *connected);
    let codes = |all: Vec<&(String, bool)>| super::sorted(all.iter().map(|(code, _)| code.as_str()));
    if !now.is_empty() {
        page.note(format!("On its way to {}.", codes(now)));
    }
    if !later.is_empty() {
        page.note(format!("{} will hear of it when connected.", codes(later)));
    }
    let verb = if decision.summary.waits_for_me { "sign" } else { "decision" };
    page.next(&format!("accord {verb} {number}"));
}

pub(super) fn show(app: &App, document: String, version: String, canonical: bool) -> Result<Report, Problem> {
    let shown = answered!(app.ask(Request::ShowVersion { document, version })?, Version)?;
    if canonical && !app.json {
        return Ok(Report::data(shown.canonical));
    }
    app.report("version", &shown, |page| tell_version(page, &shown))
}

/// What is data is of the version alone: the same on every device for ever. Who signed it is told beside.
fn tell_version(page: &mut Page, shown: &VersionShown) {
    let title = format!("{} ({}), {}", page.paint.strong(&shown.name), shown.document.kind, shown.label);
    page.line(title);
    page.gap();
    let content = outline(&shown.content, page.paint);
    page.line(content.trim_end_matches('\n'));
    for (who, time) in &shown.signed {
        let time = i64::try_from(*time).unwrap_or(i64::MAX);
        page.note(format!("Signed by {who} on {} (decision {}).", iso(time), shown.number));
    }
    if let Some(since @ 1..) = shown.document.versions.as_ref().and_then(|versions| {
        (versions.version.as_deref() == Some(&shown.label)).then_some(versions.since).flatten()
    }) {
        let (name, label) = (quoted(&shown.document.name), &shown.label);
        let changes = count(since, "change", "changes");
        page.note(format!("{changes} since: see what differs with accord diff {name} {label} draft"));
    }
}
