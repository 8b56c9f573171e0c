//! `new`, `list`, `show` and `get`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use accord_core::api::{Created, DocumentSummary, Exit, MAX_LINE, Problem, Request, Shown, Value};

use accord_words::{isolated, labelled, placeholder, problem, say};

use super::conflicts::{counted, happened};
use super::{listed, quoted, versions};
use crate::app::{App, answered};
use crate::arguments::{NewArguments, PlaceArguments, ShowArguments};
use crate::output::{Page, Report, bare, outline};

pub(super) fn new(app: &App, arguments: NewArguments) -> Result<Report, Problem> {
    let content = arguments.from.as_deref().map(read).transpose()?;
    let NewArguments { kind, name, space, template, .. } = arguments;
    let request = Request::New { kind, name, space, template, content };
    let created = answered!(app.ask(request)?, Created)?;
    app.report("created", &created, |page| tell_created(page, &created))
}

fn tell_created(page: &mut Page, created: &Created) {
    let Created { kind, name, .. } = created;
    let from = created.template.as_ref().map(|template| spaced(&say!("created-from", template)));
    page.note(say!("created", kind, name, from = from.unwrap_or_default(), filled = filled(created)));
    page.note(match created.space.as_deref() {
        None => say!("seen-by-all"),
        Some("private") => say!("seen-by-own"),
        Some(space) => say!("seen-in-space", space),
    });
    if !created.same_name.is_empty() {
        page.note(say!("same-name", kind));
    }
    page.next(&format!("accord show {}", quoted(name)));
}

/// `, with 9 fields, 3 pillars and 5 activities`.
fn filled(created: &Created) -> String {
    let fields = (created.filled > 0).then(|| say!("counted-fields", count = created.filled));
    let all: Vec<String> = fields.into_iter().chain(created.added.iter().map(counted)).collect();
    if all.is_empty() { String::new() } else { say!("created-with", all = listed(&all)) }
}

/// Words that follow others: a sentence in a catalogue cannot begin with a space.
fn spaced(words: &str) -> String {
    format!(" {words}")
}

pub(super) fn list(app: &App) -> Result<Report, Problem> {
    let listing = answered!(app.ask(Request::List)?, Listing)?;
    app.report("documents", &listing, |page| {
        let documents = &listing.documents;
        if documents.is_empty() {
            page.note(say!("no-documents"));
            page.next(&format!(
                "accord new framework {} --from {}",
                placeholder("NAME"),
                placeholder("FILE")
            ));
        }
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        for document in documents {
            *named.entry(&document.name).or_default() += 1;
        }
        for document in documents {
            let twice = named.get(document.name.as_str()).is_some_and(|count| *count > 1);
            page.line(summary(document, twice, page.paint));
            for line in versions::put_up(document.versions.as_ref(), page.paint) {
                page.line(format!("  {line}"));
            }
        }
    })
}

/// What waits for a person in a document, by what it is. An older node tells only how much.
fn open(document: &DocumentSummary) -> Vec<String> {
    let open = &document.open_places;
    let said = [
        (open.values > 0).then(|| say!("listed-values", count = open.values)),
        (open.texts > 0).then(|| say!("listed-texts", count = open.texts)),
        (open.retired > 0).then(|| say!("listed-retired", count = open.retired)),
        (open.homeless > 0).then(|| say!("listed-homeless", count = open.homeless)),
        (open.codes > 0).then(|| say!("listed-codes", count = open.codes)),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    if said.is_empty() && document.conflicts > 0 {
        return vec![say!("listed-open", count = document.conflicts)];
    }
    said
}

fn summary(document: &DocumentSummary, with_id: bool, paint: crate::output::Paint) -> String {
    // What the node says of a document whose kind is not known here.
    let kind = if document.kind == "unknown" { say!("kind-unknown") } else { document.kind.clone() };
    let mut line = format!("{} ({kind})", paint.strong(&isolated(&document.name)));
    if let Some(space) = &document.space {
        line.push_str(&say!("in-space", space));
    }
    if with_id {
        line.push_str(&format!(" {}", document.id));
    }
    for words in open(document) {
        line.push_str(&format!(", {}", paint.attention(&words)));
    }
    if document.held_back > 0 {
        let words = say!("listed-held", count = document.held_back);
        line.push_str(&format!(", {}", paint.attention(&words)));
    }
    if let Some(words) = versions::agreed(document.versions.as_ref(), paint) {
        line.push_str(&format!(": {words}"));
    }
    if let Some(why) = &document.unreadable {
        line.push_str(&format!(", {}", paint.bad(&say!("listed-unreadable", why))));
    }
    line
}

pub(super) fn show(app: &App, arguments: ShowArguments) -> Result<Report, Problem> {
    if let Some(version) = arguments.version.filter(|version| version.trim() != "draft") {
        return versions::show(app, arguments.document, version, arguments.canonical);
    }
    let shown = answered!(app.ask(Request::Show { document: arguments.document })?, Shown)?;
    app.report("document", &shown, |page| tell_shown(page, &shown))
}

fn tell_shown(page: &mut Page, shown: &Shown) {
    page.line(summary(&shown.summary, false, page.paint));
    for line in versions::put_up(shown.summary.versions.as_ref(), page.paint) {
        page.line(line);
    }
    page.gap();
    let content = outline(&shown.content, page.paint);
    page.line(content.trim_end_matches('\n'));
    if !shown.open.is_empty() {
        page.gap();
        page.heading(&say!("waits-for-person"));
        for open in &shown.open {
            let what = page.paint.attention(&happened(open));
            page.line(labelled(&format!("  {} ({})", open.label, open.path), &what));
        }
        page.next(&say!("see-who-wrote", name = quoted(&shown.summary.name)));
    }
}

pub(super) fn get(app: &App, arguments: PlaceArguments) -> Result<Report, Problem> {
    let request = Request::Get { document: arguments.document.clone(), path: arguments.path };
    let value = answered!(app.ask(request)?, Value)?;
    let exit = if value.conflict { Exit::PersonNeeded.code() } else { 0 };
    let report = app.report("value", &value, |page| tell_value(page, &value, &arguments.document))?;
    Ok(report.exit(exit))
}

fn tell_value(page: &mut Page, value: &Value, document: &str) {
    let text = bare(&value.value, page.paint);
    if text.is_empty() {
        page.note(say!("nothing-written-at", path = &value.path));
        return;
    }
    page.line(text.trim_end_matches('\n'));
    if value.conflict {
        page.note(say!("people-disagree"));
        page.next(&format!("accord conflicts {}", quoted(document)));
    }
}

/// The text of a file that a command names; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<String, Problem> {
    let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    let limit = limit.saturating_add(1);
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_string(&mut text))
    };
    match read {
        Ok(_) if text.len() > MAX_LINE => {
            Err(problem!("file-too-large", file = path.display().to_string(), limit = MAX_LINE >> 20))
        }
        Ok(_) => Ok(text),
        Err(error) => {
            Err(problem!("file-unreadable", file = path.display().to_string(), why = error.to_string()))
        }
    }
}
