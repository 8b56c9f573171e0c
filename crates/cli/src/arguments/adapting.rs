//! Arguments of `template` and `translate`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// Show what moved since a document was made from its template
    ///
    /// Each element is shown with what both began with, what the template says now, and what the document says.
    Diff {
        /// The document, by its name
        document: String,
        /// Only these elements, such as objective or pillars.P1
        elements: Vec<String>,
        /// Also what is unchanged, and what was adapted here while the template stayed as it was
        #[arg(long)]
        all: bool,
    },
    /// Take the template's side of elements
    Adopt(DecideArguments),
    /// Keep the document's side of elements, until the template moves again
    Decline(DecideArguments),
}

#[derive(Debug, Args)]
pub(crate) struct DecideArguments {
    /// The document, by its name
    pub(crate) document: String,
    /// The elements, such as objective or pillars.P1
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) elements: Vec<String>,
    /// All that wait; of those to adopt, only what was not adapted here and takes nothing away
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true
)]
pub(crate) struct TranslateArguments {
    #[command(subcommand)]
    pub(crate) command: Option<TranslateCommand>,
    /// The document, by its name
    #[arg(required = true)]
    pub(crate) document: Option<String>,
    /// The text, such as activities.TN-A03.title
    #[arg(required = true)]
    pub(crate) path: Option<String>,
    /// The language of the translation: en, fr or ar
    #[arg(required = true)]
    pub(crate) language: Option<String>,
    /// The translation; without it, the one that stands is marked as right for the words as they are now
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: Option<String>,
    /// The language that it was made from; without it, the first that there is of en, fr, ar
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) from: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TranslateCommand {
    /// List the texts that lack a language, and the translations whose source has changed
    Status {
        /// Of this document only
        document: Option<String>,
    },
}
