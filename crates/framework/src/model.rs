//! A framework read out of its view, for checks and reports. Nothing here panics on what others
//! wrote: a value of another type than the kind says counts as nothing.

mod programme;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::exact::Exact;
use crate::held::{Held, amount, line, number, text};

pub use programme::{Rate, Request, rates, request};

/// The framework of a country.
#[derive(Debug, Clone, Default)]
pub struct Framework {
    /// The document's name.
    pub name: String,
    /// ISO code.
    pub country: Held<String>,
    /// Its pillars.
    pub pillars: Vec<Pillar>,
    /// Its activities, retired ones too.
    pub activities: Vec<Activity>,
    /// Its contributions, superseded ones left out.
    pub contributions: Vec<Contribution>,
    /// Its indicators, retired ones left out.
    pub indicators: Vec<Indicator>,
    /// Observations, superseded ones left out.
    pub observations: Vec<Observation>,
    /// The number of rows of the local-testing record that stand.
    pub tests: usize,
}

/// A pillar as adapted here.
#[derive(Debug, Clone, Default)]
pub struct Pillar {
    /// `P1`.
    pub code: String,
    /// Whether there is an adaptation.
    pub adapted: bool,
    /// Why it does not apply.
    pub not_applicable: Held<String>,
}

/// An activity.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub code: String,
    /// Its name in paths: the id where a code is shared.
    pub name: String,
    /// Whether somebody retired it.
    pub retired: bool,
    /// In the first language there is.
    pub title: String,
    /// A code.
    pub status: Held<String>,
    /// An organisation.
    pub lead: Held<String>,
    /// Parts of one, by pillar.
    pub shares: Held<BTreeMap<String, Exact>>,
    /// Codes, each with whether everybody agrees that it stands.
    pub methods: Vec<(String, bool)>,
    /// Planned dates.
    pub start: Held<String>,
    /// Planned dates.
    pub end: Held<String>,
    /// Year, currency, amount.
    pub budget: Vec<(String, String, Held<Exact>)>,
    /// Organisation and role.
    pub partners: Vec<(String, Held<String>)>,
    /// Requests that it answers.
    pub answers: Vec<String>,
    /// Whether it says how partners take part.
    pub engagement: bool,
}

/// A row of the contributions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contribution {
    /// Its id.
    pub id: String,
    /// Who gives.
    pub contributor: String,
    /// To which activity, by code or id; none for the country's pool.
    pub activity: Option<String>,
    /// A code.
    pub kind: String,
    /// A code.
    pub stage: String,
    /// Money, with its currency.
    pub amount: Option<(Exact, String)>,
    /// Days in kind.
    pub days: Option<Exact>,
    /// When.
    pub date: String,
    /// The row that it corrects. Two rows that correct one are alternatives.
    pub supersedes: Option<String>,
    /// Its id where it came from.
    pub external_id: String,
}

/// An indicator.
#[derive(Debug, Clone, Default)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub code: String,
    /// Its title.
    pub title: String,
    /// `up` or `down`.
    pub direction: Held<String>,
    /// Where it began.
    pub baseline: Held<Exact>,
    /// By year.
    pub targets: BTreeMap<String, Held<Exact>>,
    /// A pillar's code.
    pub pillar: Held<String>,
    /// An activity's code.
    pub activity: Held<String>,
    /// What is counted.
    pub unit: String,
}

/// An observation of an indicator.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    /// Of which indicator, by code or id.
    pub indicator: String,
    /// When.
    pub date: String,
    /// What.
    pub value: Option<Exact>,
}

/// The items of a set: name in paths, and fields.
pub(crate) fn items<'a>(view: &'a Value, set: &str) -> Vec<(&'a str, &'a Map<String, Value>)> {
    let Some(Value::Object(all)) = view.get(set) else { return Vec::new() };
    all.iter().filter_map(|(name, item)| Some((name.as_str(), item.as_object()?))).collect()
}

/// The name of an item for a path: its code, or its id where several share the code.
pub(crate) fn path_name<'a>(name: &'a str, item: &'a Map<String, Value>) -> &'a str {
    if name.ends_with(')') { string(item, "id") } else { name }
}

/// The rows of a list that no other row supersedes.
pub(crate) fn rows<'a>(view: &'a Value, list: &str) -> Vec<&'a Map<String, Value>> {
    let Some(Value::Array(all)) = view.get(list) else { return Vec::new() };
    all.iter().filter_map(Value::as_object).filter(|row| !row.contains_key("superseded_by")).collect()
}

pub(crate) fn string<'a>(map: &'a Map<String, Value>, name: &str) -> &'a str {
    map.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn retired(item: &Map<String, Value>) -> bool {
    item.contains_key("$retired")
}

/// The cells of a table with two coordinates.
pub(crate) fn cells(value: Option<&Value>) -> Vec<(String, String, &Value)> {
    let Some(Value::Object(rows)) = value else { return Vec::new() };
    rows.iter()
        .filter_map(|(first, row)| Some((first, row.as_object()?)))
        .flat_map(|(first, row)| row.iter().map(move |(second, cell)| (first.clone(), second.clone(), cell)))
        .collect()
}

fn column(value: Option<&Value>) -> Vec<(String, &Value)> {
    let Some(Value::Object(map)) = value else { return Vec::new() };
    map.iter().map(|(name, cell)| (name.clone(), cell)).collect()
}

fn shares(value: &Value) -> Option<BTreeMap<String, Exact>> {
    let hundred = Exact::from_integer(100.into());
    value
        .as_object()?
        .iter()
        .map(|(code, part)| Some((code.clone(), number(part)? / hundred.clone())))
        .collect()
}

impl Framework {
    /// Reads the view of a framework document.
    #[must_use]
    pub fn read(view: &Value) -> Self {
        let get = |name: &str| view.get(name);
        let live = |set| items(view, set).into_iter().filter(|(_, item)| !retired(item));
        Self {
            name: get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            country: Held::read(get("country"), text),
            pillars: live("pillars")
                .map(|(name, item)| Pillar {
                    code: path_name(name, item).to_owned(),
                    adapted: item.contains_key("text"),
                    not_applicable: Held::read(item.get("not_applicable"), text),
                })
                .collect(),
            activities: items(view, "activities")
                .into_iter()
                .map(|(name, item)| activity(name, item))
                .collect(),
            contributions: rows(view, "contributions").into_iter().map(contribution).collect(),
            indicators: live("indicators").map(|(name, item)| indicator(name, item)).collect(),
            observations: rows(view, "observations")
                .into_iter()
                .map(|row| Observation {
                    indicator: string(row, "indicator").to_owned(),
                    date: string(row, "date").to_owned(),
                    value: row.get("value").and_then(number),
                })
                .collect(),
            tests: rows(view, "tests").len(),
        }
    }

    /// The activities that a code or id may mean: living ones first, retired ones if there is none.
    #[must_use]
    pub fn activities_named(&self, name: &str) -> Vec<&Activity> {
        let all: Vec<&Activity> =
            self.activities.iter().filter(|a| a.id == name || a.code.eq_ignore_ascii_case(name)).collect();
        let living: Vec<&Activity> = all.iter().copied().filter(|a| !a.retired).collect();
        if living.is_empty() { all } else { living }
    }
}

fn activity(name: &str, item: &Map<String, Value>) -> Activity {
    let get = |name: &str| item.get(name);
    let methods = match get("methods") {
        Some(Value::Array(all)) => all
            .iter()
            .filter_map(|code| match code {
                Value::String(code) => Some((code.clone(), true)),
                // In doubt: the view names the code beside the conflict.
                other => Some((other.get("code")?.as_str()?.to_owned(), false)),
            })
            .collect(),
        _ => Vec::new(),
    };
    let path = path_name(name, item).to_owned();
    let code = Held::read(get("code"), text).settled().cloned().unwrap_or_else(|| path.clone());
    Activity {
        id: string(item, "id").to_owned(),
        code,
        name: path,
        retired: retired(item),
        title: line(get("title")),
        status: Held::read(get("status"), text),
        lead: Held::read(get("lead"), text),
        shares: Held::read(get("pillar_shares"), shares),
        methods,
        start: Held::read(get("planned_start"), text),
        end: Held::read(get("planned_end"), text),
        budget: cells(get("budget"))
            .into_iter()
            .map(|(year, currency, cell)| (year, currency, Held::read(Some(cell), |v| Some(amount(v)?.0))))
            .collect(),
        partners: column(get("partners"))
            .into_iter()
            .map(|(organisation, role)| (organisation, Held::read(Some(role), text)))
            .collect(),
        answers: column(get("answers"))
            .into_iter()
            .filter(|(_, value)| **value == Value::Bool(true))
            .map(|(name, _)| name)
            .collect(),
        engagement: get("engagement").is_some(),
    }
}

pub(crate) fn contribution(row: &Map<String, Value>) -> Contribution {
    let optional = |name: &str| Some(string(row, name).to_owned()).filter(|text| !text.is_empty());
    Contribution {
        id: string(row, "id").to_owned(),
        contributor: string(row, "contributor").to_owned(),
        activity: optional("activity"),
        kind: string(row, "kind").to_owned(),
        stage: string(row, "stage").to_owned(),
        amount: row.get("amount").and_then(amount),
        days: row.get("days").and_then(number),
        date: string(row, "date").to_owned(),
        supersedes: optional("supersedes"),
        external_id: string(row, "external_id").to_owned(),
    }
}

fn indicator(name: &str, item: &Map<String, Value>) -> Indicator {
    let get = |name: &str| item.get(name);
    let path = path_name(name, item).to_owned();
    Indicator {
        id: string(item, "id").to_owned(),
        code: path,
        title: line(get("title")),
        direction: Held::read(get("direction"), text),
        baseline: Held::read(get("baseline"), number),
        targets: column(get("targets"))
            .into_iter()
            .map(|(year, cell)| (year, Held::read(Some(cell), number)))
            .collect(),
        pillar: Held::read(get("pillar"), text),
        activity: Held::read(get("activity"), text),
        unit: string(item, "unit").to_owned(),
    }
}
