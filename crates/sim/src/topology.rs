//! Who has a link to whom.

use std::collections::BTreeSet;

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

/// A shape of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// Each with the next, the last with the first.
    Ring,
    /// Each with all.
    Mesh,
    /// Each with the next.
    Line,
    /// All with the first.
    Star,
    /// Connected, and some more.
    Random,
}

impl Topology {
    /// The links between `count` nodes, lower number first.
    pub fn links(self, count: usize, rng: &mut ChaCha8Rng) -> BTreeSet<(usize, usize)> {
        let line = (1..count).map(|n| (n - 1, n));
        match self {
            Topology::Ring if count > 2 => line.chain([(0, count - 1)]).collect(),
            Topology::Ring | Topology::Line => line.collect(),
            Topology::Mesh => (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))).collect(),
            Topology::Star => (1..count).map(|n| (0, n)).collect(),
            Topology::Random => {
                let mut links: BTreeSet<(usize, usize)> =
                    (1..count).map(|n| (rng.random_range(0..n), n)).collect();
                for _ in 0..rng.random_range(0..=count) {
                    let (a, b) = (rng.random_range(0..count), rng.random_range(0..count));
                    if a != b {
                        links.insert((a.min(b), a.max(b)));
                    }
                }
                links
            }
        }
    }
}
