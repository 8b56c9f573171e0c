//! The command line: commands, output and the editor loop.
//!
//! A command turns its arguments into one request, or a few, and its answer into words. Standard output is data,
//! standard error is status; the exit code says how it went (0 done, 1 refused or failed, 2 used wrongly, 3 a person
//! is needed, 4 the node cannot be reached). What a command does lives in the node; nothing here knows of documents
//! or the network.

mod app;
mod arguments;
mod commands;
mod demo;
mod editor;
mod help;
mod misuse;
mod output;
mod passphrase;
mod reference;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use accord_words::{Language, Speech};
use clap::{CommandFactory as _, FromArgMatches as _};

pub use reference::markdown;

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().map(output::without_isolate).collect();
    // Help, and what is wrong with the arguments, are said before the arguments are read.
    let language = asked_language(&given).unwrap_or_else(|| Language::of(&output::locale()));
    accord_words::speak(Speech { language, isolate: false });
    let arguments = match commanded(language).try_get_matches_from(&given) {
        Ok(matches) => arguments::Arguments::from_arg_matches(&matches),
        Err(error) => Err(error),
    };
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error, asks_for_json(given.into_iter())),
    };
    let (app, command) = app::App::new(arguments);
    match commands::run(&app, command) {
        Ok(report) => app.finish(&report),
        Err(problem) => app.fail(&problem),
    }
}

/// The commands, told in a language.
pub(crate) fn commanded(language: Language) -> clap::Command {
    let command = arguments::Arguments::command();
    match language {
        Language::English => command,
        Language::French => help::in_french(command),
    }
}

/// The language that `--lang` names among arguments that are not read yet. After `--` it would be a value.
fn asked_language(arguments: &[OsString]) -> Option<Language> {
    let mut arguments = arguments.iter().skip(1).take_while(|argument| *argument != "--");
    while let Some(argument) = arguments.next() {
        let argument = argument.to_str().unwrap_or_default();
        let named = match argument.strip_prefix("--lang") {
            Some("") => arguments.next()?.to_str()?,
            Some(rest) => rest.strip_prefix('=').unwrap_or_default(),
            None => continue,
        };
        return Language::ALL.into_iter().find(|language| language.code() == named);
    }
    None
}

/// Whether `--json` is among arguments that could not be read as a whole. After `--` it would be a value.
fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    arguments.skip(1).take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

#[test]
fn json_is_wanted_wherever_it_is_said() {
    let asks = |line: &str| asks_for_json(line.split(' ').map(OsString::from));
    assert!(asks("accord --json set"));
    assert!(asks("accord set --json"));
    assert!(!asks("accord set -- --json"));
}

#[test]
fn the_language_is_known_before_the_arguments_are_read() {
    let asked = |line: &str| asked_language(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
    assert_eq!(asked("accord --lang fr --help"), Some(Language::French));
    assert_eq!(asked("accord set --lang=en"), Some(Language::English));
    assert_eq!(asked("accord set -- --lang fr"), None);
    assert_eq!(asked("accord --lang de"), None);
}
