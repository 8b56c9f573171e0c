//! Audits: who wrote, proposed, signed and refused what, from the founding to now; and the same as a file that proves
//! itself to whoever has only the programme's id.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use accord_core::api::{AuditExported, AuditItem, AuditView, Exit, Problem};
use accord_core::governance::{Choice, Governance, Record, Slot};
use accord_core::{Body, DecisionId, DeviceId, DocumentEntries, DocumentId, Entry, SpaceId, audit_file};
use accord_document::ChangeMeta;

use super::decisions::{self, Names};
use super::versions::label;
use super::words::{author_code, code};
use crate::audit::audit_problem;
use crate::home::cannot;
use crate::replica::{DocumentKey, Programme, Reading, Replica, VersionState};

/// The most items of one answer: some megabytes. What is older is in the file that is exported.
const MAX_ITEMS: usize = 20_000;

/// One entry on its way to the answer.
struct Line {
    item: AuditItem,
    /// By what it is put in order: its time, if that does not go back within its log.
    order: i64,
}

/// Who wrote, proposed, signed and refused what; about one document, or in the whole programme.
pub(super) fn trail(replica: &Replica, document: Option<&str>) -> Result<AuditView, Problem> {
    let programme = replica.programme()?;
    let summaries = programme.summaries()?;
    let documents = decisions::documents(&programme);
    let reading = document.map(|text| programme.read(&programme.find(text)?)).transpose()?;
    let mut lines = Vec::new();
    let space = programme.governance_space();
    let about = reading.as_ref().map(|reading| reading.key.id);
    let mut entries = Vec::new();
    programme.each_of_space(&space, |entry| entries.push(entry))?;
    {
        let governance = programme.governance();
        let names = Names::new(&programme, &governance, documents);
        let told: Vec<AuditItem> =
            entries.iter().filter_map(|entry| governance_item(&names, entry)).collect();
        lines.extend(in_order(told));
        if let Some(id) = about {
            lines
                .retain(|line| line.item.document.is_none_or(|of| of == id) && line.item.what != "knowledge");
            // What is decided about others is no part of this document's story; who may sign is.
            lines.retain(|line| line.item.number.is_none() || line.item.document == Some(id));
        }
    }
    match &reading {
        Some(reading) => {
            let (entries, _) = programme.about(&reading.key)?;
            lines.extend(in_order(document_items(&programme, reading, entries)));
        }
        None => {
            for space in programme.logs().spaces().into_iter().filter(|one| *one != space) {
                lines.extend(space_lines(&programme, &space, &|id| {
                    summaries.get(&DocumentKey { space, id: *id }).map(|summary| summary.name.clone())
                })?);
            }
        }
    }
    lines.sort_by(|a, b| {
        let key = |line: &Line| {
            (line.order, line.item.who.clone(), line.item.device, line.item.space.clone(), line.item.seq)
        };
        key(a).cmp(&key(b))
    });
    let left_out = lines.len().saturating_sub(MAX_ITEMS);
    let governance = programme.governance();
    Ok(AuditView {
        programme: programme.id(),
        name: governance.genesis().map(|genesis| genesis.name.clone()).unwrap_or_default(),
        document: reading.map(|reading| reading.document.name().unwrap_or_else(|| reading.key.id.short())),
        items: lines.into_iter().skip(left_out).map(|line| line.item).collect(),
        left_out,
    })
}

/// Puts the items of one or several logs in order: by time, but never against the order of a log, whose author's clock may
/// have been wrong. What says no time counts as written with what follows it.
fn in_order(items: Vec<AuditItem>) -> Vec<Line> {
    let mut logs: BTreeMap<(DeviceId, String), Vec<AuditItem>> = BTreeMap::new();
    for item in items {
        logs.entry((item.device, item.space.clone())).or_default().push(item);
    }
    let mut lines = Vec::new();
    for mut items in logs.into_values() {
        items.sort_by_key(|item| item.seq);
        let mut times: Vec<Option<i64>> = items.iter().map(|item| item.time).collect();
        let mut next = None;
        for time in times.iter_mut().rev() {
            next = time.or(next);
            *time = next;
        }
        let mut order = i64::MIN;
        for (item, time) in items.into_iter().zip(times) {
            order = time.map_or(order, |time| time.max(order));
            lines.push(Line { item, order });
        }
    }
    lines
}

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
    }
}

fn seconds(time: u64) -> Option<i64> {
    Some(i64::try_from(time).unwrap_or(i64::MAX))
}

/// What a governance entry says.
fn governance_item(names: &Names<'_>, entry: &Entry) -> Option<AuditItem> {
    let (programme, governance) = (names.programme, names.governance);
    let item =
        |who: String, what: &str, sentence: String| item(entry, "governance".into(), who, what, sentence);
    let Body::Governance { record } = &entry.header().body else { return None };
    let author = || author_code(governance, &entry.header().device);
    let mut told = match record.as_ref() {
        Record::Genesis { genesis, organisation, time, .. } => AuditItem {
            time: seconds(*time),
            ..item(
                code(governance, organisation),
                "founding",
                format!("signed the founding of {}", genesis.name),
            )
        },
        Record::Device { certificate, time } => {
            let sentence = format!("added a device ({})", certificate.device.short());
            let who = code(governance, &certificate.organisation);
            AuditItem { time: seconds(*time), ..item(who, "device", sentence) }
        }
        Record::Revoke { revocation, .. } => {
            let sentence = format!("ended its device {}", revocation.device.short());
            let who = code(governance, &revocation.organisation);
            AuditItem { time: seconds(revocation.time), ..item(who, "revocation", sentence) }
        }
        Record::Proposal { decision, proposer, time, .. } => {
            let id = decision.id();
            let sentence = format!("proposed {}", named(names, &id));
            let told = item(author_code(governance, proposer), "proposal", sentence);
            about(AuditItem { time: seconds(*time), ..told }, governance, &id)
        }
        Record::Vote { vote, .. } => {
            let who = code(governance, &vote.secretariat);
            let told = match &vote.choice {
                Choice::For(id) => {
                    let sentence = format!("signed {}", named(names, id));
                    about(item(who, "signature", sentence), governance, id)
                }
                Choice::Refuse(why) => {
                    let (one, all) = in_slot(names, &vote.slot());
                    let told = item(who, "refusal", format!("refused {all}: {why}"));
                    one.map_or(told.clone(), |id| about(told, governance, &id))
                }
            };
            let counts = governance.vote(&vote.id()).is_some();
            let apart = (!counts).then(|| "it is not signed by one who may".to_owned());
            AuditItem { time: seconds(vote.time), apart, ..told }
        }
        Record::Acknowledge { decisions, devices } => {
            let count = decisions.len() + devices.len();
            let things =
                if count == 1 { "1 decision or device" } else { &format!("{count} decisions and devices") };
            item(author(), "knowledge", format!("says that it knows of {things} from here on"))
        }
        Record::Unknown(_) => {
            item(author(), "other", "wrote something that a newer version of accord reads".to_owned())
        }
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
        accord_core::governance::Subject::Document(document) => Some(document),
        _ => None,
    });
    AuditItem { number: Some(decisions::number(id)), document, ..told }
}

/// A decision by its number and what it would do.
fn named(names: &Names<'_>, id: &DecisionId) -> String {
    let number = decisions::number(id);
    match names.governance.decision(id) {
        Some(state) => format!("{number}: {}", names.sentence(state.decision)),
        None => format!("{number}, which is not here yet"),
    }
}

/// All that was put up in a slot: the first of it, and all in words.
fn in_slot(names: &Names<'_>, slot: &Slot) -> (Option<DecisionId>, String) {
    let in_slot = names.governance.about(&slot.subject);
    let ids: Vec<DecisionId> = in_slot
        .filter(|state| (state.decision.version, state.decision.round) == (slot.version, slot.round))
        .map(|state| state.id)
        .collect();
    let all: Vec<String> = ids.iter().map(|id| named(names, id)).collect();
    let words = if all.is_empty() { "what is not here yet".to_owned() } else { all.join(", and ") };
    (ids.first().copied(), words)
}

/// Every entry about a document that was read.
fn document_items(programme: &Programme, reading: &Reading, entries: Vec<Entry>) -> Vec<AuditItem> {
    let name = reading.document.name().unwrap_or_else(|| reading.key.id.short());
    let changes: BTreeMap<_, Vec<String>> = reading.kind.as_ref().map_or_else(
        |_| BTreeMap::new(),
        |kind| {
            let history = reading.document.history(kind).into_iter();
            history.map(|one| (one.change, one.changes.iter().map(ToString::to_string).collect())).collect()
        },
    );
    let governance = programme.governance();
    let space = programme.space_name(&governance, &reading.key.space);
    let mut items = Vec::with_capacity(entries.len());
    for entry in entries {
        let who = author_code(&governance, &entry.header().device);
        let told = match &entry.header().body {
            Body::Create { kind, .. } => {
                item(&entry, space.clone(), who, "document", format!("began {name}, a {kind}"))
            }
            Body::Change { change, .. } => {
                let sentence = match changes.get(&change.0).map(Vec::as_slice) {
                    Some([]) => format!("changed {name}, and nothing that people see"),
                    Some([one]) => format!("changed {name}: {one}"),
                    Some([one, rest @ ..]) => format!("changed {name}: {one}; and {} more", rest.len()),
                    None => format!("changed {name}"),
                };
                let told = item(&entry, space.clone(), who, "change", sentence);
                let apart = reading.quarantined.get(change).map(ToString::to_string).or_else(|| {
                    reading
                        .waiting
                        .get(change)
                        .map(|what| format!("it waits for {}", crate::replica::waiting_words(*what)))
                });
                AuditItem { time: written(&entry), apart, ..told }
            }
            Body::Governance { .. } | Body::Unknown(_) => continue,
        };
        items.push(AuditItem { document: Some(reading.key.id), ..told });
    }
    items
}

fn written(entry: &Entry) -> Option<i64> {
    ChangeMeta::parse(entry.payload()).ok().map(|meta| meta.timestamp)
}

/// What was written in a space, the changes that one device made to one document one after the other told together.
fn space_lines(
    programme: &Programme,
    space: &SpaceId,
    name: &dyn Fn(&DocumentId) -> Option<String>,
) -> Result<Vec<Line>, Problem> {
    let governance = programme.governance();
    let space_name = programme.space_name(&governance, space);
    let mut items: Vec<AuditItem> = Vec::new();
    programme.each_of_space(space, |entry| {
        let who = || author_code(&governance, &entry.header().device);
        let named = |id: &DocumentId| name(id).unwrap_or_else(|| id.short());
        match &entry.header().body {
            Body::Create { document, kind } => {
                let sentence = format!("began {}, a {kind}", named(document));
                let told = item(&entry, space_name.clone(), who(), "document", sentence);
                items.push(AuditItem { document: Some(*document), ..told });
            }
            Body::Change { document, .. } => {
                let seq = entry.header().seq;
                if let Some(last) = items.last_mut()
                    && last.what == "change"
                    && last.device == entry.header().device
                    && last.document == Some(*document)
                    && last.last + 1 == seq
                {
                    last.last = seq;
                    last.sentence = format!("changed {} {} times", named(document), seq - last.seq + 1);
                    return;
                }
                let told =
                    item(&entry, space_name.clone(), who(), "change", format!("changed {}", named(document)));
                items.push(AuditItem { time: written(&entry), document: Some(*document), ..told });
            }
            Body::Governance { .. } => {}
            Body::Unknown(_) => {
                let sentence = "wrote something that a newer version of accord reads".to_owned();
                items.push(item(&entry, space_name.clone(), who(), "other", sentence));
            }
        }
    })?;
    Ok(in_order(items))
}

/// Writes an audit file: all governance, and what is about a document if one is named.
pub(super) fn export(
    replica: &Replica,
    document: Option<&str>,
    file: &str,
) -> Result<AuditExported, Problem> {
    let programme = replica.programme()?;
    if !programme.governance().founded() {
        return Err(Problem::failed(
            "there is nothing to prove before both secretariats have signed the founding",
        ));
    }
    let reading = document.map(|text| programme.read(&programme.find(text)?)).transpose()?;
    if let Some(broken) = reading.iter().flat_map(|r| &r.versions).find(|v| v.state != VersionState::Whole) {
        let label = label(broken.number);
        return Err(Problem::failed(format!(
            "{label} of the document is not whole here, and could not be proven"
        ))
        .exit(Exit::PersonNeeded)
        .hint("fetch it from the others: accord sync"));
    }
    let mut governance: Vec<Entry> = Vec::new();
    programme.each_of_space(&programme.governance_space(), |entry| governance.push(entry))?;
    let about = match &reading {
        Some(reading) => {
            let (entries, vouching) = programme.about(&reading.key)?;
            Some(DocumentEntries { space: reading.key.space, id: reading.key.id, entries, vouching })
        }
        None => None,
    };
    let bytes = audit_file(&programme.id(), &governance, about.as_ref()).map_err(|e| audit_problem(&e))?;
    // What is handed on has to be good: whoever gets it cannot ask back.
    crate::audit::audit_check(&bytes, &programme.id())?;
    write(Path::new(file), &bytes)?;
    Ok(AuditExported {
        file: file.to_owned(),
        bytes: bytes.len() as u64,
        entries: governance.len() + about.as_ref().map_or(0, |about| about.entries.len()),
        programme: programme.id(),
        document: reading.map(|reading| reading.document.name().unwrap_or_else(|| reading.key.id.short())),
    })
}

/// Writes a new file whole, or none.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Problem::failed(format!("there is a file {} already", path.display())).hint("name another one")
        }
        _ => cannot("write", path, &error),
    })?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        let _ = std::fs::remove_file(path);
        cannot("write", path, &error)
    })
}
