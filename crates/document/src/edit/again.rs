//! Making again what is not in the document: a change that its author made and that was kept apart, written anew on the
//! version that it was made on.
//!
//! What it wrote is written under the same keys: a row is the same row, an item the same item. Should the first of the two
//! come to count all the same, nothing stands twice.

use std::collections::BTreeSet;

use accord_words::told;

use super::EditError;
use super::commit::{Author, NewChange, Random};
use super::plan::Planner;
use crate::Hash;
use crate::document::{Document, UnknownVersion};
use crate::kind::Kind;
use crate::layout::{FORMAT_KEY, KIND_KEY, hex, unhex};
use crate::path::describe;
use crate::snapshot::{Content, Entry, Snapshot};
use crate::text::merge;

/// How a change says which other one it makes again. No command writes messages of another form.
const AGAIN: &str = "again ";

/// The change that a message says is made again.
#[must_use]
pub fn made_again(message: &str) -> Option<Hash> {
    unhex(message.strip_prefix(AGAIN)?)
}

impl Document {
    /// Every change that one in the document says it makes again, with the author who says so.
    #[must_use]
    pub fn made_again(&self) -> BTreeSet<(Vec<u8>, Hash)> {
        let all = self.am.get_changes_meta(&[]);
        let again = all.iter().filter_map(|meta| {
            let of = made_again(meta.message.as_deref()?)?;
            Some((meta.actor.to_bytes().to_vec(), of))
        });
        again.collect()
    }

    /// The change of an author that says it makes another one again.
    #[must_use]
    pub fn again_of(&self, change: &Hash) -> Vec<(Vec<u8>, Hash)> {
        let all = self.am.get_changes_meta(&[]);
        let again = all.iter().filter(|meta| meta.message.as_deref().and_then(made_again) == Some(*change));
        again.map(|meta| (meta.actor.to_bytes().to_vec(), meta.hash.0)).collect()
    }

    /// Writes anew, on the version `heads`, what a change wrote that is in `seen`, a copy of this document as the author of
    /// that change saw it. What came since `heads` is merged with it, and shows as a conflict where it differs, like the edit
    /// of any older version.
    ///
    /// # Errors
    /// If it cannot be made; then nothing is written.
    pub fn make_again(
        &mut self,
        heads: &[Hash],
        (seen, change): (&Document, &Hash),
        kind: &Kind,
        by: &Author<'_>,
        random: Random<'_>,
    ) -> Result<Option<NewChange>, EditError> {
        let message = format!("{AGAIN}{}", hex(change));
        let by = Author { message: Some(&message), ..*by };
        let done = seen.done_by(change)?;
        self.write_at(heads, kind, &by, random, &mut |planner| planner.again(&done))
    }

    /// The same where the change began a document of which nothing counts.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create_again(
        (seen, change): (&Document, &Hash),
        kind: &Kind,
        by: &Author<'_>,
        random: Random<'_>,
    ) -> Result<(Self, NewChange), EditError> {
        let message = format!("{AGAIN}{}", hex(change));
        let by = Author { message: Some(&message), ..*by };
        let done = seen.done_by(change)?;
        Self::begin(kind, &by, random, &mut |planner| planner.again(&done))
    }

    /// What a change did, place by place.
    fn done_by(&self, change: &Hash) -> Result<Done, UnknownVersion> {
        let number = self.graph().number(change).ok_or(UnknownVersion)?;
        let deps = self.am.get_change_meta_by_hash(&automerge::ChangeHash(*change)).ok_or(UnknownVersion)?;
        let deps: Vec<Hash> = deps.deps.iter().map(|dep| dep.0).collect();
        let before =
            if deps.is_empty() { Snapshot::default() } else { (*self.snapshot(Some(&deps))?).clone() };
        let after = self.snapshot(Some(&[*change]))?;
        let written = |key: &&str| ![FORMAT_KEY, KIND_KEY].contains(key);
        let writes = self.trace().keys_of(number).into_iter().filter(written).filter_map(|key| {
            let entry = self.written_by(change, before.slot(key), after.slot(key))?;
            let content = match &entry.content {
                // What stood under review was left as it was put together: the words that its author saw.
                Content::Review(_) => {
                    Content::Text(self.reader(Some(&[*change])).raw_at(entry.id.as_ref()?, &[*change]))
                }
                content => content.clone(),
            };
            Some((key.to_owned(), content))
        });
        let writes = writes.collect();
        Ok(Done { before, writes })
    }

    /// What stands at a place by a change: what it put there, or else the text in which it wrote.
    fn written_by<'a>(&self, change: &Hash, before: &[Entry], after: &'a [Entry]) -> Option<&'a Entry> {
        let own = |entry: &&Entry| entry.id.as_ref().and_then(|id| self.author_of(id)) == Some(*change);
        let moved =
            |entry: &&Entry| !before.iter().any(|old| old.id == entry.id && old.content == entry.content);
        after.iter().rfind(own).or_else(|| after.iter().rfind(moved))
    }
}

/// What a change did.
struct Done {
    /// What its author saw before it.
    before: Snapshot,
    /// What it wrote, by key.
    writes: Vec<(String, Content)>,
}

impl Planner<'_> {
    fn again(&mut self, done: &Done) -> Result<(), EditError> {
        for (key, content) in &done.writes {
            let path = describe(self.kind, &self.snapshot, key).path;
            self.refuse_without_ground(&path, &done.before, key)?;
            match content {
                Content::Register(written) => {
                    self.refuse_open(&path, key, written.reason.as_deref())?;
                    self.register(key.clone(), written.value.clone(), written.reason.as_deref());
                }
                Content::Text(text) => {
                    let (before, now) = (done.before.clear(key), self.snapshot.clear(key));
                    let merged = before.zip(now).and_then(|(before, now)| merge(before, text, now));
                    self.paragraph(key.clone(), merged.unwrap_or_else(|| text.clone()));
                }
                // Of a newer kind of content: this version would write it wrongly.
                Content::Review(_) | Content::Other(_) => {
                    return Err(EditError::not_here(&path, told!("again-newer")));
                }
            }
        }
        Ok(())
    }

    /// Refuses what was written in an item, a row or a paragraph that somebody else's change had made, which does not count
    /// either: it would stand in nothing.
    fn refuse_without_ground(&self, path: &str, before: &Snapshot, key: &str) -> Result<(), EditError> {
        let ends = key.match_indices('/').map(|(at, _)| &key[..at]).chain([key]);
        let mut lost = ends.filter(|at| !before.slot(at).is_empty() && self.snapshot.slot(at).is_empty());
        if lost.next().is_some() {
            return Err(EditError::not_here(path, told!("again-ground")));
        }
        Ok(())
    }
}
