//! Changes made by hand: every number and reference of a real one can be set to anything.

use crate::change_meta::{contents, sealed};
use crate::operations::{Action, OpRef, Operation, Operations, Slot, Sort, read, write};
use crate::{ChangeMeta, Hash};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Key(String),
    Head,
    Element(OpRef),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Op {
    pub(super) object: Option<OpRef>,
    pub(super) place: Place,
    pub(super) insert: bool,
    pub(super) action: u64,
    pub(super) sort: u64,
    pub(super) value: Vec<u8>,
    pub(super) preds: Vec<OpRef>,
}

#[derive(Debug, Clone)]
pub(super) struct Forge {
    pub(super) meta: ChangeMeta,
    pub(super) others: Vec<Vec<u8>>,
    pub(super) ops: Vec<Op>,
}

impl Op {
    pub(super) fn put(key: &str, value: &str) -> Self {
        let place = Place::Key(key.to_owned());
        Self {
            object: None,
            place,
            insert: false,
            action: 1,
            sort: 6,
            value: value.into(),
            preds: Vec::new(),
        }
    }

    pub(super) fn insert(object: OpRef, place: Place, value: &str) -> Self {
        let (object, value) = (Some(object), value.into());
        Self { object, place, insert: true, action: 1, sort: 6, value, preds: Vec::new() }
    }

    pub(super) fn delete(object: OpRef, element: OpRef) -> Self {
        let (object, place, preds) = (Some(object), Place::Element(element), vec![element]);
        Self { object, place, insert: false, action: 3, sort: 0, value: Vec::new(), preds }
    }
}

impl Forge {
    /// The first change of an author on top of these.
    pub(super) fn new(actor: &[u8], seq: u64, start_op: u64, deps: Vec<Hash>) -> Self {
        let (actor, hash) = (actor.to_vec(), [0; 32]);
        let meta = ChangeMeta { hash, actor, seq, start_op, max_op: 0, deps, timestamp: 5, message: None };
        Self { meta, others: Vec::new(), ops: Vec::new() }
    }

    pub(super) fn of(raw: &[u8]) -> Self {
        let (hash, contents) = contents(raw).unwrap();
        let (meta, body) = ChangeMeta::from_contents(hash, &contents).unwrap();
        let operations = read(&body).unwrap();
        let op = |op: &Operation<'_>| Op {
            object: op.object,
            place: match op.slot {
                Slot::Key(key) => Place::Key(key.to_owned()),
                Slot::Head => Place::Head,
                Slot::Element(element) => Place::Element(element),
            },
            insert: op.insert,
            action: op.action.0,
            sort: op.sort.0,
            value: op.value.to_vec(),
            preds: operations.preds(op).to_vec(),
        };
        let ops = operations.list.iter().map(op).collect();
        Self { meta, others: operations.others.iter().map(|actor| actor.to_vec()).collect(), ops }
    }

    pub(super) fn with(mut self, op: Op) -> Self {
        self.ops.push(op);
        self
    }

    pub(super) fn contents(&self) -> Vec<u8> {
        let mut operations =
            Operations { others: self.others.iter().map(Vec::as_slice).collect(), ..Operations::default() };
        for op in &self.ops {
            let slot = match &op.place {
                Place::Key(key) => Slot::Key(key),
                Place::Head => Slot::Head,
                Place::Element(element) => Slot::Element(*element),
            };
            let (action, sort) = (Action(op.action), Sort(op.sort));
            let (object, insert, value) = (op.object, op.insert, &op.value[..]);
            operations.push(Operation { object, slot, insert, action, sort, value, preds: 0..0 }, &op.preds);
        }
        write(&self.meta, &operations)
    }

    /// As bytes under a checksum that fits them.
    pub(super) fn raw(&self) -> Vec<u8> {
        sealed(&self.contents())
    }
}
