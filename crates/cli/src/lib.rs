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
mod output;
mod passphrase;
mod reference;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

pub use reference::markdown;

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    let arguments =
        match arguments::Arguments::try_parse_from(std::env::args_os().map(output::without_isolate)) {
            Ok(arguments) => arguments,
            Err(error) => return output::usage(&error, asks_for_json(std::env::args_os())),
        };
    let (app, command) = app::App::new(arguments);
    match commands::run(&app, command) {
        Ok(report) => app.finish(&report),
        Err(problem) => app.fail(&problem),
    }
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
