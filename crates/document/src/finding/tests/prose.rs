//! The same oracles on real prose in English, French and Arabic.

use std::path::Path;

use super::oracle::{Act, check, edited};

/// The paragraphs of a page, without its marks.
fn paragraphs(html: &str) -> Vec<String> {
    let mut out = Vec::new();
    for part in html.split("<p").skip(1) {
        let Some((_, rest)) = part.split_once('>') else { continue };
        let Some((inner, _)) = rest.split_once("</p") else { continue };
        let mut text = String::new();
        let mut inside = true;
        for c in inner.chars() {
            match c {
                '<' => inside = false,
                '>' => inside = true,
                _ if inside => text.push(c),
                _ => {}
            }
        }
        let text = text.replace("&nbsp;", " ").replace("&#160;", " ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.split(' ').count() > 8 && crate::text::clean_text(&text).is_ok() {
            out.push(text);
        }
    }
    out
}

/// The paragraphs of one of the shared texts; nothing where those are not there.
pub(super) fn paragraphs_of(file: &str) -> Option<Vec<String>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/text");
    match std::fs::read_to_string(data.join(file)) {
        Ok(html) => Some(paragraphs(&html)),
        Err(_) => {
            println!("skipped: {file} is not under {}", data.display());
            None
        }
    }
}

#[test]
fn real_prose_merges_honestly() {
    for (file, new) in [
        ("eng.html", ["municipal", "coastal", "harbour"]),
        ("fra.html", ["municipale", "littoral", "quai"]),
        ("arb.html", ["بلدية", "ساحلية", "ميناء"]),
    ] {
        let Some(all) = paragraphs_of(file) else { continue };
        assert!(all.len() > 20, "{file} has {} paragraphs", all.len());
        let mut random = crate::testing::random(2013);
        let mut number = move |below: usize| {
            let mut bytes = [0u8; 4];
            random(&mut bytes);
            u32::from_be_bytes(bytes) as usize % below
        };
        let (mut merged, mut open) = (0, 0);
        for base in &all {
            let count = base.split(' ').count();
            let mut act = || match number(4) {
                0 => Act::Insert(number(count), number(3)),
                1 => Act::Remove(number(count)),
                _ => Act::Replace(number(count), number(3)),
            };
            let (one, other) = ([act()], [act()]);
            let texts = [edited(base, &one, &new[..2]), edited(base, &other, &new[1..])];
            match check(base, &texts) {
                Ok(Some(_)) => merged += 1,
                Ok(None) => open += 1,
                Err(error) => panic!("{file}: {base}\n{one:?} and {other:?}: {error}"),
            }
        }
        println!("{file}: {merged} of {} pairs of edits merged, {open} put up for a decision", all.len());
        assert!(merged > open, "{file}: most edits of different words merge");
    }
}
