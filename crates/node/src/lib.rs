//! The node: one handler for every request, the network, the control socket.
//!
//! A command reaches the one handler either through the control socket of a running node, or, when none runs,
//! in its own process on the same home ([`request`]). So offline editing needs no daemon.

mod alone;
mod audit;
mod bundle;
mod compact;
mod control;
mod handler;
mod home;
mod network;
mod peering;
mod rebuild;
mod replica;
mod restore;
mod run;
#[cfg(feature = "testing")]
pub mod testing;
mod time;

use std::path::Path;

pub use accord_store::EngineKind;
pub use audit::audit_check;
pub use compact::compact;
pub use home::Unlock;
pub use home::root::{export_root, new_root, reseal, root_for_request, sealable};
pub use rebuild::rebuild;
pub use restore::restore;
pub use run::Stopped;

use accord_core::api::{Initialised, Problem, Progress, Request, Response};

/// How a node is run.
#[derive(Debug, Clone, Default)]
pub struct NodeOptions {
    /// Where to listen, as multiaddresses; from the configuration if empty.
    pub listen: Vec<String>,
    /// Find nodes on the local network by mDNS; from the configuration if none.
    pub mdns: Option<bool>,
    /// Addresses to dial besides those that are known.
    pub dial: Vec<String>,
    /// How a passphrase is come by, if the device key is sealed.
    pub unlock: Unlock,
}

/// Makes a home: keys, configuration and an empty store, to be written by `engine`. The root key goes to the file `root_key` if that is named.
///
/// # Errors
/// A [`Problem`] if there is one already, or it cannot be written.
pub fn init(
    home: &Path,
    organisation: &str,
    code: &str,
    root_key: Option<&Path>,
    engine: EngineKind,
) -> Result<Initialised, Problem> {
    home::making::organisation(home, organisation, code, root_key, engine)
}

/// Makes a home for a further device of the organisation of a card: a device key, and the line with which it asks to be
/// certified.
///
/// # Errors
/// A [`Problem`] if the card cannot be read, there is a home already, or it cannot be written.
pub fn init_device(home: &Path, card: &str, name: &str, engine: EngineKind) -> Result<Initialised, Problem> {
    home::making::device(home, card, name, engine)
}

/// Runs the node of a home in the foreground until it is told to stop.
///
/// # Errors
/// A [`Problem`] if it cannot start, or a part of it failed for good.
pub async fn run(home: &Path, options: NodeOptions) -> Result<Stopped, Problem> {
    run::run(home, options).await
}

/// Answers one request: by the running node of the home, else in this process. A node that is just starting is
/// waited for. `unlock` is asked for the passphrase if the device key is sealed and no node runs.
///
/// # Errors
/// The [`Problem`] that the request led to.
pub async fn request(
    home: &Path,
    unlock: Unlock,
    request: Request,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Response, Problem> {
    run::request(home, unlock, request, progress).await
}
