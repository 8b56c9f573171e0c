//! `conflicts`: what waits for a person, in plain words.

use accord_core::api::{ConflictView, Gained, Problem, Request, Side, Way};
use serde_json::Value;

use super::{listed, quoted};
use crate::app::{App, answered};
use crate::arguments::ConflictsArguments;
use crate::output::{Page, Paint, Report, ago, bare, iso, now};

pub(super) fn conflicts(app: &App, arguments: ConflictsArguments) -> Result<Report, Problem> {
    let request = Request::Conflicts { document: arguments.document, path: None };
    let conflicts = answered!(app.ask(request)?, Conflicts)?;
    app.report("conflicts", &conflicts, |page| {
        if conflicts.is_empty() {
            page.note("Nobody disagrees about anything.");
        }
        for conflict in &conflicts {
            page.gap();
            tell(page, conflict);
            tell_ways(page, conflict, goes_with(conflict, &conflicts));
        }
    })
}

/// What happened at one place, and what each side says.
pub(super) fn tell(page: &mut Page, conflict: &ConflictView) {
    let now = now();
    page.heading(&format!("{}: {}", conflict.name, conflict.label));
    page.line(format!("  where: {}", conflict.path));
    page.line(format!("  what: {}", page.paint.attention(&happened(conflict))));
    if let Some(base) = conflict.base_text.clone().or_else(|| conflict.base.as_ref().map(words)) {
        value(page, "before", &base, false);
    }
    if let Some(standing) = &conflict.standing {
        value(page, "stands now", standing, true);
    }
    let retired = conflict.what == "retired_but_changed";
    for side in &conflict.sides {
        let number = side.number.to_string();
        let name = match conflict.what.as_str() {
            "retired_but_changed" if side.number == 1 => "retired",
            "retired_but_changed" => "changed",
            "needs_home" => "it says",
            "duplicate_code" => "one of them",
            _ => &number,
        };
        tell_side(page, name, side, retired && side.number == 1, now);
    }
    if conflict.more > 0 {
        page.line(format!("  and {} more, which are not shown", conflict.more));
    }
}

/// What happened, in one line.
pub(super) fn happened(conflict: &ConflictView) -> String {
    let mut all: Vec<&str> =
        conflict.sides.iter().flat_map(|side| &side.authors).map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    let unknowing = "without knowing of each other";
    let who = match &all[..] {
        [] => "Two people".to_owned(),
        [one] => format!("Two devices of {one}"),
        several => listed(several),
    };
    match conflict.what.as_str() {
        "values" => format!("{who} wrote different values, {unknowing}"),
        "paragraph" => format!("{who} wrote this paragraph anew, {unknowing}"),
        "review" => format!("{who} changed the same words, {unknowing}"),
        "late_correction" => {
            format!(
                "{} corrected the old wording, while somebody else wrote the paragraph anew",
                listed(&all)
            )
        }
        "retired_but_changed" => {
            let by = conflict.sides.first().map(|side| listed(&side.authors)).unwrap_or_default();
            let gained: Vec<String> =
                conflict.gained.iter().map(|gained| format!("+{}", counted(gained))).collect();
            let gained = if gained.is_empty() { String::new() } else { format!(": {}", gained.join(", ")) };
            format!("retired by {by}, but changed since by {}{gained}", listed(&conflict.by))
        }
        "needs_home" => {
            let item = conflict.sides.first().and_then(|side| side.value.as_str()).unwrap_or("something");
            format!("it belongs to {item}, which is retired: neither lost nor counted, it needs a home")
        }
        "duplicate_code" => "two have the same code".to_owned(),
        other => other.replace('_', " "),
    }
}

/// `1 indicator`, `2 indicators`: labels name many.
pub(super) fn counted(gained: &Gained) -> String {
    let one = match gained.label.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => gained.label.strip_suffix('s').unwrap_or(&gained.label).to_owned(),
    };
    format!("{} {}", gained.count, if gained.count == 1 { &one } else { &gained.label })
}

fn tell_side(page: &mut Page, name: &str, side: &Side, plain: bool, now: i64) {
    let text = if side.text.is_empty() { words(&side.value) } else { side.text.clone() };
    let mut by = format!("by {}", listed(&side.authors));
    if let Some(time) = side.time {
        by.push_str(&format!(", {} ({})", ago(time, now), iso(time)));
    }
    if plain {
        page.line(format!("  {name}: {by}"));
    } else {
        value(page, name, &text, true);
        page.line(format!("     {by}"));
    }
    if let Some(reason) = &side.reason {
        page.line(format!("     why: {}", reason.replace('\n', "\n          ")));
    }
}

/// The lines of a text stay together below its name.
fn value(page: &mut Page, name: &str, text: &str, strong: bool) {
    let lines: Vec<String> =
        text.lines().map(|line| if strong { page.paint.strong(line) } else { line.to_owned() }).collect();
    page.line(format!("  {name}: {}", lines.join("\n     ")));
}

/// The open retirement that decides about this too, unless it is confirmed.
fn goes_with<'a>(conflict: &ConflictView, all: &'a [ConflictView]) -> Option<&'a ConflictView> {
    let item = conflict.sides.first().filter(|_| conflict.what == "needs_home")?.path.as_deref()?;
    all.iter().find(|other| {
        other.document == conflict.document && other.what == "retired_but_changed" && other.path == item
    })
}

/// The command for each way to settle it.
fn tell_ways(page: &mut Page, conflict: &ConflictView, with: Option<&ConflictView>) {
    if let Some(with) = with {
        page.line(format!("  to settle it: bring back or move {}, as above", with.label));
        return;
    }
    let commands = commands(conflict);
    if !commands.is_empty() {
        page.line("  to settle it:");
    }
    for (words, command) in commands {
        page.line(format!("    {words}: {command}"));
    }
}

/// Each way in words, with its command.
pub(super) fn commands(conflict: &ConflictView) -> Vec<(String, String)> {
    let name = quoted(&conflict.name);
    if conflict.what == "duplicate_code" {
        let set = conflict.path.split('.').next().unwrap_or_default();
        let ids = conflict.sides.iter().filter_map(|side| side.value.as_str());
        return ids
            .map(|id| ("another code for one".to_owned(), format!("accord set {name} {set}.{id}.code CODE")))
            .collect();
    }
    let pick = conflict.pick.as_ref().map(|pick| format!(" --what {pick}")).unwrap_or_default();
    let command =
        |how: &str| format!("accord resolve {name} {} {how}{pick} --why TEXT", quoted(&conflict.path));
    conflict
        .ways
        .iter()
        .map(|way| (way_words(*way, conflict), command(way_option(*way, conflict.sides.len()))))
        .collect()
}

fn way_option(way: Way, sides: usize) -> &'static str {
    match way {
        Way::Choose if sides == 1 => "--choose 1",
        Way::Choose => "--choose N",
        Way::Both => "--both",
        Way::Write => "VALUE",
        Way::Confirm => "--confirm",
        Way::Reinstate => "--reinstate",
        Way::Move => "--move-to ITEM",
    }
}

/// A way as people say it.
pub(super) fn way_words(way: Way, conflict: &ConflictView) -> String {
    let text = matches!(conflict.what.as_str(), "paragraph" | "review" | "late_correction");
    match (way, conflict.what.as_str()) {
        (Way::Choose, "late_correction") => "the corrected old wording".into(),
        (Way::Choose, _) => "one of these, by its number".into(),
        (Way::Both, _) => "both, one paragraph after the other".into(),
        (Way::Write, _) if text => "another wording".into(),
        (Way::Write, _) => "another value".into(),
        (Way::Confirm, "retired_but_changed") => "it stays retired".into(),
        (Way::Confirm, "needs_home") => "it stays where it is, and does not count".into(),
        (Way::Confirm, _) => "as it stands now".into(),
        (Way::Reinstate, _) => "bring it back".into(),
        (Way::Move, _) => "move what came since to another".into(),
    }
}

fn words(value: &Value) -> String {
    let plain = Paint::choose(crate::arguments::Color::Never, &std::io::stdout());
    bare(value, plain).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_gained_is_counted_as_people_do() {
        let say = |label: &str, count| counted(&Gained { field: "f".into(), label: label.into(), count });
        assert_eq!(say("indicators", 1), "1 indicator");
        assert_eq!(say("activities", 1), "1 activity");
        assert_eq!(say("contributions", 2), "2 contributions");
    }
}
