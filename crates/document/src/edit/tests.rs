mod again;
mod refused;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::FindingKind;
use crate::Kind;
use crate::testing::{Writer, add, kind, merge_all, set};

fn start(kind: &Kind) -> Writer {
    Writer::first(
        kind,
        &[
            set("country", "TN"),
            add("pillars", json!({ "code": "P1" })),
            add("pillars", json!({ "code": "P2" })),
            add("activities", json!({ "code": "TN-A03" })),
        ],
    )
}

#[test]
fn one_action_is_one_change_with_the_next_number() {
    let kind = kind();
    let mut ca = start(&kind);
    let first = ca.edit(
        &kind,
        &[set("country", "EG"), set("start", "2013-01-01"), set("activities.TN-A03.status", "done")],
    );
    let second = ca.set(&kind, "country", "TN");
    assert_eq!((first.seq, second.seq), (2, 3));
    assert_eq!(second.deps, [first.hash]);
    assert_eq!(ca.document.change_count(), 3);
    assert_eq!(ca.try_edit(&kind, &[]), Ok(None));
}

#[test]
fn what_is_wrong_is_said_with_what_to_do_and_nothing_is_written() {
    let kind = kind();
    let mut ca = start(&kind);
    let before = ca.document.heads();
    for (edit, message, hint) in [
        (
            set("activities.TN-A03.budgett", "1"),
            "no field `budgett` in `activities.TN-A03`",
            "did you mean `budget`?",
        ),
        (set("contry", "TN"), "no field `contry`", "did you mean `country`?"),
        (set("country", "Tunesia"), "`Tunesia` is not one of the codes", "there are: TN, EG, MA"),
        (set("activities.TN-A03.status", "underway"), "not one of the codes", "did you mean `under way`?"),
        (set("activities.TN-A04.status", "done"), "no item `TN-A04`", "did you mean `TN-A03`?"),
        (set("activities.TN-A03.budget.13.EUR", "1"), "`13` is not a year", "2013"),
        (set("activities.TN-A03.budget.2013.EUX", "1"), "no currency `EUX`", "EUR"),
        (set("activities.TN-A03.budget.2013.TND", "1,500"), "two ways", "1500"),
        (set("activities.TN-A03.shares", "P1 70, P2 60"), "add up to 130 %", "100 %"),
        (set("activities.TN-A03.shares", "P1 70, P9 30"), "`P9` is not among the pillars", "P1, P2"),
        (set("start", "1.1.2013"), "not a day", "2013-01-31"),
        (set("context", "words"), "more than one value", "context.en"),
        (set("context.de", "Worte"), "no language `de`", "en, fr, ar"),
        (set("context.en.3", "words"), "no paragraph `3`", "nothing yet"),
        (set("country.x", "1"), "nothing is inside `country`", "country"),
        (set("note", "a\u{202e}b"), "character 2", "delete it"),
        (set("name", ""), "needs a name", "give it one"),
        (add("activities", json!({ "code": "TN-A03" })), "another item has the code", "another code"),
        (add("activities", json!({ "status": "done" })), "needs a `code`", "TN-A07"),
        (add("tests", json!({ "date": "2013-02-30" })), "not a day", "2013"),
        (Edit::Retire { path: "activities.TN-A03".into(), reason: " ".into() }, "needs a reason", "why"),
        (Edit::Retire { path: "country".into(), reason: "x".into() }, "only items", "nothing"),
    ] {
        let error = ca.try_edit(&kind, &[set("note", "never written"), edit.clone()]).unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(error.to_string().contains(message) || cause.contains(message), "{edit:?}: {error}: {cause}");
        let said = error.hint().unwrap();
        assert!(said.contains(hint), "{edit:?}: {said}");
    }
    assert_eq!(ca.document.heads(), before);
    let by = Author { actor: b"CA", time: 1, message: None };
    assert!(crate::Document::create(&kind, " ", &[], &by, &mut crate::testing::random(1)).is_err());
}

#[test]
fn later_edits_of_one_action_see_the_earlier_ones() {
    let kind = kind();
    let mut ca = start(&kind);
    ca.edit(
        &kind,
        &[
            add("activities", json!({ "code": "TN-A09", "methods": ["technical"] })),
            set("activities/TN-A09/methods/advocacy", "yes"),
            set("activities.tn-a09.title.fr", "Un\n\nDeux"),
            add("activities.TN-A09.title.fr", json!("Trois")),
        ],
    );
    let item = ca.document.get(&kind, "activities.TN-A09", None).unwrap();
    assert_eq!(item["methods"], json!(["advocacy", "technical"]));
    assert_eq!(item["title"]["fr"], json!(["Un", "Deux", "Trois"]));
}

#[test]
fn rows_are_corrected_by_rows() {
    let kind = kind();
    let mut ca = start(&kind);
    ca.edit(&kind, &[add("tests", json!({ "place": "Sfax", "date": "2013-05-01" }))]);
    let rows = ca.document.get(&kind, "tests", None).unwrap();
    let id = rows[0]["id"].as_str().unwrap().to_owned();
    assert!(ca.try_edit(&kind, &[set(&format!("tests.{id}"), "x")]).is_err());
    ca.edit(&kind, &[add("tests", json!({ "place": "Sfax", "date": "2013-05-02", "supersedes": id[..6] }))]);
    let rows = ca.document.get(&kind, "tests", None).unwrap();
    let old = rows.as_array().unwrap().iter().find(|row| row["id"] == id.as_str()).unwrap();
    assert!(old["superseded_by"].is_string());
}

/// A thousand activities once took most of a minute: each value looked through the whole set. Ten
/// times the slowest machine that we know is still far below what that cost.
#[test]
fn thousands_of_items_are_edited_in_moments() {
    let kind = kind();
    let items: Vec<Edit> = (0..2_000)
        .map(|n| add("activities", json!({ "code": format!("TN-A{n}"), "status": "done" })))
        .collect();
    let began = std::time::Instant::now();
    let mut ca = Writer::first(&kind, &items);
    let more: Vec<Edit> =
        (0..2_000).map(|n| set(&format!("activities.TN-A{n}.status"), "proposed")).collect();
    let meta = ca.edit(&kind, &more);
    assert_eq!(ca.document.changes_of(&kind, &meta.hash).unwrap().len(), 2_000);
    assert_eq!(ca.document.diff(&kind, &meta.deps, &[meta.hash]).unwrap().len(), 2_000);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn what_should_come_in_pieces_is_refused_before_the_work() {
    let kind = kind();
    let mut ca = start(&kind);
    let items: Vec<Edit> = (0..5_001).map(|n| add("pillars", json!({ "code": format!("P-{n}") }))).collect();
    let cells: serde_json::Map<String, Value> =
        (0..20_001).map(|n| (format!("{n:05}"), json!({ "EUR": 1 }))).collect();
    let values = Edit::Set { path: "activities.TN-A03.budget".into(), value: Value::Object(cells) };
    for edits in [items, vec![values]] {
        let error = ca.try_edit(&kind, &edits).unwrap_err();
        assert!(matches!(error, EditError::TooMany { .. }), "{error}");
        assert!(error.to_string().contains("at most 5000 items and 20000 values"), "{error}");
        assert!(error.hint().unwrap().contains("split it"));
    }
}

/// The other side's words arrived while the editor was open: both are there afterwards.
#[test]
fn what_arrived_while_editing_is_merged_and_not_overwritten() {
    let kind = kind();
    let mut ca = Writer::first(
        &kind,
        &[set("context.en", "The cty of Sfax leads.\n\nA second one."), set("country", "TN")],
    );
    let mut cmi = ca.joined("CMI");
    let opened = ca.document.heads();
    cmi.edit(&kind, &[set("context.en.1", "The cty of Sfax leads. Gafsa follows."), set("country", "EG")]);
    ca.pull(&cmi);
    let edits = [
        Edit::ReplaceText {
            path: "context.en".into(),
            text: "The city of Sfax leads.\n\nA second one.\n\nA third.".into(),
        },
        set("country", "MA"),
    ];
    let new = ca.edit_at(&kind, &opened, &edits).unwrap().unwrap();
    assert_eq!(new.meta.deps, opened);
    assert_eq!(
        ca.document.get(&kind, "context.en", None).unwrap(),
        json!(["The city of Sfax leads. Gafsa follows.", "A second one.", "A third."])
    );
    assert_eq!(ca.document.findings(&kind)[0].sides.len(), 2, "EG and MA are both there");
    cmi.pull(&ca);
    assert_eq!(cmi.document.view(&kind, None), ca.document.view(&kind, None));
}

/// The same, and this very device wrote something else meanwhile: its chain stays one chain.
#[test]
fn ones_own_later_change_is_built_on_and_nothing_unseen_is_overwritten() {
    let kind = kind();
    let mut ca =
        Writer::first(&kind, &[set("context.en", "Now the cty of Sfax leads."), set("country", "TN")]);
    let mut cmi = ca.joined("CMI");
    let opened = ca.document.heads();
    cmi.edit(&kind, &[set("context.en.1", "Today the cty of Sfax leads."), set("country", "EG")]);
    ca.pull(&cmi);
    let own = ca.set(&kind, "note", "written in between");
    let text = [set("context.en.1", "Now the city of Sfax leads them.")];
    let new = ca.edit_at(&kind, &opened, &text).unwrap().unwrap();
    assert_eq!(new.meta.seq, own.seq + 1);
    assert!(ca.document.is_ancestor(&own.hash, &[new.meta.hash]));
    assert_eq!(
        ca.document.get(&kind, "context.en", None).unwrap(),
        json!(["Today the city of Sfax leads them."])
    );
    let error = ca.edit_at(&kind, &opened, &[set("country", "MA")]).unwrap_err();
    assert_eq!(error, EditError::Moved { path: "country".into() });
    let mut other = cmi.joined("AFD");
    other.pull(&ca);
    assert_eq!(other.document.view(&kind, None), ca.document.view(&kind, None));
}

#[derive(Debug, Clone)]
enum Act {
    Register(usize, usize, usize),
    Word(usize, usize),
    Pull(usize, usize),
}

const PLACES: [&str; 4] = [
    "country",
    "activities.TN-A03.status",
    "activities.TN-A03.methods.technical",
    "activities.TN-A03.budget.2013.EUR",
];
const VALUES: [[&str; 3]; 4] =
    [["TN", "EG", "MA"], ["proposed", "under way", "done"], ["yes", "no", "yes"], ["1", "2", "3"]];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..4usize, 0..4usize, 0..3usize).prop_map(|(w, p, v)| Act::Register(w, p, v)),
        2 => (0..4usize, 0..12usize).prop_map(|(w, at)| Act::Word(w, at)),
        2 => (0..4usize, 0..4usize).prop_map(|(a, b)| Act::Pull(a, b)),
    ]
}

/// The naive oracle: every write with all writes that its author had seen.
#[derive(Default, Clone)]
struct Oracle {
    /// (place, value, writes seen at that time)
    writes: Vec<(usize, &'static str, Vec<usize>)>,
}

impl Oracle {
    /// A write stands unless a later one of the same place had seen it.
    fn standing(&self, place: usize) -> Vec<&'static str> {
        let mut values: Vec<&str> = self
            .writes
            .iter()
            .enumerate()
            .filter(|(n, w)| {
                w.0 == place && !self.writes.iter().any(|other| other.0 == place && other.2.contains(n))
            })
            .map(|(_, w)| w.1)
            .collect();
        values.sort_unstable();
        values.dedup();
        values
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Invariants: whatever four writers do in whatever order they hear of each other, all end with
    /// the same view; exactly the values that the oracle leaves standing are in conflict; and no word
    /// that somebody added to a text disappears: it stands, or a finding tells of it.
    #[test]
    fn writers_converge_and_conflict_as_the_oracle_says(acts in prop::collection::vec(act(), 1..25)) {
        let kind = kind();
        let first = Writer::first(&kind, &[
            set("context.en", "one two three four five six seven eight nine ten"),
            add("activities", json!({ "code": "TN-A03" })),
        ]);
        let mut writers: Vec<Writer> = ["CA", "CMI", "UCLG", "GIZ"].map(|name| first.joined(name)).into();
        let mut seen: Vec<Vec<usize>> = vec![Vec::new(); 4];
        let mut oracle = Oracle::default();
        let mut words = Vec::new();
        for (n, act) in acts.into_iter().enumerate() {
            match act {
                Act::Register(w, p, v) => {
                    // Where several values stand, only a decision with a reason is taken.
                    let (path, value) = (PLACES[p].to_owned(), Value::from(VALUES[p][v]));
                    let open = writers[w].document.get(&kind, &path, None).unwrap().get("$conflict").is_some();
                    let reason = "settled".to_owned();
                    let edit =
                        if open { Edit::Resolve { path, value, reason } } else { Edit::Set { path, value } };
                    writers[w].edit(&kind, &[edit]);
                    oracle.writes.push((p, VALUES[p][v], seen[w].clone()));
                    let this = oracle.writes.len() - 1;
                    seen[w].push(this);
                }
                Act::Word(w, at) => {
                    let text = writers[w].document.get(&kind, "context.en.1", None).unwrap();
                    let word = format!("new{n}");
                    match text.as_str() {
                        Some(text) => {
                            let mut all: Vec<&str> = text.split(' ').collect();
                            all.insert(at.min(all.len()), &word);
                            writers[w].set(&kind, "context.en.1", &all.join(" "));
                        }
                        None => {
                            let open = writers[w].document.findings(&kind);
                            let open = open.iter().find(|finding| finding.path == "context.en.1").unwrap();
                            let mut all: Vec<&str> = open.sides.iter().map(|side| side.text.as_str()).collect();
                            all.push(&word);
                            let edit = open.write(all.join(" ").into(), "all of it").unwrap();
                            writers[w].edit(&kind, &[edit]);
                        }
                    }
                    words.push(word);
                }
                Act::Pull(a, b) if a != b => {
                    let [into, from] = writers.get_disjoint_mut([a, b]).unwrap();
                    into.pull(from);
                    let theirs = seen[b].clone();
                    seen[a].extend(theirs);
                }
                Act::Pull(..) => {}
            }
        }
        merge_all(&mut writers);
        let view = writers[0].document.view(&kind, None).unwrap();
        for writer in &writers {
            prop_assert_eq!(&writer.document.view(&kind, None).unwrap(), &view);
            prop_assert_eq!(writer.document.heads(), writers[0].document.heads());
        }
        let conflicts: BTreeMap<String, usize> =
            writers[0].document.findings(&kind).into_iter().map(|c| (c.path, c.sides.len())).collect();
        for (p, place) in PLACES.iter().enumerate() {
            let standing = oracle.standing(p);
            prop_assert_eq!(conflicts.get(*place).copied().unwrap_or(1), standing.len().max(1), "{}", place);
        }
        let told = format!("{} {:?}", view["context"]["en"], writers[0].document.findings(&kind));
        for word in words {
            prop_assert!(told.contains(&word), "{word} is lost in {told}");
        }
    }

    /// Invariant: an edit made for an older version, on top of a chain that knows more, gives the
    /// words that it gives when another author, who knows only that version, makes it and both merge.
    #[test]
    fn late_edits_merge_as_if_made_elsewhere(theirs in prop::collection::vec(0..11usize, 1..4), ours in prop::collection::vec((0..11usize, any::<bool>()), 1..5)) {
        let kind = kind();
        let base = "one two three four five six seven eight nine ten";
        let mut ca = Writer::first(&kind, &[set("context.en", base)]);
        let (mut cmi, mut elsewhere) = (ca.joined("CMI"), ca.joined("elsewhere"));
        let opened = ca.document.heads();
        let edited = |places: &[(usize, bool)], name: &str| {
            let mut words: Vec<String> = base.split(' ').map(str::to_owned).collect();
            for (n, (at, replace)) in places.iter().enumerate() {
                let at = (*at).min(words.len() - 1);
                if *replace && n < 3 { words[at] = format!("{name}{n}") } else { words.insert(at, format!("{name}{n}")) }
            }
            words.join(" ")
        };
        let theirs: Vec<(usize, bool)> = theirs.into_iter().map(|at| (at, false)).collect();
        cmi.set(&kind, "context.en.1", &edited(&theirs, "theirs"));
        let edit = [set("context.en.1", &edited(&ours, "ours"))];
        elsewhere.edit(&kind, &edit);
        elsewhere.pull(&cmi);
        ca.pull(&cmi);
        ca.set(&kind, "note", "in between");
        let made = ca.edit_at(&kind, &opened, &edit);
        if elsewhere.document.findings(&kind).iter().any(|finding| finding.what == FindingKind::Review) {
            prop_assert_eq!(made, Err(EditError::Moved { path: "context.en.1".into() }));
            return Ok(());
        }
        made.unwrap();
        let words = |writer: &Writer| {
            let text = writer.document.get(&kind, "context.en.1", None).unwrap().as_str().unwrap().to_owned();
            let mut chars: Vec<char> = text.chars().collect();
            chars.sort_unstable();
            chars
        };
        prop_assert_eq!(words(&ca), words(&elsewhere));
    }

    /// Invariant: of a text set as a whole, what is read back is what was set.
    #[test]
    fn a_text_reads_as_it_was_set(first in prop::collection::vec("[a-d ]{1,12}[a-d]", 0..5), second in prop::collection::vec("[a-d ]{1,12}[a-d]", 0..5)) {
        let kind = kind();
        let mut ca = Writer::first(&kind, &[]);
        for text in [first, second] {
            let wanted = crate::text::paragraphs(&crate::text::join(&text));
            let edit = Edit::ReplaceText { path: "context.fr".into(), text: crate::text::join(&text) };
            ca.try_edit(&kind, &[edit]).unwrap();
            prop_assert_eq!(ca.document.get(&kind, "context.fr", None).unwrap(), json!(wanted));
        }
    }
}
