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
mod reference;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

pub use reference::markdown;

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::usage(&error),
    };
    let (app, command) = app::App::new(arguments);
    match commands::run(&app, command) {
        Ok(report) => app.finish(&report),
        Err(problem) => app.fail(&problem),
    }
}
