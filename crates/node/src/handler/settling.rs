//! Settling what waits for a person: exactly what they were shown, and with a reason.

use accord_core::api::{Changed, Exit, Problem, Settlement, Way};
use accord_document::Edit;
use serde_json::Value;

use super::conflicts::{Told, at, told};
use super::editing::{changed, with_name};
use super::shown;
use super::words::Connected;
use crate::replica::{Programme, Replica};
use crate::time::now;

/// What somebody wants settled.
pub(super) struct Settling {
    pub(super) path: String,
    pub(super) how: Settlement,
    pub(super) why: String,
    pub(super) pick: Option<String>,
    pub(super) seen: Option<String>,
}

pub(super) fn settle(
    replica: &Replica,
    document: &str,
    settling: Settling,
    connected: &Connected,
) -> Result<Changed, Problem> {
    if settling.why.trim().is_empty() {
        return Err(Problem::failed("the others read why it was settled like this: a reason is needed")
            .exit(Exit::Usage)
            .hint("say it with --why TEXT"));
    }
    let programme = replica.programme()?;
    let key = programme.find(document)?;
    let reading = programme.read(&key)?;
    let heads = reading.document.heads();
    let open = at(&reading, told(&programme, &reading)?, Some(&settling.path))?;
    let chosen = choose(document, &settling, open)?;
    let edit = match &chosen {
        None => Edit::Resolve {
            path: settling.path.clone(),
            value: written(&settling.how)?,
            reason: settling.why.clone(),
        },
        Some(told) => {
            unchanged(&programme, document, &settling, told)?;
            edit_of(&settling, told)?
        }
    };
    // On the version that was looked at: what arrives from now on is beside it, and opens it again.
    let change =
        programme.edit(&replica.home.device, &key, Some(&heads), &[edit], now()).map_err(|problem| {
            Problem { hint: problem.hint.map(|hint| with_name(&hint, document)), ..problem }
        })?;
    if let Some(Told { view, .. }) = chosen {
        shown::forget(&programme, &view);
    }
    changed(&programme, key, change, connected)
}

fn written(how: &Settlement) -> Result<Value, Problem> {
    match how {
        Settlement::Write(text) => Ok(Value::String(text.clone())),
        _ => Err(Problem::failed("nobody disagrees about this any more")
            .hint("see what is open with: accord conflicts")),
    }
}

/// The one that is meant. None if nothing is open at the place and a value is given: then that is written, with its
/// reason.
fn choose(document: &str, settling: &Settling, open: Vec<Told>) -> Result<Option<Told>, Problem> {
    let way = settling.how.way();
    let look =
        |hint: &str| with_name(&format!("{hint}accord conflicts DOC "), document).trim_end().to_owned();
    if open.is_empty() {
        return match settling.how {
            Settlement::Write(_) if settling.pick.is_none() => Ok(None),
            _ => Err(Problem::failed(format!("nothing is open at {}", settling.path))
                .hint(look("somebody may have settled it already; see what is open with: "))),
        };
    }
    let pick = settling.pick.as_deref().map(|pick| pick.replace('-', "_").to_lowercase());
    let picked = |told: &Told| match &pick {
        None => true,
        Some(pick) => {
            told.view.pick.as_ref().is_some_and(|own| own.replace('-', "_") == *pick)
                || told.view.what == *pick
        }
    };
    let (mut fitting, others): (Vec<Told>, Vec<Told>) =
        open.into_iter().partition(|told| picked(told) && told.view.ways.contains(&way));
    if fitting.len() > 1 {
        let picks: Vec<String> = fitting.iter().filter_map(|told| told.view.pick.clone()).collect();
        return Err(Problem::failed(format!("{} things are open at {}", fitting.len(), settling.path))
            .exit(Exit::PersonNeeded)
            .hint(format!("say which with --what {}", picks.join(" or --what "))));
    }
    match (fitting.pop(), others.iter().find(|told| picked(told))) {
        (Some(told), _) => Ok(Some(told)),
        (None, Some(other)) => {
            let code = other.view.what == "duplicate_code";
            let hint = if code {
                with_name("give one of them another code: accord set DOC SET.ID.code CODE", document)
            } else {
                look("see how it can be settled with: ")
            };
            Err(Problem::failed(format!("{} cannot be settled {}", other.view.label, way_words(way)))
                .hint(hint))
        }
        (None, None) => Err(Problem::failed(format!("nothing of that sort is open at {}", settling.path))
            .hint(look("see what is open with: "))),
    }
}

fn way_words(way: Way) -> &'static str {
    match way {
        Way::Choose => "by choosing a side",
        Way::Both => "by taking both",
        Way::Write => "by writing something else",
        Way::Confirm => "as it stands",
        Way::Reinstate => "by bringing it back: it is not retired",
        Way::Move => "by moving it: nothing came to it",
    }
}

/// Refuses to settle what has changed since it was shown. Whoever writes a value or brings something back may do so
/// without having looked; a number, or "as it stands", means nothing without what it was read beside.
fn unchanged(programme: &Programme, document: &str, settling: &Settling, told: &Told) -> Result<(), Problem> {
    let view = &told.view;
    let last = match &settling.seen {
        Some(seen) => Some(seen.clone()),
        None => shown::last(programme, view)?,
    };
    let look = with_name("look at it as it is now, then settle that: accord conflicts DOC ", document);
    let look = look.trim_end();
    match last {
        Some(seen) if seen == view.seen => Ok(()),
        Some(_) => Err(Problem::failed(format!("{} has changed since it was shown here", view.label))
            .exit(Exit::PersonNeeded)
            .hint(look)),
        None if matches!(settling.how.way(), Way::Write | Way::Reinstate) => Ok(()),
        None => Err(Problem::failed(format!("{} was not looked at here yet", view.label))
            .exit(Exit::PersonNeeded)
            .hint(look)),
    }
}

fn edit_of(settling: &Settling, told: &Told) -> Result<Edit, Problem> {
    let (finding, why) = (&told.finding, settling.why.as_str());
    let edit = match &settling.how {
        Settlement::Choose(number) => {
            let side = number.checked_sub(1).and_then(|side| finding.choose(side, why));
            return side.ok_or_else(|| {
                Problem::failed(format!("there is no side {number}"))
                    .exit(Exit::Usage)
                    .hint(format!("the sides are 1 to {}", finding.sides.len()))
            });
        }
        Settlement::Both => finding.both(why),
        Settlement::Write(text) => finding.write(Value::String(text.clone()), why),
        Settlement::Confirm => finding.confirm(why),
        Settlement::Reinstate => finding.reinstate(why),
        Settlement::Move(to) => finding.move_to(to, why),
    };
    edit.ok_or_else(|| Problem::failed(format!("{} cannot be settled like this", told.view.label)))
}
