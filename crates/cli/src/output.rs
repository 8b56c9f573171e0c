//! Output: data to standard output, status to standard error, and meaning that survives without colour.

mod outline;
mod page;
mod paint;
mod time;

use std::io::{ErrorKind, Write as _};
use std::process::ExitCode;

use accord_core::api::{Problem, VERSION};
use serde_json::{Value, json};

pub(crate) use outline::{bare, outline};
pub(crate) use page::{Page, Report};
pub(crate) use paint::Paint;
pub(crate) use time::{ago, iso, now};

/// Writes data. A reader that went away, such as a pager that was closed, has read what it wanted.
///
/// # Errors
/// Any other failure, such as a full disk behind a redirection: data that is not written is no success.
pub(crate) fn data(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes status. Where that is not possible there is nobody to tell.
pub(crate) fn status(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// An answer as JSON, with the version of its structure. What is a list goes under a key.
///
/// # Errors
/// A problem if the answer has no JSON form.
pub(crate) fn json<T: serde::Serialize>(key: &str, answer: &T) -> Result<String, Problem> {
    let value = serde_json::to_value(answer).map_err(|error| Problem::from_error(&error))?;
    let versioned = match value {
        Value::Object(mut fields) => {
            fields.insert("version".into(), VERSION.into());
            Value::Object(fields)
        }
        other => json!({ key: other, "version": VERSION }),
    };
    let mut text = serde_json::to_string_pretty(&versioned).map_err(|error| Problem::from_error(&error))?;
    text.push('\n');
    Ok(text)
}

/// Says what went wrong and what to do next.
pub(crate) fn problem(problem: &Problem, as_json: bool, paint: Paint) {
    if as_json && let Ok(text) = json("problem", &json!({ "problem": problem })) {
        return status(&text);
    }
    let mut text = format!("{} {}\n", paint.bad("error:"), problem.message);
    if let Some(hint) = &problem.hint {
        text.push_str(&format!("{} {hint}\n", paint.strong("hint:")));
    }
    status(&text);
}

/// Prints help, the version, or what is wrong with the arguments.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}
