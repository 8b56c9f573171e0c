//! `bundle`.

use std::path::{Path, PathBuf};

use accord_core::api::{BundleMade, BundleRead, Exit, Problem, Request};

use super::{count, listed};
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
    let whole = std::path::absolute(file).map_err(|e| Problem::failed(format!("{}: {e}", file.display())))?;
    Ok(whole.display().to_string())
}

fn tell_made(page: &mut Page, made: &BundleMade) {
    let code = &made.organisation;
    page.line(&made.file);
    let since = if made.since_last { format!(" beyond what {code} said that it has") } else { String::new() };
    page.note(format!("{} for {code}{since}.", count(made.entries, "entry", "entries")));
    let devices = match made.devices {
        1 => "on the device that it has now".to_owned(),
        more => format!("on the {more} devices that it has now"),
    };
    page.note(format!("Only {code} can open it, {devices}; whoever carries it cannot."));
    page.next(&format!("at {code}: accord bundle read FILE"));
}

fn tell_read(page: &mut Page, read: &BundleRead) {
    let from = &read.from;
    let made = ago(i64::try_from(read.made).unwrap_or(i64::MAX), now());
    if read.new == 0 {
        page.note(format!(
            "The bundle of {from}, made {made}, has nothing that is not here already. Nothing changed."
        ));
    } else {
        page.note(format!("{} new of {from}, as of {made}.", count(read.new, "entry", "entries")));
    }
    if !read.documents.is_empty() {
        let more = read.documents.len().saturating_sub(NAMES);
        let mut names: Vec<String> = read.documents.iter().take(NAMES).cloned().collect();
        if more > 0 {
            names.push(format!("{more} more"));
        }
        page.note(format!("They change {}.", listed(&names)));
    }
    if read.left_out > 0 {
        page.note(format!(
            "{} were left out: this organisation does not read their space, or they do not count.",
            count(read.left_out, "entry", "entries")
        ));
    }
    if read.gaps > 0 {
        page.note(format!(
            "What {} wrote could not be taken in: something before it is missing here.",
            count(read.gaps, "device", "devices")
        ));
        page.next(&format!("ask {from} for everything: accord bundle create --whole --for CODE"));
    } else {
        page.next(&format!("give something back: accord bundle create --for {from}"));
    }
}
