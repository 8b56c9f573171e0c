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

/// The language of this system, as it names it.
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
            fields.insert("version".into(), VERSION.into());
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
    } else {
        let _ = error.print();
    }
    ExitCode::from(Exit::Usage.code())
}

/// What is wrong with the arguments as a problem: what clap says first is what happened, the rest is what to do.
fn misuse(error: &clap::Error) -> Problem {
    let text = error.render().to_string();
    let text = text.trim().strip_prefix("error: ").unwrap_or(text.trim());
    let (message, hint) = text.split_once("\n\n").unwrap_or((text, ""));
    let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let problem = Problem::failed(in_one_line(message)).exit(Exit::Usage);
    if hint.is_empty() { problem } else { problem.hint(in_one_line(hint)) }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::arguments::Arguments;

    #[test]
    fn wrong_arguments_are_a_problem_like_any_other() {
        let wrong = |line: &str| misuse(&Arguments::try_parse_from(line.split(' ')).unwrap_err());
        let set = wrong("accord --json set");
        assert_eq!(set.exit, Exit::Usage);
        assert!(set.message.starts_with("the following required arguments were not provided: <"), "{set}");
        assert!(set.hint.unwrap().starts_with("Usage: accord"));
        let listen = wrong("accord node --listen garbage");
        assert!(listen.message.contains("write it as /ip4/"), "{listen}");
        assert_eq!(listen.exit, Exit::Usage);
    }
}
