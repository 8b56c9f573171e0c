//! `log` and `diff`.

use accord_core::api::{FieldChange, HistoryItem, Problem, Request};
use accord_words::say;

use crate::app::{App, answered};
use crate::arguments::{DiffArguments, DocumentArgument};
use crate::output::{Page, Report, ago, iso, now};

/// As many digits of a change as people copy; `diff` takes the beginning of an id.
const SHORT: usize = 10;

pub(super) fn log(app: &App, arguments: DocumentArgument) -> Result<Report, Problem> {
    let history = answered!(app.ask(Request::Log { document: arguments.document })?, Log)?;
    app.report("log", &history, |page| {
        let now = now();
        if let Some(version) = last_version(&history) {
            let since = history.iter().filter(|item| item.version.is_none()).count();
            page.note(say!("log-since", count = since, version));
        }
        // The newest first: that is what people look for, and what stays on the screen.
        for item in history.iter().rev() {
            tell_item(page, item, now);
        }
    })
}

/// The last version that any of the changes is in: of those that contain a change first, the highest.
fn last_version(history: &[HistoryItem]) -> Option<&str> {
    let number = |label: &&str| label.strip_prefix('v').and_then(|number| number.parse::<u32>().ok());
    history.iter().filter_map(|item| item.version.as_deref()).max_by_key(number)
}

fn tell_item(page: &mut Page, item: &HistoryItem, now: i64) {
    page.gap();
    let time = page.paint.faint(&format!("{} ({})", ago(item.time, now), iso(item.time)));
    let author = page.paint.strong(&item.author);
    let version = item.version.as_ref().map(|version| format!(", in {version}")).unwrap_or_default();
    page.line(format!("{} {author}, {time}{version}", item.change.get(..SHORT).unwrap_or(&item.change)));
    if let Some(message) = item.message.as_deref().filter(|text| !text.is_empty()) {
        page.line(format!("  {}", say!("why", why = message)));
    }
    if let Some(reason) = &item.kept {
        let mark = page.paint.attention(&say!("kept-because"));
        page.line(format!("  {mark} {reason}"));
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

fn tell_changes(page: &mut Page, changes: &[FieldChange]) {
    for change in changes {
        // The lines of a text stay together below their place.
        page.line(format!("  {}", change.sentence.replace('\n', "\n    ")));
        if let Some(note) = change.note.as_ref().filter(|note| !change.sentence.contains(*note)) {
            page.line(format!("    {note}"));
        }
    }
}
