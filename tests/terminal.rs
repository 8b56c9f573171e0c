//! What a person at a terminal sees and nobody else: questions, and progress where something takes its time.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
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
    asked_at_a_terminal(home, arguments, "", typed)
}

/// The same, where nothing is typed before `question` stands there: what interrupts is to interrupt the question.
fn asked_at_a_terminal(
    home: &Path,
    arguments: &[&str],
    question: &str,
    typed: &str,
) -> Option<(String, Option<i32>)> {
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
    let mut screen = child.stdout.take().unwrap();
    let (mut seen, mut bytes, mut typed) = (Vec::new(), [0; 1024], Some(typed));
    loop {
        if String::from_utf8_lossy(&seen).contains(question)
            && let Some(typed) = typed.take()
        {
            keys.write_all(typed.as_bytes()).unwrap();
        }
        match screen.read(&mut bytes).unwrap() {
            0 => break,
            read => seen.extend_from_slice(&bytes[..read]),
        }
    }
    let status = child.wait().unwrap();
    drop(keys);
    Some((String::from_utf8_lossy(&seen).into_owned(), status.code()))
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

/// A node that can be reached.
fn started(home: &Path) -> Node {
    let mut node = accord(home);
    node.args(["node", "--listen", "/ip4/127.0.0.1/tcp/0"]).stderr(Stdio::piped());
    let mut node = node.spawn().unwrap();
    let mut said = BufReader::new(node.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("listening")), "the node ended before it listened");
    // What it says from now on has to go somewhere.
    std::thread::spawn(move || said.for_each(drop));
    Node(node)
}

/// Two secretariats whose programme exists.
fn founded(ca: &Path, cmi: &Path) -> Node {
    line(ca, &["init", "--org", "Cities Alliance", "--code", "CA"]);
    line(cmi, &["init", "--org", "Centre for Mediterranean Integration", "--code", "CMI"]);
    line(ca, &["found", "MENA Joint Work Programme", "--with", &line(cmi, &["card"])]);
    let node = started(ca);
    line(cmi, &["join", &line(ca, &["invite"]), "--yes"]);
    node
}

/// Nobody signs by accident: whoever signs is shown the decision once more and types its number. Another number, no answer and an
/// interruption sign nothing.
#[test]
fn who_signs_sees_the_decision_again_and_types_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let (ca, cmi) = (dir.path().join("ca"), dir.path().join("cmi"));
    let _node = founded(&ca, &cmi);
    let proposed = accord(&ca).args(["propose", "space", "Tunis", "--write", "CA"]).output().unwrap();
    let proposed = String::from_utf8(proposed.stdout).unwrap();
    let number = proposed.split_whitespace().next().unwrap();
    let open = || String::from_utf8(accord(&ca).args(["decision", number]).output().unwrap().stdout).unwrap();
    let question = "type its number again";
    let sign = |typed: &str| asked_at_a_terminal(&ca, &["sign", number], question, typed);

    let other = if number == "1000" { "1001" } else { "1000" };
    let Some((seen, code)) = sign(&format!("{other}\n")) else {
        eprintln!("no script here: what is seen at a terminal is not looked at");
        return;
    };
    for shown in ["Open the space Tunis", "CA read and write in it.", "CMI has not signed yet"] {
        assert!(seen.contains(shown), "{shown}: {seen}");
    }
    assert!(seen.contains("the numbers differ; nothing was signed") && code == Some(3), "{code:?} {seen}");
    let (seen, code) = sign("\n").unwrap();
    assert!(seen.contains("nothing was signed") && code == Some(3), "{code:?} {seen}");
    // Ctrl-D.
    let (seen, code) = sign("\u{4}").unwrap();
    assert!(seen.contains("nothing was done") && code == Some(3), "{code:?} {seen}");
    // Ctrl-C.
    let (seen, code) = sign("\u{3}").unwrap();
    assert!(code.is_some_and(|code| code != 0) && !seen.contains("You signed"), "{code:?} {seen}");
    // Without a terminal it says what to do, in words and for programs.
    let unseen = accord(&ca).args(["sign", number]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(unseen.status.code(), Some(3));
    let hint = format!("run it in a terminal, or say --confirm {number}");
    assert!(String::from_utf8_lossy(&unseen.stderr).contains(&hint));
    let unseen = accord(&ca).args(["--json", "sign", number]).stdin(Stdio::null()).output().unwrap();
    let problem: serde_json::Value = serde_json::from_slice(&unseen.stderr).unwrap();
    assert_eq!((problem["problem"]["hint"].as_str(), unseen.stdout.len()), (Some(hint.as_str()), 0));
    assert!(open().contains("CA has not signed yet"), "{}", open());

    let (seen, code) = sign(&format!("{number}\n")).unwrap();
    assert!(seen.contains("You signed: Open the space Tunis") && code == Some(0), "{code:?} {seen}");
    assert!(open().contains("CA signed"), "{}", open());
    // A second time there is nothing to be signed, whoever types the number.
    let (seen, code) = sign(&format!("{number}\n")).unwrap();
    assert!(seen.contains("voted on this already") && code == Some(1), "{code:?} {seen}");
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
    assert!(seen.contains("connecting"), "{seen}");
    assert!(seen.contains("CA: not reached") && code == Some(3), "{code:?} {seen}");
    let unseen = accord(&cmi).args(["sync", "--wait", "3"]).output().unwrap();
    assert!(!String::from_utf8_lossy(&unseen.stderr).contains("connecting"), "no terminal, no progress");
    node.signal(Signal::CONT);
}
