//! `conflicts`.

use accord_core::api::{ConflictView, Problem, Request, Side};
use serde_json::Value;

use super::{listed, quoted};
use crate::app::{App, answered};
use crate::arguments::ConflictsArguments;
use crate::output::{Page, Paint, Report, ago, bare, iso, now};

pub(super) fn conflicts(app: &App, arguments: ConflictsArguments) -> Result<Report, Problem> {
    let request = Request::Conflicts { document: arguments.document };
    let conflicts = answered!(app.ask(request)?, Conflicts)?;
    app.report("conflicts", &conflicts, |page| {
        if conflicts.is_empty() {
            page.note("Nobody disagrees about anything.");
        }
        let now = now();
        for conflict in &conflicts {
            tell(page, conflict, now);
        }
        if let Some(first) = conflicts.first() {
            let (name, path) = (quoted(&first.name), quoted(&first.path));
            page.next(&format!("settle one with: accord resolve {name} {path} VALUE --why TEXT"));
        }
    })
}

fn tell(page: &mut Page, conflict: &ConflictView, now: i64) {
    page.gap();
    page.heading(&format!("{}: {}", conflict.name, conflict.label));
    let what = match conflict.what.as_str() {
        "values" => "two values were written at the same time",
        "paragraph" => "one paragraph was written anew twice at the same time",
        "retired_but_changed" => "it was retired while somebody else changed it",
        "duplicate_code" => "two items have the same code",
        other => other,
    };
    page.line(format!("  where: {}", conflict.path));
    page.line(format!("  what: {}", page.paint.attention(what)));
    if let Some(base) = conflict.base_text.clone().or_else(|| conflict.base.as_ref().map(words)) {
        page.line(format!("  before: {base}"));
    }
    // By name: the order in which a document keeps them means nothing to people.
    let mut sides: Vec<&Side> = conflict.sides.iter().collect();
    sides.sort_by_key(|side| (&side.authors, &side.text));
    for side in sides {
        tell_side(page, side, now);
    }
}

fn tell_side(page: &mut Page, side: &Side, now: i64) {
    let text = if side.text.is_empty() { words(&side.value) } else { side.text.clone() };
    page.line(format!("  now: {}", page.paint.strong(&text)));
    let mut by = format!("    by {}", listed(&side.authors));
    if let Some(time) = side.time {
        by.push_str(&format!(", {} ({})", ago(time, now), iso(time)));
    }
    page.line(by);
    if let Some(reason) = &side.reason {
        page.line(format!("    why: {reason}"));
    }
}

fn words(value: &Value) -> String {
    let plain = Paint::choose(crate::arguments::Color::Never, &std::io::stdout());
    bare(value, plain).trim_end().to_owned()
}
