//! `ratify`, `show --version`, and what is said of versions wherever a document is named.

use accord_core::api::{
    Problem, ProposedVersion, RatifyProposed, Request, SinceVersion, VersionShown, Versions,
};

use accord_words::{labelled, say};

use super::{decisions, listed, quoted};
use crate::app::{App, answered};
use crate::arguments::DocumentArgument;
use crate::output::{Page, Paint, Report, iso, outline};

/// `v1; 3 changes since`: what is agreed of a document, and how far it has gone on.
pub(super) fn agreed(versions: Option<&Versions>, paint: Paint) -> Option<String> {
    let versions = versions?;
    let version = versions.version.as_ref()?;
    let mut words = version.clone();
    match versions.since {
        Some(0) => {}
        Some(since) => words.push_str(&say!("since-version", count = since)),
        None => words.push_str(&say!("version-not-whole")),
    }
    if let Some(alarm) = &versions.alarm {
        words.push_str(&format!("; {}", paint.bad(&say!("version-alarm", alarm))));
    }
    Some(words)
}

/// The same for whatever names a document beside.
pub(super) fn gone_on(since: &SinceVersion) -> String {
    let versions =
        Versions { version: Some(since.version.clone()), since: since.since, ..Versions::default() };
    agreed(Some(&versions), Paint::plain()).unwrap_or_default()
}

/// That changes of a document are not in its last version, if that is so.
pub(super) fn not_in(since: &SinceVersion) -> Option<String> {
    let SinceVersion { document: name, version: label, since } = since;
    match since {
        Some(0) => None,
        Some(since) => Some(say!("changes-since", count = *since, name, label)),
        None => Some(say!("changes-since-unknown", name, label)),
    }
}

/// Says it once for each document of these.
pub(super) fn tell_not_in<'a>(page: &mut Page, all: impl IntoIterator<Item = &'a SinceVersion>) {
    let mut told: Vec<String> = all.into_iter().filter_map(not_in).collect();
    told.dedup();
    told.into_iter().for_each(|line| page.note(line));
}

/// What is put up for the next version, a line each: `v1: signed by CMI, waiting for CA; 1 change since is not in v1`.
pub(super) fn put_up(versions: Option<&Versions>, paint: Paint) -> Vec<String> {
    let Some(versions) = versions else { return Vec::new() };
    let several = versions.proposals.len() > 1;
    let mut lines = Vec::new();
    if versions.disagreed {
        lines.push(paint.attention(&say!("no-version-agreed")));
    } else if several {
        lines.push(paint.attention(&say!("several-put-up")));
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
        said.push(say!("put-up-signed", who = listed(&one.signed)));
    }
    if !one.refused.is_empty() {
        said.push(say!("put-up-refused", who = listed(&one.refused)));
    }
    if !one.waits_for.is_empty() && !over {
        said.push(say!("put-up-waits", who = listed(&one.waits_for)));
    }
    if said.is_empty() {
        said.push(say!("put-up-nobody"));
    }
    let mut line = labelled(&one.label, &said.join(", "));
    match one.since {
        Some(0) => {}
        Some(since) => line.push_str(&say!("put-up-since", count = since, label = &one.label)),
        None => line.push_str(&say!("put-up-not-whole")),
    }
    line.push_str(&format!(" {}", say!("put-up-decision", number = &one.number)));
    line
}

pub(super) fn ratify(app: &App, arguments: DocumentArgument) -> Result<Report, Problem> {
    let put = answered!(
        app.ask(Request::Ratify { document: arguments.document, locale: app.locale.clone() })?,
        Ratify
    )?;
    app.report("ratify", &put, |page| tell(page, &put))
}

fn tell(page: &mut Page, put: &RatifyProposed) {
    let RatifyProposed { name, label, decision, known, readers } = put;
    let number = &decision.summary.number;
    if *known {
        page.note(say!("ratify-before", name, label, number));
    } else {
        page.note(say!("ratify-put-up", name, label, number));
    }
    page.note(say!("ratify-waits", who = decisions::not_yet(decision), label));
    let (now, later): (Vec<_>, Vec<_>) = readers.iter().partition(|(_, connected)| *connected);
    let codes = |all: Vec<&(String, bool)>| super::sorted(all.iter().map(|(code, _)| code.as_str()));
    if !now.is_empty() {
        page.note(say!("going-to", who = codes(now)));
    }
    if !later.is_empty() {
        page.note(say!("heard-later", who = codes(later)));
    }
    for choice in &decision.choices {
        page.note(choice);
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
        page.note(say!("version-signed", who, time = iso(time), number = &shown.number));
    }
    if let Some(since @ 1..) = shown.document.versions.as_ref().and_then(|versions| {
        (versions.version.as_deref() == Some(&shown.label)).then_some(versions.since).flatten()
    }) {
        let (name, label) = (quoted(&shown.document.name), &shown.label);
        let changes = say!("counted-changes", count = since);
        page.note(say!("version-differs", changes, name, label));
    }
}
