//! The operation columns of a change: found, counted, and bounded, without decoding the operations.

use super::reader::Reader;
use super::{ChangeError, MAX_OPS};

/// Column specifications are `id << 4 | deflate << 3 | type`.
const DEFLATE_BIT: u64 = 0b1000;

/// Every column that the format version measured here writes, in its order. Another one would be dropped when the
/// document is saved, and the saved document would never load again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    ObjectActor,
    ObjectCounter,
    KeyActor,
    KeyCounter,
    KeyText,
    Insert,
    Action,
    ValueSort,
    Value,
    PredCount,
    PredActor,
    PredCounter,
    Expand,
    MarkName,
}

const KNOWN: [(Column, u64); 14] = [
    (Column::ObjectActor, 1),
    (Column::ObjectCounter, 2),
    (Column::KeyActor, 1 << 4 | 1),
    (Column::KeyCounter, 1 << 4 | 3),
    (Column::KeyText, 1 << 4 | 5),
    (Column::Insert, 3 << 4 | 4),
    (Column::Action, 4 << 4 | 2),
    (Column::ValueSort, 5 << 4 | 6),
    (Column::Value, 5 << 4 | 7),
    (Column::PredCount, 7 << 4),
    (Column::PredActor, 7 << 4 | 1),
    (Column::PredCounter, 7 << 4 | 3),
    (Column::Expand, 9 << 4 | 4),
    (Column::MarkName, 10 << 4 | 5),
];

impl Column {
    pub(crate) const fn spec(self) -> u64 {
        KNOWN[self as usize].1
    }
}

/// The columns of one change; one that is not there is empty.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Columns<'a>([&'a [u8]; KNOWN.len()]);

impl<'a> Columns<'a> {
    pub(super) fn get(&self, column: Column) -> &'a [u8] {
        self.0[column as usize]
    }
}

/// Reads the rest of a change; gives its columns and its number of operations.
pub(super) fn columns<'a>(r: &mut Reader<'a>) -> Result<(Columns<'a>, u64), ChangeError> {
    let count = r.bounded("its number of columns", KNOWN.len())?;
    let mut found = [(Column::ObjectActor, 0usize); KNOWN.len()];
    let found = &mut found[..count];
    let mut previous = None;
    for entry in found.iter_mut() {
        let spec = r.unsigned()?;
        let known = KNOWN.iter().find(|(_, known)| *known == spec).filter(|_| spec & DEFLATE_BIT == 0);
        let Some((column, _)) = known else {
            return Err(ChangeError::Malformed("it has a column that this version does not know"));
        };
        if previous.is_some_and(|p| p >= spec) {
            return Err(ChangeError::Malformed("its columns are out of order"));
        }
        previous = Some(spec);
        *entry = (*column, r.bounded("a column", super::MAX_INFLATED)?);
    }
    let mut operations = 0;
    let mut columns = Columns::default();
    for (column, len) in found.iter() {
        let data = r.take(*len)?;
        match column {
            Column::Action => operations = run_lengths(data)?,
            // One operation could claim billions of predecessors in ten bytes.
            Column::PredCount => {
                run_lengths(data)?;
            }
            _ => {}
        }
        columns.0[*column as usize] = data;
    }
    if r.is_empty() {
        Ok((columns, operations))
    } else {
        Err(ChangeError::Malformed("it has an unknown footer"))
    }
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
