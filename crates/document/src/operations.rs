//! The operations inside a change: read by a bounded reader of our own, and written in the one form in which a change may
//! stand.
//!
//! The library reads more forms than it writes. A change in a form that it does not write is applied, and comes back from
//! the saved document as other bytes under another hash: then the document never loads again. So the guard reads the
//! operations here, writes them again, and refuses what does not come out the same. Nothing here depends on the library,
//! so every version of it is judged alike.

mod columns;
mod read;
mod write;

use std::ops::Range;
use std::sync::Arc;

use crate::ChangeMeta;
use crate::trace::OpName;

pub(crate) use read::read;
pub(crate) use write::write;

/// An operation's number and its author, by the author's place in the change's table: 0 is whoever made the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct OpRef {
    pub(crate) counter: u64,
    pub(crate) actor: u32,
}

/// Where in its object an operation works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot<'a> {
    Key(&'a str),
    /// Before the first element.
    Head,
    Element(OpRef),
}

/// What an operation does, by the numbers of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Action(pub(crate) u64);

impl Action {
    pub(crate) const SET: Self = Self(1);
    pub(crate) const DELETE: Self = Self(3);
    pub(crate) const MAKE_TEXT: Self = Self(4);
}

/// The sort of a value, by the numbers of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort(pub(crate) u64);

impl Sort {
    pub(crate) const NULL: Self = Self(0);
    pub(crate) const FALSE: Self = Self(1);
    pub(crate) const TRUE: Self = Self(2);
    pub(crate) const UNSIGNED: Self = Self(3);
    pub(crate) const SIGNED: Self = Self(4);
    pub(crate) const TEXT: Self = Self(6);
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation<'a> {
    /// `None`: the root map.
    pub(crate) object: Option<OpRef>,
    pub(crate) slot: Slot<'a>,
    pub(crate) insert: bool,
    pub(crate) action: Action,
    pub(crate) sort: Sort,
    pub(crate) value: &'a [u8],
    /// What it takes the place of: its part of [`Operations::preds`].
    pub(crate) preds: Range<usize>,
}

/// All that a change does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Operations<'a> {
    /// The authors that it names beside its own, in their order.
    pub(crate) others: Vec<&'a [u8]>,
    pub(crate) list: Vec<Operation<'a>>,
    pub(crate) preds: Vec<OpRef>,
}

impl<'a> Operations<'a> {
    pub(crate) fn preds(&self, operation: &Operation<'a>) -> &[OpRef] {
        self.preds.get(operation.preds.clone()).unwrap_or_default()
    }

    /// Adds one; what `preds` of it says is replaced.
    #[cfg(test)]
    pub(crate) fn push(&mut self, mut operation: Operation<'a>, preds: &[OpRef]) {
        operation.preds = self.preds.len()..self.preds.len() + preds.len();
        self.preds.extend_from_slice(preds);
        self.list.push(operation);
    }
}

/// Resolves the table of a change.
pub(crate) fn namer(meta: &ChangeMeta, others: &[&[u8]]) -> impl Fn(OpRef) -> OpName + use<> {
    let table: Vec<Arc<[u8]>> =
        std::iter::once(&meta.actor[..]).chain(others.iter().copied()).map(Arc::from).collect();
    move |reference| {
        let actor = table.get(reference.actor as usize).map(Arc::clone);
        OpName(reference.counter, actor.unwrap_or_else(|| Arc::from([])))
    }
}

#[cfg(test)]
mod tests;
