//! `resolve`: settles what was shown; asks, where there is somebody to ask.

use accord_core::api::{ConflictView, Exit, Problem, Request, Settlement, Way};

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
                let name = quoted(&place.document);
                Problem::failed(format!("nothing is open at {}", place.path))
                    .hint(format!("see what is open with: accord conflicts {name}"))
            })?;
            let how = ask(app, conflict)?;
            (how, conflict.pick.clone(), Some(conflict.seen.clone()))
        }
    };
    let why = match why {
        Some(why) => why,
        None => terminal::ask("Why, for the others to read? ", "--why TEXT")?,
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
        return Err(Problem::failed(format!("{}: how is it to be settled?", conflict.label))
            .exit(Exit::PersonNeeded)
            .hint(format!("say how: {}", commands.join("; or "))));
    }
    page.line("");
    for way in &conflict.ways {
        page.line(format!("  {}  {}", key(*way, conflict), way_words(*way, conflict)));
    }
    output::status(&page.into_report().out);
    let said = terminal::ask("Which? ", "how it is to be settled, with an option")?;
    let settlement = read(&said, conflict).map_err(|message| {
        Problem::failed(message).exit(Exit::PersonNeeded).hint("nothing was changed; try again")
    })?;
    match settlement {
        Settlement::Write(text) if text.is_empty() => {
            let text = terminal::ask("What shall stand? ", "it as VALUE")?;
            Ok(Settlement::Write(text))
        }
        Settlement::Move(item) if item.is_empty() => {
            let item = terminal::ask("To which item, by its code? ", "--move-to ITEM")?;
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
fn read(said: &str, conflict: &ConflictView) -> Result<Settlement, String> {
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
            _ => return Err(format!("`{said}` is none of the answers")),
        },
    };
    if conflict.ways.contains(&settlement.way()) {
        Ok(settlement)
    } else {
        Err(format!("`{said}` is none of the answers"))
    }
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
        assert_eq!(read("2", &review), Ok(Settlement::Choose(2)));
        assert_eq!(read(" B ", &review), Ok(Settlement::Both));
        for wrong in ["0", "3", "c", "r", "", "yes"] {
            assert!(read(wrong, &review).is_err(), "{wrong}");
        }
    }
}
