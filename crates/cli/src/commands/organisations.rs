//! `organisations` and `spaces`.

use accord_core::api::{OrganisationView, Problem, Request, SpaceView};
use accord_words::{labelled, say};

use super::{kind_word, listed};
use crate::app::{App, answered};
use crate::output::{Paint, Report, iso};

pub(super) fn organisations(app: &App) -> Result<Report, Problem> {
    let all = answered!(app.ask(Request::Organisations)?, Organisations)?;
    app.report("organisations", &all, |page| {
        for organisation in &all {
            let line = one(organisation, page.paint);
            page.line(line);
        }
        page.next(&say!("organisations-next"));
    })
}

fn one(view: &OrganisationView, paint: Paint) -> String {
    let party = &view.organisation;
    let me = if view.mine { say!("you") } else { String::new() };
    let since = match (&view.kind, &view.since) {
        (Some(kind), None) => say!("since-founding", kind = kind_word(*kind)),
        (Some(kind), Some(number)) => {
            say!("since-decision", kind = kind_word(*kind), number, day = day(view.time))
        }
        (None, Some(number)) => paint.faint(&say!("ended-decision", number, day = day(view.time))),
        (None, None) => paint.faint(&say!("ended")),
    };
    labelled(&format!("{} ({}{me})", paint.strong(&party.code), party.name), &since)
}

/// ` of 2013-05-04`: the day alone, as one looks it up months later.
fn day(time: Option<u64>) -> String {
    let Some(time) = time.and_then(|time| i64::try_from(time).ok()) else { return String::new() };
    let time = iso(time);
    format!(" {}", say!("of-day", day = time.split_once('T').map_or(time.as_str(), |(day, _)| day)))
}

pub(super) fn spaces(app: &App) -> Result<Report, Problem> {
    let all = answered!(app.ask(Request::Spaces)?, Spaces)?;
    app.report("spaces", &all, |page| {
        for space in &all {
            for line in lines(space, page.paint) {
                page.line(line);
            }
        }
        page.next(&say!("spaces-next"));
    })
}

fn lines(space: &SpaceView, paint: Paint) -> Vec<String> {
    let writers: Vec<&str> =
        space.holders.iter().filter(|one| one.writes).map(|one| one.organisation.as_str()).collect();
    let readers: Vec<&str> =
        space.holders.iter().filter(|one| !one.writes).map(|one| one.organisation.as_str()).collect();
    let here = if space.i_read {
        say!("counted-documents", count = space.documents)
    } else if space.documents > 0 {
        say!("space-before", count = space.documents)
    } else {
        say!("space-unread")
    };
    let mut lines = vec![format!("{} ({here})", paint.strong(&space.name))];
    match writers.as_slice() {
        [] => lines.push(format!("  {}", say!("nobody-writes"))),
        [one] => lines.push(format!("  {}", say!("one-writes", who = one))),
        several => lines.push(format!("  {}", say!("many-write", who = listed(several)))),
    }
    match readers.as_slice() {
        [] => {}
        [one] => lines.push(format!("  {}", say!("one-reads", who = one))),
        several => lines.push(format!("  {}", say!("many-read", who = listed(several)))),
    }
    lines
}
