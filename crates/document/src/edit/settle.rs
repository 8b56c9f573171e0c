//! Planning what settles a finding: naming what was looked at, and moving what belongs to a retired item.

use std::collections::HashSet;

use accord_words::told;
use serde_json::Value;

use super::{EditError, plan::Planner};
use crate::Hash;
use crate::layout::{CHOICE, ORDER, SETTLED, hex, key};
use crate::path::{Place, Target, find_item, order, paragraphs, pointers};
use crate::text::{clean_text, paragraphs as split};

/// Changes that one edit settles, which fit into one change: far more than people ever look at together. Of more, the rest
/// stays open, and the next edit takes it up. Less in tests, which could not make as many.
pub(super) const MAX_NAMED: usize = if cfg!(test) { 1_000 } else { 4_000 };

impl Planner<'_> {
    /// Notes that these changes at a paragraph or row were looked at.
    fn name(&mut self, at: &str, changes: &[Hash], reason: Option<&str>) {
        for change in changes {
            let full = key(&[at, SETTLED, &hex(change)]);
            if self.named < MAX_NAMED && !self.snapshot.slots.contains_key(&full) {
                self.register(full, Value::Bool(true), reason);
                self.named += 1;
            }
        }
    }

    /// A paragraph gets a text. Where several wordings stood or words were under review, this is the
    /// replacement that was made from them, and names them.
    pub(super) fn one_paragraph(
        &mut self,
        path: &str,
        at: String,
        value: &Value,
        reason: Option<&str>,
    ) -> Result<(), EditError> {
        let several: Vec<String> = match value {
            Value::String(typed) => split(&clean_text(typed).map_err(EditError::value(path))?),
            Value::Array(all) if reason.is_some() && all.iter().all(Value::is_string) => {
                let typed: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
                split(&clean_text(&crate::text::join(&typed)).map_err(EditError::value(path))?)
            }
            _ => {
                return Err(EditError::not_here(path, told!("edit-paragraph")));
            }
        };
        let Some((first, rest)) = several.split_first() else {
            return Err(EditError::not_here(path, told!("edit-would-be-empty")));
        };
        if !rest.is_empty() && reason.is_none() {
            return Err(EditError::not_here(path, told!("edit-one-paragraph")));
        }
        if reason.is_some() {
            self.register(key(&[&at, CHOICE]), Value::Null, reason);
        }
        let reviewed: Vec<Hash> =
            self.snapshot.reviews(&at).flat_map(|review| review.changes.iter().copied()).collect();
        self.name(&at, &reviewed, reason);
        self.paragraph(at.clone(), first.clone());
        if let Some((language, _)) = at.rsplit_once('/').filter(|_| !rest.is_empty()) {
            let here = order(&self.snapshot, &at);
            let standing = paragraphs(&self.snapshot, language);
            let next = standing.iter().position(|p| *p == at).and_then(|n| standing.get(n + 1));
            let next = next.map(|next| order(&self.snapshot, next));
            if here.is_empty() {
                // Somebody else's program gave it no place: then it has one from now on.
                self.register(key(&[&at, ORDER]), Value::from("V"), None);
            }
            let here = if here.is_empty() { "V".to_owned() } else { here };
            self.insert(language, Some(&here), next.as_deref(), &mut rest.to_vec());
        }
        Ok(())
    }

    pub(super) fn settle(
        &mut self,
        path: &str,
        changes: &[Hash],
        value: Option<&Value>,
        reason: &str,
    ) -> Result<(), EditError> {
        let Place { path, target } = self.place(path)?;
        if changes.is_empty() {
            return Err(EditError::not_here(&path, told!("edit-looked-at")));
        }
        match target {
            Target::Paragraph { key: at } => {
                let open: Vec<Hash> =
                    self.snapshot.reviews(&at).flat_map(|review| review.changes.iter().copied()).collect();
                let named: HashSet<&Hash> = changes.iter().collect();
                if open.iter().any(|change| !named.contains(change)) {
                    return Err(EditError::not_here(&path, told!("edit-changed-again")));
                }
                let stands = self.snapshot.reviews(&at).all(|review| review.standing.is_some())
                    && self.snapshot.slot(&at).len() == 1;
                match value {
                    None if !stands => {
                        return Err(EditError::not_here(&path, told!("edit-nothing-to-confirm")));
                    }
                    None => {}
                    Some(value) => self.one_paragraph(&path, at.clone(), value, Some(reason))?,
                }
                self.name(&at, changes, Some(reason));
                Ok(())
            }
            Target::Row { key: at } if value.is_none() => {
                self.name(&at, changes, Some(reason));
                Ok(())
            }
            Target::Register { key: at, .. } if value.is_none() => {
                self.name(&at, changes, Some(reason));
                Ok(())
            }
            _ => Err(EditError::not_here(&path, told!("edit-settled-otherwise"))),
        }
    }

    /// What belongs to a retired item goes to another: the rows and items that refer to it, and the
    /// contents that are named. Nothing of the other is overwritten.
    pub(super) fn move_to(
        &mut self,
        path: &str,
        to: &str,
        contents: &[String],
        reason: &str,
    ) -> Result<(), EditError> {
        let Place { path, target } = self.place(path)?;
        let Target::Item { key: at, .. } = target else {
            return Err(EditError::not_here(&path, told!("edit-no-item")));
        };
        if !self.snapshot.retired(&at) {
            return Err(EditError::not_here(&path, told!("edit-stays")));
        }
        let set = at.split('/').next().unwrap_or_default().to_owned();
        let other = find_item(&self.snapshot, &set, to)?;
        if self.snapshot.retired(&other.key) || other.key == at {
            return Err(EditError::Retired { path: format!("{set}.{to}") });
        }
        for pointer in pointers(self.kind, &self.snapshot, &at) {
            let name = if pointer.by_id { other.id.as_str() } else { other.label() };
            match pointer.row {
                None => self.register(pointer.key, Value::from(name), Some(reason)),
                Some(field) => {
                    let Some((rows, id)) = pointer.key.split_once('/') else { continue };
                    let Some(Value::Object(row)) = self.snapshot.value(&pointer.key).cloned() else {
                        continue;
                    };
                    let mut row = row;
                    row.insert(field.to_owned(), Value::from(name));
                    row.insert("supersedes".to_owned(), Value::from(id));
                    let new = crate::layout::fresh_id(crate::layout::ITEM_ID, self.random);
                    self.register(key(&[rows, &new]), Value::Object(row), Some(reason));
                }
            }
        }
        for inside in contents {
            self.move_one(&path, &format!("{set}.{}", other.id), inside, reason)?;
        }
        self.register(key(&[&at, crate::layout::RETIRED]), Value::Bool(true), Some(reason));
        Ok(())
    }

    fn move_one(&mut self, from: &str, to: &str, inside: &str, reason: &str) -> Result<(), EditError> {
        let source = self.place(&format!("{from}.{inside}"))?;
        let register = |target: &Target<'_>| match target {
            Target::Register { key, .. } | Target::Shares { key, .. } | Target::Member { key } => {
                Some(key.clone())
            }
            _ => None,
        };
        let taken = |path: &str| EditError::not_here(path, told!("edit-has-value"));
        if let Target::Paragraph { key: at } = &source.target {
            let Some(text) = self.snapshot.clear(at).map(str::to_owned) else {
                return Err(EditError::Open { path: source.path });
            };
            let language = inside.rsplit_once('.').map_or(inside, |(language, _)| language);
            let target = self.place(&format!("{to}.{language}"))?;
            return match target.target {
                Target::Language { key } => self.append(&target.path, &key, &text),
                _ => Err(taken(&target.path)),
            };
        }
        let target = self.place(&format!("{to}.{inside}"))?;
        let (Some(from), Some(at)) = (register(&source.target), register(&target.target)) else {
            // Retired paragraphs and the like belong to the old item.
            return Ok(());
        };
        if self.snapshot.values(&from).len() > 1 {
            return Err(EditError::Open { path: source.path });
        }
        let Some(value) = self.snapshot.value(&from).cloned() else { return Ok(()) };
        if from.split('/').count() == 2 {
            return Ok(());
        }
        match &self.snapshot.values(&at)[..] {
            [one] if **one == value => Ok(()),
            [] | [Value::Null] => {
                self.register(at, value, Some(reason));
                Ok(())
            }
            _ => Err(taken(&target.path)),
        }
    }
}
