//! Settling what waits for a person: exactly what they were shown, and with a reason.

use accord_core::api::{Changed, Exit, Problem, Settlement, Way};
use accord_document::Edit;
use accord_words::{problem, say};
use serde_json::Value;

use super::conflicts::{Told, at, told};
use super::editing::{changed, quoted, with_name};
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
        return Err(problem!("why-needed").exit(Exit::Usage));
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
    let change = programme
        .edit(&replica.home.device, &key, Some(&heads), &[edit], now())
        .map_err(|problem| problem.map_hint(|hint| with_name(hint, document)))?;
    if let Some(Told { view, .. }) = chosen {
        shown::forget(&programme, &view);
    }
    changed(&programme, key, change, connected)
}

fn written(how: &Settlement) -> Result<Value, Problem> {
    match how {
        Settlement::Write(text) => Ok(Value::String(text.clone())),
        _ => Err(problem!("nobody-disagrees")),
    }
}

/// The one that is meant. None if nothing is open at the place and a value is given: then that is written, with its
/// reason.
fn choose(document: &str, settling: &Settling, open: Vec<Told>) -> Result<Option<Told>, Problem> {
    let way = settling.how.way();
    let (path, name) = (&settling.path, quoted(document));
    if open.is_empty() {
        return match settling.how {
            Settlement::Write(_) if settling.pick.is_none() => Ok(None),
            _ => Err(problem!("settled-already", path, name)),
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
        let picks =
            picks.into_iter().reduce(|all, one| say!("list-or", first = all, last = format!("--what {one}")));
        return Err(problem!("several-open", count = fitting.len(), path, picks = picks.unwrap_or_default())
            .exit(Exit::PersonNeeded));
    }
    match (fitting.pop(), others.iter().find(|told| picked(told))) {
        (Some(told), _) => Ok(Some(told)),
        (None, Some(other)) => {
            let code = other.view.what == "duplicate_code";
            Err(impossible(way, &other.view.label).hint(if code {
                say!("settle-code", name)
            } else {
                say!("settle-look", name)
            }))
        }
        (None, None) => Err(problem!("not-of-sort", path, name)),
    }
}

fn impossible(way: Way, label: &str) -> Problem {
    match way {
        Way::Choose => problem!("not-choose", label),
        Way::Both => problem!("not-both", label),
        Way::Write => problem!("not-write", label),
        Way::Confirm => problem!("not-confirm", label),
        Way::Reinstate => problem!("not-reinstate", label),
        Way::Move => problem!("not-move", label),
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
    let (label, name) = (&view.label, quoted(document));
    match last {
        Some(seen) if seen == view.seen => Ok(()),
        Some(_) => Err(problem!("moved-since", label, name).exit(Exit::PersonNeeded)),
        None if matches!(settling.how.way(), Way::Write | Way::Reinstate) => Ok(()),
        None => Err(problem!("not-looked", label, name).exit(Exit::PersonNeeded)),
    }
}

fn edit_of(settling: &Settling, told: &Told) -> Result<Edit, Problem> {
    let (finding, why) = (&told.finding, settling.why.as_str());
    let edit = match &settling.how {
        Settlement::Choose(number) => {
            let side = number.checked_sub(1).and_then(|side| finding.choose(side, why));
            return side.ok_or_else(|| {
                problem!("no-side", number = *number, count = finding.sides.len()).exit(Exit::Usage)
            });
        }
        Settlement::Both => finding.both(why),
        Settlement::Write(text) => finding.write(Value::String(text.clone()), why),
        Settlement::Confirm => finding.confirm(why),
        Settlement::Reinstate => finding.reinstate(why),
        Settlement::Move(to) => finding.move_to(to, why),
    };
    edit.ok_or_else(|| problem!("not-like-this", label = &told.view.label))
}
