//! Reading the operations of a change whose header was read before.

use super::columns::{read_booleans, read_deltas, read_runs};
use super::{Action, OpRef, Operation, Operations, Slot, Sort};
use crate::ChangeError;
use crate::change_meta::{Body, Column, Reader};

/// How much all operations of a change together may take the place of: run lengths let a few bytes claim billions.
const MAX_PREDS: usize = 1 << 20;

/// Reads all operations. Every length is bounded before anything is allocated for it.
///
/// # Errors
/// If the columns do not fit each other, or hold what no document has: marks, or a range of them.
pub(crate) fn read<'a>(body: &Body<'a>) -> Result<Operations<'a>, ChangeError> {
    let count = body.operations;
    let column = |wanted: Column| body.column(wanted);
    if !column(Column::Expand).is_empty() || !column(Column::MarkName).is_empty() {
        return malformed("it has a column that no document of ours has");
    }
    let authors = body.others.len() as u64;
    let actor = |r: &mut Reader<'_>| match r.unsigned()? {
        number if number <= authors => Ok(u32::try_from(number).unwrap_or(u32::MAX)),
        _ => malformed("it names an author that is not in its table"),
    };
    let object_actor = read_runs(column(Column::ObjectActor), count, actor)?;
    let object_counter = read_runs(column(Column::ObjectCounter), count, Reader::unsigned)?;
    let key_actor = read_runs(column(Column::KeyActor), count, actor)?;
    let key_counter = read_deltas(column(Column::KeyCounter), count)?;
    let key_text = read_runs(column(Column::KeyText), count, text)?;
    let insert = read_booleans(column(Column::Insert), count)?;
    let actions = read_runs(column(Column::Action), count, Reader::unsigned)?;
    let values = read_runs(column(Column::ValueSort), count, Reader::unsigned)?;
    let preds_of = read_runs(column(Column::PredCount), count, Reader::unsigned)?;
    let mut total = 0usize;
    for number in preds_of.iter().flatten() {
        total = usize::try_from(*number)
            .ok()
            .and_then(|number| total.checked_add(number))
            .filter(|total| *total <= MAX_PREDS)
            .ok_or(ChangeError::TooLarge {
                what: "the number of values it takes the place of",
                size: *number,
                limit: MAX_PREDS as u64,
            })?;
    }
    let pred_actor = read_runs(column(Column::PredActor), total, actor)?;
    let pred_counter = read_deltas(column(Column::PredCounter), total)?;
    let reference = |counter: i64, actor| match u64::try_from(counter) {
        Ok(counter) if counter > 0 => Ok(OpRef { counter, actor }),
        _ => Err(ChangeError::Malformed("it names an operation that cannot be")),
    };
    let mut preds = Vec::with_capacity(total);
    for pair in pred_actor.into_iter().zip(pred_counter) {
        let (Some(actor), Some(counter)) = pair else { return malformed("it takes the place of nothing") };
        preds.push(reference(counter, actor)?);
    }
    let mut raw = Reader::new(column(Column::Value));
    let mut list = Vec::with_capacity(count);
    let mut from = 0usize;
    for i in 0..count {
        let object = match (object_actor[i], object_counter[i]) {
            (None, None) => None,
            (Some(actor), Some(counter)) if counter > 0 => Some(OpRef { counter, actor }),
            _ => return malformed("it names an object by half"),
        };
        let slot = match (key_text[i], key_actor[i], key_counter[i]) {
            (Some(key), None, None) => Slot::Key(key),
            (None, None, Some(0)) => Slot::Head,
            (None, Some(actor), Some(counter)) => Slot::Element(reference(counter, actor)?),
            _ => return malformed("an operation has no place"),
        };
        let (Some(action), Some(meta), Some(number)) = (actions[i], values[i], preds_of[i]) else {
            return malformed("an operation lacks a part");
        };
        let length = usize::try_from(meta >> 4).map_err(|_| ChangeError::CutOff)?;
        let value = raw.take(length)?;
        let to = from + usize::try_from(number).unwrap_or_default();
        let (action, sort) = (Action(action), Sort(meta & 0xf));
        list.push(Operation { object, slot, insert: insert[i], action, sort, value, preds: from..to });
        from = to;
    }
    if !raw.is_empty() {
        return malformed("it holds more values than there are operations");
    }
    Ok(Operations { others: body.others.clone(), list, preds })
}

fn malformed<T>(what: &'static str) -> Result<T, ChangeError> {
    Err(ChangeError::Malformed(what))
}

fn text<'a>(r: &mut Reader<'a>) -> Result<&'a str, ChangeError> {
    let length = usize::try_from(r.unsigned()?).map_err(|_| ChangeError::CutOff)?;
    std::str::from_utf8(r.take(length)?).map_err(|_| ChangeError::Malformed("a key is not text"))
}
