//! Arguments of the commands about documents.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// What kind of document, such as framework
    pub(crate) kind: String,
    /// Its name
    pub(crate) name: String,
    /// Take over its elements from this document, the regional programme
    #[arg(long, value_name = "DOCUMENT")]
    pub(crate) template: Option<String>,
    /// Fill it from this file, YAML or JSON; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// The space that it lives in, by its name; `private` stays on your own devices. Without it, the programme's
    #[arg(long, value_name = "SPACE")]
    pub(crate) space: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DocumentArgument {
    /// The document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: String,
}

#[derive(Debug, Args)]
pub(crate) struct LogArguments {
    /// The document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: String,
    /// Only the newest so many changes
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) last: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: String,
    /// Check also that there are rates for totals in this currency
    #[arg(long, value_name = "CURRENCY")]
    pub(crate) currency: Option<String>,
    /// Leave out the first so many findings, which were told before
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true)]
    pub(crate) skip: u32,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: String,
    /// A ratified version, such as v1; or draft, which is the document as it is now
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// The form that was signed, byte by byte, instead of one for people
    #[arg(long, requires = "version")]
    pub(crate) canonical: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlaceArguments {
    /// The document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: String,
    /// Where in it, such as activities.TN-A03.status
    pub(crate) path: String,
}

#[derive(Debug, Args)]
pub(crate) struct SetArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    /// The value
    #[arg(allow_hyphen_values = true)]
    pub(crate) value: String,
}

#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    /// The fields of the item or row; for a paragraph, its text
    #[arg(value_name = "FIELD=VALUE", value_parser = field)]
    pub(crate) fields: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct RetireArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    /// Why, for the others to read
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum KindCommand {
    /// List the kinds that documents can have
    List,
    /// Show a kind, field by field
    Show {
        /// The kind, such as framework
        kind: String,
    },
    /// Say what is wrong with a kind's file; nothing is changed
    Check {
        /// The file, in YAML; `-` reads standard input
        file: PathBuf,
    },
    /// Add a kind from a file to the programme, or a newer version of one, for everybody
    Add {
        /// The file, in YAML; `-` reads standard input
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: String,
    /// From this version: v1, draft, the number of one that is put up, or a change as `accord log` names it; from the
    /// beginning if not given
    pub(crate) from: Option<String>,
    /// To this version; to now if not given
    pub(crate) to: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ConflictsArguments {
    /// Of this document only
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("how").multiple(false))]
pub(crate) struct ResolveArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    /// The value that stands from now on
    #[arg(allow_hyphen_values = true, group = "how")]
    pub(crate) value: Option<String>,
    /// This side stands from now on, by its number in `accord conflicts`
    #[arg(long, value_name = "N", group = "how")]
    pub(crate) choose: Option<usize>,
    /// All wordings stand from now on, as paragraphs one after the other
    #[arg(long, group = "how")]
    pub(crate) both: bool,
    /// It is right as it stands
    #[arg(long, group = "how")]
    pub(crate) confirm: bool,
    /// What was retired is brought back
    #[arg(long, group = "how")]
    pub(crate) reinstate: bool,
    /// What came to something retired goes to this item
    #[arg(long, value_name = "ITEM", group = "how")]
    pub(crate) move_to: Option<String>,
    /// Which, where several things are open at one place, such as review
    #[arg(long, value_name = "WHAT")]
    pub(crate) what: Option<String>,
    /// Only what was shown with this in `accord conflicts --json`; without it, what was shown here last
    #[arg(long, value_name = "SEEN")]
    pub(crate) seen: Option<String>,
    /// Why, for the others to read
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: Option<String>,
}

/// `status=agreed` is a field; anything that does not begin with the name of a field is a paragraph's text, which may
/// well have an equals sign in it.
fn field(text: &str) -> Result<(String, String), String> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    match text.split_once('=') {
        Some((name, value)) if is_name(name) => Ok((name.to_owned(), value.to_owned())),
        _ => Ok((String::new(), text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn fields_and_paragraphs_are_told_apart() {
        let pair = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(field("budget.2013.EUR=100000"), pair("budget.2013.EUR", "100000"));
        assert_eq!(field("title.fr=A = B"), pair("title.fr", "A = B"));
        assert_eq!(field("Two and two = four."), pair("", "Two and two = four."));
    }
}
