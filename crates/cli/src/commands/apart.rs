//! `apart` and `redo`: what one wrote oneself and does not count, and making it again.

use accord_core::api::{ApartState, ApartView, Problem, Redone, Request};
use accord_words::{isolated, say};

use super::history::{SHORT, tell_changes};
use super::{quoted, write};
use crate::app::{App, answered};
use crate::arguments::{ApartArguments, RedoArguments};
use crate::output::{Page, Report, ago, iso, now};

pub(super) fn apart(app: &App, arguments: ApartArguments) -> Result<Report, Problem> {
    let ApartArguments { document, all, dismiss } = arguments;
    if let (Some(document), false) = (&document, dismiss.is_empty()) {
        let request = Request::Dismiss { document: document.clone(), changes: dismiss };
        let dismissed = answered!(app.ask(request)?, Apart)?;
        return app.report("apart", &dismissed, |page| {
            for one in &dismissed {
                page.note(say!("dismissed", change = short(&one.change), name = &one.name));
            }
        });
    }
    let views = answered!(app.ask(Request::Apart { document, all })?, Apart)?;
    app.report("apart", &views, |page| tell(page, &views))
}

fn short(change: &str) -> &str {
    change.get(..SHORT).unwrap_or(change)
}

fn tell(page: &mut Page, views: &[ApartView]) {
    if views.is_empty() {
        page.note(say!("apart-empty"));
    }
    for of in views.chunk_by(|a, b| a.document == b.document) {
        let Some(first) = of.first() else { continue };
        page.gap();
        page.heading(&isolated(&first.name));
        if first.begins {
            page.line(say!("apart-begins"));
        }
        of.iter().for_each(|view| tell_one(page, view));
    }
    let open = || views.iter().filter(|view| view.state == ApartState::Open);
    if let Some(first) = open().next() {
        let one = open().all(|view| view.document == first.document);
        let name = if one { quoted(&first.name) } else { "DOCUMENT".to_owned() };
        page.next(&say!("apart-next", name));
    }
}

fn tell_one(page: &mut Page, view: &ApartView) {
    let device =
        if view.this_device { say!("apart-of-this") } else { say!("apart-of-device", device = &view.device) };
    let time = view.time.map(|time| format!(", {} ({})", ago(time, now()), iso(time))).unwrap_or_default();
    let when = page.paint.faint(&format!("{device}{time}"));
    page.gap();
    page.line(format!("{} {when}", page.paint.strong(short(&view.change))));
    let why = page.paint.attention(&say!("apart-does-not-count", reason = &view.reason));
    page.line(format!("  {why}"));
    match view.state {
        ApartState::Open => {}
        ApartState::Again => page.line(format!("  {}", say!("apart-state-again"))),
        ApartState::Dismissed => page.line(format!("  {}", say!("apart-state-dismissed"))),
    }
    if let Some(why) = &view.problem {
        page.line(format!("  {}", say!("apart-unreadable", why)));
    } else if view.changes.is_empty() {
        page.line(format!("  {}", say!("apart-nothing")));
    }
    tell_changes(page, &view.changes);
}

pub(super) fn redo(app: &App, arguments: RedoArguments) -> Result<Report, Problem> {
    let RedoArguments { document, changes } = arguments;
    let done = answered!(app.ask(Request::Redo { document, changes })?, Redone)?;
    app.report("redone", &done, |page| tell_redone(page, &done))
}

fn tell_redone(page: &mut Page, done: &[Redone]) {
    for Redone { change, changed } in done {
        let change = short(change);
        if changed.change.is_none() {
            page.note(say!("redone-nothing", change));
            continue;
        }
        page.note(say!("redone", change));
        for field in &changed.changes {
            page.note(format!("  {}: {}", changed.name, field.sentence));
        }
    }
    // Who gets them is the same for all.
    if let Some(Redone { changed, .. }) = done.last() {
        page.note(write::readers(&changed.readers));
        let next = format!("accord log {}", quoted(&changed.name));
        write::tell_conflicts(page, changed.conflicts, &changed.name, &next);
    }
}
