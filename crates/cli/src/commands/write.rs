//! `set`, `add`, `retire` and `reinstate`: one change each.

use accord_core::api::{Changed, Problem, Request};
use accord_words::{labelled, say};

use super::{quoted, sorted, versions};
use crate::app::{App, answered};
use crate::arguments::{AddArguments, RetireArguments, SetArguments};
use crate::output::{Page, Report};

pub(super) fn set(app: &App, arguments: SetArguments) -> Result<Report, Problem> {
    let SetArguments { place, value } = arguments;
    change(app, Request::Set { document: place.document, path: place.path, value })
}

pub(super) fn add(app: &App, arguments: AddArguments) -> Result<Report, Problem> {
    let AddArguments { place, fields } = arguments;
    change(app, Request::Add { document: place.document, path: place.path, fields })
}

pub(super) fn retire(app: &App, arguments: RetireArguments) -> Result<Report, Problem> {
    let RetireArguments { place, why } = arguments;
    change(app, Request::Retire { document: place.document, path: place.path, why })
}

pub(super) fn reinstate(app: &App, arguments: RetireArguments) -> Result<Report, Problem> {
    let RetireArguments { place, why } = arguments;
    change(app, Request::Reinstate { document: place.document, path: place.path, why })
}

pub(super) fn change(app: &App, request: Request) -> Result<Report, Problem> {
    let changed = answered!(app.ask(request)?, Changed)?;
    report(app, &changed)
}

/// The report of a change, for `edit` too.
pub(super) fn report(app: &App, changed: &Changed) -> Result<Report, Problem> {
    app.report("changed", changed, |page| tell(page, changed))
}

fn tell(page: &mut Page, changed: &Changed) {
    if changed.change.is_none() {
        page.note(say!("nothing-to-write", name = &changed.name));
        return;
    }
    for field in &changed.changes {
        page.note(labelled(&changed.name, &field.sentence));
        if let Some(note) = field.note.as_ref().filter(|note| !field.sentence.contains(*note)) {
            page.note(format!("  {note}"));
        }
    }
    page.note(readers(&changed.readers));
    versions::tell_not_in(page, &changed.since_version);
    tell_conflicts(page, changed.conflicts, &changed.name, &format!("accord log {}", quoted(&changed.name)));
}

/// What is open in a document after a change; `next` is what to run if nothing is.
pub(super) fn tell_conflicts(page: &mut Page, conflicts: usize, name: &str, next: &str) {
    if conflicts > 0 {
        page.note(say!("open-in", count = conflicts, name));
        page.next(&format!("accord conflicts {}", quoted(name)));
    } else {
        page.next(next);
    }
}

/// Who will see a change, and who sees it now.
pub(super) fn readers(readers: &[(String, bool)]) -> String {
    let (now, later): (Vec<_>, Vec<_>) = readers.iter().partition(|(_, connected)| *connected);
    let names = |some: Vec<&(String, bool)>| sorted(some.into_iter().map(|(code, _)| code.as_str()));
    match (now.is_empty(), later.is_empty()) {
        (true, true) => say!("saved-alone"),
        (false, true) => say!("saved-going", now = names(now)),
        (true, false) => say!("saved-later", later = names(later)),
        (false, false) => say!("saved-both", now = names(now), later = names(later)),
    }
}

#[cfg(test)]
mod tests {
    use super::readers;

    #[test]
    fn it_says_who_sees_it_and_when() {
        let all =
            |list: &[(&str, bool)]| readers(&list.iter().map(|(c, n)| ((*c).into(), *n)).collect::<Vec<_>>());
        assert_eq!(all(&[("CMI", false)]), "Saved here. CMI will get it when you are connected.");
        assert_eq!(
            all(&[("CA", true), ("CMI", true), ("UCLG", false)]),
            "Saved, and on its way to CA and CMI; UCLG will get it later."
        );
    }
}
