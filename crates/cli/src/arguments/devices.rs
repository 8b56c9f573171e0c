//! Arguments of the commands about devices and keys.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::store::StoreArgument;

/// Where the root key is, if it is not in the home.
#[derive(Debug, Args)]
pub(crate) struct RootKeyArgument {
    /// The file with the organisation's root key, if it is not kept in the home
    #[arg(long, value_name = "FILE")]
    pub(crate) root_key: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DeviceArguments {
    #[command(subcommand)]
    pub(crate) command: DeviceCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeviceCommand {
    /// Make a home on a new machine, for a further device of an organisation
    ///
    /// Prints one line with which the device asks to be certified. On a machine of the organisation that has the root
    /// key, `accord device add` answers it with a ticket.
    Init {
        /// The organisation's card, as accord card prints it on any of its devices
        #[arg(long, value_name = "CARD")]
        card: String,
        /// What people call the device, such as "Laptop of Amina"
        #[arg(long, value_name = "NAME")]
        name: String,
        #[command(flatten)]
        store: StoreArgument,
    },
    /// Certify a further device of this organisation, and print a ticket for it
    Add {
        /// The line that accord device init printed
        #[arg(value_name = "LINE")]
        line: String,
        #[command(flatten)]
        root: RootKeyArgument,
    },
    /// List the devices of this organisation
    List,
    /// End a device of this organisation that was lost, stolen or retired
    ///
    /// Takes the root key alone. What the device wrote and is here by now stays; whatever else comes from its key is kept
    /// apart on every node. A revocation is for good.
    Revoke {
        /// Its name, or the beginning of its id
        device: String,
        /// Why, for the others to read
        #[arg(long, value_name = "TEXT")]
        why: String,
        #[command(flatten)]
        root: RootKeyArgument,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArguments {
    /// The backup
    pub(crate) file: PathBuf,
    /// What people call the new device
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) root: RootKeyArgument,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
}

#[derive(Debug, Args)]
pub(crate) struct KeyArguments {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Seal the keys of this home by a passphrase
    ///
    /// The passphrase is asked for on the terminal, or read from the file that ACCORD_PASSPHRASE_FILE names. A node with
    /// a sealed key asks when it starts. Nobody can reset a passphrase.
    Seal {
        /// Seal this root key file, and not the keys of the home
        #[arg(long, value_name = "FILE")]
        root_key: Option<PathBuf>,
    },
    /// Take the seal off the keys of this home
    Unseal {
        /// Unseal this root key file, and not the keys of the home
        #[arg(long, value_name = "FILE")]
        root_key: Option<PathBuf>,
    },
    /// Write a copy of the root key to a file
    Export {
        /// The new file
        file: PathBuf,
    },
    /// Propose to replace the organisation's root key, as when somebody else may have it
    ///
    /// Makes the new key in a file; where the file is there, it is that key. Both secretariats have to sign it: a member's
    /// like any decision, a secretariat's with their root keys of until then. What the old key signed about your devices goes
    /// on to count, but for what you say that it was not you who did it.
    ReplaceRoot {
        /// The file of the new key
        file: PathBuf,
        /// Devices that your organisation did not add
        #[arg(long, value_name = "DEVICE", value_delimiter = ',')]
        without: Vec<String>,
        /// Devices that your organisation did not revoke
        #[arg(long, value_name = "DEVICE", value_delimiter = ',')]
        restore: Vec<String>,
    },
    /// Move the root key out of the home to a file, to be kept offline
    MoveRoot {
        /// The new file
        file: PathBuf,
    },
}
