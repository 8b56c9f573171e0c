//! Runs on the wire: whole entries, deflated where that makes them smaller, inflated within a bound.

use std::io::{Read as _, Write as _};

use accord_core::{DeviceId, LogId, MAX_RUN, SignedEntry};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use super::items::position;
use super::reading::length;
use super::{Frame, Prefix, WireError};
use crate::MAX_RUN_BYTES;

/// Entries of one log that follow each other, as they travel. The signature of the last one verifies; those before it
/// are unchecked by receivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The space.
    pub space: Prefix,
    /// Whose log.
    pub device: DeviceId,
    /// The position of the first entry.
    pub from: u64,
    /// Whether `packed` is deflated (RFC 1951, no header).
    pub deflated: bool,
    /// The entries: a CBOR array of arrays of header, signature and payload.
    pub packed: Vec<u8>,
}

pub(super) fn write<W: Write>(e: &mut Encoder<W>, run: &Run) -> Result<(), encode::Error<W::Error>> {
    run.space.encode(e, &mut ())?;
    run.device.encode(e, &mut ())?;
    e.u64(run.from)?.bool(run.deflated)?.bytes(&run.packed)?.ok()
}

pub(super) fn read(d: &mut Decoder<'_>) -> Result<Run, decode::Error> {
    Ok(Run {
        space: Prefix::decode(d, &mut ())?,
        device: DeviceId::decode(d, &mut ())?,
        from: position(d)?,
        deflated: d.bool()?,
        packed: d.bytes()?.to_vec(),
    })
}

/// The frame of a run of `log` that begins at `from`: what a driver sends for `Effect::SendRun`.
///
/// The caller ends the run where a signature verifies, and keeps to [`MAX_RUN`] entries and the size that the effect
/// named. Uses the fastest level: signatures and hashes, which are most of an entry, do not shrink anyway.
pub fn pack_run(log: &LogId, from: u64, entries: &[SignedEntry]) -> Vec<u8> {
    let raw = accord_core::encode(&entries);
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
    let deflated = deflate.write_all(&raw).and_then(|()| deflate.finish());
    let (deflated, packed) = match deflated {
        Ok(packed) if packed.len() < raw.len() => (true, packed),
        _ => (false, raw),
    };
    let run = Run { space: Prefix::space(&log.space), device: log.device, from, deflated, packed };
    Frame::Run(run).to_bytes()
}

/// The entries of a run, at least one, unverified.
///
/// # Errors
/// [`WireError::Run`] if they do not unpack, or are over a bound: a few bytes could claim to be gigabytes.
pub fn unpack_run(run: &Run) -> Result<Vec<SignedEntry>, WireError> {
    let mut inflated = Vec::new();
    let raw = if run.deflated {
        let limit = MAX_RUN_BYTES as u64 + 1;
        let read = DeflateDecoder::new(run.packed.as_slice()).take(limit).read_to_end(&mut inflated);
        read.map_err(|_| WireError::Run("not deflated"))?;
        &inflated
    } else {
        &run.packed
    };
    if raw.len() > MAX_RUN_BYTES {
        return Err(WireError::Run("too large"));
    }
    let entries = entries(raw).map_err(|_| WireError::Run("not a list of entries"))?;
    if entries.is_empty() {
        return Err(WireError::Run("no entries"));
    }
    Ok(entries)
}

fn entries(raw: &[u8]) -> Result<Vec<SignedEntry>, decode::Error> {
    let mut d = Decoder::new(raw);
    let len = length(&mut d, MAX_RUN)?;
    let entries = (0..len).map(|_| SignedEntry::decode(&mut d, &mut ())).collect::<Result<_, _>>()?;
    if d.position() != raw.len() {
        return Err(decode::Error::message("bytes after the end"));
    }
    Ok(entries)
}
