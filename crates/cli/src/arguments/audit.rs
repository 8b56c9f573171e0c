//! Arguments of `audit`.

use std::path::PathBuf;

use accord_core::ProgrammeId;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct AuditArguments {
    /// A document, by its name; without it, the whole programme
    #[arg(value_name = "DOCUMENT", conflicts_with = "check")]
    pub(crate) document: Option<String>,
    /// Write it into this new file, which others can check without being part of the programme
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub(crate) export: Option<PathBuf>,
    /// Check this file instead; needs no home and no network
    #[arg(long, value_name = "FILE", requires = "programme")]
    pub(crate) check: Option<PathBuf>,
    /// The id of the programme that the file has to be about
    #[arg(long, value_name = "ID", requires = "check")]
    pub(crate) programme: Option<ProgrammeId>,
}
