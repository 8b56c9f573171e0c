//! The frames that two engines exchange, as bytes: CBOR arrays in the one deterministic encoding, each beginning with
//! its tag. Every count and length is checked against its bound before anything is allocated for it, since whoever is
//! connected may send anything. `docs/protocol.md` describes the format for other implementations.

mod frame;
mod items;
mod pack;
mod reading;
mod refusal;
mod run;

pub use frame::{Ask, Frame, Hello};
pub use items::{Claim, DeviceRef, Digests, HeadRef, Heads, Positions, Prefix, Ranges};
pub use pack::{Pack, Packed, pack_frame};
pub use run::{Run, pack_run, unpack_run};

/// Why bytes are not a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// More bytes than a frame has.
    #[error("a frame of {0} bytes")]
    TooLong(usize),
    /// Not the encoding of a frame.
    #[error(transparent)]
    Codec(#[from] accord_core::CodecError),
    /// A run that does not unpack within its bounds.
    #[error("a run that cannot be unpacked: {0}")]
    Run(&'static str),
}

impl Frame {
    /// Its bytes, without the length prefix that the driver puts before them.
    pub fn to_bytes(&self) -> Vec<u8> {
        accord_core::encode(self)
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`WireError`] if the bytes are over a bound or not the one encoding of a frame.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        if bytes.len() > crate::MAX_FRAME {
            return Err(WireError::TooLong(bytes.len()));
        }
        Ok(accord_core::decode(bytes)?)
    }
}
