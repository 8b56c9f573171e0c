//! Nothing that people read stands in the program outside of the catalogues.
//!
//! Most of it the types see to: a `Problem` is made of a catalogue's sentence only. What is printed otherwise is text, so
//! this reads the sources of the command line, of the node, and of what they say documents by, and takes every literal with two words side by side for a
//! sentence. What is none is told by what stands before it, by how it begins, or in a short list with its reason.

use std::path::Path;

use super::literals::{Literal, literals, outside_tests};
use super::tests::rust_files;

/// What stands directly before a literal that no person reads, or that a catalogue is asked for.
const BEFORE: [&str; 18] = [
    // Ids of sentences.
    "say!(",
    "hint!(",
    "told!(",
    "problem!(",
    // What only a programmer sees: a promise that is broken.
    ".expect(",
    "assert!(",
    "unreachable!(",
    "panic!(",
    // The log, which is for who looks after the machine, and for reports of faults: English everywhere.
    "trace!(",
    "debug!(",
    "info!(",
    "warn!(",
    "error!(",
    "trace_span!(",
    "debug_span!(",
    "info_span!(",
    // What is hashed, and so can be of one form only.
    "tagged_hash(",
    "b",
];

/// Files and folders that say nothing to people, or say it in English on purpose, each by how its path begins.
const FILES: [(&str, &str); 8] = [
    ("cli/src/reference.rs", "docs/cli.md is written in English"),
    ("document/src/change_meta", "what is wrong inside of a change, for the log: people read `apart-guard`"),
    ("document/src/operations", "the same"),
    ("document/src/document/guard", "the same"),
    ("document/src/pack", "what is wrong inside of a pack, for the log"),
    ("document/src/document/saved.rs", "a saved copy that does not hold is made again, and the log says why"),
    ("document/src/kind/list.rs", "lists ship with the program, and a test reads each"),
    ("document/src/testing.rs", "for tests"),
];

/// Literals that are no sentences of the program, with the reason.
const LITERALS: [(&str, &str); 25] = [
    ("Exit codes: 0 done;", "help, which is told in French by locales/fr/help.txt"),
    ("Library/Application Support", "a folder of macOS"),
    ("Cities Alliance", "the demonstration's data"),
    ("Centre for Mediterranean Integration", "the demonstration's data"),
    ("United Cities and Local Governments", "the demonstration's data"),
    ("MENA Joint Work Programme", "the demonstration's data"),
    ("Too early", "the demonstration's data"),
    ("under way", "the demonstration's data"),
    ("Medcities and Sfax", "the demonstration's data"),
    ("{paragraph} The municipal elections", "the demonstration's data"),
    ("municipal elections", "the demonstration's data"),
    ("agreed by telephone", "the demonstration's data"),
    ("show Tunisia", "a command of the demonstration"),
    ("log Tunisia", "a command of the demonstration"),
    ("[[ open conflict {id}", "read back from the editor, whatever language its next reader has"),
    ("AED AFN ALL", "the codes of currencies"),
    ("duplicate entry", "what the YAML reader says, looked for"),
    ("the saved document cannot be read", "a saved copy is made again, and the log says why"),
    ("not a hash of 64", "JSON of another program"),
    ("not hashes of 64", "JSON of another program"),
    // The types of fields, by which the catalogues name them.
    ("set of items", "see `FieldType::said`"),
    ("list of ", "see `FieldType::said`"),
    ("short text", "see `FieldType::said`"),
    ("whole number", "see `FieldType::said`"),
    ("yes or no", "see `FieldType::said`"),
];

/// Whether two words stand side by side, or one that joins others stands between values, which are in braces.
fn reads_as_words(text: &str) -> bool {
    let mut outside = String::new();
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    let word = |part: &str| {
        let letters =
            part.trim_matches(|c: char| matches!(c, ',' | ':' | ';' | '.' | '(' | ')' | '"' | '\\'));
        letters.chars().count() > 1 && letters.chars().all(|c| c.is_ascii_alphabetic() || c == '\'')
    };
    let parts: Vec<&str> = outside.split_whitespace().collect();
    parts.windows(2).any(|pair| word(pair[0]) && word(pair[1]))
        || parts.iter().any(|part| ["and", "or", "the", "by", "(in"].contains(part))
}

/// Whether it is a command to be typed, an option with its value, or the first line of a file.
fn is_typed(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches("{}$ ").trim_start_matches(", or ");
    text.starts_with("accord ") || text.starts_with("--")
}

/// Where an error's own words are what people read. Those of the node go to the log: people are told by its problems.
const READ: [&str; 2] = ["document/", "framework/"];

fn is_excused(name: &str, source: &str, literal: &Literal) -> bool {
    let is_read = READ.iter().any(|read| name.starts_with(read));
    let before = source[..literal.at].trim_end();
    let line = before.rsplit('\n').next().unwrap_or_default();
    // A log's message stands behind its fields, and that of an assertion behind what it asserts.
    let statement = before.rsplit([';', '{', '}']).next().unwrap_or_default();
    let logged = ["tracing::", "debug_assert!("].iter().any(|known| statement.contains(known));
    BEFORE.iter().any(|known| before.ends_with(known) && (*known != "b" || before.ends_with(" b")))
        || line.contains("#[") && !(line.contains("#[error(") && is_read)
        || logged
        || is_typed(&literal.text)
        || LITERALS
            .iter()
            .any(|(known, _)| literal.text.trim_start_matches([' ', '\\', '\n']).starts_with(known))
}

#[test]
fn every_sentence_for_people_stands_in_a_catalogue() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let mut files = Vec::new();
    for folder in ["cli/src", "node/src", "document/src", "framework/src"] {
        rust_files(&crates.join(folder), &mut files);
    }
    let mut found = Vec::new();
    for file in files {
        let name = file.strip_prefix(&crates).unwrap().display().to_string();
        let of_tests = name.ends_with("tests.rs") || name.contains("/tests/");
        if of_tests || FILES.iter().any(|(known, _)| name.starts_with(known)) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let source = outside_tests(&text);
        for literal in literals(source) {
            if reads_as_words(&literal.text) && !is_excused(&name, source, &literal) {
                let line = source[..literal.at].matches('\n').count() + 1;
                found.push(format!("{name}:{line}: {}", literal.text));
            }
        }
    }
    assert!(found.is_empty(), "put these into the catalogues, in both languages: {found:#?}");
}

/// Problems are made by the macro alone, which takes a catalogue's sentence.
#[test]
fn no_problem_is_made_of_plain_words() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let mut files = Vec::new();
    for folder in
        ["core/src", "document/src", "framework/src", "store/src", "sync/src", "node/src", "cli/src"]
    {
        rust_files(&crates.join(folder), &mut files);
    }
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let made = ["Problem::said(", ".hint(\"", ".hint(format!("];
        let made = made.iter().filter(|made| outside_tests(&text).contains(**made));
        let made: Vec<_> = made.collect();
        let of_tests =
            file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests");
        assert!(made.is_empty() || of_tests, "{}: {made:?}", file.display());
    }
}

#[test]
fn words_are_told_from_values_and_commands() {
    assert!(reads_as_words("there is nothing"));
    assert!(reads_as_words("{} older ones"));
    assert!(reads_as_words("{} and {last}"));
    assert!(!reads_as_words("{name} {code}"));
    assert!(!reads_as_words("activities.TN-A03"));
    assert!(is_typed("accord show {}"));
    assert!(!is_typed("show it"));
}
