//! `organisations` and `spaces`.

use accord_core::api::{OrganisationView, Problem, Request, SpaceView, kind_word};

use super::{count, listed};
use crate::app::{App, answered};
use crate::output::{Paint, Report, iso};

pub(super) fn organisations(app: &App) -> Result<Report, Problem> {
    let all = answered!(app.ask(Request::Organisations)?, Organisations)?;
    app.report("organisations", &all, |page| {
        for organisation in &all {
            let line = one(organisation, page.paint);
            page.line(line);
        }
        page.next("accord spaces shows who reads and writes what");
    })
}

fn one(view: &OrganisationView, paint: Paint) -> String {
    let party = &view.organisation;
    let me = if view.mine { ", you" } else { "" };
    let since = match (&view.kind, &view.since) {
        (Some(kind), None) => format!("{} since the founding", kind_word(*kind)),
        (Some(kind), Some(number)) => {
            format!("{} since decision {number}{}", kind_word(*kind), day(view.time))
        }
        (None, Some(number)) => {
            paint.faint(&format!("takes part no more since decision {number}{}", day(view.time)))
        }
        (None, None) => paint.faint("takes part no more"),
    };
    format!("{} ({}{me}): {since}", paint.strong(&party.code), party.name)
}

/// ` of 2013-05-04`: the day alone, as one looks it up months later.
fn day(time: Option<u64>) -> String {
    let Some(time) = time.and_then(|time| i64::try_from(time).ok()) else { return String::new() };
    let time = iso(time);
    format!(" of {}", time.split_once('T').map_or(time.as_str(), |(day, _)| day))
}

pub(super) fn spaces(app: &App) -> Result<Report, Problem> {
    let all = answered!(app.ask(Request::Spaces)?, Spaces)?;
    app.report("spaces", &all, |page| {
        for space in &all {
            for line in lines(space, page.paint) {
                page.line(line);
            }
        }
        page.next("accord propose space NAME --write ORG,ORG, or accord propose grant ORG SPACE");
    })
}

fn lines(space: &SpaceView, paint: Paint) -> Vec<String> {
    let writers: Vec<&str> =
        space.holders.iter().filter(|one| one.writes).map(|one| one.organisation.as_str()).collect();
    let readers: Vec<&str> =
        space.holders.iter().filter(|one| !one.writes).map(|one| one.organisation.as_str()).collect();
    let here = if space.i_read {
        count(space.documents as u64, "document", "documents")
    } else if space.documents > 0 {
        format!("{} from before; you read it no more", count(space.documents as u64, "document", "documents"))
    } else {
        "you do not read it".to_owned()
    };
    let mut lines = vec![format!("{} ({here})", paint.strong(&space.name))];
    match writers.as_slice() {
        [] => lines.push("  nobody writes".to_owned()),
        [one] => lines.push(format!("  {one} writes")),
        several => lines.push(format!("  {} write", listed(several))),
    }
    match readers.as_slice() {
        [] => {}
        [one] => lines.push(format!("  {one} reads")),
        several => lines.push(format!("  {} read", listed(several))),
    }
    lines
}
