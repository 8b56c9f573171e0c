//! What a person at a terminal sees and nobody else: questions, and progress where something takes its time.

#![allow(clippy::unwrap_used)]

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn accord(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
    command.arg("--home").arg(home).env_remove("ACCORD_HOME").env("NO_COLOR", "1").env("LC_ALL", "C");
    command
}

/// Runs a command that has to succeed, and gives its first line.
fn line(home: &Path, arguments: &[&str]) -> String {
    let output = accord(home).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().next().unwrap_or_default().to_owned()
}

/// Runs a command at a terminal of its own, on which somebody types `typed`; gives all that stood there, and its exit code.
/// None where the system has no `script`, which makes terminals.
fn at_a_terminal(home: &Path, arguments: &[&str], typed: &str) -> Option<(String, Option<i32>)> {
    let quoted = |word: &str| format!("'{}'", word.replace('\'', "'\\''"));
    let command = [env!("CARGO_BIN_EXE_accord"), "--home", home.to_str()?];
    let command = command.iter().chain(arguments).map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    script.env("NO_COLOR", "1").env("LC_ALL", "C").env_remove("ACCORD_HOME").env("SHELL", "/bin/sh");
    let mut child = match script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        child => child.unwrap(),
    };
    // Open until the command has ended: the end of what is typed would end the terminal.
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(keys);
    Some((String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code()))
}

/// A node that runs, until this is dropped.
struct Node(Child);

impl Node {
    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn who_joins_sees_the_programme_and_is_asked_and_who_waits_sees_for_what() {
    let dir = tempfile::tempdir().unwrap();
    let (ca, cmi) = (dir.path().join("ca"), dir.path().join("cmi"));
    line(&ca, &["init", "--org", "Cities Alliance", "--code", "CA"]);
    line(&cmi, &["init", "--org", "Centre for Mediterranean Integration", "--code", "CMI"]);
    line(&ca, &["found", "MENA Joint Work Programme", "--with", &line(&cmi, &["card"])]);
    let mut node = accord(&ca);
    node.args(["node", "--listen", "/ip4/127.0.0.1/tcp/0"]).stderr(Stdio::null());
    let node = Node(node.spawn().unwrap());
    let ticket = line(&ca, &["invite"]);

    let Some((seen, code)) = at_a_terminal(&cmi, &["join", &ticket], "n\n") else {
        eprintln!("no script here: what is seen at a terminal is not looked at");
        return;
    };
    assert!(seen.contains("MENA Joint Work Programme") && seen.contains("CMI"), "{seen}");
    assert!(seen.contains("Nothing was signed") && code == Some(1), "{code:?} {seen}");
    let (seen, code) = at_a_terminal(&cmi, &["join", &ticket], "y\n").unwrap();
    assert!(seen.contains("You signed.") && code == Some(0), "{code:?} {seen}");

    // CA's computer is asleep: whoever waits is told so after a second, although nothing goes on.
    node.signal(Signal::STOP);
    let (seen, code) = at_a_terminal(&cmi, &["sync", "--wait", "3"], "").unwrap();
    assert!(seen.contains("connecting (0 sent, 0 received)"), "{seen}");
    assert!(seen.contains("CA: not reached") && code == Some(3), "{code:?} {seen}");
    let unseen = accord(&cmi).args(["sync", "--wait", "3"]).output().unwrap();
    assert!(!String::from_utf8_lossy(&unseen.stderr).contains("connecting"), "no terminal, no progress");
    node.signal(Signal::CONT);
}
