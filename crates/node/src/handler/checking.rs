//! Checks of a document, with everything that they know beside it. Ratifying asks the same.

use std::collections::BTreeMap;

use accord_core::OrganisationId;
use accord_core::api::{CheckFinding, CheckView, Problem};
use accord_core::governance::{Governance, Operation, Subject};
use accord_document::{Document, Hash};
use accord_framework::check::{Context, Finding, Open, Organisation, Other, Severity, check};
use accord_framework::model::{Rate, Request, rates, request};
use accord_framework::template::{Template, compare, heads, version, versions_needed};
use accord_framework::{Messages, template};
use serde_json::Value;

use super::conflicts;
use super::documents::read_problem;
use super::part::Part;
use super::{reporting, versions};
use crate::replica::{DocumentKey, Programme, Reading, Replica};
use crate::time::{day, now};

/// What checks know beside the document itself.
pub(super) struct Surroundings {
    document: String,
    today: String,
    open: Vec<Open>,
    organisations: Vec<Organisation>,
    documents: Vec<Other>,
    requests: Vec<Request>,
    rates: Vec<Rate>,
    template_moved: Vec<String>,
    currency: Option<String>,
}

impl Surroundings {
    /// Gathers them for one document, whose content is given as it is to be checked: now, or at a version.
    fn of(
        programme: &Programme,
        reading: &Reading,
        document: &Document,
        view: &Value,
    ) -> Result<Self, Problem> {
        let kind = reading.kind()?;
        let summaries = programme.summaries()?;
        let others = |kind: &str| -> Vec<DocumentKey> {
            summaries.iter().filter(|(_, summary)| summary.kind == kind).map(|(key, _)| *key).collect()
        };
        // Rates and requests matter to money and to countries; no other document is read for the rest.
        let mut all_rates = Vec::new();
        let mut requests = Vec::new();
        if kind.name == "framework" {
            for view in views(programme, &others("programme"))? {
                all_rates.extend(rates(&view));
            }
            requests = views(programme, &others("request"))?.iter().map(request).collect();
        }
        Ok(Self {
            document: reading.document.name().unwrap_or_else(|| reading.key.id.short()),
            today: day(now()),
            open: open(document, reading)?,
            organisations: organisations(&programme.governance()),
            documents: summaries
                .iter()
                .map(|(key, summary)| Other {
                    id: key.id.to_string(),
                    name: summary.name.clone(),
                    kind: summary.kind.clone(),
                })
                .collect(),
            requests,
            rates: all_rates,
            template_moved: template_moved(programme, reading, view)?,
            currency: None,
        })
    }

    fn context(&self) -> Context<'_> {
        Context {
            document: &self.document,
            today: &self.today,
            open: &self.open,
            organisations: Some(&self.organisations),
            documents: Some(&self.documents),
            requests: &self.requests,
            template_moved: &self.template_moved,
            currency: self.currency.as_deref(),
            rates: &self.rates,
        }
    }
}

/// Everything that is wrong with a document at a version, errors first: what `accord check` shows, and what stops
/// ratifying. Reads governance itself: never call it while holding that.
pub(super) fn findings(
    programme: &Programme,
    reading: &Reading,
    at: &[Hash],
) -> Result<Vec<Finding>, Problem> {
    findings_in(programme, reading, at, None)
}

/// The same, where totals are wanted in a currency.
fn findings_in(
    programme: &Programme,
    reading: &Reading,
    at: &[Hash],
    currency: Option<&str>,
) -> Result<Vec<Finding>, Problem> {
    let kind = reading.kind()?;
    let then = match at == reading.document.heads() {
        true => None,
        false => Some(reading.document.fork_at(at).map_err(|e| Problem::from_error(&e))?),
    };
    let document = then.as_ref().unwrap_or(&reading.document);
    let view = document.view(kind, None).map_err(|e| read_problem(&e))?;
    let mut around = Surroundings::of(programme, reading, document, &view)?;
    around.currency = currency.map(str::to_owned);
    Ok(check(kind, &view, &around.context()))
}

/// As many findings as one answer tells: more than anybody mends before they check again, and few enough that the first,
/// which are the errors, are still on the screen.
const TOLD: usize = 200;

/// What `check` was asked.
pub(super) struct Asked<'a> {
    pub(super) document: &'a str,
    pub(super) currency: Option<&'a str>,
    pub(super) skip: usize,
    pub(super) locale: &'a str,
}

/// `check`.
pub(super) fn checked(replica: &Replica, asked: &Asked<'_>) -> Result<CheckView, Problem> {
    let programme = replica.programme()?;
    let reading = programme.read(&programme.find(asked.document)?)?;
    let currency = asked.currency.map(reporting::currency).transpose()?;
    let found = findings_in(&programme, &reading, &reading.document.heads(), currency.as_deref())?;
    let messages = Messages::new(asked.locale);
    let errors = found.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = found.len() - errors;
    let told = found.iter().map(|finding| in_words(&messages, finding)).collect();
    let part = Part::of(told, asked.skip, TOLD);
    let name = reading.document.name().unwrap_or_else(|| reading.key.id.short());
    Ok(CheckView {
        document: reading.key.id,
        since_version: versions::since(&name, reading.last_version().as_ref()),
        name,
        errors,
        warnings,
        findings: part.items,
        skipped: part.before,
        more: part.after,
    })
}

/// A finding as an answer, in the language of whoever asks.
pub(super) fn in_words(messages: &Messages, finding: &Finding) -> CheckFinding {
    CheckFinding {
        error: finding.severity == Severity::Error,
        id: finding.message.id.to_owned(),
        path: finding.path.clone(),
        sentence: messages.say(&finding.message),
        hint: messages.hint(&finding.message),
        command: finding.command.clone(),
    }
}

pub(super) fn views(programme: &Programme, keys: &[DocumentKey]) -> Result<Vec<Value>, Problem> {
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        let reading = programme.read(key)?;
        if let Ok(kind) = &reading.kind {
            all.push(reading.document.view(kind, None).map_err(|e| read_problem(&e))?);
        }
    }
    Ok(all)
}

fn open(document: &Document, reading: &Reading) -> Result<Vec<Open>, Problem> {
    let found = document.findings(reading.kind()?).into_iter();
    let open = |finding: accord_document::Finding| Open {
        what: finding.what,
        path: conflicts::place(&finding).to_owned(),
        label: finding.label,
    };
    Ok(found.map(open).collect())
}

/// Everyone who takes or took part; of those who left, when, as the decision's signers say.
fn organisations(governance: &Governance) -> Vec<Organisation> {
    let members = governance.memberships();
    let known = governance.organisations().into_iter();
    known
        .filter_map(|id| {
            let card = &governance.card(&id)?.organisation;
            let kind = members.get(&id).map(|membership| membership.kind);
            Some(Organisation {
                id: id.to_string(),
                names: vec![card.code.clone(), card.name.clone()],
                role: kind.map_or("member", accord_core::api::kind_word).to_owned(),
                left: kind.is_none().then(|| left(governance, &id)),
            })
        })
        .collect()
}

fn left(governance: &Governance, organisation: &OrganisationId) -> String {
    let versions = governance.versions(&Subject::Membership(*organisation));
    let removal =
        versions.iter().rev().find(|(_, _, decision)| matches!(decision.operation, Operation::Remove));
    let state = removal.and_then(|(_, id, _)| governance.decision(id));
    let time = state.and_then(|state| state.proposals.values().min().copied());
    day(time.unwrap_or_default())
}

/// The elements of the template that moved since they were considered here. A template that is not here, or not in the
/// version that is needed, is no reason to find fault with the country's document.
fn template_moved(programme: &Programme, reading: &Reading, view: &Value) -> Result<Vec<String>, Problem> {
    let Some(document) = view.get(template::DOCUMENT).and_then(Value::as_str) else { return Ok(Vec::new()) };
    let summaries = programme.summaries()?;
    let Some(key) = summaries.keys().find(|key| key.id.to_string() == document) else {
        return Ok(Vec::new());
    };
    let held = programme.read(key)?;
    let Ok(kind) = held.kind() else { return Ok(Vec::new()) };
    let now = held.document.view(kind, None).map_err(|e| read_problem(&e))?;
    let mut versions = BTreeMap::new();
    for needed in versions_needed(view) {
        let then = heads(&needed).and_then(|heads| held.document.view(kind, Some(&heads)).ok());
        versions.extend(then.map(|then| (needed, then)));
    }
    let current = version(&held.document.heads());
    let template = Template { document, version: &current, kind, view: &now };
    let Ok(elements) = compare(reading.kind()?, &template, &versions, view) else { return Ok(Vec::new()) };
    Ok(elements.into_iter().filter(|element| element.waits()).map(|element| element.key).collect())
}
