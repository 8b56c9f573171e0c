//! Answers about the organisation's own devices, and about the health of this one.

use super::PartyView;
use crate::DeviceId;

/// A device of this organisation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeviceView {
    /// Its id.
    pub device: DeviceId,
    /// What people call it.
    pub name: String,
    /// Whether it is the one that answers.
    pub this: bool,
    /// Whether it signs the organisation's votes.
    pub signs: bool,
    /// Whether it is connected now.
    pub connected: bool,
    /// When it was last connected: seconds since 1970. None for this device itself.
    pub last_seen: Option<u64>,
    /// When it was revoked, as the organisation says.
    pub revoked: Option<u64>,
    /// Why.
    pub why: Option<String>,
}

/// A device that was certified.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeviceAdded {
    /// Its id.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// The line with which it joins; none if no address is known at which this node is reached.
    pub ticket: Option<String>,
    /// Where the ticket leads to.
    pub addresses: Vec<String>,
    /// Whether it was certified before.
    pub before: bool,
}

/// A device that was ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeviceRevoked {
    /// Its id.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// How far each of its logs counts: what people call the space, and the last position.
    pub cuts: Vec<(String, u64)>,
    /// Whether it signed the organisation's votes.
    pub signs: bool,
    /// The organisations that hear of it at once: they are connected now.
    pub told: Vec<String>,
    /// The organisations that hear of it when they next connect.
    pub later: Vec<String>,
}

/// How serious something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Good,
    /// A person should know.
    Notice,
    /// Something does not work before a person mends it.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// What was looked at: `home`, `keys`, `disk`, `store`, `ports`, `reachability`, `clock`, `entries`, `own_log`,
    /// `devices`, `forks`, `votes`, `quarantine`, `partners`, `node`.
    pub about: String,
    /// How it is.
    pub health: Health,
    /// What was found, and what follows from it.
    pub text: String,
    /// The command, or the act, that mends it.
    pub mend: Option<String>,
}

/// How this home is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DoctorView {
    /// Whose.
    pub organisation: PartyView,
    /// What was looked at, in order.
    pub findings: Vec<Finding>,
}

/// A store that was compacted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Compacted {
    /// How many entries were put into packs.
    pub packed: u64,
    /// Bytes on the disk before.
    pub before: u64,
    /// Bytes on the disk now.
    pub after: u64,
    /// The engine before.
    pub from: String,
    /// The engine now.
    pub engine: String,
}

/// A store that was made anew from what its damaged files still held.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rebuilt {
    /// Where the damaged files are.
    pub aside: String,
    /// Whether it is known which programme it is of.
    pub programme: bool,
    /// How many entries were taken in.
    pub entries: u64,
    /// How many were found that follow on something which is missing.
    pub waiting: u64,
    /// How many of other devices were found only in part, and are not here.
    pub torn: u64,
    /// How many entries this device signed that are not here.
    pub behind: Option<u64>,
    /// How many entries are damaged in the store itself.
    pub lost: u64,
}

impl Rebuilt {
    /// Whether the store has all that was found, and nothing is known to be missing.
    pub fn is_done(&self) -> bool {
        self.programme && self.waiting == 0 && self.torn == 0 && self.behind.is_none() && self.lost == 0
    }
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BackedUp {
    /// The file.
    pub file: String,
    /// How many entries are in it.
    pub entries: u64,
    /// How many logs end early in it, before an entry that is lost here.
    pub cut: u64,
}

/// A home that was made from a backup.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Restored {
    /// The home.
    #[serde(flatten)]
    pub made: super::Initialised,
    /// How many entries came back.
    pub entries: u64,
    /// When the backup was made: seconds since 1970.
    pub time: u64,
    /// Whether the new device is certified already.
    pub certified: bool,
}
