//! What one change touches, read out of its operations.

use std::collections::BTreeSet;
use std::sync::Arc;

use automerge::legacy::{Key, ObjectId, OpId, OpType};
use automerge::{Change, ObjId, ObjType};

/// The name of an operation: its number and its author. A text is named by the one that made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct OpName(pub(crate) u64, pub(crate) Arc<[u8]>);

impl OpName {
    fn of(id: &OpId) -> Self {
        Self(id.0, id.1.to_bytes().into())
    }

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
    /// Panics where the library does: on changes that the guard has not let in.
    pub(crate) fn of(change: &Change) -> Self {
        let mut touch = Self::default();
        let expanded = change.decode();
        let mut last: Option<OpId> = None;
        for (number, op) in (expanded.start_op.get()..).zip(&expanded.operations) {
            match (&op.obj, &op.key) {
                (ObjectId::Root, Key::Map(key)) => {
                    touch.keys.insert(key.to_string());
                    touch.replaced.extend(op.pred.iter().map(OpName::of));
                    if matches!(op.action, OpType::Make(ObjType::Text)) {
                        let id = OpName(number, expanded.actor_id.to_bytes().into());
                        touch.made.push((key.to_string(), id));
                    }
                }
                // Every character is an operation: the same object comes many times running.
                (ObjectId::Id(id), _) if last.as_ref() != Some(id) => {
                    touch.texts.insert(OpName::of(id));
                    last = Some(id.clone());
                }
                _ => {}
            }
        }
        touch
    }
}
