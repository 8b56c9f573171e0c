//! The kinds that documents can have here: those that are shipped, and those that organisations added to the programme.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use accord_document::Kind;
use accord_framework::added;

use super::Programme;
use super::documents::{Cache, NoKind, Reading};
use super::lines::Lines;

/// A kind, wherever it comes from.
#[derive(Debug, Clone)]
pub(crate) enum HeldKind {
    /// Part of the program.
    Shipped(&'static Kind),
    /// Added to the programme.
    Added(Arc<Kind>),
}

/// What a document that holds a kind says.
#[derive(Debug)]
pub(super) struct AddedKind {
    /// The newest version in it.
    kind: Arc<Kind>,
    /// Every definition that stands in it as that version.
    definitions: BTreeSet<String>,
}

impl Deref for HeldKind {
    type Target = Kind;

    fn deref(&self) -> &Kind {
        match self {
            HeldKind::Shipped(kind) => kind,
            HeldKind::Added(kind) => kind,
        }
    }
}

impl Cache {
    /// Takes up the kind that a document holds which was just read, and has every document of that kind read anew if it
    /// is another than before.
    pub(super) fn note_kind(&mut self, reading: &Reading) {
        if !reading.kind.as_ref().is_ok_and(|kind| kind.name == added::KIND) {
            return;
        }
        let now = reading.kind.as_ref().ok().and_then(|kind| {
            let view = reading.document.view(kind, None).ok()?;
            let kind = added::added(&view)?;
            let definitions = added::definitions(&view, kind.version);
            Some(AddedKind { kind: Arc::new(kind), definitions })
        });
        let before = self.kinds.remove(&reading.key);
        let changed = before.as_ref().map(|added| &added.kind) != now.as_ref().map(|added| &added.kind);
        let names: Vec<String> = before.iter().chain(&now).map(|added| added.kind.name.clone()).collect();
        if let Some(added) = now {
            self.kinds.insert(reading.key, added);
        }
        if changed {
            let lines = self.lines.iter().flat_map(Lines::all).filter(|(_, line)| names.contains(&line.kind));
            let of_it: Vec<_> = lines.map(|(key, _)| *key).collect();
            self.mark(of_it);
        }
    }
}

impl Programme {
    /// The kind of that name. Of several documents that hold one of this name, the newest version counts.
    pub(crate) fn kind(&self, name: &str) -> Result<HeldKind, NoKind> {
        let shipped = accord_framework::kind(name);
        if let Ok(kind) = shipped {
            return Ok(HeldKind::Shipped(kind));
        }
        let cache = self.documents.cache();
        let all = cache.kinds.iter().filter(|(_, added)| added.kind.name == name);
        let newest = all.max_by_key(|(key, added)| (added.kind.version, std::cmp::Reverse(**key)));
        newest
            .map(|(_, added)| HeldKind::Added(Arc::clone(&added.kind)))
            .ok_or_else(|| NoKind::Unknown(name.to_owned()))
    }

    /// Whether different kinds were added as the newest version of that name, in one document or in several.
    pub(crate) fn kinds_clash(&self, name: &str) -> bool {
        let cache = self.documents.cache();
        let all = || cache.kinds.values().filter(|added| added.kind.name == name);
        let newest = all().map(|added| added.kind.version).max();
        let of_it = all().filter(|added| Some(added.kind.version) == newest);
        of_it.flat_map(|added| &added.definitions).collect::<BTreeSet<_>>().len() > 1
    }

    /// Every kind that was added, by name.
    pub(crate) fn added_kinds(&self) -> Vec<HeldKind> {
        let mut names: Vec<String> =
            self.documents.cache().kinds.values().map(|added| added.kind.name.clone()).collect();
        names.sort();
        names.dedup();
        names.iter().filter_map(|name| self.kind(name).ok()).collect()
    }
}
