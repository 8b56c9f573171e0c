//! `resolve`: settles what was shown; asks, where there is somebody to ask.

use accord_core::api::{ConflictView, Exit, Problem, Request, Settlement, Way};

use accord_words::{placeholder, problem, say};

use super::conflicts::{commands, tell, way_words};
use super::{quoted, write};
use crate::app::{App, answered};
use crate::arguments::ResolveArguments;
use crate::output::{self, Page, Report};
use crate::terminal;

pub(super) fn resolve(app: &App, arguments: ResolveArguments) -> Result<Report, Problem> {
    let how = how(&arguments);
    let ResolveArguments { place, what, seen, why, .. } = arguments;
    let (how, pick, seen) = match how {
        Some(how) => (how, what, seen),
        None => {
            let request =
                Request::Conflicts { document: Some(place.document.clone()), path: Some(place.path.clone()) };
            let open = answered!(app.ask(request)?, Conflicts)?;
            let open: Vec<ConflictView> = match &what {
                None => open,
                Some(what) => open.into_iter().filter(|conflict| is(conflict, what)).collect(),
            };
            let conflict = open.first().ok_or_else(|| {
                problem!("nothing-open", path = &place.path, name = quoted(&place.document))
            })?;
            let how = ask(app, conflict)?;
            (how, conflict.pick.clone(), Some(conflict.seen.clone()))
        }
    };
    let why = match why {
        Some(why) => why,
        None => terminal::ask(&format!("{} ", say!("ask-why")), &format!("--why {}", placeholder("TEXT")))?,
    };
    write::change(app, Request::Resolve { document: place.document, path: place.path, how, why, pick, seen })
}

fn is(conflict: &ConflictView, what: &str) -> bool {
    let plain = |word: &str| word.replace('-', "_").to_lowercase();
    plain(&conflict.what) == plain(what)
        || conflict.pick.as_deref().is_some_and(|pick| plain(pick) == plain(what))
}

fn how(arguments: &ResolveArguments) -> Option<Settlement> {
    let ResolveArguments { value, choose, both, confirm, reinstate, move_to, .. } = arguments;
    let said =
        [(*both, Settlement::Both), (*confirm, Settlement::Confirm), (*reinstate, Settlement::Reinstate)];
    let said = said.into_iter().find_map(|(said, how)| said.then_some(how));
    said.or_else(|| choose.map(Settlement::Choose))
        .or_else(|| value.clone().map(Settlement::Write))
        .or_else(|| move_to.clone().map(Settlement::Move))
}

/// Shows what is open and asks how to settle it.
fn ask(app: &App, conflict: &ConflictView) -> Result<Settlement, Problem> {
    let mut page = Page::new(app.err, app.err);
    tell(&mut page, conflict);
    if conflict.ways.is_empty() || !terminal::can_ask() {
        let commands: Vec<String> = commands(conflict).into_iter().map(|(_, command)| command).collect();
        let commands = commands.into_iter().reduce(|first, second| say!("or-command", first, second));
        return Err(problem!("ask-how", label = &conflict.label, commands = commands.unwrap_or_default())
            .exit(Exit::PersonNeeded));
    }
    page.line("");
    for way in &conflict.ways {
        page.line(format!("  {}  {}", key(*way, conflict), way_words(*way, conflict)));
    }
    output::status(&page.into_report().out);
    let said = terminal::ask(&format!("{} ", say!("ask-which")), &say!("ask-which-option"))?;
    let settlement =
        read(&said, conflict).ok_or_else(|| problem!("no-such-answer", said).exit(Exit::PersonNeeded))?;
    match settlement {
        Settlement::Write(text) if text.is_empty() => {
            let text = terminal::ask(&format!("{} ", say!("ask-value")), &say!("ask-value-option"))?;
            Ok(Settlement::Write(text))
        }
        Settlement::Move(item) if item.is_empty() => {
            let item = terminal::ask(&format!("{} ", say!("ask-item")), "--move-to ITEM")?;
            Ok(Settlement::Move(item))
        }
        other => Ok(other),
    }
}

/// What to type for a way.
fn key(way: Way, conflict: &ConflictView) -> String {
    match way {
        Way::Choose if conflict.sides.len() < 2 => "1".into(),
        Way::Choose => format!("1-{}", conflict.sides.len()),
        Way::Both => "b".into(),
        Way::Write => "w".into(),
        Way::Confirm => "c".into(),
        Way::Reinstate => "r".into(),
        Way::Move => "m".into(),
    }
}

/// The way that an answer means.
fn read(said: &str, conflict: &ConflictView) -> Option<Settlement> {
    let settlement = match said.trim().to_lowercase().as_str() {
        "b" => Settlement::Both,
        "w" => Settlement::Write(String::new()),
        "c" => Settlement::Confirm,
        "r" => Settlement::Reinstate,
        "m" => Settlement::Move(String::new()),
        number => match number.parse::<usize>() {
            Ok(number) if conflict.sides.iter().any(|side| side.number == number) => {
                Settlement::Choose(number)
            }
            _ => return None,
        },
    };
    conflict.ways.contains(&settlement.way()).then_some(settlement)
}

#[cfg(test)]
mod tests {
    use accord_core::DocumentId;
    use accord_core::api::Side;

    use super::*;

    fn conflict(ways: &[Way]) -> ConflictView {
        let side = |number| Side {
            number,
            path: None,
            value: "x".into(),
            text: "x".into(),
            authors: vec!["CA".into()],
            time: None,
            reason: None,
        };
        ConflictView {
            document: DocumentId([0; 16]),
            name: "Tunisia".into(),
            since_version: None,
            path: "context.en.1".into(),
            label: "context (en)".into(),
            what: "review".into(),
            pick: None,
            base: None,
            base_text: None,
            sides: vec![side(1), side(2)],
            more: 0,
            standing: None,
            gained: Vec::new(),
            by: Vec::new(),
            ways: ways.to_vec(),
            seen: "00".into(),
        }
    }

    #[test]
    fn only_the_answers_that_are_offered_are_taken() {
        let review = conflict(&[Way::Choose, Way::Both, Way::Write]);
        assert_eq!(read("2", &review), Some(Settlement::Choose(2)));
        assert_eq!(read(" B ", &review), Some(Settlement::Both));
        for wrong in ["0", "3", "c", "r", "", "yes"] {
            assert!(read(wrong, &review).is_none(), "{wrong}");
        }
    }
}
