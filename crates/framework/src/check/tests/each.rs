//! Every error and every warning, by itself: how bad it is, and on what ground.

use accord_document::FindingKind;

use super::*;
use crate::model::Rate;

/// How bad the check finds it, if it finds it.
fn found(view: &Value, context: &Context<'_>, id: &str) -> Option<Severity> {
    let mut view = view.clone();
    strip(&mut view);
    ids(&view, context).into_iter().find(|(_, found, _)| *found == id).map(|(severity, ..)| severity)
}

fn in_good(change: fn(&mut Value), id: &str) -> Option<Severity> {
    let all = organisations();
    let context =
        Context { document: "Tunisia", today: "2013-06-30", organisations: Some(&all), ..Context::default() };
    let mut view = good();
    assert_eq!(found(&view, &context, id), None);
    change(&mut view);
    found(&view, &context, id)
}

/// A row of the contributions: what AFD gave to the pool.
fn row(extra: Value) -> Value {
    let mut row = json!({ "id": "r", "contributor": "AFD", "stage": "spent", "date": "2013-01-01",
        "amount": { "amount": "10.00", "currency": "EUR" } });
    row.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    row
}

fn budget(view: &mut Value, amount: &str, currency: &str) {
    view["activities"]["A1"]["budget"] =
        json!({ "2013": { currency: { "amount": amount, "currency": currency } } });
}

macro_rules! each {
    ($($severity:ident $name:ident $id:literal $change:expr;)*) => {
        $(
            #[test]
            fn $name() {
                assert_eq!(in_good($change, $id), Some(Severity::$severity));
            }
        )*
    };
}

each! {
    Error no_country "missing" |v| v["country"] = Value::Null;
    Error no_start_of_the_period "missing" |v| v["period_start"] = Value::Null;
    Error no_end_of_the_period "missing" |v| v["period_end"] = Value::Null;
    Error no_objective "missing" |v| v["objective"] = Value::Null;
    Error a_pillar_with_nothing "pillar-empty"
        |v| v["pillars"]["P2"] = json!({ "id": "p2", "code": "P2", "title": { "en": ["x"] } });
    Error no_pillar_at_all "no-pillars" |v| v["pillars"] = json!({});
    Error an_activity_without_pillar "missing" |v| v["activities"]["A1"]["pillar_shares"] = Value::Null;
    Error an_activity_without_method "missing" |v| v["activities"]["A1"]["methods"] = Value::Null;
    Error an_activity_without_lead "missing" |v| v["activities"]["A1"]["lead"] = Value::Null;
    Error an_activity_without_start "missing" |v| v["activities"]["A1"]["planned_start"] = Value::Null;
    Error an_activity_without_end "missing" |v| v["activities"]["A1"]["planned_end"] = Value::Null;
    Error shares_that_do_not_add_up "shares-sum"
        |v| v["activities"]["A1"]["pillar_shares"] = json!({ "P1": 90 });
    Error a_period_that_ends_before_it_starts "dates-reversed" |v| v["period_end"] = json!("2012-01-01");
    Error an_activity_that_ends_before_it_starts "dates-reversed"
        |v| v["activities"]["A1"]["planned_end"] = json!("2012-01-01");
    Error a_reference_to_nothing "unknown-item"
        |v| v["contributions"] = json!([row(json!({ "activity": "A9" }))]);
    Warning a_code_that_is_none "unknown-code" |v| v["activities"]["A1"]["sector"] = json!("99999");
    Error less_than_nothing "out-of-range" |v| budget(v, "-5.00", "EUR");
    Error a_pool_that_spent_what_it_has_not "pool-overspent" |v| v["contributions"] = json!([row(json!({}))]);
    Error a_row_corrected_twice "corrected-twice" |v| v["contributions"] =
        json!([row(json!({ "supersedes": "x" })), row(json!({ "id": "s", "supersedes": "x" }))]);
    Error not_tested_with_anybody "no-testing" |v| v["tests"] = json!([]);
    Warning an_unknown_organisation "unknown-organisation" |v| v["activities"]["A1"]["lead"] = json!("XYZ");
    Warning no_partner_engagement "no-engagement" |v| v["activities"]["A1"]["engagement"] = Value::Null;
    Warning only_donors_implement "only-donors" |v| {
        v["contributions"] = json!([row(json!({ "activity": "A1" }))]);
        v["activities"]["A1"]["partners"] = json!({ "AFD": "implementing" });
    };
    Warning no_national_or_local_partner "no-local-partner"
        |v| v["activities"]["A1"]["partners"] = json!({ "GIZ": "implementing" });
    Warning no_activity "no-activities" |v| v["activities"] = json!({});
    Warning no_indicator "no-indicator" |v| v["indicators"] = json!({});
    Warning no_baseline "no-baseline" |v| v["indicators"]["I1"]["baseline"] = Value::Null;
    Warning a_budget_above_commitments "budget-above" |v| budget(v, "5.00", "EUR");
    Warning a_budget_below_commitments "budget-below"
        |v| v["contributions"] = json!([row(json!({ "stage": "committed", "activity": "A1" }))]);
    Warning a_stale_translation "translation-stale" |v| {
        v["title"] = json!({ "en": ["Another title"], "fr": ["Un titre"] });
        v["translated"] = json!({ "title:fr": "en 0000000000000000" });
    };
    Warning two_activities_alike "similar-activities" |v| {
        let mut twin = v["activities"]["A1"].clone();
        twin["id"] = json!("a2");
        v["activities"]["A2"] = twin;
    };
    Warning a_contribution_equal_to_another "duplicate-contribution" |v| v["contributions"] =
        json!([row(json!({ "stage": "pledged" })), row(json!({ "stage": "pledged", "id": "s", "date": "2014-05-01" }))]);
}

#[test]
fn the_same_money_at_another_stage_is_no_double() {
    let twice: fn(&mut Value) = |v| {
        v["contributions"] =
            json!([row(json!({ "stage": "pledged" })), row(json!({ "stage": "committed", "id": "s" }))]);
    };
    assert_eq!(in_good(twice, "duplicate-contribution"), None);
}

#[test]
fn a_lead_that_left() {
    let mut all = organisations();
    all[0].left = Some("2013-05-01".into());
    let context = Context { today: "2013-06-30", organisations: Some(&all), ..Context::default() };
    assert_eq!(found(&good(), &context, "lead-left"), Some(Severity::Error));
}

#[test]
fn everything_that_is_open() {
    for (what, id) in [
        (FindingKind::Values, "open-conflict"),
        (FindingKind::Paragraph, "open-conflict"),
        (FindingKind::Review, "open-review"),
        (FindingKind::LateCorrection, "open-late"),
        (FindingKind::RetiredButChanged, "open-retired"),
        (FindingKind::NeedsHome, "open-home"),
        (FindingKind::DuplicateCode, "open-code"),
    ] {
        let open = [Open { path: "country".into(), label: "country".into(), what }];
        let context = Context { open: &open, ..Context::default() };
        assert_eq!(found(&good(), &context, id), Some(Severity::Error), "{what:?}");
    }
}

#[test]
fn a_rate_that_an_asked_total_lacks() {
    let mut view = good();
    budget(&mut view, "5.000", "TND");
    let mut context = Context { today: "2013-06-30", ..Context::default() };
    assert_eq!(found(&view, &context, "rate-missing"), None, "nobody asked for a total in one currency");
    context.currency = Some("EUR");
    assert_eq!(found(&view, &context, "rate-missing"), Some(Severity::Error));
    let rates: Vec<Rate> = crate::model::rates(&json!({ "rates": [
        { "id": "x", "from": "TND", "to": "EUR", "date": "2012-12-31", "rate": "0.4885", "source": "Central bank" }] }));
    context.rates = &rates;
    assert_eq!(found(&view, &context, "rate-missing"), None);
}

#[test]
fn a_request_that_waits_for_sixty_days() {
    let request = |date: &str, status: &str| {
        let view =
            json!({ "name": "Waste", "from": "Gafsa", "country": "TN", "date": date, "status": status });
        [crate::model::request(&view)]
    };
    let waits = |request: &[crate::model::Request]| {
        let context = Context { today: "2013-06-30", requests: request, ..Context::default() };
        found(&good(), &context, "request-waiting")
    };
    assert_eq!(waits(&request("2013-04-30", "received")), Some(Severity::Warning));
    assert_eq!(waits(&request("2013-05-01", "received")), None, "sixty days today");
    assert_eq!(waits(&request("2013-01-01", "accepted")), None);
}

#[test]
fn a_template_that_moved() {
    let moved = ["objective".to_owned()];
    let context = Context { template_moved: &moved, ..Context::default() };
    assert_eq!(found(&good(), &context, "template-moved"), Some(Severity::Warning));
}
