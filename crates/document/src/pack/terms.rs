//! A change in the terms of its document: authors by their place among the document's.

use std::collections::{BTreeSet, HashMap};

use super::track::Track;
use crate::change_meta::{MAX_ACTOR, chunk, contents, hash_of};
use crate::operations::{OpRef, Operation, Operations, Slot, read, write};
use crate::{ChangeMeta, Hash};

/// What of a change is not told by its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Terms<'a> {
    pub(super) deps: Vec<Hash>,
    pub(super) start_op: u64,
    pub(super) message: &'a str,
    /// Authors that the document has not named yet, in their order.
    pub(super) new_actors: Vec<&'a [u8]>,
    pub(super) operations: Operations<'a>,
}

/// A change that can stand in columns, since it comes out of them to the byte.
#[derive(Debug)]
pub(super) struct Plain<'a> {
    pub(super) meta: ChangeMeta,
    pub(super) operations: Operations<'a>,
    message: &'a str,
}

impl<'a> Plain<'a> {
    /// Reads a change; none if it is not in the one form that comes out again.
    pub(super) fn read(raw: &'a [u8]) -> Option<Self> {
        let (hash, contents) = contents(raw).ok()?;
        // A deflated one would come out plain, and be another payload.
        let std::borrow::Cow::Borrowed(contents) = contents else { return None };
        let (meta, body) = ChangeMeta::from_contents(hash, contents).ok()?;
        let operations = read(&body).ok()?;
        let in_order = meta.deps.is_sorted_by(|a, b| a < b);
        if !in_order || others(&operations, &meta.actor)? != operations.others {
            return None;
        }
        if write(&meta, &operations) != contents || chunk(&hash, contents) != raw {
            return None;
        }
        Some(Self { meta, operations, message: message(contents)? })
    }

    /// What it takes before run lengths: what [`super::track::Shared`] bounds.
    pub(super) fn expanded(&self) -> usize {
        let operations =
            self.operations.list.iter().map(|operation| expanded(operation, operation.preds.len()));
        operations.sum::<usize>() + self.meta.deps.len() * 32
    }

    /// The same in the terms of its document.
    pub(super) fn terms(self, track: &Track<'a>, own: u32) -> Option<Terms<'a>> {
        let mut new_actors = Vec::new();
        let mut table = vec![own];
        for other in &self.operations.others {
            table.push(match track.actor(other) {
                Some(place) => place,
                None => {
                    new_actors.push(*other);
                    u32::try_from(track.actors.len() + new_actors.len() - 1).ok()?
                }
            });
        }
        let operations = renamed(self.operations, |place| table.get(place as usize).copied())?;
        let ChangeMeta { deps, start_op, .. } = self.meta;
        Some(Terms { deps, start_op, message: self.message, new_actors, operations })
    }
}

/// What one operation takes before run lengths.
pub(super) fn expanded(operation: &Operation<'_>, preds: usize) -> usize {
    let key = match operation.slot {
        Slot::Key(key) => key.len(),
        Slot::Head | Slot::Element(_) => 0,
    };
    24 + key + operation.value.len() + preds * 12
}

impl Terms<'_> {
    /// The change: its hash, its last operation and its bytes.
    pub(super) fn rebuild(
        self,
        actors: &[Vec<u8>],
        own: u32,
        (seq, timestamp): (u64, i64),
    ) -> Option<(Hash, u64, Vec<u8>)> {
        let actor = actors.get(own as usize)?;
        let used: BTreeSet<u32> = used(&self.operations).filter(|place| *place != own).collect();
        let mut others: Vec<(&[u8], u32)> = Vec::with_capacity(used.len());
        for place in used {
            others.push((actors.get(place as usize)?.as_slice(), place));
        }
        others.sort_unstable();
        let mut table = HashMap::from([(own, 0)]);
        for ((_, place), at) in others.iter().zip(1..) {
            table.insert(*place, at);
        }
        let mut operations = renamed(self.operations, |place| table.get(&place).copied())?;
        operations.others = others.iter().map(|(actor, _)| *actor).collect();
        let max_op = self.start_op.checked_add(operations.list.len() as u64)?.checked_sub(1)?;
        let meta = ChangeMeta {
            hash: [0; 32],
            actor: actor.clone(),
            seq,
            start_op: self.start_op,
            max_op,
            deps: self.deps,
            timestamp,
            message: Some(self.message.to_owned()),
        };
        let contents = write(&meta, &operations);
        let hash = hash_of(&contents);
        Some((hash, max_op, chunk(&hash, &contents)))
    }
}

/// The authors that the operations of a change name beside its own, as the library lists them; none if one is not in its table.
fn others<'a>(operations: &Operations<'a>, own: &[u8]) -> Option<Vec<&'a [u8]>> {
    let mut named = BTreeSet::new();
    for place in used(operations).filter(|place| *place > 0) {
        let other = *operations.others.get(place as usize - 1)?;
        if other == own || other.is_empty() || other.len() > MAX_ACTOR {
            return None;
        }
        named.insert(other);
    }
    Some(named.into_iter().collect())
}

fn used(operations: &Operations<'_>) -> impl Iterator<Item = u32> {
    let of = |operation: &Operation<'_>| {
        let element = match operation.slot {
            Slot::Element(element) => Some(element.actor),
            Slot::Key(_) | Slot::Head => None,
        };
        [operation.object.map(|object| object.actor), element]
    };
    let list = operations.list.iter().flat_map(of).flatten();
    list.chain(operations.preds.iter().map(|pred| pred.actor))
}

/// The same with authors by other places.
fn renamed<'a>(mut operations: Operations<'a>, place: impl Fn(u32) -> Option<u32>) -> Option<Operations<'a>> {
    // Mostly it is the same author again and again.
    let mut last = None;
    let mut rename = |of: &mut OpRef| {
        let to = match last {
            Some((from, to)) if from == of.actor => to,
            _ => place(of.actor)?,
        };
        last = Some((of.actor, to));
        of.actor = to;
        Some(())
    };
    for operation in &mut operations.list {
        if let Some(object) = &mut operation.object {
            rename(object)?;
        }
        if let Slot::Element(element) = &mut operation.slot {
            rename(element)?;
        }
    }
    operations.preds.iter_mut().try_for_each(rename)?;
    operations.others = Vec::new();
    Some(operations)
}

/// The message, where it stands in the contents of a change that was read before.
fn message(contents: &[u8]) -> Option<&str> {
    let mut r = crate::change_meta::Reader::new(contents);
    let deps = usize::try_from(r.unsigned().ok()?).ok()?;
    r.take(deps.checked_mul(32)?).ok()?;
    let actor = usize::try_from(r.unsigned().ok()?).ok()?;
    r.take(actor).ok()?;
    (r.unsigned().ok()?, r.unsigned().ok()?, r.signed().ok()?);
    let length = usize::try_from(r.unsigned().ok()?).ok()?;
    std::str::from_utf8(r.take(length).ok()?).ok()
}
