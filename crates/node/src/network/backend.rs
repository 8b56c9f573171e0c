//! What the network needs of the node that it serves: the storage and the rights, behind one trait.
//!
//! Whatever is asked on the event loop must answer from memory, since a disk that is slow there would hold up the
//! heartbeats of every connection; each method says where it is called.

use std::collections::BTreeMap;

use accord_core::{DeviceId, Head, LogId, SignedEntry};
use accord_sync::{Access, Claim, Found, Gap, Held, Look, Refusal};

use super::knock::{Knock, KnockAnswer, Records};

/// A run that a peer sent: nothing of it is verified.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    /// From whom, for quotas and complaints. Not necessarily the author.
    pub(crate) peer: DeviceId,
    /// The log that it is said to belong to.
    pub(crate) log: LogId,
    /// The entries.
    pub(crate) entries: Vec<SignedEntry>,
    /// Whether they are to be put back where they were lost here.
    pub(crate) again: bool,
}

/// What became of an [`Incoming`] run.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// The heads held now and the highest entries that may be offered, of each branch of the log; or why nothing was
    /// stored.
    pub(crate) stored: Result<(Vec<Head>, Vec<Head>), Refusal>,
    /// Whether [`Backend::access`] answers differently since.
    pub(crate) access_changed: bool,
    /// Other logs of which [`Backend::offer`] answers differently since, because their authority came.
    pub(crate) offers_changed: Vec<LogId>,
}

/// This device's own admission, while it is pending: at whom to knock, and with what.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    /// The device that issued the ticket.
    pub(crate) inviter: DeviceId,
    /// Where it listens, as the ticket says.
    pub(crate) addresses: Vec<String>,
    /// The proof.
    pub(crate) knock: Knock,
}

/// The node as the network sees it.
pub(crate) trait Backend: Send + Sync + 'static {
    /// Who may be connected and who reads and writes what, now. `devices` names every device that is accepted, and
    /// [`Admission::inviter`] while the own admission is pending.
    ///
    /// Called on the event loop. It is asked anew after every notice that it changed, and never handed over, so that
    /// two changes that cross each other cannot leave the older one standing.
    fn access(&self) -> Access;

    /// What may be offered of each branch of a log now. Called on the event loop.
    fn offer(&self, log: &LogId) -> Vec<Head>;

    /// The heads held of a log: one, or one for each branch. Called on the event loop.
    fn heads(&self, log: &LogId) -> Vec<Head>;

    /// Every log held. Called once, on a blocking thread.
    fn held(&self) -> Vec<Held>;

    /// Entries `from..=to` of the history of a log that has the entry `on`, or of the only one; as many as come near `max_bytes` (at least one, at most
    /// [`MAX_RUN`](accord_core::MAX_RUN)), ending where the signature of the last one verifies. Empty if there are
    /// none. Called on a blocking thread.
    ///
    /// # Errors
    /// A sentence if they cannot be read.
    fn read_run(
        &self,
        log: &LogId,
        on: Option<Claim>,
        range: (u64, u64),
        max_bytes: usize,
    ) -> Result<Vec<SignedEntry>, String>;

    /// Entries `from..=to` for a partner who lost those up to `least`: as many as it takes to reach the first one at or behind
    /// `least` of which the signature verifies, or as [`Backend::read_run`] where that is more than `max_bytes`. Called on a
    /// blocking thread.
    ///
    /// # Errors
    /// A sentence if they cannot be read.
    fn read_again(
        &self,
        log: &LogId,
        on: Option<Claim>,
        range: (u64, u64),
        least: u64,
        max_bytes: usize,
    ) -> Result<Vec<SignedEntry>, String>;

    /// Counts how often entries were found to be lost here, or came back. Called on the event loop.
    fn lost_moved(&self) -> u64;

    /// What is lost of every log of which anything is. Called on the event loop.
    fn lost(&self) -> BTreeMap<LogId, Vec<Gap>>;

    /// Looks something up in the entries held of a log. Called on a blocking thread.
    ///
    /// # Errors
    /// A sentence if they cannot be read.
    fn look(&self, log: &LogId, look: Look) -> Result<Found, String>;

    /// Verifies runs and stores them durably, in the order given, one outcome for each. Several come at once when the
    /// disk is slower than the network, so that they can share one commit. Only one call runs at a time, on a blocking
    /// thread.
    fn ingest(&self, runs: Vec<Incoming>) -> Vec<Outcome>;

    /// Others say that they hold this device's own `log` up to `said`, further than here: nothing is signed there until it
    /// is here or doubted. Called on the event loop.
    fn own_said(&self, log: &LogId, said: u64);

    /// That did not prove true. Called on the event loop.
    fn doubt_said(&self, log: &LogId);

    /// Answers an unknown device that knocks. `device` is authenticated, and the knock's card is verified and names
    /// this device. What the answer grants is durable before this returns. Called on a blocking thread, by at most
    /// four callers at a time.
    fn knock(&self, device: &DeviceId, knock: &Knock) -> KnockAnswer;

    /// What tells a device that its part has ended; none if it has a part, or never had one. It says nothing of what was
    /// decided since. Called on a blocking thread, by at most four callers at a time together with
    /// [`Backend::knock`].
    fn farewell(&self, device: &DeviceId) -> Option<Records>;

    /// Takes in what another device says of the end of this one's part: nothing of it is verified. Called on a blocking
    /// thread.
    fn told_the_end(&self, records: &Records);

    /// This device's own pending admission; none once it is admitted, or if it never had to ask. Called on the event
    /// loop.
    fn admission(&self) -> Option<Admission>;

    /// The addresses that were remembered, by device. Called once, on a blocking thread.
    fn known_addresses(&self) -> Vec<(DeviceId, Vec<String>)>;

    /// Keeps the addresses of a device for the next start, in place of those kept before. Losing them costs a
    /// mail or a new ticket at worst, so they need not be durable at once. Called on a blocking thread.
    fn remember_addresses(&self, device: &DeviceId, addresses: &[String]);

    /// Keeps when a device was last connected: seconds since 1970. Called on a blocking thread, when a connection
    /// begins and ends.
    fn remember_seen(&self, device: &DeviceId, at: u64);

    /// Keeps how many entries of the programme's space, of those held here, a device said it holds, to tell what it lacks while it is away. Called
    /// on a blocking thread, at most once a second for each device.
    fn remember_holds(&self, device: &DeviceId, entries: u64);
}
