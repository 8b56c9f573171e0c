//! A rewrite against a typo, two changes of the same words, the same change twice.

use serde_json::json;

use crate::testing::{Writer, kind, merge_all, set};
use crate::{Edit, Finding, FindingKind, Kind, REVIEW};

const BASE: &str = "The cty of Sfax leads the work on waste with its partners. Gafsa watches.";

fn two(kind: &Kind, base: &str, one: &str, other: &str) -> [Writer; 2] {
    let mut ca = Writer::first(kind, &[set("context.en", base)]);
    let mut cmi = ca.joined("CMI");
    ca.set(kind, "context.en.1", one);
    cmi.set(kind, "context.en.1", other);
    let mut all = [ca, cmi];
    merge_all(&mut all);
    assert_eq!(all[0].document.view(kind, None), all[1].document.view(kind, None));
    assert_eq!(all[0].document.findings(kind), all[1].document.findings(kind));
    all
}

fn text(writer: &Writer, kind: &Kind) -> serde_json::Value {
    writer.document.get(kind, "context.en", None).unwrap()
}

fn only(writer: &Writer, kind: &Kind) -> Finding {
    let found = writer.document.findings(kind);
    let [one] = &found[..] else { panic!("{found:#?}") };
    one.clone()
}

#[test]
fn the_same_words_differently_are_a_review_that_every_read_marks() {
    let kind = kind();
    let [mut ca, mut cmi] = two(
        &kind,
        BASE,
        &BASE.replace("leads the work", "directs the work"),
        &BASE.replace("leads the work", "heads the work"),
    );
    let review = only(&ca, &kind);
    assert_eq!((review.what, review.path.as_str()), (FindingKind::Review, "context.en.1"));
    assert_eq!(review.base_text.as_deref(), Some(BASE));
    assert_eq!(review.sides.len(), 2);
    assert!(review.sides.iter().all(|side| side.time.is_some()));
    let shown = &text(&ca, &kind)[0];
    assert_eq!(shown[REVIEW]["base"], BASE);
    assert_eq!(shown[REVIEW]["sides"].as_array().unwrap().len(), 2);
    let page = ca.document.render(&kind, None).unwrap();
    assert!(page.contains("directs the work") && page.contains("heads the work"), "{page}");
    assert!(!page.contains("directsheads") && !page.contains("headsdirects"), "{page}");

    // Later edits elsewhere in the document, and of those who do not know, leave it open.
    ca.set(&kind, "note", "later");
    cmi.pull(&ca);
    assert_eq!(only(&cmi, &kind), review);

    let own = BASE.replace("leads the work", "directs and heads the work");
    ca.edit(&kind, &[review.write(json!(own), "both words").unwrap()]);
    cmi.pull(&ca);
    for writer in [&ca, &cmi] {
        assert_eq!(writer.document.findings(&kind), []);
        assert_eq!(text(writer, &kind), json!([own]));
    }
}

#[test]
fn a_review_can_be_settled_by_a_side_or_by_both_as_paragraphs() {
    let kind = kind();
    let (one, other) = (BASE.replace("leads", "directs"), BASE.replace("leads", "heads"));
    let [mut ca, cmi] = two(&kind, BASE, &one, &other);
    let review = only(&ca, &kind);
    let mut afd = cmi.joined("AFD");
    ca.edit(&kind, &[review.choose(0, "the mayor says so").unwrap()]);
    assert_eq!(ca.document.findings(&kind), []);
    assert_eq!(text(&ca, &kind), json!([review.sides[0].text]));
    afd.edit(&kind, &[review.both("nobody could decide").unwrap()]);
    assert_eq!(afd.document.findings(&kind), []);
    assert_eq!(text(&afd, &kind), json!([review.sides[0].text, review.sides[1].text]));
}

#[test]
fn what_was_not_looked_at_is_not_settled() {
    let kind = kind();
    let [mut ca, mut cmi] =
        two(&kind, BASE, &BASE.replace("leads", "directs"), &BASE.replace("leads", "heads"));
    let mut uclg = Writer::first(&kind, &[set("context.en", BASE)]).joined("UCLG");
    uclg.set(&kind, "context.en.1", &BASE.replace("leads", "steers"));
    let seen = only(&ca, &kind);
    cmi.pull(&uclg);
    // Settled with what was on the screen, after a third side has come: refused.
    let refused = cmi.try_edit(&kind, &[seen.choose(0, "by vote").unwrap()]).unwrap_err();
    assert!(refused.to_string().contains("was changed again"), "{refused}");
    // Settled elsewhere before it came: open again, the resolution against the third.
    ca.edit(&kind, &[seen.choose(0, "by vote").unwrap()]);
    ca.pull(&uclg);
    let again = only(&ca, &kind);
    assert_eq!(again.what, FindingKind::Review);
    assert!(again.sides.iter().any(|side| side.text.contains("steers")));
}

/// Another program may write on top of a review; that does not settle it.
#[test]
fn a_later_edit_by_a_program_that_knows_no_reviews_leaves_it_open() {
    use automerge::{ActorId, ReadDoc as _, transaction::Transactable as _};
    let kind = kind();
    let [mut ca, cmi] = two(&kind, BASE, &BASE.replace("leads", "directs"), &BASE.replace("leads", "heads"));
    let before = only(&ca, &kind);
    let mut other = cmi.document.am.clone().with_actor(ActorId::from(&b"other"[..]));
    let (key, id) = other
        .map_range(automerge::ROOT, ..)
        .find(|item| item.value.clone().into_value().is_object())
        .map(|item| (item.key.to_string(), item.id()))
        .unwrap();
    assert!(key.starts_with("context/en/"));
    let mut tx = other.transaction();
    tx.splice_text(&id, 0, 0, "Note: ").unwrap();
    tx.commit();
    let raw = other.get_last_local_change().unwrap().raw_bytes().to_vec();
    assert_eq!(ca.document.apply_changes(&[&raw]).refused, []);
    let still = only(&ca, &kind);
    assert_eq!((still.what, &still.sides, &still.changes), (before.what, &before.sides, &before.changes));
    assert!(still.standing.as_deref().unwrap().starts_with("Note: "));
    ca.edit(&kind, &[still.write(json!("Note: Sfax leads."), "read again").unwrap()]);
    assert_eq!(ca.document.findings(&kind), []);
    assert_eq!(text(&ca, &kind), json!(["Note: Sfax leads."]));
}

#[test]
fn the_same_change_twice_is_one_change_and_can_be_edited_on() {
    let kind = kind();
    let arabic = "تقود مدينة صفاقص العمل مع شركائها في الإقليم كله.";
    for (base, change) in [
        (BASE, BASE.replace("cty", "city")),
        (BASE, BASE.replace("waste with", "waste and water with")),
        (BASE, format!("{BASE} Sousse joins.")),
        ("La ville\nde Sfax dirige les travaux.", "La ville de Sfax dirige les travaux.".to_owned()),
        ("La  ville de Sfax dirige les travaux.", "La ville de Sfax dirige les travaux.".to_owned()),
        (arabic, arabic.replace("صفاقص", "صفاقس")),
    ] {
        let [mut ca, mut cmi] = two(&kind, base, &change, &change);
        assert_eq!(ca.document.findings(&kind), [], "{change}");
        assert_eq!(text(&ca, &kind), json!([change]));
        // Both go on from what they read, at different places.
        ca.set(&kind, "context.en.1", &format!("Aussi: {change}"));
        cmi.set(&kind, "context.en.1", &format!("{change} Fin."));
        let mut all = [ca, cmi];
        merge_all(&mut all);
        for writer in &all {
            assert_eq!(writer.document.findings(&kind), []);
            assert_eq!(text(writer, &kind), json!([format!("Aussi: {change} Fin.")]));
        }
    }
}

#[test]
fn the_same_in_arabic() {
    let kind = kind();
    let base = "تقود مدينة صفاقص العمل مع شركائها؟ نعم، تقوده اليوم.";
    let [ca, _] = two(&kind, base, &base.replace("صفاقص", "صفاقس"), &base.replace("اليوم", "غدا"));
    assert_eq!(ca.document.findings(&kind), []);
    assert_eq!(text(&ca, &kind)[0], base.replace("صفاقص", "صفاقس").replace("اليوم", "غدا"));
    let [ca, _] = two(&kind, base, &base.replace("صفاقص", "صفاقس"), &base.replace("صفاقص", "سوسة"));
    assert_eq!(only(&ca, &kind).what, FindingKind::Review);
}

/// (b) of the story: the new paragraph stands, the correction is told of until somebody has seen it.
#[test]
fn a_correction_of_the_old_wording_is_told() {
    let kind = kind();
    let new = "Sfax, Gafsa and Sousse share one plan for their refuse.";
    let [mut ca, mut cmi] = two(&kind, BASE, new, &BASE.replace("cty", "city"));
    assert_eq!(text(&ca, &kind), json!([new]));
    let late = only(&ca, &kind);
    assert_eq!((late.what, late.path.as_str()), (FindingKind::LateCorrection, "context.en.1"));
    assert_eq!(late.base_text.as_deref(), Some(BASE));
    assert_eq!(late.sides[0].text, BASE.replace("cty", "city"));
    assert_eq!(late.standing.as_deref(), Some(new));
    assert_eq!(ca.document.written(&late.sides[0].change).unwrap().0, b"CMI");
    // An edit of the new wording does not clear it.
    cmi.set(&kind, "context.en.1", &new.replace("one plan", "a plan"));
    ca.pull(&cmi);
    assert_eq!(only(&ca, &kind).changes, late.changes);
    ca.edit(&kind, &[late.confirm("the old sentence is gone").unwrap()]);
    let told = ca.document.history(&kind).pop().unwrap().changes;
    assert!(told[0].to_string().ends_with(": settled as it stands (the old sentence is gone)"), "{told:?}");
    assert_eq!(ca.document.changes_of(&kind, &ca.document.heads()[0]).unwrap(), told);
    cmi.pull(&ca);
    assert_eq!(cmi.document.findings(&kind), []);
    assert_eq!(text(&cmi, &kind), json!([new.replace("one plan", "a plan")]));
}

#[test]
fn a_paragraph_taken_out_while_another_corrects_it_is_told() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[set("context.en", &format!("{BASE}\n\nA second one."))]);
    let mut cmi = ca.joined("CMI");
    ca.set(&kind, "context.en", "A second one.");
    cmi.set(&kind, "context.en.1", &BASE.replace("cty", "city"));
    ca.pull(&cmi);
    let found = only(&ca, &kind);
    assert_eq!(found.what, FindingKind::RetiredButChanged);
    assert!(found.sides[1].text.contains("The city of Sfax"), "{found:?}");
    let mut back = ca.joined("AFD");
    back.edit(&kind, &[found.reinstate("it is still needed").unwrap()]);
    assert_eq!(back.document.findings(&kind), []);
    assert_eq!(text(&back, &kind)[0], BASE.replace("cty", "city"));
    ca.edit(&kind, &[found.confirm("it is not").unwrap()]);
    assert_eq!(ca.document.findings(&kind), []);
    assert_eq!(text(&ca, &kind), json!(["A second one."]));
}

#[test]
fn a_wording_under_review_is_replaced_from_the_editor() {
    let kind = kind();
    let [mut ca, _] = two(&kind, BASE, &BASE.replace("leads", "directs"), &BASE.replace("leads", "heads"));
    let heads = ca.document.heads();
    let page = ca.document.render(&kind, None).unwrap();
    assert_eq!(ca.document.parse_edited(&kind, &heads, &page).unwrap(), []);
    let line = page.lines().find(|line| line.contains("[[") && !line.trim_start().starts_with('#')).unwrap();
    let at = line.find("[[").unwrap();
    let quote = line[..at].find(['\'', '"']).unwrap_or(at);
    let edited = page.replace(line, &format!("{}Sfax leads.", &line[..quote]));
    let edits = ca.document.parse_edited(&kind, &heads, &edited).unwrap();
    assert!(matches!(&edits[..], [Edit::Set { .. } | Edit::ReplaceText { .. }]), "{edits:?}");
    ca.edit(&kind, &edits);
    assert_eq!(ca.document.findings(&kind), []);
    assert_eq!(text(&ca, &kind), json!(["Sfax leads."]));
}
