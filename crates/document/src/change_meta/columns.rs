//! The operation columns of a change: counted, and bounded, without decoding the operations.

use super::reader::Reader;
use super::{ChangeError, MAX_OPS};

/// Column specifications are `id << 4 | deflate << 3 | type`.
const DEFLATE_BIT: u64 = 0b1000;
const ACTION: u64 = 4 << 4 | 2;
const PREDECESSORS: u64 = 7 << 4;
/// Every column that the format version measured here writes. Another one would be dropped when the
/// document is saved, and the saved document would never load again.
const KNOWN: [u64; 14] = [
    1,          // object actor
    2,          // object counter
    1 << 4 | 1, // key actor
    1 << 4 | 3, // key counter
    1 << 4 | 5, // key string
    3 << 4 | 4, // insert
    ACTION,
    5 << 4 | 6, // value metadata
    5 << 4 | 7, // value
    PREDECESSORS,
    7 << 4 | 1,  // predecessor actor
    7 << 4 | 3,  // predecessor counter
    9 << 4 | 4,  // expand
    10 << 4 | 5, // mark name
];

/// Reads the rest of a change and returns its number of operations.
pub(super) fn count_operations(r: &mut Reader<'_>) -> Result<u64, ChangeError> {
    let count = r.bounded("its number of columns", KNOWN.len())?;
    let mut columns = [(0u64, 0usize); KNOWN.len()];
    let columns = &mut columns[..count];
    let mut previous = None;
    for column in columns.iter_mut() {
        let spec = r.unsigned()?;
        if spec & DEFLATE_BIT != 0 || !KNOWN.contains(&spec) {
            return Err(ChangeError::Malformed("it has a column that this version does not know"));
        }
        if previous.is_some_and(|p| p >= spec) {
            return Err(ChangeError::Malformed("its columns are out of order"));
        }
        previous = Some(spec);
        *column = (spec, r.bounded("a column", super::MAX_INFLATED)?);
    }
    let mut operations = 0;
    for (spec, len) in columns.iter() {
        let data = r.take(*len)?;
        match *spec {
            ACTION => operations = run_lengths(data)?,
            // One operation could claim billions of predecessors in ten bytes.
            PREDECESSORS => {
                run_lengths(data)?;
            }
            _ => {}
        }
    }
    if r.is_empty() { Ok(operations) } else { Err(ChangeError::Malformed("it has an unknown footer")) }
}

/// Walks a run-length encoded column of unsigned numbers; bounds both how many there are and their sum.
fn run_lengths(data: &[u8]) -> Result<u64, ChangeError> {
    let mut r = Reader::new(data);
    let (mut count, mut sum) = (0u64, 0u64);
    while !r.is_empty() {
        let run = r.signed()?;
        let length = run.unsigned_abs();
        if run > 0 {
            count = count.saturating_add(length);
            sum = sum.saturating_add(length.saturating_mul(r.unsigned()?));
        } else if run < 0 {
            // A literal run takes at least a byte for each number, so a lie ends as "cut off".
            for _ in 0..length {
                sum = sum.saturating_add(r.unsigned()?);
            }
            count = count.saturating_add(length);
        } else {
            count = count.saturating_add(r.unsigned()?);
        }
        // The largest action number is 7, so honest sums stay within eight times the bound.
        if count > MAX_OPS || sum > MAX_OPS * 8 {
            return Err(ChangeError::TooLarge {
                what: "its number of operations",
                size: count.max(sum),
                limit: MAX_OPS,
            });
        }
    }
    Ok(count)
}
