//! The demonstration itself: everything in it holds, and it leaves nothing behind but what it is asked to keep, however it
//! ends.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn demo(folder: &Path, language: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
    command.args(["--lang", language, "demo"]).env("TMPDIR", folder).env_remove("ACCORD_HOME");
    command
}

fn left_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// Whether a process runs that was told of a folder, as nodes are of their homes.
fn somebody_knows(folder: &Path) -> bool {
    let name = folder.to_str().unwrap();
    let told = |process: std::fs::DirEntry| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(name)
    };
    std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).any(told)
}

#[test]
fn the_demonstration_holds_and_cleans_up() {
    let dir = tempfile::tempdir().unwrap();
    let ended = demo(dir.path(), "fr").output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{out}{err}");
    assert_eq!(left_in(dir.path()), 0, "{out}");
    assert!(!somebody_knows(dir.path()));
}

#[test]
fn the_demonstration_leaves_homes_to_look_around_in() {
    let dir = tempfile::tempdir().unwrap();
    let ended = demo(dir.path(), "en").arg("--keep").output().unwrap();
    let out = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{out}{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(left_in(dir.path()), 1);
    assert!(!somebody_knows(dir.path()));
    // What it says to type works as it stands.
    let said: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("  accord --home ")).collect();
    assert_eq!(said.len(), 3, "{out}");
    for line in said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
        let ended = command.arg("--home").args(line.split(' ')).output().unwrap();
        assert!(ended.status.success() && !ended.stdout.is_empty(), "{line}: {ended:?}");
    }
}

/// A tester ended it by a signal, and found three nodes running and their homes.
#[test]
fn who_interrupts_the_demonstration_finds_nothing_of_it() {
    for (signal, chapter) in [(Signal::TERM, "4."), (Signal::INT, "2."), (Signal::HUP, "5.")] {
        let dir = tempfile::tempdir().unwrap();
        let mut command = demo(dir.path(), "en");
        let mut demo = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().starts_with(chapter)));
        kill_process(Pid::from_child(&demo), signal).unwrap();
        let said: Vec<String> = lines.map_while(Result::ok).collect();
        let ended = demo.wait_with_output().unwrap();
        let problem = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{said:?} {problem}");
        assert!(problem.contains("the demonstration was interrupted"), "{said:?} {problem}");
        assert_eq!(left_in(dir.path()), 0, "{said:?} {problem}");
        assert!(!somebody_knows(dir.path()));
    }
}

#[test]
fn without_a_place_for_its_homes_the_demonstration_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let ended = demo(&dir.path().join("nowhere"), "en").output().unwrap();
    let problem = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1));
    assert!(problem.contains("no folder for the homes") && problem.contains("TMPDIR"), "{problem}");
}
