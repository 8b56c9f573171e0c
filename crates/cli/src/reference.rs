//! docs/cli.md, made from the arguments themselves, so that it cannot say anything else than `--help`.

use clap::{Arg, Command, CommandFactory as _};

use crate::arguments::Arguments;

/// What stands before the commands, for those who write scripts.
const INTRODUCTION: &str = include_str!("reference/introduction.md");

/// The reference of all commands as Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut root = Arguments::command();
    root.build();
    let mut text = format!("{}\n", INTRODUCTION.trim_end());
    section(&root, &mut text);
    text
}

fn section(command: &Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    text.push_str(&format!("\n## `{name}`\n\n"));
    if let Some(about) = command.get_long_about().or_else(|| command.get_about()) {
        text.push_str(&format!("{}\n\n", about.to_string().trim()));
    }
    let usage = command.clone().render_usage().to_string();
    text.push_str(&format!("```text\n{}\n```\n", usage.trim_start_matches("Usage:").trim()));
    let is_root = !name.contains(' ');
    let own: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set() && (is_root || !arg.is_global_set()))
        .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"))
        .collect();
    if !own.is_empty() {
        text.push_str("\n| | |\n| --- | --- |\n");
    }
    for arg in own {
        text.push_str(&format!("| `{}` | {} |\n", spelled(arg), described(arg)));
    }
    for below in command.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help") {
        section(below, text);
    }
}

fn spelled(arg: &Arg) -> String {
    let values = || {
        let names = arg.get_value_names().unwrap_or_default();
        names.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(" ")
    };
    match (arg.get_long(), arg.get_short()) {
        (Some(long), _) if arg.get_action().takes_values() => format!("--{long} {}", values()),
        (Some(long), Some(short)) => format!("--{long}, -{short}"),
        (Some(long), None) => format!("--{long}"),
        _ => values(),
    }
}

fn described(arg: &Arg) -> String {
    let mut words = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let possible: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|_| arg.get_action().takes_values())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !possible.is_empty() {
        words.push_str(&format!(" ({})", possible.join(", ")));
    }
    if let Some(default) = arg.get_default_values().first().filter(|_| arg.get_action().takes_values()) {
        words.push_str(&format!("; `{}` if not given", default.to_string_lossy()));
    }
    if let Some(variable) = arg.get_env() {
        words.push_str(&format!("; else the variable `{}`", variable.to_string_lossy()));
    }
    words.replace('|', "\\|")
}
