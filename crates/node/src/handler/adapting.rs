//! A document and the template that it was made from: comparing, adopting, declining.

use std::collections::BTreeMap;
use std::sync::Arc;

use accord_core::api::ElementState as State;
use accord_core::api::{Adapted, ElementView, Problem, TemplateView};
use accord_document::{Edit, Kind};
use accord_framework::template::{
    self, Element, ElementState, Template, adopt, compare, decline, heads, version, versions_needed,
};
use accord_words::problem;
use serde_json::Value;

use super::documents::read_problem;
use super::editing::changed;
use super::words::Connected;
use crate::replica::{DocumentKey, Programme, Reading, Replica};
use crate::time::now;

/// The edits that make a document of this kind from a template, and the template's name.
pub(super) fn from_template(
    programme: &Programme,
    kind: &Kind,
    template: &str,
) -> Result<(Vec<Edit>, String), Problem> {
    let held = Held::read(programme, &programme.find(template)?)?;
    if kind.field(template::DOCUMENT).is_none() || held.kind()?.name != "programme" {
        return Err(problem!("not-a-template", kind = &kind.name, template = &held.kind()?.name));
    }
    Ok((template::start(kind, &held.template()?), held.name.clone()))
}

/// The template as it is now.
struct Held {
    reading: Arc<Reading>,
    document: String,
    name: String,
    version: String,
    view: Value,
}

impl Held {
    fn read(programme: &Programme, key: &DocumentKey) -> Result<Self, Problem> {
        let reading = programme.read(key)?;
        let kind = reading.kind()?;
        Ok(Self {
            document: key.id.to_string(),
            name: reading.document.name().unwrap_or_else(|| key.id.short()),
            version: version(&reading.document.heads()),
            view: reading.document.view(kind, None).map_err(|e| read_problem(&e))?,
            reading,
        })
    }

    fn kind(&self) -> Result<&Kind, Problem> {
        self.reading.kind()
    }

    fn template(&self) -> Result<Template<'_>, Problem> {
        let Self { document, version, view, .. } = self;
        Ok(Template { document, version, kind: self.kind()?, view })
    }
}

struct Compared {
    key: DocumentKey,
    reading: Arc<Reading>,
    held: Held,
    elements: Vec<Element>,
}

fn compared(replica: &Replica, document: &str) -> Result<(Arc<Programme>, Compared), Problem> {
    let programme = replica.programme()?;
    let key = programme.find(document)?;
    let reading = programme.read(&key)?;
    let kind = reading.kind()?;
    let view = reading.document.view(kind, None).map_err(|e| read_problem(&e))?;
    let of = view
        .get(template::DOCUMENT)
        .and_then(Value::as_str)
        .ok_or_else(|| problem!("made-from-no-template", document))?;
    let from = programme
        .summaries()?
        .keys()
        .find(|key| key.id.to_string() == of)
        .copied()
        .ok_or_else(|| problem!("template-not-here"))?;
    let held = Held::read(&programme, &from)?;
    let template_kind = held.kind()?;
    let mut versions = BTreeMap::new();
    for needed in versions_needed(&view) {
        let then = heads(&needed).and_then(|at| held.reading.document.view(template_kind, Some(&at)).ok());
        versions.extend(then.map(|then| (needed, then)));
    }
    let elements = compare(kind, &held.template()?, &versions, &view).map_err(|error| {
        let problem = Problem::from_error(&error);
        error.hint().map_or(problem.clone(), |hint| problem.hint(hint))
    })?;
    Ok((programme, Compared { key, reading, held, elements }))
}

/// What people call an element: `pillars.P1.title`.
fn name(element: &Element) -> String {
    element.label.replace(' ', ".")
}

/// Whether a person means this element: by its name, its path or key, or that of the item that it belongs to.
fn meant(element: &Element, asked: &str) -> bool {
    let name = name(element);
    let inside = |whole: &str| {
        whole.eq_ignore_ascii_case(asked)
            || whole.get(..asked.len()).is_some_and(|start| {
                start.eq_ignore_ascii_case(asked) && whole[asked.len()..].starts_with('.')
            })
    };
    element.key == asked || inside(&name) || element.path.as_deref().is_some_and(inside)
}

fn chosen<'e>(elements: &'e [Element], asked: &[String]) -> Result<Vec<&'e Element>, Problem> {
    let mut all: Vec<&Element> = Vec::new();
    for asked in asked {
        let these: Vec<&Element> = elements.iter().filter(|element| meant(element, asked)).collect();
        if these.is_empty() {
            return Err(problem!("no-such-element", asked));
        }
        all.extend(
            these
                .into_iter()
                .filter(|element| !all.iter().any(|held| held.key == element.key))
                .collect::<Vec<_>>(),
        );
    }
    Ok(all)
}

/// The document beside its template.
pub(super) fn diff(replica: &Replica, document: &str, asked: &[String]) -> Result<TemplateView, Problem> {
    let (_, compared) = compared(replica, document)?;
    let elements = if asked.is_empty() {
        compared.elements.iter().collect()
    } else {
        chosen(&compared.elements, asked)?
    };
    Ok(TemplateView {
        document: compared.key.id,
        name: compared.reading.document.name().unwrap_or_else(|| compared.key.id.short()),
        template: compared.held.reading.key.id,
        template_name: compared.held.name.clone(),
        elements: elements.into_iter().map(view).collect(),
    })
}

fn view(element: &Element) -> ElementView {
    ElementView {
        name: name(element),
        key: element.key.clone(),
        path: element.path.clone(),
        state: match element.state {
            ElementState::Unchanged => State::Unchanged,
            ElementState::Moved => State::TemplateMoved,
            ElementState::Adapted => State::AdaptedHere,
            ElementState::BothMoved => State::BothMoved,
            ElementState::New => State::New,
            ElementState::Withdrawn => State::Withdrawn,
        },
        waits: element.waits(),
        base: element.base.clone(),
        template: element.template.clone(),
        here: element.country.clone(),
    }
}

/// Takes the template's side of the named elements, or keeps the document's own.
///
/// Without names, adopting takes what nothing here speaks against: what moved in the template alone, and what is new
/// there. What was adapted here and what would go is only touched by its name.
pub(super) fn decide(
    replica: &Replica,
    document: &str,
    asked: &[String],
    adopting: bool,
    connected: &Connected,
) -> Result<Adapted, Problem> {
    let (programme, compared) = compared(replica, document)?;
    let kind = compared.reading.kind()?;
    let simple = |element: &&Element| matches!(element.state, ElementState::Moved | ElementState::New);
    let these: Vec<&Element> = match (asked.is_empty(), adopting) {
        (false, _) => chosen(&compared.elements, asked)?,
        (true, true) => compared.elements.iter().filter(simple).collect(),
        (true, false) => compared.elements.iter().collect(),
    };
    let these: Vec<&Element> = these.into_iter().filter(|element| element.waits()).collect();
    let template = compared.held.template()?;
    let edits = if adopting { adopt(kind, &template, &these) } else { decline(&template, &these) };
    let at = compared.reading.document.heads();
    let change = if edits.is_empty() {
        None
    } else {
        // At the version that was compared: what arrives meanwhile is merged, and never taken for what was looked at.
        programme.edit(&replica.home.device, &compared.key, Some(&at), &edits, now())?
    };
    let decided = |element: &&Element| these.iter().any(|one| one.key == element.key);
    let waiting = compared.elements.iter().filter(|element| element.waits() && !decided(element));
    Ok(Adapted {
        waiting: waiting.map(name).collect(),
        decided: these.iter().map(|element| name(element)).collect(),
        changed: changed(&programme, compared.key, change, connected)?,
    })
}
