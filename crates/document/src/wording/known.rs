//! What was found about texts in the past, so that typing on does not find it again.
//!
//! All of it is a pure function of changes that never change themselves: it can be forgotten at any time, and copies
//! of a document share it, whatever else they hold.

use std::collections::HashMap;
use std::hash::Hash as Key;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Hash;
use crate::document::Made;
use crate::trace::OpName;

/// Bytes of texts of each sort that are kept: some hundred paragraphs, or the last states of one that is typed into.
const MAX_TEXTS: usize = 1 << 20;

/// The same for what the operations of changes are, which the guard looks up.
const MAX_MADE: usize = 4 << 20;

/// What an entry takes beside its texts.
const ENTRY: usize = 200;

/// Several states of a text: what they all built on, and all in one unless they touch the same words.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) base: Arc<str>,
    pub(super) merged: Option<Arc<str>>,
}

/// Which states, in the order of their hashes, of which text, and how many merges deep its base was read.
pub(super) type Place = (Vec<Hash>, OpName, usize);

#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<Mutex<Found>>);

#[derive(Debug, Default)]
struct Found {
    texts: Recent<(Hash, OpName), Arc<str>>,
    joined: Recent<Place, Arc<Joined>>,
    made: Recent<Hash, Arc<Made>, MAX_MADE>,
}

impl Known {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text at a state, if it was read lately.
    pub(super) fn text(&self, state: Hash, name: &OpName) -> Option<Arc<str>> {
        self.found().texts.get(&(state, name.clone()))
    }

    pub(crate) fn keep_text(&self, state: Hash, name: &OpName, text: &Arc<str>) {
        self.found().texts.put((state, name.clone()), Arc::clone(text), text.len());
    }

    /// What the operations of a change are.
    pub(crate) fn made(&self, change: &Hash) -> Option<Arc<Made>> {
        self.found().made.get(change)
    }

    pub(crate) fn keep_made(&self, change: Hash, made: &Arc<Made>, size: usize) {
        self.found().made.put(change, Arc::clone(made), size);
    }

    pub(super) fn joined(&self, place: &Place) -> Option<Arc<Joined>> {
        self.found().joined.get(place)
    }

    pub(super) fn keep_joined(&self, place: Place, joined: &Arc<Joined>) {
        let size = place.0.len() * size_of::<Hash>()
            + joined.base.len()
            + joined.merged.as_ref().map_or(0, |text| text.len());
        self.found().joined.put(place, Arc::clone(joined), size);
    }
}

/// Values by key, in two halves: when the younger one is full, it becomes the older one, and what nobody asked for since
/// is dropped. Clearing all at once would make every so many edits slow.
#[derive(Debug)]
struct Recent<K, V, const MAX: usize = MAX_TEXTS> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    /// Of the young ones.
    size: usize,
}

impl<K, V, const MAX: usize> Default for Recent<K, V, MAX> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), size: 0 }
    }
}

impl<K: Key + Eq, V: Clone, const MAX: usize> Recent<K, V, MAX> {
    fn get(&mut self, key: &K) -> Option<V> {
        if let Some((value, _)) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, (value, size)) = self.old.remove_entry(key)?;
        self.insert(key, value.clone(), size);
        Some(value)
    }

    fn put(&mut self, key: K, value: V, size: usize) {
        if !self.young.contains_key(&key) {
            self.insert(key, value, size + ENTRY);
        }
    }

    fn insert(&mut self, key: K, value: V, size: usize) {
        if self.size + size > MAX / 2 {
            self.old = std::mem::take(&mut self.young);
            self.size = 0;
        }
        self.size += size;
        self.young.insert(key, (value, size));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_all_of_it_is_bounded() {
        let mut recent: Recent<u32, u32> = Recent::default();
        for n in 0..100_000 {
            recent.put(n, n, 1_000);
            assert_eq!(recent.get(&0), Some(0), "asked for each time");
        }
        let held: usize = recent.young.values().chain(recent.old.values()).map(|(_, size)| size).sum();
        assert!(held <= MAX_TEXTS, "{held}");
        assert_eq!(recent.get(&1), None);
        assert_eq!(recent.get(&99_999), Some(99_999));
    }
}
