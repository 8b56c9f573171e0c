//! What programs read: every command of co-management with `--json` says what it says to people, under keys that are the same in
//! every language, with the same exit code.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// An office: a home, and perhaps a node that runs on it until this is dropped.
struct Office {
    home: PathBuf,
    node: Option<Child>,
}

impl Drop for Office {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Office {
    fn new(folder: &Path, name: &str) -> Self {
        Self { home: folder.join(name), node: None }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accord"));
        command.arg("--home").arg(&self.home).env_remove("ACCORD_HOME").env("LC_ALL", "C");
        let words = self.home.with_extension("words");
        if words.exists() {
            command.env("ACCORD_PASSPHRASE_FILE", words);
        }
        command.args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    fn start(&mut self) {
        let mut node = Command::new(env!("CARGO_BIN_EXE_accord"));
        node.arg("--home").arg(&self.home).env_remove("ACCORD_HOME").env("LC_ALL", "C");
        node.args(["node", "--listen", "/ip4/127.0.0.1/tcp/0"]).stderr(Stdio::piped()).stdin(Stdio::null());
        let mut node = node.spawn().unwrap();
        let mut said = BufReader::new(node.stderr.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap().contains("listening")), "the node ended before it listened");
        // What it says from now on has to go somewhere.
        std::thread::spawn(move || said.for_each(drop));
        self.node = Some(node);
    }

    fn stop(&mut self) {
        if let Some(mut node) = self.node.take() {
            let _ = node.kill();
            let _ = node.wait();
        }
    }

    /// What a command says to people, which must go well.
    fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat()
    }

    /// Its first line.
    fn line(&self, arguments: &[&str]) -> String {
        self.text(arguments).lines().next().unwrap_or_default().to_owned()
    }

    /// What it says to programs where it does something: one object on standard output, and nothing beside.
    fn json(&self, arguments: &[&str]) -> Value {
        self.json_in("en", arguments)
    }

    fn json_in(&self, language: &str, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json", "--lang", language], arguments].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), error.as_ref()), (Some(0), ""), "{arguments:?}");
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(value["version"], 1, "{arguments:?}");
        for key in keys(&value) {
            let plain = key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            assert!(plain, "{arguments:?}: {key}");
        }
        value
    }

    /// What a command that changes nothing says to people and to programs: the same facts, and in French under the same keys.
    fn both(&self, arguments: &[&str], facts: &[&str]) -> Value {
        let (text, value) = (self.text(arguments), self.json(arguments));
        let all = value.to_string();
        for fact in facts {
            assert!(text.contains(fact), "{arguments:?} says nothing of {fact}: {text}");
            assert!(all.contains(fact), "{arguments:?} --json says nothing of {fact}: {all}");
        }
        assert_eq!(keys(&self.json_in("fr", arguments)), keys(&value), "{arguments:?} in French");
        value
    }

    /// A command that is refused: the same exit code both ways, and to programs one problem with what to do.
    fn refused(&self, arguments: &[&str], exit: i32) -> String {
        let text = self.run(arguments);
        let output = self.run(&[&["--json"], arguments].concat());
        assert_eq!((text.status.code(), output.status.code()), (Some(exit), Some(exit)), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let value: Value = serde_json::from_slice(&output.stderr).unwrap();
        let problem = &value["problem"];
        let names = ["failed", "usage", "person_needed", "unreachable"];
        let expected = names[usize::try_from(exit).unwrap() - 1];
        assert_eq!((&value["version"], &problem["exit"]), (&1.into(), &expected.into()), "{arguments:?}");
        let message = problem["message"].as_str().unwrap().to_owned();
        if exit != 2 {
            let text = String::from_utf8(text.stderr).unwrap();
            let hint = problem["hint"].as_str().unwrap();
            assert!(text.contains(&message) && text.contains(hint), "{arguments:?}: {text}");
        }
        message
    }
}

/// Every key of every object, but those of documents and of their changes, which people choose.
fn keys(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(fields) => {
            let below = fields.iter().filter(|(key, _)| *key != "content").flat_map(|(_, value)| keys(value));
            below.chain(fields.keys().cloned()).collect()
        }
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        _ => BTreeSet::new(),
    }
}

fn number(proposed: &Value) -> String {
    proposed["decision"]["number"].as_str().unwrap().to_owned()
}

fn signed(office: &Office, number: &str) -> Value {
    office.json(&["sign", number, "--confirm", number])
}

/// Two secretariats whose nodes run, and what founding says.
fn founded(folder: &Path) -> (Office, Office) {
    let (mut ca, mut cmi) = (Office::new(folder, "ca"), Office::new(folder, "cmi"));
    let made = ca.json(&["init", "--org", "Cities Alliance", "--code", "CA"]);
    assert_eq!(made["organisation"]["code"], "CA");
    cmi.json(&["init", "--org", "Centre for Mediterranean Integration", "--code", "CMI"]);
    let card = cmi.json(&["card"]);
    let card = card["card"].as_str().unwrap();
    assert_eq!(cmi.line(&["card"]), card);
    let founded = ca.json(&["found", "MENA Joint Work Programme", "--with", card]);
    assert!(founded.to_string().contains("CMI"), "{founded}");
    ca.start();
    let invited = ca.json(&["invite"]);
    let joined = cmi.json(&["join", invited["ticket"].as_str().unwrap(), "--yes"]);
    assert!(joined.to_string().contains("MENA Joint Work Programme"), "{joined}");
    cmi.start();
    let synced = cmi.json(&["sync", "--wait", "60"]);
    assert_eq!(synced["in_step"][0], "CA");
    (ca, cmi)
}

#[test]
fn decisions_say_the_same_to_programs() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, cmi) = founded(folder.path());
    // UCLG has no node, so that this ends with a person being needed once UCLG takes part.
    let sync = || {
        let output = cmi.run(&["--json", "sync", "--wait", "3"]);
        let synced: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(synced["in_step"][0], "CA", "{synced}");
    };
    let uclg = Office::new(folder.path(), "uclg");
    uclg.json(&["init", "--org", "United Cities and Local Governments", "--code", "UCLG"]);
    let card = uclg.line(&["card"]);

    // An admission, from the proposal to both signatures.
    let proposed = ca.json(&["propose", "admit", &card]);
    assert_eq!((&proposed["known"], &proposed["decision"]["status"]), (&false.into(), &"open".into()));
    assert_eq!(ca.json(&["propose", "admit", &card])["known"], true);
    let admit = number(&proposed);
    ca.both(&["decisions"], &[&admit, "Admit United Cities and Local Governments (UCLG) as member"]);
    let facts = [&admit, "UCLG receives all documents", "It cannot sign decisions", "CA", "CMI"];
    let open = ca.both(&["decision", &admit], &facts);
    assert_eq!((&open["waits_for_me"], &open["votes"][0]["said"]), (&true.into(), &"not_yet".into()));
    ca.both(&["status"], &["MENA Joint Work Programme", &admit, "CMI"]);
    let desk = ca.both(&[], &["MENA Joint Work Programme", &admit]);
    assert_eq!(desk["waiting_for_me"][0]["number"], admit.as_str());
    ca.refused(&["sign", &admit], 3);
    ca.refused(&["sign", &admit, "--confirm", "1"], 3);
    ca.refused(&["decision", "1"], 1);
    ca.refused(&["refuse", &admit], 2);
    ca.refused(&["refuse", &admit, "--why", " "], 2);
    assert_eq!(signed(&ca, &admit)["decision"]["waits_for"][0], "CMI");
    ca.refused(&["sign", &admit, "--confirm", &admit], 1);
    sync();
    assert_eq!(signed(&cmi, &admit)["decision"]["status"], "in_force");
    sync();
    assert_eq!(ca.json(&["decisions"])["decisions"].as_array().unwrap().len(), 0);
    ca.both(&["decisions", "--all"], &[&admit]);
    ca.both(&["organisations"], &["CA", "CMI", "UCLG", &admit]);

    // A space: refused with a reason, put up again, opened, called otherwise, granted and withdrawn.
    let space = number(&ca.json(&["propose", "space", "Tunis", "--write", "CA"]));
    sync();
    let refused = cmi.json(&["refuse", &space, "--why", "in May"]);
    assert_eq!(refused["decision"]["status"], "dead");
    cmi.both(&["decision", &space], &["in May", "CMI refused", &format!("accord propose again {space}")]);
    let agree = |proposed: &Value| {
        let number = number(proposed);
        sync();
        signed(&ca, &number);
        sync();
        assert_eq!(signed(&cmi, &number)["decision"]["status"], "in_force");
        sync();
        number
    };
    agree(&cmi.json(&["propose", "again", &space]));
    ca.both(&["spaces"], &["Tunis", "programme", "private", "CMI"]);
    agree(&ca.json(&["propose", "rename-space", "Tunis", "Tunisia"]));
    agree(&ca.json(&["propose", "grant", "UCLG", "Tunisia", "--write"]));
    agree(&ca.json(&["propose", "withdraw", "UCLG", "Tunisia", "--write-only"]));
    agree(&ca.json(&["propose", "remove", "UCLG"]));
    ca.refused(&["propose", "remove", "UCLG"], 1);
    ca.refused(&["propose", "remove", "GIZ"], 1);
    ca.refused(&["propose", "grant", "UCLG", "Nowhere"], 1);

    // Two proposals about the same: both are there, and what each side can do.
    let one = number(&ca.json(&["propose", "admit", "UCLG"]));
    let other = number(&cmi.json(&["propose", "admit", "UCLG", "--observer"]));
    sync();
    let facts = [one.as_str(), &other, "only one of them can come in force", "CMI can sign any one of them"];
    let rivals = ca.both(&["decision", &one], &facts);
    assert_eq!(rivals["rivals"][0]["number"], other.as_str());

    // The constitution.
    ca.refused(&["propose", "signer"], 1);
    ca.refused(&["propose", "guard-rule", "2"], 1);
    ca.refused(&["propose", "recover", "CMI", "--by", &card], 1);
    let place = ca.json(&["propose", "secretariat", &card, "--instead-of", "CMI"]);
    ca.both(&["decision", &number(&place)], &["UCLG", "CMI takes part no more"]);
    let root = folder.path().join("new.root");
    let replaced = ca.json(&["key", "replace-root", root.to_str().unwrap()]);
    assert_eq!(replaced["decision"]["status"], "open");

    // What was done, and its proof.
    let trail = ca.both(&["audit"], &["Admit United Cities", "in May", "governance", "CMI", "CA"]);
    assert!(trail["items"].as_array().unwrap().iter().all(|item| item["seq"].is_u64()));
    let file = folder.path().join("all.audit");
    let file = file.to_str().unwrap();
    let programme = ca.json(&["audit", "--export", file])["programme"].as_str().unwrap().to_owned();
    let nobody = Office::new(folder.path(), "nobody");
    let proof = nobody.both(&["audit", "--check", file, "--programme", &programme], &["CA", "CMI", "MENA"]);
    assert_eq!(proof["founded"].as_array().unwrap().len(), 2);
    nobody.refused(&["audit", "--check", file, "--programme", &"0".repeat(64)], 1);
    nobody.refused(&["audit", "--check", file], 2);
    ca.refused(&["audit", "--export", file], 1);
    let doctor = ca.both(&["doctor"], &["the root key is in this home"]);
    assert!(doctor["findings"].as_array().unwrap().iter().any(|one| one["about"] == "votes"));
}

#[test]
fn versions_say_the_same_to_programs() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, mut cmi) = founded(folder.path());
    ca.json(&["new", "note", "Sfax"]);
    ca.json(&["set", "Sfax", "title.en", "Sfax"]);
    ca.json(&["sync", "--wait", "60"]);
    let put = cmi.json(&["ratify", "Sfax"]);
    assert_eq!((&put["label"], &put["known"]), (&"v1".into(), &false.into()));
    let first = number(&put);
    signed(&cmi, &first);
    ca.json(&["set", "Sfax", "title.en", "Greater Sfax"]);
    ca.json(&["sync", "--wait", "60"]);
    let listed = ca.both(&["list"], &["Sfax", "v1", &first, "CMI", "CA"]);
    let put_up = &listed["documents"][0]["versions"]["proposals"][0];
    assert_eq!((&put_up["since"], &put_up["signed"][0]), (&1.into(), &"CMI".into()));
    ca.both(&["status"], &["v1", &first]);
    // CA puts up its own state beside the one that CMI signed, and is told what each side can do.
    let other = number(&ca.json(&["ratify", "Sfax"]));
    let again = ca.text(&["ratify", "Sfax"]);
    assert!(again.contains(&format!("CMI has signed {first} and can sign no other of them.")), "{again}");
    ca.both(&["diff", "Sfax", &first, &other], &["Greater Sfax"]);
    signed(&ca, &first);
    ca.json(&["sync", "--wait", "60"]);
    let shown = cmi.both(&["show", "Sfax", "--version", "v1"], &["Sfax", "v1", &first, "CA", "CMI"]);
    let canonical = cmi.run(&["show", "Sfax", "--version", "v1", "--canonical"]);
    assert_eq!(shown["canonical"].as_str().unwrap().as_bytes(), canonical.stdout);
    let same = ca.json(&["show", "Sfax", "--version", "v1"]);
    assert_eq!((&same["canonical"], &same["hash"]), (&shown["canonical"], &shown["hash"]));
    assert_eq!(
        ca.both(&["diff", "Sfax", "v1", "draft"], &["Greater Sfax"])["changes"][0]["after"],
        "Greater Sfax"
    );
    let log = ca.both(&["log", "Sfax"], &["Greater Sfax", "v1", "CA"]);
    assert_eq!((&log["since"], &log["ratified"]), (&1.into(), &"v1".into()));
    ca.both(&["show", "Sfax"], &["Greater Sfax", "v1"]);
    ca.refused(&["show", "Sfax", "--version", "v2"], 1);
    ca.refused(&["diff", "Sfax", "v2"], 1);
    ca.both(&["audit", "Sfax"], &["Freeze Sfax as v1", &first, "Greater Sfax"]);
    // What people disagree about is not put up.
    cmi.stop();
    ca.json(&["set", "Sfax", "title.en", "Sfax and around"]);
    cmi.json(&["set", "Sfax", "title.en", "The cities around Sfax"]);
    cmi.start();
    cmi.json(&["sync", "--wait", "60"]);
    assert!(ca.refused(&["ratify", "Sfax"], 3).contains("accord resolve Sfax title.en"));
    ca.refused(&["ratify", "Nothing"], 1);
}

#[test]
fn devices_and_keys_say_the_same_to_programs() {
    let folder = tempfile::tempdir().unwrap();
    let (ca, mut cmi) = founded(folder.path());
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    ca.json(&["new", "note", "Sfax"]);
    ca.json(&["sync", "--wait", "60"]);

    let lap = Office::new(folder.path(), "lap");
    let asked = lap.json(&["device", "init", "--card", &cmi.line(&["card"]), "--name", "Laptop of Amina"]);
    let added = cmi.json(&["device", "add", asked["request"].as_str().unwrap()]);
    assert_eq!((&added["name"], &added["before"]), (&"Laptop of Amina".into(), &false.into()));
    lap.json(&["join", added["ticket"].as_str().unwrap(), "--yes"]);
    let devices = cmi.both(&["device", "list"], &["Laptop of Amina"]);
    assert_eq!(
        (&devices["devices"][0]["this"], &devices["devices"][0]["signs"]),
        (&true.into(), &true.into())
    );
    lap.json(&["set", "Sfax", "title.en", "What we saw in Sfax"]);
    lap.json(&["set", "Sfax", "title.fr", "Sfax"]);
    let revoked = cmi.json(&["device", "revoke", "Laptop of Amina", "--why", "left on a train"]);
    assert_eq!((&revoked["name"], &revoked["signs"]), (&"Laptop of Amina".into(), &false.into()));
    cmi.both(&["device", "list"], &["left on a train"]);
    cmi.refused(&["device", "revoke", "Nobody's", "--why", "x"], 1);
    cmi.refused(&["device", "add", "nonsense"], 2);

    // A backup makes a new device; what the old one wrote and does not count is made again there.
    let backup = file("lap.backup");
    assert_eq!(lap.json(&["backup", &backup])["file"], backup.as_str());
    lap.refused(&["backup", &backup], 1);
    let root = file("cmi.root");
    assert_eq!(cmi.json(&["key", "export", &root])["kept"], true);
    let new = Office::new(folder.path(), "new");
    let restored = new.json(&["restore", &backup, "--name", "Found", "--root-key", &root]);
    assert_eq!(restored["certified"], true);
    new.refused(&["restore", &backup, "--name", "Found"], 1);
    let ticket = cmi.json(&["invite"])["ticket"].as_str().unwrap().to_owned();
    new.json(&["join", &ticket, "--yes"]);
    let facts = ["Sfax", "Laptop of Amina", "What we saw in Sfax", "its device was revoked"];
    let apart = new.both(&["apart"], &facts);
    assert_eq!(apart["apart"].as_array().unwrap().len(), 2);
    let change = apart["apart"][1]["change"].as_str().unwrap();
    let dismissed = new.json(&["apart", "Sfax", "--dismiss", change]);
    assert_eq!(dismissed["apart"][0]["change"], change);
    let redone = new.json(&["redo", "Sfax"]);
    assert!(redone.to_string().contains("What we saw in Sfax"), "{redone}");
    new.refused(&["redo", "Sfax"], 1);
    new.both(&["apart", "--all"], &["What we saw in Sfax"]);

    // Keys: moved out of the home, sealed and unsealed.
    let stick = file("cmi.stick");
    assert_eq!(cmi.json(&["key", "move-root", &stick])["kept"], false);
    cmi.refused(&["device", "revoke", "Found", "--why", "x"], 3);
    cmi.stop();
    cmi.refused(&["key", "seal"], 3);
    std::fs::write(cmi.home.with_extension("words"), "three words together").unwrap();
    let mut private = std::fs::metadata(&stick).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut private, 0o600);
    std::fs::set_permissions(cmi.home.with_extension("words"), private).unwrap();
    assert_eq!(cmi.json(&["key", "seal"])["sealed"].as_array().unwrap().len(), 1);
    assert_eq!(cmi.json(&["key", "seal", "--root-key", &stick])["sealed"][0], stick.as_str());
    let gone = ["device", "revoke", "Found", "--why", "put away", "--root-key", &stick];
    assert_eq!(cmi.json(&gone)["name"], "Found");
    assert_eq!(cmi.json(&["key", "unseal", "--root-key", &stick])["unsealed"][0], stick.as_str());
    assert_eq!(cmi.json(&["key", "unseal"])["unsealed"].as_array().unwrap().len(), 1);
    assert!(ca.json(&["doctor"])["findings"].is_array());
}
