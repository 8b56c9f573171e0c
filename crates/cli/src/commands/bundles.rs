//! `bundle`.

use std::path::{Path, PathBuf};

use accord_core::api::{BundleMade, BundleRead, Exit, Problem, Request};

use accord_words::{problem, say};

use super::listed;
use crate::app::{App, answered};
use crate::arguments::BundleCommand;
use crate::output::{Page, Report, ago, now};

/// More names than these are counted.
const NAMES: usize = 8;

pub(super) fn bundle(app: &App, command: BundleCommand) -> Result<Report, Problem> {
    match command {
        BundleCommand::Create { organisation, file, whole } => {
            let file = file.unwrap_or_else(|| PathBuf::from(format!("for-{organisation}.bundle")));
            let request = Request::BundleCreate { organisation, file: absolute(&file)?, whole };
            let made = answered!(app.ask(request)?, BundleMade)?;
            app.report("bundle", &made, |page| tell_made(page, &made))
        }
        BundleCommand::Read { file } => {
            let request = Request::BundleRead { file: absolute(&file)? };
            let read = answered!(app.ask(request)?, BundleRead)?;
            let report = app.report("bundle", &read, |page| tell_read(page, &read))?;
            Ok(if read.gaps > 0 { report.exit(Exit::PersonNeeded.code()) } else { report })
        }
    }
}

/// The node has a working folder of its own.
fn absolute(file: &Path) -> Result<String, Problem> {
    let whole = std::path::absolute(file)
        .map_err(|e| problem!("cannot-read", file = file.display().to_string(), why = e.to_string()))?;
    Ok(whole.display().to_string())
}

fn tell_made(page: &mut Page, made: &BundleMade) {
    let code = &made.organisation;
    page.line(&made.file);
    let entries = say!("counted-entries", count = made.entries);
    page.note(match made.since_last {
        true => say!("bundle-made-beyond", entries, code),
        false => say!("bundle-made", entries, code),
    });
    if made.cut > 0 {
        page.note(say!("bundle-made-cut", logs = made.cut));
    }
    page.note(say!("bundle-opens", code, devices = made.devices));
    page.next(&say!("bundle-made-next", code));
}

fn tell_read(page: &mut Page, read: &BundleRead) {
    let from = &read.from;
    let made = ago(i64::try_from(read.made).unwrap_or(i64::MAX), now());
    if read.new == 0 {
        page.note(say!("bundle-nothing-new", from, made));
    } else {
        page.note(say!("bundle-new", count = read.new, from, made));
    }
    if !read.documents.is_empty() {
        let more = read.documents.len().saturating_sub(NAMES);
        let mut names: Vec<String> = read.documents.iter().take(NAMES).cloned().collect();
        if more > 0 {
            names.push(say!("bundle-more-names", count = more));
        }
        page.note(say!("bundle-changes", count = read.new, documents = listed(&names)));
    }
    if read.left_out > 0 {
        page.note(say!("bundle-left-out", count = read.left_out));
    }
    if read.gaps > 0 {
        page.note(say!("bundle-gaps", count = read.gaps));
        page.next(&say!("bundle-gaps-next", from));
    } else {
        page.next(&say!("bundle-read-next", from));
    }
}
