//! The report of `accord doctor --report` goes to strangers: whatever the home was used for, no run of bytes of a secret is in
//! it, in no encoding, and nothing of a document.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use accord_core::Ticket;
use accord_store::{Tree, damage_where};
use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use tempfile::TempDir;

/// So many bytes of a secret in a row are a run of it; fewer stand anywhere by chance.
const RUN: usize = 6;

const PASSPHRASE: &str = "Zwetschgenkuchen-mit-Schlagobers";

/// What documents say, down to their names: words that stand nowhere else.
const CONTENT: [&str; 3] = ["Kaltenleutgeben", "Gumpoldskirchen", "Purkersdorf"];

struct Home {
    path: PathBuf,
    passphrase: PathBuf,
    node: Option<Child>,
}

impl Home {
    fn new(folder: &Path, name: &str) -> Self {
        let passphrase = folder.join("passphrase");
        fs::write(&passphrase, format!("{PASSPHRASE}\n")).unwrap();
        fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
        Self { path: folder.join(name), passphrase, node: None }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
        command.arg("--home").arg(&self.path).args(words).stdin(Stdio::null());
        command.env("LC_ALL", "C").env("ACCORD_PASSPHRASE_FILE", &self.passphrase);
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What has to go well, and its first line.
    fn done(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().next().unwrap_or_default().to_owned()
    }

    fn start(&mut self) {
        let words = ["node", "--listen", "/ip4/127.0.0.1/tcp/0"];
        let child = self.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.node = Some(child);
        // It answers once the node runs: whoever comes first, the other waits.
        let status = self.done(&["status", "--json"]);
        assert!(!status.is_empty());
    }

    fn stop(&mut self) {
        self.done(&["node", "stop"]);
        self.node.take().unwrap().wait().unwrap();
    }

    /// The report, which is its owner's alone.
    fn report(&self, file: &Path) -> String {
        let output = self.run(&["doctor", "--report", &file.display().to_string()]);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 3)), "{code:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::read_to_string(file).unwrap()
    }

    /// The seed of an open key, or all that stands in the file of a sealed one.
    fn key(&self, file: &str) -> Vec<u8> {
        let text = fs::read_to_string(self.path.join(file)).unwrap();
        let (_, rest) = text.split_once('\n').unwrap();
        HEXLOWER.decode(rest.trim_end().as_bytes()).unwrap_or_else(|_| rest.as_bytes().to_vec())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(node) = &mut self.node {
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

/// All ways in which a run of bytes could be written.
fn written(run: &[u8]) -> Vec<String> {
    let decimals = run.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let mut ways = vec![HEXLOWER.encode(run), HEXUPPER.encode(run), decimals];
    for encoded in [BASE32_NOPAD.encode(run), BASE64_NOPAD.encode(run), BASE64URL_NOPAD.encode(run)] {
        // Its last letter depends on what follows.
        let whole = encoded[..encoded.len() - 1].to_owned();
        ways.extend([whole.to_lowercase(), whole]);
    }
    ways.extend(std::str::from_utf8(run).ok().map(str::to_owned));
    ways
}

/// The first run of a secret that stands in a text, as it stands there.
fn found(text: &str, secret: &[u8]) -> Option<String> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    secret.windows(RUN).flat_map(written).find(|way| text.contains(way.as_str()))
}

#[test]
fn a_report_holds_nothing_secret_and_nothing_of_documents() {
    let folder = TempDir::new().unwrap();
    let mut ca = Home::new(folder.path(), "ca");
    let cmi = Home::new(folder.path(), "cmi");
    let mut secrets: Vec<(String, Vec<u8>)> = Vec::new();
    let mut learn = |what: &str, secret: Vec<u8>| {
        assert!(secret.len() >= 16, "{what}");
        secrets.push((what.to_owned(), secret));
    };

    ca.done(&["init", "--org", "Cities Alliance", "--code", "CA"]);
    cmi.done(&["init", "--org", "Centre for Mediterranean Integration", "--code", "CMI", "--store", "redb"]);
    for (home, name) in [(&ca, "CA"), (&cmi, "CMI")] {
        learn(&format!("{name}'s open device key"), home.key("device.key"));
        learn(&format!("{name}'s open root key"), home.key("root.key"));
    }
    ca.done(&["found", "MENA Joint Work Programme", "--with", &cmi.done(&["card"])]);
    ca.start();
    let ticket = ca.done(&["invite"]);
    cmi.done(&["join", &ticket, "--yes"]);
    let unused = ca.done(&["invite"]);
    for ticket in [ticket, unused] {
        let read: Ticket = ticket.parse().unwrap();
        learn("the secret of a ticket", read.secret.to_vec());
        // What stands in it besides is public: whose it is, and where.
        assert!(ticket.len() > 32);
    }
    ca.done(&["new", "note", CONTENT[0]]);
    ca.done(&["new", "framework", CONTENT[1], "--from", "examples/tunisia.yaml"]);
    ca.done(&["set", CONTENT[1], "activities.TN-A05.title.en", CONTENT[2]]);

    let mut reports =
        vec![ca.report(&folder.path().join("running")), cmi.report(&folder.path().join("without-a-node"))];
    ca.stop();
    for home in [&ca, &cmi] {
        home.done(&["key", "seal"]);
    }
    for (home, name) in [(&ca, "CA"), (&cmi, "CMI")] {
        learn(&format!("{name}'s sealed device key"), home.key("device.key"));
        learn(&format!("{name}'s sealed root key"), home.key("root.key"));
    }
    learn("the passphrase", PASSPHRASE.as_bytes().to_vec());
    reports.push(ca.report(&folder.path().join("sealed")));
    // Where the store is damaged it names places: that of a ticket is its secret.
    let mut damaged = 0;
    for home in [&ca, &cmi] {
        for tree in [Tree::Meta, Tree::Heads, Tree::Documents, Tree::Snapshots] {
            let all = |key: &[u8], _: &[u8]| tree != Tree::Meta || key.starts_with(b"ticket/");
            damaged += damage_where(home.path.join("store"), tree, all).unwrap();
        }
    }
    assert!(damaged > 10);
    ca.start();
    reports.push(ca.report(&folder.path().join("damaged-running")));
    ca.stop();
    reports.push(cmi.report(&folder.path().join("damaged")));

    for report in &reports {
        let value: serde_json::Value = serde_json::from_str(report).unwrap();
        assert!(value["findings"].as_array().is_some_and(|findings| findings.len() > 5), "{report}");
        for (what, secret) in &secrets {
            assert_eq!(found(report, secret), None, "{what} is in\n{report}");
        }
        for word in CONTENT {
            assert!(!report.contains(word), "{word} is in\n{report}");
        }
    }
    assert!(reports[0].contains("\"connected\""), "{}", reports[0]);
    let again = ca.run(&["doctor", "--report", &folder.path().join("sealed").display().to_string()]);
    assert_eq!(again.status.code(), Some(1), "a report replaces no file");

    // What is looked for would be found, were it there.
    for (what, secret) in &secrets {
        for encoded in [
            HEXLOWER.encode(secret),
            BASE32_NOPAD.encode(secret),
            BASE64_NOPAD.encode(secret),
            format!("{secret:?}"),
        ] {
            let leaking = reports[0].replacen("findings", &format!("findings{encoded}"), 1);
            assert!(found(&leaking, secret).is_some(), "{what} in {encoded}");
        }
    }
}
