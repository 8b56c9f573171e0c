use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::testing::{Writer, add, kind, set};
use crate::{Edit, Kind};

fn full(kind: &Kind) -> Writer {
    Writer::first(
        kind,
        &[
            set("country", "TN"),
            set("note", "yes: it is # \"quoted\""),
            set(
                "context.en",
                "A first paragraph, long enough to stand in a block of its own, with: a colon.\n\nAnd # a second.",
            ),
            set("context.ar", "برنامج العمل المشترك للمدن"),
            add("pillars", json!({ "code": "P1", "title": { "en": "Growth" } })),
            add(
                "activities",
                json!({ "code": "TN-A03", "status": "under way", "shares": { "P1": 100 }, "methods": ["technical"],
                "budget": { "2013": { "EUR": "100,000", "TND": "1,234.500" } } }),
            ),
            add("activities", json!({ "code": "123" })),
            add("tests", json!({ "place": "Sfax", "date": "2013-05-01" })),
        ],
    )
}

fn edits(writer: &Writer, kind: &Kind, from: &str, to: &str) -> Result<Vec<Edit>, Vec<MarkedError>> {
    let yaml = writer.document.render(kind, None).unwrap();
    assert!(yaml.contains(from), "{from:?} is not in\n{yaml}");
    writer.document.parse_edited(kind, &writer.document.heads(), &yaml.replacen(from, to, 1))
}

#[test]
fn nothing_changed_makes_no_edit() {
    let kind = kind();
    let writer = full(&kind);
    assert_eq!(edits(&writer, &kind, "country", "country"), Ok(vec![]));
}

#[test]
fn each_change_makes_its_edit() {
    let kind = kind();
    let mut writer = full(&kind);
    for (from, to, path, value) in [
        ("country: TN", "country: EG", "country", json!("EG")),
        ("country: TN", "country:", "country", json!(null)),
        (
            "EUR: 100,000",
            "EUR: 120,000",
            "activities.TN-A03.budget.2013.EUR",
            json!({ "amount": "120000.00", "currency": "EUR" }),
        ),
        ("TND: 1,234.500", "USD: 5", "activities.TN-A03.budget.2013.USD", json!(null)),
        ("And # a second.", "And a second, changed.", "context.en.2", json!("And a second, changed.")),
        (
            "[technical]",
            "[technical, advocacy]",
            "activities.TN-A03.methods",
            json!(["advocacy", "technical"]),
        ),
        ("code: TN-A03", "code: TN-A04", "activities.TN-A04.status", json!("under way")),
    ] {
        let result = edits(&writer, &kind, from, to);
        if path.ends_with("USD") {
            let errors = result.unwrap_err();
            assert!(errors[0].message.contains("`TND` was taken out"), "{errors:?}");
            continue;
        }
        let made = result.unwrap();
        assert_eq!(made.len(), 1, "{made:?}");
        let heads = writer.document.heads();
        let mut copy = writer.joined("CMI");
        copy.edit_at(&kind, &heads, &made).unwrap().unwrap();
        assert_eq!(copy.document.get(&kind, path, None).unwrap(), value);
    }
    let added = edits(&writer, &kind, "tests:\n", "tests:\n  - place: Gafsa\n").unwrap();
    writer.edit(&kind, &added);
    assert_eq!(writer.document.get(&kind, "tests", None).unwrap().as_array().unwrap().len(), 2);
    let added = edits(&writer, &kind, "pillars:\n", "pillars:\n  - code: P2\n    title:\n      en: Cities\n")
        .unwrap();
    writer.edit(&kind, &added);
    assert_eq!(writer.document.get(&kind, "pillars.P2.title.en", None).unwrap(), json!(["Cities"]));
}

/// Only a single value is cleared by an empty line: whoever takes out more is not told to leave one, which would be
/// refused next.
#[test]
fn what_is_taken_out_is_told_how_it_can_go() {
    let kind = kind();
    let writer = full(&kind);
    let yaml = writer.document.render(&kind, None).unwrap();
    let heads = writer.document.heads();
    let told = |name: &str, empty: bool| {
        let mut text = String::new();
        let mut inside = false;
        for line in yaml.lines() {
            let begins = line.starts_with(&format!("{name}:"));
            inside = begins || inside && (line.starts_with(' ') || line.is_empty());
            if begins && empty {
                text.push_str(&format!("{name}:\n"));
            } else if !inside {
                text.push_str(&format!("{line}\n"));
            }
        }
        let errors = writer.document.parse_edited(&kind, &heads, &text).map_err(|mut errors| {
            assert_eq!(errors.len(), 1, "{name} {errors:?}");
            errors.remove(0)
        });
        errors.map_or_else(|error| format!("{}; {}", error.message, error.hint.unwrap()), |_| String::new())
    };
    for empty in [false, true] {
        for name in ["activities", "context"] {
            assert!(told(name, empty).contains("put back what stood there"), "{}", told(name, empty));
        }
        assert!(told("tests", empty).contains("rows stay"), "{}", told("tests", empty));
    }
    assert!(told("country", false).contains("leave the line with nothing"));
    assert_eq!(told("country", true), "", "an empty line clears a single value");
}

#[test]
fn mistakes_are_marked_on_their_lines() {
    let kind = kind();
    let writer = full(&kind);
    let yaml = writer.document.render(&kind, None).unwrap();
    let line = |needle: &str| yaml.lines().position(|line| line.contains(needle)).unwrap() + 1;
    for (from, to, place, message) in [
        ("country: TN", "country: XX", "country: TN", "`XX` is not one"),
        ("country: TN", "contry: TN", "country: TN", "no field `contry`"),
        ("EUR: 100,000", "EUR: 12,34", "EUR: 100,000", ""),
        ("status: under way", "status: never", "status: under way", "not one of the codes"),
        ("place: Sfax", "place: Sousse", "- id: ", "rows are never changed"),
        ("note: ", "note: [", "- id: ", "cannot be read"),
    ] {
        match edits(&writer, &kind, from, to) {
            Ok(_) => assert!(message.is_empty(), "{from} → {to}"),
            Err(errors) => {
                assert!(errors.iter().any(|e| e.message.contains(message)), "{errors:?}");
                if place != "- id: " {
                    assert!(
                        errors.iter().any(|e| e.line.abs_diff(line(place)) <= 1),
                        "{} {errors:?}",
                        line(place)
                    );
                }
                let marked = mark_errors(&yaml, &errors);
                assert!(marked.lines().any(|line| line.starts_with("#! ")));
                assert_eq!(mark_errors(&marked, &[]), yaml);
            }
        }
    }
}

#[test]
fn taking_an_item_out_is_refused_with_the_way_to_do_it() {
    let kind = kind();
    let writer = full(&kind);
    let yaml = writer.document.render(&kind, None).unwrap();
    let at = yaml.find("  - id: ").unwrap();
    let end = at + yaml[at..].find("\n\n").unwrap();
    let cut = format!("{}{}", &yaml[..at], &yaml[end..]);
    let errors = writer.document.parse_edited(&kind, &writer.document.heads(), &cut).unwrap_err();
    assert!(
        errors[0].hint.as_ref().unwrap().contains("taken out")
            || errors[0].hint.as_ref().unwrap().contains("retire")
    );
}

#[test]
fn an_open_conflict_stays_open_and_a_value_is_settled_with_a_reason_only() {
    let kind = kind();
    let mut ca =
        Writer::first(&kind, &[set("country", "TN"), set("context.en", "The old words stand here.")]);
    let mut cmi = ca.joined("CMI");
    ca.edit(&kind, &[set("country", "EG"), set("context.en.1", "Quite different now.")]);
    cmi.edit(&kind, &[set("country", "MA"), set("context.en.1", "Altogether another sentence.")]);
    ca.pull(&cmi);
    let yaml = ca.document.render(&kind, None).unwrap();
    assert!(yaml.contains("# CONFLICT in country"), "{yaml}");
    assert_eq!(edits(&ca, &kind, "country:", "country:"), Ok(vec![]));
    assert_eq!(ca.document.findings(&kind).len(), 2);
    let placeholder = yaml
        .lines()
        .find(|line| line.contains("[[ open conflict") && !line.trim_start().starts_with('#'))
        .unwrap();
    let text = placeholder.split_once("[[").map(|(_, rest)| format!("[[{rest}")).unwrap();
    let text = text.trim_end_matches(['\'', '"']);
    let written = yaml.replace("\ncountry:", "\ncountry: TN").replace(text, "Both at once.");
    let errors = ca.document.parse_edited(&kind, &ca.document.heads(), &written).unwrap_err();
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert_eq!(written.lines().nth(error.line - 1), Some("country: TN"));
    assert!(error.hint.as_ref().unwrap().contains("accord resolve DOC country VALUE --why TEXT"));
    // A paragraph is written in the text itself.
    let settled = yaml.replace(text, "Both at once.");
    let made = ca.document.parse_edited(&kind, &ca.document.heads(), &settled).unwrap();
    ca.edit(&kind, &made);
    assert_eq!(ca.document.findings(&kind).len(), 1);
    assert_eq!(ca.document.get(&kind, "context.en", None).unwrap(), json!(["Both at once."]));
}

#[test]
fn a_file_becomes_a_document() {
    let kind = kind();
    let imported =
        import(&kind, "name: Egypt\ncountry: Eg\nactivities:\n  EG-A01:\n    status: done\n").unwrap();
    assert_eq!(imported.name.as_deref(), Some("Egypt"));
    let json = r#"{"country": "TN", "activities": [{"code": "A", "budget": {"2013": {"EUR": 5}}}]}"#;
    assert_eq!(import(&kind, json).unwrap().edits.len(), 2);
    let errors = import(
        &kind,
        "country: XX\ncontext:\n  en: fine\nactivities:\n  - code: A\n    status: never\n  - status: done\n",
    )
    .unwrap_err();
    assert_eq!(errors.iter().map(|e| e.line).collect::<Vec<_>>(), [1, 6, 7], "{errors:?}");
    assert!(import(&kind, "kind: framework\n").unwrap_err()[0].message.contains("framework"));
    assert!(import(&kind, "\tcountry: TN").unwrap_err()[0].hint.as_ref().unwrap().contains("spaces"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Invariant: whatever stands in a document, rendering it and changing nothing makes no edit.
    #[test]
    fn rendering_reads_back_as_it_was(
        note in "[^\\p{C}]{0,40}",
        texts in prop::collection::vec("[a-zé:#\\-'\"|>@%&*!?\\[\\]{} ]{0,60}", 0..4),
        code in "[A-Za-z0-9:#' -]{1,10}",
        cents in 0..10_000_000i64,
    ) {
        let kind = kind();
        let mut writer = full(&kind);
        let amount = format!("{}.{:02} EUR", cents / 100, cents % 100);
        let made = [
            set("note", &note),
            Edit::ReplaceText { path: "context.fr".into(), text: texts.join("\n\n") },
            set("activities.TN-A03.budget.2014.EUR", &amount),
            set("activities.TN-A03.budget.2014.TND", &format!("{}.{:03}0", cents / 1000, cents % 1000)),
        ];
        writer.edit(&kind, &made);
        let _ = writer.try_edit(&kind, &[add("activities", json!({ "code": code }))]);
        let yaml = writer.document.render(&kind, None).unwrap();
        prop_assert_eq!(writer.document.parse_edited(&kind, &writer.document.heads(), &yaml), Ok(vec![]), "{}", yaml);
    }
}

#[test]
fn a_key_that_stands_twice_is_told_with_both_lines() {
    let kind = kind();
    for (yaml, line, first) in [
        ("country: TN\nnote: a\ncountry: EG\n", 3, 1),
        (
            "activities:\n  - code: A1\n    status: done\n  - code: A2\n    status: done\n    status: agreed\n",
            6,
            5,
        ),
    ] {
        let error = &import(&kind, yaml).unwrap_err()[0];
        assert_eq!(error.line, line, "{error}");
        assert!(error.message.contains(&format!("stands twice: here and on line {first}")), "{error}");
    }
}

/// The page speaks the language of whoever edits, and reads back alike in each.
#[test]
fn the_page_is_in_the_language_of_its_editor() {
    let kind = kind();
    let writer = full(&kind);
    let french = accord_words::Speech { language: accord_words::Language::French, isolate: false };
    accord_words::within(french, || {
        let yaml = writer.document.render(&kind, None).unwrap();
        assert!(yaml.contains("# Pour vider une valeur, ne laissez rien après les deux-points."), "{yaml}");
        for english in ["Lines that begin", "list of rows", "one of:", "rows are not changed"] {
            assert!(!yaml.contains(english), "{english}: {yaml}");
        }
        assert_eq!(writer.document.parse_edited(&kind, &writer.document.heads(), &yaml), Ok(vec![]));
    });
}
