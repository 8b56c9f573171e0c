//! What one member can do with well-formed changes: thousands of everything. Whatever it is, others read on, and go on.

use super::*;
use crate::testing::{add, set};

/// So many writers that no change can build on all of them.
const CROWD: usize = 1_200;

/// Each makes the same sort of edit without knowing of any other.
fn crowd(base: &Writer, count: usize, edit: impl Fn(usize) -> Edit) -> Document {
    let kind = kind();
    let changes: Vec<Vec<u8>> = (0..count)
        .map(|n| {
            let mut writer = base.joined(&format!("D{n}"));
            let hash = writer.edit(&kind, &[edit(n)]).hash;
            writer.document.raw_change(&hash).unwrap()
        })
        .collect();
    let mut document = base.document.clone();
    let raw: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    assert!(document.apply_changes(&raw).refused.is_empty());
    assert_eq!(document.heads().len(), count);
    document
}

fn settle(document: &mut Document, seed: u64, edit: Edit) {
    let by = crate::Author { actor: b"CMI", time: 9, message: None };
    document.edit(&kind(), &[edit], &by, &mut crate::testing::random(seed)).unwrap().unwrap();
}

#[test]
fn a_crowd_of_values_is_one_conflict_that_takes_two_settlements() {
    let kind = kind();
    let base = Writer::first(&kind, &[set("note", "before")]);
    let mut document = crowd(&base, CROWD, |n| set("note", &format!("note {n}")));
    let found = document.findings(&kind);
    assert_eq!((found.len(), found[0].sides.len()), (1, CROWD));
    let page = document.render(&kind, None).unwrap();
    assert!(page.lines().count() < 80, "{page}");
    assert!(page.contains("and 1180 more"), "and says so");
    let told = document.diff(&kind, &base.document.heads(), &document.heads()).unwrap();
    assert!(told[0].after.as_ref().unwrap().len() < 200, "{told:?}");
    // One change does not build on as many, so the first settles most of them, and the second the rest.
    settle(&mut document, 1, found[0].write("settled".into(), "asked all").unwrap());
    let left = document.findings(&kind);
    assert!(left[0].sides.len() < 200 && document.heads().len() < 200, "{}", left[0].sides.len());
    settle(&mut document, 2, left[0].write("settled".into(), "asked all").unwrap());
    assert_eq!(document.findings(&kind), []);
    assert_eq!(document.get(&kind, "note", None).unwrap(), "settled");
    let mut other = base.document.clone();
    let all = crate::testing::all_changes(&document);
    assert!(other.apply_changes(&all.iter().map(Vec::as_slice).collect::<Vec<_>>()).refused.is_empty());
    assert_eq!(other.heads(), document.heads());
}

#[test]
fn a_crowd_in_one_paragraph_is_one_review_and_is_not_merged_word_by_word() {
    let kind = kind();
    let words: Vec<String> = (0..600).map(|n| format!("word{n}.")).collect();
    let base = Writer::first(&kind, &[set("context.en", &words.join(" "))]);
    let edit = |n: usize| {
        let mut words = words.clone();
        words[n * 4].insert(0, 'X');
        set("context.en.1", &words.join(" "))
    };
    // Apart from each other, they would merge.
    let few = crowd(&base, 12, edit);
    assert_eq!(few.findings(&kind), []);
    let mut many = crowd(&base, 90, edit);
    let found = many.findings(&kind);
    assert_eq!((found.len(), found[0].what, found[0].sides.len()), (1, FindingKind::Review, 90));
    settle(&mut many, 1, found[0].write("One short text.".into(), "read them all").unwrap());
    assert_eq!(many.findings(&kind), []);
    assert_eq!(many.get(&kind, "context.en.1", None).unwrap(), "One short text.");
}

#[test]
fn more_late_corrections_than_anybody_reads_are_told_once_for_each_author() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[set("context.en", "The city leads the work of all.")]);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, "context.en.1", "Something else altogether now stands here.");
    for n in 0..1_100 {
        cmi.set(&kind, "context.en.1", &format!("The city leads the work of {n}."));
    }
    ca.pull(&cmi);
    let found = ca.document.findings(&kind);
    assert_eq!((found.len(), found[0].what), (1, FindingKind::LateCorrection));
    assert_eq!(found[0].changes.len(), 1_100, "each is to be named");
    ca.edit(&kind, &[found[0].confirm("seen").unwrap()]);
    // As many as fit into one change; the rest is told again.
    let found = ca.document.findings(&kind);
    assert_eq!((found.len(), found[0].changes.len()), (1, 100));
    ca.edit(&kind, &[found[0].confirm("seen").unwrap()]);
    assert_eq!(ca.document.findings(&kind), []);
}

#[test]
fn thousands_of_items_with_one_code_are_one_finding() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[]);
    let mut cmi = ca.joined("CMI");
    let items = |count: usize| (0..count).map(|_| add("activities", serde_json::json!({ "code": "A" })));
    // One edit refuses its own second one; two that do not know of each other can.
    ca.edit(&kind, &items(1).collect::<Vec<_>>());
    cmi.edit(&kind, &items(1).collect::<Vec<_>>());
    ca.pull(&cmi);
    let document = crowd(&ca, 600, |_| items(1).next().unwrap_or_else(|| set("note", "x")));
    let found = document.findings(&kind);
    assert_eq!((found.len(), found[0].what, found[0].sides.len()), (1, FindingKind::DuplicateCode, 602));
    assert!(document.view(&kind, None).is_ok());
}
