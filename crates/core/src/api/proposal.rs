//! What can be proposed, as people say it: organisations and spaces by their names.

use super::RootSecret;

/// Something to be put up for the secretariats' signatures.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "operation", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Proposal {
    /// Admit an organisation.
    Admit {
        /// Its card, or the code of one that took part before.
        card: String,
        /// To read alone.
        observer: bool,
    },
    /// End an organisation's taking part.
    Remove {
        /// Its code.
        organisation: String,
    },
    /// Open a space.
    Space {
        /// What people are to call it.
        name: String,
        /// The codes of those that read it.
        readers: Vec<String>,
        /// The codes of those that read and write it.
        writers: Vec<String>,
    },
    /// Call a space otherwise.
    RenameSpace {
        /// Which.
        space: String,
        /// Its new name.
        name: String,
    },
    /// Give an organisation access to a space.
    Grant {
        /// Its code.
        organisation: String,
        /// To which.
        space: String,
        /// To write too.
        write: bool,
    },
    /// Take access to a space away.
    Withdraw {
        /// The organisation's code.
        organisation: String,
        /// To which.
        space: String,
        /// It goes on to read.
        write_only: bool,
    },
    /// Have a secretariat sign from another device.
    Signer {
        /// What people call the device, if it is one of the own organisation's, or a card that names it; this very device
        /// if none.
        device: Option<String>,
    },
    /// Replace this organisation's root key.
    ReplaceRoot {
        /// The new one.
        root: RootSecret,
        /// Devices, as people call them, that the organisation did not add: who had the key did.
        without: Vec<String>,
        /// Devices that the organisation did not revoke: who had the key did.
        restore: Vec<String>,
    },
    /// Put another organisation in the place of a secretariat.
    Secretariat {
        /// The card of the one that comes.
        card: String,
        /// The code of the one that goes.
        instead_of: String,
    },
    /// Have all changes judged by another guard rule.
    GuardRule {
        /// Its number.
        number: u32,
    },
    /// Replace a secretariat that is lost for good, without its signature.
    Recover {
        /// The code of the one that is lost.
        lost: String,
        /// The card of the one that comes.
        card: String,
    },
    /// What did not come in force before, in the next round.
    Again {
        /// The number of the decision, or the beginning of its id.
        number: String,
    },
}
