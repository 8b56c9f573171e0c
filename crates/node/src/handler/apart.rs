//! Own changes that are kept apart, for whoever wrote them: in words, and made again.

use std::collections::BTreeSet;

use accord_core::admission::Standing;
use accord_core::api::{ApartState, ApartView, Exit, Problem, Redone};
use accord_core::{ChangeHash, DocumentId};
use accord_document::Document;
use accord_words::{problem, say};

use super::devices::device_name;
use super::editing::changed;
use super::words::{Connected, field_change};
use crate::replica::{DocumentKey, Handled, OwnApart, OwnDocument, Programme, Replica, waiting_words};
use crate::time::now;

/// The most changes that are told at once.
const MAX_TOLD: usize = 200;

/// As many digits of a change as are shown.
const SHORT: usize = 10;

/// The own changes of one document.
struct OfDocument {
    key: DocumentKey,
    /// Its name; where nothing of it counts, the one that its first change gave it.
    name: String,
    own: Vec<OwnApart>,
    views: Vec<ApartView>,
}

/// Own changes that are kept apart: of one document or of all; those that were made again or dismissed only if `all`.
pub(super) fn list(replica: &Replica, document: Option<&str>, all: bool) -> Result<Vec<ApartView>, Problem> {
    let programme = replica.programme()?;
    let mut documents = of_documents(&programme)?;
    if let Some(text) = document {
        documents = vec![find(documents, text)?];
    }
    let mut views: Vec<ApartView> = documents.into_iter().flat_map(|one| one.views).collect();
    views.retain(|view| all || view.state == ApartState::Open);
    views.truncate(MAX_TOLD);
    Ok(views)
}

/// Says of own changes that they need not be made again.
pub(super) fn dismiss(
    replica: &Replica,
    document: &str,
    changes: &[String],
) -> Result<Vec<ApartView>, Problem> {
    let programme = replica.programme()?;
    let of = find(of_documents(&programme)?, document)?;
    let chosen = choose(&of, changes)?;
    programme.dismiss(&chosen)?;
    let named = |view: &ApartView| chosen.iter().any(|change| change.to_string() == view.change);
    let views = of.views.into_iter().filter(named);
    Ok(views.map(|view| ApartView { state: ApartState::Dismissed, ..view }).collect())
}

/// Makes own changes of a document again, and before them those that they were made on.
pub(super) fn redo(
    replica: &Replica,
    document: &str,
    changes: &[String],
    connected: &Connected,
) -> Result<Vec<Redone>, Problem> {
    let programme = replica.programme()?;
    let of = find(of_documents(&programme)?, document)?;
    let chosen = choose(&of, changes)?;
    if changes.is_empty() && has_two_histories(&of, &chosen) {
        return Err(problem!("redo-two-histories", name = &of.name).exit(Exit::PersonNeeded));
    }
    let reading = programme.read(&of.key)?;
    let order = programme.with_ground(&reading, &of.own, &chosen)?;
    let hashes: Vec<ChangeHash> = order.iter().map(|one| one.change).collect();
    let seen = programme.as_seen(&reading, &hashes);
    let mut done: Vec<Redone> = Vec::new();
    for one in &order {
        let copy = match seen.get(&one.change) {
            Some(Ok(copy)) => copy,
            Some(Err(problem)) => return Err(stopped(problem.clone(), one, &done)),
            None => continue,
        };
        let made = programme.make_again(&replica.home.device, one, copy, now());
        let made = made.map_err(|problem| stopped(named(problem, &of.name), one, &done))?;
        let changed = changed(&programme, of.key, made, connected)?;
        done.push(Redone { change: one.change.to_string(), changed });
    }
    Ok(done)
}

/// Whether among these are changes of two histories of one device: which of them is made again first would be chance.
fn has_two_histories(of: &OfDocument, chosen: &[ChangeHash]) -> bool {
    let mut places = BTreeSet::new();
    let chosen = of.own.iter().filter(|one| chosen.contains(&one.change));
    chosen.map(|one| (one.device, one.seq)).any(|place| !places.insert(place))
}

/// Hints of the document layer say `DOC` where a command needs a name.
fn named(problem: Problem, name: &str) -> Problem {
    problem.map_hint(|hint| super::editing::with_name(hint, name))
}

/// What was made again before something could not be is durable, and is told.
fn stopped(problem: Problem, one: &OwnApart, done: &[Redone]) -> Problem {
    let change = short(&one.change);
    problem.map_message(|why| say!("redo-stopped", change, done = done.len(), why))
}

fn short(change: &ChangeHash) -> String {
    let mut text = change.to_string();
    text.truncate(SHORT);
    text
}

/// All own changes that are kept apart, by the names of their documents.
fn of_documents(programme: &Programme) -> Result<Vec<OfDocument>, Problem> {
    let own = programme.own_apart(&programme.apart());
    let mut documents = Vec::with_capacity(own.len());
    for (key, OwnDocument { name, changes: own }) in own {
        let reading = programme.read(&key)?;
        let changes: Vec<ChangeHash> = own.iter().map(|one| one.change).collect();
        let seen = programme.as_seen(&reading, &changes);
        let mut views = Vec::with_capacity(own.len());
        for one in &own {
            let (changes, time, problem) = match seen.get(&one.change) {
                Some(Ok(copy)) => content(programme, copy, one),
                Some(Err(problem)) => (Vec::new(), None, Some(problem.message.clone())),
                None => (Vec::new(), None, None),
            };
            let governance = programme.governance();
            views.push(ApartView {
                document: key.id,
                name: name.clone(),
                change: one.change.to_string(),
                device: device_name(&governance, &one.device),
                this_device: one.device == programme.device(),
                time,
                reason: match &one.standing {
                    Standing::Quarantined(reason) => reason.to_string(),
                    Standing::Waiting(what) => say!("apart-undecided", what = waiting_words(*what)),
                    Standing::InPosition => String::new(),
                },
                state: match one.handled {
                    Handled::Open => ApartState::Open,
                    Handled::Again => ApartState::Again,
                    Handled::Dismissed => ApartState::Dismissed,
                },
                begins: reading.document.change_count() == 0,
                changes,
                problem,
            });
        }
        documents.push(OfDocument { key, name, own, views });
    }
    documents.sort_by(|a, b| (&a.name, a.key).cmp(&(&b.name, b.key)));
    Ok(documents)
}

type Content = (Vec<accord_core::api::FieldChange>, Option<i64>, Option<String>);

/// What a change did, when, and why that cannot be said.
fn content(programme: &Programme, copy: &Document, one: &OwnApart) -> Content {
    let time = copy.written(&one.change.0).map(|(_, time)| time);
    let kind = copy.kind_name().ok_or_else(|| problem!("apart-no-document"));
    let kind = kind.and_then(|name| programme.kind(&name).map_err(|none| none.problem()));
    match kind {
        Ok(kind) => {
            let changes = copy.changes_of(&kind, &one.change.0).unwrap_or_default();
            (changes.iter().map(field_change).collect(), time, None)
        }
        Err(problem) => (Vec::new(), time, Some(problem.message)),
    }
}

/// The document that a person means: by its name, or the beginning of its id.
fn find(documents: Vec<OfDocument>, text: &str) -> Result<OfDocument, Problem> {
    let lower = text.to_lowercase();
    let by_id = |id: &DocumentId| text.len() >= 4 && id.to_string().starts_with(&lower);
    let names: Vec<String> = documents.iter().map(|one| one.name.clone()).collect();
    let mut found: Vec<OfDocument> =
        documents.into_iter().filter(|one| one.name.to_lowercase() == lower || by_id(&one.key.id)).collect();
    match (found.pop(), found.as_slice()) {
        (Some(one), []) => Ok(one),
        (Some(one), others) => {
            let ids: Vec<String> = others.iter().chain([&one]).map(|one| one.key.id.short()).collect();
            let (name, ids) = (text, ids.join(", "));
            Err(problem!("documents-alike", count = others.len() + 1, name, ids))
        }
        (None, _) if names.is_empty() => Err(problem!("apart-none")),
        (None, _) => Err(problem!("apart-none-of", name = text, names = names.join(", "))),
    }
}

/// The changes that a person means, by the beginnings of their ids; all that are open if none is named.
fn choose(of: &OfDocument, changes: &[String]) -> Result<Vec<ChangeHash>, Problem> {
    if changes.is_empty() {
        let open = of.own.iter().filter(|one| one.handled == Handled::Open);
        let open: Vec<ChangeHash> = open.map(|one| one.change).collect();
        return if open.is_empty() { Err(problem!("apart-none-open", name = &of.name)) } else { Ok(open) };
    }
    let mut chosen = Vec::with_capacity(changes.len());
    for text in changes {
        let lower = text.to_lowercase();
        let found: Vec<&OwnApart> = of
            .own
            .iter()
            .filter(|one| text.len() >= 4 && one.change.to_string().starts_with(&lower))
            .collect();
        match found.as_slice() {
            [one] if one.handled == Handled::Again => {
                return Err(problem!("redo-before", change = short(&one.change)));
            }
            [one] => chosen.push(one.change),
            _ => return Err(problem!("apart-which", change = text, name = &of.name).exit(Exit::Usage)),
        }
    }
    Ok(chosen)
}
