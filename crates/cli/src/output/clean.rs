//! The one place that all text for people passes before it is written: what others wrote in documents and names can hold
//! characters that drive a terminal or turn the direction of what follows, and none of them reaches one.
//!
//! Colours and isolates of our own are marked meanwhile by a character that nobody else can know.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

/// Begins a mark of our own. Drawn anew by each process, from characters that mean nothing to anybody.
pub(super) static MARK: LazyLock<char> = LazyLock::new(|| {
    let drawn = u32::try_from(RandomState::new().hash_one("mark") % 0xFFFE).unwrap_or_default();
    char::from_u32(0x10_0000 + drawn).unwrap_or('\u{10FFFD}')
});

/// Ends the code of a colour.
pub(super) const END: char = 'm';

const FIRST_STRONG: char = '\u{2068}';
const POP: char = '\u{2069}';

/// A text as it may be written: our colours in place of their marks, and whatever else would drive a terminal in a form
/// that can be read, such as `<U+001B>`. Isolates stay where they are wanted, as long as they are closed on their line.
pub(crate) fn clean(text: &str) -> String {
    let isolate = accord_words::current().isolate;
    let mut out = String::with_capacity(text.len());
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        one_line(line, isolate, &mut out);
    }
    out
}

fn one_line(line: &str, isolate: bool, out: &mut String) {
    let mut open = 0_usize;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c == *MARK => {
                let code: String = chars.by_ref().take_while(|c| *c != END).collect();
                out.push_str(&format!("\u{1b}[{code}m"));
            }
            FIRST_STRONG if isolate => {
                open += 1;
                out.push(c);
            }
            POP if isolate && open > 0 => {
                open -= 1;
                out.push(c);
            }
            c if drives(c) => out.push_str(&format!("<U+{:04X}>", u32::from(c))),
            c => out.push(c),
        }
    }
    out.extend(std::iter::repeat_n(POP, open));
}

/// Whether a character does something to a terminal, or to the direction of what follows it.
fn drives(c: char) -> bool {
    c.is_control() && c != '\t' || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// JSON with the same characters escaped: a program reads exactly what was written, and a terminal sees none of it.
pub(super) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && drives(c) {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// An argument without the isolate that this program may have printed around it: what is copied from its output means
/// what it reads like.
pub(crate) fn without_isolate(argument: std::ffi::OsString) -> std::ffi::OsString {
    match argument.to_str().and_then(|text| text.strip_prefix(FIRST_STRONG)?.strip_suffix(POP)) {
        Some(inside) if !inside.contains([FIRST_STRONG, POP]) => inside.into(),
        _ => argument,
    }
}

#[cfg(test)]
mod tests {
    use accord_words::{Speech, within};
    use proptest::prelude::*;

    use super::*;
    use crate::output::Paint;

    fn isolating<T>(work: impl FnOnce() -> T) -> T {
        within(Speech { isolate: true, ..Speech::default() }, work)
    }

    #[test]
    fn what_others_wrote_drives_no_terminal() {
        for (wrote, seen) in [
            ("\u{1b}[2J\u{1b}]0;x\u{7}", "<U+001B>[2J<U+001B>]0;x<U+0007>"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("a\rb\u{8}\u{7f}", "a<U+000D>b<U+0008><U+007F>"),
            ("\u{202e}fdp.exe", "<U+202E>fdp.exe"),
            ("\u{2066}x\u{2069}", "<U+2066>x<U+2069>"),
            ("one\n\ttwo تونس", "one\n\ttwo تونس"),
        ] {
            assert_eq!(clean(wrote), seen);
        }
    }

    #[test]
    fn our_own_colours_are_shown_and_others_are_not() {
        let painted = Paint::always().strong("\u{1b}[31mTunisia");
        assert_eq!(clean(&painted), "\u{1b}[1m<U+001B>[31mTunisia\u{1b}[0m");
    }

    #[test]
    fn isolates_are_closed_on_their_line() {
        isolating(|| {
            assert_eq!(clean("\u{2068}تونس\u{2069}"), "\u{2068}تونس\u{2069}");
            assert_eq!(clean("\u{2068}تونس\nx\u{2069}"), "\u{2068}تونس\u{2069}\nx<U+2069>");
        });
        assert_eq!(clean("\u{2068}تونس\u{2069}"), "<U+2068>تونس<U+2069>");
    }

    #[test]
    fn what_was_copied_from_our_output_means_what_it_reads_like() {
        let argument = |text: &str| without_isolate(text.into());
        assert_eq!(argument("\u{2068}تونس\u{2069}"), "تونس");
        assert_eq!(argument("\u{2068}تونس"), "\u{2068}تونس");
        assert_eq!(argument("Tunisia"), "Tunisia");
    }

    proptest! {
        /// Nothing that anybody writes comes out as a character that drives a terminal, and isolates are balanced.
        #[test]
        fn nothing_gets_through(text in r"(?s)[\u{0}-\u{a0}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{1b}تونس]{0,40}", isolate: bool) {
            let out = within(Speech { isolate, ..Speech::default() }, || clean(&text));
            for line in out.split('\n') {
                let mut open = 0_i32;
                for c in line.chars() {
                    match c {
                        '\u{2068}' if isolate => open += 1,
                        '\u{2069}' if isolate => open -= 1,
                        c => prop_assert!(!drives(c), "{:?} in {:?}", c, out),
                    }
                    prop_assert!(open >= 0);
                }
                prop_assert_eq!(open, 0);
            }
        }

        /// A program reads from JSON exactly what stands in the document.
        #[test]
        fn json_stays_what_it_is(text in r"(?s)[\u{0}-\u{a0}\u{2028}-\u{202e}\u{2066}-\u{2069}تونس]{0,40}") {
            let json = serde_json::to_string_pretty(&serde_json::json!({ "x": text })).unwrap();
            let written = escaped(&json);
            prop_assert!(!written.chars().any(|c| c != '\n' && drives(c)));
            let read: serde_json::Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(read["x"].as_str(), Some(text.as_str()));
        }
    }
}
