//! `status`: how everything stands, in detail. The short form is the desk.

use accord_core::OrganisationKind;
use accord_core::api::{
    DeviceStep, Knowing, OrganisationStep, Problem, ProgrammeView, Quarantined, Request, StatusView,
};

use accord_words::{labelled, say, semicolon};

use super::{decisions, listed, quoted, versions};
use crate::app::{App, answered};
use crate::output::{Page, Report, ago, now};

pub(super) fn status(app: &App) -> Result<Report, Problem> {
    let status = answered!(app.ask(Request::Status)?, Status)?;
    app.report("status", &status, |page| tell(page, &status))
}

fn tell(page: &mut Page, status: &StatusView) {
    let me = format!("{} ({})", status.organisation.name, status.organisation.code);
    match &status.programme {
        None => {
            page.line(say!("status-no-programme", me));
            page.next(&say!("status-no-programme-next"));
        }
        Some(programme) => tell_programme(page, programme, &me),
    }
    for notice in &status.notices {
        let notice = page.paint.attention(notice);
        page.line(notice);
    }
    tell_waiting(page, status);
    if !status.organisations.is_empty() {
        page.gap();
        page.heading(&say!("status-organisations"));
        let mut organisations: Vec<&OrganisationStep> = status.organisations.iter().collect();
        organisations.sort_by_key(|one| &one.organisation.code);
        for organisation in organisations {
            let line = step(organisation, page.paint, now());
            page.line(format!("  {line}"));
        }
    }
    tell_kept_apart(page, status);
    page.gap();
    page.line(say!("status-documents", count = status.documents));
    // What everybody has needs no line.
    if !matches!(status.engine.as_str(), "" | "sled") {
        page.line(say!("status-engine", engine = &status.engine));
    }
    page.line(match &status.node {
        Some(node) if node.listening.is_empty() => say!("status-node-running", pid = node.pid.to_string()),
        Some(node) => {
            say!("status-node-listening", pid = node.pid.to_string(), addresses = listed(&node.listening))
        }
        None => say!("status-node-none"),
    });
}

fn tell_programme(page: &mut Page, programme: &ProgrammeView, me: &str) {
    page.heading(&programme.name);
    page.line(match programme.my_kind {
        Some(OrganisationKind::Secretariat) => say!("you-secretariat", me),
        Some(OrganisationKind::Member) => say!("you-member", me),
        Some(OrganisationKind::Observer) => say!("you-observer", me),
        None => match &programme.ended_by {
            Some(number) => say!("you-ended", me, number),
            None => say!("you-waiting", me),
        },
    });
    if !programme.founded {
        let missing = listed(&programme.unsigned);
        let words = say!("not-founded", missing);
        let words = page.paint.attention(&words);
        page.line(words);
    }
}

fn tell_waiting(page: &mut Page, status: &StatusView) {
    if !status.waiting_for_me.is_empty() {
        page.gap();
        page.heading(&say!("waits-for-you"));
        for decision in &status.waiting_for_me {
            let line = decisions::summary(decision, page.paint);
            page.line(format!("  {line}"));
            page.line(format!("    accord sign {}", decision.number));
        }
    }
    tell_versions(page, status);
    if !status.conflicts.is_empty() {
        page.gap();
        page.heading(&say!("in-conflict"));
        for (name, open) in &status.conflicts {
            page.line(format!("  {}", say!("conflict-places", name, count = *open)));
            page.line(format!("    accord conflicts {}", quoted(name)));
        }
    }
}

fn tell_versions(page: &mut Page, status: &StatusView) {
    if status.versions.is_empty() {
        return;
    }
    page.gap();
    page.heading(&say!("versions"));
    for one in &status.versions {
        let versions = Some(&one.versions);
        match versions::agreed(versions, page.paint) {
            Some(words) => page.line(format!("  {}", labelled(&one.name, &words))),
            None => page.line(format!("  {}", say!("no-version", name = &one.name))),
        }
        for line in versions::put_up(versions, page.paint) {
            page.line(format!("    {line}"));
        }
    }
}

/// `CMI: in step, connected`, `CA: last seen 3 days ago, 4 changes not yet there`.
fn step(organisation: &OrganisationStep, paint: crate::output::Paint, now: i64) -> String {
    let kind = super::kind_word(organisation.kind);
    let mut parts: Vec<String> = organisation.devices.iter().map(|one| device(one, paint, now)).collect();
    if parts.is_empty() {
        parts.push(say!("never-met"));
    }
    let party = &organisation.organisation;
    let who = format!("{} ({}, {kind})", paint.strong(&party.code), party.name);
    labelled(&who, &parts.join(semicolon()))
}

fn device(device: &DeviceStep, paint: crate::output::Paint, now: i64) -> String {
    let mut parts = Vec::new();
    let seen = device.last_seen.map(|seen| ago(i64::try_from(seen).unwrap_or(i64::MAX), now));
    if device.in_step {
        parts.push(paint.good(&say!("in-step")));
    }
    parts.push(match (device.connected, seen) {
        (true, _) => match &device.through {
            Some(relay) => say!("connected-through", relay),
            None => say!("connected"),
        },
        (false, Some(seen)) => say!("last-seen", when = seen),
        (false, None) => say!("never-met"),
    });
    if device.missing_there > 0 {
        parts.push(say!("not-yet-there", count = device.missing_there));
    }
    if device.missing_here > 0 {
        parts.push(say!("not-yet-here", count = device.missing_here));
    }
    parts.join(", ")
}

fn tell_kept_apart(page: &mut Page, status: &StatusView) {
    if !status.quarantine.is_empty() {
        page.gap();
        page.heading(&say!("kept-apart"));
        status.quarantine.iter().for_each(|kept| tell_entry(page, kept));
        let more = status.quarantined.saturating_sub(status.quarantine.len());
        if more > 0 {
            page.line(format!("  {}", say!("kept-apart-more", count = more)));
        }
    }
    if !status.kept.is_empty() {
        page.gap();
        page.heading(&say!("kept-counted"));
        status.kept.iter().for_each(|kept| tell_entry(page, kept));
    }
    if !status.knowing.is_empty() {
        page.gap();
        page.heading(&say!("knowing-heading"));
        for one in &status.knowing {
            page.line(format!("  {}", knowing(one)));
            page.line(format!("    accord log {}", quoted(&one.document)));
        }
    }
    if !status.waiting.is_empty() {
        page.gap();
        page.heading(&say!("waiting-heading"));
        for (what, number) in &status.waiting {
            page.line(format!("  {}", say!("waiting-for", count = *number, what)));
        }
    }
    if !status.forks.is_empty() {
        page.gap();
        page.heading(&say!("forks-heading"));
        for fork in &status.forks {
            let words = say!("fork", author = &fork.author, seq = fork.seq.to_string());
            page.line(format!("  {words}"));
        }
    }
}

/// `FNCT: 1 change to Exchange, built on what UCLG wrote`.
pub(super) fn knowing(one: &Knowing) -> String {
    let (changes, on) = (say!("counted-changes", count = one.changes), listed(&one.built_on));
    say!("knowing-line", author = &one.author, changes, name = &one.document, on)
}

fn tell_entry(page: &mut Page, kept: &Quarantined) {
    let (seq, author, reason) = (kept.seq.to_string(), &kept.author, &kept.reason);
    let words = match &kept.document {
        Some(name) => say!("kept-apart-change-of", seq, name, author, reason),
        None => say!("kept-apart-change", seq, author, reason),
    };
    page.line(format!("  {words}"));
}
