//! What is asked for beyond a cut: what somebody built on before he could know, and nothing else.

use super::*;

#[test]
fn what_is_beyond_a_cut_is_asked_for_once_something_that_counts_was_made_on_it() {
    let (ca, cmi) = founded();
    let id = note(&ca, "Sfax");
    cmi.pull(&ca);
    let (uclg, fnct) = (admitted(&ca, &cmi, "UCLG"), admitted(&ca, &cmi, "FNCT"));
    uclg.pull(&ca);
    uclg.pull(&cmi);
    uclg.set(&id, "title.fr", "avant");
    let late = beside(&ca, "LATE");
    for office in [&ca, &cmi, &fnct, &late] {
        office.pull(&uclg);
    }
    late.pull(&cmi);
    let log = uclg.log(ca.programme().space());
    assert!(!late.programme().limits().contains_key(&log), "nothing was cut yet");

    // Beyond the cut, and FNCT builds on it: it has not heard of the removal.
    uclg.set(&id, "title.fr", "après");
    fnct.pull(&uclg);
    remove(&ca, &cmi, &uclg);
    fnct.set(&id, "title.ar", "بعد");
    let beyond = uclg.programme().logs().head(&log).unwrap();

    late.pull(&ca);
    late.pull(&cmi);
    let cut = late.programme().limits()[&log].clone();
    assert_eq!(cut.iter().map(|head| head.seq).collect::<Vec<_>>(), [beyond.seq - 1], "the cut");
    late.pull(&fnct);
    assert!(
        !late.programme().limits().contains_key(&log),
        "what counts was made on what is not here: it may be beyond the cut, so more is asked for"
    );
    late.pull(&uclg);
    let limit = late.programme().limits()[&log].clone();
    assert_eq!(limit, [beyond], "as far as somebody built on it, and no further");
    assert_eq!(late.get(&id, "title.fr"), json!(["après"]), "it counts by what was made on it");
    let apart = late.programme().apart();
    assert_eq!((apart.held.len(), apart.kept.len()), (0, 1), "and is told as kept, not as kept apart");

    uclg.set(&id, "title.fr", "encore");
    late.pull(&uclg);
    let limit = late.programme().limits()[&log].clone();
    assert_eq!(limit, [beyond]);
    let apart = late.programme().apart();
    assert_eq!((apart.held.len(), apart.kept.len()), (1, 1), "what nobody built on changes nothing");
    assert_eq!(late.get(&id, "title.fr"), json!(["après"]));
}
