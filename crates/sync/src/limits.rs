//! Every bound of the engine and of its frames, each with its reason. What a peer can make a node hold is the
//! product of these and nothing else.

use std::time::Duration;

use accord_core::{MAX_HEADER, MAX_PAYLOAD};

/// The number of the protocol. Another number is another protocol: there is no negotiation inside of the engine.
pub const PROTOCOL: u32 = 2;

/// The most connected peers: programmes have tens of organisations, and a mesh of more pays for nothing.
pub const MAX_PEERS: usize = 256;

/// The most spaces shared with one peer: governance, programme, and one for each country with room to spare.
pub const MAX_SPACES: usize = 64;

/// The most spaces whose digests travel in a Hello, so that a reconnect with nothing new stays under 1,000 bytes.
pub const INLINE_SPACES: usize = 16;

/// The most logs of one space: one for each device that ever wrote in it.
pub const MAX_LOGS: usize = 10_000;

/// Of these, the most of devices that are named and belong to nobody who takes part: who names devices without end fills
/// these places, and not those of partners that come later.
pub const MAX_OTHERS: usize = 1_024;

/// How many entries beyond a cut are taken of a log: what a partner that has not heard may have built on. A device writes
/// some thousands in the weeks that hearing of it may take; the rest is kept from the disk.
pub const BEYOND_CUT: u64 = 16_384;

/// The most heads of one log in a vector: a log of more branches has been proven to be forked long before.
pub const MAX_BRANCHES: usize = 8;

/// The most positions of which one question names or asks the ids: locating one entry among a million takes five rounds.
pub const LADDER: usize = 32;

/// How many questions for ids one peer may have open: an honest one has one for each log that forked.
pub const LOOKING: usize = 1_024;

/// The most items of one Have or Want.
pub const MAX_ITEMS: usize = 1_024;

/// The longest text of a reason, in bytes.
pub const MAX_TEXT: usize = 256;

/// How many bytes of entries a run aims at: a frame that any connection passes in one piece, small enough that the
/// buffers of idle connections stay small.
pub const RUN_TARGET: usize = 64 * 1024;

/// The most bytes of entries in one run, unpacked: one entry of the greatest size may exceed the target.
pub const MAX_RUN_BYTES: usize = MAX_HEADER + MAX_PAYLOAD + RUN_TARGET;

/// How many bytes of entries a run has at most that gives back what a disk lost: as many as fit, with what stands around them.
pub const AGAIN_BYTES: usize = MAX_RUN_BYTES - RUN_TARGET / 2;

/// From how many missing entries of a space on they are sent in packs: fewer are hardly smaller packed, and keep all their
/// signatures.
pub const PACK_FROM: u64 = 128;

/// How many bytes of entries, unpacked, the first pack on a connection aims at: on the slowest link that the frames of runs
/// pass, this one passes, too.
pub const PACK_FIRST: usize = 1 << 20;

/// How many bytes of entries the packs after it aim at, at most: what both sides hold in memory of one, a few times over.
pub const PACK_BYTES: usize = 4 << 20;

/// The most bytes of a pack as it travels. Where entries shrink less than honest ones do, fewer go into it.
pub const MAX_PACK: usize = 512 * 1024;

/// The most logs in one pack.
pub const MAX_PACK_LOGS: usize = 256;

/// The longest frame, in bytes. A driver that reads a greater length closes the connection before it reads on.
pub const MAX_FRAME: usize = MAX_RUN_BYTES + 1_024;

/// How many runs to one peer the driver may be busy with: enough to read one from the disk while others are on the
/// way, and few enough that withdrawn access takes effect at once.
pub const SENDING: usize = 4;

/// How many runs of one peer may wait for the disk before the driver should stop reading from it.
pub const INGESTING: usize = 8;

/// How many logs may be asked of one peer at a time.
pub const WANTED: usize = 2_048;

/// How many ranges of entries that were lost are asked for, or given, again on one connection: a disk that lost more is
/// mended over several connections, and who asks without end gets no more than this.
pub const AGAIN: usize = 1_024;

/// How many refusals, and restarts of a space, one connection stands. An honest peer is refused a few logs at most.
pub const MAX_REFUSALS: usize = 1_024;

/// How often runs of one log may come on a connection that have no place here, before the log is refused: a second
/// history of it may come from elsewhere while such a run is under way, and from a few sides at once.
pub const MISPLACED: u8 = 8;

/// How long a peer may take for its Hello.
pub const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a peer that was asked may send nothing of a log before another one is asked.
pub const WANT_TIMEOUT: Duration = Duration::from_secs(20);

/// For how long packs of other logs excuse that nothing of a log comes from the peer that was asked for it.
pub const PACKS_TIMEOUT: Duration = Duration::from_secs(300);
