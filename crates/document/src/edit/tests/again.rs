//! Making again what is not in the document.

use super::*;
use crate::document::Document;
use crate::{ChangeMeta, Hash};

/// A version that everybody has, and somebody who went on from it alone.
fn parted(kind: &Kind) -> (Writer, Writer) {
    let mut ca = start(kind);
    ca.edit(
        kind,
        &[Edit::ReplaceText { path: "context.en".into(), text: "Towns grow fast. Water is short.".into() }],
    );
    let lost = ca.joined("LOST");
    (ca, lost)
}

/// Makes a change of `lost` again at `ca`, on what both have.
fn again(ca: &mut Writer, kind: &Kind, lost: &Document, change: &Hash, heads: &[Hash]) -> ChangeMeta {
    let by = Author { actor: b"NEW", time: 99, message: None };
    // Two changes that write alike need two tokens: with the same one the second would write nothing.
    let seed = change[..8].iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    let new = ca.document.make_again(heads, (lost, change), kind, &by, &mut crate::testing::random(seed));
    new.unwrap().unwrap().meta
}

#[test]
fn the_same_is_written_under_the_same_keys_and_where_others_differ_both_stand() {
    let kind = kind();
    let (mut ca, mut lost) = parted(&kind);
    let base = ca.document.heads();
    let all = [
        lost.set(&kind, "activities.TN-A03.status", "under way").hash,
        lost.edit(&kind, &[add("tests", json!({ "place": "Sfax", "date": "2013-05-02" }))]).hash,
        lost.edit(&kind, &[add("activities", json!({ "code": "TN-A09", "status": "proposed" }))]).hash,
        lost.edit(
            &kind,
            &[Edit::ReplaceText {
                path: "context.en".into(),
                text: "Towns grow very fast. Water is short.".into(),
            }],
        )
        .hash,
        lost.set(&kind, "activities.TN-A09.status", "done").hash,
    ];
    ca.set(&kind, "activities.TN-A03.status", "done");
    ca.edit(
        &kind,
        &[Edit::ReplaceText {
            path: "context.en".into(),
            text: "Towns grow fast. Drinking water is short.".into(),
        }],
    );
    let mut heads = base.clone();
    for change in &all {
        let made = again(&mut ca, &kind, &lost.document, change, &heads);
        heads.push(made.hash);
        heads = ca.document.newest(&heads);
    }
    let told: BTreeMap<Hash, Vec<u8>> =
        ca.document.made_again().into_iter().map(|(actor, of)| (of, actor)).collect();
    assert!(all.iter().all(|change| told.get(change).is_some_and(|actor| actor == b"NEW")));
    let findings = ca.document.findings(&kind);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].path, "activities.TN-A03.status");
    assert_eq!(findings[0].sides.len(), 2);
    let view = ca.document.view(&kind, None).unwrap();
    assert_eq!(view["activities"]["TN-A09"]["status"], "done");
    assert_eq!(view["tests"].as_array().unwrap().len(), 1);
    assert_eq!(view["context"]["en"], json!(["Towns grow very fast. Drinking water is short."]));
    // Should the first ones come to count all the same, nothing stands twice.
    let before = ca.document.view(&kind, None).unwrap();
    ca.pull(&lost);
    let after = ca.document.view(&kind, None).unwrap();
    for field in ["/tests", "/activities/TN-A09", "/context"] {
        assert_eq!(after.pointer(field), before.pointer(field), "{field}");
    }
    assert_eq!(ca.document.findings(&kind).len(), 1);
}

/// What one wrote in the same place since is not overwritten by what one wrote before.
#[test]
fn what_the_same_author_wrote_since_is_not_overwritten() {
    let kind = kind();
    let (mut ca, mut lost) = parted(&kind);
    let base = ca.document.heads();
    let change = lost.set(&kind, "country", "EG").hash;
    let by = Author { actor: b"CA", time: 99, message: None };
    ca.set(&kind, "country", "MA");
    let mut random = crate::testing::random(3);
    let made = ca.document.make_again(&base, (&lost.document, &change), &kind, &by, &mut random);
    assert!(matches!(made, Err(EditError::Moved { .. })), "{made:?}");
}

/// What stood in something that somebody else had made, and that does not count either, would stand in nothing.
#[test]
fn what_has_no_ground_is_refused() {
    let kind = kind();
    let (mut ca, mut lost) = parted(&kind);
    let base = ca.document.heads();
    let mut other = lost.joined("OTHER");
    other.edit(&kind, &[add("activities", json!({ "code": "TN-A09" }))]);
    lost.pull(&other);
    let change = lost.set(&kind, "activities.TN-A09.status", "done").hash;
    let by = Author { actor: b"NEW", time: 99, message: None };
    let mut random = crate::testing::random(3);
    let made = ca.document.make_again(&base, (&lost.document, &change), &kind, &by, &mut random);
    assert!(matches!(made, Err(EditError::NotHere { .. })), "{made:?}");
    assert_eq!(ca.document.heads(), base, "nothing was written");
}

#[test]
fn a_document_of_which_nothing_counts_is_begun_anew() {
    let kind = kind();
    let lost = start(&kind);
    let change = lost.document.heads()[0];
    let by = Author { actor: b"NEW", time: 99, message: None };
    let mut random = crate::testing::random(3);
    let (made, _) = Document::create_again((&lost.document, &change), &kind, &by, &mut random).unwrap();
    assert_eq!(made.view(&kind, None), lost.document.view(&kind, None));
    assert_eq!(made.name().as_deref(), Some("Tunisia"));
    assert_eq!(made.kind_name(), lost.document.kind_name());
}

proptest! {
    /// Where nobody else wrote, making everything again in its order ends in what its author saw.
    #[test]
    fn made_again_on_the_same_ground_it_reads_the_same(steps in proptest::collection::vec((0..6_usize, 0..4_usize), 1..8)) {
        let kind = kind();
        let (mut ca, mut lost) = parted(&kind);
        let mut heads = ca.document.heads();
        let mut all = Vec::new();
        for (what, which) in steps {
            let edit = match what {
                0 => set("country", ["TN", "EG", "MA", "TN"][which]),
                1 => set("activities.TN-A03.budget.2013.EUR", ["1", "2", "3", "4"][which]),
                2 => set("activities.TN-A03.methods", ["technical", "knowledge", "technical, advocacy", ""][which]),
                3 => Edit::ReplaceText {
                    path: "context.en".into(),
                    text: ["Towns grow. Water is short.", "Nothing of it.", "Towns grow fast.\n\nWater is short.", "Towns grow fast. Water is short!"][which].into(),
                },
                4 => {
                    let place = ["a", "b", "c", "d"][which];
                    add("tests", json!({ "place": place }))
                }
                _ => set("activities.TN-A03.status", ["proposed", "under way", "done", ""][which]),
            };
            if let Ok(Some(new)) = lost.try_edit(&kind, &[edit]) {
                all.push(new.meta.hash);
            }
        }
        for change in &all {
            let made = again(&mut ca, &kind, &lost.document, change, &heads);
            heads = vec![made.hash];
        }
        prop_assert_eq!(ca.document.view(&kind, None).unwrap(), lost.document.view(&kind, None).unwrap());
    }
}
