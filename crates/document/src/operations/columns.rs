//! The columns of the format: run lengths, differences and booleans.

use crate::ChangeError;
use crate::change_meta::{Reader, write_signed, write_unsigned};

const TOO_MANY: ChangeError = ChangeError::Malformed("a column holds more than there are operations");
const TOO_FEW: ChangeError = ChangeError::Malformed("a column holds less than there are operations");

/// Reads `count` values in run lengths; a column that is not there holds nothing but nulls.
pub(super) fn read_runs<'a, T: Clone>(
    data: &'a [u8],
    count: usize,
    value: impl Fn(&mut Reader<'a>) -> Result<T, ChangeError>,
) -> Result<Vec<Option<T>>, ChangeError> {
    if data.is_empty() {
        return Ok(vec![None; count]);
    }
    let mut out: Vec<Option<T>> = Vec::with_capacity(count);
    let mut r = Reader::new(data);
    while !r.is_empty() {
        let run = r.signed()?;
        let room = count - out.len();
        let fits =
            |length: u64| usize::try_from(length).ok().filter(|length| *length <= room).ok_or(TOO_MANY);
        if run > 0 {
            let length = fits(run.unsigned_abs())?;
            let value = value(&mut r)?;
            out.resize(out.len() + length, Some(value));
        } else if run < 0 {
            for _ in 0..fits(run.unsigned_abs())? {
                out.push(Some(value(&mut r)?));
            }
        } else {
            let length = fits(r.unsigned()?)?;
            out.resize(out.len() + length, None);
        }
    }
    if out.len() == count { Ok(out) } else { Err(TOO_FEW) }
}

/// The same for differences, each to the last value that is not null.
pub(super) fn read_deltas(data: &[u8], count: usize) -> Result<Vec<Option<i64>>, ChangeError> {
    let mut deltas = read_runs(data, count, Reader::signed)?;
    let mut last = 0i64;
    for delta in deltas.iter_mut().flatten() {
        last = last.checked_add(*delta).ok_or(ChangeError::Malformed("a number is too large"))?;
        *delta = last;
    }
    Ok(deltas)
}

pub(super) fn read_booleans(data: &[u8], count: usize) -> Result<Vec<bool>, ChangeError> {
    let mut out = Vec::with_capacity(count);
    let mut r = Reader::new(data);
    let mut value = false;
    while !r.is_empty() {
        let length = usize::try_from(r.unsigned()?).map_err(|_| TOO_MANY)?;
        if length > count - out.len() {
            return Err(TOO_MANY);
        }
        out.resize(out.len() + length, value);
        value = !value;
    }
    if out.len() == count { Ok(out) } else { Err(TOO_FEW) }
}

/// Writes values in run lengths: equal neighbours as one, others as they stand, nothing at all for nulls alone.
pub(super) fn write_runs<T: PartialEq>(
    out: &mut Vec<u8>,
    values: &[Option<T>],
    write: impl Fn(&mut Vec<u8>, &T),
) {
    if values.iter().all(Option::is_none) {
        return;
    }
    let mut single: Vec<&T> = Vec::new();
    let flush = |out: &mut Vec<u8>, single: &mut Vec<&T>| {
        if !single.is_empty() {
            write_signed(out, -i64::try_from(single.len()).unwrap_or(i64::MAX));
            single.drain(..).for_each(|value| write(out, value));
        }
    };
    for run in values.chunk_by(|a, b| a == b) {
        match (&run[0], run.len()) {
            (Some(value), 1) => single.push(value),
            (Some(value), length) => {
                flush(out, &mut single);
                write_signed(out, i64::try_from(length).unwrap_or(i64::MAX));
                write(out, value);
            }
            (None, length) => {
                flush(out, &mut single);
                write_signed(out, 0);
                write_unsigned(out, length as u64);
            }
        }
    }
    flush(out, &mut single);
}

pub(super) fn write_deltas(out: &mut Vec<u8>, values: &[Option<i64>]) {
    let mut last = 0i64;
    let deltas: Vec<Option<i64>> = values
        .iter()
        .map(|value| value.map(|value| value.wrapping_sub(std::mem::replace(&mut last, value))))
        .collect();
    write_runs(out, &deltas, |out, delta| write_signed(out, *delta));
}

pub(super) fn write_booleans(out: &mut Vec<u8>, values: &[bool]) {
    if values.first() == Some(&true) {
        write_unsigned(out, 0);
    }
    values.chunk_by(|a, b| a == b).for_each(|run| write_unsigned(out, run.len() as u64));
}
