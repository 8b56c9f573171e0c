//! Retired while extended: what came to a retired item is told, and finds a home.

use serde_json::json;

use crate::testing::{Writer, add, merge_all, set};
use crate::{Edit, Finding, FindingKind, Kind, Way};

fn kind() -> Kind {
    Kind::from_yaml(
        "
name: framework
version: 1
fields:
  - name: activities
    type: set
    fields:
      - { name: title, type: text }
      - { name: budget, type: table, axes: [year, currency], value: amount }
  - name: indicators
    type: set
    fields:
      - { name: activity, type: reference, of: activities }
      - { name: unit, type: string }
  - name: contributions
    type: rows
    fields:
      - { name: contributor, type: string }
      - { name: activity, type: reference, of: activities }
      - { name: amount, type: amount }
",
    )
    .unwrap()
}

/// GIZ retires TN-A05; the partner in Sfax, offline, adds to it.
fn story(kind: &Kind) -> (Writer, Writer) {
    let mut giz = Writer::first(
        kind,
        &[
            add("activities", json!({ "code": "TN-A03" })),
            add("activities", json!({ "code": "TN-A05", "budget": { "2013": { "EUR": "100" } } })),
        ],
    );
    let mut sfax = giz.joined("Sfax");
    giz.edit(kind, &[Edit::Retire { path: "activities.TN-A05".into(), reason: "covered by AFD".into() }]);
    sfax.edit(
        kind,
        &[
            add("indicators", json!({ "code": "I1", "activity": "TN-A05", "unit": "tonnes" })),
            add(
                "contributions",
                json!({ "contributor": "Sfax", "activity": "TN-A05", "amount": "5,000 EUR" }),
            ),
        ],
    );
    sfax.edit(kind, &[set("activities.TN-A05.budget.2014.EUR", "5,000")]);
    let mut both = [giz, sfax];
    merge_all(&mut both);
    let [giz, sfax] = both;
    assert_eq!(giz.document.findings(kind), sfax.document.findings(kind));
    (giz, sfax)
}

fn of(writer: &Writer, kind: &Kind, what: FindingKind) -> Vec<Finding> {
    writer.document.findings(kind).into_iter().filter(|finding| finding.what == what).collect()
}

#[test]
fn what_came_to_a_retired_item_is_told_and_counted() {
    let kind = kind();
    let (giz, _) = story(&kind);
    let found = of(&giz, &kind, FindingKind::RetiredButChanged);
    let [found] = &found[..] else { panic!("{found:#?}") };
    let gained: Vec<(&str, usize)> = found.gained.iter().map(|g| (g.field.as_str(), g.count)).collect();
    assert_eq!(gained, [("indicators", 1), ("contributions", 1)]);
    assert_eq!(found.sides[0].reason.as_deref(), Some("covered by AFD"));
    assert_eq!(found.sides[1].path.as_deref(), Some("activities.TN-A05.budget.2014.EUR"));
    assert!(found.changes.iter().all(|change| giz.document.written(change).unwrap().0 == b"Sfax"));
    assert_eq!(found.ways(), [Way::Reinstate, Way::Move, Way::Confirm]);
    let homeless = of(&giz, &kind, FindingKind::NeedsHome);
    assert_eq!(homeless.len(), 2, "{homeless:#?}");
    assert!(homeless[0].sides[0].text.contains("5,000"), "{homeless:#?}");
    let json = serde_json::to_string(&giz.document.findings(&kind)).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Finding>>(&json).unwrap(), giz.document.findings(&kind));
}

#[test]
fn bringing_it_back_settles_everything() {
    let kind = kind();
    let (mut giz, _) = story(&kind);
    let found = of(&giz, &kind, FindingKind::RetiredButChanged);
    giz.edit(&kind, &[found[0].reinstate("Sfax needs it").unwrap()]);
    assert_eq!(giz.document.findings(&kind), []);
}

#[test]
fn moving_gives_everything_another_home_and_overwrites_nothing() {
    let kind = kind();
    let (mut giz, mut sfax) = story(&kind);
    let found = of(&giz, &kind, FindingKind::RetiredButChanged);
    let to = found[0].move_to("TN-A03", "AFD's activity takes it over").unwrap();
    giz.edit(&kind, std::slice::from_ref(&to));
    assert_eq!(giz.document.findings(&kind), []);
    let view = giz.document.view(&kind, None).unwrap();
    assert_eq!(view["indicators"]["I1"]["activity"], "TN-A03");
    assert_eq!(view["activities"]["TN-A03"]["budget"]["2014"]["EUR"]["amount"], "5000.00");
    let standing: Vec<_> = view["contributions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["superseded_by"].is_null())
        .collect();
    assert_eq!((standing.len(), &standing[0]["activity"]), (1, &json!("TN-A03")));

    sfax.set(&kind, "activities.TN-A03.budget.2014.EUR", "70");
    let refused = sfax.try_edit(&kind, &[to]).unwrap_err();
    assert!(refused.to_string().contains("has a value already"), "{refused}");
}

#[test]
fn confirming_leaves_the_money_listed_until_it_is_settled_too() {
    let kind = kind();
    let (mut giz, _) = story(&kind);
    let found = of(&giz, &kind, FindingKind::RetiredButChanged);
    giz.edit(&kind, &[found[0].confirm("nothing of it is wanted").unwrap()]);
    assert_eq!(of(&giz, &kind, FindingKind::RetiredButChanged), []);
    let homeless = of(&giz, &kind, FindingKind::NeedsHome);
    assert_eq!(homeless.len(), 2);
    for finding in homeless {
        giz.edit(&kind, &[finding.confirm("paid back").unwrap()]);
    }
    assert_eq!(giz.document.findings(&kind), []);
}
