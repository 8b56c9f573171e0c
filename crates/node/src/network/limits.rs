//! Every bound of the network, each with its reason. Bounds of frames and of what a peer may ask for are the sync
//! engine's (`accord_sync`).

use std::time::Duration;

/// The longest message of the handshake that an unknown device may send: a knock with a card takes under 2,000 bytes.
pub(super) const MAX_HELLO: usize = 8 * 1024;

/// The longest answer to a knock: a genesis with a recovery quorum of 64 cards, twice, fits.
pub(super) const MAX_ANSWER: usize = 128 * 1024;

/// The longest message of addresses: [`MAX_TOLD`] devices with [`MAX_ADDRESSES`] short addresses each fit.
pub(super) const MAX_ADDRESS_MESSAGE: usize = 64 * 1024;

/// How much is allocated ahead of bytes that were only announced: who announces much and sends little costs this much.
pub(super) const READ_CHUNK: usize = 64 * 1024;

/// The most addresses kept of one device, from each kind of source: a few interfaces and a public name.
pub(super) const MAX_ADDRESSES: usize = 16;

/// The longest address, in its text form: a DNS name of full length fits.
pub(super) const MAX_ADDRESS: usize = 300;

/// Of how many other devices one message tells addresses.
pub(super) const MAX_TOLD: usize = 64;

/// Of how many devices addresses are kept at all: as many as can ever be connected, twice.
pub(super) const MAX_BOOK: usize = 512;

/// The most established sessions: what the engine takes.
pub(super) const MAX_SESSIONS: usize = accord_sync::MAX_PEERS;

/// The most inbound connections that are not welcomed (yet), in all. Strangers compete for these alone and never for
/// the places of members; each is ended by [`SETUP_TIMEOUT`] and [`HANDSHAKE_TIMEOUT`].
pub(super) const MAX_UNWELCOMED: usize = 64;

/// How many of those may come from one IP address, or through one relay: an office behind one address starts all its
/// nodes at once, and a relay that lies about who connects takes these places and no others.
pub(super) const MAX_UNWELCOMED_PER_IP: usize = 16;

/// The most inbound connections from one IP address, welcomed ones too.
pub(super) const MAX_PER_IP: usize = 96;

/// The most inbound connections through one relay, welcomed ones too: behind it may be everybody.
pub(super) const MAX_PER_RELAY: usize = MAX_SESSIONS;

/// Connections of one device at a time, of the direct and of the relayed ones each: two, since both sides may dial at
/// once; which one stays is decided by a rule that both compute, because a limit of one kills both.
pub(super) const MAX_PER_PEER: usize = 2;

/// How many streams a connection may have: one is the session's, a dialler that tries again may leave another one behind,
/// reserving takes one for a moment, and a relay carries each circuit of a device as one more. Yamux ends a connection that
/// goes beyond 512.
pub(super) const MAX_STREAMS: usize = 16 + MAX_CIRCUITS_PER_DEVICE;

/// How many bytes more than the 256 KiB that Yamux gives each stream may be on the way to the streams of a connection together:
/// what keeps a line of 600 ms busy at 25 megabytes a second.
pub(super) const MAX_GROWTH: usize = 16 << 20;

/// How many streams that the other side opened may be waiting for their protocol at a time. Through a relay several devices may
/// call at one moment; whoever is dropped calls again.
pub(super) const MAX_NEGOTIATING: usize = 16;

/// How many partners a node asks to relay for it: with two, one may fail. More would only lengthen what is told.
pub(super) const MAX_RELAYS: usize = 2;

/// For how long everybody may still be reached directly before a partner is asked to relay.
pub(super) const RELAY_GRACE: Duration = Duration::from_secs(2);

/// For how long a relay keeps a place for a device; libp2p renews it after three quarters.
pub(super) const RESERVATION: Duration = Duration::from_secs(3600);

/// Whom a node relays for at most: everybody who may be connected.
pub(super) const MAX_RESERVATIONS: usize = MAX_SESSIONS;

/// How many pairs a node relays for at a time. One whose ends both read nothing holds two windows of Yamux, 256 KiB each,
/// so that all of them together hold 128 MiB at worst, beside what windows have grown by ([`MAX_GROWTH`]).
pub(super) const MAX_CIRCUITS: usize = 256;

/// How many of those may be of one device. Whoever is left out by this gets what its partners share through those that it
/// does reach.
pub(super) const MAX_CIRCUITS_PER_DEVICE: usize = 64;

/// How many circuits a device may ask for at once: all that it may have.
pub(super) const CIRCUIT_BURST: u32 = 64;

/// After how long it may ask for one more. With the backoff of dials nobody honest comes near.
pub(super) const CIRCUIT_INTERVAL: Duration = Duration::from_secs(1);

/// How much a circuit may carry: the first exchange of a large programme with room to spare. What is longer goes on with a
/// new one.
pub(super) const CIRCUIT_BYTES: u64 = 16 << 30;

/// How long a circuit may stand; its ends make a new one at once. It ends those that are forgotten.
pub(super) const CIRCUIT_TIME: Duration = Duration::from_secs(24 * 3600);

/// How often it is tried to do without a relay: networks change, and a dial costs next to nothing.
pub(super) const DIRECT_RETRY: Duration = Duration::from_secs(300);

/// How long TCP, Noise and Yamux may take together; five round trips over a satellite are three seconds.
pub(super) const SETUP_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the handshake above them may take, the disk for a knock included.
pub(super) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How often something is sent even if there is nothing to say.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(5);

/// After how long without a single byte a link counts as dead. With the heartbeat, and one lost in between, a cut is
/// noticed within 15 seconds.
pub(super) const DEAD_AFTER: Duration = Duration::from_secs(15);

/// How long a frame may take once it was announced, however steadily its bytes drip.
pub(super) const FRAME_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a connection that is no longer wanted may take to go away in good order.
pub(super) const FAREWELL: Duration = Duration::from_secs(2);

/// After how long without progress in either direction a socket is given up underneath everything else. A graceful
/// close waits for a send buffer that is stuck, for as long as the kernel tries; this ends that.
pub(super) const SOCKET_IDLE: Duration = Duration::from_secs(45);

/// How many messages may wait for one connection. A peer that reads so slowly that more gather is closed, and
/// resumes from what it has stored.
pub(super) const OUTBOX: usize = 256;

/// How many frames of one peer may be in the engine or wait for the disk before no more are read from it.
pub(super) const INBOX: usize = accord_sync::INGESTING;

/// How many messages of all sessions may wait for the event loops; who has more waits in turn.
pub(super) const EVENTS: usize = 256;

/// How many runs are read from the disk and packed at a time: enough to hide the disk behind the network on a small
/// machine.
pub(super) const READERS: usize = 4;

/// How many packs are put together at a time, for all peers: each holds some megabytes and keeps a core busy.
pub(super) const PACKERS: usize = 2;

/// How many runs are stored in one call at most: a commit that carries 64 of them is as large as one should be.
pub(super) const INGEST_BATCH: usize = 64;

/// How many bytes of entries are stored in one call at most, give or take one run.
pub(super) const INGEST_BYTES: usize = 8 * 1024 * 1024;

/// How many unknown devices may be answered at a time. The answer is written to the disk.
pub(super) const KNOCKS: usize = 4;

/// How many requests of the rest of the node may wait.
pub(super) const COMMANDS: usize = 64;

/// How many dials may be under way. A node of 200 organisations reaches them all within a few rounds.
pub(super) const DIALS: usize = 32;

/// The first wait before a failed dial is tried again.
pub(super) const BACKOFF_MIN: Duration = Duration::from_millis(500);

/// The longest wait before a failed dial is tried again.
pub(super) const BACKOFF_MAX: Duration = Duration::from_secs(30);

/// The longest wait while the device was connected not long ago ([`RECENT`]), or an admission is pending: an outage
/// that ends should end at once, and a dial costs next to nothing.
pub(super) const BACKOFF_RECENT: Duration = Duration::from_secs(2);

/// For how long a lost connection counts as recent.
pub(super) const RECENT: Duration = Duration::from_secs(600);

/// After how long a connection counts as healthy, so that the next failure begins with [`BACKOFF_MIN`] again.
pub(super) const HEALTHY: Duration = Duration::from_secs(10);

/// Two connections that begin further apart than this are no simultaneous dial: the older one is lost to the other
/// side. Longer than setup and handshake may take together.
pub(super) const SIMULTANEOUS: Duration = Duration::from_secs(21);

/// How often a device is dialled at once, for somebody who waits, before it counts as not reached.
pub(super) const REACH_ATTEMPTS: u32 = 3;
