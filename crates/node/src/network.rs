//! The network: connections with the other nodes of the programme, and the sync engine driven over them.
//!
//! Two tasks do the deciding. The *host* owns the libp2p swarm: whom to dial, which of two connections with one
//! device stays, who listens where. The *driver* owns the sync engine and carries out its effects. Between them stands a
//! *session* for each connection, which greets, reads and writes. Neither of the two ever waits for a peer or for the
//! disk: a session has a bounded line and a bounded number of frames under way, and who is slow holds up itself.
//!
//! Nothing in here knows documents, governance or the store; those are behind [`Backend`].

mod backend;
mod backoff;
mod behaviour;
mod book;
mod dialler;
mod driver;
mod executor;
mod framing;
mod gate;
mod handle;
mod host;
mod identity;
mod idle;
mod keeper;
mod knock;
mod limits;
#[cfg(feature = "testing")]
pub(crate) mod messages;
mod muxer;
mod notices;
mod relaying;
mod relays;
mod session;
mod starting;
mod streams;
#[cfg(test)]
mod tests;
mod transport;
mod wire;

pub(crate) use backend::{Admission, Backend, Incoming, Outcome};
pub(crate) use driver::DeviceStatus;
pub(crate) use handle::{Barred, Handle};
pub(crate) use knock::{Knock, KnockAnswer, Purpose, Records, knock};
pub(crate) use starting::{Settings, start};
