//! Lets a further organisation take part, and begins what it writes.

use std::path::Path;

use accord_core::DocumentId;
use serde_json::{Value, json};

use crate::Outcome;
use crate::line::ask;
use crate::node::Node;
use crate::office::Office;

/// Has both secretariats, whose nodes run, admit an office. Starts its node, which is in step when this returns.
pub(crate) fn admit(secretariats: [&Office; 2], office: &Office) -> Outcome<Node> {
    let ticket = secretariats[0].run(&["invite"])?;
    office.run(&["join", &ticket, "--yes"])?;
    let node = office.start()?;
    for secretariat in secretariats {
        secretariat.run(&["sync", "--wait", "60"])?;
        let open = ask(&secretariat.home, &json!({"request": "decisions", "all": false}))?;
        // By its id: of many decisions some have the same number.
        let id = first(&open, "id").ok_or("the request did not come")?;
        secretariat.run(&["sign", &id, "--confirm", &id])?;
    }
    office.run(&["sync", "--wait", "60"])?;
    Ok(node)
}

/// The first text of this name in an answer, wherever it stands.
fn first(answer: &Value, name: &str) -> Option<String> {
    match answer {
        Value::Object(fields) => match fields.get(name) {
            Some(text) => text.as_str().map(str::to_owned),
            None => fields.values().find_map(|value| first(value, name)),
        },
        Value::Array(items) => items.iter().find_map(|item| first(item, name)),
        _ => None,
    }
}

/// Has the running node of a home begin a framework.
///
/// # Errors
/// It cannot.
pub(crate) fn new(home: &Path, name: &str) -> Outcome<DocumentId> {
    let made = ask(home, &json!({"request": "new", "kind": "framework", "name": name}))?;
    Ok(first(&made, "document").ok_or("a document without an id")?.parse()?)
}
