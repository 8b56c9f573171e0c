//! Planning text: which paragraphs of the new text are which of the old.

use accord_words::{say, told};
use serde_json::Value;

use super::align::{Step, align, shown};
use super::{EditError, plan::Planner};
use crate::layout::{ORDER, PARAGRAPH_ID, RETIRED, fresh_id, key};
use crate::path::{order, paragraphs};
use crate::text::{clean_text, keys_between, paragraphs as split};

impl Planner<'_> {
    /// The whole text of a language: only what differs is written.
    pub(super) fn language(&mut self, path: &str, at: &str, value: &Value) -> Result<(), EditError> {
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Array(items) if items.iter().all(Value::is_string) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                crate::text::join(&items)
            }
            _ => {
                return Err(EditError::not_here(path, told!("edit-text")));
            }
        };
        let new = split(&clean_text(&text).map_err(EditError::value(path))?);
        let keys = paragraphs(&self.snapshot, at);
        let old: Vec<String> = keys.iter().map(|key| shown(&self.snapshot, key)).collect();
        let mut previous: Option<String> = None;
        let mut run: Vec<String> = Vec::new();
        for step in align(&old, &new) {
            match step {
                Step::Add(n) => run.push(new[n].clone()),
                Step::Keep { old: o, new: n } => {
                    let here = order(&self.snapshot, &keys[o]);
                    self.insert(at, previous.as_deref(), Some(&here), &mut run);
                    if old[o] != new[n] {
                        self.paragraph(keys[o].clone(), new[n].clone());
                    }
                    previous = Some(here);
                }
                Step::Remove(o) => {
                    self.register(
                        key(&[&keys[o], RETIRED]),
                        Value::Bool(true),
                        Some(&say!("paragraph-taken-out")),
                    );
                }
            }
        }
        self.insert(at, previous.as_deref(), None, &mut run);
        Ok(())
    }

    pub(super) fn append(&mut self, path: &str, at: &str, text: &str) -> Result<(), EditError> {
        let mut new = split(&clean_text(text).map_err(EditError::value(path))?);
        if new.is_empty() {
            return Err(EditError::not_here(path, told!("edit-empty-paragraph")));
        }
        let last = paragraphs(&self.snapshot, at).last().map(|last| order(&self.snapshot, last));
        self.insert(at, last.as_deref(), None, &mut new);
        Ok(())
    }

    pub(super) fn insert(
        &mut self,
        at: &str,
        after: Option<&str>,
        before: Option<&str>,
        run: &mut Vec<String>,
    ) {
        if run.is_empty() {
            return;
        }
        let orders = keys_between(after, before, run.len(), self.random);
        for (text, order) in run.drain(..).zip(orders) {
            let id = fresh_id(PARAGRAPH_ID, self.random);
            let paragraph = key(&[at, &id]);
            self.register(key(&[&paragraph, ORDER]), Value::String(order), None);
            self.paragraph(paragraph, text);
        }
    }
}
