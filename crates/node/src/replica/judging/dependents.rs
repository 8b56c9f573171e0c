//! Who built on certain entries of a log: looked up in the documents that these are about.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::governance::{Governance, Operation, Subject};
use accord_core::{Body, ChangeHash, DeviceId, DocumentId, Entry, EntryId, Header, SpaceId};
use accord_document::ChangeMeta;

use super::Builder;
use crate::replica::Programme;

/// The entries that are watched, by the document and the change that they carry.
#[derive(Default)]
pub(super) struct Dependents {
    device: Option<DeviceId>,
    watched: BTreeMap<DocumentId, BTreeMap<ChangeHash, EntryId>>,
}

/// The changes of a document, each with those made directly on it.
#[derive(Default)]
struct Followers {
    by: BTreeMap<ChangeHash, (DeviceId, bool)>,
    deps: BTreeMap<ChangeHash, Vec<ChangeHash>>,
    followers: BTreeMap<ChangeHash, Vec<ChangeHash>>,
}

impl Dependents {
    pub(super) fn watch(&mut self, entry: &Entry) {
        self.device = Some(entry.header().device);
        if let Body::Change { document, change, .. } = &entry.header().body {
            self.watched.entry(*document).or_default().insert(*change, entry.id());
        }
    }

    /// The watched entries on which something of another log was made, at once or by way of others, that `counts`: each
    /// with the organisations whose it is.
    pub(super) fn built_on(
        &self,
        programme: &Programme,
        governance: &Governance,
        space: &SpaceId,
        counts: &dyn Fn(&Header) -> bool,
    ) -> BTreeSet<(EntryId, Builder)> {
        let mut found = BTreeSet::new();
        for (document, changes) in &self.watched {
            let graph = Followers::read(programme, space, document, counts);
            for (change, entry) in changes {
                for (device, counted) in graph.after(change).iter().filter_map(|hash| graph.by.get(hash)) {
                    if *counted
                        && Some(*device) != self.device
                        && let Some(owner) = governance.owner(device)
                    {
                        found.insert((*entry, owner));
                    }
                }
            }
        }
        found
    }

    /// The watched entries that a ratified version contains.
    pub(super) fn ratified(
        &self,
        programme: &Programme,
        governance: &Governance,
        space: &SpaceId,
    ) -> BTreeSet<EntryId> {
        let mut found = BTreeSet::new();
        for (document, changes) in &self.watched {
            let versions = governance.versions(&Subject::Document(*document));
            let heads = versions.into_iter().filter_map(|(_, _, decision)| match &decision.operation {
                Operation::Ratify { space: of, heads, .. } if of == space => Some(heads),
                _ => None,
            });
            let heads: Vec<ChangeHash> = heads.flatten().copied().collect();
            if heads.is_empty() {
                continue;
            }
            let graph = Followers::read(programme, space, document, &|_| false);
            let contained = reach(heads, &graph.deps);
            found.extend(changes.iter().filter(|(change, _)| contained.contains(change)).map(|(_, e)| *e));
        }
        found
    }
}

/// Whether a change of a document that `counts` was made on one that is not here.
pub(super) fn lacks(
    programme: &Programme,
    space: &SpaceId,
    document: &DocumentId,
    counts: &dyn Fn(&Header) -> bool,
) -> bool {
    let graph = Followers::read(programme, space, document, counts);
    let counted = graph.by.iter().filter(|(_, (_, counted))| *counted);
    counted.filter_map(|(change, _)| graph.deps.get(change)).flatten().any(|dep| !graph.by.contains_key(dep))
}

impl Followers {
    fn read(
        programme: &Programme,
        space: &SpaceId,
        document: &DocumentId,
        counts: &dyn Fn(&Header) -> bool,
    ) -> Self {
        let mut graph = Self::default();
        let arrivals = programme.logs().arrivals_in(space, document, 0).unwrap_or_else(|error| {
            tracing::error!(%error, "the entries of a document cannot be read");
            Vec::new()
        });
        for entry in arrivals.into_iter().filter_map(|(_, entry)| entry) {
            let Body::Change { change, .. } = &entry.header().body else { continue };
            let Ok(meta) = ChangeMeta::parse(entry.payload()) else { continue };
            let counted = counts(entry.header());
            let by = graph.by.entry(*change).or_insert((entry.header().device, counted));
            by.1 |= counted;
            let deps: Vec<ChangeHash> = meta.deps.iter().copied().map(ChangeHash).collect();
            for dep in &deps {
                graph.followers.entry(*dep).or_default().push(*change);
            }
            graph.deps.insert(*change, deps);
        }
        graph
    }

    /// All changes made on one, at once or by way of others.
    fn after(&self, change: &ChangeHash) -> BTreeSet<ChangeHash> {
        let next = self.followers.get(change).cloned().unwrap_or_default();
        reach(next, &self.followers)
    }
}

fn reach(mut next: Vec<ChangeHash>, edges: &BTreeMap<ChangeHash, Vec<ChangeHash>>) -> BTreeSet<ChangeHash> {
    let mut found = BTreeSet::new();
    while let Some(hash) = next.pop() {
        if found.insert(hash) {
            next.extend(edges.get(&hash).into_iter().flatten());
        }
    }
    found
}
