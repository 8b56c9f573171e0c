//! `status`: how everything stands, in detail. The short form is the desk.

use accord_core::OrganisationKind;
use accord_core::api::{
    DeviceStep, OrganisationStep, Problem, ProgrammeView, Quarantined, Request, StatusView,
};

use super::{count, decisions, listed, quoted, versions};
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
            page.line(format!("{me} takes part in no programme yet."));
            page.next("accord found NAME --with CARD, or accord join TICKET");
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
        page.heading("Organisations");
        let mut organisations: Vec<&OrganisationStep> = status.organisations.iter().collect();
        organisations.sort_by_key(|one| &one.organisation.code);
        for organisation in organisations {
            let line = step(organisation, page.paint, now());
            page.line(format!("  {line}"));
        }
    }
    tell_kept_apart(page, status);
    page.gap();
    page.line(format!("Documents: {}", status.documents));
    page.line(match &status.node {
        Some(node) if node.listening.is_empty() => format!("Node: running (process {})", node.pid),
        Some(node) => {
            format!("Node: running (process {}), listening on {}", node.pid, listed(&node.listening))
        }
        None => {
            "Node: not running; documents can be read and written here, and others get it later".to_owned()
        }
    });
}

fn tell_programme(page: &mut Page, programme: &ProgrammeView, me: &str) {
    page.heading(&programme.name);
    page.line(match programme.my_kind {
        Some(OrganisationKind::Secretariat) => format!("You are {me}, one of the two secretariats."),
        Some(OrganisationKind::Member) => format!("You are {me}, a member."),
        Some(OrganisationKind::Observer) => format!("You are {me}, an observer."),
        None if programme.ended_by.is_some() => format!(
            "You are {me}. Your organisation takes part no more since decision {}. What you have stays readable; \
             what you write stays here.",
            programme.ended_by.as_deref().unwrap_or_default()
        ),
        None => format!("You are {me}. Your admission waits for both secretariats to sign."),
    });
    if !programme.founded {
        let missing = listed(&programme.unsigned);
        let words = format!("Not founded yet: waiting for {missing} to sign.");
        let words = page.paint.attention(&words);
        page.line(words);
    }
}

fn tell_waiting(page: &mut Page, status: &StatusView) {
    if !status.waiting_for_me.is_empty() {
        page.gap();
        page.heading("Waiting for you");
        for decision in &status.waiting_for_me {
            let line = decisions::summary(decision, page.paint);
            page.line(format!("  {line}"));
            page.line(format!("    accord sign {}", decision.number));
        }
    }
    tell_versions(page, status);
    if !status.conflicts.is_empty() {
        page.gap();
        page.heading("In conflict");
        for (name, open) in &status.conflicts {
            let open = u64::try_from(*open).unwrap_or(u64::MAX);
            page.line(format!("  {name}: {}", count(open, "place", "places")));
            page.line(format!("    accord conflicts {}", quoted(name)));
        }
    }
}

fn tell_versions(page: &mut Page, status: &StatusView) {
    if status.versions.is_empty() {
        return;
    }
    page.gap();
    page.heading("Versions");
    for one in &status.versions {
        let versions = Some(&one.versions);
        match versions::agreed(versions, page.paint) {
            Some(words) => page.line(format!("  {}: {words}", one.name)),
            None => page.line(format!("  {}: no version yet", one.name)),
        }
        for line in versions::put_up(versions, page.paint) {
            page.line(format!("    {line}"));
        }
    }
}

/// `CMI: in step, connected`, `CA: last seen 3 days ago, 4 changes not yet there`.
fn step(organisation: &OrganisationStep, paint: crate::output::Paint, now: i64) -> String {
    let kind = accord_core::api::kind_word(organisation.kind);
    let mut parts: Vec<String> = organisation.devices.iter().map(|one| device(one, paint, now)).collect();
    if parts.is_empty() {
        parts.push("never met".into());
    }
    let party = &organisation.organisation;
    format!("{} ({}, {kind}): {}", paint.strong(&party.code), party.name, parts.join("; "))
}

fn device(device: &DeviceStep, paint: crate::output::Paint, now: i64) -> String {
    let mut parts = Vec::new();
    let seen = device.last_seen.map(|seen| ago(i64::try_from(seen).unwrap_or(i64::MAX), now));
    if device.in_step {
        parts.push(paint.good("in step"));
    }
    parts.push(match (device.connected, seen) {
        (true, _) => "connected".to_owned(),
        (false, Some(seen)) => format!("last seen {seen}"),
        (false, None) => "never met".to_owned(),
    });
    if device.missing_there > 0 {
        parts.push(format!("{} not yet there", count(device.missing_there, "change", "changes")));
    }
    if device.missing_here > 0 {
        parts.push(format!("{} not yet here", count(device.missing_here, "change", "changes")));
    }
    parts.join(", ")
}

fn tell_kept_apart(page: &mut Page, status: &StatusView) {
    if !status.quarantine.is_empty() {
        page.gap();
        page.heading("Kept apart: these change nothing");
        status.quarantine.iter().for_each(|kept| tell_entry(page, kept));
        let more = status.quarantined.saturating_sub(status.quarantine.len());
        if more > 0 {
            page.line(format!("  and {} more", count(more as u64, "change", "changes")));
        }
    }
    if !status.kept.is_empty() {
        page.gap();
        page.heading("Counted all the same: others built on these before they could know");
        status.kept.iter().for_each(|kept| tell_entry(page, kept));
    }
    if !status.waiting.is_empty() {
        page.gap();
        page.heading("Waiting for something that is not here yet");
        for (what, number) in &status.waiting {
            let number = u64::try_from(*number).unwrap_or(u64::MAX);
            page.line(format!("  {} for {what}", count(number, "change", "changes")));
        }
    }
    if !status.forks.is_empty() {
        page.gap();
        page.heading(
            "Two histories from one device: its folder was copied or put back, or its key is in other hands",
        );
        for fork in &status.forks {
            page.line(format!("  {}, from its entry {} on, with proof", fork.author, fork.seq));
        }
    }
}

fn tell_entry(page: &mut Page, kept: &Quarantined) {
    let about = kept.document.as_deref().map(|name| format!(" to {name}")).unwrap_or_default();
    page.line(format!("  change {}{about} by {}: {}", kept.seq, kept.author, kept.reason));
}
