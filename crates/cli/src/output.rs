//! Output: data to standard output, status to standard error, and meaning that survives without colour.

mod clean;
mod outline;
mod page;
mod paint;
mod time;

use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::process::ExitCode;

use accord_core::api::{Exit, Problem, VERSION};
use accord_words::say;
use serde_json::{Value, json};

use crate::arguments::Color;
use crate::misuse::{misuse, said_by_clap};

pub(crate) use clean::{clean, without_isolate};
pub(crate) use outline::{bare, outline};
pub(crate) use page::{Page, Report};
pub(crate) use paint::Paint;
pub(crate) use time::{ago, iso, now};

/// Writes data, as it may be shown; a file that is to be read back goes as it is to whatever is no terminal. A reader that went away, such as a pager that was closed, has read what it wanted.
///
/// # Errors
/// Any other failure, such as a full disk behind a redirection: data that is not written is no success.
pub(crate) fn data(text: &str, exact: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let text: Cow<'_, str> =
        if exact && !out.is_terminal() { Cow::Borrowed(text) } else { Cow::Owned(clean(text)) };
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// The language of this system, as it names it: the first that is set of those variables, in the order of POSIX.
pub(crate) fn locale() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default()
}

/// Writes status, as it may be shown. Where that is not possible there is nobody to tell.
pub(crate) fn status(text: &str) {
    let _ = std::io::stderr().lock().write_all(clean(text).as_bytes());
}

/// An answer as JSON, with the version of its structure. What is a list goes under a key.
///
/// # Errors
/// A problem if the answer has no JSON form.
pub(crate) fn json<T: serde::Serialize>(key: &str, answer: &T) -> Result<String, Problem> {
    let value = serde_json::to_value(answer).map_err(|error| Problem::from_error(&error))?;
    let versioned = match value {
        Value::Object(mut fields) => {
            // What has a version of its own, as a kind has, keeps it beside that of the structure.
            if let Some(own) = fields.insert("version".into(), VERSION.into()) {
                fields.insert("its_version".into(), own);
            }
            Value::Object(fields)
        }
        other => json!({ key: other, "version": VERSION }),
    };
    let text = serde_json::to_string_pretty(&versioned).map_err(|error| Problem::from_error(&error))?;
    Ok(clean::escaped(&text) + "\n")
}

/// Says what went wrong and what to do next.
pub(crate) fn problem(problem: &Problem, as_json: bool, paint: Paint) {
    if as_json && let Ok(text) = json("problem", &json!({ "problem": problem })) {
        return status(&text);
    }
    let mut text = format!("{} {}\n", paint.bad(&say!("error")), problem.message);
    if let Some(hint) = &problem.hint {
        text.push_str(&format!("{} {hint}\n", paint.strong(&say!("hint"))));
    }
    status(&text);
}

/// Prints help, the version, or what is wrong with the arguments.
pub(crate) fn usage(error: &clap::Error, as_json: bool) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if as_json {
        problem(&misuse(error), true, Paint::choose(Color::Never, &std::io::stderr()));
    } else if !said_by_clap() {
        problem(&misuse(error), false, Paint::choose(Color::Auto, &std::io::stderr()));
    } else {
        let _ = error.print();
    }
    ExitCode::from(Exit::Usage.code())
}
