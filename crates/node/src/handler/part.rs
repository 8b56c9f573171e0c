//! As much of a list as one answer holds.
//!
//! An answer is one line on the control socket, and what others write has no end: a list is told in parts, each with how
//! much comes before and after it.

use accord_core::api::MAX_LINE;
use serde::Serialize;

/// The most bytes of a list in one answer: half of a line leaves room for all that stands beside it.
const ROOM: usize = MAX_LINE / 2;

/// A part of a list.
pub(super) struct Part<T> {
    pub(super) items: Vec<T>,
    /// How many come before it.
    pub(super) before: usize,
    /// How many come after it.
    pub(super) after: usize,
}

impl<T: Serialize> Part<T> {
    /// After the first `skip`, at most `most`, as far as they fit.
    pub(super) fn of(mut items: Vec<T>, skip: usize, most: usize) -> Self {
        let before = skip.min(items.len());
        items.drain(..before);
        let fitting = fitting(items.iter().take(most));
        let after = items.len() - fitting;
        items.truncate(fitting);
        Self { items, before, after }
    }

    /// The last, as far as they fit.
    pub(super) fn newest(mut items: Vec<T>) -> Self {
        let before = items.len() - fitting(items.iter().rev());
        Self { items: items.split_off(before), before, after: 0 }
    }
}

/// How many of them fit. One that is too long by itself is left out, and not what fits before it.
fn fitting<'a, T: Serialize + 'a>(items: impl Iterator<Item = &'a T>) -> usize {
    let mut taken = 0_usize;
    items
        .take_while(|item| {
            let length = serde_json::to_string(item).map_or(ROOM, |json| json.len() + 1);
            taken = taken.saturating_add(length);
            taken <= ROOM
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_told_in_parts() {
        let part = Part::of((0..10).collect::<Vec<u32>>(), 3, 4);
        assert_eq!((part.items, part.before, part.after), (vec![3, 4, 5, 6], 3, 3));
        let part = Part::of(vec![1], 5, 4);
        assert_eq!((part.items, part.before, part.after), (vec![], 1, 0));
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let long = "x".repeat(ROOM / 2);
        let part = Part::of(vec![long.clone(), long.clone(), long.clone()], 0, 10);
        assert_eq!((part.items.len(), part.after), (1, 2), "its marks count too");
        let part = Part::newest(vec![long.clone(), long]);
        assert_eq!((part.items.len(), part.before), (1, 1));
    }
}
