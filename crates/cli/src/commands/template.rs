//! `template diff`, `adopt` and `decline`.

use accord_core::api::{Adapted, ElementState, ElementView, Problem, Request, TemplateView};
use accord_words::{labelled, say};
use serde_json::Value;

use super::{listed, quoted, write};
use crate::app::{App, answered};
use crate::arguments::{DecideArguments, TemplateCommand};
use crate::output::{Page, Report, bare};

pub(super) fn template(app: &App, command: TemplateCommand) -> Result<Report, Problem> {
    match command {
        TemplateCommand::Diff { document, elements, all } => {
            let all = all || !elements.is_empty();
            let compared =
                answered!(app.ask(Request::TemplateDiff { document, elements })?, TemplateCompared)?;
            app.report("template", &compared, |page| tell_diff(page, &compared, all))
        }
        TemplateCommand::Adopt(arguments) => decide(app, arguments, true),
        TemplateCommand::Decline(arguments) => decide(app, arguments, false),
    }
}

fn tell_diff(page: &mut Page, compared: &TemplateView, all: bool) {
    let shown = compared.elements.iter().filter(|element| all || element.waits);
    for element in shown {
        page.gap();
        tell_element(page, element);
    }
    let waiting: Vec<&ElementView> = compared.elements.iter().filter(|element| element.waits).collect();
    let name = quoted(&compared.name);
    match waiting.first() {
        None => {
            page.note(say!("template-settled", name = &compared.name, template = &compared.template_name))
        }
        Some(first) => {
            let first = quoted(&first.name);
            page.next(&say!("template-next", name, first));
        }
    }
}

fn tell_element(page: &mut Page, element: &ElementView) {
    let state = match element.state {
        ElementState::Unchanged => say!("element-unchanged"),
        ElementState::TemplateMoved => say!("element-template-moved"),
        ElementState::AdaptedHere => say!("element-adapted"),
        ElementState::BothMoved => say!("element-both-moved"),
        ElementState::New => say!("element-new"),
        ElementState::Withdrawn => say!("element-withdrawn"),
    };
    let state = if element.waits { page.paint.attention(&state) } else { state };
    let head = labelled(&page.paint.strong(&element.name), &state);
    page.line(head);
    let (base, template, here) = (&element.base, &element.template, &element.here);
    let texts: Vec<(String, &Option<Value>)> = match element.state {
        ElementState::Unchanged => vec![(say!("says-both"), here)],
        ElementState::TemplateMoved => {
            vec![(say!("says-here-taken"), here), (say!("says-template-now"), template)]
        }
        ElementState::AdaptedHere => vec![(say!("says-template"), template), (say!("says-here"), here)],
        ElementState::BothMoved => {
            vec![(say!("says-taken"), base), (say!("says-template-now"), template), (say!("says-here"), here)]
        }
        ElementState::New => vec![(say!("says-template-now"), template)],
        ElementState::Withdrawn => vec![(say!("says-here"), here)],
    };
    for (label, value) in texts {
        page.line(format!("  {}", labelled(&label, "").trim_end()));
        match value {
            None => page.line(format!("    {}", say!("says-nothing"))),
            Some(value) => {
                let text = bare(value, page.paint);
                for line in text.trim_end().lines() {
                    page.line(format!("    {line}"));
                }
            }
        }
    }
}

fn decide(app: &App, arguments: DecideArguments, adopting: bool) -> Result<Report, Problem> {
    let DecideArguments { document, elements, .. } = arguments;
    let request = Request::TemplateDecide { document, elements, adopt: adopting };
    let adapted = answered!(app.ask(request)?, Adapted)?;
    app.report("adapted", &adapted, |page| tell_decided(page, &adapted, adopting))
}

fn tell_decided(page: &mut Page, adapted: &Adapted, adopting: bool) {
    let name = &adapted.changed.name;
    if adapted.decided.is_empty() {
        page.note(say!("decide-nothing"));
    } else {
        let elements = listed(&adapted.decided);
        page.note(if adopting { say!("decide-adopted", elements) } else { say!("decide-kept", elements) });
        // What is remembered about the template is for the program; people read what the texts say.
        for field in adapted.changed.changes.iter().filter(|f| !f.path.starts_with("template_")) {
            page.note(labelled(name, &field.sentence));
        }
        page.note(write::readers(&adapted.changed.readers));
    }
    if adapted.waiting.is_empty() {
        page.next(&format!("accord show {}", quoted(name)));
    } else {
        page.note(say!("decide-waiting", elements = listed(&adapted.waiting)));
        page.next(&format!("accord template diff {}", quoted(name)));
    }
}
