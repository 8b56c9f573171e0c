//! Planning: every edit is checked against the version that it was made for, and against the edits
//! before it in the same action, before anything is written.

use std::collections::BTreeMap;

use accord_words::{Told, say, told};
use serde_json::Value;

use super::{Edit, EditError, Random};
use crate::kind::{FieldType, Kind, NAME_FIELD, Scalar};
use crate::layout::{RETIRED, Written, key};
use crate::path::{Place, Target, resolve};
use crate::snapshot::{Content, Slot, Snapshot};
use crate::text::clean_text;
use crate::value;

/// The longest name of a document, in bytes: people type it in every command, and lists show it on one line.
const MAX_NAME: usize = 200;

/// What is to stand at a key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Write {
    Register(Written),
    /// The whole new wording of a paragraph.
    Paragraph(String),
}

pub(crate) struct Planner<'a> {
    pub(super) kind: &'a Kind,
    /// The version, with what is planned so far laid over it.
    pub(super) snapshot: Snapshot,
    pub(super) writes: BTreeMap<String, Write>,
    /// What stood in the version at each key that is written.
    pub(super) replaced: BTreeMap<String, Slot>,
    pub(super) random: Random<'a>,
    /// How many changes were named as settled.
    pub(super) named: usize,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(kind: &'a Kind, snapshot: Snapshot, random: Random<'a>) -> Self {
        Self { kind, snapshot, writes: BTreeMap::new(), replaced: BTreeMap::new(), random, named: 0 }
    }

    pub(crate) fn edit(&mut self, edit: &Edit) -> Result<(), EditError> {
        match edit {
            Edit::Set { path, value } => self.set(path, value, None),
            Edit::ReplaceText { path, text } => self.set(path, &Value::String(text.clone()), None),
            Edit::Resolve { path, value, reason } => {
                let reason = reason_text(path, reason)?;
                self.set(path, value, Some(&reason))
            }
            Edit::Add { path, fields } => self.add(path, fields),
            Edit::Retire { path, reason } => self.retire(path, reason, true),
            Edit::Reinstate { path, reason } => self.retire(path, reason, false),
            Edit::Settle { path, changes, value, reason } => {
                let reason = reason_text(path, reason)?;
                self.settle(path, changes, value.as_ref(), &reason)
            }
            Edit::Move { path, to, contents, reason } => {
                let reason = reason_text(path, reason)?;
                self.move_to(path, to, contents, &reason)
            }
        }
    }

    pub(super) fn place(&self, path: &str) -> Result<Place<'a>, EditError> {
        Ok(resolve(self.kind, &self.snapshot, path)?)
    }

    fn put(&mut self, key: &str, content: Content) {
        let before = self.snapshot.put(key.to_owned(), content);
        self.replaced.entry(key.to_owned()).or_insert(before);
    }

    pub(super) fn register(&mut self, key: String, value: Value, reason: Option<&str>) {
        let written = Written::new(value, reason.map(str::to_owned), self.random);
        self.put(&key, Content::Register(written.clone()));
        self.writes.insert(key, Write::Register(written));
    }

    pub(super) fn paragraph(&mut self, key: String, text: String) {
        self.put(&key, Content::Text(text.clone()));
        self.writes.insert(key, Write::Paragraph(text));
    }

    pub(super) fn set(&mut self, path: &str, value: &Value, reason: Option<&str>) -> Result<(), EditError> {
        let Place { path, target } = self.place(path)?;
        self.refuse_retired(&path, &target)?;
        if let Target::Register { key, .. } | Target::Shares { key, .. } | Target::Member { key } = &target {
            self.refuse_open(&path, key, reason)?;
        }
        match target {
            Target::Register { key, scalar, currency, from_zero } => {
                let parsed =
                    value::parse(&scalar, value, currency.as_deref()).map_err(EditError::value(&path))?;
                if from_zero {
                    value::not_below_zero(&parsed).map_err(EditError::value(&path))?;
                }
                let parsed = self.checked_code(&path, &key, parsed)?;
                if key == NAME_FIELD && parsed.is_null() {
                    return Err(EditError::not_here(&path, told!("edit-needs-name")));
                }
                if key == NAME_FIELD && parsed.as_str().is_some_and(|name| name.len() > MAX_NAME) {
                    return Err(EditError::not_here(&path, told!("edit-name-too-long")));
                }
                self.register(key, parsed, reason);
                Ok(())
            }
            Target::Shares { key, parts } => {
                let shares = self.shares(parts, value).map_err(EditError::value(&path))?;
                self.register(key, shares, reason);
                Ok(())
            }
            Target::Member { key } => {
                let parsed = value::parse(&Scalar::Bool, value, None).map_err(EditError::value(&path))?;
                self.register(key, Value::Bool(parsed == Value::Bool(true)), reason);
                Ok(())
            }
            Target::Retired { key } => {
                let parsed = value::parse(&Scalar::Bool, value, None).map_err(EditError::value(&path))?;
                if reason.is_none() {
                    return Err(EditError::not_here(&path, told!("edit-retire-with-reason")));
                }
                self.register(key, Value::Bool(parsed == Value::Bool(true)), reason);
                Ok(())
            }
            Target::Codes { key, codes } => self.codes(&path, &key, codes, value, reason),
            Target::Table { .. } | Target::Text { .. } | Target::Item { .. } => {
                self.inside(&path, value, reason)
            }
            Target::Language { key } => self.language(&path, &key, value),
            Target::Paragraph { key } => self.one_paragraph(&path, key, value, reason),
            Target::Set { .. } => Err(EditError::not_here(&path, told!("edit-set", path))),
            Target::Rows { .. } | Target::Row { .. } => Err(EditError::not_here(&path, told!("edit-rows"))),
            Target::Unknown { .. } => Err(EditError::not_here(&path, told!("edit-newer-kind"))),
        }
    }

    /// An object of fields, cells or languages: each is set by itself.
    fn inside(&mut self, path: &str, value: &Value, reason: Option<&str>) -> Result<(), EditError> {
        match value {
            Value::Object(map) => {
                for (name, inner) in map {
                    self.set(&format!("{path}.{name}"), inner, reason)?;
                }
                Ok(())
            }
            _ => {
                let hint = match self.place(path)?.target {
                    Target::Text { .. } => say!("edit-several-languages", path = path),
                    Target::Table { .. } => say!("edit-several-cells", path = path),
                    _ => say!("edit-several-fields", path = path),
                };
                Err(EditError::not_here(path, Told { message: say!("edit-several"), hint: Some(hint) }))
            }
        }
    }

    fn retire(&mut self, path: &str, reason: &str, retired: bool) -> Result<(), EditError> {
        let Place { path, target } = self.place(path)?;
        let reason = reason_text(&path, reason)?;
        let (Target::Item { key: at, .. } | Target::Paragraph { key: at }) = target else {
            return Err(EditError::not_here(&path, told!("edit-stays-whole")));
        };
        if self.snapshot.retired(&at) != retired {
            self.register(key(&[&at, RETIRED]), Value::Bool(retired), Some(&reason));
            return Ok(());
        }
        let told = if retired { told!("edit-retired-already") } else { told!("edit-nothing-back") };
        Err(EditError::not_here(&path, told))
    }

    /// Where people disagree, a plain value would settle it without a word to those who wrote the
    /// others; settling has a command of its own, and a reason.
    pub(super) fn refuse_open(&self, path: &str, key: &str, reason: Option<&str>) -> Result<(), EditError> {
        if reason.is_none() && self.snapshot.values(key).len() > 1 {
            return Err(EditError::Open { path: path.to_owned() });
        }
        Ok(())
    }

    /// Whoever knows that an item is retired brings it back before changing it. So a change in a
    /// retired item is always somebody's who did not know, and can be shown as such.
    fn refuse_retired(&self, path: &str, target: &Target<'_>) -> Result<(), EditError> {
        let at = match target {
            Target::Register { key, .. }
            | Target::Shares { key, .. }
            | Target::Codes { key, .. }
            | Target::Member { key }
            | Target::Table { key, .. }
            | Target::Text { key }
            | Target::Language { key }
            | Target::Paragraph { key }
            | Target::Item { key, .. } => key,
            _ => return Ok(()),
        };
        let mut parts = at.splitn(3, '/');
        let (Some(set), Some(id)) = (parts.next(), parts.next()) else { return Ok(()) };
        let in_set = self.kind.field(set).is_some_and(|field| matches!(field.ty, FieldType::Set(_)));
        if in_set && self.snapshot.retired(&key(&[set, id])) {
            let item = path.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
            return Err(EditError::Retired { path: item });
        }
        Ok(())
    }
}

fn reason_text(path: &str, reason: &str) -> Result<String, EditError> {
    let reason = clean_text(reason).map_err(EditError::value(path))?.trim().to_owned();
    if reason.is_empty() {
        return Err(EditError::not_here(path, told!("edit-needs-reason")));
    }
    Ok(reason)
}
