//! Base, template and country, element by element.

use std::collections::{BTreeMap, BTreeSet};

use accord_document::Kind;
use accord_document::kind::{Field, FieldType};
use accord_words::{hint, say};
use serde_json::{Map, Value};

use super::{ORIGIN, SEEN, Template, VERSION, inner, pick, shared};
use crate::model::{items, path_name, retired, string};

/// How an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementState {
    /// The same in the template and here.
    Unchanged,
    /// The template moved and the country did not: offered.
    Moved,
    /// Adapted here, and the template is as it was: kept.
    Adapted,
    /// Both moved: people choose.
    BothMoved,
    /// New in the template: offered.
    New,
    /// Withdrawn from the template, and still here.
    Withdrawn,
}

/// One element.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// What `adopt` and `decline` take: `objective`, `pillars:ID`, `pillars:ID:title`.
    pub key: String,
    /// Its path in the country's document, if it is there.
    pub path: Option<String>,
    /// What people call it: `objective`, `pillars P1 title`.
    pub label: String,
    /// How it stands.
    pub state: ElementState,
    /// What both began with.
    pub base: Option<Value>,
    /// What the template says now.
    pub template: Option<Value>,
    /// What the country says.
    pub country: Option<Value>,
}

impl Element {
    /// Whether it waits for somebody to choose.
    #[must_use]
    pub fn waits(&self) -> bool {
        !matches!(self.state, ElementState::Unchanged | ElementState::Adapted)
    }
}

/// A version of the template that is needed and was not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("template-version-missing"))]
pub struct MissingVersion {
    /// As the document remembers it.
    pub version: String,
}

impl MissingVersion {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        hint!("template-version-missing")
    }
}

/// The versions of the template whose views [`compare`] needs, beside the one of now.
#[must_use]
pub fn versions_needed(country: &Value) -> BTreeSet<String> {
    let seen = country.get(SEEN).and_then(Value::as_object);
    let seen = seen.into_iter().flat_map(|map| map.values()).filter_map(Value::as_str);
    country.get(VERSION).and_then(Value::as_str).into_iter().chain(seen).map(str::to_owned).collect()
}

pub(super) fn state(base: Option<&Value>, template: Option<&Value>, country: Option<&Value>) -> ElementState {
    match (base, template, country) {
        _ if template == country => ElementState::Unchanged,
        _ if template == base => ElementState::Adapted,
        (_, None, Some(_)) => ElementState::Withdrawn,
        (None, Some(_), None) => ElementState::New,
        _ if country == base => ElementState::Moved,
        _ => ElementState::BothMoved,
    }
}

/// Compares. `versions` holds views of the template by version, see [`versions_needed`].
///
/// # Errors
/// If a version that an element was last decided at is not among them.
pub fn compare(
    kind: &Kind,
    template: &Template<'_>,
    versions: &BTreeMap<String, Value>,
    country: &Value,
) -> Result<Vec<Element>, MissingVersion> {
    let compare = Compare { template, versions, country };
    let mut all = Vec::new();
    for field in shared(&kind.fields, &template.kind.fields) {
        if let FieldType::Set(_) = field.ty {
            compare.set(field, &mut all)?;
        } else {
            let base = compare.base(&field.name)?;
            let path = Some(field.name.clone());
            let values = [base.get(&field.name), template.view.get(&field.name), country.get(&field.name)];
            all.extend(element(field.name.clone(), path, field.name.clone(), values));
        }
    }
    Ok(all)
}

fn element(key: String, path: Option<String>, label: String, values: [Option<&Value>; 3]) -> Option<Element> {
    let [base, template, country] = values;
    if values.iter().all(Option::is_none) {
        return None;
    }
    let state = state(base, template, country);
    let [base, template, country] = values.map(|value| value.cloned());
    Some(Element { key, path, label, state, base, template, country })
}

struct Compare<'a> {
    template: &'a Template<'a>,
    versions: &'a BTreeMap<String, Value>,
    country: &'a Value,
}

type Item<'v> = (&'v str, &'v Map<String, Value>);

impl Compare<'_> {
    /// The template as it was when somebody here last decided about the element, or when the
    /// document was made. A document that was made from no template began with nothing.
    fn base(&self, key: &str) -> Result<&Value, MissingVersion> {
        let seen = self.country.get(SEEN).and_then(|seen| seen.get(key)).and_then(Value::as_str);
        match seen.or_else(|| self.country.get(VERSION).and_then(Value::as_str)) {
            None => Ok(&Value::Null),
            Some(version) if version == self.template.version => Ok(self.template.view),
            Some(version) => {
                self.versions.get(version).ok_or_else(|| MissingVersion { version: version.to_owned() })
            }
        }
    }

    fn set(&self, field: &Field, all: &mut Vec<Element>) -> Result<(), MissingVersion> {
        let fields = inner(field, self.template.kind);
        let set = &field.name;
        let theirs: Vec<Item<'_>> = living(self.template.view, set);
        let ours: Vec<Item<'_>> = living(self.country, set);
        let mut origins: Vec<&str> = theirs.iter().map(|(_, item)| string(item, "id")).collect();
        let own = ours.iter().map(|(_, item)| string(item, ORIGIN)).filter(|origin| !origin.is_empty());
        origins.extend(own);
        let mut done = BTreeSet::new();
        for origin in origins.into_iter().filter(|origin| done.insert(*origin)) {
            let their = theirs.iter().find(|(_, item)| string(item, "id") == origin);
            let our = ours.iter().find(|(_, item)| string(item, ORIGIN) == origin);
            let key = format!("{set}:{origin}");
            let base_item =
                |view| living(view, set).into_iter().find(|(_, item)| string(item, "id") == origin);
            let path = our.map(|(name, item)| format!("{set}.{}", path_name(name, item)));
            let code = our.or(their).map_or("", |(_, item)| string(item, "code"));
            match (their, our) {
                (Some((_, their)), Some((_, our))) => {
                    for field in &fields {
                        let key = format!("{key}:{}", field.name);
                        let base = base_item(self.base(&key)?);
                        let values = [
                            base.and_then(|(_, item)| item.get(&field.name)),
                            their.get(&field.name),
                            our.get(&field.name),
                        ];
                        let path = path.as_ref().map(|path| format!("{path}.{}", field.name));
                        all.extend(element(key, path, format!("{set} {code} {}", field.name), values));
                    }
                }
                (their, our) => {
                    let base = base_item(self.base(&key)?);
                    let whole = |item: Option<&Item<'_>>| item.map(|(_, item)| pick(item, &fields));
                    let values = [whole(base.as_ref()), whole(their), whole(our)];
                    let values = [values[0].as_ref(), values[1].as_ref(), values[2].as_ref()];
                    all.extend(element(key, path, format!("{set} {code}"), values));
                }
            }
        }
        Ok(())
    }
}

fn living<'v>(view: &'v Value, set: &str) -> Vec<Item<'v>> {
    items(view, set).into_iter().filter(|(_, item)| !retired(item)).collect()
}
