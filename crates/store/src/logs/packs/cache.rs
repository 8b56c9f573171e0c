//! What was taken out of packs last: who reads a log reads all of a pack, one entry after another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Span;

/// The most bytes of entries that are kept, about twenty packs; the last pack is kept whatever its size.
const BYTES: usize = 8 << 20;

/// The values of a pack's entries.
pub(super) type Values = Arc<[Vec<u8>]>;

/// Unpacked packs, those that were not needed for the longest time leaving first. A pack never changes: one that takes
/// its place has another span.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// Each with when it was last needed; none in place of one that is damaged, so that it is not tried for each entry.
    packs: BTreeMap<Span, (u64, Option<Values>)>,
    bytes: usize,
    now: u64,
}

impl Cache {
    pub(super) fn get(&mut self, span: &Span) -> Option<Option<Values>> {
        self.now += 1;
        let (used, values) = self.packs.get_mut(span)?;
        *used = self.now;
        Some(values.clone())
    }

    /// What is in this pack is another one's now, or none's.
    pub(super) fn forget(&mut self, span: &Span) {
        let gone = self.packs.remove(span);
        self.bytes -= gone.map_or(0, |(_, values)| size(values.as_ref()));
    }

    pub(super) fn insert(&mut self, span: Span, values: Option<Values>) {
        self.now += 1;
        self.bytes += size(values.as_ref());
        if let Some((_, before)) = self.packs.insert(span, (self.now, values)) {
            self.bytes -= size(before.as_ref());
        }
        while self.bytes > BYTES {
            let held = self.packs.iter().filter(|(at, (_, values))| **at != span && values.is_some());
            let Some(oldest) = held.min_by_key(|(_, (used, _))| *used).map(|(at, _)| *at) else { break };
            let gone = self.packs.remove(&oldest);
            self.bytes -= gone.map_or(0, |(_, values)| size(values.as_ref()));
        }
    }
}

/// With what it costs to keep each.
fn size(values: Option<&Values>) -> usize {
    values.map_or(0, |values| values.iter().map(|value| value.capacity() + 48).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_bounded_and_keeps_what_was_needed_last() {
        let mut cache = Cache::default();
        let span = |n| Span { number: 0, first: n, last: n };
        let values = || Some(Values::from(vec![vec![0; BYTES / 4]]));
        cache.insert(span(9), None);
        for n in 0..3 {
            cache.insert(span(n), values());
        }
        assert!(cache.get(&span(0)).is_some());
        cache.insert(span(3), values());
        assert!(cache.bytes <= BYTES);
        assert!(cache.get(&span(1)).is_none() && cache.get(&span(0)).is_some());
        assert!(cache.get(&span(9)).is_some(), "that it is damaged stays known");
        cache.insert(span(4), Some(Values::from(vec![vec![0; 2 * BYTES]])));
        assert!(cache.get(&span(4)).is_some() && cache.get(&span(0)).is_none());
        cache.insert(span(4), None);
        assert_eq!(cache.bytes, 0);
    }
}
