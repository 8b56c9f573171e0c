//! Help in French.
//!
//! The arguments say in English what they are, beside their names, where whoever changes one sees it. In French the same
//! tree of commands is told anew from the catalogue, line by line; names of commands and options stay.

use accord_words::help_in_french;
use clap::builder::StyledStr;
use clap::{Arg, ArgAction, Command};

/// As help sets it, with French where clap says something of its own.
const TEMPLATE: &str = "{about-with-newline}\nUsage\u{a0}: {usage}\n\n{all-args}{after-help}";

/// A command and all below it, told in French.
pub(crate) fn in_french(command: Command) -> Command {
    let mut command = told(command);
    // Only then are there the commands and options that clap adds by itself.
    command.build();
    added(command)
}

fn told(command: Command) -> Command {
    let about = command.get_about().map(in_words);
    let long = command.get_long_about().map(in_words);
    let after = command.get_after_help().map(in_words);
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("Commandes\u{a0}")
        .subcommand_value_name("COMMANDE")
        .mut_args(argument)
        .mut_subcommands(told);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command
}

/// `--help`, `--version` and `help`.
fn added(command: Command) -> Command {
    let about = command.get_about().map(in_words);
    let command = command.mut_args(|arg| match arg.get_id().as_str() {
        "help" | "version" => argument(arg),
        _ => arg,
    });
    let command = match about {
        Some(about) if command.get_name() == "help" => command.about(about),
        _ => command,
    };
    command.help_template(TEMPLATE).mut_subcommands(added)
}

fn argument(arg: Arg) -> Arg {
    let heading = if arg.is_positional() { "Arguments\u{a0}" } else { "Options\u{a0}" };
    let takes = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let possible: Vec<(String, Option<String>)> = arg
        .get_possible_values()
        .iter()
        .filter(|value| takes && !value.is_hide_set())
        .map(|value| (value.get_name().to_owned(), value.get_help().map(in_words)))
        .collect();
    let mut notes = Vec::new();
    if let Some(variable) = arg.get_env() {
        notes.push(format!("[env\u{a0}: {}]", variable.to_string_lossy()));
    }
    if let Some(default) = arg.get_default_values().first().filter(|_| takes) {
        notes.push(format!("[par défaut\u{a0}: {}]", default.to_string_lossy()));
    }
    let names: Vec<&str> = possible.iter().map(|(name, _)| name.as_str()).collect();
    let short: Vec<String> = match names.as_slice() {
        [] => notes.clone(),
        names => notes.iter().cloned().chain([format!("[valeurs\u{a0}: {}]", names.join(", "))]).collect(),
    };
    let said = arg.get_help().map(in_words).unwrap_or_default();
    let longer = arg.get_long_help().map(in_words);
    let mut long = longer.unwrap_or_else(|| said.clone());
    if possible.iter().any(|(_, help)| help.is_some()) {
        long.push_str("\n\nValeurs\u{a0}:");
        for (name, help) in &possible {
            long.push_str(&format!("\n- {name}\u{a0}: {}", help.as_deref().unwrap_or_default()));
        }
    } else if let Some(values) = short.iter().find(|note| !notes.contains(note)) {
        notes.push(values.clone());
    }
    if !notes.is_empty() {
        long.push_str(&format!("\n\n{}", notes.join("\n")));
    }
    // Names of values have to live as long as the program: all that have French do.
    let given: Vec<String> =
        arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let given = if given.is_empty() { vec![arg.get_id().as_str().to_uppercase()] } else { given };
    let named: Option<Vec<&'static str>> =
        given.iter().map(|name| help_in_french(name)).collect::<Option<_>>().filter(|_| takes);
    let arg = arg
        .help_heading(heading)
        .help([vec![said], short].concat().join(" ").trim().to_owned())
        .long_help(long);
    if !takes {
        return arg;
    }
    let arg = arg.hide_env(true).hide_default_value(true).hide_possible_values(true);
    match named {
        Some(named) => arg.value_names(named),
        None => arg,
    }
}

/// What stands in paragraphs, each in French.
fn in_words(english: &StyledStr) -> String {
    let text = english.to_string();
    text.split("\n\n").map(line).collect::<Vec<_>>().join("\n\n")
}

/// One line in French; the full stop, which short help leaves out, is not part of what is looked for.
fn line(english: &str) -> String {
    let english = english.trim();
    let found = help_in_french(english).map(str::to_owned);
    found
        .or_else(|| {
            help_in_french(&format!("{english}.")).map(|french| french.trim_end_matches('.').to_owned())
        })
        .unwrap_or_else(|| english.to_owned())
}

#[cfg(test)]
mod tests;
