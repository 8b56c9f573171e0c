//! `compact`.

use accord_core::api::{Compacted, Problem};
use accord_words::say;

use crate::app::App;
use crate::arguments::CompactArguments;
use crate::output::{Page, Report};

pub(super) fn compact(app: &App, arguments: &CompactArguments) -> Result<Report, Problem> {
    let to = arguments.to.map(Into::into);
    let done = app.watched(async |progress| accord_node::compact(app.home()?, to, progress).await)?;
    app.report("compacted", &done, |page| tell(page, &done))
}

fn tell(page: &mut Page, done: &Compacted) {
    if done.packed > 0 {
        page.note(say!("compacted-packed", entries = say!("counted-entries", count = done.packed)));
    }
    let (before, after) = (size(done.before), size(done.after));
    page.note(if done.after < done.before {
        say!("compacted-less", before, after, back = size(done.before - done.after))
    } else {
        say!("compacted-same", before, after)
    });
    if done.from != done.engine {
        page.note(say!("compacted-moved", from = &done.from, engine = &done.engine));
    }
}

/// In the unit that people see files in.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => say!("size-kilobytes", size = bytes.div_ceil(1000).to_string()),
        _ => say!("size-megabytes", size = bytes.div_ceil(1_000_000).to_string()),
    }
}
