//! The encoding of everything that is signed or sent: CBOR (RFC 8949) in its deterministic form, arrays
//! instead of maps, by position.
//!
//! Decoding is strict: the bytes must be exactly what encoding the decoded value gives. So one value has one
//! encoding, and nobody can give one signed thing a second id by re-encoding it. Nothing is allocated beyond
//! the length of the input.

use accord_words::say;
use minicbor::{Decode, Encode};

/// Bytes that are not the one encoding of a value of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The bytes are not CBOR of the wanted shape.
    #[error("{}", say!("codec-malformed", detail = .0))]
    Malformed(String),
    /// The bytes decode, but are not the deterministic encoding of what they say.
    #[error("{}", say!("codec-not-canonical"))]
    NotCanonical,
}

/// The one encoding of `value`.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to a Vec is infallible, and so are all our Encode implementations.
    minicbor::encode(value, &mut bytes).expect("encoding to memory cannot fail");
    bytes
}

/// Decodes `bytes`, which must be exactly the encoding of the result.
///
/// # Errors
/// See [`CodecError`].
pub fn decode<'b, T: Decode<'b, ()> + Encode<()>>(bytes: &'b [u8]) -> Result<T, CodecError> {
    let value: T = minicbor::decode(bytes).map_err(|e| CodecError::Malformed(e.to_string()))?;
    let mut same = Same { rest: bytes };
    let encoded = minicbor::encode(&value, &mut same);
    if encoded.is_err() || !same.rest.is_empty() {
        return Err(CodecError::NotCanonical);
    }
    Ok(value)
}

/// Compares what is written with what it must be, without keeping it.
struct Same<'b> {
    /// What is still to come.
    rest: &'b [u8],
}

/// Something else was written than what must come.
struct Differs;

impl minicbor::encode::Write for Same<'_> {
    type Error = Differs;

    fn write_all(&mut self, written: &[u8]) -> Result<(), Differs> {
        self.rest = self.rest.strip_prefix(written).ok_or(Differs)?;
        Ok(())
    }
}

/// Decodes an array head that must announce exactly `expected` items.
pub(crate) fn array(d: &mut minicbor::Decoder<'_>, expected: u64) -> Result<(), minicbor::decode::Error> {
    match d.array()? {
        Some(found) if found == expected => Ok(()),
        _ => Err(minicbor::decode::Error::message("an array of another length")),
    }
}

/// A tagged item `[tag, …]` that this version does not know, kept as its exact bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raw {
    pub(crate) tag: u32,
    pub(crate) bytes: Vec<u8>,
}

/// Reads the head `[tag, …]` of a tagged item; `known` tells how many fields follow the tag of a known one.
/// Gives `Err(raw)` for an unknown tag, having passed over the whole item.
pub(crate) fn tagged(
    d: &mut minicbor::Decoder<'_>,
    known: impl Fn(u32) -> Option<u64>,
) -> Result<Result<u32, Raw>, minicbor::decode::Error> {
    let start = d.position();
    let len = d.array()?.ok_or_else(|| minicbor::decode::Error::message("an array without a length"))?;
    let tag = d.u32()?;
    match known(tag) {
        Some(fields) if len == fields + 1 => Ok(Ok(tag)),
        Some(_) => Err(minicbor::decode::Error::message("a known tag with another number of fields")),
        None => {
            d.set_position(start);
            d.skip()?;
            let bytes = d.input()[start..d.position()].to_vec();
            Ok(Err(Raw { tag, bytes }))
        }
    }
}

/// Writes bytes that are an encoded item already.
pub(crate) fn write_raw<W: minicbor::encode::Write>(
    e: &mut minicbor::Encoder<W>,
    bytes: &[u8],
) -> Result<(), minicbor::encode::Error<W::Error>> {
    e.writer_mut().write_all(bytes).map_err(minicbor::encode::Error::write)
}
