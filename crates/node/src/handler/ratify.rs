//! Ratifying: putting a state of a document up, what stands against that, and what a signature under it means.
//!
//! What is said here of a ratification is found by looking at the document, so nothing in here is called by whoever holds
//! governance.

use accord_core::api::{CheckFinding, DecisionView, Exit, Problem, RatifyProposed};
use accord_core::governance::{Choice, DecisionStatus, Operation, Record, Subject};
use accord_core::{ChangeHash, DecisionId};
use accord_document::Hash;
use accord_framework::Messages;
use accord_words::{current, labelled, problem, say, semicolon, suggested};

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
        return Err(problem!("ratify-private", name));
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
        let own = own.filter(|_| governance.founded()).ok_or_else(|| problem!("ratify-no-part"))?;
        let decision = governance.draft(Subject::Document(key.id), operation, Vec::new());
        decision.check().map_err(|why| problem!("ratify-not-ready", name, why))?;
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
            return Err(problem!("ratify-signed-another", label, name, number).exit(Exit::PersonNeeded));
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
        return Err(problem!("ratify-before-not-whole", label, name).exit(Exit::PersonNeeded));
    }
    if !last.heads.iter().all(|head| reading.document.is_ancestor(head, heads)) {
        return Err(problem!("ratify-leaves-out", name, label).exit(Exit::PersonNeeded));
    }
    if last.heads == heads {
        return Err(problem!("ratify-unchanged", name, label));
    }
    Ok(())
}

fn stands_against(name: &str, against: &[CheckFinding]) -> Problem {
    let mut lines = String::new();
    for one in against.iter().take(MAX_LISTED) {
        let place = if one.path.is_empty() { name } else { &one.path };
        lines.push_str(&format!("\n  {}", labelled(place, &one.sentence)));
        if let Some(hint) = &one.hint {
            lines.push_str(&format!("{}{hint}", semicolon()));
        }
        if let Some(command) = &one.command {
            let words: Vec<String> = command.iter().map(|word| quoted(&suggested(word))).collect();
            lines.push_str(&format!("\n    accord {}", words.join(" ")));
        }
    }
    if against.len() > MAX_LISTED {
        lines.push_str(&format!("\n  {}", say!("and-more", count = against.len() - MAX_LISTED)));
    }
    problem!("ratify-against", name, count = against.len(), lines, document = quoted(name))
        .exit(Exit::PersonNeeded)
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
        view.choices.push(say!("rival-differs", name, one, other));
    }
    if view.summary.status == DecisionStatus::Dead {
        view.choices.push(say!("ratify-instead", name));
    }
}

/// What a ratification would do, as the document bears it out.
fn effects(programme: &Programme, frozen: &Frozen) -> Vec<String> {
    let label = label(frozen.number);
    let reading = match programme.read(&frozen.key) {
        Ok(reading) => reading,
        Err(_) => return vec![say!("ratify-document-not-here")],
    };
    let name = name(&reading);
    let before = before(&reading, frozen);
    let follows = before.map(|version| super::versions::label(version.number));
    let mut lines = match frozen.state(&reading, before) {
        VersionState::Whole => {
            let mut lines = whole(&reading, frozen, before);
            // The one who put it up was held to this; nobody has to believe that.
            let against =
                against(programme, &reading, &frozen.heads, current().language.code()).unwrap_or_default();
            if !against.is_empty() {
                lines.push(say!("ratify-stands-against", count = against.len()));
            }
            lines.extend(
                against
                    .iter()
                    .take(MAX_LISTED)
                    .map(|one| format!("  {}", labelled(&one.path, &one.sentence))),
            );
            lines
        }
        VersionState::Waiting => {
            vec![say!("ratify-state-not-whole")]
        }
        VersionState::OtherContent => vec![say!("ratify-other-content", label)],
        VersionState::Malformed => {
            vec![say!("ratify-malformed")]
        }
        VersionState::LeavesOut => {
            vec![match follows {
                Some(follows) => say!("ratify-omits", version = follows),
                None => say!("ratify-omits-before"),
            }]
        }
    };
    if let Ok(since @ 1..) = reading.document.changes_since(&frozen.heads) {
        lines.push(say!("changes-since", count = since, name, label));
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
        lines.push(say!(
            "ratify-first",
            places = changes.len(),
            changes = say!("counted-changes", count = number)
        ));
        return lines;
    };
    let follows = super::versions::label(before.number);
    lines.push(say!("ratify-changed", version = &follows, places = changes.len()));
    lines.extend(changes.iter().take(MAX_LISTED).map(|change| format!("  {change}")));
    if changes.len() > MAX_LISTED {
        let (name, number) = (quoted(&name(reading)), decisions::number(&frozen.decision));
        let more = changes.len() - MAX_LISTED;
        lines.push(format!("  {}", say!("ratify-more", count = more, name, version = follows, number)));
    }
    lines
}

/// Whether a decision, if it is a ratification, may be signed on this device: only what is whole here, says what was put
/// up and contains the version before.
///
/// # Errors
/// A [`Problem`] that says what does not fit.
pub(super) fn may_sign(programme: &Programme, decision: &DecisionId) -> Result<(), Problem> {
    let Some(frozen) = Frozen::of(&programme.governance(), decision) else { return Ok(()) };
    let reading = programme
        .read(&frozen.key)
        .map_err(|problem| problem.exit(Exit::PersonNeeded).hint(say!("sign-fetch-first")))?;
    let (name, label) = (name(&reading), label(frozen.number));
    let number = decisions::number(decision);
    let last = reading.versions.last();
    if let Some(last) =
        last.filter(|last| last.number + 1 == frozen.number && last.state != VersionState::Whole)
    {
        let last = super::versions::label(last.number);
        return Err(problem!("sign-before-not-whole", last, name, label).exit(Exit::PersonNeeded));
    }
    match frozen.state(&reading, before(&reading, &frozen)) {
        VersionState::Whole => Ok(()),
        VersionState::Waiting => Err(problem!("sign-not-whole", name, label).exit(Exit::PersonNeeded)),
        VersionState::OtherContent => Err(problem!("sign-other-content", label, name, number)),
        VersionState::Malformed => Err(problem!("sign-malformed", label, name, number)),
        VersionState::LeavesOut => Err(problem!("sign-omits", label, name, number)),
    }
}
