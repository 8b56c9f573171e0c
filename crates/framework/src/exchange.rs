//! Exchange with files: tables of other programs read by a map, whole documents written out and,
//! once edited, read back as the difference to the version that was written.

mod clean;
mod edited;
mod export;
mod fill;
mod flat;
mod map;
mod plan;

pub use edited::{ExportVersion, edited_csv, edited_json, exported_version, is_json};
pub use export::{Exported, Format, export};
pub use map::{Map, MapError};
pub use plan::{Plan, Planned, Refused, plan};

#[cfg(test)]
mod tests;
