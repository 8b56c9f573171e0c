//! Walking a tree in pages.

use std::ops::Bound;

use crate::{StoreError, Tree};

/// What one page should show: a range of a tree's keys, from which side, and how much at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The tree to walk.
    pub tree: Tree,
    /// The lowest key of the range, itself included.
    pub start: Vec<u8>,
    /// The key above the range, itself not included; none for no upper end.
    pub end: Option<Vec<u8>>,
    /// Walk from the upper end down.
    pub reverse: bool,
    /// At most this many items.
    pub max_items: usize,
    /// Stop once keys and values come to this many bytes; the first item is shown whatever its size.
    pub max_bytes: usize,
    /// Show keys alone: each with an empty value, and whether or not its own is damaged.
    pub keys_only: bool,
}

impl Scan {
    /// Every key of a tree.
    pub fn all(tree: Tree) -> Scan {
        let (start, end) = (Vec::new(), None);
        Scan { tree, start, end, reverse: false, max_items: 1024, max_bytes: 1 << 20, keys_only: false }
    }

    /// The keys from `start` up to, and without, `end`.
    pub fn range(tree: Tree, start: impl Into<Vec<u8>>, end: impl Into<Vec<u8>>) -> Scan {
        Scan { start: start.into(), end: Some(end.into()), ..Scan::all(tree) }
    }

    /// The keys that begin with `prefix`.
    pub fn prefix(tree: Tree, prefix: impl Into<Vec<u8>>) -> Scan {
        let start = prefix.into();
        let end = after_prefix(&start);
        Scan { start, end, ..Scan::all(tree) }
    }

    /// The same range from its upper end down.
    #[must_use]
    pub fn reversed(self) -> Scan {
        Scan { reverse: true, ..self }
    }

    /// The same range with at most this many items a page. A page has at least one, if there is one.
    #[must_use]
    pub fn items(self, max_items: usize) -> Scan {
        Scan { max_items, ..self }
    }

    /// The same range with about this many bytes a page.
    #[must_use]
    pub fn bytes(self, max_bytes: usize) -> Scan {
        Scan { max_bytes, ..self }
    }

    /// The keys of the same range, without reading what stands under them.
    #[must_use]
    pub fn keys(self) -> Scan {
        Scan { keys_only: true, ..self }
    }

    /// The scan that goes on at `next`, the key that a page of this one named.
    #[must_use]
    pub fn resume(&self, next: Vec<u8>) -> Scan {
        if self.reverse {
            let mut end = next;
            end.push(0);
            Scan { end: Some(end), ..self.clone() }
        } else {
            Scan { start: next, ..self.clone() }
        }
    }

    /// The scan that goes on behind `key`, in its direction.
    pub(crate) fn after(&self, key: &[u8]) -> Scan {
        if self.reverse {
            Scan { end: Some(key.to_vec()), ..self.clone() }
        } else {
            self.resume([key, &[0]].concat())
        }
    }

    /// Whether no key can be in the range; engines disagree on what they do with such ranges.
    pub(crate) fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end <= self.start)
    }

    /// The range in the form that ordered maps take.
    pub(crate) fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        (Bound::Included(&self.start), self.end.as_deref().map_or(Bound::Unbounded, Bound::Excluded))
    }
}

/// One page of a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Keys and values, in the order of the walk.
    pub items: Vec<(Vec<u8>, Vec<u8>)>,
    /// The first key that the page had no room for: hand it to [`Scan::resume`]. None at the end of the range.
    pub next: Option<Vec<u8>>,
}

/// Fills a page within the limits of its scan; one place for both backends.
pub(crate) struct PageBuilder<'a> {
    scan: &'a Scan,
    page: Page,
    bytes: usize,
}

impl<'a> PageBuilder<'a> {
    pub(crate) fn new(scan: &'a Scan) -> Self {
        PageBuilder { scan, page: Page::default(), bytes: 0 }
    }

    /// Whether the next key ends the page; asked before its value is read, which may be large.
    pub(crate) fn is_full_at(&mut self, key: &[u8]) -> bool {
        let full = self.page.items.len() >= self.scan.max_items.max(1)
            || (!self.page.items.is_empty() && self.bytes >= self.scan.max_bytes);
        if full {
            self.page.next = Some(key.to_vec());
        }
        full
    }

    pub(crate) fn push(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.bytes += key.len() + value.len();
        self.page.items.push((key, value));
    }

    /// Ends the page before a damaged value; only a page that would begin with it fails. So a walk shows all
    /// that is whole, and who wants to go on resumes above the key that the error names.
    pub(crate) fn damaged_at(mut self, key: Vec<u8>) -> Result<Page, StoreError> {
        if self.page.items.is_empty() {
            return Err(StoreError::Damaged { tree: self.scan.tree, key });
        }
        self.page.next = Some(key);
        Ok(self.page)
    }

    pub(crate) fn finish(self) -> Page {
        self.page
    }
}

/// The lowest key above every key that begins with `prefix`; none if there is no such key.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_carries_over_full_bytes() {
        assert_eq!(after_prefix(b"ab"), Some(b"ac".to_vec()));
        assert_eq!(after_prefix(&[1, 255, 255]), Some(vec![2]));
        assert_eq!(after_prefix(&[255]), None);
        assert_eq!(after_prefix(b""), None);
    }

    #[test]
    fn a_reverse_scan_resumes_at_the_named_key_itself() {
        let scan = Scan::all(Tree::Meta).reversed().resume(vec![7]);
        assert_eq!(scan.end, Some(vec![7, 0]));
    }
}
