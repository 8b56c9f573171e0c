//! `log` and `diff`.

use accord_core::api::{FieldChange, HistoryItem, Problem, Request};
use accord_words::say;

use crate::app::{App, answered};
use crate::arguments::{DiffArguments, LogArguments};
use crate::output::{Page, Report, ago, iso, now};

/// As many digits of a change as people copy; `diff` takes the beginning of an id.
pub(super) const SHORT: usize = 10;

pub(super) fn log(app: &App, arguments: LogArguments) -> Result<Report, Problem> {
    let LogArguments { document, last } = arguments;
    let last = last.map(|last| usize::try_from(last).unwrap_or(usize::MAX));
    let history = answered!(app.ask(Request::Log { document: document.clone(), last })?, Log)?;
    app.report("log", &history, |page| {
        let now = now();
        if let Some(version) = &history.ratified {
            page.note(say!("log-since", count = history.since, version));
        }
        // The newest first: that is what people look for, and what stays on the screen.
        for item in history.log.iter().rev() {
            tell_item(page, item, now);
        }
        if history.earlier > 0 {
            let all = history.earlier + history.log.len();
            let command = format!("accord log {} --last {all}", super::quoted(&document));
            page.note(say!("log-earlier", count = history.earlier, command));
        }
    })
}

fn tell_item(page: &mut Page, item: &HistoryItem, now: i64) {
    page.gap();
    let time = page.paint.faint(&format!("{} ({})", ago(item.time, now), iso(item.time)));
    let author = page.paint.strong(&item.author);
    let version = item.version.as_ref().map(|version| format!(", in {version}")).unwrap_or_default();
    page.line(format!("{} {author}, {time}{version}", item.change.get(..SHORT).unwrap_or(&item.change)));
    if let Some(of) = &item.again {
        page.line(format!("  {}", say!("log-again", change = of.get(..SHORT).unwrap_or(of))));
    } else if let Some(message) = item.message.as_deref().filter(|text| !text.is_empty()) {
        page.line(format!("  {}", say!("why", why = message)));
    }
    if let Some(reason) = &item.kept {
        let mark = match item.kept_by.as_slice() {
            [] => say!("kept-because"),
            who => say!("kept-by", who = super::listed(who), count = who.len()),
        };
        page.line(format!("  {} {reason}", page.paint.attention(&mark)));
    }
    if !item.built_on.is_empty() {
        let words = say!("built-knowing", author = &item.author, on = super::listed(&item.built_on));
        let words = page.paint.attention(&words);
        page.line(format!("  {words}"));
    }
    tell_changes(page, &item.changes);
}

pub(super) fn diff(app: &App, arguments: DiffArguments) -> Result<Report, Problem> {
    let DiffArguments { document, from, to } = arguments;
    let diff = answered!(app.ask(Request::Diff { document, from, to })?, Diff)?;
    app.report("diff", &diff, |page| {
        if diff.changes.is_empty() {
            page.note(say!("nothing-differs"));
        }
        tell_changes(page, &diff.changes);
    })
}

pub(super) fn tell_changes(page: &mut Page, changes: &[FieldChange]) {
    for change in changes {
        // The lines of a text stay together below their place.
        page.line(format!("  {}", change.sentence.replace('\n', "\n    ")));
        if let Some(note) = change.note.as_ref().filter(|note| !change.sentence.contains(*note)) {
            page.line(format!("    {note}"));
        }
    }
}
