//! Verifying a run of entries of one log: a hash chain that one signature at its end vouches for.

use crate::{
    Body, ChangeMeta, ChangeReader, CodecError, DeviceId, Entry, EntryId, Head, Header, KeyError,
    ProgrammeId, SignedEntry, SpaceId,
};
use accord_words::say;

/// The most entries of one run: what a node checks and stores in one step.
pub const MAX_RUN: usize = 1024;

/// The most entries of one device's log in the governance space: some ten thousand decisions with all that one device says to
/// them, and no more than any partner can hold. By position, so that every node draws the line at the same entry.
pub const MAX_GOVERNANCE_LOG: u64 = 1 << 16;

/// A log: the entries of one device in one space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId {
    /// The space.
    pub space: SpaceId,
    /// The author.
    pub device: DeviceId,
}

/// Why a run is refused as a whole, with nothing stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// No entry, or more than [`MAX_RUN`].
    #[error("{}", say!("run-length", count = .0))]
    Length(usize),
    /// A header that cannot be read.
    #[error("{}", say!("run-header", at = .at))]
    Header {
        /// Which entry of the run, from 0.
        at: usize,
        /// Why.
        #[source]
        source: CodecError,
    },
    /// An entry of another programme or log.
    #[error("{}", say!("run-elsewhere", seq = .seq))]
    Elsewhere {
        /// Its position.
        seq: u64,
    },
    /// An entry that does not follow the one before.
    #[error("{}", say!("run-gap", seq = .seq))]
    Gap {
        /// Its position.
        seq: u64,
    },
    /// A governance record outside of the governance space, or a document inside of it.
    #[error("{}", say!("run-misplaced", seq = .seq))]
    Misplaced {
        /// Its position.
        seq: u64,
    },
    /// A governance log beyond [`MAX_GOVERNANCE_LOG`].
    #[error("{}", say!("run-full", seq = .seq, limit = MAX_GOVERNANCE_LOG))]
    Full {
        /// Its position.
        seq: u64,
    },
    /// A payload that is not what the header says.
    #[error("{}", say!("run-payload", seq = .seq, why = .why.to_string()))]
    Payload {
        /// Its position.
        seq: u64,
        /// In what it differs.
        why: String,
    },
    /// The signature at the end does not hold.
    #[error("{}", say!("run-signature", seq = .seq))]
    Signature {
        /// Its position.
        seq: u64,
        /// Why.
        #[source]
        source: KeyError,
    },
}

/// Entries of one log that follow each other and are vouched for by a signature. Only [`verify_run`] and a
/// device's own signing make one, so nothing else can reach the store.
#[derive(Debug, Clone)]
pub struct VerifiedRun {
    log: LogId,
    entries: Vec<(Entry, Option<ChangeMeta>)>,
}

impl VerifiedRun {
    /// The run of one entry that this device has just made. `meta` is the outside of its change.
    pub fn own(entry: Entry, meta: Option<ChangeMeta>) -> Self {
        let log = LogId { space: entry.header.space, device: entry.header.device };
        Self { log, entries: vec![(entry, meta)] }
    }

    /// Whose entries these are.
    pub fn log(&self) -> LogId {
        self.log
    }

    /// The entries with the outside of their changes, in order.
    pub fn entries(&self) -> &[(Entry, Option<ChangeMeta>)] {
        &self.entries
    }

    /// The position and id of the last entry.
    pub fn head(&self) -> Head {
        let (last, _) = self.entries.last().expect("a run has at least one entry");
        Head { seq: last.header.seq, id: last.id }
    }

    /// The position of the first entry.
    pub fn first_seq(&self) -> u64 {
        self.entries[0].0.header.seq
    }

    /// The id that the first entry names as the one before it.
    pub fn prev(&self) -> Option<EntryId> {
        self.entries[0].0.header.prev
    }
}

/// Verifies that `entries` are one unbroken run of `log`, vouched for by the signature at its end.
///
/// Whether the run links to what is held is the caller's question ([`VerifiedRun::prev`]): a run may belong to
/// another branch of a fork. Signatures inside of the run are not checked, since the one at the end covers the
/// chain; a node that ends a run elsewhere checks the signature there before it sends.
///
/// # Errors
/// [`Invalid`] for the first thing that is wrong; nothing of such a run may be stored.
pub fn verify_run(
    programme: &ProgrammeId,
    log: LogId,
    entries: Vec<SignedEntry>,
    reader: &impl ChangeReader,
) -> Result<VerifiedRun, Invalid> {
    if entries.is_empty() || entries.len() > MAX_RUN {
        return Err(Invalid::Length(entries.len()));
    }
    let governed = log.space == crate::governance_space(programme);
    let mut verified: Vec<(Entry, Option<ChangeMeta>)> = Vec::with_capacity(entries.len());
    for (at, signed) in entries.into_iter().enumerate() {
        let header = Header::from_bytes(&signed.header).map_err(|source| Invalid::Header { at, source })?;
        let seq = header.seq;
        belongs(programme, &log, governed, &header)?;
        let follows = match verified.last() {
            Some((before, _)) => {
                before.header.seq.checked_add(1) == Some(seq) && header.prev == Some(before.id)
            }
            None => (seq == 1) == header.prev.is_none() && seq > 0,
        };
        if !follows {
            return Err(Invalid::Gap { seq });
        }
        let meta = check_payload(&header, &signed.payload, reader)?;
        let id = Header::id_of(&signed.header);
        verified.push((Entry { id, header, signed }, meta));
    }
    let (last, _) = verified.last().expect("checked not to be empty");
    verify_entry(last)?;
    Ok(VerifiedRun { log, entries: verified })
}

/// Whether an entry belongs into a log of this programme, as far as its header tells. `governed` says whether the log is one
/// of the governance space.
fn belongs(programme: &ProgrammeId, log: &LogId, governed: bool, header: &Header) -> Result<(), Invalid> {
    let seq = header.seq;
    if header.programme != *programme || header.space != log.space || header.device != log.device {
        return Err(Invalid::Elsewhere { seq });
    }
    if governed != matches!(header.body, Body::Governance { .. }) && !matches!(header.body, Body::Unknown(_))
    {
        return Err(Invalid::Misplaced { seq });
    }
    if governed && seq > MAX_GOVERNANCE_LOG {
        return Err(Invalid::Full { seq });
    }
    Ok(())
}

/// Checks all of one entry that can be checked without those around it, but for its signature: for entries that a
/// signature after them vouches for. Gives the outside of its change.
///
/// # Errors
/// [`Invalid`] for the first thing that is wrong.
pub fn check_entry(
    programme: &ProgrammeId,
    log: LogId,
    entry: &Entry,
    reader: &impl ChangeReader,
) -> Result<Option<ChangeMeta>, Invalid> {
    let header = &entry.header;
    belongs(programme, &log, log.space == crate::governance_space(programme), header)?;
    if (header.seq == 1) != header.prev.is_none() || header.seq == 0 {
        return Err(Invalid::Gap { seq: header.seq });
    }
    check_payload(header, &entry.signed.payload, reader)
}

/// Checks the signature of one entry.
///
/// # Errors
/// [`Invalid::Signature`] if it does not hold.
pub fn verify_entry(entry: &Entry) -> Result<(), Invalid> {
    let seq = entry.header.seq;
    let signature = entry.signed.signature;
    signature
        .verify(&entry.header.device.0, "entry", &entry.id.0)
        .map_err(|source| Invalid::Signature { seq, source })
}

pub(crate) fn check_payload(
    header: &Header,
    payload: &[u8],
    reader: &impl ChangeReader,
) -> Result<Option<ChangeMeta>, Invalid> {
    let seq = header.seq;
    let refuse = |why: &str| Invalid::Payload { seq, why: why.to_owned() };
    match &header.body {
        Body::Change { change, .. } => {
            let meta = reader.read(payload).map_err(|e| Invalid::Payload { seq, why: e.to_string() })?;
            if meta.hash != *change {
                return Err(refuse("another change"));
            }
            Ok(Some(meta))
        }
        // Nothing that is signed vouches for the payload of such an entry, so it has none.
        Body::Create { .. } | Body::Governance { .. } | Body::Unknown(_) if payload.is_empty() => Ok(None),
        _ => Err(refuse("content where there should be none")),
    }
}
