//! The catalogues and the program say the same: every sentence that the program asks for exists, in both languages, with
//! the variables that it is given.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;

/// Each sentence, and each attribute under `id.attribute`, with its variables.
type Sentences = BTreeMap<String, BTreeSet<String>>;

fn read(sources: &[&str]) -> Sentences {
    let mut all = Sentences::new();
    for source in sources {
        let resource = fluent_syntax::parser::parse(*source)
            .unwrap_or_else(|(_, errors)| panic!("cannot be read: {errors:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut keep = |id: String, pattern: &Pattern<&str>| {
                let before = all.insert(id.clone(), variables(pattern));
                assert!(before.is_none(), "{id} stands twice");
            };
            let pattern = message.value.unwrap_or_else(|| panic!("{} is empty", message.id.name));
            keep(message.id.name.to_owned(), &pattern);
            for attribute in message.attributes {
                keep(format!("{}.{}", message.id.name, attribute.id.name), &attribute.value);
            }
        }
    }
    all
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        let (inline, variants) = match expression {
            Expression::Inline(inline) => (inline, &[][..]),
            Expression::Select { selector, variants } => (selector, &variants[..]),
        };
        if let InlineExpression::VariableReference { id } = inline {
            found.insert(id.name.to_owned());
        }
        for variant in variants {
            found.extend(variables(&variant.value));
        }
    }
    found
}

#[test]
fn both_languages_say_the_same_with_the_same_variables() {
    let (english, french) = (read(ENGLISH_SOURCES), read(FRENCH_SOURCES));
    for (id, variables) in &english {
        assert_eq!(french.get(id), Some(variables), "{id}");
    }
    assert_eq!(english.len(), french.len(), "French says something that English does not");
}

/// Where the program asks for a sentence: its id and the names of what it gives.
struct Asked {
    file: PathBuf,
    id: String,
    names: BTreeSet<String>,
    how: &'static str,
}

pub(super) fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every `say!`, `hint!`, `told!` and `problem!` of the program.
fn asked() -> Vec<Asked> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let mut files = Vec::new();
    rust_files(&crates, &mut files);
    let mut all = Vec::new();
    for file in files.into_iter().filter(|file| !file.starts_with(crates.join("words"))) {
        let text = std::fs::read_to_string(&file).unwrap();
        for name in ["say!(", "hint!(", "told!(", "problem!("] {
            for (at, _) in text.match_indices(name) {
                let before = text[..at].chars().next_back().unwrap_or(' ');
                if before.is_alphanumeric() || before == '_' {
                    continue;
                }
                let parts = arguments(&text[at + name.len()..]);
                let Some(id) = parts[0].trim().strip_prefix('"').and_then(|id| id.strip_suffix('"')) else {
                    panic!("{}: not an id: {}", file.display(), parts[0]);
                };
                let names = parts[1..].iter().map(|part| part.split('=').next().unwrap_or_default());
                let names = names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
                let names = names.collect();
                all.push(Asked { file: file.clone(), id: id.to_owned(), names, how: name });
            }
        }
    }
    assert!(all.len() > 100, "they are not found any more");
    all
}

/// The arguments of a macro, from behind its opening bracket to its closing one.
fn arguments(text: &str) -> Vec<String> {
    let (mut parts, mut depth, mut quoted, mut escaped) = (vec![String::new()], 0, false, false);
    for c in text.chars() {
        match c {
            '"' if !escaped => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

#[test]
fn every_sentence_that_the_program_asks_for_exists_and_is_given_what_it_says() {
    let english = read(ENGLISH_SOURCES);
    let mut used = BTreeSet::new();
    for Asked { file, id, names, how } in asked() {
        let file = file.display();
        let sentence = english.get(&id).unwrap_or_else(|| panic!("{file}: {id} has no sentence"));
        let hint = english.get(&format!("{id}.hint")).cloned().unwrap_or_default();
        let both: BTreeSet<String> = sentence.union(&hint).cloned().collect();
        let said = match how {
            "say!(" => sentence,
            "hint!(" => &hint,
            _ => &both,
        };
        assert_eq!(*said, names, "{file}: {id}");
        used.insert(id);
    }
    for id in english.keys().filter(|id| !id.contains('.')) {
        assert!(used.contains(id), "nothing says {id} any more");
    }
}

#[test]
fn a_sentence_is_said_in_the_language_of_who_is_spoken_to() {
    use crate::{Speech, say, within};
    let french = Speech { language: Language::French, isolate: false };
    assert_eq!(say!("counted-entries", count = 1), "1 entry");
    assert_eq!(within(french, || say!("counted-entries", count = 0)), "0 entrée");
    let isolating = Speech { isolate: true, ..french };
    let said = within(isolating, || say!("seen-in-space", space = "تونس"));
    assert!(said.contains("\u{2068}تونس\u{2069}"), "{said}");
    assert_eq!(say("no such id", &[]), "no such id");
}
