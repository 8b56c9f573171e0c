//! What people write, merged in every order, against oracles that know nothing of hunks or clocks.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::testing::{Writer, kind, merge_all, set};
use crate::text::tokens;
use crate::{Finding, FindingKind, Kind};

/// The words and sentence ends of a text.
fn words(text: &str) -> Vec<&str> {
    tokens(text).into_iter().filter(|token| !token.trim().is_empty()).collect()
}

/// Oracle: a text is a blend if two words stand side by side in one sentence that no author put side by side.
fn blended(text: &str, authors: &[String]) -> Option<String> {
    let pairs = |text: &str| -> Vec<(String, String)> {
        let all = words(text);
        all.windows(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
    };
    let known: Vec<_> = authors.iter().flat_map(|author| pairs(author)).collect();
    let ends = |word: &str| word.starts_with(['.', '!', '?', '؟', ':', ';', '؛', '…']);
    pairs(text)
        .into_iter()
        .find(|pair| !ends(&pair.0) && !ends(&pair.1) && !known.contains(pair))
        .map(|(one, other)| format!("`{one} {other}` was written by nobody"))
}

/// Oracle: a word that an author added stands in the text.
fn lost<'a>(text: &str, base: &str, authors: &'a [String]) -> Option<&'a str> {
    let (all, before) = (words(text), words(base));
    let added = |author: &'a String| words(author).into_iter().filter(|word| !before.contains(word));
    authors.iter().flat_map(added).find(|word| !all.contains(word))
}

/// One author's edit of a paragraph.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Replace(usize, usize),
    Insert(usize, usize),
    Remove(usize),
    Append(usize),
    Rewrite(usize),
}

pub(super) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..60usize, 0..3usize).prop_map(|(at, n)| Act::Replace(at, n)),
        3 => (0..60usize, 0..3usize).prop_map(|(at, n)| Act::Insert(at, n)),
        1 => (0..60usize).prop_map(Act::Remove),
        1 => (0..2usize).prop_map(Act::Append),
        1 => (0..2usize).prop_map(Act::Rewrite),
    ]
}

/// `new`: words that stand nowhere in the text.
pub(super) fn edited(text: &str, acts: &[Act], new: &[&str]) -> String {
    let mut text = text.to_owned();
    for act in acts {
        let mut all: Vec<String> = text.split(' ').map(str::to_owned).collect();
        match act {
            Act::Replace(at, n) => {
                let at = at % all.len();
                all[at] = new[n % new.len()].to_owned();
            }
            Act::Insert(at, n) => all.insert(at % (all.len() + 1), new[n % new.len()].to_owned()),
            Act::Remove(at) if all.len() > 3 => drop(all.remove(at % all.len())),
            Act::Remove(_) => {}
            Act::Append(n) => all.push(format!("{}.", new[n % new.len()])),
            Act::Rewrite(n) => all = vec![new[n % new.len()].to_owned(), new[(n + 1) % new.len()].to_owned()],
        }
        text = all.join(" ");
    }
    text
}

/// Everything that anybody is told about the paragraph.
fn told(writer: &Writer, kind: &Kind) -> (Value, Vec<Finding>) {
    (writer.document.get(kind, "context.en", None).unwrap(), writer.document.findings(kind))
}

/// Several authors change one paragraph, once each, none knowing of the others. Gives what stands, if nothing is open.
pub(super) fn check(base: &str, texts: &[String]) -> Result<Option<String>, TestCaseError> {
    let kind = kind();
    let first = Writer::first(&kind, &[set("context.en", base)]);
    let names = ["CA", "CMI", "UCLG", "GIZ"];
    let mut writers: Vec<Writer> = texts.iter().zip(names).map(|(_, name)| first.joined(name)).collect();
    for (writer, text) in writers.iter_mut().zip(texts) {
        if text != base {
            writer.set(&kind, "context.en.1", text);
        }
    }
    let count = writers.len();
    // Each hears of the others in an order of its own.
    let copies: Vec<Writer> = (0..count).map(|i| writers[i].joined(names[i])).collect();
    for i in 0..count {
        for j in 1..count {
            writers[i].pull(&copies[(i + j * (i + 1)) % count]);
        }
    }
    merge_all(&mut writers);
    let (shown, found) = told(&writers[0], &kind);
    for writer in &writers[1..] {
        prop_assert_eq!(&told(writer, &kind), &(shown.clone(), found.clone()));
    }
    let loaded = crate::Document::load(&writers[0].document.save()).unwrap();
    prop_assert_eq!(loaded.findings(&kind), found.clone());

    let different: Vec<&String> = texts.iter().filter(|text| *text != base).collect();
    if different.iter().all(|text| *text == different[0]) {
        prop_assert_eq!(&found, &vec![], "equal edits raise nothing");
        prop_assert_eq!(&shown, &json!([different.first().map_or(base, |text| text)]));
    }
    let everything = serde_json::to_string(&(&shown, &found)).unwrap();
    for (text, name) in texts.iter().zip(names) {
        // Nothing that anybody wrote disappears: it stands, or a finding tells of it.
        if let Some(word) = lost(&everything, base, std::slice::from_ref(text)) {
            prop_assert!(false, "{word} of {name} is told nowhere: {everything}");
        }
    }
    let Some(text) = shown[0].as_str() else {
        prop_assert!(found.iter().any(|f| matches!(f.what, FindingKind::Review | FindingKind::Paragraph)));
        return Ok(None);
    };
    let mut authors = texts.to_vec();
    authors.push(base.to_owned());
    if let Some(blend) = blended(text, &authors) {
        prop_assert!(false, "{blend}: {text}");
    }
    if found.is_empty()
        && let Some(word) = lost(text, base, texts)
    {
        prop_assert!(false, "{word} is lost in {text}");
    }
    Ok(found.is_empty().then(|| text.to_owned()))
}

const BASE: &str = "The city of Sfax leads the work. Its partners pay for trucks, and the port keeps watch. \
                    In 2013 a plan was made by all of them.";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Invariants: every node tells the same; equal edits raise nothing; what two people wrote apart is merged, and
    /// nothing that nobody wrote is shown unmarked; nobody's word is lost without a finding.
    #[test]
    fn one_paragraph_by_several_hands(
        acts in prop::collection::vec(prop::collection::vec(act(), 0..4), 2..5),
        same in any::<bool>(),
    ) {
        let new = [["alpha", "beta", "gamma"], ["delta", "epsilon", "zeta"], ["eta", "theta", "iota"], ["alpha", "delta", "kappa"]];
        let mut texts: Vec<String> = acts.iter().zip(new).map(|(acts, new)| edited(BASE, acts, &new)).collect();
        if same {
            texts[1] = texts[0].clone();
        }
        check(BASE, &texts)?;
    }

    /// Invariant: the same, in Arabic.
    #[test]
    fn one_arabic_paragraph_by_several_hands(acts in prop::collection::vec(prop::collection::vec(act(), 1..3), 2..4)) {
        let base = "تقود مدينة صفاقس العمل مع شركائها في الإقليم. يدفع الشركاء ثمن الشاحنات، والميناء يراقب.";
        let new = [["قابس", "تونس"], ["سوسة", "نابل"], ["قفصة", "باجة"]];
        let texts: Vec<String> = acts.iter().zip(new).map(|(acts, new)| edited(base, acts, &new)).collect();
        check(base, &texts)?;
    }

    /// Invariant: what merges once merges on: two go on from the merge and apart, with what each of them read.
    #[test]
    fn writing_on_from_a_merge(rounds in prop::collection::vec((act(), act()), 1..5)) {
        let kind = kind();
        let ca = Writer::first(&kind, &[set("context.en", BASE)]);
        let cmi = ca.joined("CMI");
        let mut both = [ca, cmi];
        for (n, (one, other)) in rounds.iter().enumerate() {
            let shown = both[0].document.get(&kind, "context.en.1", None).unwrap();
            let Some(before) = shown.as_str().map(str::to_owned) else { break };
            let (a, b) = (format!("alpha{n}"), format!("beta{n}"));
            let texts = [edited(&before, std::slice::from_ref(one), &[&a]), edited(&before, std::slice::from_ref(other), &[&b])];
            for (writer, text) in both.iter_mut().zip(&texts) {
                if *text != before {
                    writer.set(&kind, "context.en.1", text);
                    prop_assert_eq!(&writer.document.get(&kind, "context.en.1", None).unwrap(), &json!(text));
                }
            }
            merge_all(&mut both);
            let (shown, found) = told(&both[0], &kind);
            prop_assert_eq!(&told(&both[1], &kind), &(shown.clone(), found.clone()));
            if let Some(text) = shown[0].as_str() {
                let authors = [texts[0].clone(), texts[1].clone(), before.clone()];
                prop_assert_eq!(blended(text, &authors), None);
            }
        }
    }
}
