//! Every decoder of what comes from others, as functions of arbitrary bytes, with honest examples to begin from.
//!
//! Each function fails by panicking, where the decoder does, or where it breaks what it promises: what it takes it writes
//! again as the same bytes, so that nothing has two encodings. The test of this crate drives them for a moment with mutated
//! examples; `fuzz/` drives them for as long as one likes, guided by coverage.

mod examples;
mod targets;

pub use examples::examples;
pub use targets::{TARGETS, Target, target};
