//! Ratifying: putting a state of a document up, what stands against that, and what a signature under it means.
//!
//! What is said here of a ratification is found by looking at the document, so nothing in here is called by whoever holds
//! governance.

use accord_core::api::{CheckFinding, DecisionView, Exit, Problem, RatifyProposed};
use accord_core::governance::{Choice, DecisionStatus, Operation, Record, Subject};
use accord_core::{ChangeHash, DecisionId};
use accord_document::Hash;
use accord_framework::Messages;

use super::versions::label;
use super::words::{Connected, quoted, readers};
use super::{checking, decisions};
use crate::replica::{Frozen, Programme, Reading, Replica, Version, VersionState};
use crate::time::now;

/// The most things that stand against ratifying, and the most changes, that one answer lists.
const MAX_LISTED: usize = 20;

/// The most other states that are told beside one: any organisation can put one up.
const MAX_RIVALS: usize = 4;

/// Puts a document as it is now up for the secretariats' signatures, durably.
pub(super) fn propose(
    replica: &Replica,
    document: &str,
    locale: &str,
    connected: &Connected,
) -> Result<RatifyProposed, Problem> {
    let programme = replica.programme()?;
    let key = programme.find(document)?;
    let reading = programme.read(&key)?;
    let name = name(&reading);
    if key.space == programme.private_space(&replica.home.card.organisation.id) {
        return Err(Problem::failed(format!(
            "{name} is in your own private space, which the other secretariat cannot read"
        ))
        .hint("only what both secretariats read can be ratified; copy it: accord new KIND NAME"));
    }
    let heads = reading.document.heads();
    let against = against(&programme, &reading, &heads, locale)?;
    if !against.is_empty() {
        return Err(stands_against(&name, &against));
    }
    let content = reading.document.content_hash(&heads).map_err(|e| Problem::from_error(&e))?;
    goes_on(&reading, &name, &heads)?;
    let operation = Operation::Ratify {
        space: key.space,
        heads: heads.iter().copied().map(ChangeHash).collect(),
        content,
    };
    let (decision, known) = {
        let governance = programme.governance();
        let own = programme.own_organisation(&governance);
        let own = own.filter(|_| governance.founded()).ok_or_else(|| {
            Problem::failed("your organisation takes no part in the programme yet")
                .hint("accord status shows what it waits for")
        })?;
        let decision = governance.draft(Subject::Document(key.id), operation, Vec::new());
        decision.check().map_err(|why| {
            Problem::failed(format!("{name} cannot be put up: {why}"))
                .hint("make one change to it, which brings what was written at the same time together, and try again")
        })?;
        let voted = governance.about(&decision.subject).find(|state| {
            let slot = (state.decision.version, state.decision.round);
            let mine = |(who, vote): &(_, Option<&accord_core::governance::Vote>)| {
                *who == own && vote.is_some_and(|vote| vote.choice == Choice::For(state.id))
            };
            state.status == DecisionStatus::Open
                && slot == (decision.version, decision.round)
                && state.votes.iter().any(mine)
        });
        if let Some(voted) = voted.filter(|voted| voted.id != decision.id()) {
            let (number, label) = (decisions::number(&voted.id), label(decision.version));
            return Err(Problem::failed(format!(
                "your organisation has signed {label} of {name} as put up in {number}, and signs no second one beside it"
            ))
            .exit(Exit::PersonNeeded)
            .hint(format!(
                "the other secretariat signs it (then this can become the next version), or refuses it: accord refuse {number} --why TEXT"
            )));
        }
        let known = governance.decision(&decision.id()).is_some();
        (decision, known)
    };
    let (id, label) = (decision.id(), label(decision.version));
    let device = &replica.home.device;
    let said = programme.governance().decision(&id).is_some_and(|s| s.proposals.contains_key(&device.id()));
    if !said {
        programme.record(device, vec![Record::proposal(decision, device, now())])?;
    }
    let readers = readers(&programme, &programme.governance_space(), connected);
    Ok(RatifyProposed { name, label, decision: decisions::view_of(&programme, &id)?, known, readers })
}

/// A version contains the one before it, and says something new.
fn goes_on(reading: &Reading, name: &str, heads: &[Hash]) -> Result<(), Problem> {
    let Some(last) = reading.versions.last() else { return Ok(()) };
    let label = label(last.number);
    if !matches!(last.state, VersionState::Whole) {
        return Err(Problem::failed(format!(
            "{label} of {name} is not whole here, and the next version has to contain it"
        ))
        .exit(Exit::PersonNeeded)
        .hint("fetch it from the others: accord sync; accord status tells if something is wrong with it"));
    }
    if !last.heads.iter().all(|head| reading.document.is_ancestor(head, heads)) {
        return Err(Problem::failed(format!("{name} as it is here leaves out changes that {label} has"))
            .exit(Exit::PersonNeeded)
            .hint("fetch them from the others: accord sync"));
    }
    if last.heads == heads {
        return Err(Problem::failed(format!(
            "{name} has not changed since {label}; there is nothing to ratify"
        )));
    }
    Ok(())
}

fn stand(number: usize) -> String {
    if number == 1 { "1 thing stands".to_owned() } else { format!("{number} things stand") }
}

fn stands_against(name: &str, against: &[CheckFinding]) -> Problem {
    let mut message = format!("{name} cannot be ratified yet: {} against it", stand(against.len()));
    for one in against.iter().take(MAX_LISTED) {
        let place = if one.path.is_empty() { name } else { &one.path };
        message.push_str(&format!("\n  {place}: {}", one.sentence));
        if let Some(hint) = &one.hint {
            message.push_str(&format!("; {hint}"));
        }
        if let Some(command) = &one.command {
            let words: Vec<String> = command.iter().map(|word| quoted(word)).collect();
            message.push_str(&format!("\n    accord {}", words.join(" ")));
        }
    }
    if against.len() > MAX_LISTED {
        message.push_str(&format!("\n  and {} more", against.len() - MAX_LISTED));
    }
    Problem::failed(message)
        .exit(Exit::PersonNeeded)
        .hint(format!("settle these, then try again: accord ratify {}", quoted(name)))
}

/// All that stands against a state of a document as a version: what waits for a person, and what checks call an error.
fn against(
    programme: &Programme,
    reading: &Reading,
    at: &[Hash],
    locale: &str,
) -> Result<Vec<CheckFinding>, Problem> {
    let messages = Messages::new(locale);
    let found = checking::findings(programme, reading, at)?;
    Ok(found.iter().map(|one| checking::in_words(&messages, one)).filter(|one| one.error).collect())
}

fn name(reading: &Reading) -> String {
    reading.document.name().unwrap_or_else(|| reading.key.id.short())
}

/// The version that a decision about a document follows.
fn before<'a>(reading: &'a Reading, frozen: &Frozen) -> Option<&'a Version> {
    reading.versions.iter().rev().find(|version| version.number < frozen.number)
}

/// Adds what is found by looking at the document to what a ratification would do: to its own effects, and to those of what
/// else was put up, so that both states stand side by side. Adds nothing where the decision is about something else.
pub(super) fn tell(programme: &Programme, view: &mut DecisionView) {
    let Some(frozen) = Frozen::of(&programme.governance(), &view.summary.id) else { return };
    view.effects.extend(effects(programme, &frozen));
    let name = programme.read(&frozen.key).map_or_else(|_| frozen.key.id.short(), |reading| name(&reading));
    let name = quoted(&name);
    for rival in view.rivals.iter_mut().take(MAX_RIVALS) {
        let Some(beside) = Frozen::of(&programme.governance(), &rival.summary.id) else { continue };
        rival.effects.extend(effects(programme, &beside));
        let (one, other) = (&view.summary.number, &rival.summary.number);
        view.choices.push(format!("What differs between the two: accord diff {name} {one} {other}"));
    }
    if view.summary.status == DecisionStatus::Dead {
        view.choices.push(format!("To put up {name} as it is now instead: accord ratify {name}"));
    }
}

/// What a ratification would do, as the document bears it out.
fn effects(programme: &Programme, frozen: &Frozen) -> Vec<String> {
    let label = label(frozen.number);
    let reading = match programme.read(&frozen.key) {
        Ok(reading) => reading,
        Err(_) => return vec!["The document is not here yet: accord sync fetches it.".to_owned()],
    };
    let name = name(&reading);
    let before = before(&reading, frozen);
    let follows = before.map(|version| super::versions::label(version.number));
    let mut lines = match frozen.state(&reading, before) {
        VersionState::Whole => {
            let mut lines = whole(&reading, frozen, before);
            // The one who put it up was held to this; nobody has to believe that.
            let against = against(programme, &reading, &frozen.heads, "en").unwrap_or_default();
            if !against.is_empty() {
                lines.push(format!("{} against it, to be settled before:", stand(against.len())));
            }
            lines.extend(
                against.iter().take(MAX_LISTED).map(|one| format!("  {}: {}", one.path, one.sentence)),
            );
            lines
        }
        VersionState::Waiting => {
            vec!["The state that it freezes is not whole here yet: accord sync fetches it. It cannot be signed here before.".to_owned()]
        }
        VersionState::OtherContent => vec![format!(
            "Do not sign: its content is other than the changes that it names give. Whoever put {label} up made it by other means than this program."
        )],
        VersionState::Malformed => {
            vec!["Do not sign: a change in it is malformed inside, and no device can show it.".to_owned()]
        }
        VersionState::LeavesOut => {
            let follows = follows.as_deref().unwrap_or("the version before");
            vec![format!("Do not sign: it leaves out changes that {follows} has.")]
        }
    };
    if let Ok(since @ 1..) = reading.document.changes_since(&frozen.heads) {
        let (changes, stay) =
            if since == 1 { ("1 change", "it stays") } else { (&*format!("{since} changes"), "they stay") };
        lines.push(format!(
            "{changes} of {name} since {} not in {label}; {stay} in the draft.",
            if since == 1 { "is" } else { "are" }
        ));
    }
    lines
}

fn whole(reading: &Reading, frozen: &Frozen, before: Option<&Version>) -> Vec<String> {
    let mut lines = Vec::new();
    let from = before.map_or(&[] as &[_], |version| version.heads.as_slice());
    let Ok(kind) = reading.kind() else { return lines };
    let changes = reading.document.diff(kind, from, &frozen.heads).unwrap_or_default();
    let Some(before) = before else {
        let number = reading
            .document
            .changes_since(&[])
            .unwrap_or(0)
            .saturating_sub(reading.document.changes_since(&frozen.heads).unwrap_or(0));
        lines.push(format!(
            "It is the first version: {} filled, from {}.",
            count(changes.len(), "place", "places"),
            count(number, "change", "changes"),
        ));
        return lines;
    };
    let follows = super::versions::label(before.number);
    lines.push(format!("Against {follows}, {} changed:", count(changes.len(), "place", "places")));
    lines.extend(changes.iter().take(MAX_LISTED).map(|change| format!("  {change}")));
    if changes.len() > MAX_LISTED {
        let (name, number) = (quoted(&name(reading)), decisions::number(&frozen.decision));
        lines.push(format!(
            "  and {} more: accord diff {name} {follows} {number}",
            changes.len() - MAX_LISTED
        ));
    }
    lines
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Whether a decision, if it is a ratification, may be signed on this device: only what is whole here, says what was put
/// up and contains the version before.
///
/// # Errors
/// A [`Problem`] that says what does not fit.
pub(super) fn may_sign(programme: &Programme, decision: &DecisionId) -> Result<(), Problem> {
    let Some(frozen) = Frozen::of(&programme.governance(), decision) else { return Ok(()) };
    let reading = programme.read(&frozen.key).map_err(|problem| {
        problem.exit(Exit::PersonNeeded).hint("what is signed has to be here: fetch it with accord sync")
    })?;
    let (name, label) = (name(&reading), label(frozen.number));
    let number = decisions::number(decision);
    let refuse = format!("refuse it: accord refuse {number} --why TEXT");
    let last = reading.versions.last();
    if let Some(last) =
        last.filter(|last| last.number + 1 == frozen.number && last.state != VersionState::Whole)
    {
        let last = super::versions::label(last.number);
        return Err(Problem::failed(format!(
            "{last} of {name} is not whole here, so that nobody can tell whether {label} contains it"
        ))
        .exit(Exit::PersonNeeded)
        .hint("fetch it from the others: accord sync"));
    }
    match frozen.state(&reading, before(&reading, &frozen)) {
        VersionState::Whole => Ok(()),
        VersionState::Waiting => Err(Problem::failed(format!(
            "the state of {name} that is put up as {label} is not whole on this device"
        ))
        .exit(Exit::PersonNeeded)
        .hint("fetch it from the others: accord sync")),
        VersionState::OtherContent => Err(Problem::failed(format!(
            "refused: the signature would be over other content than the changes that {label} of {name} names"
        ))
        .hint(refuse)),
        VersionState::Malformed => Err(Problem::failed(format!(
            "refused: a change in {label} of {name} is malformed inside, and no device could show it"
        ))
        .hint(refuse)),
        VersionState::LeavesOut => Err(Problem::failed(format!(
            "refused: {label} of {name} leaves out changes that the version before has"
        ))
        .hint(refuse)),
    }
}
