//! What one change touches, read out of its operations.

use std::collections::BTreeSet;
use std::sync::Arc;

use automerge::ObjId;

use crate::ChangeMeta;
use crate::change_meta::contents;
use crate::operations::{Action, OpRef, Operations, Slot, namer, read};

/// The name of an operation: its number and its author. A text is named by the one that made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct OpName(pub(crate) u64, pub(crate) Arc<[u8]>);

impl OpName {
    pub(crate) fn of_object(id: &ObjId) -> Option<Self> {
        match id {
            ObjId::Root => None,
            ObjId::Id(number, actor, _) => Some(Self(*number, actor.to_bytes().into())),
        }
    }

    /// As the library names the object.
    pub(crate) fn object(&self) -> ObjId {
        ObjId::Id(self.0, automerge::ActorId::from(&self.1[..]), 0)
    }
}

/// What one change touches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touch {
    /// Keys that it writes or deletes.
    pub(crate) keys: BTreeSet<String>,
    /// Texts that it puts at a key.
    pub(crate) made: Vec<(String, OpName)>,
    /// Texts in whose place it puts something.
    pub(crate) replaced: BTreeSet<OpName>,
    /// Objects inside which it writes.
    pub(crate) texts: BTreeSet<OpName>,
}

impl Touch {
    /// Of a change that is in the document already; nothing of one that this version cannot read.
    pub(crate) fn of_raw(raw: &[u8]) -> Self {
        let read = || {
            let (hash, contents) = contents(raw).ok()?;
            let (meta, body) = ChangeMeta::from_contents(hash, &contents).ok()?;
            let operations = read(&body).ok()?;
            let name = namer(&meta, &operations.others);
            Some(Self::of(meta.start_op, &operations, name))
        };
        read().unwrap_or_default()
    }

    /// `name` resolves the table of the change.
    pub(crate) fn of(start_op: u64, operations: &Operations<'_>, name: impl Fn(OpRef) -> OpName) -> Self {
        let mut touch = Self::default();
        let mut last: Option<OpRef> = None;
        for (number, operation) in (start_op..).zip(&operations.list) {
            match (operation.object, operation.slot) {
                (None, Slot::Key(key)) => {
                    touch.keys.insert(key.to_owned());
                    touch.replaced.extend(operations.preds(operation).iter().map(|pred| name(*pred)));
                    if operation.action == Action::MAKE_TEXT {
                        let id = name(OpRef { counter: number, actor: 0 });
                        touch.made.push((key.to_owned(), id));
                    }
                }
                // Every character is an operation: the same object comes many times running.
                (Some(object), _) if last != Some(object) => {
                    touch.texts.insert(name(object));
                    last = Some(object);
                }
                _ => {}
            }
        }
        touch
    }
}
