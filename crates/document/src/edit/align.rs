//! Matching the paragraphs of an edited text with those that were there.

use crate::snapshot::Snapshot;
use crate::text::{common, keeps_half};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Keep { old: usize, new: usize },
    Add(usize),
    Remove(usize),
}

/// In reading order. Equal paragraphs anchor; between anchors those that share half their words
/// are the same paragraph, and what is left is matched by position: a paragraph rewritten from
/// scratch is still that paragraph, so that two people's rewrites of it meet as a conflict.
pub(super) fn align(old: &[String], new: &[String]) -> Vec<Step> {
    let a: Vec<&str> = old.iter().map(String::as_str).collect();
    let b: Vec<&str> = new.iter().map(String::as_str).collect();
    let mut steps = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (ka, kb) in common(&a, &b).into_iter().chain([(a.len(), b.len())]) {
        gap(&a, &b, i..ka, j..kb, &mut steps);
        if ka < a.len() {
            steps.push(Step::Keep { old: ka, new: kb });
        }
        (i, j) = (ka + 1, kb + 1);
    }
    steps
}

fn gap(
    a: &[&str],
    b: &[&str],
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
    steps: &mut Vec<Step>,
) {
    let (mut i, mut j) = (old.start, new.start);
    while i < old.end || j < new.end {
        let next = (j..new.end).find_map(|n| (i..old.end).find(|&o| keeps_half(a[o], b[n])).map(|o| (o, n)));
        let (to_old, to_new) = next.unwrap_or((old.end, new.end));
        while i < to_old && j < to_new {
            steps.push(Step::Keep { old: i, new: j });
            (i, j) = (i + 1, j + 1);
        }
        steps.extend((i..to_old).map(Step::Remove));
        steps.extend((j..to_new).map(Step::Add));
        (i, j) = (to_old, to_new);
        if next.is_some() {
            steps.push(Step::Keep { old: i, new: j });
            (i, j) = (i + 1, j + 1);
        }
    }
}

/// The text of a paragraph as an editor sees it: its wording, or a line that stands for several.
pub(crate) fn shown(snapshot: &Snapshot, paragraph: &str) -> String {
    snapshot.clear(paragraph).map_or_else(|| placeholder(paragraph), str::to_owned)
}

/// Left as it is, the conflict stays open; replaced, the new text settles it.
fn placeholder(paragraph: &str) -> String {
    let id = paragraph.rsplit('/').next().unwrap_or(paragraph);
    format!("[[ open conflict {id}: leave this line, or write the text that shall stand in its place ]]")
}
