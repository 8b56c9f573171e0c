//! Arguments about bundles.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum BundleCommand {
    /// Write what an organisation may read and does not have to a file that only its devices can open
    ///
    /// What its last bundle said that it has is left out. The file may be carried by anybody, and read twice or late: who
    /// carries it can neither read nor change it.
    Create {
        /// The code of the organisation that is to read it
        #[arg(long = "for", value_name = "CODE")]
        organisation: String,
        /// The new file; for-CODE.bundle in this folder, if it is not named
        file: Option<PathBuf>,
        /// Put in what the organisation has already, too
        #[arg(long)]
        whole: bool,
    },
    /// Take in a bundle that was made for this organisation
    Read {
        /// The file
        file: PathBuf,
    },
}
