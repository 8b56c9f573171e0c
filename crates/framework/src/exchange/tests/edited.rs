//! What people and their spreadsheets do to an exported file before it comes back.

use accord_document::{Author, Edit, MarkedError};
use serde_json::{Value, json};

use super::super::*;
use super::{Draft, exported, tunisia};
use crate::testing::random;

fn back(draft: &Draft, file: &str) -> Result<Vec<Edit>, Vec<MarkedError>> {
    let read = if is_json(file) { edited_json } else { edited_csv };
    read(draft.kind, &draft.view(), file)
}

/// The lines of a table as another program writes them.
fn saved_again(csv: &str, sign: u8, quote: csv::QuoteStyle, end: csv::Terminator) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let mut writer =
        csv::WriterBuilder::new().delimiter(sign).quote_style(quote).terminator(end).from_writer(Vec::new());
    reader.records().for_each(|record| writer.write_record(&record.unwrap()).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn a_file_saved_by_a_spreadsheet_changes_nothing() {
    let draft = tunisia();
    let csv = exported(&draft, Format::Csv);
    let ends = [csv::Terminator::CRLF, csv::Terminator::Any(b'\n')];
    for sign in [b',', b';', b'\t'] {
        for end in ends {
            for quote in [csv::QuoteStyle::Necessary, csv::QuoteStyle::Always] {
                let saved = saved_again(&csv, sign, quote, end);
                for saved in [
                    saved.clone(),
                    format!("\u{feff}{saved}"),
                    saved.replace('\n', "\r\n").replace("\r\r", "\r"),
                ] {
                    assert!(exported_version(&saved).is_some());
                    assert_eq!(back(&draft, &saved), Ok(vec![]), "{}", char::from(sign));
                }
            }
        }
    }
    let json = exported(&draft, Format::Json);
    for json in [format!("\u{feff}{json}"), json.replace('\n', "\r\n")] {
        assert!(exported_version(&json).is_some());
        assert_eq!(back(&draft, &json), Ok(vec![]));
    }
    // Columns that were left empty at the end, and lines in another order.
    let mut lines: Vec<String> =
        saved_again(&csv, b';', csv::QuoteStyle::Always, csv::Terminator::Any(b'\x1f'))
            .split('\x1f')
            .filter(|line| !line.is_empty())
            .map(|line| format!("{line};;"))
            .collect();
    lines[1..].reverse();
    assert_eq!(back(&draft, &lines.join("\n")), Ok(vec![]));
}

#[test]
fn lines_that_were_added_become_items_and_rows() {
    let mut draft = tunisia();
    let mut csv = exported(&draft, Format::Csv);
    csv.push_str("activities.TN-A09.title.en,,Markets\nactivities.TN-A09.status,,proposed\n");
    csv.push_str(
        "activities.TN-A09.budget.2014.EUR,,\"5,000\"\nactivities.TN-A09.methods,,\"technical, advocacy\"\n",
    );
    csv.push_str("activities.TN-A09.pillar_shares,,\"P1 50, P2 50\"\n");
    // By its code, where the export says its id.
    csv.push_str("activities.TN-A01.external_id,,Sfax and its port\n");
    csv.push_str("contributions.new.contributor,,AFD\ncontributions.new.stage,,pledged\ncontributions.new.date,,2014-01-01\n");
    csv.push_str("contributions.new.amount,,EUR 5000\n");
    let edits = back(&draft, &csv).unwrap();
    assert_eq!(edits.len(), 3, "{edits:?}");
    draft.edit(&edits);
    let view = draft.view();
    let new = &view["activities"]["TN-A09"];
    assert_eq!((&new["title"]["en"], &new["status"]), (&json!(["Markets"]), &json!("proposed")));
    assert_eq!(new["budget"]["2014"]["EUR"]["amount"], "5000.00");
    assert_eq!(new["pillar_shares"], json!({ "P1": 50, "P2": 50 }));
    assert_eq!(view["activities"]["TN-A01"]["external_id"], "Sfax and its port");
    let added = |view: &Value| {
        view["contributions"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["stage"] == "pledged" && row["contributor"] == "AFD")
            .count()
    };
    assert_eq!(added(&view), 2, "one was there");

    let mut json: Value = serde_json::from_str(&exported(&draft, Format::Json)).unwrap();
    json["activities"]["TN-A10"] = json!({ "title": { "en": ["Parks"] }, "status": "proposed" });
    json["activities"]["TN-A11"] = json!({ "title": { "en": ["Ports"] } });
    let corrects = json["contributions"][0]["id"].clone();
    json["contributions"].as_array_mut().unwrap().push(
        json!({ "contributor": "GIZ", "stage": "spent", "date": "2014-01-01", "supersedes": corrects }),
    );
    let edits = back(&draft, &json.to_string()).unwrap();
    assert_eq!(edits.len(), 3, "{edits:?}");
    draft.edit(&edits);
    let view = draft.view();
    assert_eq!(view["activities"]["TN-A11"]["title"]["en"], json!(["Ports"]));
    let corrected =
        view["contributions"].as_array().unwrap().iter().find(|row| row["id"] == corrects).unwrap();
    assert!(corrected.get("superseded_by").is_some());
}

#[test]
fn lines_that_were_taken_out_are_told_once_for_each_item() {
    let draft = tunisia();
    let view = draft.view();
    let csv = exported(&draft, Format::Csv);
    let id = view["activities"]["TN-A05"]["id"].as_str().unwrap();
    let row = view["contributions"][0]["id"].as_str().unwrap();
    let kept: Vec<&str> = csv.lines().filter(|line| !line.contains(id) && !line.contains(row)).collect();
    let errors = back(&draft, &kept.join("\n")).unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[0].message, "TN-A05 was taken out of activities");
    let hint = errors[0].hint.as_deref().unwrap();
    assert!(hint.ends_with("accord retire DOC activities.TN-A05 --why TEXT"), "{hint}");
    assert!(errors[1].message.contains("the row `contributions."), "{errors:?}");
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_line() {
    let draft = tunisia();
    let csv = exported(&draft, Format::Csv);
    let row = draft.view()["contributions"][0]["id"].as_str().unwrap().to_owned();
    for (added, part) in [
        ("activities.TN-A09,,x\n".to_owned(), "names no field"),
        ("activities.TN-A09.budget,,x\nactivities.TN-A09.budget.2013.EUR,,5\n".to_owned(), "more below it"),
        (format!("contributions.{row}.note,,x\n"), "cannot be changed"),
        ("country,,EG\n".to_owned(), "stands twice"),
    ] {
        let errors = back(&draft, &format!("{csv}{added}")).unwrap_err();
        assert!(errors[0].message.contains(part) && errors[0].line > 5, "{errors:?}");
    }
    let mut json: Value = serde_json::from_str(&exported(&draft, Format::Json)).unwrap();
    json["objetive"] = json!({ "en": ["typed wrong"] });
    json["activities"]["TN-A01"]["statut"] = json!("done");
    let errors = back(&draft, &json.to_string()).unwrap_err();
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, ["no field `objetive`", "no field `activities.statut`"]);
}

#[test]
fn a_spreadsheet_neither_runs_a_text_nor_cuts_it_off_unseen() {
    let mut draft = tunisia();
    let long = "A word of many. ".repeat(3_000);
    let texts = ["=cmd|' /C calc'!A0", "+1", "@SUM(1)", "-2", "'=quoted", "''+x", "'plain'", "1; 2, \"3\""];
    for (n, text) in texts.iter().enumerate() {
        draft.edit(&[Edit::Set { path: "lead_contacts".into(), value: json!(text) }]);
        let csv = exported(&draft, Format::Csv);
        let cells: Vec<csv::StringRecord> =
            csv::ReaderBuilder::new().from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
        let formula = |cell: &str| cell.starts_with(['=', '+', '-', '@']);
        assert!(!cells.iter().flatten().any(formula), "{n}");
        assert_eq!(back(&draft, &csv), Ok(vec![]), "{text}");
    }
    draft.edit(&[Edit::Set { path: "context.en".into(), value: json!(long) }]);
    let csv = exported(&draft, Format::Csv);
    let cut = csv.replace(long.trim(), &long[..32_767]);
    let errors = back(&draft, &cut).unwrap_err();
    assert!(errors[0].message.contains("was cut off"), "{errors:?}");
}

#[test]
fn short_paragraphs_and_open_places_come_back_as_they_were() {
    let mut draft = tunisia();
    draft.edit(&[Edit::Set { path: "context.fr".into(), value: json!("Sfax.\n\nTunis.\n\nGafsa.") }]);
    let base = draft.document.heads();
    draft.edit(&[
        Edit::Set { path: "context.fr.1".into(), value: json!("Sousse.") },
        Edit::Set { path: "country".into(), value: json!("EG") },
        Edit::Set { path: "context.en.1".into(), value: json!("First words altogether anew.") },
    ]);
    let by = Author { actor: b"CMI", time: 3, message: None };
    let other = [
        Edit::Set { path: "context.fr.1".into(), value: json!("Gabès.") },
        Edit::Set { path: "country".into(), value: json!("MA") },
    ];
    draft.document.edit_at(&base, draft.kind, &other, &by, &mut random()).unwrap();
    let csv = exported(&draft, Format::Csv);
    assert!(csv.contains("OPEN: ") && csv.contains("Tunis.\n\nGafsa."), "{csv}");
    assert_eq!(back(&draft, &csv), Ok(vec![]));
    assert_eq!(back(&draft, &exported(&draft, Format::Json)), Ok(vec![]));
    let errors =
        back(&draft, &csv.replace("OPEN: EG | MA", "TN").replace("OPEN: MA | EG", "TN")).unwrap_err();
    assert!(errors[0].hint.as_deref().unwrap().contains("resolve"), "{errors:?}");
    for format in [Format::Markdown, Format::Html] {
        assert!(exported(&draft, format).contains("OPEN: "), "a page marks what is open");
    }
}
