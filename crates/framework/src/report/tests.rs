//! The story's totals, and random frameworks against an oracle that tries every choice.

use std::collections::BTreeMap;

use num_traits::Zero;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::exact::{Exact, decimal};
use crate::model::rates as read_rates;

fn conflict(values: Value) -> Value {
    let sides: Vec<Value> =
        values.as_array().unwrap().iter().map(|v| json!({ "value": v, "change": "" })).collect();
    if let [one] = &values.as_array().unwrap()[..] { one.clone() } else { json!({ "$conflict": sides }) }
}

fn eur(amount: i64) -> Value {
    json!({ "amount": format!("{amount}.00"), "currency": "EUR" })
}

fn sources<'a>(frameworks: &'a [Framework], rates: &'a [Rate]) -> Sources<'a> {
    Sources { frameworks, requests: &[], rates, today: "2013-06-30" }
}

fn story(a03: Value) -> Framework {
    let cell = |amount: i64| json!({ "2013": { "EUR": eur(amount) } });
    let activity = |code: &str, amount| {
        json!({ "id": format!("id{code}"), "code": code, "lead": "GIZ",
        "pillar_shares": { "P1": 60, "P2": 40 }, "methods": ["technical", "knowledge"], "budget": cell(amount) })
    };
    let mut view = json!({ "name": "Tunisia", "country": "TN", "activities": {
        "TN-A01": activity("TN-A01", 120_000), "TN-A02": activity("TN-A02", 80_000),
        "TN-A04": activity("TN-A04", 70_000), "TN-A05": activity("TN-A05", 50_000), "TN-A03": activity("TN-A03", 0) } });
    view["activities"]["TN-A03"]["budget"]["2013"]["EUR"] = a03;
    Framework::read(&view)
}

#[test]
fn two_budgets_make_a_range_and_name_what_is_open() {
    let framework = [story(conflict(json!([eur(120_000), eur(90_000)])))];
    let table = report(Report::Budget, &[], None, &sources(&framework, &[]));
    assert_eq!(table.rows[0].cells[1].shown(), "410,000–440,000");
    assert_eq!(table.notes.iter().filter(|note| note.id == "open-value").count(), 1);
    let by_pillar = report(Report::Budget, &[Group::Pillar], None, &sources(&framework, &[]));
    assert_eq!(by_pillar.rows[0].cells[2].shown(), "246,000–264,000");
    assert_eq!(by_pillar.rows[2].cells[2].shown(), "410,000–440,000");
    // Each method shows all of it, and the total counts it once.
    let by_method = report(Report::Budget, &[Group::Method], None, &sources(&framework, &[]));
    let cells: Vec<String> = by_method.rows.iter().map(|row| row.cells[2].shown()).collect();
    assert_eq!(cells, ["410,000–440,000"; 3]);
}

#[test]
fn stages_stay_apart_and_what_has_no_home_is_listed() {
    let rows = json!([
        { "id": "1", "contributor": "AFD", "activity": "A1", "stage": "pledged", "date": "2013-01-01", "amount": eur(100), "superseded_by": "2" },
        { "id": "2", "contributor": "AFD", "activity": "A1", "stage": "committed", "date": "2013-01-02", "amount": eur(80), "supersedes": "1" },
        { "id": "3", "contributor": "AFD", "activity": "A1", "stage": "spent", "date": "2013-01-02", "amount": eur(30) },
        { "id": "4", "contributor": "Sfax", "activity": "A5", "stage": "pledged", "date": "2013-01-02", "amount": eur(5000) },
        { "id": "5", "contributor": "UCLG", "activity": "A1", "stage": "pledged", "date": "2013-01-02", "days": "12.5" },
        { "id": "6", "contributor": "UCLG", "activity": "A9", "stage": "pledged", "date": "2013-01-02", "amount": eur(7) },
    ]);
    let view = json!({ "name": "Tunisia", "contributions": rows, "activities": {
        "A1": { "id": "a", "code": "A1" }, "A5": { "id": "b", "code": "A5", "$retired": { "reason": "" } } } });
    let framework = [Framework::read(&view)];
    let table = report(Report::Contributions, &[], None, &sources(&framework, &[]));
    let cells = |row: usize| -> Vec<String> { table.rows[row].cells.iter().map(Cell::shown).collect() };
    assert_eq!(cells(0), ["", "", "", "", "", "12.5"]);
    assert_eq!(cells(1), ["EUR", "", "80", "", "30", ""]);
    let ids: Vec<&str> = table.notes.iter().map(|note| note.id).collect();
    assert_eq!(ids, ["needs-a-home", "not-counted-unknown", "stages-apart"]);
}

#[test]
fn rates_are_the_programmes_own_and_a_missing_one_is_said() {
    let rates = read_rates(&json!({ "rates": [
        { "id": "1", "from": "EUR", "to": "TND", "date": "2013-01-01", "rate": "2.0" },
        { "id": "2", "from": "EUR", "to": "TND", "date": "2013-06-01", "rate": "2.5" },
        { "id": "3", "from": "EUR", "to": "TND", "date": "2014-06-01", "rate": "9" },
        { "id": "4", "from": "EUR", "to": "USD", "date": "2013-06-01", "rate": "-1" },
    ] }));
    assert_eq!(rates.len(), 3);
    let framework = [story(eur(100_000))];
    let table = report(Report::Budget, &[], Some("TND"), &sources(&framework, &rates));
    assert_eq!(table.rows[0].cells[1].plain(), "1050000.000");
    let table = report(Report::Budget, &[], Some("USD"), &sources(&framework, &rates));
    assert!(table.rows.is_empty());
    assert!(table.notes.iter().any(|note| note.id == "rate-missing"));
}

#[test]
fn a_table_is_written_for_people_and_for_programs() {
    let framework = [story(conflict(json!([eur(120_000), eur(90_000)])))];
    let table = report(Report::Budget, &[Group::Pillar], None, &sources(&framework, &[]));
    assert_eq!(
        table.csv(),
        "pillar,currency,planned,planned max\nP1,EUR,246000.00,264000.00\nP2,EUR,164000.00,176000.00\ntotal,EUR,410000.00,440000.00\n"
    );
    let english = Messages::new("en");
    let text = table.text(80, &english);
    assert!(text.contains("P1      EUR       246,000–264,000"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    // Too narrow for a table: one value a line.
    assert!(table.text(20, &english).contains("planned: 246,000–264,000"));
}

use crate::message::Messages;

#[test]
fn indicators_are_on_or_off_target_or_in_dispute() {
    let view = json!({ "name": "T", "indicators": {
        "I1": { "id": "1", "code": "I1", "direction": "up", "targets": { "2013": "10", "2014": "20" } },
        "I2": { "id": "2", "code": "I2", "direction": "down", "targets": { "2013": "10" } },
        "I3": { "id": "3", "code": "I3", "targets": { "2013": conflict(json!(["10", "12"])) } } },
        "observations": [ { "id": "a", "indicator": "I1", "date": "2013-05-01", "value": "11" },
            { "id": "b", "indicator": "2", "date": "2013-05-01", "value": "11" },
            { "id": "c", "indicator": "I3", "date": "2013-05-01", "value": "11" } ] });
    let framework = [Framework::read(&view)];
    let table = report(Report::Indicators, &[], None, &sources(&framework, &[]));
    let states: Vec<&Cell> = table.rows.iter().map(|row| row.cells.last().unwrap()).collect();
    assert_eq!(states, [&Cell::Word("on-target"), &Cell::Word("off-target"), &Cell::Word("in-dispute")]);
}

/// A random activity: every register with one or two values.
#[derive(Debug, Clone)]
struct Drawn {
    amounts: Vec<Vec<i64>>,
    shares: Vec<i64>,
    leads: Vec<&'static str>,
    cancelled: Vec<bool>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let one_or_two =
        |s: BoxedStrategy<i64>| prop::collection::btree_set(s, 1..3).prop_map(|s| s.into_iter().collect());
    (
        prop::collection::vec(one_or_two((0..1000i64).boxed()), 1..3),
        one_or_two((0..=100i64).boxed()),
        prop::sample::subsequence(vec!["AFD", "GIZ"], 1..=2),
        prop::sample::subsequence(vec![false, true], 1..=2),
    )
        .prop_map(|(amounts, shares, leads, cancelled)| Drawn { amounts, shares, leads, cancelled })
}

fn view_of(drawn: &[Drawn]) -> Value {
    let mut activities = serde_json::Map::new();
    for (n, d) in drawn.iter().enumerate() {
        let code = format!("A{n}");
        let mut budget = serde_json::Map::new();
        for (year, amounts) in d.amounts.iter().enumerate() {
            let amounts: Vec<Value> = amounts.iter().map(|a| eur(*a)).collect();
            budget.insert(format!("{}", 2013 + year), json!({ "EUR": conflict(Value::from(amounts)) }));
        }
        let shares: Vec<Value> = d.shares.iter().map(|p| json!({ "P1": p, "P2": 100 - p })).collect();
        let statuses: Vec<Value> =
            d.cancelled.iter().map(|c| Value::from(if *c { "cancelled" } else { "agreed" })).collect();
        let item = json!({ "id": code, "code": code, "budget": budget, "pillar_shares": conflict(Value::from(shares)),
            "lead": conflict(json!(d.leads)), "status": conflict(Value::from(statuses)) });
        activities.insert(code, item);
    }
    json!({ "name": "T", "activities": activities })
}

/// Every choice that people could make, each added up by itself.
fn oracle(drawn: &[Drawn]) -> BTreeMap<(String, String), (Exact, Exact)> {
    let mut worlds: Vec<BTreeMap<(String, String), Exact>> = vec![BTreeMap::new()];
    for d in drawn {
        let mut ways = Vec::new();
        let mut choices: Vec<Vec<i64>> = vec![vec![]];
        for amounts in &d.amounts {
            choices =
                choices.iter().flat_map(|c| amounts.iter().map(move |a| [&c[..], &[*a]].concat())).collect();
        }
        for amounts in &choices {
            for p1 in &d.shares {
                for lead in &d.leads {
                    for cancelled in &d.cancelled {
                        let whole: i64 = if *cancelled { 0 } else { amounts.iter().sum() };
                        ways.push([("P1", p1 * whole), ("P2", (100 - p1) * whole)].map(
                            |(pillar, hundredfold)| {
                                (
                                    (pillar.to_owned(), (*lead).to_owned()),
                                    Exact::new(hundredfold.into(), 100.into()),
                                )
                            },
                        ));
                    }
                }
            }
        }
        ways.sort();
        ways.dedup();
        worlds = worlds
            .iter()
            .flat_map(|world| {
                ways.iter().map(move |way| {
                    let mut next = world.clone();
                    for (key, amount) in way {
                        *next.entry(key.clone()).or_insert_with(Exact::zero) += amount;
                    }
                    next
                })
            })
            .collect();
    }
    let mut out = BTreeMap::new();
    for key in worlds.iter().flat_map(BTreeMap::keys) {
        let zero = Exact::zero();
        let all = || worlds.iter().map(|w| w.get(key).unwrap_or(&zero));
        let (min, max) = (all().min().unwrap().clone(), all().max().unwrap().clone());
        if !max.is_zero() {
            out.insert(key.clone(), (min, max));
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A range is what the choices give: no more, no less.
    #[test]
    fn totals_are_what_every_choice_gives(drawn in prop::collection::vec(drawn(), 1..3)) {
        let framework = [Framework::read(&view_of(&drawn))];
        let table = report(Report::Budget, &[Group::Pillar, Group::Partner], None, &sources(&framework, &[]));
        let mut found = BTreeMap::new();
        for row in table.rows.iter().filter(|row| !row.total) {
            let [Cell::Text(pillar), Cell::Text(lead), _, Cell::Money(range, _)] = &row.cells[..] else {
                return Err(TestCaseError::fail("another form of line"));
            };
            if !range.max.is_zero() {
                found.insert((pillar.clone(), lead.clone()), (range.min.clone(), range.max.clone()));
            }
        }
        prop_assert_eq!(found, oracle(&drawn));
    }

    /// Nothing that stands in a document makes a report panic.
    #[test]
    fn strange_documents_make_no_panic(text in "[0-9.$-]{0,12}", date in "[0-9-]{0,10}") {
        let view = json!({ "name": 1, "country": { "$conflict": text }, "activities": { "A": { "budget": { &date: { "EUR":
            { "amount": text, "currency": "EUR" } } }, "pillar_shares": { "P1": text }, "methods": [1, { "code": 2 }] }, "B": 3 },
            "contributions": [{ "amount": { "amount": text, "currency": "EUR" }, "date": date, "stage": "spent", "days": text }, 4],
            "indicators": { "I": { "targets": { &date: text } } }, "observations": [{ "indicator": "I", "date": date, "value": text }] });
        let framework = [Framework::read(&view)];
        for what in [Report::Budget, Report::Contributions, Report::Activities, Report::Requests, Report::Indicators, Report::Gaps] {
            for by in [&[][..], &[Group::Pillar, Group::Method, Group::Partner, Group::Country, Group::Year]] {
                let table = report(what, by, Some("TND"), &sources(&framework, &[]));
                let _ = (table.csv(), table.text(60, &Messages::new("fr")));
                assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()));
            }
        }
        let _ = decimal(&text);
    }
}

#[test]
fn a_table_without_end_is_cut_and_says_so() {
    let money = |n: i64| {
        Cell::Number(Range { min: Exact::from_integer(n.into()), max: Exact::from_integer(n.into()) }, 0)
    };
    let row = |name: String, n: i64, total: bool| Row { cells: vec![Cell::Text(name), money(n)], total };
    let mut rows: Vec<Row> = (0..1_000).map(|n| row(format!("partner {n}"), 1, false)).collect();
    rows.push(row("Total".into(), 1_000, true));
    let note = |n: usize| Message::new("open-value").with("path", format!("Tunisia: {n}"));
    let notes: Vec<Message> = (0..250).map(note).chain([Message::new("pillars-overlap")]).collect();
    let columns = vec![table::left("partner"), table::right("planned")];
    let whole = Table { title: "report-budget", columns, rows, notes };
    let cut = whole.clone().bounded(40_000);
    assert!(cut.rows.len() > 50 && cut.rows.len() < 300, "{}", cut.rows.len());
    assert_eq!(cut.rows.last(), whole.rows.last(), "what adds up stays, and counts all");
    let text = cut.text(80, &crate::Messages::new("en"));
    assert!(text.len() + cut.csv().len() < 40_000);
    assert!(text.contains(&format!("{} lines are left out", 1_001 - cut.rows.len())), "{text}");
    assert!(text.contains("50 more places are open"), "{text}");
    assert!(text.contains("pillars"), "what is to be known of the whole stays");
    assert_eq!(whole.clone().bounded(1 << 20).rows, whole.rows);
}
