//! `conflicts`: what waits for a person, in plain words.

use accord_core::api::{ConflictView, Gained, Problem, Request, Side, Way};
use accord_words::{Language, isolated, labelled, placeholder, say};
use serde_json::Value;

use super::{listed, quoted, versions};
use crate::app::{App, answered};
use crate::arguments::ConflictsArguments;
use crate::output::{Page, Paint, Report, ago, bare, iso, now};

pub(super) fn conflicts(app: &App, arguments: ConflictsArguments) -> Result<Report, Problem> {
    let request = Request::Conflicts { document: arguments.document, path: None };
    let conflicts = answered!(app.ask(request)?, Conflicts)?;
    app.report("conflicts", &conflicts, |page| {
        if conflicts.is_empty() {
            page.note(say!("no-conflicts"));
        }
        for conflict in &conflicts {
            page.gap();
            tell(page, conflict);
            tell_ways(page, conflict, goes_with(conflict, &conflicts));
        }
        versions::tell_not_in(page, conflicts.iter().filter_map(|conflict| conflict.since_version.as_ref()));
    })
}

/// What happened at one place, and what each side says.
pub(super) fn tell(page: &mut Page, conflict: &ConflictView) {
    let now = now();
    page.heading(&labelled(&isolated(&conflict.name), &isolated(&conflict.label)));
    page.line(format!("  {}", say!("conflict-where", path = &conflict.path)));
    let what = page.paint.attention(&happened(conflict));
    page.line(format!("  {}", say!("conflict-what", what)));
    if let Some(base) = conflict.base_text.clone().or_else(|| conflict.base.as_ref().map(words)) {
        value(page, &say!("side-before"), &base, false);
    }
    if let Some(standing) = &conflict.standing {
        value(page, &say!("side-stands"), standing, true);
    }
    let retired = conflict.what == "retired_but_changed";
    for side in &conflict.sides {
        let name = match conflict.what.as_str() {
            "retired_but_changed" if side.number == 1 => say!("side-retired"),
            "retired_but_changed" => say!("side-changed"),
            "needs_home" => say!("side-says"),
            "duplicate_code" => say!("side-one"),
            _ => side.number.to_string(),
        };
        tell_side(page, &name, side, retired && side.number == 1, now);
    }
    if conflict.more > 0 {
        page.line(format!("  {}", say!("conflict-more", count = conflict.more)));
    }
}

/// What happened, in one line.
pub(super) fn happened(conflict: &ConflictView) -> String {
    let mut all: Vec<&str> =
        conflict.sides.iter().flat_map(|side| &side.authors).map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    let who = match &all[..] {
        [] => say!("two-people"),
        [one] => say!("two-devices", one),
        several => listed(several),
    };
    match conflict.what.as_str() {
        "values" => say!("happened-values", who),
        "paragraph" => say!("happened-paragraph", who),
        "review" => say!("happened-review", who),
        "late_correction" => say!("happened-late", who = listed(&all)),
        "retired_but_changed" => {
            let by = conflict.sides.first().map(|side| listed(&side.authors)).unwrap_or_default();
            let gained: Vec<String> =
                conflict.gained.iter().map(|gained| format!("+{}", counted(gained))).collect();
            let others = listed(&conflict.by);
            if gained.is_empty() {
                say!("happened-retired", by, others)
            } else {
                say!("happened-retired-gained", by, others, gained = gained.join(", "))
            }
        }
        "needs_home" => {
            let item = conflict.sides.first().and_then(|side| side.value.as_str());
            say!("happened-home", item = item.map_or_else(|| say!("something"), str::to_owned))
        }
        "duplicate_code" => say!("happened-code"),
        other => other.replace('_', " "),
    }
}

/// `1 indicator`, `2 indicators`: labels name many.
pub(super) fn counted(gained: &Gained) -> String {
    let label = if gained.count == 1 { one(&gained.label) } else { gained.label.clone() };
    format!("{} {label}", gained.count)
}

/// The label of many, for one of them.
fn one(label: &str) -> String {
    match accord_words::current().language {
        Language::English => match label.strip_suffix("ies") {
            Some(stem) => format!("{stem}y"),
            None => label.strip_suffix('s').unwrap_or(label).to_owned(),
        },
        // Its adjectives are many too: `tests locaux`.
        Language::French => {
            let words = label.split(' ').map(|word| match word.strip_suffix("aux") {
                Some(stem) => format!("{stem}al"),
                None => word.strip_suffix('s').filter(|stem| stem.len() > 3).unwrap_or(word).to_owned(),
            });
            words.collect::<Vec<_>>().join(" ")
        }
    }
}

fn tell_side(page: &mut Page, name: &str, side: &Side, plain: bool, now: i64) {
    let text = if side.text.is_empty() { words(&side.value) } else { side.text.clone() };
    let who = listed(&side.authors);
    let by = match side.time {
        Some(time) => say!("side-by-when", who, ago = ago(time, now), time = iso(time)),
        None => say!("side-by", who),
    };
    if plain {
        page.line(format!("  {}", labelled(name, &by)));
    } else {
        value(page, name, &text, true);
        page.line(format!("     {by}"));
    }
    if let Some(reason) = &side.reason {
        page.line(format!("     {}", say!("side-why", why = reason.replace('\n', "\n          "))));
    }
}

/// The lines of a text stay together below its name.
fn value(page: &mut Page, name: &str, text: &str, strong: bool) {
    let lines: Vec<String> = isolated(text)
        .lines()
        .map(|line| if strong { page.paint.strong(line) } else { line.to_owned() })
        .collect();
    page.line(format!("  {}", labelled(name, &lines.join("\n     "))));
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
        page.line(format!("  {}", say!("settle-with", label = &with.label)));
        return;
    }
    let commands = commands(conflict);
    if !commands.is_empty() {
        page.line(format!("  {}", say!("settle")));
    }
    for (words, command) in commands {
        page.line(format!("    {}", labelled(&words, &command)));
    }
}

/// Each way in words, with its command.
pub(super) fn commands(conflict: &ConflictView) -> Vec<(String, String)> {
    let name = quoted(&conflict.name);
    if conflict.what == "duplicate_code" {
        let set = conflict.path.split('.').next().unwrap_or_default();
        let ids = conflict.sides.iter().filter_map(|side| side.value.as_str());
        return ids
            .map(|id| {
                (say!("way-code"), format!("accord set {name} {set}.{id}.code {}", placeholder("CODE")))
            })
            .collect();
    }
    let pick = conflict.pick.as_ref().map(|pick| format!(" --what {pick}")).unwrap_or_default();
    let (path, text) = (quoted(&conflict.path), placeholder("TEXT"));
    let command = |how: String| format!("accord resolve {name} {path} {how}{pick} --why {text}");
    conflict
        .ways
        .iter()
        .map(|way| (way_words(*way, conflict), command(way_option(*way, conflict.sides.len()))))
        .collect()
}

fn way_option(way: Way, sides: usize) -> String {
    match way {
        Way::Choose if sides == 1 => "--choose 1".to_owned(),
        Way::Choose => format!("--choose {}", placeholder("N")),
        Way::Both => "--both".to_owned(),
        Way::Write => placeholder("VALUE").to_owned(),
        Way::Confirm => "--confirm".to_owned(),
        Way::Reinstate => "--reinstate".to_owned(),
        Way::Move => format!("--move-to {}", placeholder("ITEM")),
    }
}

/// A way as people say it.
pub(super) fn way_words(way: Way, conflict: &ConflictView) -> String {
    let text = matches!(conflict.what.as_str(), "paragraph" | "review" | "late_correction");
    match (way, conflict.what.as_str()) {
        (Way::Choose, "late_correction") => say!("way-old"),
        (Way::Choose, _) => say!("way-choose"),
        (Way::Both, _) => say!("way-both"),
        (Way::Write, _) if text => say!("way-wording"),
        (Way::Write, _) => say!("way-value"),
        (Way::Confirm, "retired_but_changed") => say!("way-retired"),
        (Way::Confirm, "needs_home") => say!("way-home"),
        (Way::Confirm, _) => say!("way-confirm"),
        (Way::Reinstate, _) => say!("way-reinstate"),
        (Way::Move, _) => say!("way-move"),
    }
}

fn words(value: &Value) -> String {
    bare(value, Paint::plain()).trim_end().to_owned()
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
        accord_words::within(accord_words::Speech { language: Language::French, isolate: false }, || {
            assert_eq!(say("activités", 1), "1 activité");
            assert_eq!(say("tests locaux", 1), "1 test local");
            assert_eq!(say("principes de travail", 1), "1 principe de travail");
            assert_eq!(say("activités", 5), "5 activités");
        });
    }
}
