//! Planned money, and what is committed of it.

use std::collections::BTreeMap;

use num_traits::{One, Zero};

use super::Sources;
use super::contributions;
use super::convert::{decimals, rates};
use super::group::{Group, Subject, ways};
use super::sum::{Alternative, Place, Sum};
use super::table::{Cell, Range, Row, Table, left, right};
use crate::exact::Exact;
use crate::message::Message;
use crate::model::{Activity, Framework};

pub(super) const PLANNED: &str = "planned";

/// Places money in all the ways that disagreements allow.
pub(super) fn place(
    amounts: &[Exact],
    rates: &[Exact],
    ways: &[super::group::Parts],
    currency: &str,
    column: &'static str,
) -> Option<Vec<Alternative>> {
    let combinations = amounts.len().checked_mul(rates.len())?.checked_mul(ways.len())?;
    if combinations > super::sum::MAX_ALTERNATIVES {
        return None;
    }
    let mut all = Vec::new();
    for amount in amounts {
        for rate in rates {
            let value = amount * rate;
            for parts in ways {
                let mut alternative = Alternative::new();
                for (groups, part) in parts {
                    let place = Place { groups: groups.clone(), currency: currency.to_owned(), column };
                    *alternative.entry(place).or_insert_with(Exact::zero) += &value * part;
                }
                all.push(alternative);
            }
        }
    }
    Some(all)
}

/// Adds up all budgets. `sums` are for the lines and for the totals, which count everything once.
pub(super) fn add(
    by: &[Group],
    currency: Option<&str>,
    sources: &Sources<'_>,
    sums: [&mut Sum; 2],
    notes: &mut Vec<Message>,
) {
    let [lines, totals] = sums;
    for framework in sources.frameworks {
        for activity in &framework.activities {
            if activity.retired {
                continue;
            }
            for (year, own, amount) in &activity.budget {
                let path = format!("{}: activities.{}.budget.{year}.{own}", framework.name, activity.name);
                let amounts = with_status(activity, amount.alternatives());
                if amounts.iter().all(Zero::is_zero) {
                    if !amount.nothing() && amount.values().any(|a| !a.is_zero()) {
                        notes.push(Message::new("not-counted-cancelled").with("path", path));
                    }
                    continue;
                }
                if amount.open() {
                    notes.push(Message::new("open-value").with("path", path.clone()));
                }
                let rates = match rates(own, currency, &format!("{year}-12-31"), sources) {
                    Ok(rates) => rates,
                    Err(missing) => {
                        notes.push(Message::new("not-counted-rate").with("path", path));
                        notes.push(missing);
                        continue;
                    }
                };
                note_open(framework, activity, by, notes);
                let subject = Subject { framework, activity: Some(activity), partner: None, year };
                let shown = currency.unwrap_or(own);
                let placed = ways(by, &subject).and_then(|w| place(&amounts, &rates, &w, shown, PLANNED));
                let once = place(&amounts, &rates, &[vec![(Vec::new(), Exact::one())]], shown, PLANNED);
                match (placed, once) {
                    (Some(placed), Some(once)) => {
                        lines.add(&placed);
                        totals.add(&once);
                    }
                    _ => notes.push(Message::new("not-counted-too-open").with("path", path)),
                }
            }
        }
    }
}

/// A cancelled activity has no budget; where people disagree whether it is, it may have one.
fn with_status(activity: &Activity, amounts: Vec<Option<&Exact>>) -> Vec<Exact> {
    let mut all: Vec<Exact> = amounts.into_iter().map(|a| a.cloned().unwrap_or_else(Exact::zero)).collect();
    let cancelled = |status: &Option<&String>| status.is_some_and(|s| s == "cancelled");
    let statuses = activity.status.alternatives();
    if statuses.iter().all(cancelled) {
        return vec![Exact::zero()];
    }
    if statuses.iter().any(cancelled) {
        all.push(Exact::zero());
    }
    all.sort();
    all.dedup();
    all
}

/// What is open about where an activity's money belongs.
fn note_open(framework: &Framework, activity: &Activity, by: &[Group], notes: &mut Vec<Message>) {
    let path = |field: &str| format!("{}: activities.{}.{field}", framework.name, activity.name);
    let mut open = vec![("status", activity.status.open())];
    if by.contains(&Group::Pillar) {
        open.push(("pillar_shares", activity.shares.open()));
    }
    if by.contains(&Group::Partner) {
        open.push(("lead", activity.lead.open()));
    }
    if by.contains(&Group::Method) {
        open.push(("methods", activity.methods.iter().any(|(_, sure)| !sure)));
    }
    for (field, _) in open.into_iter().filter(|(_, open)| *open) {
        notes.push(Message::new("open-value").with("path", path(field)));
    }
    if by.contains(&Group::Country) && framework.country.open() {
        notes.push(Message::new("open-value").with("path", format!("{}: country", framework.name)));
    }
}

pub(super) fn budget(by: &[Group], currency: Option<&str>, sources: &Sources<'_>) -> Table {
    let (mut lines, mut totals, mut notes) = (Sum::default(), Sum::default(), Vec::new());
    add(by, currency, sources, [&mut lines, &mut totals], &mut notes);
    table("report-budget", by, &[PLANNED], &lines, &totals, notes)
}

/// Lines, then a total for each currency.
pub(super) fn table(
    title: &'static str,
    by: &[Group],
    columns: &[&'static str],
    lines: &Sum,
    totals: &Sum,
    mut notes: Vec<Message>,
) -> Table {
    let mut rows = Vec::new();
    if !by.is_empty() {
        for (groups, currency) in lines.lines() {
            rows.push(row(groups, &currency, columns, lines, false));
        }
    }
    for (_, currency) in totals.lines() {
        let mut heading = vec![String::new(); by.len()];
        let cells = row(Vec::new(), &currency, columns, totals, true).cells;
        let mut all: Vec<Cell> = heading.drain(..).map(|_| Cell::Empty).collect();
        if let Some(first) = all.first_mut() {
            *first = Cell::Word("total");
        }
        all.extend(cells);
        rows.push(Row { cells: all, total: true });
    }
    if by.contains(&Group::Method) {
        notes.push(Message::new("methods-overlap"));
    }
    let mut heads: Vec<_> = by.iter().map(|group| left(group.id())).collect();
    heads.push(left("currency"));
    heads.extend(columns.iter().map(|id| right(id)));
    Table { title, columns: heads, rows, notes }
}

fn row(groups: Vec<String>, currency: &str, columns: &[&'static str], sum: &Sum, total: bool) -> Row {
    let mut cells: Vec<Cell> = groups.iter().cloned().map(Cell::Text).collect();
    cells.push(if currency.is_empty() { Cell::Empty } else { Cell::Text(currency.to_owned()) });
    for column in columns {
        cells.push(match sum.get(&groups, currency, column) {
            None => Cell::Empty,
            Some(range) if *column == contributions::DAYS => Cell::Number(range.clone(), 1),
            Some(range) => Cell::Money(range.clone(), decimals(currency)),
        });
    }
    Row { cells, total }
}

/// Planned, committed, and what is missing.
pub(super) fn gaps(by: &[Group], currency: Option<&str>, sources: &Sources<'_>) -> Table {
    // A giver is no lead: the gap of a giver means nothing.
    let by: Vec<Group> = by.iter().copied().filter(|group| *group != Group::Partner).collect();
    let (mut lines, mut totals, mut notes) = (Sum::default(), Sum::default(), Vec::new());
    add(&by, currency, sources, [&mut lines, &mut totals], &mut notes);
    contributions::add(&by, currency, sources, [&mut lines, &mut totals], &mut notes);
    for sum in [&mut lines, &mut totals] {
        let mut gaps = BTreeMap::new();
        for (groups, currency) in sum.lines() {
            let zero = || Range { min: Exact::zero(), max: Exact::zero() };
            let planned = sum.get(&groups, &currency, PLANNED).cloned().unwrap_or_else(zero);
            let committed = sum.get(&groups, &currency, "committed").cloned().unwrap_or_else(zero);
            if currency.is_empty() {
                continue;
            }
            let gap = Range { min: planned.min - committed.max, max: planned.max - committed.min };
            gaps.insert(Place { groups, currency, column: "gap" }, gap);
        }
        sum.cells.retain(|place, _| [PLANNED, "committed"].contains(&place.column));
        sum.cells.extend(gaps.into_iter().filter(|(_, gap)| !(gap.min.is_zero() && gap.max.is_zero())));
    }
    for framework in sources.frameworks {
        for pillar in &framework.pillars {
            let used = framework.activities.iter().any(|activity| {
                !activity.retired && activity.shares.values().any(|shares| shares.contains_key(&pillar.code))
            });
            if !used && pillar.not_applicable.nothing() {
                notes.push(
                    Message::new("pillar-without-activity")
                        .with("document", framework.name.clone())
                        .with("pillar", pillar.code.clone()),
                );
            }
        }
    }
    table("report-gaps", &by, &[PLANNED, "committed", "gap"], &lines, &totals, notes)
}
