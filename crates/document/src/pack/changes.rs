//! The part of a pack that tells the changes of each document, each relative to those before it.

use super::PackError;
use super::channel::{Channel, Column};
use super::terms::{Terms, expanded};
use super::track::{MAX_EXPANDED, Names, Shared, Track};
use crate::change_meta::{MAX_ACTOR, MAX_MESSAGE, MAX_RAW};
use crate::operations::{Action, OpRef, Operation, Operations, Slot, Sort};
use crate::{Hash, MAX_DEPS};

/// What a change builds on: all heads, the author's own last change, or those that follow.
const HEADS: usize = 0;
const OWN: usize = 1;
const NAMED: usize = 2;

/// The shape of an operation. First where it is: under a key, before the first element, after or on the operation before it in
/// the change, or another element.
const PLACE: u64 = 3;
const AT_HEAD: u64 = 1;
const AT_LAST: u64 = 2;
const AT_ELEMENT: u64 = 3;
const INSERT: u64 = 1 << 2;
/// It is in the object of the operation before it.
const SAME_OBJECT: u64 = 1 << 3;
/// What it takes the place of: nothing, what stands under its key, its own element, or what follows.
const PREDS: u64 = 3 << 4;
const STANDING: u64 = 1 << 4;
const ITSELF: u64 = 2 << 4;
const OTHERS: u64 = 3 << 4;

fn malformed<T>(what: &'static str) -> Result<T, PackError> {
    Err(PackError::Malformed(what))
}

/// One change of a document by the author `own`.
pub(super) fn change<'a, C: Channel<'a>>(
    c: &mut C,
    shared: &mut Shared<'a>,
    track: &mut Track<'a>,
    own: u32,
    given: Option<&Terms<'a>>,
) -> Result<Terms<'a>, PackError> {
    let deps = deps(c, shared, track, own, given.map(|given| given.deps.as_slice()))?;
    let expected = track.start(&deps);
    let later =
        c.signed(Column::StartOp, given.map(|given| given.start_op.wrapping_sub(expected).cast_signed()))?;
    let start_op = expected.wrapping_add(later.cast_unsigned());
    let message =
        name(c, Column::Message, &mut shared.messages, MAX_MESSAGE, given.map(|given| given.message))?;
    let new_actors = actors(c, track, given.map(|given| given.new_actors.as_slice()))?;
    let count = given.map(|given| given.operations.list.len());
    let count = c.place(Column::Operations, super::MAX_OPERATIONS + 1, count)?;
    shared.spend(count, 0)?;
    let mut operations = Operations { others: Vec::new(), list: Vec::new(), preds: Vec::new() };
    for at in 0..count {
        let counter =
            start_op.checked_add(at as u64).ok_or(PackError::Malformed("a number of an operation"))?;
        let given = given.and_then(|given| {
            let operation = given.operations.list.get(at)?;
            Some((operation, given.operations.preds(operation)))
        });
        let id = OpRef { counter, actor: own };
        operation(c, shared, track, (id, at > 0), given, &mut operations)?;
    }
    Ok(Terms { deps, start_op, message, new_actors, operations })
}

fn deps<'a, C: Channel<'a>>(
    c: &mut C,
    shared: &mut Shared<'a>,
    track: &mut Track<'a>,
    own: u32,
    given: Option<&[Hash]>,
) -> Result<Vec<Hash>, PackError> {
    let how = given.map(|given| {
        if given.iter().eq(track.heads.iter()) {
            HEADS
        } else if matches!((given, track.last_of(own)), ([one], Some(last)) if *one == last) {
            OWN
        } else {
            NAMED + given.len()
        }
    });
    let how = c.place(Column::Deps, NAMED + MAX_DEPS + 1, how)?;
    match how {
        HEADS => {
            shared.spend(0, track.heads.len() * 32)?;
            Ok(track.heads.iter().copied().collect())
        }
        OWN => {
            shared.spend(0, 32)?;
            Ok(vec![track.last_of(own).ok_or(PackError::Malformed("an author's change before the first"))?])
        }
        count => {
            let count = count - NAMED;
            shared.spend(0, count * 32)?;
            let mut deps = Vec::new();
            for at in 0..count {
                let given = given.and_then(|given| given.get(at));
                let back = c.place(Column::Deps, track.named() + 1, given.map(|dep| track.back(dep)))?;
                if back == 0 {
                    let dep = c.id(Column::Ids, given)?;
                    track.outside(dep);
                    deps.push(dep);
                } else {
                    deps.push(track.at_back(back).ok_or(PackError::Malformed("a change before the first"))?);
                }
            }
            // They stand in the order of their hashes, which who reads it may learn only now.
            deps.sort_unstable();
            Ok(deps)
        }
    }
}

/// A text that may have come before.
fn name<'a, C: Channel<'a>>(
    c: &mut C,
    column: Column,
    names: &mut Names<'a>,
    bound: usize,
    given: Option<&'a str>,
) -> Result<&'a str, PackError> {
    let known = given.map(|given| names.find(given).map_or(0, |place| place + 1));
    let known = c.place(column, names.len() + 1, known)?;
    if let Some(place) = known.checked_sub(1) {
        return names.get(place).ok_or(PackError::Malformed("a text that was not named"));
    }
    let text = c.text(Column::Texts, bound, given.map(str::as_bytes))?;
    let text = std::str::from_utf8(text).map_err(|_| PackError::Malformed("a text is not text"))?;
    names.push(text);
    Ok(text)
}

fn actors<'a, C: Channel<'a>>(
    c: &mut C,
    track: &mut Track<'a>,
    given: Option<&[&'a [u8]]>,
) -> Result<Vec<&'a [u8]>, PackError> {
    let count = c.place(Column::Actor, MAX_RAW, given.map(<[&[u8]]>::len))?;
    let mut new = Vec::new();
    for at in 0..count {
        let given = given.and_then(|given| given.get(at)).copied();
        let actor = c.text(Column::Ids, MAX_ACTOR, given)?;
        if actor.is_empty() {
            return malformed("an author without an id");
        }
        track.name(actor.to_vec());
        new.push(actor);
    }
    Ok(new)
}

fn operation<'a, C: Channel<'a>>(
    c: &mut C,
    shared: &mut Shared<'a>,
    track: &mut Track<'a>,
    (id, follows): (OpRef, bool),
    given: Option<(&Operation<'a>, &[OpRef])>,
    out: &mut Operations<'a>,
) -> Result<(), PackError> {
    let last = follows.then(|| OpRef { counter: id.counter - 1, actor: id.actor });
    let shape = given.map(|(operation, preds)| shape(track, operation, preds, last));
    let shape = c.number(Column::Shape, shape)?;
    if shape >= PREDS << 2 {
        return malformed("an operation of an unknown shape");
    }
    let given_operation = given.map(|(operation, _)| operation);
    let object = match shape & SAME_OBJECT {
        0 => object(c, track, id, given_operation.map(|operation| operation.object))?,
        _ => track.object,
    };
    let (slot, key) = match shape & PLACE {
        AT_HEAD => (Slot::Head, None),
        AT_LAST => (Slot::Element(last.ok_or(PackError::Malformed("an operation before the first"))?), None),
        AT_ELEMENT => {
            let given = given_operation.and_then(|operation| match operation.slot {
                Slot::Element(element) => Some(element),
                _ => None,
            });
            let actor = author(c, track, given)?;
            let step = given.map(|element| element.counter.wrapping_sub(track.element).cast_signed());
            let step = c.signed(Column::Element, step)?;
            let counter = track.element.wrapping_add(step.cast_unsigned());
            (Slot::Element(OpRef { counter, actor }), None)
        }
        _ => {
            let given = given_operation.and_then(|operation| match operation.slot {
                Slot::Key(key) => Some(key),
                _ => None,
            });
            let (key, place) = key(c, shared, track, given)?;
            (Slot::Key(key), Some(place))
        }
    };
    let action = Action(c.number(Column::Action, given_operation.map(|operation| operation.action.0))?);
    let sort = given_operation.map(|operation| (operation.value.len() as u64) << 4 | operation.sort.0);
    let sort = c.number(Column::ValueSort, sort)?;
    let length = usize::try_from(sort >> 4).map_err(|_| PackError::CutOff)?;
    let value = c.bytes(Column::Values, length, given_operation.map(|operation| operation.value))?;
    let from = out.preds.len();
    match shape & PREDS {
        STANDING => {
            let standing = track.standing(object, key);
            shared.spend(0, standing.len() * 12)?;
            out.preds.extend_from_slice(standing);
        }
        ITSELF => match slot {
            Slot::Element(element) => {
                shared.spend(0, 12)?;
                out.preds.push(element);
            }
            Slot::Key(_) | Slot::Head => return malformed("an operation on no element"),
        },
        OTHERS => {
            let given = given.map(|(_, preds)| preds);
            let count = c.place(Column::Pred, MAX_EXPANDED, given.map(<[OpRef]>::len))?;
            shared.spend(0, count.saturating_mul(12))?;
            for at in 0..count {
                let given = given.and_then(|given| given.get(at)).copied();
                let actor = author(c, track, given)?;
                let back = given.map(|pred| id.counter.wrapping_sub(pred.counter).cast_signed());
                let back = c.signed(Column::Pred, back)?;
                out.preds.push(OpRef { counter: id.counter.wrapping_sub(back.cast_unsigned()), actor });
            }
        }
        _ => {}
    }
    let preds = from..out.preds.len();
    let insert = shape & INSERT != 0;
    let made = Operation { object, slot, insert, action, sort: Sort(sort & 0xf), value, preds };
    shared.spend(0, expanded(&made, 0))?;
    track.done(id, &made, key, &out.preds[from..]);
    out.list.push(made);
    Ok(())
}

fn shape(track: &Track<'_>, operation: &Operation<'_>, preds: &[OpRef], last: Option<OpRef>) -> u64 {
    let place = match operation.slot {
        Slot::Key(_) => 0,
        Slot::Head => AT_HEAD,
        Slot::Element(element) if Some(element) == last => AT_LAST,
        Slot::Element(_) => AT_ELEMENT,
    };
    let key = match operation.slot {
        Slot::Key(key) => track.keys.find(key),
        Slot::Head | Slot::Element(_) => None,
    };
    let takes = match operation.slot {
        _ if preds.is_empty() => 0,
        Slot::Element(element) if preds == [element] => ITSELF,
        _ if preds == track.standing(operation.object, key) => STANDING,
        _ => OTHERS,
    };
    let insert = if operation.insert { INSERT } else { 0 };
    let same = if operation.object == track.object { SAME_OBJECT } else { 0 };
    place | insert | same | takes
}

/// The object that an operation is in: the root, one that was named before, or another.
fn object<'a, C: Channel<'a>>(
    c: &mut C,
    track: &mut Track<'a>,
    id: OpRef,
    given: Option<Option<OpRef>>,
) -> Result<Option<OpRef>, PackError> {
    let place = |object: Option<OpRef>| match object {
        None => 1,
        Some(object) => track.object_place(object).map_or(0, |place| place + 2),
    };
    let place = c.place(Column::Object, track.objects.len() + 2, given.map(place))?;
    if place == 1 {
        return Ok(None);
    }
    if let Some(place) = place.checked_sub(2) {
        return Ok(track.objects.get(place).copied());
    }
    let given = given.flatten();
    let actor = author(c, track, given)?;
    let back = given.map(|object| id.counter.wrapping_sub(object.counter).cast_signed());
    let back = c.signed(Column::Object, back)?;
    let object = OpRef { counter: id.counter.wrapping_sub(back.cast_unsigned()), actor };
    track.add_object(object);
    Ok(Some(object))
}

/// A key: one that the document named before, or one that another document did, or a new one.
fn key<'a, C: Channel<'a>>(
    c: &mut C,
    shared: &mut Shared<'a>,
    track: &mut Track<'a>,
    given: Option<&'a str>,
) -> Result<(&'a str, usize), PackError> {
    let known = given.map(|given| track.keys.find(given).map_or(0, |place| place + 1));
    let known = c.place(Column::Key, track.keys.len() + 1, known)?;
    if let Some(place) = known.checked_sub(1) {
        let key = track.keys.get(place).ok_or(PackError::Malformed("a key that was not named"))?;
        return Ok((key, place));
    }
    let key = name(c, Column::NewKey, &mut shared.keys, MAX_RAW, given)?;
    track.keys.push(key);
    Ok((key, track.keys.len() - 1))
}

fn author<'a, C: Channel<'a>>(c: &mut C, track: &Track<'_>, given: Option<OpRef>) -> Result<u32, PackError> {
    let place = c.place(Column::Actor, track.actors.len(), given.map(|given| given.actor as usize))?;
    u32::try_from(place).map_err(|_| PackError::Malformed("an author"))
}
