//! Contributions: money by stage, days in kind apart.

use std::collections::BTreeMap;

use num_traits::One;

use super::Sources;
use super::budget::{place, table};
use super::convert::rates;
use super::group::{Group, Subject, ways};
use super::sum::{Alternative, Sum};
use super::table::Table;
use crate::exact::Exact;
use crate::message::{Arg, Message};
use crate::model::{Activity, Contribution, Framework};

pub(super) const STAGES: [&str; 4] = ["pledged", "committed", "received", "spent"];
pub(super) const DAYS: &str = "days";

pub(super) fn contributions(by: &[Group], currency: Option<&str>, sources: &Sources<'_>) -> Table {
    let (mut lines, mut totals, mut notes) = (Sum::default(), Sum::default(), Vec::new());
    add(by, currency, sources, [&mut lines, &mut totals], &mut notes);
    notes.push(Message::new("stages-apart"));
    let columns = [STAGES[0], STAGES[1], STAGES[2], STAGES[3], DAYS];
    table("report-contributions", by, &columns, &lines, &totals, notes)
}

/// Rows that correct one row at the same time are alternatives; every other row stands for itself.
fn alternatives(framework: &Framework) -> Vec<Vec<&Contribution>> {
    let mut corrected: BTreeMap<&str, Vec<&Contribution>> = BTreeMap::new();
    let mut all = Vec::new();
    for row in &framework.contributions {
        match &row.supersedes {
            Some(old) => corrected.entry(old).or_default().push(row),
            None => all.push(vec![row]),
        }
    }
    all.extend(corrected.into_values());
    all
}

pub(super) fn add(
    by: &[Group],
    currency: Option<&str>,
    sources: &Sources<'_>,
    sums: [&mut Sum; 2],
    notes: &mut Vec<Message>,
) {
    let [lines, totals] = sums;
    for framework in sources.frameworks {
        for rows in alternatives(framework) {
            let mut placed = Vec::new();
            let mut once = Vec::new();
            for row in &rows {
                match one(by, currency, sources, framework, row) {
                    Ok((groups, whole)) => {
                        placed.extend(groups);
                        once.extend(whole);
                    }
                    Err(reasons) => {
                        notes.extend(reasons);
                        // It may be this row that stands, and it counts for nothing.
                        placed.push(Alternative::new());
                        once.push(Alternative::new());
                    }
                }
            }
            if rows.len() > 1 {
                notes.push(Message::new("corrected-twice").with("path", path(framework, rows[0])).with(
                    "others",
                    rows[1..].iter().map(|row| row.id.as_str()).collect::<Vec<_>>().join(", "),
                ));
            }
            lines.add(&placed);
            totals.add(&once);
        }
    }
}

fn path(framework: &Framework, row: &Contribution) -> String {
    format!("{}: contributions.{}", framework.name, row.id)
}

type Placed = (Vec<Alternative>, Vec<Alternative>);

/// In how many ways a row is counted, and where; or why it is not.
fn one(
    by: &[Group],
    currency: Option<&str>,
    sources: &Sources<'_>,
    framework: &Framework,
    row: &Contribution,
) -> Result<Placed, Vec<Message>> {
    let path = path(framework, row);
    let not = |id: &'static str| vec![Message { id, args: Vec::new() }.with("path", path.clone())];
    let Some(stage) = STAGES.into_iter().find(|stage| *stage == row.stage) else {
        return Err(not("not-counted-stage"));
    };
    let activity = home(framework, row).map_err(|id| {
        vec![
            Message { id, args: Vec::new() }
                .with("path", path.clone())
                .with("activity", row.activity.clone().unwrap_or_default())
                .with("contributor", row.contributor.clone())
                .with("amount", Arg::Figure(words(row))),
        ]
    })?;
    let year = row.date.get(..4).unwrap_or_default();
    let subject = Subject { framework, activity, partner: Some(&row.contributor), year };
    let ways = ways(by, &subject).ok_or_else(|| not("not-counted-too-open"))?;
    let whole = vec![vec![(Vec::new(), Exact::one())]];
    let (value, rates, shown, column) = match (&row.amount, &row.days) {
        (Some((amount, own)), _) => {
            let rates = rates(own, currency, &row.date, sources).map_err(|missing| {
                let mut notes = not("not-counted-rate");
                notes.push(missing);
                notes
            })?;
            (amount.clone(), rates, currency.unwrap_or(own).to_owned(), stage)
        }
        (None, Some(days)) => (days.clone(), vec![Exact::one()], String::new(), DAYS),
        (None, None) => return Err(not("not-counted-amount")),
    };
    let value = [value];
    match (place(&value, &rates, &ways, &shown, column), place(&value, &rates, &whole, &shown, column)) {
        (Some(placed), Some(once)) => Ok((placed, once)),
        _ => Err(not("not-counted-too-open")),
    }
}

fn words(row: &Contribution) -> String {
    match (&row.amount, &row.days) {
        (Some((amount, currency)), _) => {
            format!("{currency} {}", crate::exact::grouped(amount, super::convert::decimals(currency)))
        }
        (None, Some(days)) => crate::exact::plain(days, 1),
        (None, None) => String::new(),
    }
}

/// The activity that a row is for; none for the country's pool. Or why it has none.
fn home<'a>(framework: &'a Framework, row: &Contribution) -> Result<Option<&'a Activity>, &'static str> {
    let Some(name) = &row.activity else { return Ok(None) };
    match &framework.activities_named(name)[..] {
        [] => Err("not-counted-unknown"),
        [one] if one.retired => Err("needs-a-home"),
        [one] => Ok(Some(one)),
        many if many.iter().all(|activity| activity.retired) => Err("needs-a-home"),
        _ => Err("not-counted-ambiguous"),
    }
}
