//! A framework as a whole: its period, pillars, testing, requests, template.

use serde_json::Value;

use super::{Found, Severity};
use crate::held::{Held, text};
use crate::message::Message;
use crate::model::{Framework, Request};

/// How long a request may wait.
const PATIENCE: i64 = 60;

pub(super) fn check(framework: &Framework, view: &Value, found: &mut Found<'_>) {
    let date = |name| Held::read(view.get(name), text);
    dates("period_end", &date("period_start"), &date("period_end"), found);
    pillars(framework, found);
    if framework.tests == 0 {
        let command = found.context.command(&["add", "DOC", "tests", "who=TEXT", "where=TEXT", "date=DATE"]);
        found.put(Severity::Error, "tests", Message::new("no-testing"), command);
    }
    if framework.indicators.is_empty() {
        let command = found.context.command(&["add", "DOC", "indicators", "code=CODE"]);
        found.put(Severity::Warning, "indicators", Message::new("no-indicator"), command);
    }
    for indicator in framework.indicators.iter().filter(|i| i.baseline.nothing()) {
        let path = format!("indicators.{}.baseline", indicator.code);
        let command = found.context.set(&path);
        let message = Message::new("no-baseline").with("indicator", indicator.code.clone());
        found.put(Severity::Warning, &path, message, command);
    }
    for element in found.context.template_moved {
        let command = found.context.command(&["template", "diff", "DOC", element]);
        let message = Message::new("template-moved").with("element", element.clone());
        found.put(Severity::Warning, element, message, command);
    }
    let own: Vec<&String> = framework.country.values().collect();
    for one in found.context.requests.iter().filter(|r| r.country.values().any(|c| own.contains(&c))) {
        request(one, found);
    }
}

/// An end before its start.
pub(super) fn dates(path: &str, start: &Held<String>, end: &Held<String>, found: &mut Found<'_>) {
    for start in start.values() {
        for end in end.values().filter(|end| *end < start) {
            let message =
                Message::new("dates-reversed").with("start", start.clone()).with("end", end.clone());
            found.error(path, message);
        }
    }
}

fn pillars(framework: &Framework, found: &mut Found<'_>) {
    for pillar in &framework.pillars {
        let used = framework
            .activities
            .iter()
            .filter(|activity| !activity.retired)
            .any(|activity| activity.shares.values().any(|shares| shares.contains_key(&pillar.code)));
        if !pillar.adapted && !used && pillar.not_applicable.nothing() {
            let path = format!("pillars.{}.not_applicable", pillar.code);
            found.error(&path, Message::new("pillar-empty").with("pillar", pillar.code.clone()));
        }
    }
    if framework.pillars.is_empty() {
        found.put(Severity::Error, "pillars", Message::new("no-pillars"), None);
    }
}

/// A request that nobody answered.
pub(super) fn request(request: &Request, found: &mut Found<'_>) {
    if let Some(days) = request.waiting(found.context.today).filter(|days| *days > PATIENCE) {
        let command = Some(["set", &request.name, "status", "VALUE"].map(str::to_owned).to_vec());
        let message = Message::new("request-waiting")
            .with("document", request.name.clone())
            .with("from", request.from.clone())
            .with("days", days);
        found.put(Severity::Warning, "", message, command);
    }
}
