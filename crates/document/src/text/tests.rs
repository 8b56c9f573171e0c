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

proptest! {
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
