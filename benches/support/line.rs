//! A line to a node's control socket: what the command line uses, without the start of a process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use accord_core::DocumentId;
use serde_json::{Value, json};

use crate::Outcome;

/// Asks the running node of a home one question.
///
/// # Errors
/// The node cannot be asked, or says what is wrong.
pub(crate) fn ask(home: &Path, request: &Value) -> Outcome<Value> {
    let folder = home.join("run");
    // A home with a long path has its socket elsewhere, and notes where.
    let noted = std::fs::read_to_string(folder.join("control.path")).ok().map(PathBuf::from);
    let mut line = UnixStream::connect(noted.unwrap_or_else(|| folder.join("control.sock")))?;
    line.write_all(format!("{request}\n").as_bytes())?;
    for answer in BufReader::new(line).lines() {
        let mut answer: Value = serde_json::from_str(&answer?)?;
        if let Some(problem) = answer.get("problem") {
            return Err(problem.to_string().into());
        }
        // Anything else tells how far it has come.
        if let Some(done) = answer.get_mut("ok") {
            return Ok(done.take());
        }
    }
    Err("the node said nothing".into())
}

/// The field that is written when an edit is measured.
const FIELD: &str = "lead_contacts";

/// Writes one value into a framework.
pub(crate) fn set(document: &DocumentId, value: &str) -> Value {
    json!({"request": "set", "document": document.to_string(), "path": FIELD, "value": value})
}

/// Reads it.
pub(crate) fn get(document: &DocumentId) -> Value {
    json!({"request": "get", "document": document.to_string(), "path": FIELD})
}
