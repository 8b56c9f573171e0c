//! The user's editor: which one, and the file that it is given.

mod choose;
mod draft;

pub(crate) use choose::Editor;
pub(crate) use draft::Draft;
