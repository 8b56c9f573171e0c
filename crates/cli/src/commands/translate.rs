//! `translate`.

use accord_core::api::{Problem, Request, TranslationState, TranslationView};
use accord_words::{labelled, placeholder, say};

use super::{quoted, versions, write};
use crate::app::{App, answered, unexpected};
use crate::arguments::{TranslateArguments, TranslateCommand};
use crate::output::{Page, Report};

pub(super) fn translate(app: &App, arguments: TranslateArguments) -> Result<Report, Problem> {
    if let Some(TranslateCommand::Status { document }) = arguments.command {
        return status(app, document);
    }
    let TranslateArguments { document, path, language, text, from, .. } = arguments;
    // Clap asks for all three where no other command is named.
    let (Some(document), Some(path), Some(language)) = (document, path, language) else {
        return Err(unexpected());
    };
    let request = Request::Translate { document, path, language, text, from };
    let changed = answered!(app.ask(request)?, Changed)?;
    write::report(app, &changed)
}

fn status(app: &App, document: Option<String>) -> Result<Report, Problem> {
    let all = answered!(app.ask(Request::TranslationStatus { document })?, Translations)?;
    app.report("translations", &all, |page| tell(page, &all))
}

fn tell(page: &mut Page, all: &[TranslationView]) {
    let of = |state| all.iter().filter(move |view| view.state == state);
    let mut last = "";
    for view in all {
        let words = match (view.state, &view.from) {
            (TranslationState::Missing, _) => say!("translation-missing"),
            (TranslationState::Stale, Some(from)) => say!("translation-stale-from", from),
            (TranslationState::Stale, None) => say!("translation-old"),
            (TranslationState::Current | TranslationState::Unmarked, _) => continue,
        };
        if view.name != last {
            page.gap();
            page.heading(&view.name);
            last = &view.name;
        }
        let words = page.paint.attention(&words);
        page.line(labelled(&format!("  {}.{}", view.path, view.language), &words));
    }
    let (missing, stale) = (of(TranslationState::Missing).count(), of(TranslationState::Stale).count());
    page.note(say!("translation-summary", missing, stale));
    versions::tell_not_in(page, all.iter().filter_map(|view| view.since_version.as_ref()));
    let first = of(TranslationState::Stale).chain(of(TranslationState::Missing)).next();
    if let Some(first) = first {
        let (name, path) = (quoted(&first.name), quoted(&first.path));
        page.next(&format!("accord translate {name} {path} {} {}", first.language, placeholder("TEXT")));
    }
}
