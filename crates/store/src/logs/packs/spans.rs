//! Which entries stand in which pack: the keys of packs, in order.

use std::collections::BTreeMap;

use crate::logs::LogsError;
use crate::logs::layout::place;
use crate::{Scan, Store, Tree, walk};

/// An entry's place among those of all logs, in the order of their keys: its log's number, then its position.
pub(super) type Position = u128;

/// Above every position.
pub(super) const END: Position = 1 << 96;

/// The entries of one pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::logs) struct Span {
    pub(in crate::logs) number: u32,
    pub(in crate::logs) first: u64,
    pub(in crate::logs) last: u64,
}

impl Span {
    pub(in crate::logs) fn key(&self) -> Vec<u8> {
        [&key(self.begin())[..], &self.last.to_be_bytes()].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (first, last) = bytes.split_last_chunk::<8>()?;
        let (number, first) = place(first)?;
        let last = u64::from_be_bytes(*last);
        (first <= last).then_some(Self { number, first, last })
    }

    pub(in crate::logs) fn count(&self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }

    pub(super) fn begin(&self) -> Position {
        position(self.number, self.first)
    }

    /// The position behind it.
    pub(super) fn end(&self) -> Position {
        position(self.number, self.last) + 1
    }

    /// Which of its entries is at a position.
    pub(super) fn place(&self, at: Position) -> usize {
        at.checked_sub(self.begin()).and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX)
    }
}

/// All packs of a store, which do not overlap.
#[derive(Debug, Default)]
pub(in crate::logs) struct Spans(BTreeMap<Position, Span>);

impl Spans {
    pub(super) fn load(store: &dyn Store) -> Result<Self, LogsError> {
        let mut spans = Self::default();
        walk::<LogsError>(store, &Scan::all(Tree::Packs).keys(), |key, _| {
            spans.insert(Span::read(key).ok_or(LogsError::Missing("the place of an entry"))?);
            Ok(())
        })?;
        Ok(spans)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn insert(&mut self, span: Span) {
        self.0.insert(span.begin(), span);
    }

    pub(super) fn remove(&mut self, span: &Span) {
        if self.0.get(&span.begin()) == Some(span) {
            self.0.remove(&span.begin());
        }
    }

    /// The pack with the entry at a position.
    pub(super) fn covering(&self, at: Position) -> Option<Span> {
        self.0.range(..=at).next_back().map(|(_, span)| *span).filter(|span| at < span.end())
    }

    /// The first pack that begins at or behind a position.
    pub(super) fn next(&self, at: Position) -> Option<Span> {
        self.0.range(at..).next().map(|(_, span)| *span)
    }

    /// The last pack that begins before a position.
    pub(super) fn last_before(&self, end: Position) -> Option<Span> {
        self.0.range(..end).next_back().map(|(_, span)| *span)
    }
}

pub(super) fn position(number: u32, seq: u64) -> Position {
    Position::from(number) << 64 | Position::from(seq)
}

/// The key of the entry at a position.
pub(super) fn key(at: Position) -> Vec<u8> {
    at.to_be_bytes()[4..].to_vec()
}

/// The key that ends a range before a position; none if nothing is behind it.
pub(super) fn key_of_end(at: Position) -> Option<Vec<u8>> {
    (at < END).then(|| key(at))
}

/// The first position whose key is not below this one, which may be shorter or longer.
pub(super) fn at_least(bytes: &[u8]) -> Position {
    let mut whole = [0; 16];
    let length = bytes.len().min(12);
    whole[4..4 + length].copy_from_slice(&bytes[..length]);
    Position::from_be_bytes(whole) + Position::from(u8::from(bytes.len() > 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_in_the_order_of_keys() {
        let at = position(7, u64::MAX);
        assert_eq!(at_least(&key(at)), at);
        assert_eq!(at_least(&[&key(at)[..], &[0]].concat()), position(8, 0));
        assert_eq!(at_least(&[0, 0, 0, 7]), position(7, 0));
        assert_eq!(at_least(b""), 0);
        assert_eq!(key_of_end(position(u32::MAX, u64::MAX) + 1), None);
    }

    #[test]
    fn a_span_is_read_back_from_its_key_and_found_by_its_entries() {
        let span = Span { number: 3, first: 10, last: 20 };
        assert_eq!(Span::read(&span.key()), Some(span));
        assert_eq!(Span::read(&Span { last: 9, ..span }.key()), None);
        let mut spans = Spans::default();
        spans.insert(span);
        for (seq, found) in [(9, false), (10, true), (20, true), (21, false)] {
            assert_eq!(spans.covering(position(3, seq)).is_some(), found, "{seq}");
        }
        assert!(spans.covering(position(4, 15)).is_none());
        spans.remove(&Span { last: 19, ..span });
        assert!(!spans.is_empty(), "another one");
        spans.remove(&span);
        assert!(spans.is_empty());
    }
}
