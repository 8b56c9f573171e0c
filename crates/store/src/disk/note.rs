//! The note in a store's folder that says by which engine it was written.
//!
//! It lies inside the folder, so that it changes hands in the same rename as the engine's files. It is written before
//! any of them, so a folder that has files and no note has lost it, and a wrong engine is never let loose on a store.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::folder;
use super::kind::EngineKind;
use crate::StoreError;

const FILE: &str = "engine";
const UNFINISHED: &str = "engine.new";

/// More than any engine's name; what is longer is no note.
const MAX_BYTES: u64 = 64;

/// What the note says; none if there is no store yet.
pub(super) fn read(store: &Path) -> Result<Option<EngineKind>, StoreError> {
    let path = store.join(FILE);
    let mut words = String::new();
    match fs::File::open(&path) {
        Ok(file) => match file.take(MAX_BYTES).read_to_string(&mut words) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(unnoted(store)),
            Err(error) => return Err(StoreError::io("read by which engine it was written")(error)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if holds_something(store)? { Err(unnoted(store)) } else { Ok(None) };
        }
        Err(error) => return Err(StoreError::io("read by which engine it was written")(error)),
    }
    let noted: EngineKind = words.trim_end().parse().map_err(|_| unnoted(store))?;
    match looks(store) {
        Some(found) if found != noted => {
            Err(StoreError::OtherEngine { path: store.to_owned(), noted, found })
        }
        _ => Ok(Some(noted)),
    }
}

/// Sees that the store is one of this engine, and notes it if there is no store yet.
pub(super) fn claim(store: &Path, kind: EngineKind) -> Result<(), StoreError> {
    match read(store)? {
        Some(noted) if noted == kind => Ok(()),
        Some(noted) => Err(StoreError::OtherEngine { path: store.to_owned(), noted, found: kind }),
        None => write(store, kind),
    }
}

fn write(store: &Path, kind: EngineKind) -> Result<(), StoreError> {
    let failed = || StoreError::io("note by which engine it is written");
    let beside: PathBuf = store.join(UNFINISHED);
    let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside);
    let mut file = options.map_err(failed())?;
    file.write_all(format!("{kind}\n").as_bytes()).map_err(failed())?;
    file.sync_all().map_err(failed())?;
    fs::rename(&beside, store.join(FILE)).map_err(failed())?;
    folder::sync(store)?;
    folder::sync_parent(store)
}

/// Whether there is nothing but the note: nothing was ever written to the store.
pub(super) fn is_alone(store: &Path) -> Result<bool, StoreError> {
    holds_more_than(store, &[FILE, UNFINISHED]).map(|more| !more)
}

/// Whether there is anything but a note that was never finished.
fn holds_something(store: &Path) -> Result<bool, StoreError> {
    holds_more_than(store, &[UNFINISHED])
}

fn holds_more_than(store: &Path, names: &[&str]) -> Result<bool, StoreError> {
    let failed = || StoreError::io("look into its folder");
    let items = match fs::read_dir(store) {
        Ok(items) => items,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed()(error)),
    };
    for item in items {
        let item = item.map_err(failed())?.file_name();
        if !names.iter().any(|name| item == *name) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whose files lie there, if it is one engine's alone.
fn looks(store: &Path) -> Option<EngineKind> {
    let there = |kind: &EngineKind| store.join(kind.file()).exists();
    let mut found = EngineKind::ALL.into_iter().filter(there);
    let first = found.next();
    if found.next().is_some() { None } else { first }
}

fn unnoted(store: &Path) -> StoreError {
    StoreError::Unnoted { path: store.to_owned(), note: store.join(FILE), looks: looks(store) }
}
