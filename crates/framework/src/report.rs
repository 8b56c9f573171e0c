//! Reports: totals over the frameworks, as tables of exact values.
//!
//! Where people disagree a total is a range, from the least to the most that any choice would give.
//! Stages of money stand in columns of their own and are never added together. What cannot be
//! counted is named below the table, with the reason.

mod budget;
mod contributions;
mod convert;
mod group;
mod lists;
mod render;
mod sum;
mod table;

use crate::message::Message;
use crate::model::{Framework, Rate, Request};

pub use group::Group;
pub(crate) use render::{safe, unsafe_again};
pub use table::{Align, Cell, Column, Range, Row, Table};

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Report {
    /// Planned money.
    Budget,
    /// Money by stage, and days in kind.
    Contributions,
    /// Activities by status, and what is overdue.
    Activities,
    /// Requests by status, and what waits for an answer.
    Requests,
    /// Indicators against their targets.
    Indicators,
    /// Planned against committed.
    Gaps,
}

impl Report {
    /// By its name in commands.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "budget" => Self::Budget,
            "contributions" => Self::Contributions,
            "activities" => Self::Activities,
            "requests" => Self::Requests,
            "indicators" => Self::Indicators,
            "gaps" => Self::Gaps,
            _ => return None,
        })
    }
}

/// What reports are made from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The frameworks: drafts or ratified versions, as their views were taken.
    pub frameworks: &'a [Framework],
    /// Requests for support.
    pub requests: &'a [Request],
    /// The programme's exchange rates.
    pub rates: &'a [Rate],
    /// `2013-06-30`.
    pub today: &'a str,
}

/// Makes a report.
///
/// `by` may name several groups; `currency` converts by the programme's rates.
#[must_use]
pub fn report(what: Report, by: &[Group], currency: Option<&str>, sources: &Sources<'_>) -> Table {
    let mut table = match what {
        Report::Budget => budget::budget(by, currency, sources),
        Report::Gaps => budget::gaps(by, currency, sources),
        Report::Contributions => contributions::contributions(by, currency, sources),
        Report::Activities => lists::activities(by, sources),
        Report::Requests => lists::requests(by, sources),
        Report::Indicators => lists::indicators(sources),
    };
    let mut seen: Vec<Message> = Vec::new();
    table.notes.retain(|note| {
        let new = !seen.contains(note);
        seen.push(note.clone());
        new
    });
    table
}

#[cfg(test)]
mod tests;
