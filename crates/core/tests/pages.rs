//! The pages in docs/ say which test shows what, and point at each other: none of that may point at nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of the repository that pages name files in.
const ROOTS: [&str; 8] = ["crates/", "docs/", "tests/", "benches/", "examples/", "src/", ".ci/", "deny.toml"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn pages() -> Vec<PathBuf> {
    let root = repository();
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    pages.push(root.join("README.md"));
    pages.sort();
    pages
}

/// What stands between `open` and the next `close`, each time.
fn between<'a>(text: &'a str, open: &str, close: char) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).map(|(inner, _)| inner).collect()
}

/// The text outside of blocks of code, which show what a user types.
fn prose(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence && !line.starts_with("    ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The anchors that a page's headings have.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(page).unwrap();
    let headings = text.lines().filter_map(|line| line.strip_prefix('#'));
    let anchor = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    headings.map(anchor).collect()
}

/// The spans of code that name a file of the repository, with the function in it that they name.
fn references(text: &str) -> Vec<(String, Option<String>)> {
    let spans = text.split('`').skip(1).step_by(2).map(|span| span.split_whitespace().collect::<String>());
    let named = spans.filter(|span| ROOTS.iter().any(|root| span.starts_with(root)));
    named
        .filter(|span| !span.contains(['*', '<', '…', '{']))
        .map(|span| match span.split_once("::") {
            Some((file, function)) => (file.to_owned(), Some(function.to_owned())),
            None => (span, None),
        })
        .collect()
}

#[test]
fn every_file_and_test_that_a_page_names_exists() {
    let root = repository();
    let mut missing = Vec::new();
    for page in pages() {
        for (file, function) in references(&prose(&fs::read_to_string(&page).unwrap())) {
            let path = root.join(&file);
            let there = match &function {
                None => path.exists(),
                Some(function) => fs::read_to_string(&path).is_ok_and(|source| {
                    let (plain, listed) = (format!("fn {function}("), format!("{function}:"));
                    source.contains(&plain) || source.contains(&listed)
                }),
            };
            if !there {
                missing.push(format!("{}: {file} {}", page.display(), function.unwrap_or_default()));
            }
        }
    }
    assert!(missing.is_empty(), "pages name what is not there:\n{}", missing.join("\n"));
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = prose(&fs::read_to_string(&page).unwrap());
        for link in between(&text, "](", ')') {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let leads = target.exists() && (anchor.is_empty() || anchors(&target).contains(anchor));
            if !leads {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links lead nowhere:\n{}", broken.join("\n"));
}

/// A claim about an adversary without a test that shows it is a hope.
#[test]
fn every_adversary_has_a_test() {
    let text = fs::read_to_string(repository().join("docs/threats.md")).unwrap();
    let sections: Vec<&str> = text.split("\n## ").skip(1).collect();
    assert!(sections.len() >= 14, "outsider to supply chain");
    for section in sections {
        let title = section.lines().next().unwrap();
        for part in ["**Left**", "*Shown by*"] {
            assert!(section.contains(part), "{title}: no {part}");
        }
        let (_, shown) = section.split_once("*Shown by*").unwrap();
        assert!(!references(shown).is_empty(), "{title}: nothing shows it");
    }
}

/// Each way in which the rules were weakened by hand, and the test that notices.
#[test]
fn every_mutation_names_the_test_that_catches_it() {
    let text = fs::read_to_string(repository().join("docs/governance.md")).unwrap();
    let (_, table) = text.split_once("\n## Mutations").expect("the table of mutations");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert!(rows.len() >= 10, "at least ten");
    for row in rows {
        assert!(references(row).iter().any(|(_, function)| function.is_some()), "no test: {row}");
    }
}
