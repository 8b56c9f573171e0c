//! Ratified versions for people: what a document's version is called, what is put up for the next one, how a version
//! that somebody names is found, and what it says.

use std::collections::BTreeMap;

use accord_core::DocumentId;
use accord_core::api::{
    DocumentVersions, Exit, Problem, ProposedVersion, SinceVersion, VersionShown, Versions,
};
use accord_core::governance::{Choice, DecisionState, DecisionStatus, Governance, Operation, Subject};
use accord_document::Hash;
use accord_words::{problem, say};
use data_encoding::HEXLOWER;

use super::decisions;
use super::documents::{read_problem, summary};
use super::words::{code, hash_text};
use crate::audit::signed;
use crate::replica::{DocumentKey, Frozen, LastVersion, Programme, Reading, Replica, VersionState};

/// The most documents that the status names for their versions.
const MAX_LISTED: usize = 50;

/// What a version is called.
pub(super) fn label(number: u32) -> String {
    format!("v{number}")
}

/// A state that is put up, before the document was looked at.
struct Put {
    frozen: Frozen,
    proposed: ProposedVersion,
}

/// What is put up for the next version of each document, and whether the secretariats differed about it.
#[derive(Default)]
pub(super) struct PutUp(BTreeMap<DocumentKey, (Vec<Put>, bool)>);

impl PutUp {
    /// Of all documents.
    pub(super) fn all(governance: &Governance) -> Self {
        let mut by_document: BTreeMap<DocumentId, Vec<DecisionState<'_>>> = BTreeMap::new();
        // Only what is not settled in force: everything that came into force has its version already.
        for state in governance.decisions().filter(|state| {
            matches!(state.decision.operation, Operation::Ratify { .. })
                && matches!(state.status, DecisionStatus::Open | DecisionStatus::Dead)
        }) {
            if let Subject::Document(document) = state.decision.subject {
                by_document.entry(document).or_default().push(state);
            }
        }
        let mut all = Self::default();
        for (document, states) in by_document {
            all.add(governance, &document, &states);
        }
        all
    }

    /// Of one document.
    pub(super) fn of(governance: &Governance, document: &DocumentId) -> Self {
        let states: Vec<DecisionState<'_>> = governance.about(&Subject::Document(*document)).collect();
        let mut one = Self::default();
        one.add(governance, document, &states);
        one
    }

    /// The proposals of the round that is open; where nobody has proposed anything in it yet, those of the round before,
    /// which the secretariats' votes killed.
    fn add(&mut self, governance: &Governance, document: &DocumentId, states: &[DecisionState<'_>]) {
        let (next, _, _) = governance.next_slot(&Subject::Document(*document));
        let in_round = |round: u32| {
            states
                .iter()
                .filter(move |state| (state.decision.version, state.decision.round) == (next.version, round))
        };
        let open = in_round(next.round).next().is_some();
        let round = if open { next.round } else { next.round - 1 };
        for state in in_round(round) {
            let Some(frozen) = Frozen::of(governance, &state.id) else { continue };
            let proposed = proposed(governance, state);
            let entry = self.0.entry(frozen.key).or_default();
            entry.0.push(Put { frozen, proposed });
            entry.1 |= !open;
        }
    }

    fn get(&self, key: &DocumentKey) -> (&[Put], bool) {
        self.0.get(key).map_or((&[], false), |(put, dead)| (put.as_slice(), *dead))
    }
}

fn proposed(governance: &Governance, state: &DecisionState<'_>) -> ProposedVersion {
    let (mut signed, mut refused, mut waits_for) = (Vec::new(), Vec::new(), Vec::new());
    for (who, vote) in &state.votes {
        match vote.map(|vote| &vote.choice) {
            None => waits_for.push(code(governance, who)),
            Some(Choice::For(id)) if *id == state.id => signed.push(code(governance, who)),
            Some(Choice::For(_)) => {}
            Some(Choice::Refuse(_)) => refused.push(code(governance, who)),
        }
    }
    for codes in [&mut signed, &mut refused, &mut waits_for] {
        codes.sort();
    }
    let number = decisions::number(&state.id);
    let label = label(state.decision.version);
    ProposedVersion { label, number, decision: state.id, signed, refused, waits_for, since: None }
}

/// What is agreed of a document. Reads it only where something is put up.
pub(super) fn of(
    programme: &Programme,
    key: &DocumentKey,
    last: Option<&LastVersion>,
    put_up: &PutUp,
) -> Option<Versions> {
    let (put, disagreed) = put_up.get(key);
    if last.is_none() && put.is_empty() {
        return None;
    }
    let reading = if put.is_empty() { None } else { programme.read(key).ok() };
    let mut proposals: Vec<ProposedVersion> = put
        .iter()
        .map(|put| {
            let since = reading.as_ref().and_then(|r| r.document.changes_since(&put.frozen.heads).ok());
            ProposedVersion { since: since.map(|since| since as u64), ..put.proposed.clone() }
        })
        .collect();
    proposals.sort_by(|a, b| (&a.signed, &a.number).cmp(&(&b.signed, &b.number)));
    Some(Versions {
        version: last.map(|last| label(last.number)),
        since: last.and_then(|last| last.since).map(u64::from),
        alarm: last.and_then(|last| last.state.alarm()),
        proposals,
        disagreed,
    })
}

/// How far a document has gone on since its last version: said wherever it is named.
pub(super) fn since(document: &str, last: Option<&LastVersion>) -> Option<SinceVersion> {
    let last = last?;
    Some(SinceVersion {
        document: document.to_owned(),
        version: label(last.number),
        since: last.since.map(u64::from),
    })
}

/// The documents whose versions a person should know of: something is put up or wrong, or changes came after.
pub(super) fn of_interest(programme: &Programme) -> Result<Vec<DocumentVersions>, Problem> {
    let summaries = programme.summaries()?;
    let put_up = PutUp::all(&programme.governance());
    let mut all = Vec::new();
    for (key, summary) in &summaries {
        let of_interest = |versions: &Versions| {
            versions.alarm.is_some() || !versions.proposals.is_empty() || versions.since != Some(0)
        };
        if let Some(versions) = of(programme, key, summary.version.as_ref(), &put_up).filter(of_interest) {
            all.push(DocumentVersions { document: key.id, name: summary.name.clone(), versions });
        }
    }
    all.sort_by(|a, b| (&a.name, a.document).cmp(&(&b.name, b.document)));
    all.truncate(MAX_LISTED);
    Ok(all)
}

/// Which version of a document somebody means: `v1`, `draft`, the number of one that is put up, or a change.
pub(super) fn find(programme: &Programme, reading: &Reading, text: &str) -> Result<Vec<Hash>, Problem> {
    let text = text.trim().to_lowercase();
    if text == "draft" {
        return Ok(reading.document.heads());
    }
    if let Some(number) = text.strip_prefix('v').and_then(|number| number.parse::<u32>().ok()) {
        return Ok(ratified(reading, number)?.heads.clone());
    }
    let proposed = {
        let put_up = PutUp::of(&programme.governance(), &reading.key.id);
        let put = put_up.0.get(&reading.key).map_or(&[] as &[Put], |(put, _)| put.as_slice());
        put.iter().find(|put| put.proposed.number == text).map(|put| put.frozen.clone())
    };
    if let Some(frozen) = proposed {
        return match frozen.state(reading, reading.versions.last()) {
            VersionState::Waiting => Err(problem!("put-up-not-here").exit(Exit::PersonNeeded)),
            _ if reading.document.missing_deps(&frozen.heads).is_empty() => Ok(frozen.heads),
            _ => Err(problem!("put-up-not-shown")),
        };
    }
    let found = reading.document.changes_beginning(&text);
    match found.as_slice() {
        [one] if text.len() >= 4 => Ok(vec![*one]),
        [] => Err(problem!("no-change", text)),
        _ => Err(problem!("change-ambiguous", text)),
    }
}

/// The first ratified version that contains a change.
pub(super) fn first_with(reading: &Reading, change: &Hash) -> Option<String> {
    let whole = reading.versions.iter().filter(|version| version.state == VersionState::Whole);
    let mut whole = whole.skip_while(|version| !reading.document.is_ancestor(change, &version.heads));
    whole.next().map(|version| label(version.number))
}

/// A ratified version that can be shown.
fn ratified(reading: &Reading, number: u32) -> Result<&crate::replica::Version, Problem> {
    let name = reading.document.name().unwrap_or_else(|| reading.key.id.short());
    let Some(version) = reading.versions.iter().find(|version| version.number == number) else {
        let problem = problem!("no-such-version", name, label = label(number));
        let all: Vec<String> = reading.versions.iter().map(|version| label(version.number)).collect();
        return Err(match all.as_slice() {
            [] => problem.hint(say!("no-version-none", name)),
            all => problem.hint(say!("no-version-these", labels = all.join(", "))),
        });
    };
    let label = label(number);
    match version.state {
        VersionState::Whole => Ok(version),
        VersionState::Waiting => Err(problem!("version-not-here", label, name).exit(Exit::PersonNeeded)),
        state => Err(problem!(
            "version-not-shown",
            label,
            name,
            why = state.alarm().unwrap_or_else(|| say!("version-damaged"))
        )),
    }
}

/// A ratified version whole: computed from its own changes alone, so that nothing which came later has any part in it.
pub(super) fn show(replica: &Replica, document: &str, version: &str) -> Result<VersionShown, Problem> {
    let programme = replica.programme()?;
    let reading = programme.read(&programme.find(document)?)?;
    let number = version.trim().to_lowercase();
    let number = number
        .strip_prefix('v')
        .and_then(|number| number.parse::<u32>().ok())
        .ok_or_else(|| problem!("not-a-version-name", version).exit(Exit::Usage))?;
    let found = ratified(&reading, number)?;
    let alone = reading.document.fork_at(&found.heads).map_err(|e| Problem::from_error(&e))?;
    let canonical = alone.canonical(&found.heads).map_err(|e| Problem::from_error(&e))?;
    let content = alone.view(reading.kind()?, None).map_err(|e| read_problem(&e))?;
    let line = summary(&programme, &reading, &reading.document.findings(reading.kind()?));
    let governance = programme.governance();
    Ok(VersionShown {
        document: line,
        name: alone.name().unwrap_or_else(|| reading.key.id.short()),
        label: label(number),
        number: decisions::number(&found.decision),
        decision: found.decision,
        signed: signed(&governance, &found.decision),
        heads: found.heads.iter().map(hash_text).collect(),
        content,
        canonical: String::from_utf8_lossy(&canonical).into_owned(),
        hash: HEXLOWER.encode(&found.content),
    })
}
