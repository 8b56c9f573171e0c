//! What changed between two versions of a text, by words.
//!
//! Words and not letters: two people's edits of one word must never blend into a third word that
//! neither wrote.

/// One place where the texts differ. Positions count characters (code points) of the old text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub(crate) at: usize,
    pub(crate) delete: usize,
    pub(crate) insert: String,
}

/// Above this many comparisons the differing middle is taken as one hunk: it bounds time and memory.
const MAX_CELLS: usize = 4_000_000;

/// The hunks from `old` to `new`, in order.
pub(crate) fn compare(old: &str, new: &str) -> Vec<Hunk> {
    let (a, b) = (tokens(old), tokens(new));
    let mut hunks = Vec::new();
    let (mut i, mut j, mut at) = (0, 0, 0);
    for (ka, kb) in common(&a, &b).into_iter().chain([(a.len(), b.len())]) {
        let delete: usize = a[i..ka].iter().map(|t| t.chars().count()).sum();
        let insert = b[j..kb].concat();
        if delete > 0 || !insert.is_empty() {
            hunks.push(Hunk { at, delete, insert });
        }
        at += delete + a.get(ka).map_or(0, |t| t.chars().count());
        (i, j) = (ka + 1, kb + 1);
    }
    hunks
}

/// Whether an edit keeps about half of the old words, so that it is the same paragraph still.
pub(crate) fn keeps_half(old: &str, new: &str) -> bool {
    let (a, b) = (tokens(old), tokens(new));
    let is_word = |token: &&str| token.starts_with(char::is_alphanumeric);
    let words = a.iter().filter(|t| is_word(t)).count();
    let kept = common(&a, &b).into_iter().filter(|(i, _)| is_word(&a[*i])).count();
    kept * 2 >= words
}

/// Words, runs of white space, and single signs. Combining marks belong to their word.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    #[derive(PartialEq, Clone, Copy)]
    enum Class {
        Word,
        Space,
        Sign,
    }
    let class = |c: char| {
        if c.is_whitespace() {
            Class::Space
        } else if c.is_alphanumeric() || !c.is_ascii() && unicode_normalization::char::is_combining_mark(c) {
            Class::Word
        } else {
            Class::Sign
        }
    };
    let mut out = Vec::new();
    let (mut start, mut previous) = (0, None);
    for (at, c) in text.char_indices() {
        let this = class(c);
        if previous.is_some_and(|p| p != this || this == Class::Sign) {
            out.push(&text[start..at]);
            start = at;
        }
        previous = Some(this);
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

/// Pairs of positions of a longest common subsequence.
pub(crate) fn common(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let suffix = a[prefix..].iter().rev().zip(b[prefix..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (ma, mb) = (&a[prefix..a.len() - suffix], &b[prefix..b.len() - suffix]);
    let mut pairs: Vec<(usize, usize)> = (0..prefix).map(|i| (i, i)).collect();
    if ma.len().saturating_mul(mb.len()) <= MAX_CELLS {
        let width = mb.len() + 1;
        let mut best = vec![0u32; (ma.len() + 1) * width];
        for i in (0..ma.len()).rev() {
            for j in (0..mb.len()).rev() {
                best[i * width + j] = if ma[i] == mb[j] {
                    best[(i + 1) * width + j + 1] + 1
                } else {
                    best[(i + 1) * width + j].max(best[i * width + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < ma.len() && j < mb.len() {
            if ma[i] == mb[j] {
                pairs.push((prefix + i, prefix + j));
                (i, j) = (i + 1, j + 1);
            } else if best[(i + 1) * width + j] >= best[i * width + j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    pairs.extend((0..suffix).map(|k| (a.len() - suffix + k, b.len() - suffix + k)));
    pairs
}
