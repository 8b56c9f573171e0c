//! Making, opening and shrinking the engine's file.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use redb::{Builder, Database, ReadableDatabase, TableDefinition, TableError, TableHandle};

use super::file::{EngineFile, Health};
use crate::disk::{EngineKind, folder};
use crate::{StoreError, Tree};

/// The format of the records, in a table of its own.
const FORMAT_TABLE: Definition = Definition::new("accord store");
const FORMAT_KEY: &[u8] = b"format";
const FORMAT: u8 = 1;

/// How much of the file the engine may keep in memory. More gains nothing for data that is read once.
const CACHE_BYTES: usize = 64 << 20;

pub(super) type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

pub(super) fn definition(tree: Tree) -> Definition {
    Definition::new(tree.name())
}

/// Opens the file in a folder that we hold the lock of, and makes it if there is none.
pub(super) fn open(store: &Path, health: &Health) -> Result<Database, StoreError> {
    let path = data_file(store);
    clear(store)?;
    if !path.exists() {
        make(store)?;
    }
    let file = OpenOptions::new().read(true).write(true).open(&path);
    let file = file.map_err(StoreError::io("open its file"))?;
    let db = database(file, health)?;
    let missing = examine(&db)?;
    if !missing.is_empty() {
        let transaction = db.begin_write().map_err(engine("make a table"))?;
        for tree in missing {
            transaction.open_table(definition(tree)).map_err(engine("make a table"))?;
        }
        transaction.commit().map_err(engine("make a table"))?;
    }
    health.failed().map_or(Ok(db), Err)
}

/// Moves what is alive to the front of the file, and cuts off the rest.
pub(super) fn shrink(store: &Path) -> Result<(), StoreError> {
    let health = Health::default();
    let mut db = open(store, &health)?;
    db.compact().map_err(engine("shrink its file"))?;
    db.close().map_err(engine("close its file"))?;
    health.failed().map_or(Ok(()), Err)
}

/// A new file is made beside, with its tables, and brought to the disk before it has its name: a kill within the engine's
/// first moments can leave a file that it never opens again.
fn make(store: &Path) -> Result<(), StoreError> {
    let beside = unfinished(store);
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&beside);
    let health = Health::default();
    let db = database(file.map_err(StoreError::io("make its file"))?, &health)?;
    let transaction = db.begin_write().map_err(engine("make its file"))?;
    for tree in Tree::ALL {
        transaction.open_table(definition(tree)).map_err(engine("make a table"))?;
    }
    {
        let mut table = transaction.open_table(FORMAT_TABLE).map_err(engine("note its format"))?;
        table.insert(FORMAT_KEY, &[FORMAT][..]).map_err(engine("note its format"))?;
    }
    transaction.commit().map_err(engine("make its file"))?;
    db.close().map_err(engine("make its file"))?;
    if let Some(error) = health.failed() {
        return Err(error);
    }
    File::open(&beside).and_then(|file| file.sync_all()).map_err(StoreError::io("sync its file"))?;
    fs::rename(&beside, data_file(store)).map_err(StoreError::io("put its file in its place"))?;
    folder::sync(store)?;
    folder::sync_parent(store)
}

/// Removes a file that was never finished.
fn clear(store: &Path) -> Result<(), StoreError> {
    match fs::remove_file(unfinished(store)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io("clear away a file that was never finished")(error))
        }
        _ => Ok(()),
    }
}

/// Every page of the file is checked against the engine's own checksums whenever it is opened: otherwise a file that was
/// damaged is trusted, and the engine may panic or read wrong pages later.
fn database(file: File, health: &Health) -> Result<Database, StoreError> {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    builder.create_with_backend(EngineFile::new(file, health.clone())).map_err(engine("open its file"))
}

/// Checks the format, and says which tables are not there yet.
fn examine(db: &Database) -> Result<Vec<Tree>, StoreError> {
    let reading = db.begin_read().map_err(engine("read its format"))?;
    let table = match reading.open_table(FORMAT_TABLE) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => {
            return Err(StoreError::Format { found: "none".into(), known: FORMAT });
        }
        Err(error) => return Err(engine("read its format")(error)),
    };
    let found = table.get(FORMAT_KEY).map_err(engine("read its format"))?;
    let found = found.map(|value| value.value().to_vec()).unwrap_or_default();
    if found.as_slice() != [FORMAT] {
        return Err(StoreError::Format { found: data_encoding::HEXLOWER.encode(&found), known: FORMAT });
    }
    let names: Vec<String> =
        reading.list_tables().map_err(engine("list its tables"))?.map(|t| t.name().to_owned()).collect();
    Ok(Tree::ALL.into_iter().filter(|tree| !names.iter().any(|name| name == tree.name())).collect())
}

fn data_file(store: &Path) -> PathBuf {
    store.join(EngineKind::Redb.file())
}

fn unfinished(store: &Path) -> PathBuf {
    folder::beside(&data_file(store), "new")
}

/// The engine's errors, told apart as ours are.
pub(super) fn engine<E: Into<redb::Error>>(doing: &'static str) -> impl Fn(E) -> StoreError {
    move |error| match error.into() {
        redb::Error::Io(source) => StoreError::Io { doing, source },
        other => StoreError::Engine { doing, what: other.to_string() },
    }
}
