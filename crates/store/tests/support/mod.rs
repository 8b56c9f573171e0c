//! What the tests with child processes share: this test executable, run again as a child that does one thing.

#![allow(dead_code, reason = "each test file that includes this uses its own part")]

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use accord_store::{EngineKind, RedbStore, SledStore, Store, StoreError, SyncProbe};

/// Tells a child what to do; without it the tests that are children's parts do nothing.
const STORE: &str = "ACCORD_STORE_TEST_CHILD";
const ARGUMENT: &str = "ACCORD_STORE_TEST_ARGUMENT";

/// The command that runs the test `name` of this executable as a child on `store`.
pub(crate) fn child(name: &str, store: &Path, argument: u64) -> Command {
    wrapped(&[], name, store, argument)
}

/// The same under another program.
pub(crate) fn wrapped(around: &[&str], name: &str, store: &Path, argument: u64) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut words: Vec<&std::ffi::OsStr> = around.iter().map(AsRef::as_ref).collect();
    words.push(own.as_os_str());
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["--exact", name, "--nocapture", "--test-threads=1"]);
    command.env(STORE, store).env(ARGUMENT, argument.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// In a child: the store and the argument that its parent named.
pub(crate) fn as_child() -> Option<(PathBuf, u64)> {
    let store = std::env::var_os(STORE)?;
    Some((store.into(), std::env::var(ARGUMENT).unwrap().parse().unwrap()))
}

/// In a child: tells the parent, in one write that no kill can cut in two.
pub(crate) fn tell(word: &str, what: impl Display) {
    let line = format!("\n{word} {what}\n");
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes()).unwrap();
    out.flush().unwrap();
}

/// In a parent: what a line of a child told. The test framework's own lines are in between.
pub(crate) fn told(line: &str, word: &str) -> Option<u64> {
    told_text(line, word)?.parse().ok()
}

/// The same, as it was told.
pub(crate) fn told_text<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.strip_prefix(word)?.strip_prefix(' ')
}

/// Opens a store by whichever engine it is noted to be of.
pub(crate) fn open(path: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(accord_store::open(path, EngineKind::default())?.0)
}

/// Opens a store of one engine, with a probe around its steps.
pub(crate) fn open_with(kind: EngineKind, path: &Path, probe: Arc<dyn SyncProbe>) -> Box<dyn Store> {
    match kind {
        EngineKind::Sled => Box::new(SledStore::open_with(path, probe).unwrap()),
        EngineKind::Redb => Box::new(RedbStore::open_with(path, probe).unwrap()),
    }
}

/// Waits until the threads of a sled store that was closed a moment ago have let go of its file: the engine itself does not
/// wait when it is opened behind the store's back.
pub(crate) fn await_release(store: &Path) {
    let file = std::fs::File::open(store.join("db")).unwrap();
    file.lock().unwrap();
    file.unlock().unwrap();
}
