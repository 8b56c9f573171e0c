//! What the operations of one change are, so that others can name them: a few bytes for each run of the same.

use std::sync::Arc;

use crate::operations::{Action, OpRef, Operations, Slot};
use crate::trace::OpName;

/// What an operation is to those who name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Is {
    /// A value at a key of the root.
    Value(Arc<str>),
    /// A text at a key of the root.
    Text(Arc<str>),
    /// An element of a text.
    Element(OpName),
    /// Nothing that can be named: a deletion.
    Nothing,
}

/// The operations of one change.
#[derive(Debug, Default)]
pub(crate) struct Made {
    start_op: u64,
    /// Each with the number of operations before it.
    runs: Vec<(u32, Is)>,
    count: u32,
}

impl Made {
    /// `name` resolves the table of the change.
    pub(super) fn of(start_op: u64, operations: &Operations<'_>, name: impl Fn(OpRef) -> OpName) -> Self {
        let mut runs: Vec<(u32, Is)> = Vec::new();
        let mut last: Option<(OpRef, bool)> = None;
        for (number, operation) in (0u32..).zip(&operations.list) {
            let is = match (operation.object, operation.slot, operation.action) {
                (None, Slot::Key(key), Action::MAKE_TEXT) => Is::Text(key.into()),
                (None, Slot::Key(key), Action::SET) => Is::Value(key.into()),
                (Some(object), _, _) => {
                    // A text is made and left character by character.
                    let same = Some((object, operation.insert));
                    if std::mem::replace(&mut last, same) == same {
                        continue;
                    }
                    if operation.insert { Is::Element(name(object)) } else { Is::Nothing }
                }
                _ => Is::Nothing,
            };
            if operation.object.is_none() {
                last = None;
            }
            runs.push((number, is));
        }
        let count = u32::try_from(operations.list.len()).unwrap_or(u32::MAX);
        Self { start_op, runs, count }
    }

    /// What the operation with this number is.
    pub(super) fn get(&self, counter: u64) -> Option<&Is> {
        let number = u32::try_from(counter.checked_sub(self.start_op)?).ok()?;
        let at = self.runs.partition_point(|(first, _)| *first <= number).checked_sub(1)?;
        (number < self.count).then(|| &self.runs[at].1)
    }

    /// Bytes that it takes, about.
    pub(super) fn size(&self) -> usize {
        let text = |is: &Is| match is {
            Is::Value(key) | Is::Text(key) => key.len() + 16,
            Is::Element(OpName(_, actor)) => actor.len() + 16,
            Is::Nothing => 0,
        };
        self.runs.iter().map(|(_, is)| size_of::<(u32, Is)>() + text(is)).sum()
    }
}
