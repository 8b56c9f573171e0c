//! Text: cleaning what comes in, comparing versions by words, and the order of paragraphs.

mod clean;
mod compare;
mod merge;
mod order;

pub(crate) use clean::{clean_line, clean_text, join, paragraphs};
#[cfg(test)]
pub(crate) use compare::tokens;
pub(crate) use compare::{Hunk, common, compare, keeps_half};
pub(crate) use merge::merge;
pub(crate) use order::keys_between;

#[cfg(test)]
mod tests;
