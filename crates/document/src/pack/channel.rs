//! The columns of a pack. One walk through the entries serves both directions: where it writes, each step is given its value
//! and gives it back; where it reads, each step is given nothing, and gives what stands there.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::{MAX_COLUMNS, PackError};
use crate::change_meta::{Reader, write_unsigned};

/// How hard the columns are deflated. More takes longer, and of what packs hold the highest level makes six in a hundred
/// more bytes than this one.
const LEVEL: u32 = 7;

/// What is said of entries, each in a column of its own, since like follows like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Devices, entries before, documents, hashes from outside: what nobody can compute.
    Ids,
    Signatures,
    /// What each position of each log is.
    Sort,
    Document,
    Time,
    /// What an entry tells that its log did not tell before.
    News,
    /// Who made a document's next change.
    Author,
    Deps,
    StartOp,
    Operations,
    Message,
    Shape,
    Object,
    Key,
    NewKey,
    Element,
    Action,
    ValueSort,
    Pred,
    /// Who made what an operation names.
    Actor,
    Lengths,
    Texts,
    Values,
    /// What travels whole.
    Whole,
}

const COLUMNS: usize = Column::Whole as usize + 1;

/// One direction of the walk.
pub(super) trait Channel<'a> {
    /// A number; where it is written, the given one.
    fn number(&mut self, column: Column, given: Option<u64>) -> Result<u64, PackError>;
    /// So many bytes; where they are written, the given ones, which are so many.
    fn bytes(
        &mut self,
        column: Column,
        length: usize,
        given: Option<&'a [u8]>,
    ) -> Result<&'a [u8], PackError>;

    /// A number of either sign.
    fn signed(&mut self, column: Column, given: Option<i64>) -> Result<i64, PackError> {
        let folded = given.map(|value| (value.wrapping_shl(1) ^ (value >> 63)).cast_unsigned());
        let folded = self.number(column, folded)?;
        Ok((folded >> 1).cast_signed() ^ -((folded & 1).cast_signed()))
    }

    /// A number below a bound.
    fn place(&mut self, column: Column, bound: usize, given: Option<usize>) -> Result<usize, PackError> {
        let place = self.number(column, given.map(|given| given as u64))?;
        usize::try_from(place)
            .ok()
            .filter(|place| *place < bound)
            .ok_or(PackError::Malformed("a number over its bound"))
    }

    /// Bytes of any length up to a bound, which stands before them.
    fn text(&mut self, column: Column, bound: usize, given: Option<&'a [u8]>) -> Result<&'a [u8], PackError> {
        let length = self.place(Column::Lengths, bound.saturating_add(1), given.map(<[u8]>::len))?;
        self.bytes(column, length, given)
    }

    /// An id, a hash or a signature.
    fn id<const N: usize>(&mut self, column: Column, given: Option<&[u8; N]>) -> Result<[u8; N], PackError>;
}

/// Writes.
#[derive(Debug)]
pub(super) struct Writer {
    columns: [Vec<u8>; COLUMNS],
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { columns: std::array::from_fn(|_| Vec::new()) }
    }

    /// Each column by its length, inflated and as it stands, and the columns after that: deflated where that is smaller.
    pub(super) fn finish(self, out: &mut Vec<u8>) -> Result<(), PackError> {
        if self.columns.iter().map(Vec::len).sum::<usize>() > MAX_COLUMNS {
            return Err(PackError::TooLarge("bytes"));
        }
        let mut packed = Vec::with_capacity(COLUMNS);
        for column in self.columns {
            let mut deflate = DeflateEncoder::new(Vec::new(), Compression::new(LEVEL));
            let deflated = deflate.write_all(&column).and_then(|()| deflate.finish());
            write_unsigned(out, column.len() as u64);
            match deflated {
                Ok(deflated) if deflated.len() < column.len() => {
                    write_unsigned(out, deflated.len() as u64);
                    packed.push(deflated);
                }
                // Nothing deflates to its own length, so an equal one says that it is not deflated.
                _ => {
                    write_unsigned(out, column.len() as u64);
                    packed.push(column);
                }
            }
        }
        packed.iter().for_each(|column| out.extend_from_slice(column));
        Ok(())
    }
}

impl<'a> Channel<'a> for Writer {
    fn number(&mut self, column: Column, given: Option<u64>) -> Result<u64, PackError> {
        let given = given.ok_or(PackError::Malformed("nothing to write"))?;
        write_unsigned(&mut self.columns[column as usize], given);
        Ok(given)
    }

    fn bytes(
        &mut self,
        column: Column,
        length: usize,
        given: Option<&'a [u8]>,
    ) -> Result<&'a [u8], PackError> {
        let given =
            given.filter(|given| given.len() == length).ok_or(PackError::Malformed("nothing to write"))?;
        self.columns[column as usize].extend_from_slice(given);
        Ok(given)
    }

    fn id<const N: usize>(&mut self, column: Column, given: Option<&[u8; N]>) -> Result<[u8; N], PackError> {
        let given = given.ok_or(PackError::Malformed("nothing to write"))?;
        self.columns[column as usize].extend_from_slice(given);
        Ok(*given)
    }
}

/// The columns of a pack that came, inflated.
#[derive(Debug)]
pub(super) struct Columns(Vec<Vec<u8>>);

impl Columns {
    /// Inflates all columns. What they say they take is bounded before any of it is made.
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, PackError> {
        let mut lengths = [(0, 0); COLUMNS];
        let mut left = MAX_COLUMNS;
        for (length, packed) in &mut lengths {
            *length = r.bounded("a column", left).map_err(|_| PackError::TooLarge("bytes"))?;
            *packed = r.bounded("a column", *length).map_err(|_| PackError::TooLarge("bytes"))?;
            left -= *length;
        }
        let mut columns = Vec::with_capacity(COLUMNS);
        for (length, packed) in lengths {
            let bytes = r.take(packed).map_err(|_| PackError::CutOff)?;
            if packed == length {
                columns.push(bytes.to_vec());
                continue;
            }
            let mut inflated = Vec::new();
            let mut deflate = DeflateDecoder::new(bytes);
            // One byte more than was said is enough to know that it was wrong.
            let read = deflate.by_ref().take(length as u64 + 1).read_to_end(&mut inflated);
            read.map_err(|_| PackError::Malformed("a column does not inflate"))?;
            if inflated.len() != length || !deflate.into_inner().is_empty() {
                return Err(PackError::Malformed("a column has another length"));
            }
            columns.push(inflated);
        }
        Ok(Self(columns))
    }

    pub(super) fn channel(&self) -> ReadChannel<'_> {
        ReadChannel(self.0.iter().map(|column| Reader::new(column)).collect())
    }
}

/// Reads.
pub(super) struct ReadChannel<'a>(Vec<Reader<'a>>);

impl ReadChannel<'_> {
    /// Whether everything was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.0.iter().all(Reader::is_empty)
    }
}

impl<'a> Channel<'a> for ReadChannel<'a> {
    fn number(&mut self, column: Column, _: Option<u64>) -> Result<u64, PackError> {
        self.0[column as usize].unsigned().map_err(|_| PackError::CutOff)
    }

    fn bytes(&mut self, column: Column, length: usize, _: Option<&'a [u8]>) -> Result<&'a [u8], PackError> {
        self.0[column as usize].take(length).map_err(|_| PackError::CutOff)
    }

    fn id<const N: usize>(&mut self, column: Column, _: Option<&[u8; N]>) -> Result<[u8; N], PackError> {
        self.0[column as usize].array().map_err(|_| PackError::CutOff)
    }
}

/// The same pack with no column deflated.
#[cfg(test)]
pub(super) fn plain(packed: &[u8]) -> Vec<u8> {
    let mut r = Reader::new(packed);
    r.byte().unwrap();
    let logs = r.unsigned().unwrap();
    for _ in 0..logs {
        r.take(32).unwrap();
        let _skipped = (r.unsigned().unwrap(), r.unsigned().unwrap());
    }
    let head = packed.len() - r.rest().len();
    let columns = Columns::read(&mut r).unwrap();
    let mut out = packed[..head].to_vec();
    for column in &columns.0 {
        write_unsigned(&mut out, column.len() as u64);
        write_unsigned(&mut out, column.len() as u64);
    }
    columns.0.iter().for_each(|column| out.extend_from_slice(column));
    out
}
