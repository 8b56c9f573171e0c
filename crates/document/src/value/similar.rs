//! What somebody probably meant.

use accord_words::say;

/// What somebody probably meant by what was typed: the nearest of what is known, or nothing if none is near.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = typed.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(d, candidate)| *d <= 1 + candidate.chars().count() / 4)
        .min_by_key(|(d, _)| *d)
        .map(|(_, candidate)| candidate)
}

/// What to write in place of what is not known: what is near it, and all that is known.
pub(crate) fn near_or_known(typed: &str, known: &[&str], list: &str) -> String {
    match did_you_mean(typed, known.iter().copied()) {
        Some(near) => say!("path-near", near = near, list = list),
        None => say!("path-known", list = list),
    }
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
