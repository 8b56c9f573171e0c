//! Everything that help says has French, and no French is left of what it does not say any more.

use std::collections::BTreeSet;

use clap::CommandFactory as _;

use super::*;
use crate::arguments::Arguments;

/// Every line of help of a command and all below it, in English.
fn lines(command: &Command, found: &mut BTreeSet<String>) {
    let mut texts: Vec<String> = [command.get_about(), command.get_long_about(), command.get_after_help()]
        .into_iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    for arg in command.get_arguments() {
        texts.extend([arg.get_help(), arg.get_long_help()].into_iter().flatten().map(ToString::to_string));
        if !arg.get_action().takes_values() {
            continue;
        }
        texts.extend(arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string));
        let values = arg.get_possible_values();
        texts.extend(values.iter().filter_map(|value| value.get_help()).map(ToString::to_string));
    }
    found.extend(texts.iter().flat_map(|text| text.split("\n\n")).map(|line| line.trim().to_owned()));
    command.get_subcommands().for_each(|below| lines(below, found));
}

#[test]
fn every_line_of_help_has_french_and_nothing_else_has() {
    let mut command = Arguments::command();
    command.build();
    let mut said = BTreeSet::new();
    lines(&command, &mut said);
    let stop = |line: &str| line.trim_end_matches('.').to_owned();
    let known: BTreeSet<String> = accord_words::helped().map(stop).collect();
    let said: BTreeSet<String> = said.iter().filter(|line| !line.is_empty()).map(|line| stop(line)).collect();
    let without: Vec<&String> = said.difference(&known).collect();
    assert!(without.is_empty(), "add French to locales/fr/help.txt for: {without:#?}");
    let left: Vec<&String> = known.difference(&said).collect();
    assert!(left.is_empty(), "remove from locales/fr/help.txt: {left:#?}");
}

#[test]
fn french_help_leaves_commands_and_options_as_they_are() {
    let mut command = in_french(Arguments::command());
    let text = command.render_long_help().to_string();
    assert!(text.contains("Usage\u{a0}: accord [OPTIONS] [COMMANDE]"), "{text}");
    assert!(text.contains("Commandes\u{a0}:"), "{text}");
    assert!(text.contains("Fonder un programme"), "{text}");
    assert!(text.contains("--home <DOSSIER>"), "{text}");
    for english in ["Print", "Usage:", "[default", "[possible", "Commands:", "Options:"] {
        assert!(!text.contains(english), "{english}: {text}");
    }
    let read = command.try_get_matches_from(["accord", "set", "Tunisie", "country", "TN"]).unwrap();
    assert_eq!(read.subcommand_name(), Some("set"));
}
