//! Counts: activities by status, requests, indicators.

use num_traits::One;

use super::Sources;
use super::budget::table;
use super::group::{Group, Subject, ways};
use super::sum::{Alternative, Place, Sum};
use super::table::{Cell, Range, Row, Table, left, right};
use crate::exact::Exact;
use crate::held::Held;
use crate::message::Message;
use crate::model::{Framework, Indicator};

const STATUSES: [&str; 6] = ["proposed", "agreed", "under way", "done", "suspended", "cancelled"];
const STATUS_COLUMNS: [&str; 8] =
    ["proposed", "agreed", "under-way", "done", "suspended", "cancelled", "no-status", "overdue"];

fn status_column(status: Option<&String>) -> &'static str {
    let at = STATUSES.iter().position(|known| status.is_some_and(|s| s == known));
    at.map_or("no-status", |at| STATUS_COLUMNS[at])
}

fn count(column: &'static str, groups: Vec<String>) -> (Place, Exact) {
    (Place { groups, currency: String::new(), column }, Exact::one())
}

/// A table of counts has no currency, and no decimals.
fn counted(mut table: Table, groups: usize) -> Table {
    table.columns.remove(groups);
    for row in &mut table.rows {
        row.cells.remove(groups);
        for cell in &mut row.cells[groups..] {
            if let Cell::Money(range, decimals) = cell {
                let whole = range.min.is_integer() && range.max.is_integer();
                *decimals = if whole { 0 } else { 2 };
                *cell = Cell::Number(range.clone(), *decimals);
            }
        }
    }
    table
}

pub(super) fn activities(by: &[Group], sources: &Sources<'_>) -> Table {
    let (mut lines, mut totals, mut notes) = (Sum::default(), Sum::default(), Vec::new());
    for framework in sources.frameworks {
        for activity in framework.activities.iter().filter(|activity| !activity.retired) {
            let path = format!("{}: activities.{}", framework.name, activity.name);
            let year = activity.start.settled().and_then(|d| d.get(..4)).unwrap_or_default().to_owned();
            let subject = Subject { framework, activity: Some(activity), partner: None, year: &year };
            let Some(ways) = ways(by, &subject) else {
                notes.push(Message::new("not-counted-too-open").with("path", path));
                continue;
            };
            if activity.status.open() {
                notes.push(Message::new("open-value").with("path", format!("{path}.status")));
            }
            let mut placed = Vec::new();
            let mut once = Vec::new();
            for status in activity.status.alternatives() {
                for end in activity.end.alternatives() {
                    let closed = status.is_some_and(|s| s == "done" || s == "cancelled");
                    let overdue = !closed && end.is_some_and(|end| end.as_str() < sources.today);
                    let columns = [Some(status_column(status)), overdue.then_some("overdue")];
                    for parts in &ways {
                        let groups = || parts.iter().map(|(groups, _)| groups);
                        let all = columns.iter().flatten();
                        placed.push(all.flat_map(|c| groups().map(|g| count(c, g.clone()))).collect());
                    }
                    once.push(
                        columns.iter().flatten().map(|c| count(c, Vec::new())).collect::<Alternative>(),
                    );
                }
            }
            lines.add(&placed);
            totals.add(&once);
        }
    }
    if by.contains(&Group::Pillar) {
        notes.push(Message::new("pillars-overlap"));
    }
    counted(table("report-activities", by, &STATUS_COLUMNS, &lines, &totals, notes), by.len())
}

const REQUEST_COLUMNS: [&str; 7] =
    ["received", "screened", "accepted", "declined", "referred", "no-status", "waiting"];
const PATIENCE: i64 = 60;

pub(super) fn requests(by: &[Group], sources: &Sources<'_>) -> Table {
    let by: Vec<Group> = by.iter().copied().filter(|g| !matches!(g, Group::Pillar | Group::Method)).collect();
    let (mut lines, mut totals, mut notes) = (Sum::default(), Sum::default(), Vec::new());
    for request in sources.requests {
        let place = Framework { country: request.country.clone(), ..Framework::default() };
        let late = request.waiting(sources.today).filter(|days| *days > PATIENCE);
        if let Some(days) = late {
            notes.push(
                Message::new("request-waiting")
                    .with("document", request.name.clone())
                    .with("from", request.from.clone())
                    .with("days", days),
            );
        }
        if request.status.open() {
            notes.push(Message::new("open-value").with("path", format!("{}: status", request.name)));
        }
        let year = request.date.get(..4).unwrap_or_default();
        let mut placed = Vec::new();
        let mut once = Vec::new();
        for handled in request.handled_by.alternatives() {
            let partner = handled.map_or("", String::as_str);
            let subject = Subject { framework: &place, activity: None, partner: Some(partner), year };
            for status in request.status.alternatives() {
                let known = REQUEST_COLUMNS.into_iter().take(5).find(|c| status.is_some_and(|s| s == c));
                let columns = [Some(known.unwrap_or("no-status")), late.map(|_| "waiting")];
                for parts in ways(&by, &subject).unwrap_or_default() {
                    let all = columns.iter().flatten();
                    placed.push(all.flat_map(|c| parts.iter().map(|(g, _)| count(c, g.clone()))).collect());
                }
                once.push(columns.iter().flatten().map(|c| count(c, Vec::new())).collect::<Alternative>());
            }
        }
        lines.add(&placed);
        totals.add(&once);
    }
    counted(table("report-requests", &by, &REQUEST_COLUMNS, &lines, &totals, notes), by.len())
}

fn range(held: &Held<Exact>) -> Cell {
    match (held.values().min(), held.values().max()) {
        (Some(min), Some(max)) => {
            Cell::Number(Range { min: min.clone(), max: max.clone() }, digits(min, max))
        }
        _ => Cell::Empty,
    }
}

/// As many decimals as the numbers have, at most four.
fn digits(min: &Exact, max: &Exact) -> usize {
    let ten = Exact::from_integer(10.into());
    let mut scale = Exact::one();
    for decimals in 0..4 {
        if (min * &scale).is_integer() && (max * &scale).is_integer() {
            return decimals;
        }
        scale *= &ten;
    }
    4
}

pub(super) fn indicators(sources: &Sources<'_>) -> Table {
    let mut rows = Vec::new();
    let mut notes = Vec::new();
    let this_year = sources.today.get(..4).unwrap_or_default();
    for framework in sources.frameworks {
        for indicator in &framework.indicators {
            let target = indicator.targets.iter().rfind(|(year, _)| year.as_str() <= this_year);
            let (last, value) = latest(framework, indicator);
            let nothing = Held::default();
            let goal = target.map_or(&nothing, |(_, goal)| goal);
            let state = state(indicator, goal, &value);
            if goal.open() || indicator.baseline.open() || indicator.direction.open() {
                let path = format!("{}: indicators.{}", framework.name, indicator.code);
                notes.push(Message::new("open-value").with("path", path));
            }
            if value.open() {
                let path = format!("{}: indicators.{}", framework.name, indicator.code);
                notes.push(Message::new("observed-twice").with("path", path).with("date", last.clone()));
            }
            rows.push(Row {
                cells: vec![
                    Cell::Text(framework.name.clone()),
                    Cell::Text(indicator.code.clone()),
                    Cell::Text(indicator.title.clone()),
                    Cell::Text(indicator.unit.clone()),
                    range(&indicator.baseline),
                    target.map_or(Cell::Empty, |(year, _)| Cell::Text(year.clone())),
                    range(goal),
                    Cell::Text(last),
                    range(&value),
                    Cell::Word(state),
                ],
                total: false,
            });
        }
    }
    let columns = vec![
        left("document"),
        left("indicator"),
        left("title"),
        left("unit"),
        right("baseline"),
        left("target-year"),
        right("target"),
        left("observed"),
        right("value"),
        left("state"),
    ];
    Table { title: "report-indicators", columns, rows, notes }
}

/// The last day on which it was observed, and what was seen that day.
fn latest(framework: &Framework, indicator: &Indicator) -> (String, Held<Exact>) {
    let own = |name: &str| name == indicator.id || name.eq_ignore_ascii_case(&indicator.code);
    let all = || framework.observations.iter().filter(|o| own(&o.indicator) && o.value.is_some());
    let Some(last) = all().map(|o| o.date.as_str()).max() else { return Default::default() };
    let mut values: Vec<Exact> = all().filter(|o| o.date == last).filter_map(|o| o.value.clone()).collect();
    values.sort();
    values.dedup();
    (last.to_owned(), Held(values.into_iter().map(Some).collect()))
}

/// On or off target, or why that cannot be said.
fn state(indicator: &Indicator, goal: &Held<Exact>, value: &Held<Exact>) -> &'static str {
    if value.nothing() {
        return "not-observed";
    }
    if goal.nothing() {
        return "no-target";
    }
    let mut reached = Vec::new();
    for direction in indicator.direction.alternatives() {
        for goal in goal.values() {
            for value in value.values() {
                reached.push(if direction.is_some_and(|d| d == "down") {
                    value <= goal
                } else {
                    value >= goal
                });
            }
        }
    }
    match (reached.contains(&true), reached.contains(&false)) {
        (true, true) => "in-dispute",
        (true, false) => "on-target",
        _ => "off-target",
    }
}
