//! Groups: by what a total is divided.

use num_traits::One;

use super::sum::product;
use crate::exact::Exact;
use crate::model::{Activity, Framework};

/// By what to group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Divided by the activity's shares.
    Pillar,
    /// Whole under each method of the activity.
    Method,
    /// The lead of an activity, the giver of a contribution.
    Partner,
    /// The framework's country.
    Country,
    /// Of the budget, or of the contribution's date.
    Year,
}

impl Group {
    /// By its name in commands.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "pillar" => Self::Pillar,
            "method" => Self::Method,
            "partner" => Self::Partner,
            "country" => Self::Country,
            "year" => Self::Year,
            _ => return None,
        })
    }

    /// The id of its column.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Pillar => "pillar",
            Self::Method => "method",
            Self::Partner => "partner",
            Self::Country => "country",
            Self::Year => "year",
        }
    }
}

/// One way to place something: groups, each with the part that goes there.
pub(super) type Parts = Vec<(Vec<String>, Exact)>;

/// What is to be placed.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) framework: &'a Framework,
    pub(super) activity: Option<&'a Activity>,
    /// The giver of a contribution.
    pub(super) partner: Option<&'a str>,
    pub(super) year: &'a str,
}

/// What stands where a group is not known.
const NONE: &str = "—";

fn one(name: &str) -> Vec<(String, Exact)> {
    vec![(if name.is_empty() { NONE } else { name }.to_owned(), Exact::one())]
}

/// All ways to place the subject; `None` if there are too many.
pub(super) fn ways(by: &[Group], subject: &Subject<'_>) -> Option<Vec<Parts>> {
    let mut factors = Vec::new();
    for group in by {
        factors.push(ways_of(*group, subject)?);
    }
    let combined = product(&factors)?;
    Some(combined.iter().map(|choice| cross(choice)).collect())
}

/// Parts of one choice for each group, multiplied.
fn cross(choice: &[Vec<(String, Exact)>]) -> Parts {
    let mut all: Parts = vec![(Vec::new(), Exact::one())];
    for parts in choice {
        all = all
            .iter()
            .flat_map(|(groups, weight)| {
                parts.iter().map(move |(name, part)| {
                    let mut groups = groups.clone();
                    groups.push(name.clone());
                    (groups, weight * part)
                })
            })
            .collect();
    }
    all
}

fn ways_of(group: Group, subject: &Subject<'_>) -> Option<Vec<Vec<(String, Exact)>>> {
    let named = |held: &crate::held::Held<String>| -> Vec<Vec<(String, Exact)>> {
        held.alternatives().into_iter().map(|name| one(name.map_or("", String::as_str))).collect()
    };
    Some(match group {
        Group::Year => vec![one(subject.year)],
        Group::Country => named(&subject.framework.country),
        Group::Partner => match (subject.partner, subject.activity) {
            (Some(partner), _) => vec![one(partner)],
            (None, Some(activity)) => named(&activity.lead),
            (None, None) => vec![one("")],
        },
        Group::Pillar => match subject.activity {
            None => vec![one("")],
            Some(activity) => activity
                .shares
                .alternatives()
                .into_iter()
                .map(|shares| match shares {
                    Some(shares) if !shares.is_empty() => {
                        shares.iter().map(|(pillar, part)| (pillar.clone(), part.clone())).collect()
                    }
                    _ => one(""),
                })
                .collect(),
        },
        Group::Method => {
            let Some(activity) = subject.activity else { return Some(vec![one("")]) };
            let factors: Vec<Vec<Option<&str>>> = activity
                .methods
                .iter()
                .map(
                    |(code, sure)| {
                        if *sure { vec![Some(code.as_str())] } else { vec![Some(code.as_str()), None] }
                    },
                )
                .collect();
            product(&factors)?
                .into_iter()
                .map(|choice| {
                    let parts: Vec<(String, Exact)> =
                        choice.into_iter().flatten().map(|code| (code.to_owned(), Exact::one())).collect();
                    if parts.is_empty() { one("") } else { parts }
                })
                .collect()
        }
    })
}
