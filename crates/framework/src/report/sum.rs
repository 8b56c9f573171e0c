//! Sums of what people may disagree about.
//!
//! Every quantity is a list of alternatives, each of which says how much goes where. A cell of a sum
//! runs from the sum of the least to the sum of the most that the alternatives put there. One choice
//! may bear on several quantities (the shares of an activity divide each of its years), but amounts
//! that are not below zero all rise or fall with it together, so the range is exactly what the choices
//! can give. Where refunds below zero meet open shares, it may be wider, and never narrower.

use std::collections::BTreeMap;

use num_traits::Zero;

use super::table::Range;
use crate::exact::Exact;

/// Where something is counted: its groups, its currency (or none), its column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) groups: Vec<String>,
    pub(super) currency: String,
    pub(super) column: &'static str,
}

/// One way in which a quantity may stand.
pub(super) type Alternative = BTreeMap<Place, Exact>;

/// More ways than this are somebody's attack and not a disagreement; the quantity is then not counted.
pub(super) const MAX_ALTERNATIVES: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) cells: BTreeMap<Place, Range>,
}

impl Sum {
    pub(super) fn add(&mut self, alternatives: &[Alternative]) {
        let mut places: Vec<&Place> = alternatives.iter().flat_map(BTreeMap::keys).collect();
        places.sort();
        places.dedup();
        for place in places {
            let zero = Exact::zero();
            let amounts = || alternatives.iter().map(|a| a.get(place).unwrap_or(&zero));
            let (Some(min), Some(max)) = (amounts().min(), amounts().max()) else { continue };
            let cell = self
                .cells
                .entry(place.clone())
                .or_insert_with(|| Range { min: Exact::zero(), max: Exact::zero() });
            cell.min += min;
            cell.max += max;
        }
    }

    pub(super) fn get(&self, groups: &[String], currency: &str, column: &'static str) -> Option<&Range> {
        self.cells.get(&Place { groups: groups.to_vec(), currency: currency.to_owned(), column })
    }

    /// The lines: groups and currency, in order.
    pub(super) fn lines(&self) -> Vec<(Vec<String>, String)> {
        let mut lines: Vec<_> = self.cells.keys().map(|p| (p.groups.clone(), p.currency.clone())).collect();
        lines.sort();
        lines.dedup();
        lines
    }
}

/// Every combination of one of each; `None` if there are too many.
pub(super) fn product<A: Clone>(factors: &[Vec<A>]) -> Option<Vec<Vec<A>>> {
    let mut all: Vec<Vec<A>> = vec![Vec::new()];
    for factor in factors {
        if all.len().saturating_mul(factor.len()) > MAX_ALTERNATIVES {
            return None;
        }
        all = all
            .iter()
            .flat_map(|head| {
                factor.iter().map(|one| {
                    let mut next = head.clone();
                    next.push(one.clone());
                    next
                })
            })
            .collect();
    }
    Some(all)
}
