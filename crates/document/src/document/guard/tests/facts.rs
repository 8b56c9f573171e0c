//! Each change by hand of which we know that it harms the library: first that it does, then that the rule alone stops it.

use super::forge::{Forge, Op, Place};
use super::*;
use crate::ChangeError;
use crate::change_meta::sealed;
use crate::operations::OpRef;

/// The author GIZ, who has not written yet, on top of everything.
fn next(document: &Document) -> Forge {
    Forge::new(
        b"GIZ",
        1,
        document.graph.nodes().iter().map(|node| node.max_op).max().unwrap() + 1,
        document.heads(),
    )
}

/// A text of the document, as GIZ names it: the first paragraph that CA made.
fn text(document: &Document) -> (Forge, OpRef) {
    let mut forge = next(document);
    forge.others = vec![b"CA".to_vec()];
    let made = document.am.get(ROOT, paragraph(document)).unwrap().unwrap().1;
    let automerge::ObjId::Id(counter, _, _) = made else { panic!("a text is no root") };
    (forge, OpRef { counter, actor: 1 })
}

fn paragraph(document: &Document) -> String {
    let is_paragraph = |key: &&String| key.starts_with("context/en/") && key.matches('/').count() == 2;
    document.now().slots.keys().find(is_paragraph).unwrap().clone()
}

fn beyond(reference: OpRef) -> OpRef {
    OpRef { counter: reference.counter + 100_000, ..reference }
}

#[test]
fn each_known_harm_is_stopped_by_the_rule_alone() {
    let document = worked_on().document;
    let (in_text, a_text) = text(&document);
    let nobody = OpRef { counter: 3, actor: 7 };
    let first_of = |object: OpRef| OpRef { counter: object.counter + 1, ..object };
    let pred = |op: Op, pred: OpRef| Op { preds: vec![pred], ..op };
    let key = |key: &str| Place::Key(key.to_owned());
    let put = || Op::put("x", "1");
    let mut late = next(&document).with(put());
    late.meta.seq = 5;
    let mut huge = next(&document).with(put());
    huge.meta.start_op = u64::from(u32::MAX);
    let mut gap = next(&document).with(put());
    gap.meta.start_op += 1;
    let mut long_ago = next(&document).with(put());
    long_ago.meta.timestamp = i64::MIN;
    let object = |op: Op, object: OpRef| Op { object: Some(object), ..op };
    let counter = Op { action: 5, sort: 4, value: vec![1], ..put() };
    let an_int = Op { action: 1, sort: 8, value: vec![1], ..put() };
    let a_list = Op { action: 2, sort: 0, value: Vec::new(), ..Op::put("list", "") };
    let own = |offset: u64| OpRef { counter: late.meta.start_op + offset, actor: 0 };
    let cases: Vec<(&str, Forge, Bare)> = vec![
        ("the first change of an author is its fifth", late.clone(), Bare::Panics),
        ("operations numbered up to the end", huge, Bare::StopsTheNextEdit),
        ("operations numbered from further on", gap, Bare::Fine),
        ("a time that cannot be counted with", long_ago, Bare::Panics),
        ("an object of nobody", next(&document).with(object(put(), nobody)), Bare::Panics),
        ("a predecessor of nobody", next(&document).with(pred(put(), nobody)), Bare::Panics),
        ("an object that is not there", in_text.clone().with(object(put(), beyond(a_text))), Bare::Panics),
        (
            "an element that is not there",
            in_text.clone().with(Op::insert(a_text, Place::Element(beyond(a_text)), "x")),
            Bare::Panics,
        ),
        (
            "an element that is not there, taken out",
            in_text.clone().with(Op::delete(a_text, beyond(a_text))),
            Bare::Poisoned,
        ),
        (
            "a predecessor that is not there",
            in_text.clone().with(pred(put(), beyond(a_text))),
            Bare::Poisoned,
        ),
        (
            "a counter that is not there",
            in_text.clone().with(pred(counter.clone(), beyond(a_text))),
            Bare::Poisoned,
        ),
        ("a counter", next(&document).with(an_int.clone()), Bare::Fine),
        (
            "a key put into a text",
            in_text.clone().with(Op { place: key("k"), object: Some(a_text), ..put() }),
            Bare::Poisoned,
        ),
        (
            "a key put into a list",
            next(&document).with(a_list.clone()).with(object(put(), own(0))),
            Bare::Poisoned,
        ),
        ("a list", next(&document).with(a_list), Bare::Fine),
        (
            "an element put into the root",
            in_text.clone().with(Op { object: None, ..Op::insert(a_text, Place::Head, "x") }),
            // Only where the library is built with its assertions does it stop at once.
            if cfg!(debug_assertions) { Bare::Panics } else { Bare::Poisoned },
        ),
        (
            "a word as one character",
            in_text.clone().with(Op::insert(a_text, Place::Element(first_of(a_text)), "word")),
            Bare::Fine,
        ),
        ("a predecessor at another key", in_text.clone().with(pred(put(), a_text)), Bare::Poisoned),
        ("one key twice", next(&document).with(put()).with(put()), Bare::Fine),
        (
            "an author who is not named",
            {
                let mut forge = next(&document).with(put());
                forge.others = vec![b"ZZZ".to_vec()];
                forge
            },
            Bare::Panics,
        ),
        (
            "its own author once more",
            {
                let mut forge = next(&document).with(put());
                forge.others = vec![b"GIZ".to_vec()];
                forge
            },
            Bare::Poisoned,
        ),
    ];
    assert_eq!(
        bare(&document, &next(&document).with(put()).raw()),
        Bare::Fine,
        "the forge itself does no harm"
    );
    assert_eq!(refused(&document, &next(&document).with(put()).raw()), None);
    let mut harmful = 0;
    for (what, forge, expected) in cases {
        let raw = forge.raw();
        let harm = bare(&document, &raw);
        assert_eq!(harm, expected, "{what}");
        harmful += usize::from(!matches!(harm, Bare::Fine | Bare::Refused));
        let reason = refused(&document, &raw);
        assert!(reason.is_some(), "the rule lets in: {what}");
        let mut copy = document.clone();
        assert!(!guarded(&mut copy, &raw), "{what}");
        assert_eq!(copy.heads(), document.heads());
        assert_eq!(copy.change_count(), document.change_count());
    }
    assert!(harmful >= 15, "{harmful}: the cases are those that harm the library");
    assert_sound(&document);
}

#[test]
fn what_is_no_change_of_this_format_never_reaches_the_library() {
    let document = worked_on().document;
    let good = next(&document).with(Op::put("x", "1"));
    let contents = good.contents();
    // A footer names a person as the author. The library takes it in a first change, and panics in a second.
    let named = |contents: &[u8]| sealed(&[contents, &[1, 3, b'C', b'M', b'I']].concat());
    let mut second = good.clone();
    second.meta.seq = 2;
    second.meta.start_op += 1;
    second.meta.deps = vec![hash_of(&good.raw())];
    let after = applied_bare(&document, &good.raw());
    assert_eq!(bare(&after, &second.raw()), Bare::Fine);
    for (held, footer, harm) in
        [(&document, named(&contents), Bare::Fine), (&after, named(&second.contents()), Bare::Panics)]
    {
        assert_eq!(bare(held, &footer), harm);
        assert!(matches!(refused(held, &footer), Some(GuardError::Unreadable(ChangeError::Malformed(_)))));
    }
    // A column that nobody knows, at the end of the list and of the data.
    let columns = contents.iter().rposition(|byte| *byte == 7 << 4).unwrap();
    // The number of columns stands before the first of them, that of the keys.
    let count = contents[..columns].iter().rposition(|byte| *byte == 1 << 4 | 5).unwrap() - 1;
    let mut unknown = contents.clone();
    unknown[count] += 1;
    unknown.splice(columns + 2..columns + 2, [0x82, 0x01, 2]);
    unknown.extend([0x7f, 0x01]);
    let unknown = sealed(&unknown);
    assert_eq!(bare(&document, &unknown), Bare::Poisoned);
    assert!(matches!(refused(&document, &unknown), Some(GuardError::Unreadable(ChangeError::Malformed(_)))));
    // A checksum of something else, which the library does not look at.
    let mut other_sum = good.raw();
    other_sum[4] ^= 1;
    assert_eq!(bare(&document, &other_sum), Bare::Fine);
    assert_eq!(refused(&document, &other_sum), Some(GuardError::Unreadable(ChangeError::Checksum)));
}

#[test]
fn few_bytes_do_not_claim_many_operations() {
    let document = worked_on().document;
    let (mut forge, a_text) = text(&document);
    let element = OpRef { counter: a_text.counter + 1, ..a_text };
    // Run lengths: a hundred thousand deletions of one character in two hundred bytes.
    forge.ops = vec![Op::delete(a_text, element); 100_000];
    let raw = forge.raw();
    assert!(raw.len() < 300, "{}", raw.len());
    assert_eq!(refused(&document, &raw), Some(GuardError::Form("the number of its operations")));
    // And what is long enough takes each character out once.
    forge.ops.truncate(2);
    assert!(matches!(refused(&document, &forge.raw()), Some(GuardError::Operation { operation: 2, .. })));
    forge.ops.truncate(1);
    assert_eq!(refused(&document, &forge.raw()), None);
}

#[test]
fn what_takes_out_much_in_few_bytes_is_written_as_a_new_paragraph() {
    let kind = kind();
    let words = |n: usize| (0..n).map(|i| format!("word{i}")).collect::<Vec<_>>().join(" ");
    let mut ca = Writer::first(&kind, &[set("context.en", &words(20_000))]);
    let cmi = ca.joined("CMI");
    // Three quarters stay, so that it would be spliced; but the rest is forty thousand characters.
    ca.set(&kind, "context.en.1", &words(15_000));
    let mut reader = cmi;
    reader.pull(&ca);
    assert_eq!(reader.document.get(&kind, "context.en.1", None).unwrap(), words(15_000));
    assert_sound(&reader.document);
}

#[test]
fn a_second_change_under_one_number_takes_no_other_with_it() {
    let base = worked_on();
    let document = base.document.clone();
    let (one, two) = (next(&document).with(Op::put("x", "1")), next(&document).with(Op::put("x", "2")));
    let good = honest(&base, "AFD").remove(0);
    let mut copy = document;
    let outcome = copy.apply_changes(&[&one.raw(), &two.raw(), &good]);
    assert_eq!(outcome.applied.len(), 2);
    assert_eq!(outcome.refused[0].reason, GuardError::Twin { seq: 1 });
    assert!(copy.has_change(&hash_of(&good)));
    assert_sound(&copy);
}

#[test]
fn what_builds_on_nothing_that_is_here_is_not_kept_in_memory() {
    let mut document = worked_on().document;
    for n in 0..200u8 {
        let mut orphan = next(&document).with(Op::put("x", "1"));
        orphan.meta.deps = vec![[n; 32]];
        let outcome = document.apply_changes(&[&orphan.raw()]);
        assert!(matches!(outcome.refused[0].reason, GuardError::MissingDeps(_)));
    }
    assert!(document.am.get_missing_deps(&[]).is_empty(), "the library was given none of them");
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    use std::io::Read as _;
    let mut packed = Vec::new();
    flate2::read::DeflateEncoder::new(std::io::repeat(0).take(64 << 20), flate2::Compression::best())
        .read_to_end(&mut packed)
        .unwrap();
    let mut raw = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 2];
    crate::change_meta::write_unsigned(&mut raw, packed.len() as u64);
    raw.extend(packed);
    let document = worked_on().document;
    assert!(matches!(refused(&document, &raw), Some(GuardError::Unreadable(ChangeError::TooLarge { .. }))));
    let long = vec![0x85; crate::MAX_RAW + 1];
    assert!(matches!(refused(&document, &long), Some(GuardError::Unreadable(ChangeError::TooLarge { .. }))));
}
