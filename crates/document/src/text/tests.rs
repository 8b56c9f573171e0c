use proptest::prelude::*;

use super::*;

fn apply(old: &str, hunks: &[Hunk]) -> String {
    let mut chars: Vec<char> = old.chars().collect();
    for hunk in hunks.iter().rev() {
        chars.splice(hunk.at..hunk.at + hunk.delete, hunk.insert.chars());
    }
    chars.into_iter().collect()
}

#[test]
fn a_typo_is_one_word() {
    let hunks = compare("The cty of Sfax leads.", "The city of Sfax leads.");
    assert_eq!(hunks, [Hunk { at: 4, delete: 3, insert: "city".into() }]);
    assert!(keeps_half("The cty of Sfax leads.", "The city of Sfax leads."));
    assert!(!keeps_half("The cty of Sfax leads.", "Something else altogether, without a word."));
}

#[test]
fn hidden_characters_are_refused_with_their_place() {
    assert!(clean_text("abc\u{202e}d").unwrap_err().message.contains("character 4"));
    assert!(clean_text("a\u{1b}[31m").is_err());
    assert_eq!(clean_text("e\u{301}\r\n").unwrap(), "é\n");
}

#[test]
fn paragraphs_are_separated_by_blank_lines() {
    assert_eq!(paragraphs("\n\na\nb  \n \n\nc\n"), ["a\nb", "c"]);
    assert_eq!(paragraphs(""), Vec::<String>::new());
}

#[test]
fn keys_stand_between_and_leave_room() {
    let mut n = 0u8;
    let mut random = |bytes: &mut [u8]| {
        bytes.iter_mut().for_each(|b| {
            n = n.wrapping_mul(31).wrapping_add(7);
            *b = n
        })
    };
    let mut keys = keys_between(None, None, 100, &mut random);
    assert!(keys.is_sorted());
    for _ in 0..200 {
        let at = keys.len() / 3;
        let new = keys_between(Some(&keys[at]), Some(&keys[at + 1]), 2, &mut random);
        keys.splice(at + 1..at + 1, new);
        let first = keys_between(None, Some(&keys[0]), 1, &mut random);
        keys.splice(0..0, first);
        assert!(keys.is_sorted());
    }
}

#[test]
fn three_texts_become_one_or_a_question() {
    let base = "The cty leads the work.";
    let city = "The city leads the work.";
    let gafsa = "The cty leads the work. Gafsa joins.";
    assert_eq!(merge(base, city, gafsa).as_deref(), Some("The city leads the work. Gafsa joins."));
    assert_eq!(merge(base, city, city).as_deref(), Some(city));
    assert_eq!(merge("It is not approved.", "It is approved.", "It is not rejected."), None);
    assert_eq!(merge("in 3.5 years", "in 4.5 years", "in 3.7 years"), None);
    let arabic = "تقود مدينة صفاقص العمل";
    let one = arabic.replace("صفاقص", "صفاقس");
    assert_eq!(merge(arabic, &one, &arabic.replace("العمل", "الخطة")), None);
    // Both put one space where a line ended, or several spaces stood.
    let (line, space) = ("the work\non waste and water", "the work on waste and water");
    assert_eq!(merge(line, space, space).as_deref(), Some(space));
    let more = space.replace("water", "air");
    assert_eq!(merge(line, space, &more).as_deref(), Some(more.as_str()));
    // The same words put in twice over, told apart only by where one begins to count.
    let doubled = "on waste and water and water with all";
    let once = "on waste and water with all";
    let (front, end) = (format!("Now: {once}"), format!("{once} here"));
    assert_eq!(merge(doubled, &front, &end).as_deref(), Some(format!("{front} here").as_str()));
}

proptest! {
    /// Invariants: a merge does not depend on who is named first; with the base it is the other; nothing panics.
    #[test]
    fn a_merge_takes_no_sides(base in "[ab .]{0,24}", one in "[abc .]{0,24}", other in "[abd .]{0,24}") {
        prop_assert_eq!(merge(&base, &one, &other), merge(&base, &other, &one));
        prop_assert_eq!(merge(&base, &one, &base), Some(one.clone()));
        prop_assert_eq!(merge(&base, &one, &one), Some(one));
    }

    /// Invariant: the hunks turn the old text into the new one, exactly.
    #[test]
    fn hunks_lead_from_old_to_new(old in "[a-c é،ب.]{0,40}", new in "[a-c é،ب.]{0,40}") {
        prop_assert_eq!(apply(&old, &compare(&old, &new)), new);
    }

    /// Invariant: whatever two keys somebody wrote, asking for one between them ends.
    #[test]
    fn foreign_keys_do_no_harm(a in ".{0,8}", b in ".{0,8}") {
        let keys = keys_between(Some(&a), Some(&b), 3, &mut |bytes| bytes.fill(9));
        prop_assert!(keys.is_sorted());
    }
}
