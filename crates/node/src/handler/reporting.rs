//! Totals over the frameworks that are held.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::api::{CellView, Exit, MAX_LINE, Problem, ReportView, RowView, SinceVersion, TableView};
use accord_framework::exact::plain;
use accord_framework::model::{Framework, rates, request};
use accord_framework::report::{Cell, Row};
use accord_framework::{Group, Messages, Report, Sources, Table, report};
use accord_words::problem;
use serde_json::Value;

use super::checking::views;
use super::sentences::sentence;
use super::versions;
use crate::replica::{DocumentKey, Programme, Replica};
use crate::time::{day, now};

/// What was asked for, as a person named it.
pub(super) struct Asked<'a> {
    pub(super) report: &'a str,
    pub(super) documents: &'a [String],
    pub(super) by: &'a [String],
    pub(super) currency: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    pub(super) width: usize,
    pub(super) locale: &'a str,
}

/// The reports that there are, for whoever asks for another one.
const REPORTS: [&str; 6] = ["budget", "contributions", "activities", "requests", "indicators", "gaps"];

/// By what they can be grouped.
const GROUPS: [&str; 5] = ["pillar", "method", "partner", "country", "year"];

/// Widths beyond these are no terminal's.
const WIDTHS: std::ops::RangeInclusive<usize> = 20..=1_000;

/// Makes a report over the frameworks that are named, or over all of them.
pub(super) fn reported(replica: &Replica, asked: &Asked<'_>) -> Result<ReportView, Problem> {
    let programme = replica.programme()?;
    let what = Report::named(asked.report).ok_or_else(|| {
        problem!("no-such-report", name = asked.report, known = REPORTS.join(", ")).exit(Exit::Usage)
    })?;
    let by = groups(asked.by)?;
    let currency = asked.currency.map(currency).transpose()?;
    let version = asked.version.filter(|version| *version != "draft");
    if version.is_some() && what == Report::Requests {
        return Err(problem!("requests-now-only").exit(Exit::Usage));
    }
    let Frameworks { names, since, views: views_of } = frameworks(&programme, asked.documents, version)?;
    let frameworks: Vec<Framework> = views_of.iter().map(Framework::read).collect();
    let requests: Vec<_> = views(&programme, &of_kind(&programme, "request")?)?.iter().map(request).collect();
    let rates: Vec<_> =
        views(&programme, &of_kind(&programme, "programme")?)?.iter().flat_map(rates).collect();
    let today = day(now());
    let sources = Sources { frameworks: &frameworks, requests: &requests, rates: &rates, today: &today };
    let table = report(what, &by, currency.as_deref(), &sources).bounded(MAX_LINE / 2);
    let messages = Messages::new(asked.locale);
    let (documents, since) = match what {
        Report::Requests => (requests.iter().map(|r| r.name.clone()).collect(), Vec::new()),
        _ => (names, since),
    };
    Ok(ReportView {
        text: table.text(asked.width.clamp(*WIDTHS.start(), *WIDTHS.end()), &messages),
        csv: table.csv(),
        table: TableView {
            since_versions: since,
            ..view(asked.report, documents, version, &table, &messages)
        },
    })
}

/// A currency, as a person names it.
pub(super) fn currency(named: &str) -> Result<String, Problem> {
    let currency = named.to_uppercase();
    match accord_document::exponent(&currency) {
        Some(_) => Ok(currency),
        None => Err(problem!("no-currency", currency).exit(Exit::Usage)),
    }
}

fn groups(names: &[String]) -> Result<Vec<Group>, Problem> {
    let mut all: Vec<Group> = Vec::new();
    for name in names {
        let group = Group::named(name)
            .ok_or_else(|| problem!("no-such-group", name, known = GROUPS.join(", ")).exit(Exit::Usage))?;
        if !all.contains(&group) {
            all.push(group);
        }
    }
    Ok(all)
}

fn of_kind(programme: &Programme, kind: &str) -> Result<Vec<DocumentKey>, Problem> {
    let summaries = programme.summaries()?;
    let these = summaries.iter().filter(|(_, s)| s.kind == kind && s.unreadable.is_none());
    Ok(these.map(|(key, _)| *key).collect())
}

/// The frameworks that are counted, each with how far it has gone on since its last version, if it has one.
#[derive(Default)]
struct Frameworks {
    names: Vec<String>,
    since: Vec<SinceVersion>,
    views: Vec<Value>,
}

/// The frameworks by name, each once, as they are now or at the version named. One that has no such version is a problem: a
/// total that leaves it out in silence would be wrong.
fn frameworks(programme: &Programme, named: &[String], version: Option<&str>) -> Result<Frameworks, Problem> {
    let keys: BTreeSet<DocumentKey> = if named.is_empty() {
        of_kind(programme, "framework")?.into_iter().collect()
    } else {
        named.iter().map(|name| programme.find(name)).collect::<Result<_, _>>()?
    };
    let mut all: BTreeMap<(String, DocumentKey), (Option<SinceVersion>, Value)> = BTreeMap::new();
    for key in keys {
        let reading = programme.read(&key)?;
        let kind = reading.kind()?;
        let name = reading.document.name().unwrap_or_else(|| key.id.short());
        if kind.name != "framework" {
            return Err(problem!("not-a-framework", name, kind = &kind.name).exit(Exit::Usage));
        }
        let then = match version {
            None => None,
            Some(version) => {
                let heads = versions::find(programme, &reading, version)?;
                Some(reading.document.fork_at(&heads).map_err(|e| Problem::from_error(&e))?)
            }
        };
        let document = then.as_ref().unwrap_or(&reading.document);
        let view = document.view(kind, None).map_err(|e| super::documents::read_problem(&e))?;
        let since = versions::since(&name, reading.last_version().as_ref());
        all.insert((name, key), (since, view));
    }
    let mut found = Frameworks::default();
    for ((name, _), (since, view)) in all {
        found.names.push(name);
        found.since.extend(since);
        found.views.push(view);
    }
    Ok(found)
}

fn view(
    report: &str,
    documents: Vec<String>,
    version: Option<&str>,
    table: &Table,
    messages: &Messages,
) -> TableView {
    let columns: Vec<String> = table.columns.iter().map(|column| column.id.to_owned()).collect();
    let row = |row: &Row| RowView {
        total: row.total,
        cells: columns.iter().zip(&row.cells).filter_map(|(id, c)| Some((id.clone(), cell(c)?))).collect(),
    };
    TableView {
        report: report.to_owned(),
        documents,
        counted: version.map(str::to_owned),
        since_versions: Vec::new(),
        rows: table.rows.iter().map(row).collect(),
        notes: table.notes.iter().map(|note| sentence(note, messages)).collect(),
        columns,
    }
}

fn cell(cell: &Cell) -> Option<CellView> {
    Some(match cell {
        Cell::Empty => return None,
        Cell::Text(text) => CellView::Text(text.clone()),
        Cell::Word(id) => CellView::Text((*id).to_owned()),
        Cell::Money(range, decimals) | Cell::Number(range, decimals) => {
            CellView::Range { min: plain(&range.min, *decimals), max: plain(&range.max, *decimals) }
        }
    })
}
