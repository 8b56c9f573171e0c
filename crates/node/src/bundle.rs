//! A bundle: entries for one organisation in one file, to be carried by hand where there is no network.
//!
//! The entries prove themselves, so whoever carries the file need not be trusted with what is true; and the file is sealed, so
//! they need not be trusted with what is secret either. What can be seen of it from outside is which organisation it is for,
//! with how many devices, and how long it is.
//!
//! The file is a line that says what it is, then parts, each with its length (u32, big-endian) before it. The first is the
//! [`Envelope`], as CBOR. It holds the key of the file, once for each device that may open it, by HPKE (RFC 9180: X25519,
//! HKDF-SHA-256, ChaCha20-Poly1305). All others are sealed under that key ([`seal`]): the [`Preface`] by which the sender
//! signs, then runs of entries. The last part is sealed as the last one: a file that was cut off does not pass for a whole one.

mod read;
mod seal;
mod write;

use accord_core::{
    DeviceCertificate, DeviceId, Head, OrganisationId, ProgrammeId, Signature, SignedEntry, SpaceId,
};
use minicbor::{Decode, Encode};

pub(crate) use read::{Bundle, Unfit};
pub(crate) use write::{Sender, Writer};

/// What a bundle begins with.
const MAGIC: &[u8] = b"accord bundle 1\n";
/// The longest envelope in bytes: more devices than an organisation may have.
const MAX_ENVELOPE: usize = 64 << 10;
/// The longest part in bytes, before it is compressed and after: a run, and one entry beyond it.
const MAX_PART: usize = 16 << 20;
/// What the sender signs.
const TAG: &str = "bundle";

/// Who may open a bundle.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct Envelope {
    /// The organisation that it is for.
    #[n(0)]
    organisation: OrganisationId,
    /// The key of the file, for each of its devices.
    #[n(1)]
    keys: Vec<SealedKey>,
}

/// The key of a file, sealed to one device.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct SealedKey {
    #[n(0)]
    device: DeviceId,
    /// The ephemeral key of HPKE.
    #[cbor(n(1), with = "minicbor::bytes")]
    encapsulated: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

/// How far somebody holds each log of some spaces: a log whose device signed two histories stands there with both.
pub(crate) type Holds = Vec<(SpaceId, Vec<(DeviceId, Head)>)>;

/// What the sender says.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Preface {
    /// The programme.
    #[n(0)]
    pub(crate) programme: ProgrammeId,
    /// The device that made the bundle, as its organisation certified it.
    #[n(1)]
    pub(crate) sender: DeviceCertificate,
    /// When it was made: seconds since 1970.
    #[n(2)]
    pub(crate) time: u64,
    /// What the sender holds of each space in the bundle: what it need not be given back.
    #[n(3)]
    pub(crate) holds: Holds,
}

/// The preface with the sender's signature over it, the key of the file and the organisation that it is for: nobody can
/// pass on another one's preface as a bundle of their own.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
struct SignedPreface {
    #[cbor(n(0), with = "minicbor::bytes")]
    preface: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

/// Entries of one log, in order.
#[derive(Debug, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Run {
    /// Of which log.
    #[n(0)]
    pub(crate) log: (SpaceId, DeviceId),
    /// The entries.
    #[n(1)]
    pub(crate) entries: Vec<SignedEntry>,
}

/// What the sender signs.
fn signed_hash(key: &seal::FileKey, organisation: &OrganisationId, preface: &[u8]) -> [u8; 32] {
    accord_core::tagged_hash(TAG, &[key.as_slice(), &organisation.0, preface])
}

#[cfg(test)]
mod tests;
