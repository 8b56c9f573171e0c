//! `edit`: the editor loop.

use accord_core::api::{Marked, Problem, Rendered, Request, Response};
use accord_words::{problem, say};

use crate::app::{App, answered, unexpected};
use crate::arguments::DocumentArgument;
use crate::editor::{Draft, Editor};
use crate::output::Report;
use crate::terminal;

/// How often a text with errors is given to an editor that no person uses: a script that makes the same mistake for
/// ever has to end.
const ROUNDS_WITHOUT_A_PERSON: usize = 5;

pub(super) fn edit(app: &App, arguments: DocumentArgument) -> Result<Report, Problem> {
    let editor = Editor::choose(app.home()?);
    let rendered = answered!(app.ask(Request::Render { document: arguments.document })?, Rendered)?;
    let mut draft = Draft::new(&rendered.name, &rendered.text)?;
    let mut round = 1;
    let mut mistake = String::new();
    loop {
        let given = draft.given().to_owned();
        let ended = editor.open(draft.path());
        let text = match (ended, draft.read()) {
            (Ok(()), Ok(text)) => text,
            (Err(problem), text) => {
                return Err(if text.is_ok_and(|text| text == rendered.text) {
                    problem
                } else {
                    draft.keep(problem)
                });
            }
            (_, Err(problem)) => return Err(draft.keep(problem)),
        };
        if round == 1 && (text == rendered.text || text.trim().is_empty()) {
            return Ok(Report::notes(&say!("edit-cancelled")));
        }
        if round > 1 && text == given {
            return Err(draft.keep(problem!("edit-mistake", mistake)));
        }
        match apply(app, &rendered, text) {
            Ok(Applied::Changed(report)) => return Ok(report),
            Ok(Applied::Marked(marked)) => {
                mistake = first_error(&marked);
                if !terminal::can_ask() && round == ROUNDS_WITHOUT_A_PERSON {
                    return Err(draft.keep(problem!("edit-mistake", mistake)));
                }
                draft.give(&marked.text)?;
            }
            Err(problem) => return Err(draft.keep(problem)),
        }
        round += 1;
    }
}

enum Applied {
    Changed(Report),
    Marked(Marked),
}

fn apply(app: &App, rendered: &Rendered, text: String) -> Result<Applied, Problem> {
    let request =
        Request::Edit { document: rendered.document.to_string(), version: rendered.version.clone(), text };
    match app.ask(request)? {
        Response::Changed(changed) if changed.change.is_none() => {
            Ok(Applied::Changed(Report::notes(&say!("edit-cancelled"))))
        }
        Response::Changed(changed) => super::write::report(app, &changed).map(Applied::Changed),
        Response::Marked(marked) => Ok(Applied::Marked(marked)),
        _ => Err(unexpected()),
    }
}

fn first_error(marked: &Marked) -> String {
    match marked.errors.first() {
        Some((line, message, _)) => say!("edit-wrong-line", line, message),
        None => say!("edit-wrong"),
    }
}
