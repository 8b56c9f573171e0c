//! Accord's pure core: ids, keys, signed entries and logs, the governance fold, admission, and the
//! request and response types that every face of a node speaks.
//!
//! Nothing in here does I/O, reads a clock or draws randomness: time and random bytes are arguments.
//! What the network or the disk hands over enters as an unverified type ([`SignedEntry`]) and becomes a
//! verified one ([`VerifiedRun`]) only by [`verify_run`], so unverified data cannot reach a store by type.

// The macros of `accord_words` name this crate as others do.
extern crate self as accord_core;

pub mod admission;
pub mod api;
mod audit;
mod card;
mod change;
mod codec;
mod device;
mod entry;
pub mod governance;
mod id;
mod keys;
mod run;
mod space;
mod ticket;
mod vector;

pub use audit::{
    AuditError, Audited, AuditedDocument, AuditedEntry, DocumentEntries, MAX_AUDIT, MAX_AUDIT_ENTRIES,
    audit_file,
};
pub use card::{
    Card, CardError, DeviceCertificate, FIRST_DEVICE, Organisation, OrganisationKind, device_called,
};
pub use change::{ActorSeed, ChangeMeta, ChangeReader, Unreadable};
pub use codec::{CodecError, decode, encode};
pub use device::{DeviceLineError, DeviceRequest};
pub use entry::{Authority, Body, Entry, FORMAT, Header, MAX_HEADER, MAX_PAYLOAD, SignedEntry, UnknownBody};
pub use id::{
    ChangeHash, DecisionId, DeviceId, DocumentId, EntryId, IdError, OrganisationId, ProgrammeId, RecordId,
    RootId, SpaceId, VoteId,
};
pub use keys::{DeviceKey, KeyError, PublicKey, RootKey, Signature, tagged_hash};
pub use run::{
    Invalid, LogId, MAX_GOVERNANCE_LOG, MAX_RUN, VerifiedRun, check_entry, verify_entry, verify_run,
};
pub use space::{governance_space, private_space, programme_space};
pub use ticket::{Ticket, TicketError};
pub use vector::{Digest, Head, Vector};
