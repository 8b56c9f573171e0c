//! Writing: one action of a person becomes exactly one change.

use std::sync::Arc;

use accord_words::say;
use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc as _};

use super::plan::{Planner, Write};
use super::{Edit, EditError, refuse_too_many};
use crate::document::{Document, MAX_TIME};
use crate::kind::{Kind, NAME_FIELD};
use crate::layout::{FORMAT, FORMAT_KEY, KIND_KEY};
use crate::path::describe;
use crate::snapshot::{Content, Entry, Snapshot, read_slot};
use crate::text::{Hunk, clean_text, compare, keeps_half, merge};
use crate::trace::{OpName, Touch};
use crate::wording::Reader;
use crate::{ChangeMeta, Hash, MAX_DEPS};

/// A source of random bytes: it fills what it is given.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

/// What is to be written, planned on the version that it is meant for.
pub(super) type Plan<'a> = &'a mut dyn FnMut(&mut Planner<'_>) -> Result<(), EditError>;

/// Each character is an operation of its own; well below what a change may hold.
const MAX_CHARACTERS: usize = 200_000;
const MAX_MESSAGE: usize = 2_000;
/// The most versions that an edit builds on. Of more, it leaves the rest side by side with itself, and the next edit takes up
/// more of them: so nobody is stopped by however many. Less in tests, which could not make as many.
const MAX_BUILT_ON: usize = if cfg!(test) { 1_100 } else { MAX_DEPS };
/// Characters that one change may take out beside eight for each byte that it puts in: the guard lets in no change that does
/// much in few bytes. Who takes out more writes the paragraph anew.
const MAX_TAKEN_OUT: usize = 1_000;

/// Who edits, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The author's id in this document.
    pub actor: &'a [u8],
    /// The author's clock, in seconds. Shown, and never decided on.
    pub time: i64,
    /// A few words about the edit.
    pub message: Option<&'a str>,
}

/// A change that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// Its bytes, to be stored before anybody else sees them.
    pub raw: Vec<u8>,
    /// What they say.
    pub meta: ChangeMeta,
}

enum Step {
    Put(String, String),
    NewText(String, String),
    /// What the text shall be, and how: from its end to its beginning, so that no position moves before its turn.
    Splice(ObjId, Arc<str>, Vec<(usize, isize, String)>),
}

impl Document {
    /// Makes a document with its name and all of `edits` as its first change.
    ///
    /// # Errors
    /// If an edit cannot be made.
    pub fn create(
        kind: &Kind,
        name: &str,
        edits: &[Edit],
        by: &Author<'_>,
        random: Random<'_>,
    ) -> Result<(Self, NewChange), EditError> {
        refuse_too_many(edits.iter())?;
        Self::begin(kind, by, random, &mut |planner| {
            planner.set(NAME_FIELD, &name.into(), None)?;
            edits.iter().try_for_each(|edit| planner.edit(edit))
        })
    }

    /// The first change of a document: whatever `plan` wants written, its name among it.
    pub(super) fn begin(
        kind: &Kind,
        by: &Author<'_>,
        random: Random<'_>,
        plan: Plan<'_>,
    ) -> Result<(Self, NewChange), EditError> {
        let mut document = Self::empty();
        let mut planner = Planner::new(kind, Snapshot::default(), random);
        plan(&mut planner)?;
        let steps = steps(&document, kind, &planner, None)?;
        let raw = write(&mut document.am, &steps, Some(&kind.name), by)?;
        let raw = raw.ok_or_else(|| EditError::Internal(say!("edit-nothing-written")))?;
        let new = document.finish(raw)?;
        Ok((document, new))
    }

    /// Edits the document as it is now. `None` if there was nothing to write.
    ///
    /// # Errors
    /// If an edit cannot be made; then none is.
    pub fn edit(
        &mut self,
        kind: &Kind,
        edits: &[Edit],
        by: &Author<'_>,
        random: Random<'_>,
    ) -> Result<Option<NewChange>, EditError> {
        refuse_too_many(edits.iter())?;
        self.write_now(kind, by, random, &mut |planner| edits.iter().try_for_each(|edit| planner.edit(edit)))
    }

    /// Makes edits that were meant for the version `heads`, and merges them with what came since.
    ///
    /// The change builds on `heads` and not on what arrived meanwhile: so a value that somebody
    /// else set meanwhile is concurrent to ours, and shows as a conflict in place of vanishing.
    /// But it must build on this author's own last change too, since one author's changes are one
    /// chain. So it is written on a copy that holds `heads` and that chain. If the chain has taken
    /// in more than `heads` (this author wrote something else meanwhile), texts are merged letter
    /// by letter with it, and a value that differs there is refused, since writing it would
    /// overwrite what nobody has seen.
    ///
    /// # Errors
    /// If an edit cannot be made; then none is.
    pub fn edit_at(
        &mut self,
        heads: &[Hash],
        kind: &Kind,
        edits: &[Edit],
        by: &Author<'_>,
        random: Random<'_>,
    ) -> Result<Option<NewChange>, EditError> {
        refuse_too_many(edits.iter())?;
        self.write_at(heads, kind, by, random, &mut |planner| {
            edits.iter().try_for_each(|edit| planner.edit(edit))
        })
    }

    fn write_now(
        &mut self,
        kind: &Kind,
        by: &Author<'_>,
        random: Random<'_>,
        plan: Plan<'_>,
    ) -> Result<Option<NewChange>, EditError> {
        let heads = self.heads();
        if heads.len() > MAX_BUILT_ON {
            return self.write_at(&heads[..MAX_BUILT_ON - 1], kind, by, random, plan);
        }
        // Planned on what was read before, and not read again: the cost of an edit is that of what it touches.
        let mut planner = Planner::new(kind, self.lend_now(), random);
        plan(&mut planner)?;
        let steps = steps(self, kind, &planner, None)?;
        let (planned, mut now) = (planner.writes, planner.snapshot);
        let new = match write(&mut self.am, &steps, None, by)? {
            Some(raw) => Some(self.finish(raw)?),
            None => None,
        };
        if let Some(new) = &new {
            self.note_texts(new.meta.hash, &steps);
        }
        now.refresh_all(&self.reader(None), planned.keys().map(String::as_str));
        self.give_back(now);
        Ok(new)
    }

    /// As [`Document::edit_at`], with whatever `plan` wants written.
    pub(super) fn write_at(
        &mut self,
        heads: &[Hash],
        kind: &Kind,
        by: &Author<'_>,
        random: Random<'_>,
        plan: Plan<'_>,
    ) -> Result<Option<NewChange>, EditError> {
        let mut sorted = heads.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted == self.heads() {
            return self.write_now(kind, by, random, plan);
        }
        self.known(&sorted)?;
        // One more may be needed: this author's own last change.
        sorted.truncate(MAX_BUILT_ON - 1);
        let mut base_heads = sorted.clone();
        let mut view_at = None;
        if let Some(tip) = self.graph().tip(by.actor)
            && !self.is_ancestor(&tip, &sorted)
        {
            base_heads.push(tip);
            view_at = Some(sorted.as_slice());
        }
        let mut base = self.fork_at(&base_heads)?;
        let view = Snapshot::read(&base.reader(view_at));
        let mut planner = Planner::new(kind, view, random);
        plan(&mut planner)?;
        let steps = steps(&base, kind, &planner, view_at)?;
        let Some(raw) = write(&mut base.am, &steps, None, by)? else { return Ok(None) };
        let change =
            automerge::Change::from_bytes(raw.clone()).map_err(|e| EditError::Internal(e.to_string()))?;
        self.am.apply_changes([change]).map_err(|e| EditError::Internal(e.to_string()))?;
        self.finish(raw).map(Some)
    }

    /// Texts that were just written need not be read back.
    fn note_texts(&self, change: Hash, steps: &[Step]) {
        for step in steps {
            if let Step::Splice(id, text, _) = step
                && let Some(name) = OpName::of_object(id)
            {
                self.known.keep_text(change, &name, text);
            }
        }
    }

    fn finish(&mut self, raw: Vec<u8>) -> Result<NewChange, EditError> {
        let meta = ChangeMeta::parse(&raw).map_err(|e| EditError::Internal(e.to_string()))?;
        self.note_change(&meta, &Touch::of_raw(&raw));
        Ok(NewChange { raw, meta })
    }
}

/// What to do with the library, decided before it is touched. `view`: the version that was edited, if it is not
/// the one that is written on.
fn steps(
    base: &Document,
    kind: &Kind,
    planner: &Planner<'_>,
    view: Option<&[Hash]>,
) -> Result<Vec<Step>, EditError> {
    let mut steps = Vec::new();
    let (mut size, mut taken_out) = (0, 0);
    let (now, view) = (base.reader(None), view.map(|heads| base.reader(Some(heads))));
    for (key, planned) in &planner.writes {
        let slot = match (&view, planner.replaced.get(key)) {
            // What was edited is what is written on, and was read already.
            (None, Some(slot)) => slot.clone(),
            _ => read_slot(&now, key),
        };
        let viewed = view.as_ref().map(|view| read_slot(view, key));
        let moved = || EditError::Moved { path: describe(kind, &planner.snapshot, key).path };
        if let Some(viewed) = &viewed {
            let ids = |slot: &[Entry]| slot.iter().filter_map(|e| e.id.clone()).collect::<Vec<_>>();
            if ids(&slot) != ids(viewed) {
                return Err(moved());
            }
        }
        match planned {
            Write::Register(written) => {
                let text = written.encode();
                size += text.len();
                steps.push(Step::Put(key.clone(), text));
            }
            Write::Paragraph(text) => {
                size += text.chars().count();
                let text = match viewed {
                    None => text.clone(),
                    Some(viewed) => carried_over(&viewed, &slot, text).ok_or_else(moved)?,
                };
                let step = match paragraph(&now, key, &slot, &text) {
                    Some(Step::Splice(.., hunks)) if too_much(&mut taken_out, &hunks) => {
                        Some(Step::NewText(key.clone(), text))
                    }
                    step => step,
                };
                steps.extend(step);
            }
        }
    }
    if size > MAX_CHARACTERS {
        return Err(EditError::TooLarge { size, limit: MAX_CHARACTERS });
    }
    Ok(steps)
}

/// The edit of an older wording, made to the one that stands now. `None` if that changed the same words, or
/// if one of the two is open: then it would be a blend, or overwrite what nobody has seen.
fn carried_over(viewed: &[Entry], slot: &[Entry], text: &str) -> Option<String> {
    let contents = |slot: &[Entry]| slot.iter().map(|entry| entry.content.clone()).collect::<Vec<_>>();
    if contents(viewed) == contents(slot) {
        return Some(text.to_owned());
    }
    match (viewed, slot) {
        ([Entry { content: Content::Text(old), .. }], [Entry { content: Content::Text(now), .. }])
            if keeps_half(old, text) =>
        {
            merge(old, text, now)
        }
        _ => None,
    }
}

/// Small edits are spliced in; others, and those that settle several wordings, put a new text.
fn paragraph(reader: &Reader<'_>, key: &str, slot: &[Entry], text: &str) -> Option<Step> {
    let anew = || Some(Step::NewText(key.to_owned(), text.to_owned()));
    let [Entry { id: Some(id), content }] = slot else { return anew() };
    let kept = match content {
        Content::Text(old) => keeps_half(old, text),
        Content::Review(review) => review
            .standing
            .iter()
            .chain(review.sides.iter().map(|(side, _)| side))
            .any(|old| keeps_half(old, text)),
        _ => false,
    };
    if !kept {
        return anew();
    }
    // The library's own merge may stand there in place of what was shown: afterwards it is what was written.
    let hunks = compare(&reader.raw_to_edit(id), text);
    (!hunks.is_empty()).then(|| Step::Splice(id.clone(), text.into(), in_place(hunks)))
}

/// Whether these take out more than a change may, after those before; counts them if not.
fn too_much(taken_out: &mut usize, hunks: &[(usize, isize, String)]) -> bool {
    let more: usize =
        hunks.iter().map(|(_, delete, insert)| delete.unsigned_abs().saturating_sub(8 * insert.len())).sum();
    if *taken_out + more > MAX_TAKEN_OUT {
        return true;
    }
    *taken_out += more;
    false
}

fn in_place(hunks: Vec<Hunk>) -> Vec<(usize, isize, String)> {
    hunks.into_iter().rev().map(|hunk| (hunk.at, hunk.delete.cast_signed(), hunk.insert)).collect()
}

fn write(
    am: &mut Automerge,
    steps: &[Step],
    kind: Option<&str>,
    by: &Author<'_>,
) -> Result<Option<Vec<u8>>, EditError> {
    let message = by.message.map(clean_text).transpose().map_err(EditError::value("message"))?;
    if let Some(size) = message.as_ref().map(String::len).filter(|size| *size > MAX_MESSAGE) {
        return Err(EditError::TooLarge { size, limit: MAX_MESSAGE });
    }
    if by.actor.is_empty() || by.actor.len() > crate::change_meta::MAX_ACTOR {
        return Err(EditError::Internal(say!("edit-author-length")));
    }
    am.set_actor(ActorId::from(by.actor));
    let done = am.transact_with::<_, (), AutomergeError, _>(
        |()| CommitOptions { message, time: Some(by.time.clamp(-MAX_TIME, MAX_TIME)) },
        |tx| {
            if let Some(kind) = kind {
                tx.put(ROOT, FORMAT_KEY, FORMAT)?;
                tx.put(ROOT, KIND_KEY, kind)?;
            }
            for step in steps {
                match step {
                    Step::Put(key, text) => tx.put(ROOT, key.as_str(), text.as_str())?,
                    Step::NewText(key, text) => {
                        let id = tx.put_object(ROOT, key.as_str(), ObjType::Text)?;
                        tx.splice_text(&id, 0, 0, text)?;
                    }
                    Step::Splice(id, _, splices) => {
                        for (at, delete, insert) in splices {
                            tx.splice_text(id, *at, *delete, insert)?;
                        }
                    }
                }
            }
            Ok(())
        },
    );
    let hash = match done {
        Ok(success) => success.hash,
        Err(failure) => return Err(internal(failure.error)),
    };
    match hash {
        None => Ok(None),
        Some(hash) => match am.get_change_by_hash(&hash) {
            Some(change) => Ok(Some(change.raw_bytes().to_vec())),
            None => Err(EditError::Internal(say!("edit-change-lost"))),
        },
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function in `map_err`")]
fn internal(error: AutomergeError) -> EditError {
    EditError::Internal(error.to_string())
}
