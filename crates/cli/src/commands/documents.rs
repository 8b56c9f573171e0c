//! `new`, `list`, `show` and `get`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use accord_core::api::{Created, DocumentSummary, Exit, MAX_LINE, Problem, Request, Shown, Value};

use super::conflicts::{counted, happened};
use super::{count, listed, quoted, versions};
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
    let from = created.template.as_ref().map(|template| format!(" from {template}")).unwrap_or_default();
    page.note(format!("Created the {kind} {name}{from}{}.", filled(created)));
    page.note(match created.space.as_deref() {
        None => "Every organisation of the programme will see it.".to_owned(),
        Some("private") => "It stays on your own organisation's devices.".to_owned(),
        Some(space) => format!("The organisations that read the space {space} will see it."),
    });
    if !created.same_name.is_empty() {
        page.note(format!(
            "There is another {kind} of this name. Both stay; their ids tell them apart (accord list)."
        ));
    }
    page.next(&format!("accord show {}", quoted(name)));
}

/// `, with 9 fields, 3 pillars and 5 activities`.
fn filled(created: &Created) -> String {
    let fields = u64::try_from(created.filled).unwrap_or(u64::MAX);
    let fields = (fields > 0).then(|| count(fields, "field", "fields"));
    let all: Vec<String> = fields.into_iter().chain(created.added.iter().map(counted)).collect();
    if all.is_empty() { String::new() } else { format!(", with {}", listed(&all)) }
}

pub(super) fn list(app: &App) -> Result<Report, Problem> {
    let listing = answered!(app.ask(Request::List)?, Listing)?;
    app.report("documents", &listing, |page| {
        let documents = &listing.documents;
        if documents.is_empty() {
            page.note("There are no documents yet.");
            page.next("accord new framework NAME --from FILE");
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

fn summary(document: &DocumentSummary, with_id: bool, paint: crate::output::Paint) -> String {
    let mut line = format!("{} ({})", paint.strong(&document.name), document.kind);
    if let Some(space) = &document.space {
        line.push_str(&format!(", in {space}"));
    }
    if with_id {
        line.push_str(&format!(" {}", document.id));
    }
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    if document.conflicts > 0 {
        let words = count(number(document.conflicts), "open conflict", "open conflicts");
        line.push_str(&format!(", {}", paint.attention(&words)));
    }
    if document.held_back > 0 {
        let words = count(number(document.held_back), "change held back", "changes held back");
        line.push_str(&format!(", {}", paint.attention(&words)));
    }
    if let Some(words) = versions::agreed(document.versions.as_ref(), paint) {
        line.push_str(&format!(": {words}"));
    }
    if let Some(why) = &document.unreadable {
        line.push_str(&format!(", {}", paint.bad(&format!("cannot be read here: {why}"))));
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
        page.heading("Waits for a person");
        for open in &shown.open {
            let what = page.paint.attention(&happened(open));
            page.line(format!("  {} ({}): {what}", open.label, open.path));
        }
        page.next(&format!("see who wrote what: accord conflicts {}", quoted(&shown.summary.name)));
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
        page.note(format!("Nothing is written at {}.", value.path));
        return;
    }
    page.line(text.trim_end_matches('\n'));
    if value.conflict {
        page.note("People disagree here; every value is shown and none is chosen.");
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
            Err(Problem::failed(format!("{} is larger than {} MiB", path.display(), MAX_LINE >> 20))
                .hint("cut it into parts"))
        }
        Ok(_) => Ok(text),
        Err(error) => Err(Problem::failed(format!("cannot read {}: {error}", path.display()))
            .hint("name a text file in UTF-8, or - for standard input")),
    }
}
