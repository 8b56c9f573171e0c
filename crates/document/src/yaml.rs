//! Editing in an editor: a document as YAML, and back as the edits that somebody made in it.

mod edited;
mod import;
mod lines;
mod mark;
mod read;
mod render;
mod show;

pub use import::{Imported, import};
pub use mark::{MarkedError, mark_errors};

#[cfg(test)]
mod tests;
