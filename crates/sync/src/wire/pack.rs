//! Packs on the wire: which entries of which logs, and bytes that only the driver understands.

use accord_core::{DeviceId, SpaceId};
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use super::items::position;
use super::reading::{fields, list};
use super::{Frame, Prefix};
use crate::{MAX_PACK, MAX_PACK_LOGS};

/// Entries of several logs of one space, packed by the driver. Each log's part is a run or several, of which the last ends with a
/// signature that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// The space.
    pub space: Prefix,
    /// Of each log what is in it.
    pub logs: Vec<Packed>,
    /// The entries, in the form that drivers agree on.
    pub bytes: Vec<u8>,
}

/// Entries of one log in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    /// Whose log.
    pub device: DeviceId,
    /// The position of the first.
    pub from: u64,
    /// The position of the last.
    pub to: u64,
    /// Of the id of the last.
    pub end: Prefix,
}

/// The frame of a pack: what a driver sends for `Effect::SendPack`.
pub fn pack_frame(space: &SpaceId, logs: Vec<Packed>, bytes: Vec<u8>) -> Vec<u8> {
    Frame::Pack(Pack { space: Prefix::space(space), logs, bytes }).to_bytes()
}

pub(super) fn write<W: Write>(e: &mut Encoder<W>, pack: &Pack) -> Result<(), encode::Error<W::Error>> {
    pack.space.encode(e, &mut ())?;
    e.array(pack.logs.len() as u64)?;
    for log in &pack.logs {
        e.array(4)?;
        log.device.encode(e, &mut ())?;
        e.u64(log.from)?.u64(log.to)?.bytes(&log.end.0)?;
    }
    e.bytes(&pack.bytes)?.ok()
}

pub(super) fn read(d: &mut Decoder<'_>) -> Result<Pack, decode::Error> {
    let space = Prefix::decode(d, &mut ())?;
    let logs = list(d, MAX_PACK_LOGS, |d| {
        fields(d, 4)?;
        let device = DeviceId::decode(d, &mut ())?;
        let (from, to) = (position(d)?, position(d)?);
        if from > to {
            return Err(decode::Error::message("entries that end before they begin"));
        }
        Ok(Packed { device, from, to, end: Prefix::decode(d, &mut ())? })
    })?;
    let mut devices: Vec<&DeviceId> = logs.iter().map(|log| &log.device).collect();
    devices.sort_unstable();
    if logs.is_empty() || devices.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(decode::Error::message("a pack of no logs, or of one twice"));
    }
    let bytes = d.bytes()?;
    if bytes.len() > MAX_PACK {
        return Err(decode::Error::message("a pack over its bound"));
    }
    Ok(Pack { space, logs, bytes: bytes.to_vec() })
}
