//! The order in which the changes of one document stand in a pack: after all that they build on, and otherwise one author's
//! after another.

use std::collections::HashMap;

use crate::Hash;

/// Whose change comes next, by the author's place. `authors` holds each author's changes in order, as hash and what it builds
/// on. Where two logs name each other's changes in a circle, which hashes rule out, any order does.
pub(super) fn order(authors: &[Vec<(Hash, &[Hash])>]) -> Vec<usize> {
    let mut places: HashMap<Hash, (usize, usize)> = HashMap::new();
    for (author, changes) in authors.iter().enumerate() {
        places.extend(changes.iter().enumerate().map(|(at, (hash, _))| (*hash, (author, at))));
    }
    // How many each change still waits for, and who waits for it.
    let mut waits: Vec<Vec<usize>> = authors.iter().map(|changes| vec![0; changes.len()]).collect();
    let mut waiting: HashMap<(usize, usize), Vec<(usize, usize)>> = HashMap::new();
    for (author, changes) in authors.iter().enumerate() {
        for (at, (_, deps)) in changes.iter().enumerate() {
            for on in deps.iter().filter_map(|dep| places.get(dep)).filter(|on| on.0 != author) {
                waits[author][at] += 1;
                waiting.entry(*on).or_default().push((author, at));
            }
        }
    }
    let mut next = vec![0; authors.len()];
    let total: usize = authors.iter().map(Vec::len).sum();
    let mut order = Vec::with_capacity(total);
    let mut current = 0;
    while order.len() < total {
        let left = |author: usize| next[author] < authors[author].len();
        let free = |author: &usize| left(*author) && waits[*author][next[*author]] == 0;
        let all = || (current..authors.len()).chain(0..current);
        let Some(author) = all().find(free).or_else(|| all().find(|author| left(*author))) else { break };
        let done = waiting.remove(&(author, next[author])).unwrap_or_default();
        for (author, at) in done {
            waits[author][at] = waits[author][at].saturating_sub(1);
        }
        next[author] += 1;
        current = author;
        order.push(author);
    }
    order
}
