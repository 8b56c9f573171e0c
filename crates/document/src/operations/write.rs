//! Writing a change in its one form.

use super::columns::{write_booleans, write_deltas, write_runs};
use super::{OpRef, Operations, Slot};
use crate::ChangeMeta;
use crate::change_meta::{Column, write_signed, write_unsigned};

/// The contents of a change, as the library writes them. What is in `operations` is written as it is, whatever it is.
pub(crate) fn write(meta: &ChangeMeta, operations: &Operations<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_unsigned(&mut out, meta.deps.len() as u64);
    meta.deps.iter().for_each(|dep| out.extend_from_slice(dep));
    let bytes = |out: &mut Vec<u8>, bytes: &[u8]| {
        write_unsigned(out, bytes.len() as u64);
        out.extend_from_slice(bytes);
    };
    bytes(&mut out, &meta.actor);
    write_unsigned(&mut out, meta.seq);
    write_unsigned(&mut out, meta.start_op);
    write_signed(&mut out, meta.timestamp);
    bytes(&mut out, meta.message.as_deref().unwrap_or_default().as_bytes());
    write_unsigned(&mut out, operations.others.len() as u64);
    operations.others.iter().for_each(|actor| bytes(&mut out, actor));
    let columns = columns(operations);
    let written = columns.iter().filter(|(_, data)| !data.is_empty());
    write_unsigned(&mut out, written.clone().count() as u64);
    for (column, data) in written.clone() {
        write_unsigned(&mut out, column.spec());
        write_unsigned(&mut out, data.len() as u64);
    }
    written.for_each(|(_, data)| out.extend_from_slice(data));
    out
}

/// Every column that can be there, in the order of the format.
pub(super) fn columns(operations: &Operations<'_>) -> Vec<(Column, Vec<u8>)> {
    let list = &operations.list;
    let number = |out: &mut Vec<u8>, value: &u64| write_unsigned(out, *value);
    let numbers = |values: Vec<Option<u64>>| {
        let mut out = Vec::new();
        write_runs(&mut out, &values, number);
        out
    };
    let deltas = |values: Vec<Option<i64>>| {
        let mut out = Vec::new();
        write_deltas(&mut out, &values);
        out
    };
    let actor = |reference: OpRef| u64::from(reference.actor);
    let counter = |reference: OpRef| i64::try_from(reference.counter).unwrap_or(i64::MAX);
    let element = |slot: Slot<'_>| match slot {
        Slot::Element(element) => Some(element),
        _ => None,
    };
    let mut keys = Vec::new();
    let named: Vec<Option<&str>> = list
        .iter()
        .map(|operation| match operation.slot {
            Slot::Key(key) => Some(key),
            _ => None,
        })
        .collect();
    write_runs(&mut keys, &named, |out, key| {
        write_unsigned(out, key.len() as u64);
        out.extend_from_slice(key.as_bytes());
    });
    let mut insert = Vec::new();
    write_booleans(&mut insert, &list.iter().map(|operation| operation.insert).collect::<Vec<_>>());
    let places = list.iter().map(|operation| match operation.slot {
        Slot::Key(_) => None,
        Slot::Head => Some(0),
        Slot::Element(element) => Some(counter(element)),
    });
    let sorts = list.iter().map(|operation| Some((operation.value.len() as u64) << 4 | operation.sort.0));
    let preds: Vec<OpRef> = list.iter().flat_map(|operation| operations.preds(operation)).copied().collect();
    vec![
        (Column::ObjectActor, numbers(list.iter().map(|op| op.object.map(actor)).collect())),
        (Column::ObjectCounter, numbers(list.iter().map(|op| op.object.map(|o| o.counter)).collect())),
        (Column::KeyActor, numbers(list.iter().map(|op| element(op.slot).map(actor)).collect())),
        (Column::KeyCounter, deltas(places.collect())),
        (Column::KeyText, keys),
        (Column::Insert, insert),
        (Column::Action, numbers(list.iter().map(|op| Some(op.action.0)).collect())),
        (Column::ValueSort, numbers(sorts.collect())),
        (Column::Value, list.iter().flat_map(|op| op.value).copied().collect()),
        (Column::PredCount, numbers(list.iter().map(|op| Some(op.preds.len() as u64)).collect())),
        (Column::PredActor, numbers(preds.iter().map(|pred| Some(actor(*pred))).collect())),
        (Column::PredCounter, deltas(preds.iter().map(|pred| Some(counter(*pred))).collect())),
    ]
}
