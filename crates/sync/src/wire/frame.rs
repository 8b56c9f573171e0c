//! The frames.

use accord_core::{DeviceId, Digest, ProgrammeId, SpaceId};
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

use super::items::{
    claim, position, read_digests, read_positions, read_ranges, write_digests, write_positions, write_ranges,
};
use super::reading::{cut, fields, list, text};
use super::{Claim, Digests, HeadRef, Heads, Pack, Positions, Prefix, Ranges, Run, pack, refusal, run};
use crate::{LADDER, MAX_LOGS, MAX_TEXT, Refusal};

/// The first frame of each side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The protocol, [`crate::PROTOCOL`].
    pub protocol: u32,
    /// The programme.
    pub programme: ProgrammeId,
    /// The digest of the governance space: only if it is equal on both sides do the other digests mean the same.
    pub governance: Digest,
    /// One digest over all other spaces that both may read and of which the sender holds something.
    pub combined: Digest,
    /// The same by space, if they are at most [`crate::INLINE_SPACES`].
    pub spaces: Option<Digests>,
}

/// What the sender of a vector expects in return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Nothing, if the receiver told its vector already.
    Nothing = 0,
    /// The receiver's vector once more: it named devices that the sender has come to know since.
    Again = 1,
    /// The receiver's vector: the sender begins with the space now, and let fall what it was sent of it before.
    Begin = 2,
}

impl Ask {
    fn read(number: u8) -> Result<Self, decode::Error> {
        match number {
            0 => Ok(Ask::Nothing),
            1 => Ok(Ask::Again),
            2 => Ok(Ask::Begin),
            _ => Err(decode::Error::message("an unknown way to ask")),
        }
    }
}

/// What two engines say to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Begins a connection.
    Hello(Hello),
    /// The sender has taken in all governance that the other side announced; content may move. Holds the digests of
    /// all other spaces that both may read and of which the sender holds something.
    Ready(Digests),
    /// All that the sender holds of one space.
    Vector {
        /// The space.
        space: SpaceId,
        /// What is expected in return.
        ask: Ask,
        /// The heads of each log.
        logs: Heads,
    },
    /// What the sender holds more than it said before, durably: news, and acknowledgement.
    Have(Positions),
    /// Asks for entries.
    Want(Ranges),
    /// Entries of one log.
    Run(Run),
    /// Entries of several logs, packed.
    Pack(Pack),
    /// The sender of this takes nothing more of a log on this connection.
    Refuse {
        /// The space.
        space: Prefix,
        /// Whose log.
        device: DeviceId,
        /// Why.
        reason: Refusal,
    },
    /// Asks the other side to say once what it holds now, by a number that counts up.
    Probe(u64),
    /// Answers a probe: what the sender holds that the other side has not acknowledged.
    Echo {
        /// The number of the probe.
        number: u64,
        /// Up to where.
        positions: Positions,
    },
    /// Asks for the ids at some positions of the history that has the entry `of`.
    Locate {
        /// The space.
        space: Prefix,
        /// Whose log.
        device: DeviceId,
        /// An entry that the other side said it holds.
        of: Claim,
        /// The positions, ascending, none after that entry.
        at: Vec<u64>,
    },
    /// Answers it: none if the entry is not held.
    Located {
        /// The space.
        space: Prefix,
        /// Whose log.
        device: DeviceId,
        /// The entry, as asked.
        of: Claim,
        /// The ids at the positions.
        ids: Vec<Claim>,
    },
    /// Asks for entries of a forked log.
    Fetch {
        /// The space.
        space: Prefix,
        /// Whose log.
        device: DeviceId,
        /// The first entry.
        from: u64,
        /// The last entry, which tells of which branch.
        of: Claim,
    },
    /// Asks for entries that the sender of this held and lost.
    Again {
        /// The space.
        space: Prefix,
        /// Whose log.
        device: DeviceId,
        /// The first entry.
        from: u64,
        /// The last entry.
        to: u64,
        /// The head of the history that they belong to, as the sender holds it.
        of: Claim,
    },
    /// What was asked for does not follow what the other side holds: the log has two histories.
    Apart {
        /// The space.
        space: Prefix,
        /// Whose log.
        device: DeviceId,
    },
    /// The sender closes, and why.
    Bye(String),
}

impl<C> Encode<C> for Frame {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), encode::Error<W::Error>> {
        match self {
            Frame::Hello(hello) => {
                e.array(6)?.u8(0)?.u32(hello.protocol)?;
                hello.programme.encode(e, ctx)?;
                hello.governance.encode(e, ctx)?;
                hello.combined.encode(e, ctx)?;
                match &hello.spaces {
                    Some(spaces) => write_digests(e, spaces),
                    None => e.null()?.ok(),
                }
            }
            Frame::Ready(spaces) => {
                e.array(2)?.u8(1)?;
                write_digests(e, spaces)
            }
            Frame::Vector { space, ask, logs } => {
                e.array(4)?.u8(2)?;
                space.encode(e, ctx)?;
                e.u8(*ask as u8)?;
                logs.encode(e, ctx)
            }
            Frame::Have(positions) => {
                e.array(2)?.u8(3)?;
                write_positions(e, positions)
            }
            Frame::Want(ranges) => {
                e.array(2)?.u8(4)?;
                write_ranges(e, ranges)
            }
            Frame::Run(run) => {
                e.array(6)?.u8(5)?;
                run::write(e, run)
            }
            Frame::Pack(pack) => {
                e.array(4)?.u8(15)?;
                pack::write(e, pack)
            }
            Frame::Refuse { space, device, reason } => {
                e.array(5)?.u8(6)?;
                space.encode(e, ctx)?;
                device.encode(e, ctx)?;
                refusal::write(e, reason)
            }
            Frame::Locate { space, device, of, at } => {
                e.array(6)?.u8(10)?;
                write_log(e, space, device)?;
                e.u64(of.seq)?.bytes(&of.id.0)?.array(at.len() as u64)?;
                at.iter().try_for_each(|seq| e.u64(*seq)?.ok())
            }
            Frame::Located { space, device, of, ids } => {
                e.array(6)?.u8(11)?;
                write_log(e, space, device)?;
                e.u64(of.seq)?.bytes(&of.id.0)?.array(ids.len() as u64)?;
                ids.iter().try_for_each(|id| e.array(2)?.u64(id.seq)?.bytes(&id.id.0)?.ok())
            }
            Frame::Fetch { space, device, from, of } => {
                e.array(6)?.u8(12)?;
                write_log(e, space, device)?;
                e.u64(*from)?.u64(of.seq)?.bytes(&of.id.0)?.ok()
            }
            Frame::Again { space, device, from, to, of } => {
                e.array(7)?.u8(14)?;
                write_log(e, space, device)?;
                e.u64(*from)?.u64(*to)?.u64(of.seq)?.bytes(&of.id.0)?.ok()
            }
            Frame::Apart { space, device } => {
                e.array(3)?.u8(13)?;
                write_log(e, space, device)
            }
            Frame::Bye(why) => e.array(2)?.u8(7)?.str(cut(why))?.ok(),
            Frame::Probe(number) => e.array(2)?.u8(8)?.u64(*number)?.ok(),
            Frame::Echo { number, positions } => {
                e.array(3)?.u8(9)?.u64(*number)?;
                write_positions(e, positions)
            }
        }
    }
}

fn write_log<W: Write>(
    e: &mut Encoder<W>,
    space: &Prefix,
    device: &DeviceId,
) -> Result<(), encode::Error<W::Error>> {
    e.bytes(&space.0)?.bytes(&device.0)?.ok()
}

impl<'b, C> Decode<'b, C> for Frame {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, decode::Error> {
        let len = d.array()?.ok_or_else(|| decode::Error::message("an array without a length"))?;
        match (d.u8()?, len) {
            (0, 6) => Ok(Frame::Hello(Hello {
                protocol: d.u32()?,
                programme: ProgrammeId::decode(d, ctx)?,
                governance: Digest::decode(d, ctx)?,
                combined: Digest::decode(d, ctx)?,
                spaces: match d.datatype()? {
                    minicbor::data::Type::Null => {
                        d.null()?;
                        None
                    }
                    _ => Some(read_digests(d)?),
                },
            })),
            (1, 2) => Ok(Frame::Ready(read_digests(d)?)),
            (2, 4) => Ok(Frame::Vector {
                space: SpaceId::decode(d, ctx)?,
                ask: Ask::read(d.u8()?)?,
                logs: list(d, MAX_LOGS, |d| HeadRef::decode(d, &mut ()))?,
            }),
            (3, 2) => Ok(Frame::Have(read_positions(d)?)),
            (4, 2) => Ok(Frame::Want(read_ranges(d)?)),
            (5, 6) => Ok(Frame::Run(run::read(d)?)),
            (6, 5) => Ok(Frame::Refuse {
                space: Prefix::decode(d, ctx)?,
                device: DeviceId::decode(d, ctx)?,
                reason: refusal::read(d)?,
            }),
            (7, 2) => Ok(Frame::Bye(text(d, MAX_TEXT)?)),
            (8, 2) => Ok(Frame::Probe(d.u64()?)),
            (9, 3) => Ok(Frame::Echo { number: d.u64()?, positions: read_positions(d)? }),
            (10, 6) => Ok(Frame::Locate {
                space: Prefix::decode(d, ctx)?,
                device: DeviceId::decode(d, ctx)?,
                of: claim(d)?,
                at: list(d, LADDER, position)?,
            }),
            (11, 6) => Ok(Frame::Located {
                space: Prefix::decode(d, ctx)?,
                device: DeviceId::decode(d, ctx)?,
                of: claim(d)?,
                ids: list(d, LADDER, |d| {
                    fields(d, 2)?;
                    claim(d)
                })?,
            }),
            (12, 6) => Ok(Frame::Fetch {
                space: Prefix::decode(d, ctx)?,
                device: DeviceId::decode(d, ctx)?,
                from: position(d)?,
                of: claim(d)?,
            }),
            (14, 7) => Ok(Frame::Again {
                space: Prefix::decode(d, ctx)?,
                device: DeviceId::decode(d, ctx)?,
                from: position(d)?,
                to: position(d)?,
                of: claim(d)?,
            }),
            (13, 3) => Ok(Frame::Apart { space: Prefix::decode(d, ctx)?, device: DeviceId::decode(d, ctx)? }),
            (15, 4) => Ok(Frame::Pack(pack::read(d)?)),
            _ => Err(decode::Error::message("an unknown frame")),
        }
    }
}
