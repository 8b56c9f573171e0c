//! A full disk and a read-only one, for real, also while a store is compacted and made anew: a small file system in a mount
//! namespace, and the real program on it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;

/// The exit code with which the script says that it may not make a file system.
const MAY_NOT: i32 = 77;

struct Story(tempfile::TempDir);

impl Story {
    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap_or_default()
    }

    /// The exit code of a command of the story, and all that it printed.
    fn told(&self, name: &str) -> (i32, String) {
        let exit = self.read(&format!("{name}.exit")).trim().parse().unwrap_or(-1);
        (exit, self.read(&format!("{name}.out")) + &self.read(&format!("{name}.err")))
    }

    fn good(&self, name: &str) -> String {
        let (exit, told) = self.told(name);
        assert_eq!(exit, 0, "{name}: {told}\n{}", self.read("log"));
        told
    }
}

fn address() -> String {
    format!("/ip4/127.0.0.1/tcp/{}", accord_door::free_port().unwrap())
}

#[test]
fn a_full_disk_leaves_reading_and_loses_nothing_on_sled() {
    a_full_disk_leaves_reading_and_loses_nothing("sled");
}

#[test]
fn a_full_disk_leaves_reading_and_loses_nothing_on_redb() {
    a_full_disk_leaves_reading_and_loses_nothing("redb");
}

fn a_full_disk_leaves_reading_and_loses_nothing(engine: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disk/full.sh");
    let (root, story) = (tempfile::tempdir().unwrap(), Story(tempfile::tempdir().unwrap()));
    let run = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh"])
        .arg(script)
        .env("ACCORD", env!("CARGO_BIN_EXE_accord"))
        .env("ROOT", root.path())
        .env("STORE", engine)
        .env("OUT", story.0.path())
        .envs([("CA", address()), ("CMI", address())])
        .envs([("LC_ALL", "C"), ("NO_COLOR", "1")])
        .output();
    let run = match run {
        Ok(run) if run.status.code() != Some(MAY_NOT) && !is_refused(&run.stderr) => run,
        Ok(run) => {
            println!("skipped: no file system may be made here: {}", String::from_utf8_lossy(&run.stderr));
            return;
        }
        Err(error) => {
            println!("skipped: there is no unshare: {error}");
            return;
        }
    };
    let log = || format!("{}\n{}", story.read("log"), story.read("ca.node"));
    assert!(run.status.success(), "{}\n{}", String::from_utf8_lossy(&run.stderr), log());

    let acknowledged: u64 = story.read("acknowledged").trim().parse().unwrap();
    let (exit, told) = story.told("edit");
    assert_eq!(exit, 1, "the disk is full: {told}");
    assert!(told.contains("make"), "it says what to do: {told}");
    assert!(acknowledged < 500);
    let last = |text: &str| text.contains(&(999 + acknowledged).to_string()) || acknowledged == 0;

    assert!(story.good("list").contains("Tunisia"));
    assert!(story.good("show").contains("TN-A03"));
    assert!(last(&story.good("get")), "what was acknowledged is read: {}", story.good("get"));
    story.good("history");
    assert!(story.good("status").contains("nothing can be written here"), "{}", story.good("status"));
    let (exit, doctor) = story.told("doctor");
    assert_eq!(exit, 3, "{doctor}");
    assert!(doctor.contains("BAD"), "{doctor}");

    assert!(last(&story.good("other_get")), "and is at the other's: {}", story.good("other_get"));
    assert!(
        last(&story.good("after_get"))
            || story.good("after_get").contains(&(1000 + acknowledged).to_string())
    );
    assert_eq!(story.good("after_other").trim(), "agreed", "what could not be taken in comes after");
    assert!(story.good("after_there").contains("777"), "{}", story.good("after_there"));
    assert!(story.good("verify").contains("as it should be"), "{}", story.good("verify"));

    let (exit, readonly) = story.told("readonly");
    assert_eq!(exit, 1, "{readonly}");
    assert!(readonly.contains("read-only"), "{readonly}");
    story.good("writable");

    for (name, mended) in [("full_compact", "compact_get"), ("full_rebuild", "rebuild_get")] {
        let (exit, full) = story.told(name);
        assert_eq!(exit, 1, "{name}: {full}");
        assert!(full.contains("make space"), "{name} says what to do: {full}");
        assert!(story.good(mended).contains("777"), "{mended}: {}", story.good(mended));
    }
    let (exit, damaged) = story.told("full_damaged");
    assert_eq!(exit, 1, "{damaged}");
    assert!(story.good("rebuild").contains("taken into the store"), "{}", story.good("rebuild"));
    story.good("compact");
    let verified = story.good("rebuild_verify");
    assert!(verified.contains("as it should be"), "{verified}");
}

/// Whether the system does not let this user make a namespace.
fn is_refused(stderr: &[u8]) -> bool {
    String::from_utf8_lossy(stderr).contains("unshare failed")
}
