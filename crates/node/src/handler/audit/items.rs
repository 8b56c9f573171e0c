//! What each entry says, in one sentence.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::api::{AuditItem, Problem};
use accord_core::governance::{Choice, Decision, Governance, Operation, Record, Slot, Subject};
use accord_core::{Body, ChangeHash, DecisionId, DocumentId, Entry, SpaceId};
use accord_document::ChangeMeta;
use accord_words::{labelled, say};

use super::order::{Cause, GOVERNANCE, Line};
use crate::handler::decisions::{self, Names};
use crate::handler::words::{author_code, code};
use crate::replica::{Knowing, Programme, Reading, knowing};

/// Of changes whose authors knew that what they built on counts no more, the organisations (codes) whose that is.
pub(super) type Knew = BTreeMap<ChangeHash, Vec<String>>;

pub(super) fn knew(governance: &Governance, knowing: &[Knowing]) -> Knew {
    let codes = |one: &Knowing| {
        let codes: BTreeSet<String> =
            one.built_on.iter().map(|device| author_code(governance, device)).collect();
        codes.into_iter().collect()
    };
    knowing.iter().map(|one| (one.change, codes(one))).collect()
}

/// How many places of one change are told one by one, and in how many bytes; `accord log` tells all of it.
const MAX_TOLD: (usize, usize) = (3, 2_000);

fn item(entry: &Entry, space: String, who: String, what: &str, sentence: String) -> AuditItem {
    let header = entry.header();
    AuditItem {
        time: None,
        who,
        device: header.device,
        space,
        seq: header.seq,
        last: header.seq,
        entry: entry.id(),
        what: what.to_owned(),
        sentence,
        number: None,
        document: None,
        apart: None,
        built_on: Vec::new(),
    }
}

fn seconds(time: u64) -> Option<i64> {
    Some(i64::try_from(time).unwrap_or(i64::MAX))
}

/// The line of an entry.
fn line(entry: &Entry, item: AuditItem, is: Option<Cause>, after: Vec<Cause>) -> Line {
    Line { item, authority: entry.header().authority.position(), is, after }
}

/// What a governance entry says.
pub(super) fn of_governance(names: &Names<'_>, entry: &Entry) -> Option<Line> {
    let item = governance_item(names, entry)?;
    let Body::Governance { record } = &entry.header().body else { return None };
    let (is, after) = match record.as_ref() {
        Record::Proposal { decision, .. } => (Some(Cause::Proposal(decision.id())), frozen(decision)),
        Record::Vote { vote, .. } => {
            (Some(Cause::Vote(vote.id())), voted_on(names, &vote.choice, &vote.slot()))
        }
        Record::Acknowledge { decisions, .. } => {
            (None, decisions.iter().flat_map(|id| in_force_by(names.governance, id)).collect())
        }
        _ => (None, Vec::new()),
    };
    Some(line(entry, item, is, after))
}

/// The proposal of a decision and the votes for it.
fn in_force_by(governance: &Governance, id: &DecisionId) -> Vec<Cause> {
    let state = governance.decision(id);
    let votes = state.iter().flat_map(|state| &state.votes).filter_map(|(_, vote)| *vote);
    let votes = votes.filter(|vote| vote.choice == Choice::For(*id)).map(|vote| Cause::Vote(vote.id()));
    votes.chain([Cause::Proposal(*id)]).collect()
}

/// The changes that a ratification freezes.
fn frozen(decision: &Decision) -> Vec<Cause> {
    match &decision.operation {
        Operation::Ratify { heads, .. } => heads.iter().copied().map(Cause::Change).collect(),
        _ => Vec::new(),
    }
}

/// What its author must have seen to vote. Whoever refuses may have seen any one of those that were put up.
fn voted_on(names: &Names<'_>, choice: &Choice, slot: &Slot) -> Vec<Cause> {
    match choice {
        Choice::For(id) => vec![Cause::Proposal(*id)],
        Choice::Refuse(_) => match in_slot(names, slot).as_slice() {
            [one] => vec![Cause::Proposal(*one)],
            _ => Vec::new(),
        },
    }
}

fn governance_item(names: &Names<'_>, entry: &Entry) -> Option<AuditItem> {
    let (programme, governance) = (names.programme, names.governance);
    let item =
        |who: String, what: &str, sentence: String| item(entry, GOVERNANCE.into(), who, what, sentence);
    let Body::Governance { record } = &entry.header().body else { return None };
    let author = || author_code(governance, &entry.header().device);
    let mut told = match record.as_ref() {
        Record::Genesis { genesis, organisation, time, .. } => AuditItem {
            time: seconds(*time),
            ..item(code(governance, organisation), "founding", say!("did-found", name = &genesis.name))
        },
        Record::Device { certificate, time } => {
            let sentence = say!("did-add-device", device = certificate.device.short());
            let who = code(governance, &certificate.organisation);
            AuditItem { time: seconds(*time), ..item(who, "device", sentence) }
        }
        Record::Revoke { revocation, .. } => {
            let sentence = say!("did-revoke", device = revocation.device.short());
            let who = code(governance, &revocation.organisation);
            AuditItem { time: seconds(revocation.time), ..item(who, "revocation", sentence) }
        }
        Record::Proposal { decision, proposer, time, .. } => {
            let id = decision.id();
            let sentence = say!("did-propose", what = named(names, &id));
            let told = item(author_code(governance, proposer), "proposal", sentence);
            about(AuditItem { time: seconds(*time), ..told }, governance, &id)
        }
        Record::Vote { vote, .. } => {
            let who = code(governance, &vote.secretariat);
            let told = match &vote.choice {
                Choice::For(id) => {
                    let sentence = say!("did-sign", what = named(names, id));
                    about(item(who, "signature", sentence), governance, id)
                }
                Choice::Refuse(why) => {
                    let ids = in_slot(names, &vote.slot());
                    let all: Vec<String> = ids.iter().map(|id| named(names, id)).collect();
                    let all = if all.is_empty() { say!("what-is-not-here") } else { decisions::listed(&all) };
                    let told = item(who, "refusal", say!("did-refuse", what = all, why));
                    match ids.first() {
                        Some(id) => about(told, governance, id),
                        None => told,
                    }
                }
            };
            let counts = governance.vote(&vote.id()).is_some();
            let apart = (!counts).then(|| say!("record-not-allowed"));
            AuditItem { time: seconds(vote.time), apart, ..told }
        }
        Record::Acknowledge { decisions, devices } => {
            let count = decisions.len() + devices.len();
            item(author(), "knowledge", say!("did-learn", count))
        }
        Record::Unknown(_) => item(author(), "other", say!("did-newer")),
    };
    if told.apart.is_none()
        && let Err(error) = record.check(&programme.id())
    {
        told.apart = Some(error.to_string());
    }
    Some(told)
}

fn about(told: AuditItem, governance: &Governance, id: &DecisionId) -> AuditItem {
    let document = governance.decision(id).and_then(|state| match state.decision.subject {
        Subject::Document(document) => Some(document),
        _ => None,
    });
    AuditItem { number: Some(decisions::number(id)), document, ..told }
}

/// A decision by its number and what it would do.
fn named(names: &Names<'_>, id: &DecisionId) -> String {
    let number = decisions::number(id);
    match names.governance.decision(id) {
        Some(state) => labelled(&number, &names.sentence(state.decision)),
        None => say!("decision-not-here", number),
    }
}

/// All that was put up in a slot.
fn in_slot(names: &Names<'_>, slot: &Slot) -> Vec<DecisionId> {
    let about = names.governance.about(&slot.subject);
    let here =
        about.filter(|state| (state.decision.version, state.decision.round) == (slot.version, slot.round));
    here.map(|state| state.id).collect()
}

/// Every entry about a document that was read.
pub(super) fn of_document(programme: &Programme, reading: &Reading, entries: Vec<Entry>) -> Vec<Line> {
    let name = reading.document.name().unwrap_or_else(|| reading.key.id.short());
    let changes: BTreeMap<_, Vec<String>> = reading.kind.as_ref().map_or_else(
        |_| BTreeMap::new(),
        |kind| {
            let history = reading.document.history(kind).into_iter();
            history.map(|one| (one.change, one.changes.iter().map(ToString::to_string).collect())).collect()
        },
    );
    let knowing = knowing(reading);
    let governance = programme.governance();
    let knew = knew(&governance, &knowing);
    let space = programme.space_name(&governance, &reading.key.space);
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        let who = author_code(&governance, &entry.header().device);
        let (mut is, mut after) = (None, Vec::new());
        let told = match &entry.header().body {
            Body::Create { kind, .. } => {
                item(&entry, space.clone(), who, "document", say!("did-begin", name = &name, kind))
            }
            Body::Change { change, .. } => {
                let sentence = match changes.get(&change.0).map(Vec::as_slice) {
                    Some([]) => say!("did-change-nothing", name = &name),
                    Some(some) if some.len() <= MAX_TOLD.0 && some.concat().len() <= MAX_TOLD.1 => {
                        say!("did-change-this", name = &name, what = some.join("; "))
                    }
                    Some(many) => say!("did-change-places", name = &name, count = many.len()),
                    None => say!("did-change", name = &name),
                };
                let meta = ChangeMeta::parse(entry.payload()).ok();
                is = Some(Cause::Change(*change));
                after = meta
                    .iter()
                    .flat_map(|meta| &meta.deps)
                    .map(|dep| Cause::Change(ChangeHash(*dep)))
                    .collect();
                let told = item(&entry, space.clone(), who, "change", sentence);
                let apart = reading.quarantined.get(change).map(ToString::to_string).or_else(|| {
                    reading
                        .waiting
                        .get(change)
                        .map(|what| say!("it-waits-for", what = crate::replica::waiting_words(*what)))
                });
                let built_on = knew.get(change).cloned().unwrap_or_default();
                AuditItem { time: meta.map(|meta| meta.timestamp), apart, built_on, ..told }
            }
            Body::Governance { .. } | Body::Unknown(_) => continue,
        };
        let told = AuditItem { document: Some(reading.key.id), ..told };
        lines.push(line(&entry, told, is, after));
    }
    lines
}

fn written(entry: &Entry) -> Option<i64> {
    ChangeMeta::parse(entry.payload()).ok().map(|meta| meta.timestamp)
}

/// What was written in a space, the changes that one device made to one document one after the other told together; but alone
/// whatever was built on what counts no more by who knew it.
pub(super) fn of_space(
    programme: &Programme,
    space: &SpaceId,
    name: &dyn Fn(&DocumentId) -> Option<String>,
    knowing: &[Knowing],
) -> Result<Vec<Line>, Problem> {
    let governance = programme.governance();
    let knew = knew(&governance, knowing);
    let space_name = programme.space_name(&governance, space);
    let mut lines: Vec<Line> = Vec::new();
    programme.each_of_space(space, |entry| {
        let who = || author_code(&governance, &entry.header().device);
        let named = |id: &DocumentId| name(id).unwrap_or_else(|| id.short());
        match &entry.header().body {
            Body::Create { document, kind } => {
                let sentence = say!("did-begin", name = named(document), kind);
                let told = item(&entry, space_name.clone(), who(), "document", sentence);
                let told = AuditItem { document: Some(*document), ..told };
                lines.push(line(&entry, told, None, Vec::new()));
            }
            Body::Change { document, change, .. } => {
                let seq = entry.header().seq;
                let built_on = knew.get(change).cloned().unwrap_or_default();
                if built_on.is_empty()
                    && let Some(last) = lines.last_mut().map(|line| &mut line.item)
                    && last.what == "change"
                    && last.built_on.is_empty()
                    && last.device == entry.header().device
                    && last.document == Some(*document)
                    && last.last + 1 == seq
                {
                    last.last = seq;
                    last.sentence =
                        say!("did-change-times", name = named(document), count = seq - last.seq + 1);
                    return;
                }
                let told = item(
                    &entry,
                    space_name.clone(),
                    who(),
                    "change",
                    say!("did-change", name = named(document)),
                );
                let told = AuditItem { time: written(&entry), document: Some(*document), built_on, ..told };
                lines.push(line(&entry, told, None, Vec::new()));
            }
            Body::Governance { .. } => {}
            Body::Unknown(_) => {
                let sentence = say!("did-newer");
                let told = item(&entry, space_name.clone(), who(), "other", sentence);
                lines.push(line(&entry, told, None, Vec::new()));
            }
        }
    })?;
    Ok(lines)
}
