//! Arguments of the commands about the organisation, the programme and its node.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::address::address;
use super::devices::RootKeyArgument;
use super::duration::seconds;
use super::store::StoreArgument;

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The organisation's name
    #[arg(long, value_name = "NAME")]
    pub(crate) org: String,
    /// Its code, short and known to the others, such as CMI
    #[arg(long)]
    pub(crate) code: String,
    /// Write the organisation's root key to this new file, to be kept offline, and not into the home
    #[arg(long, value_name = "FILE")]
    pub(crate) root_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

#[derive(Debug, Args)]
pub(crate) struct FoundArguments {
    /// The programme's name
    pub(crate) name: String,
    /// The other secretariat's card
    #[arg(long, value_name = "CARD")]
    pub(crate) with: String,
    #[command(flatten)]
    pub(crate) root: RootKeyArgument,
    /// Cards of organisations that can replace a lost secretariat together with the other one
    #[arg(long, value_name = "CARD", num_args = 1.., requires = "recovery_votes")]
    pub(crate) recovery: Vec<String>,
    /// How many of them it takes: more than half
    #[arg(long, value_name = "NUMBER", requires = "recovery")]
    pub(crate) recovery_votes: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct InviteArguments {
    /// For how long, such as 12h or 7d
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = seconds)]
    pub(crate) valid: u64,
}

#[derive(Debug, Args)]
pub(crate) struct JoinArguments {
    /// The ticket
    pub(crate) ticket: String,
    /// Go on without being asked
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) root: RootKeyArgument,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct NodeArguments {
    /// Where to listen, such as /ip4/0.0.0.0/tcp/4701; from config.yaml if not given
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) listen: Vec<String>,
    /// Find other nodes on the local network
    #[arg(long)]
    pub(crate) mdns: bool,
    /// Connect to this address besides those that are known
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) dial: Vec<String>,
    #[command(subcommand)]
    pub(crate) command: Option<NodeCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NodeCommand {
    /// Stop the running node, and wait until it has stopped
    Stop,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArguments {
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) wait: u64,
}

/// Where the home is if nobody says.
pub(crate) fn platform_home() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(data) = absolute("XDG_DATA_HOME") {
        return Some(data.join("accord"));
    }
    let user = absolute("HOME")?;
    let data = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
    Some(user.join(data).join("accord"))
}
