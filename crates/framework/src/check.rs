//! Checks: what is wrong or missing in a document, each with its place and what to do.
//!
//! Errors stop ratifying; nothing here ever stops writing or syncing.

mod activities;
mod fields;
mod framework;
mod money;

use accord_document::{FindingKind, Kind};
use serde_json::Value;

use crate::message::Message;
use crate::model::{Framework, Rate, Request, request};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Stops ratifying.
    Error,
    /// Worth a look.
    Warning,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Where, as a path of the document; empty for the document as a whole.
    pub path: String,
    /// What it is; the locales have a `.hint` for what to do.
    pub message: Message,
    /// The command that mends it, without the program's name; words in capitals are to be filled in.
    pub command: Option<Vec<String>>,
}

/// Something open that the document itself found: a conflict or a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Where, as a path that `resolve` takes.
    pub path: String,
    /// The same in words.
    pub label: String,
    /// What there is to decide.
    pub what: FindingKind,
}

/// An organisation of the programme, as governance knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: String,
    /// Its names, in every language.
    pub names: Vec<String>,
    /// `secretariat`, `member`, `national_partner`, `local_partner`, `observer`.
    pub role: String,
    /// The day it left, if it did.
    pub left: Option<String>,
}

/// Another document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
}

/// What checks know beside the document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The document's name, for the commands.
    pub document: &'a str,
    /// `2013-06-30`.
    pub today: &'a str,
    /// Open conflicts and reviews of this document.
    pub open: &'a [Open],
    /// All organisations; `None` if they are not known, and then they are not checked.
    pub organisations: Option<&'a [Organisation]>,
    /// All documents; `None` if they are not known.
    pub documents: Option<&'a [Other]>,
    /// Requests for support.
    pub requests: &'a [Request],
    /// Elements of the template that changed since they were considered here.
    pub template_moved: &'a [String],
    /// The currency in which totals were asked for.
    pub currency: Option<&'a str>,
    /// The programme's rates.
    pub rates: &'a [Rate],
}

impl Context<'_> {
    fn organisation(&self, name: &str) -> Option<&Organisation> {
        let lower = name.to_lowercase();
        self.organisations?.iter().find(|o| o.id == name || o.names.iter().any(|n| n.to_lowercase() == lower))
    }

    fn set(&self, path: &str) -> Option<Vec<String>> {
        Some(["set", self.document, path, "VALUE"].map(str::to_owned).to_vec())
    }

    fn command(&self, words: &[&str]) -> Option<Vec<String>> {
        let words = words.iter().map(|word| if *word == "DOC" { self.document } else { word });
        Some(words.map(str::to_owned).collect())
    }
}

/// Everything that is wrong with a document, errors first, by place.
#[must_use]
pub fn check(kind: &Kind, view: &Value, context: &Context<'_>) -> Vec<Finding> {
    let mut found = Found { context, all: Vec::new() };
    for open in context.open {
        let id = match open.what {
            FindingKind::Review => "open-review",
            FindingKind::LateCorrection => "open-late",
            FindingKind::RetiredButChanged => "open-retired",
            FindingKind::NeedsHome => "open-home",
            FindingKind::DuplicateCode => "open-code",
            _ => "open-conflict",
        };
        let message = Message { id, args: Vec::new() }.with("label", open.label.clone());
        let command = match open.what {
            FindingKind::DuplicateCode => context.command(&["conflicts", "DOC"]),
            _ => context.command(&["resolve", "DOC", &open.path]),
        };
        found.put(Severity::Error, &open.path, message, command);
    }
    fields::check(kind, view, &mut found);
    match kind.name.as_str() {
        "framework" => {
            let framework = Framework::read(view);
            framework::check(&framework, view, &mut found);
            activities::check(&framework, &mut found);
            money::check(&framework, &mut found);
        }
        "request" => framework::request(&request(view), &mut found),
        _ => {}
    }
    for (place, state) in crate::translate::status(kind, view) {
        if let crate::translate::State::Stale { from } = state {
            let message = Message::new("translation-stale")
                .with("place", place.path.clone())
                .with("language", place.language)
                .with("from", from);
            let path = format!("{}.{}", place.path, place.language);
            let command = found.context.command(&["edit", "DOC"]);
            found.put(Severity::Warning, &path, message, command);
        }
    }
    let mut all = found.all;
    all.sort_by(|a, b| (a.severity, &a.path, a.message.id).cmp(&(b.severity, &b.path, b.message.id)));
    all.dedup();
    all
}

struct Found<'a> {
    context: &'a Context<'a>,
    all: Vec<Finding>,
}

impl Found<'_> {
    fn put(&mut self, severity: Severity, path: &str, message: Message, command: Option<Vec<String>>) {
        self.all.push(Finding { severity, path: path.to_owned(), message, command });
    }

    fn error(&mut self, path: &str, message: Message) {
        let command = self.context.set(path);
        self.put(Severity::Error, path, message, command);
    }

    fn warning(&mut self, path: &str, message: Message) {
        self.put(Severity::Warning, path, message, None);
    }
}

#[cfg(test)]
mod tests;
