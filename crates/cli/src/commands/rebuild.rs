//! `rebuild`.

use std::path::Path;

use accord_core::api::{Problem, Rebuilt};
use accord_words::say;

use crate::app::App;
use crate::output::{Page, Report};
use crate::passphrase;

pub(super) fn rebuild(app: &App, from: Option<&Path>) -> Result<Report, Problem> {
    let done = app.watched(async |progress| {
        accord_node::rebuild(app.home()?, from, passphrase::unlock(), progress).await
    })?;
    app.report("rebuilt", &done, |page| tell(page, &done, from.is_none()))
}

fn tell(page: &mut Page, done: &Rebuilt, made: bool) {
    let entries = |count: u64| say!("counted-entries", count);
    let path = &done.aside;
    if made {
        page.note(say!("rebuilt-aside", path));
    }
    if done.entries > 0 {
        page.note(say!("rebuilt-found", entries = entries(done.entries)));
    } else {
        page.note(say!("rebuilt-none"));
    }
    if done.waiting > 0 {
        page.note(say!("rebuilt-waiting", entries = entries(done.waiting)));
    }
    if done.torn > 0 {
        page.note(say!("rebuilt-torn", entries = entries(done.torn)));
    }
    if let Some(count) = done.behind {
        page.note(say!("rebuilt-behind", entries = entries(count)));
    }
    if !done.programme {
        page.next(&say!("rebuilt-next-join", path));
    } else if made || !done.is_done() {
        page.next(&say!("rebuilt-next", path));
    } else {
        page.note(say!("rebuilt-done"));
    }
}
