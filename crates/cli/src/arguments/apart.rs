//! Arguments of the commands about own changes that are kept apart.

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ApartArguments {
    /// Only those of this document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: Option<String>,
    /// Those too that were made again or dismissed
    #[arg(long, conflicts_with = "dismiss")]
    pub(crate) all: bool,
    /// Offer these no more; they stay in the log
    #[arg(long, value_name = "CHANGE", requires = "document", num_args = 1.., value_delimiter = ',')]
    pub(crate) dismiss: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RedoArguments {
    /// The document, by its name
    #[arg(value_name = "DOCUMENT")]
    pub(crate) document: String,
    /// Which changes, by their ids as accord apart shows them; without any, all that are left
    #[arg(value_name = "CHANGE")]
    pub(crate) changes: Vec<String>,
}
