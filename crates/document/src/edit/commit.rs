//! Writing: one action of a person becomes exactly one change.

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, AutomergeError, ChangeHash, ObjId, ObjType, ROOT, ReadDoc as _};

use super::plan::{Planner, Write};
use super::{Edit, EditError, refuse_too_many};
use crate::document::Document;
use crate::kind::{Kind, NAME_FIELD};
use crate::layout::{FORMAT, FORMAT_KEY, KIND_KEY};
use crate::path::describe;
use crate::snapshot::{Content, Snapshot, read_slot};
use crate::text::{Hunk, clean_text, compare, keeps_half};
use crate::{ChangeMeta, Hash};

/// A source of random bytes: it fills what it is given.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]);

/// Each character is an operation of its own; well below what a change may hold.
const MAX_CHARACTERS: usize = 200_000;
const MAX_MESSAGE: usize = 2_000;

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
    /// From the end of the text to its beginning, so that no position moves before its turn.
    Splice(ObjId, Vec<(usize, isize, String)>),
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
        let mut document = Self::empty();
        let mut planner = Planner::new(kind, Snapshot::default(), random);
        planner.set(NAME_FIELD, &name.into(), None)?;
        edits.iter().try_for_each(|edit| planner.edit(edit))?;
        let steps = steps(&document.am, kind, &planner, None)?;
        let raw = write(&mut document.am, steps, Some(&kind.name), by)?;
        let raw = raw.ok_or_else(|| EditError::Internal("nothing was written".into()))?;
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
        let mut planner = Planner::new(kind, Snapshot::read(&self.am, None), random);
        edits.iter().try_for_each(|edit| planner.edit(edit))?;
        let steps = steps(&self.am, kind, &planner, None)?;
        match write(&mut self.am, steps, None, by)? {
            Some(raw) => self.finish(raw).map(Some),
            None => Ok(None),
        }
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
        let mut sorted = heads.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted == self.heads() {
            return self.edit(kind, edits, by, random);
        }
        refuse_too_many(edits.iter())?;
        let view = self.known(&sorted)?;
        let mut base_heads = sorted.clone();
        let mut view_at = None;
        if let Some(tip) = self.graph().chain(by.actor).last()
            && !self.graph().ancestors(&sorted).contains(tip)
        {
            base_heads.push(*tip);
            view_at = Some(view.as_slice());
        }
        let mut base = self.fork_at(&base_heads)?;
        let mut planner = Planner::new(kind, Snapshot::read(&base.am, view_at), random);
        edits.iter().try_for_each(|edit| planner.edit(edit))?;
        let steps = steps(&base.am, kind, &planner, view_at)?;
        let Some(raw) = write(&mut base.am, steps, None, by)? else { return Ok(None) };
        let change =
            automerge::Change::from_bytes(raw.clone()).map_err(|e| EditError::Internal(e.to_string()))?;
        self.am.apply_changes([change]).map_err(|e| EditError::Internal(e.to_string()))?;
        self.finish(raw).map(Some)
    }

    fn finish(&mut self, raw: Vec<u8>) -> Result<NewChange, EditError> {
        let meta = ChangeMeta::parse(&raw).map_err(|e| EditError::Internal(e.to_string()))?;
        self.note_change(&meta);
        Ok(NewChange { raw, meta })
    }
}

/// What to do with the library, decided before it is touched.
fn steps(
    base: &Automerge,
    kind: &Kind,
    planner: &Planner<'_>,
    view: Option<&[ChangeHash]>,
) -> Result<Vec<Step>, EditError> {
    let mut steps = Vec::new();
    let mut size = 0;
    for (key, planned) in &planner.writes {
        let slot = read_slot(base, view, key);
        if view.is_some() {
            let ids = |slot: &[crate::snapshot::Entry]| {
                slot.iter().filter_map(|e| e.id.clone()).collect::<Vec<_>>()
            };
            if ids(&slot) != ids(&read_slot(base, None, key)) {
                return Err(EditError::Moved { path: describe(kind, &planner.snapshot, key).path });
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
                match &slot[..] {
                    [one] => match (&one.content, &one.id) {
                        (Content::Text(old), _) if old == text => {}
                        (Content::Text(old), Some(id)) if keeps_half(old, text) => {
                            let hunks = compare(old, text);
                            let splices = match view {
                                None => in_place(hunks),
                                Some(view) => mapped(base, id, view, &hunks).map_err(internal)?,
                            };
                            steps.push(Step::Splice(id.clone(), splices));
                        }
                        _ => steps.push(Step::NewText(key.clone(), text.clone())),
                    },
                    // Several wordings, or none: the new one takes the place of all.
                    _ => steps.push(Step::NewText(key.clone(), text.clone())),
                }
            }
        }
    }
    if size > MAX_CHARACTERS {
        return Err(EditError::TooLarge { size, limit: MAX_CHARACTERS });
    }
    Ok(steps)
}

fn in_place(hunks: Vec<Hunk>) -> Vec<(usize, isize, String)> {
    hunks.into_iter().rev().map(|hunk| (hunk.at, hunk.delete.cast_signed(), hunk.insert)).collect()
}

/// The same hunks where those characters stand now: each is found again by its own identity.
fn mapped(
    am: &Automerge,
    text: &ObjId,
    view: &[ChangeHash],
    hunks: &[Hunk],
) -> Result<Vec<(usize, isize, String)>, AutomergeError> {
    let now = |at: usize| -> Result<(usize, bool), AutomergeError> {
        let cursor = am.get_cursor(text, at, Some(view))?;
        let position = am.get_cursor_position(text, &cursor, None)?;
        let alive = position < am.length(text) && am.get_cursor(text, position, None)? == cursor;
        Ok((position, alive))
    };
    let mut splices = Vec::new();
    for hunk in hunks.iter().rev() {
        if !hunk.insert.is_empty() {
            let anchor = match hunk.at.checked_sub(1) {
                None => 0,
                Some(before) => match now(before)? {
                    (position, true) => position + 1,
                    (position, false) => position,
                },
            };
            splices.push((anchor, 0, hunk.insert.clone()));
        }
        for at in (hunk.at..hunk.at + hunk.delete).rev() {
            if let (position, true) = now(at)? {
                splices.push((position, 1, String::new()));
            }
        }
    }
    // At one place what goes goes first, or it would take away what was just put there. Stable:
    // insertions at one place keep the order of the hunks, read backwards.
    splices.sort_by_key(|(position, delete, _)| (std::cmp::Reverse(*position), *delete == 0));
    Ok(splices)
}

fn write(
    am: &mut Automerge,
    steps: Vec<Step>,
    kind: Option<&str>,
    by: &Author<'_>,
) -> Result<Option<Vec<u8>>, EditError> {
    let message = by.message.map(clean_text).transpose().map_err(EditError::value("message"))?;
    if let Some(size) = message.as_ref().map(String::len).filter(|size| *size > MAX_MESSAGE) {
        return Err(EditError::TooLarge { size, limit: MAX_MESSAGE });
    }
    if by.actor.is_empty() || by.actor.len() > crate::change_meta::MAX_ACTOR {
        return Err(EditError::Internal("the author's id has a wrong length".into()));
    }
    am.set_actor(ActorId::from(by.actor));
    let done = am.transact_with::<_, (), AutomergeError, _>(
        |()| CommitOptions { message, time: Some(by.time) },
        |tx| {
            if let Some(kind) = kind {
                tx.put(ROOT, FORMAT_KEY, FORMAT)?;
                tx.put(ROOT, KIND_KEY, kind)?;
            }
            for step in steps {
                match step {
                    Step::Put(key, text) => tx.put(ROOT, key, text)?,
                    Step::NewText(key, text) => {
                        let id = tx.put_object(ROOT, key, ObjType::Text)?;
                        tx.splice_text(&id, 0, 0, &text)?;
                    }
                    Step::Splice(id, splices) => {
                        for (at, delete, insert) in splices {
                            tx.splice_text(&id, at, delete, &insert)?;
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
            None => Err(EditError::Internal("the change is not found".into())),
        },
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function in `map_err`")]
fn internal(error: AutomergeError) -> EditError {
    EditError::Internal(error.to_string())
}
