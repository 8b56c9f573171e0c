//! Arguments of the commands about decisions.

use clap::{Args, Subcommand};

use super::devices::RootKeyArgument;

#[derive(Debug, Args)]
pub(crate) struct DecisionsArguments {
    /// Settled ones too
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DecisionArgument {
    /// Its number
    #[arg(value_name = "NUMBER")]
    pub(crate) number: String,
}

#[derive(Debug, Args)]
pub(crate) struct SignArguments {
    /// Its number
    #[arg(value_name = "NUMBER")]
    pub(crate) number: String,
    /// Its number again, instead of being asked for it
    #[arg(long, value_name = "NUMBER")]
    pub(crate) confirm: Option<String>,
    #[command(flatten)]
    pub(crate) root: RootKeyArgument,
}

#[derive(Debug, Args)]
pub(crate) struct RefuseArguments {
    /// Its number
    #[arg(value_name = "NUMBER")]
    pub(crate) number: String,
    /// Why, for the others to read
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    #[command(flatten)]
    pub(crate) root: RootKeyArgument,
}

#[derive(Debug, Args)]
pub(crate) struct ProposeArguments {
    #[command(subcommand)]
    pub(crate) command: ProposeCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProposeCommand {
    /// Admit an organisation
    Admit {
        /// Its card, or the code of one that took part before
        card: String,
        /// It only reads
        #[arg(long)]
        observer: bool,
    },
    /// End an organisation's taking part
    ///
    /// What it wrote until now stays. It receives nothing from then on; what it has it keeps.
    Remove {
        /// Its code
        #[arg(value_name = "ORG")]
        organisation: String,
    },
    /// Open a space: documents with readers and writers of their own
    Space {
        /// What people are to call it
        name: String,
        /// Who only reads it
        #[arg(long, value_name = "ORG", value_delimiter = ',')]
        read: Vec<String>,
        /// Who reads and writes in it
        #[arg(long, value_name = "ORG", value_delimiter = ',')]
        write: Vec<String>,
    },
    /// Call a space otherwise
    RenameSpace {
        /// Its name now
        space: String,
        /// Its name from then on
        name: String,
    },
    /// Let an organisation read in a space
    Grant {
        /// Its code
        #[arg(value_name = "ORG")]
        organisation: String,
        /// The space
        space: String,
        /// And write
        #[arg(long)]
        write: bool,
    },
    /// Take an organisation's access to a space away
    Withdraw {
        /// Its code
        #[arg(value_name = "ORG")]
        organisation: String,
        /// The space
        space: String,
        /// It goes on to read
        #[arg(long)]
        write_only: bool,
    },
    /// Have a secretariat sign from another device
    ///
    /// Without a name it is the device on which this is run. Both secretariats sign it with their root keys.
    Signer {
        /// What people call the device, as accord device list shows it
        device: Option<String>,
    },
    /// Put another organisation in the place of a secretariat
    Secretariat {
        /// The card of the one that comes
        card: String,
        /// The code of the one that goes
        #[arg(long, value_name = "ORG")]
        instead_of: String,
    },
    /// Have changes judged by another guard rule
    GuardRule {
        /// Its number
        number: u32,
    },
    /// Replace a secretariat that is lost for good, without its signature
    ///
    /// Only where the founding names organisations for this: it takes the other secretariat and as many of them as the
    /// founding says.
    Recover {
        /// The code of the one that is lost
        #[arg(value_name = "ORG")]
        lost: String,
        /// The card of the one that comes in its place
        #[arg(long, value_name = "CARD")]
        by: String,
    },
    /// Put up again what was refused or signed differently
    Again {
        /// The number of the decision
        number: String,
    },
}
