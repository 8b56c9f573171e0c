//! The unit of docs/running.md is one that systemd takes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/accord.service");
    let text = std::fs::read_to_string(unit).unwrap();
    // The program stands elsewhere here.
    let here = text.replace("/usr/local/bin/accord", env!("CARGO_BIN_EXE_accord"));
    assert_ne!(here, text);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accord.service");
    std::fs::write(&file, here).unwrap();
    match Command::new("systemd-analyze").arg("verify").arg(&file).output() {
        Err(error) => println!("skipped: there is no systemd-analyze: {error}"),
        Ok(told) => {
            let said = String::from_utf8_lossy(&told.stderr).into_owned();
            assert!(told.status.success() && said.is_empty(), "{said}");
        }
    }
}
