//! What is known of a document's changes so far: the next one is told relative to it. Where it is written and where it is
//! read the same steps lead to the same state.

use std::collections::{BTreeSet, HashMap};

use super::PackError;
use crate::Hash;
use crate::operations::{Action, OpRef, Operation, Slot};

/// The most bytes that changes may take before run lengths: few bytes can name long keys and many versions again and again.
pub(super) const MAX_EXPANDED: usize = 32 << 20;

/// The most values under one key that are kept track of, so that no crowd of them takes time again and again. Where there are
/// more, what takes their place names them.
const MAX_STANDING: usize = 16;

/// What all documents of a pack share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) keys: Names<'a>,
    pub(super) messages: Names<'a>,
    /// How many operations may still come, and how many bytes before run lengths.
    operations: usize,
    expanded: usize,
}

impl Shared<'_> {
    pub(super) fn new() -> Self {
        let (keys, messages) = (Names::default(), Names::default());
        Self { keys, messages, operations: super::MAX_OPERATIONS, expanded: MAX_EXPANDED }
    }

    /// Takes from what may still come.
    pub(super) fn spend(&mut self, operations: usize, bytes: usize) -> Result<(), PackError> {
        let operations = self.operations.checked_sub(operations);
        self.operations = operations.ok_or(PackError::TooLarge("operations"))?;
        self.expanded = self.expanded.checked_sub(bytes).ok_or(PackError::TooLarge("bytes of changes"))?;
        Ok(())
    }
}

/// Texts that come again and again, numbered in the order in which they first come.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    all: Vec<&'a str>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    pub(super) fn get(&self, place: usize) -> Option<&'a str> {
        self.all.get(place).copied()
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn push(&mut self, name: &'a str) {
        self.places.insert(name, self.all.len());
        self.all.push(name);
    }
}

/// One document. Authors of operations go by their place in [`Track::actors`].
#[derive(Debug, Default)]
pub(super) struct Track<'a> {
    pub(super) actors: Vec<Vec<u8>>,
    actor_places: HashMap<Vec<u8>, u32>,
    /// Changes, and those from outside of the pack that were named, with their last operation where it is known.
    points: Vec<(Hash, u64)>,
    places: HashMap<Hash, usize>,
    pub(super) heads: BTreeSet<Hash>,
    last_of: HashMap<u32, Hash>,
    pub(super) keys: Names<'a>,
    pub(super) objects: Vec<OpRef>,
    object_places: HashMap<OpRef, usize>,
    pub(super) object: Option<OpRef>,
    pub(super) element: u64,
    /// What stands under each key of each object, as far as the changes so far tell.
    values: HashMap<(Option<OpRef>, usize), Vec<OpRef>>,
}

impl<'a> Track<'a> {
    pub(super) fn actor(&self, id: &[u8]) -> Option<u32> {
        self.actor_places.get(id).copied()
    }

    /// Names an author, who was not named yet.
    pub(super) fn name(&mut self, id: Vec<u8>) -> u32 {
        let place = u32::try_from(self.actors.len()).unwrap_or(u32::MAX);
        self.actor_places.insert(id.clone(), place);
        self.actors.push(id);
        place
    }

    /// How far back a change stands, from 1; 0 if it was not named yet.
    pub(super) fn back(&self, change: &Hash) -> usize {
        self.places.get(change).map_or(0, |place| self.points.len() - place)
    }

    pub(super) fn named(&self) -> usize {
        self.points.len()
    }

    pub(super) fn at_back(&self, back: usize) -> Option<Hash> {
        self.points.get(self.points.len().checked_sub(back)?).map(|(hash, _)| *hash)
    }

    /// Names a change from outside of the pack.
    pub(super) fn outside(&mut self, change: Hash) {
        self.places.insert(change, self.points.len());
        self.points.push((change, 0));
    }

    pub(super) fn last_of(&self, actor: u32) -> Option<Hash> {
        self.last_of.get(&actor).copied()
    }

    /// The number that the first operation of a change that builds on these has, if it is honest and all of them are known.
    pub(super) fn start(&self, deps: &[Hash]) -> u64 {
        let ops = deps.iter().filter_map(|dep| self.points.get(*self.places.get(dep)?));
        ops.map(|(_, max_op)| *max_op).max().unwrap_or(0).saturating_add(1)
    }

    /// A change is known now.
    pub(super) fn made(&mut self, by: u32, change: Hash, deps: &[Hash], max_op: u64) {
        self.places.insert(change, self.points.len());
        self.points.push((change, max_op));
        deps.iter().for_each(|dep| {
            self.heads.remove(dep);
        });
        self.heads.insert(change);
        self.last_of.insert(by, change);
    }

    pub(super) fn object_place(&self, object: OpRef) -> Option<usize> {
        self.object_places.get(&object).copied()
    }

    pub(super) fn add_object(&mut self, object: OpRef) {
        self.object_places.insert(object, self.objects.len());
        self.objects.push(object);
    }

    /// What an operation takes the place of, if it takes the place of all that is known to stand there.
    pub(super) fn standing(&self, object: Option<OpRef>, key: Option<usize>) -> &[OpRef] {
        key.and_then(|key| self.values.get(&(object, key))).map_or(&[], Vec::as_slice)
    }

    /// An operation is known now.
    pub(super) fn done(&mut self, id: OpRef, operation: &Operation<'a>, key: Option<usize>, preds: &[OpRef]) {
        self.object = operation.object;
        if let Slot::Element(element) = operation.slot {
            self.element = element.counter;
        }
        if operation.action.0.is_multiple_of(2) {
            self.add_object(id);
        }
        if let Some(key) = key {
            let values = self.values.entry((operation.object, key)).or_default();
            // Mostly all of them, in their order.
            if values.as_slice() == preds || values.len() >= MAX_STANDING {
                values.clear();
            } else {
                values.retain(|value| !preds.contains(value));
            }
            if operation.action != Action::DELETE {
                values.push(id);
            }
        }
    }
}
