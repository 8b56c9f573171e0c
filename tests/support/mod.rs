//! What walkthroughs run on: pages, offices with homes and nodes of their own, and the lines between them.

mod command;
mod damage;
mod expectation;
mod knowing;
mod malformed;
mod newer;
mod node;
mod office;
mod page;
mod redact;
mod signing;
mod world;

use std::path::PathBuf;

use page::Page;
use world::World;

/// The folder of the project, from which every command of a walkthrough is run.
fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    project().join("tests/walkthroughs")
}

/// The library that gives a program another clock, where it is installed (Debian's package `libfaketime`).
pub(crate) fn wrong_clock() -> Option<PathBuf> {
    let folders =
        ["x86_64-linux-gnu", "aarch64-linux-gnu", ""].map(|folder| PathBuf::from("/usr/lib").join(folder));
    let files = folders.into_iter().map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
    files.into_iter().find(|file| file.exists())
}

/// The names of all pages.
pub(crate) fn pages() -> Vec<String> {
    let all = std::fs::read_dir(folder()).expect("the folder of walkthroughs can be read");
    all.filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".md") && name != "README.md")
        .collect()
}

/// Walks through one page, step by step; stops at the first that goes otherwise than the page says.
pub(crate) fn walk(file: &str) {
    let path = folder().join(file);
    let text = std::fs::read_to_string(&path).expect("the page can be read");
    let clocks = wrong_clock().is_some();
    if !clocks && text.contains(page::CLOCK) {
        println!("skipped in part: there is no library for wrong clocks here (Debian's package libfaketime)");
    }
    let mut page = Page::parse(&text, clocks);
    let bless = std::env::var_os("ACCORD_BLESS").is_some();
    let mut world = World::new(file);
    for step in &mut page.steps {
        let line = step.line;
        let done = world.run(step).unwrap_or_else(|error| {
            panic!("{file}:{line}: {}\n{error}\n{}", step.command, world.logs());
        });
        let mismatch = step.compare(&done, &mut world.variables);
        let Err(mismatch) = mismatch else { continue };
        if !bless || step.names_something() {
            panic!("{file}:{line}: {}\n{mismatch}\n{}", step.command, world.logs());
        }
        step.bless(&world.redact(&done.output), done.exit);
    }
    if bless {
        let now = page.render();
        if now != text {
            std::fs::write(&path, now).expect("the page can be written");
        }
    }
}
