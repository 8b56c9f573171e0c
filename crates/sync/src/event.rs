//! What happens to the engine, and what it wants done: the whole of its surface towards a driver.

use accord_core::{DeviceId, Head, LogId, SignedEntry, SpaceId};
use accord_words::say;

use crate::{Access, Claim, Prefix, WireError};

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A connection with an authenticated, accepted device stands; frames pass both ways. A device that is connected
    /// already begins anew: of two connections the driver keeps one.
    Connected {
        /// The device.
        peer: DeviceId,
    },
    /// The connection is gone. Nothing of it may be reported after this, except for the answers to
    /// [`Effect::Ingest`], which always come.
    Disconnected {
        /// The device.
        peer: DeviceId,
    },
    /// A whole frame came, without its length prefix. Frames of one peer are reported in the order sent.
    Frame {
        /// From whom.
        peer: DeviceId,
        /// Its bytes, at most [`MAX_FRAME`](crate::MAX_FRAME).
        bytes: Vec<u8>,
    },
    /// This device wrote entries, and they are durable.
    Appended {
        /// Where.
        log: LogId,
        /// The last one.
        head: Head,
    },
    /// Answers [`Effect::Ingest`]: the run was verified, links to what was held, and is durable. If it changed what
    /// this node knows of access, [`Event::AccessChanged`] comes *before* this one, so that nothing moves under an old
    /// view.
    Ingested {
        /// From whom it came.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// The heads held now: one, or one for each branch of a forked log.
        held: Vec<Head>,
        /// For each branch the highest entry that may be offered to others: that of which this node holds the authority
        /// position, and all before it; and of a log that was cut, nothing after the last entry that counts. None of
        /// them is part of another one's history. Empty if there is no such entry yet.
        offer: Vec<Head>,
    },
    /// Answers [`Effect::Ingest`]: nothing of the run was stored.
    Refused {
        /// From whom it came.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// Why.
        reason: Refusal,
    },
    /// What may be offered of a log changed, because its authority positions came, or a cut.
    Offer {
        /// Which log.
        log: LogId,
        /// The highest entries that may be offered now; see [`Event::Ingested`].
        heads: Vec<Head>,
    },
    /// What is held of a log changed in another way than by a run that a peer sent: a bundle was read in, or this device
    /// wrote at the moment at which a second history of its log came.
    Stored {
        /// Which log.
        log: LogId,
        /// As in [`Event::Ingested`].
        held: Vec<Head>,
        /// As in [`Event::Ingested`].
        offer: Vec<Head>,
    },
    /// Answers [`Effect::SendRun`]: a run was written to the connection.
    RunSent {
        /// To whom.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// The last entry written; none if nothing could be read or sent, which ends the whole range.
        last: Option<u64>,
    },
    /// Answers [`Effect::SendPack`]: the pack was written to the connection, or nothing was.
    PackSent {
        /// To whom.
        peer: DeviceId,
        /// Of which space.
        space: SpaceId,
        /// What of each log that was ordered.
        logs: Vec<(LogId, SentOf)>,
    },
    /// Answers [`Effect::SendRun`] in place of [`Event::RunSent`]: the first entry does not follow `after`.
    Parted {
        /// To whom it would have gone.
        peer: DeviceId,
        /// Which log.
        log: LogId,
    },
    /// Answers [`Effect::Look`].
    Looked {
        /// For whom.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// What was found.
        found: Found,
    },
    /// Entries of a log that were held cannot be read any more, or can again: all that is lost of it now.
    Lost {
        /// Which log.
        log: LogId,
        /// What is lost, in order; none if nothing is.
        gaps: Vec<Gap>,
    },
    /// Answers [`Effect::Mend`].
    Mended {
        /// From whom it came.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// What is still lost.
        gaps: Vec<Gap>,
    },
    /// What this node knows of access changed.
    AccessChanged(Access),
    /// Somebody is about to wait until everything is exchanged: every peer is asked what it holds now. To be followed
    /// by [`Engine::barrier`](crate::Engine::barrier).
    Probe,
    /// Time passed; about once a second.
    Tick,
}

/// Something to be done, in the order given. The effects for one peer keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send a frame.
    Send {
        /// To whom.
        peer: DeviceId,
        /// Its bytes, to be sent with a length prefix.
        bytes: Vec<u8>,
    },
    /// Read entries from the store, end them where the signature of the last one verifies, pack them with
    /// [`pack_run`](crate::pack_run), send the frame if [`Engine::may_send`](crate::Engine::may_send) still holds, and
    /// answer [`Event::RunSent`]. One run of a log is under way to one peer at a time.
    SendRun {
        /// To whom.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// The first entry.
        from: u64,
        /// The last entry that may be sent.
        to: u64,
        /// Of which history, by an entry that it has.
        on: Option<Claim>,
        /// What the entry before the first one has to be. If it is another, nothing is sent, and the answer is
        /// [`Event::Parted`].
        after: Option<Prefix>,
        /// Where the peer lost entries ([`Frame::Again`](crate::Frame::Again)): the last one that it needs. The run goes on to the
        /// first entry at or behind it whose signature verifies, if all of it fits into `max_bytes`.
        least: Option<u64>,
        /// How many bytes of entries to aim at. One entry is always sent, whatever its size.
        max_bytes: usize,
    },
    /// Read entries of these logs from the store, as many of each as fit together, end them where the signature of the last one
    /// verifies, pack them and send them with [`pack_frame`](crate::pack_frame) if [`Engine::may_send`](crate::Engine::may_send)
    /// still holds, and answer [`Event::PackSent`]. Where they do not pack well, a run of one of the logs does as well. One pack
    /// is under way to one peer at a time.
    SendPack {
        /// To whom.
        peer: DeviceId,
        /// The space of all the logs.
        space: SpaceId,
        /// What may be sent of each.
        logs: Vec<Portion>,
        /// How many bytes of entries to aim at, unpacked.
        max_bytes: usize,
    },
    /// Unpack a pack, compare it with what is said of each log here, and do with the entries of each as with
    /// [`Effect::Ingest`], in one or more runs: answer [`Event::Ingested`] or [`Event::Refused`] once for each log. Where a part
    /// of a log was stored before the rest was refused, [`Event::Stored`] goes before. What a pack holds of other logs is let fall.
    IngestPack {
        /// From whom.
        peer: DeviceId,
        /// The space of all the logs.
        space: SpaceId,
        /// What is to be stored.
        logs: Vec<StretchOf>,
        /// The pack.
        bytes: Vec<u8>,
    },
    /// Verify the entries as a run (`accord_core::verify_run`), check that what is new of them links to what is held,
    /// make that durable, and answer [`Event::Ingested`] or [`Event::Refused`], exactly once, also after the peer is
    /// gone. Entries that are held already are passed over. The runs of one log from one peer keep their order.
    Ingest {
        /// From whom.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// The entries, unverified.
        entries: Vec<SignedEntry>,
    },
    /// Verify the entries as a run, put those back that were lost here and that the chain around them names, durably, and
    /// answer [`Event::Mended`], exactly once, also after the peer is gone.
    Mend {
        /// From whom.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// The entries, unverified.
        entries: Vec<SignedEntry>,
    },
    /// Look something up in the entries held of a log, and answer [`Event::Looked`], exactly once.
    Look {
        /// For whom.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// What.
        look: Look,
    },
    /// The peer says that it holds more of this device's own log than is here: the disk came back as an older one. The
    /// engine asks for the entries. It is a word without proof until they come.
    OwnAhead {
        /// Who says so.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// How far it goes.
        said: u64,
    },
    /// The peer refused what this node sent of a log, and takes no more of it on this connection. For people: either
    /// this node's store is damaged, or the peer's is, or one of both misbehaves.
    RefusedByPeer {
        /// Who.
        peer: DeviceId,
        /// Which log.
        log: LogId,
        /// Why.
        reason: Refusal,
    },
    /// Send what was put in line for the peer, as far as that goes without waiting, and close the connection. The
    /// engine has forgotten the peer already.
    Close {
        /// The peer.
        peer: DeviceId,
        /// Why.
        reason: CloseReason,
    },
}

/// Entries of one history of a log that follow each other, were held, and are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
    /// The head of the history that they belong to.
    pub of: Claim,
}

/// What of a log may go into a pack: see [`Effect::SendRun`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// Which log.
    pub log: LogId,
    /// The first entry.
    pub from: u64,
    /// The last entry that may be sent.
    pub to: u64,
    /// Of which history, by an entry that it has.
    pub on: Option<Claim>,
    /// What the entry before the first one has to be.
    pub after: Option<Prefix>,
}

/// What of a log went into a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentOf {
    /// All up to this entry.
    Upto(u64),
    /// Nothing this time.
    Later,
    /// Nothing could be read or sent, which ends the whole range.
    Nothing,
    /// Nothing, since the first entry does not follow what it has to.
    Parted,
}

/// What a pack holds of a log, as its sender says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StretchOf {
    /// Which log.
    pub log: LogId,
    /// The first entry.
    pub from: u64,
    /// The last entry.
    pub end: Claim,
}

/// A question to the store about one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// The ids at some positions, ascending, of the history that has the entry `of`; none at all if that is not held.
    Ids {
        /// The entry.
        of: Claim,
        /// The positions, at most [`LADDER`](crate::LADDER), none after that entry.
        at: Vec<u64>,
    },
    /// Which of some entries of one history is the last that is held, on whatever branch.
    Held(Vec<Claim>),
}

/// The answer to a [`Look`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// To [`Look::Ids`].
    Ids {
        /// As asked.
        of: Claim,
        /// The entries at the positions, in their order.
        ids: Vec<Head>,
    },
    /// To [`Look::Held`].
    Held {
        /// As asked.
        points: Vec<Claim>,
        /// The position of the last one that is held.
        last: Option<u64>,
    },
}

/// Why a run was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A signature, hash, header or link of the run does not hold.
    #[error("{}", say!("refusal-invalid", why = .0.to_string()))]
    Invalid(String),
    /// It does not follow what is held: another branch of the log.
    #[error("{}", say!("refusal-forked", why = .0.to_string()))]
    Forked(String),
    /// Its author has no part in the space, as far as the refusing node knows.
    #[error("{}", say!("refusal-unknown-author"))]
    UnknownAuthor,
    /// Entries are missing before it.
    #[error("{}", say!("refusal-gap"))]
    Gap,
    /// The disk did not take it, or a quota is used up.
    #[error("{}", say!("refusal-not-stored", why = .0.to_string()))]
    NotStored(String),
    /// A reason that a newer version knows.
    #[error("{0}")]
    Other(String),
}

/// Why a connection is closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloseReason {
    /// The device may not be connected, or not any more.
    #[error("{}", say!("close-no-access"))]
    NoAccess,
    /// As many peers are connected as may be.
    #[error("{}", say!("close-too-many"))]
    TooManyPeers,
    /// It speaks another version of the protocol.
    #[error("{}", say!("close-version", theirs = .0, ours = crate::PROTOCOL))]
    Version(u32),
    /// It belongs to another programme.
    #[error("{}", say!("close-other-programme"))]
    OtherProgramme,
    /// A frame that cannot be read.
    #[error("{}", say!("close-malformed"))]
    Malformed(#[source] WireError),
    /// A frame out of order.
    #[error("{}", say!("close-unexpected", what = .0.to_string()))]
    Unexpected(&'static str),
    /// No Hello in time.
    #[error("{}", say!("close-silent"))]
    Silent,
    /// The other side closed, and said why.
    #[error("{}", say!("close-by-peer", why = .0.to_string()))]
    ByPeer(String),
}
