//! Documents in which a change that counts was made on one that is not here.
//!
//! Where a log was cut, what is after the cut is not asked for. But who had not heard of the cut may have built on it, and then
//! both count; a node that learned of the cut first does not have what was built on, and cannot tell whose log it is in. So
//! while anything of a space is lacking, its limits are lifted: a partner that has it tells of it, since its own limit runs to
//! the last entry that somebody built on, and of nothing beyond.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use accord_core::admission::{Standing, standing_in};
use accord_core::{DocumentId, Header, SpaceId};

use super::dependents::lacks;
use crate::replica::Programme;

/// By space, the documents that lack something: of spaces in which something was cut, once they were looked through.
pub(super) type Lacking = BTreeMap<SpaceId, BTreeSet<DocumentId>>;

impl Programme {
    /// Whether anything that counts in a space was made on what is not here.
    pub(super) fn lacks_ancestors(&self, space: &SpaceId) -> bool {
        if let Some(known) = self.lacking().get(space) {
            return !known.is_empty();
        }
        let documents = self.logs.documents().unwrap_or_default();
        let own = documents.into_iter().filter(|(_, record)| record.space == *space).map(|(id, _)| id);
        let found = self.lacking_among(space, own);
        let lacks = !found.is_empty();
        self.lacking().insert(*space, found);
        lacks
    }

    /// Looks again at documents about which something came. Whether the limits of the space are others since.
    pub(in crate::replica) fn came_in(&self, space: &SpaceId, documents: &BTreeSet<DocumentId>) -> bool {
        if self.judged(space).limits.is_empty() {
            return false;
        }
        let before = self.lacks_ancestors(space);
        let found = self.lacking_among(space, documents.iter().copied());
        let mut lacking = self.lacking();
        let known = lacking.entry(*space).or_default();
        known.retain(|id| !documents.contains(id));
        known.extend(found);
        before == known.is_empty()
    }

    pub(super) fn forget_lacking(&self, space: &SpaceId) {
        self.lacking().remove(space);
    }

    fn lacking_among(
        &self,
        space: &SpaceId,
        documents: impl Iterator<Item = DocumentId>,
    ) -> BTreeSet<DocumentId> {
        // Before governance is locked: it may have to look at it too.
        let judged = self.judged(space);
        let governance = self.governance();
        let counts =
            |header: &Header| standing_in(&governance, &judged.forks, header) == Standing::InPosition;
        documents.filter(|document| lacks(self, space, document, &counts)).collect()
    }

    fn lacking(&self) -> std::sync::MutexGuard<'_, Lacking> {
        self.judging.lacking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
