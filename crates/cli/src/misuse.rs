//! Arguments that cannot be read, as a problem like any other: what is wrong, and how it is used.

use accord_core::api::{Exit, Problem};
use accord_words::{Language, problem, say};
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What is wrong with the arguments.
pub(crate) fn misuse(error: &clap::Error) -> Problem {
    let (of, known) = (|kind| text(error, kind), |kind| list(error, kind));
    let argument = of(ContextKind::InvalidArg);
    let value = of(ContextKind::InvalidValue);
    let problem = match error.kind() {
        ErrorKind::MissingRequiredArgument => {
            problem!("misuse-missing", arguments = known(ContextKind::InvalidArg).join(" "))
        }
        ErrorKind::InvalidValue if value.is_empty() => problem!("misuse-no-value", argument),
        ErrorKind::InvalidValue => {
            problem!("misuse-value", argument, value, known = known(ContextKind::ValidValue).join(", "))
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            problem!("misuse-validation", argument, value, why)
        }
        ErrorKind::UnknownArgument => problem!("misuse-unknown", argument),
        ErrorKind::InvalidSubcommand => {
            problem!("misuse-command", command = of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            problem!("misuse-no-command")
        }
        ErrorKind::ArgumentConflict => {
            problem!("misuse-conflict", argument, others = known(ContextKind::PriorArg).join(", "))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            problem!("misuse-number", argument)
        }
        _ => problem!("misuse-other", what = first_line(error)),
    };
    let hints = [nearest(error), usage(error)].into_iter().flatten().chain(problem.hint.clone());
    let hint = hints.collect::<Vec<_>>().join("\n");
    let problem = problem.exit(Exit::Usage);
    if hint.is_empty() { problem } else { problem.hint(hint) }
}

/// Whether clap says it as it is to be said: in English it does, with colour.
pub(crate) fn said_by_clap() -> bool {
    accord_words::current().language == Language::English
}

fn nearest(error: &clap::Error) -> Option<String> {
    let kinds = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let near: Vec<String> = kinds.into_iter().flat_map(|kind| list(error, kind)).collect();
    (!near.is_empty()).then(|| say!("misuse-near", near = near.join(", ")))
}

fn usage(error: &clap::Error) -> Option<String> {
    let usage = text(error, ContextKind::Usage);
    let usage = usage.trim_start_matches("Usage:").split_whitespace().collect::<Vec<_>>().join(" ");
    (!usage.is_empty()).then(|| say!("misuse-usage", usage))
}

fn text(error: &clap::Error, kind: ContextKind) -> String {
    error.get(kind).map(ToString::to_string).unwrap_or_default()
}

fn list(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::Strings(all)) => all.clone(),
        Some(ContextValue::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

fn first_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let text = text.trim().strip_prefix("error: ").unwrap_or(text.trim());
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use accord_words::{Speech, within};
    use clap::Parser as _;

    use super::*;
    use crate::arguments::Arguments;

    fn wrong(line: &str) -> Problem {
        misuse(&Arguments::try_parse_from(line.split(' ')).unwrap_err())
    }

    #[test]
    fn wrong_arguments_are_a_problem_like_any_other() {
        let set = wrong("accord --json set");
        assert_eq!(set.exit, Exit::Usage);
        assert!(set.message.starts_with("the following required arguments were not provided: <"), "{set}");
        assert!(set.hint.unwrap().starts_with("usage: accord"));
        let listen = wrong("accord node --listen garbage");
        assert!(listen.message.contains("write it as /ip4/"), "{listen}");
        assert_eq!(listen.exit, Exit::Usage);
    }

    #[test]
    fn they_are_told_in_french_too() {
        within(Speech { language: Language::French, isolate: false }, || {
            for (line, says) in [
                ("accord set", "ces arguments manquent"),
                ("accord shw Tunisie", "il n'y a pas de commande «\u{a0}shw\u{a0}»"),
                ("accord list --al", "il n'y a pas d'option «\u{a0}--al\u{a0}»"),
                ("accord report money", "«\u{a0}money\u{a0}» n'est pas une valeur"),
                ("accord invite --valid 600d", "un ticket est valable un an au plus"),
                ("accord node --listen x", "écrivez-la comme /ip4/"),
                ("accord resolve T p v --both --why x", "ne vont pas ensemble"),
            ] {
                let problem = wrong(line);
                assert!(problem.message.contains(says), "{line}: {problem}");
                assert!(!problem.hint.unwrap_or_default().contains("try"), "{line}");
            }
        });
    }
}
