//! Kinds of documents: those that are shipped, and those that an organisation adds to the programme from a file.

use accord_core::api::{KindAdded, KindChecked, KindSummary, KindView, Problem};
use accord_document::{Edit, Kind};
use accord_framework::added::{self, new_version};
use accord_framework::{describe_kind, kinds};
use accord_words::{problem, say};

use super::words::{Connected, readers};
use crate::replica::{HeldKind, Programme, Replica};
use crate::time::now;

/// Every kind that documents can have here.
pub(super) fn list(replica: &Replica) -> Result<Vec<KindSummary>, Problem> {
    let programme = replica.try_programme();
    let summaries =
        programme.as_ref().map(|programme| programme.summaries()).transpose()?.unwrap_or_default();
    let summary = |kind: &Kind, shipped: bool| KindSummary {
        name: kind.name.clone(),
        label: kind.labels.said().to_owned(),
        version: kind.version,
        shipped,
        clash: programme.as_ref().is_some_and(|programme| programme.kinds_clash(&kind.name)),
        documents: summaries.values().filter(|summary| summary.kind == kind.name).count(),
    };
    let mut all: Vec<KindSummary> = kinds().iter().map(|kind| summary(kind, true)).collect();
    if let Some(programme) = &programme {
        all.extend(programme.added_kinds().iter().map(|kind| summary(kind, false)));
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// The kind that a person names.
pub(super) fn named(programme: &Programme, name: &str) -> Result<HeldKind, Problem> {
    // Brings the kinds that were added up to date.
    programme.summaries()?;
    programme.kind(name).map_err(|_| {
        let added = programme.added_kinds();
        let mut all: Vec<&str> =
            kinds().iter().chain(added.iter().map(|kind| &**kind)).map(|k| k.name.as_str()).collect();
        all.sort_unstable();
        unknown(name, &all)
    })
}

fn unknown(name: &str, all: &[&str]) -> Problem {
    let names = all.join(", ");
    match accord_document::did_you_mean(name, all.iter().copied()) {
        Some(near) => problem!("no-kind-near", name, near, names),
        None => problem!("no-kind", name, names),
    }
}

/// One kind, field by field.
pub(super) fn show(replica: &Replica, name: &str) -> Result<KindView, Problem> {
    let all = list(replica)?;
    let Some(summary) = all.iter().find(|kind| kind.name == name.to_lowercase()).cloned() else {
        let names: Vec<&str> = all.iter().map(|kind| kind.name.as_str()).collect();
        return Err(unknown(name, &names));
    };
    let description = match replica.try_programme() {
        Some(programme) => {
            let kind = programme.kind(&summary.name).map_err(|why| why.problem())?;
            describe_kind(&kind)
        }
        None => describe_kind(accord_framework::kind(&summary.name).map_err(|e| Problem::from_error(&e))?),
    };
    Ok(KindView { summary, description })
}

/// Reads a file and says what is wrong with it, beside what the programme holds.
pub(super) fn check(replica: &Replica, file: &str) -> Result<KindChecked, Problem> {
    let programme = replica.try_programme();
    let held = match &programme {
        Some(programme) => held(programme, file)?,
        None => None,
    };
    let new = new_version(file, held.as_deref()).map_err(|all| mistakes(&all))?;
    Ok(KindChecked {
        name: new.kind.name,
        version: new.kind.version,
        before: held.map(|kind| kind.version),
        fields: new.kind.fields.len(),
    })
}

/// Adds a kind, or a newer version of one, to the programme.
pub(super) fn add(replica: &Replica, file: &str, connected: &Connected) -> Result<KindAdded, Problem> {
    let programme = replica.programme()?;
    let held = held(&programme, file)?;
    let new = new_version(file, held.as_deref()).map_err(|all| mistakes(&all))?;
    let before = held.map(|kind| kind.version);
    if before == Some(new.kind.version) {
        return Err(problem!("kind-there-already", version = new.kind.version, kind = new.kind.name));
    }
    let row = Edit::Add { path: "versions".into(), fields: new.row };
    let device = &replica.home.device;
    let summaries = programme.summaries()?;
    let document = summaries.iter().find(|(_, s)| s.kind == added::KIND && s.name == new.kind.name);
    let key = match document {
        Some((key, _)) => {
            programme.edit(device, key, None, &[row], now())?;
            *key
        }
        None => {
            let kind = accord_framework::kind(added::KIND).map_err(|e| Problem::from_error(&e))?;
            programme.create(device, programme.space(), kind, &new.kind.name, &[row], now())?
        }
    };
    // Read at once, so that the next command knows it.
    programme.read(&key)?;
    Ok(KindAdded {
        name: new.kind.name,
        version: new.kind.version,
        before,
        readers: readers(&programme, &key.space, connected),
    })
}

/// What the programme holds of the kind that a file names. What cannot be read is told by the check.
fn held(programme: &Programme, file: &str) -> Result<Option<HeldKind>, Problem> {
    programme.summaries()?;
    let name = new_version(file, None).ok().map(|new| new.kind.name);
    Ok(name.and_then(|name| programme.kind(&name).ok()))
}

fn mistakes(all: &[String]) -> Problem {
    let lines: Vec<String> = all.iter().take(20).map(|mistake| format!("  {mistake}")).collect();
    let more = all.len().saturating_sub(20);
    let more = if more > 0 { format!("\n  {}", say!("and-more", count = more)) } else { String::new() };
    problem!("kind-unusable", lines = lines.join("\n"), more)
}
