//! The structural rule, number 1: which changes documents consist of.
//!
//! A pure function of a change and of what it builds on, and of nothing else: neither of what else has arrived, nor of the
//! library and its version. A constitution names the rule's number, and every node judges all changes by it; so this file
//! never changes what it lets in. Another rule gets another number, and stands beside it.
//!
//! 1. It builds on changes that passed, named once each and in order; its operations are numbered from exactly one above
//!    theirs; its author's changes before it are among them.
//! 2. It is written exactly as the library writes what it says: every number, run and column in its one form, and the
//!    authors that it names, in order, and no others.
//! 3. An operation writes a value or makes a text at a key of the root, once for each key; or it puts in or takes out one
//!    character of a text. There is nothing else in a document.
//! 4. What an operation names was made by an ancestor (or, for a text and its characters, earlier in the same change), and
//!    is what it has to be: a text, a character of that text, a value at that key.
//! 5. Sizes: sixteen operations for each byte at most, so that a short change cannot claim a long piece of the numbers or
//!    of anybody's time; keys of 512 bytes; and a time that can be counted with.

use std::collections::{BTreeSet, HashSet};

use super::GuardError;
use super::made::{Is, Made};
use super::past::{Past, Pending};
use crate::change_meta::Reader;
use crate::document::Document;
use crate::operations::{Action, OpRef, Operation, Operations, Slot, Sort, namer, read, write};
use crate::trace::{OpName, Touch};
use crate::{ChangeMeta, Hash};

/// The number of the rule, as a constitution names it.
pub const GUARD_RULE: u32 = 1;

/// The longest key, in bytes: the longest of ours name a settled change of a paragraph of an item.
const MAX_KEY: usize = 512;
/// Seconds before and after 1970, as far as they can be told apart everywhere.
pub(crate) const MAX_TIME: i64 = 1 << 53;
/// Each operation takes at least a byte, but for characters that are taken out: many of those fit into a few bytes.
/// [`crate::edit`] keeps to it.
const OPERATIONS_A_BYTE: usize = 16;

/// Judges a change whose header was read. `document` holds all that it builds on, or `pending` does beside the graph of it.
/// Gives what it touches, and what its operations are for those that come after it.
pub(super) fn judge(
    document: &Document,
    pending: &Pending,
    meta: &ChangeMeta,
    contents: &[u8],
) -> Result<(Touch, Made), GuardError> {
    let graph = document.graph();
    let missing: Vec<Hash> = meta.deps.iter().filter(|dep| !graph.contains(dep)).copied().collect();
    if !missing.is_empty() {
        return Err(GuardError::MissingDeps(missing));
    }
    let highest = meta.deps.iter().filter_map(|dep| graph.node(dep)).map(|node| node.max_op).max();
    let expected = highest.unwrap_or(0) + 1;
    if meta.start_op != expected {
        return Err(GuardError::StartOp { found: meta.start_op, expected });
    }
    let past = Past::of(document, pending, &meta.deps);
    if past.changes_of(&meta.actor).checked_add(1) != Some(meta.seq) {
        return Err(GuardError::Sequence { seq: meta.seq });
    }
    let (_, body) = ChangeMeta::from_contents(meta.hash, contents)?;
    // Before the operations are read: a few bytes claim many.
    if body.operations == 0 || body.operations > contents.len() * OPERATIONS_A_BYTE {
        return Err(GuardError::Form("the number of its operations"));
    }
    if meta.timestamp.checked_abs().is_none_or(|time| time > MAX_TIME) {
        return Err(GuardError::Form("its time"));
    }
    let operations = read(&body)?;
    form(meta, &operations, contents)?;
    let name = namer(meta, &operations.others);
    let mut check = Check { meta, operations: &operations, past, name: &name, object: None };
    check.all()?;
    // Last: it is no property of the change that its author made another.
    if graph.chain(&meta.actor).len() as u64 >= meta.seq {
        return Err(GuardError::Twin { seq: meta.seq });
    }
    Ok((Touch::of(meta.start_op, &operations, &name), Made::of(meta.start_op, &operations, &name)))
}

fn form(meta: &ChangeMeta, operations: &Operations<'_>, contents: &[u8]) -> Result<(), GuardError> {
    let others = &operations.others;
    let mut used = vec![false; others.len() + 1];
    let mut uses = |reference: &OpRef| used[reference.actor as usize] = true;
    for operation in &operations.list {
        operation.object.iter().for_each(&mut uses);
        if let Slot::Element(element) = &operation.slot {
            uses(element);
        }
    }
    operations.preds.iter().for_each(&mut uses);
    let ascending = others.is_sorted_by(|a, b| a < b) && meta.deps.is_sorted_by(|a, b| a < b);
    if meta.actor.is_empty() || others.contains(&&meta.actor[..]) || !used[1..].iter().all(|used| *used) {
        return Err(GuardError::Form("the authors that it names"));
    }
    if !ascending {
        return Err(GuardError::Form("the order of what it names"));
    }
    if write(meta, operations) != contents {
        return Err(GuardError::Form("it says the same otherwise"));
    }
    Ok(())
}

/// What the operations are checked with, one after the other.
struct Check<'a, N> {
    meta: &'a ChangeMeta,
    operations: &'a Operations<'a>,
    past: Past<'a>,
    name: &'a N,
    /// The text that was written in last.
    object: Option<OpRef>,
}

impl<N: Fn(OpRef) -> OpName> Check<'_, N> {
    fn all(&mut self) -> Result<(), GuardError> {
        let mut keys: HashSet<&str> = HashSet::new();
        let mut taken: BTreeSet<OpRef> = BTreeSet::new();
        for (index, operation) in self.operations.list.iter().enumerate() {
            let at = move |what| GuardError::Operation { operation: index + 1, what };
            let is_new = match (operation.slot, operation.action) {
                (Slot::Key(key), _) => keys.insert(key),
                (Slot::Element(element), Action::DELETE) => taken.insert(element),
                _ => true,
            };
            if !is_new {
                return Err(at("another one does the same"));
            }
            self.one(index, operation).map_err(at)?;
        }
        Ok(())
    }

    fn one(&mut self, index: usize, operation: &Operation<'_>) -> Result<(), &'static str> {
        let preds = self.operations.preds(operation);
        match (operation.object, operation.slot, operation.action, operation.insert) {
            (None, Slot::Key(key), action @ (Action::SET | Action::MAKE_TEXT), false) => {
                if key.is_empty() || key.len() > MAX_KEY {
                    return Err("its key is too long");
                }
                let fits = match action {
                    Action::SET => is_value(operation.sort, operation.value),
                    _ => operation.sort == Sort::NULL && operation.value.is_empty(),
                };
                if !fits {
                    return Err("its value is not one that documents have");
                }
                self.replaces(key, preds)
            }
            (Some(object), slot, Action::SET, true) => {
                let one = std::str::from_utf8(operation.value).is_ok_and(|text| text.chars().count() == 1);
                if operation.sort != Sort::TEXT || !one || !preds.is_empty() {
                    return Err("it puts in something else than one character");
                }
                self.text(index, object)?;
                match slot {
                    Slot::Head => Ok(()),
                    Slot::Element(element) => self.element(index, object, element),
                    Slot::Key(_) => Err("it puts a key into a text"),
                }
            }
            (Some(object), Slot::Element(element), Action::DELETE, false) => {
                if preds != [element] || operation.sort != Sort::NULL || !operation.value.is_empty() {
                    return Err("it takes out something else than one character");
                }
                self.text(index, object)?;
                // Whoever takes out what they have just put in would not have put it in.
                self.element(0, object, element)
            }
            _ => Err("documents have no such operation"),
        }
    }

    /// Every value that it takes the place of stands at the same key, and they are named in order.
    fn replaces(&mut self, key: &str, preds: &[OpRef]) -> Result<(), &'static str> {
        let mut last: Option<OpName> = None;
        for pred in preds {
            let name = (self.name)(*pred);
            match self.past.get(name.0, &name.1) {
                Some(Is::Value(other) | Is::Text(other)) if **other == *key => {}
                _ => return Err("it takes the place of what does not stand there"),
            }
            if last.as_ref().is_some_and(|last| *last >= name) {
                return Err("the order of what it takes the place of");
            }
            last = Some(name);
        }
        Ok(())
    }

    fn text(&mut self, index: usize, object: OpRef) -> Result<(), &'static str> {
        if self.object == Some(object) {
            return Ok(());
        }
        let found = match self.own(index, object) {
            Some(own) => own.object.is_none() && own.action == Action::MAKE_TEXT,
            None => {
                let name = (self.name)(object);
                matches!(self.past.get(name.0, &name.1), Some(Is::Text(_)))
            }
        };
        self.object = found.then_some(object);
        if found { Ok(()) } else { Err("it writes into what is no text") }
    }

    fn element(&mut self, index: usize, object: OpRef, element: OpRef) -> Result<(), &'static str> {
        let found = match self.own(index, element) {
            Some(own) => own.insert && own.object == Some(object),
            None => {
                let (of, name) = ((self.name)(object), (self.name)(element));
                matches!(self.past.get(name.0, &name.1), Some(Is::Element(text)) if *text == of)
            }
        };
        if found { Ok(()) } else { Err("it names a character that is not in the text") }
    }

    /// An earlier operation of the same change, of the first `index` ones.
    fn own(&self, index: usize, reference: OpRef) -> Option<&Operation<'_>> {
        let number = reference.counter.checked_sub(self.meta.start_op).filter(|_| reference.actor == 0)?;
        let number = usize::try_from(number).ok().filter(|number| *number < index)?;
        self.operations.list.get(number)
    }
}

/// The values that documents have: text, whole numbers, yes and no, and nothing; each in its one spelling.
fn is_value(sort: Sort, value: &[u8]) -> bool {
    let mut r = Reader::new(value);
    match sort {
        Sort::NULL | Sort::FALSE | Sort::TRUE => value.is_empty(),
        Sort::UNSIGNED => r.unsigned().is_ok() && r.is_empty(),
        Sort::SIGNED => r.signed().is_ok() && r.is_empty(),
        Sort::TEXT => std::str::from_utf8(value).is_ok(),
        _ => false,
    }
}
