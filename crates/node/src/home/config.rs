//! Settings of a home: `config.yaml`, all optional.

use std::path::Path;

use accord_core::api::Problem;

use super::cannot;

/// The settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where to listen, as multiaddresses.
    pub(crate) listen: Vec<String>,
    /// Addresses of other nodes to dial, as multiaddresses.
    pub(crate) dial: Vec<String>,
    /// Addresses to tell others in place of those listened on, where these cannot be reached from outside.
    pub(crate) announce: Vec<String>,
    /// Find nodes on the local network by mDNS.
    pub(crate) mdns: bool,
    /// Relay for other devices of the programme that cannot reach each other; if not set, once this node was reached from
    /// outside.
    pub(crate) relay: Option<bool>,
    /// The command that `edit` runs.
    pub(crate) editor: Option<String>,
}

impl Config {
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(cannot("read", path, &error)),
        };
        serde_norway::from_str(&text).map_err(|e| {
            Problem::failed(format!("{} cannot be read: {e}", path.display())).hint(
                "known settings: listen, dial, announce (lists of addresses), mdns, relay (true or false), editor",
            )
        })
    }
}
