//! `accord` alone: the desk. What waits for me, what is new, who has my changes; each line ends with the command that deals
//! with it.

use std::collections::BTreeMap;

use accord_core::admission::WaitingFor;
use accord_core::api::{
    DecisionSummary, DeskView, DeviceStep, DocumentVersions, FreshDocument, Knowing, OrganisationStep,
    Problem, Quarantined, Request, StatusView,
};

use accord_words::{labelled, say};

use super::versions::{agreed, gone_on};
use super::{decisions, listed, quoted, status};
use crate::app::{App, answered};
use crate::output::{Page, Paint, Report, ago, now};

/// The most lines of one section: who has more goes on with the command that lists them.
const MAX_LINES: usize = 12;

pub(super) fn desk(app: &App) -> Result<Report, Problem> {
    // Who reads it with a program has not looked: a person is still to be told.
    let view = answered!(app.ask(Request::Desk { looking: !app.json })?, Desk)?;
    app.report("desk", &view, |page| tell(page, &view, now()))
}

fn tell(page: &mut Page, view: &DeskView, now: i64) {
    let status = &view.status;
    let Some(programme) = &status.programme else {
        let me = format!("{} ({})", status.organisation.name, status.organisation.code);
        page.line(with(&say!("takes-no-part", me), &say!("status-no-programme-next")));
        return;
    };
    page.heading(&say!("desk-you", programme = &programme.name, code = &status.organisation.code));
    let sections = [
        standing(view),
        Section::new(
            &say!("desk-signature"),
            cut(status.waiting_for_me.iter().map(decision), "accord decisions"),
        ),
        Section::new(
            &say!("in-conflict"),
            cut(status.conflicts.iter().map(|one| conflict(one, &status.versions)), "accord conflicts"),
        ),
        Section::new(&say!("versions"), versions(&status.versions)),
        Section::new(
            &since(view.looked.unwrap_or_default(), now),
            cut(view.changed.iter().map(fresh), "accord list"),
        ),
        Section::new(&say!("desk-decided"), cut(view.settled.iter().map(settled), "accord decisions --all")),
        // Before there is a programme nobody can have anything of it.
        Section::new(
            &say!("desk-lacking"),
            if programme.founded { lacking(&status.organisations, now) } else { Vec::new() },
        ),
        Section::new(&say!("kept-apart"), kept_apart(&status.quarantine, status.quarantined)),
        Section::new(&say!("knowing-heading"), cut(status.knowing.iter().map(knowing), "accord status")),
        Section::new(&say!("desk-again"), cut(status.again.iter().map(again), "accord apart")),
        Section::new(&say!("desk-waiting"), waiting(status)),
        Section::new(&say!("desk-look"), notices(view)),
    ];
    let mut any = false;
    for section in sections.iter().filter(|section| !section.lines.is_empty()) {
        any = true;
        page.gap();
        if let Some(heading) = &section.heading {
            page.heading(heading);
        }
        for line in &section.lines {
            page.line(format!("  {line}"));
        }
    }
    if !any {
        page.line(calm(&status.organisations));
    }
    if view.looked.is_none() && status.documents > 0 {
        if any {
            page.gap();
        }
        page.line(with(&say!("desk-documents", count = status.documents), "accord list"));
    }
}

struct Section {
    heading: Option<String>,
    lines: Vec<String>,
}

impl Section {
    fn new(heading: &str, lines: Vec<String>) -> Self {
        Self { heading: Some(heading.to_owned()), lines }
    }
}

/// A line that ends with the command that deals with it.
fn with(words: &str, command: &str) -> String {
    format!("{words} → {command}")
}

/// The first lines, and what lists the rest.
fn cut(lines: impl ExactSizeIterator<Item = String>, all: &str) -> Vec<String> {
    let more = lines.len().saturating_sub(MAX_LINES);
    let mut lines: Vec<String> = lines.take(MAX_LINES).collect();
    if more > 0 {
        lines.push(with(&say!("desk-more", count = more), all));
    }
    lines
}

/// Where this organisation does not take part as it wants to.
fn standing(view: &DeskView) -> Section {
    let mut lines = Vec::new();
    if let Some(programme) = &view.status.programme {
        let own = &view.status.organisation.code;
        if !programme.founded && programme.unsigned.contains(own) {
            lines.push(with(&say!("desk-unsigned-you"), "accord join TICKET"));
        } else if !programme.founded {
            let words = say!("desk-unsigned", who = listed(&programme.unsigned));
            lines.push(with(&words, &say!("desk-unsigned-do")));
        } else if let Some(number) = &programme.ended_by {
            lines.push(with(&say!("desk-ended"), &format!("accord decision {number}")));
        } else if programme.my_kind.is_none() {
            lines.push(with(&say!("desk-admission"), "accord sync"));
        }
    }
    Section { heading: None, lines }
}

fn decision(decision: &DecisionSummary) -> String {
    let words = format!("{}  {}", decision.number, decision.sentence);
    with(&words, &format!("accord sign {}", decision.number))
}

fn settled(decision: &DecisionSummary) -> String {
    let (number, sentence) = (&decision.number, &decision.sentence);
    let words = say!("desk-settled", number, sentence, status = decisions::status(decision.status));
    with(&words, &format!("accord decision {}", decision.number))
}

fn conflict((name, open): &(String, usize), documents: &[DocumentVersions]) -> String {
    let mut words = say!("conflict-places", name, count = *open);
    let mut named = documents.iter().filter(|one| one.name == *name);
    // Where two documents have one name it cannot be told which of them is meant.
    if let (Some(one), None) = (named.next(), named.next())
        && let Some(agreed) = agreed(Some(&one.versions), Paint::plain())
    {
        words.push_str(&format!(" ({agreed})"));
    }
    with(&words, &format!("accord conflicts {}", quoted(name)))
}

/// Where what was signed as a version is not one: the secretariats signed differently, or it is not what it should be here.
fn versions(documents: &[DocumentVersions]) -> Vec<String> {
    let mut lines = Vec::new();
    for one in documents {
        if let Some(alarm) = &one.versions.alarm {
            let label = one.versions.version.as_deref().unwrap_or("v1");
            let command = format!("accord show {} --version {label}", quoted(&one.name));
            lines.push(with(&labelled(&labelled(&one.name, label), alarm), &command));
        }
        if let Some(put_up) = one.versions.proposals.first().filter(|_| one.versions.disagreed) {
            let words = say!("desk-disagreed", name = &one.name);
            lines.push(with(&words, &format!("accord decision {}", put_up.number)));
        }
    }
    lines
}

fn since(looked: u64, now: i64) -> String {
    say!("desk-since", when = ago(i64::try_from(looked).unwrap_or(i64::MAX), now))
}

fn fresh(document: &FreshDocument) -> String {
    let name = &document.document;
    let by = listed(&document.by);
    if document.new {
        return with(&say!("desk-new", name, by), &format!("accord show {}", quoted(name)));
    }
    let changes = say!("counted-changes", count = document.changes);
    let mut words = say!("desk-changed", name, changes, by);
    if let Some(since) = &document.since_version {
        words.push_str(&format!(" ({})", gone_on(since)));
    }
    with(&words, &format!("accord log {}", quoted(name)))
}

/// Whether a device has said that it has all that is here.
fn has_all(device: &DeviceStep) -> bool {
    device.in_step || (device.missing_there == 0 && (device.connected || device.last_seen.is_some()))
}

/// The organisations that lack something, or have what is not here.
fn lacking(organisations: &[OrganisationStep], now: i64) -> Vec<String> {
    let mut lines: BTreeMap<&str, String> = BTreeMap::new();
    for organisation in organisations {
        let behind = !organisation.devices.iter().any(has_all);
        let ahead = organisation.devices.iter().map(|device| device.missing_here).max().unwrap_or(0);
        if !behind && ahead == 0 {
            continue;
        }
        let code = organisation.organisation.code.as_str();
        let mut parts = vec![seen(organisation, now)];
        let lacks = organisation.devices.iter().map(|device| device.missing_there).min().unwrap_or(0);
        if behind && lacks > 0 {
            parts.push(say!("not-yet-there", count = lacks));
        }
        if ahead > 0 {
            parts.push(say!("not-yet-here", count = ahead));
        }
        lines.insert(code, with(&labelled(code, &parts.join(", ")), "accord sync"));
    }
    lines.into_values().collect()
}

/// When an organisation was last connected, by whichever of its devices.
fn seen(organisation: &OrganisationStep, now: i64) -> String {
    if organisation.devices.iter().any(|device| device.connected) {
        return say!("connected");
    }
    let last = organisation.devices.iter().filter_map(|device| device.last_seen).max();
    last.map_or_else(
        || say!("never-met"),
        |at| say!("last-seen", when = ago(i64::try_from(at).unwrap_or(i64::MAX), now)),
    )
}

/// What is in quarantine, by document, author and reason.
fn kept_apart(quarantine: &[Quarantined], all: usize) -> Vec<String> {
    let mut groups: BTreeMap<(&Option<String>, &str, &str), u64> = BTreeMap::new();
    // What is one's own and can be made again has a section of its own, and what one has done with it is no news.
    for kept in quarantine.iter().filter(|kept| !kept.offered) {
        *groups.entry((&kept.document, &kept.author, &kept.reason)).or_default() += 1;
    }
    let line = |((document, author, reason), number): (&(&Option<String>, &str, &str), &u64)| {
        let changes = say!("counted-changes", count = *number);
        let words = match document {
            Some(name) => say!("desk-apart-of", changes, name, author, reason),
            None => say!("desk-apart", changes, author, reason),
        };
        with(&words, "accord status")
    };
    let mut lines = cut(groups.iter().map(line), "accord status");
    let more = all.saturating_sub(quarantine.len());
    if more > 0 {
        lines.push(with(&say!("kept-apart-more", count = more), "accord status"));
    }
    lines
}

/// Who built on what counts no more, and knew it.
fn knowing(one: &Knowing) -> String {
    with(&status::knowing(one), &format!("accord log {}", quoted(&one.document)))
}

/// What this organisation wrote itself and can make again.
fn again((name, count): &(String, usize)) -> String {
    with(&say!("desk-again-line", name, count = *count), &format!("accord apart {}", quoted(name)))
}

/// What waits, by what it waits for. Word on which history of a device stands comes from people, all else from their nodes.
fn waiting(status: &StatusView) -> Vec<String> {
    let line = |((what, number), (kind, _)): (&(String, usize), &(WaitingFor, usize))| {
        let command = if *kind == WaitingFor::Branch { "accord doctor" } else { "accord sync" };
        with(&say!("waiting-for", count = *number, what), command)
    };
    status.waiting.iter().zip(&status.waits).map(line).collect()
}

/// What a person should know about this node, the secretariats and the devices of others. Notices say themselves what to do.
fn notices(view: &DeskView) -> Vec<String> {
    let mut lines = view.status.notices.clone();
    lines.extend(view.status.forks.iter().map(|fork| {
        let words = say!("desk-fork", author = &fork.author, seq = fork.seq.to_string());
        with(&words, "accord doctor")
    }));
    lines
}

/// Nothing is to be done.
fn calm(organisations: &[OrganisationStep]) -> String {
    let mut codes: Vec<&str> = organisations.iter().map(|one| one.organisation.code.as_str()).collect();
    codes.sort_unstable();
    match codes.as_slice() {
        [] => say!("desk-calm-alone"),
        [one] => say!("desk-calm-one", who = one),
        several => say!("desk-calm", who = listed(several)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(code: &str, devices: Vec<DeviceStep>) -> OrganisationStep {
        let id = accord_core::OrganisationId([1; 32]);
        OrganisationStep {
            organisation: accord_core::api::PartyView { id, code: code.into(), name: code.into() },
            kind: accord_core::OrganisationKind::Member,
            devices,
        }
    }

    fn device(connected: bool, missing_there: u64, last_seen: Option<u64>) -> DeviceStep {
        let device = accord_core::DeviceId([2; 32]);
        DeviceStep {
            device,
            connected,
            through: None,
            in_step: false,
            missing_there,
            missing_here: 0,
            last_seen,
        }
    }

    #[test]
    fn who_lacks_changes_is_told_and_one_device_that_has_them_is_enough() {
        let all = [
            step("UCLG", vec![device(false, 4, Some(100))]),
            step("CMI", vec![device(false, 3, Some(100)), device(true, 0, None)]),
            step("GIZ", vec![device(false, 7, None)]),
        ];
        let lines = lacking(&all, 100);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[0], "GIZ: never met, 7 changes not yet there → accord sync");
        assert!(lines[1].starts_with("UCLG: last seen"), "{lines:?}");
    }

    #[test]
    fn what_is_kept_apart_for_one_reason_is_one_line() {
        let kept = |seq| Quarantined {
            author: "UCLG".into(),
            seq,
            document: Some("Tunisia".into()),
            reason: "its device was revoked".into(),
            offered: false,
        };
        let lines = kept_apart(&[kept(1), kept(2)], 5);
        assert_eq!(lines[0], "2 changes to Tunisia by UCLG: its device was revoked → accord status");
        assert_eq!(lines[1], "and 3 changes more → accord status");
    }

    #[test]
    fn a_long_section_names_what_lists_the_rest() {
        let lines = cut((0..20).map(|n| n.to_string()), "accord list");
        assert_eq!(lines.len(), MAX_LINES + 1);
        assert_eq!(lines.last().unwrap(), "and 8 more → accord list");
    }
}
