//! The kinds that documents can have here: those that are shipped, and those that organisations added to the programme.

use std::ops::Deref;
use std::sync::Arc;

use accord_document::Kind;
use accord_framework::added;

use super::Programme;
use super::documents::{Cache, Reading};

/// A kind, wherever it comes from.
#[derive(Debug, Clone)]
pub(crate) enum HeldKind {
    /// Part of the program.
    Shipped(&'static Kind),
    /// Added to the programme.
    Added(Arc<Kind>),
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
            added::added(&view)
        });
        let before = self.kinds.remove(&reading.key);
        let changed = before.as_deref() != now.as_ref();
        let names: Vec<String> =
            before.iter().map(|kind| kind.name.clone()).chain(now.iter().map(|k| k.name.clone())).collect();
        if let Some(kind) = now {
            self.kinds.insert(reading.key, Arc::new(kind));
        }
        if changed {
            let lines = self.names.iter().flatten().filter(|(_, line)| names.contains(&line.kind));
            let of_it: Vec<_> = lines.map(|(key, _)| *key).collect();
            self.mark(of_it);
        }
    }
}

impl Programme {
    /// The kind of that name. Of several documents that hold one of this name, the newest version counts.
    pub(crate) fn kind(&self, name: &str) -> Result<HeldKind, String> {
        let shipped = accord_framework::kind(name);
        if let Ok(kind) = shipped {
            return Ok(HeldKind::Shipped(kind));
        }
        let cache = self.documents.cache();
        let all = cache.kinds.iter().filter(|(_, kind)| kind.name == name);
        let newest = all.max_by_key(|(key, kind)| (kind.version, std::cmp::Reverse(**key)));
        newest.map(|(_, kind)| HeldKind::Added(Arc::clone(kind))).ok_or_else(|| {
            format!("this program knows no kind of document called `{name}`, and nobody has added it")
        })
    }

    /// Every kind that was added, by name.
    pub(crate) fn added_kinds(&self) -> Vec<HeldKind> {
        let mut names: Vec<String> =
            self.documents.cache().kinds.values().map(|kind| kind.name.clone()).collect();
        names.sort();
        names.dedup();
        names.iter().filter_map(|name| self.kind(name).ok()).collect()
    }
}
