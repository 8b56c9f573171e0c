//! The sync engine: decides what to say to which peer, and what to ask of whom. It has no clock, no randomness, no
//! socket and no disk inside: [`Engine::handle`] takes the time and an [`Event`] and gives the [`Effect`]s that a
//! driver carries out, so that a simulation with a seed replays whatever a real node can meet.
//!
//! It knows logs and their heads, never documents: what a reconnect costs grows with the devices that write and with
//! the entries that are missing, and with nothing else. What is in the entries is the driver's to verify and to store
//! before the engine hears of it, and so nothing passes through that is not durable here.
//!
//! Two engines greet with digests, settle the governance space, swap vectors of the spaces that differ, and ask for
//! what they lack; then they keep each other up to date. A device's own new entries are pushed; what came from others
//! is announced and asked for, of one peer at a time, so that a mesh does not multiply it.

mod access;
mod barrier;
mod engine;
mod event;
mod holdings;
mod limits;
mod peer;
mod status;
mod wire;

pub use access::{Access, Authors, Reader};
pub use barrier::{Barrier, BarrierState};
pub use engine::Engine;
pub use event::{CloseReason, Effect, Event, Found, Gap, Look, Portion, Refusal, SentOf, StretchOf};
pub use holdings::Held;
pub use limits::{
    AGAIN, AGAIN_BYTES, BEYOND_CUT, HELLO_TIMEOUT, INGESTING, INLINE_SPACES, LADDER, LOOKING, MAX_BRANCHES,
    MAX_FRAME, MAX_ITEMS, MAX_LOGS, MAX_OTHERS, MAX_PACK, MAX_PACK_LOGS, MAX_PEERS, MAX_REFUSALS,
    MAX_RUN_BYTES, MAX_SPACES, MAX_TEXT, MISPLACED, PACK_BYTES, PACK_FIRST, PACK_FROM, PACKS_TIMEOUT,
    PROTOCOL, RUN_TARGET, SENDING, WANT_TIMEOUT, WANTED,
};
pub use status::{PeerStatus, Phase, SpaceStatus};
pub use wire::{
    Ask, Claim, DeviceRef, Digests, Frame, HeadRef, Heads, Hello, Pack, Packed, Positions, Prefix, Ranges,
    Run, WireError, pack_frame, pack_run, unpack_run,
};
