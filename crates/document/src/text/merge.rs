//! Three texts into one, by words, or the finding that people must look at it.
//!
//! Automerge merges letter by letter: it never fails, doubles what two people wrote alike, and
//! joins what they wrote differently into a sentence that nobody wrote. So what stands in a
//! paragraph that two people edited is decided here, from the three wordings.

use std::ops::Range;

use super::compare::{common, tokens};

/// One place where a side differs from the base, in tokens of the base.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change<'a> {
    at: Range<usize>,
    insert: Vec<&'a str>,
}

impl<'a> Change<'a> {
    /// The same change as far to the front as it can be told: after `a b`, whether the first or the second `a b` of
    /// `a b a b` is the new one depends on what else was changed, and means the same.
    fn foremost(&self, base: &[&'a str]) -> Self {
        let mut moved = self.clone();
        while let Some(before) = moved.at.start.checked_sub(1) {
            if moved.insert.is_empty() && base[before] == base[moved.at.end - 1] {
                moved.at = before..moved.at.end - 1;
            } else if moved.at.is_empty() && moved.insert.last() == Some(&base[before]) {
                moved.at = before..before;
                moved.insert.rotate_right(1);
            } else {
                break;
            }
        }
        moved
    }
}

/// What both sides want, if they did not touch the same words.
///
/// The rule: what both did alike is done once. Two other edits are apart if between them stands at
/// least one word that neither touched, or the end of a sentence. Everything else is for people.
pub(crate) fn merge(base: &str, one: &str, other: &str) -> Option<String> {
    if one == other || other == base {
        return Some(one.to_owned());
    }
    if one == base {
        return Some(other.to_owned());
    }
    let base = tokens(base);
    let (one, other) = (changes(&base, &tokens(one)), changes(&base, &tokens(other)));
    let mut touched = vec![false; base.len()];
    for change in one.iter().chain(&other) {
        touched[change.at.clone()].fill(true);
    }
    let (ours, others) = (foremost(&one, &base), foremost(&other, &base));
    let (agreed, mine): (Vec<_>, Vec<_>) =
        one.into_iter().partition(|change| others.contains(&change.foremost(&base)));
    let theirs = other.into_iter().filter(|change| !ours.contains(&change.foremost(&base)));
    let mut all: Vec<(bool, Change<'_>)> = mine.into_iter().map(|change| (true, change)).collect();
    all.extend(theirs.map(|change| (false, change)));
    all.sort_by_key(|(_, change)| (change.at.start, change.at.end));
    for (i, (side, first)) in all.iter().enumerate() {
        for (other_side, second) in &all[i + 1..] {
            if apart(&base, &touched, first.at.end, second.at.start) {
                break;
            }
            if side != other_side {
                return None;
            }
        }
    }
    // What was agreed may stand beside what only one did: it was on that side, and is no third wording.
    let mut apply: Vec<Change<'_>> = all.into_iter().map(|(_, change)| change).chain(agreed).collect();
    apply.sort_by_key(|change| (change.at.start, change.at.end));
    let mut out = String::new();
    let mut next = 0;
    for change in apply {
        if change.at.start < next {
            return None;
        }
        out.extend(base[next..change.at.start].iter().copied());
        out.extend(change.insert);
        next = change.at.end;
    }
    out.extend(base[next..].iter().copied());
    Some(out)
}

fn changes<'a>(base: &[&'a str], side: &[&'a str]) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (kb, ks) in common(base, side).into_iter().chain([(base.len(), side.len())]) {
        if i < kb || j < ks {
            changes.push(Change { at: i..kb, insert: side[j..ks].to_vec() });
        }
        (i, j) = (kb + 1, ks + 1);
    }
    changes
}

fn foremost<'a>(changes: &[Change<'a>], base: &[&'a str]) -> Vec<Change<'a>> {
    changes.iter().map(|change| change.foremost(base)).collect()
}

/// Whether something between two places keeps them apart.
fn apart(base: &[&str], touched: &[bool], from: usize, to: usize) -> bool {
    from <= to && (from..to).any(|i| !touched[i] && separates(base, i))
}

fn separates(base: &[&str], i: usize) -> bool {
    let token = base[i];
    if token.starts_with(char::is_alphanumeric) || token.contains('\n') {
        return true;
    }
    // Not the point in 3.5, nor the one in a name: a sentence ends before a space or the end.
    let ends = token.starts_with(['.', '!', '?', '؟', '۔', '…', '。', ':', ';', '؛']);
    ends && base.get(i + 1).is_none_or(|next| next.starts_with(char::is_whitespace))
}
