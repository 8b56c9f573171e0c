//! Offices in namespaces: homes, nodes, and the real program.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use accord_links::Net;
use serde_json::Value;

use crate::node::Node;

/// Who takes part, in this order: the two secretariats, and a member.
const CODES: [&str; 3] = ["CA", "CMI", "UCLG"];

const PORT: u16 = 4701;

/// How long a step of the founding may take, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is between an office and the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Router {
    /// Nothing: it has an address that others can call.
    None,
    /// One that translates its address, and, once the programme is founded, lets in nothing but answers.
    Closed,
}

impl Router {
    /// The address of the office at this place, and the one that its router shows outside.
    pub(crate) fn plan(self, at: usize) -> (Ipv4Addr, Option<Ipv4Addr>) {
        let last = u8::try_from(at + 1).unwrap_or(u8::MAX);
        match self {
            Router::None => ([203, 0, 113, last].into(), None),
            // Each is a local network of its own.
            Router::Closed => ([192, 168, last, 2].into(), Some([198, 51, 100, last].into())),
        }
    }

    /// The address that a router shows once it is shut.
    fn later(at: usize) -> Ipv4Addr {
        [198, 51, 100, u8::try_from(at + 101).unwrap_or(u8::MAX)].into()
    }
}

struct Office {
    home: PathBuf,
    /// Where its node listens.
    address: Ipv4Addr,
    node: Option<Node>,
}

/// A founded programme on a network, with all nodes running.
pub(crate) struct Programme {
    // Before the network and the folder, so that nodes end first.
    offices: Vec<Office>,
    pub(crate) net: Net,
    _folder: tempfile::TempDir,
    written: usize,
}

impl Programme {
    /// Founds a programme over good lines; then routers shut.
    pub(crate) fn found(net: Net, routers: &[Router]) -> Self {
        let folder = tempfile::Builder::new().prefix("accord-links-").tempdir().expect("there is room");
        let office = |(at, router): (usize, &Router)| Office {
            home: folder.path().join(CODES[at]),
            address: router.plan(at).0,
            node: None,
        };
        let offices = routers.iter().enumerate().map(office).collect();
        let mut programme = Self { offices, net, _folder: folder, written: 0 };
        for (at, router) in routers.iter().enumerate() {
            programme.run(at, &["init", "--org", &format!("Office of {}", CODES[at]), "--code", CODES[at]]);
            if let (_, Some(outside)) = router.plan(at) {
                programme.configure(at, &format!("announce: [/ip4/{outside}/tcp/{PORT}]\n"));
            }
        }
        programme.found_it();
        let closed = || (0..routers.len()).filter(|at| routers[*at] == Router::Closed);
        for at in closed() {
            programme.stop(at);
            // Nobody knows the address that its router shows from now on, itself included: it tells its own, where nobody can
            // call it.
            programme.configure(at, "");
            programme.net.shut(at, Router::later(at));
        }
        for at in closed() {
            programme.start(at);
        }
        programme
    }

    fn found_it(&mut self) {
        let card = self.run(1, &["card"]);
        self.run(0, &["found", "Programme", "--with", &card]);
        self.start(0);
        self.let_join(1);
        if self.offices.len() > 2 {
            let card = self.run(2, &["card"]);
            self.decide(&["admit", &card]);
            self.decide(&["space", "Secretariats", "--write", "CA,CMI"]);
            self.let_join(2);
            self.until_in_step(1, 2, PATIENCE);
        }
    }

    fn let_join(&mut self, office: usize) {
        let ticket = self.run(0, &["invite"]);
        self.run(office, &["join", &ticket, "--yes"]);
        self.start(office);
        self.until_in_step(0, office, PATIENCE);
    }

    /// Both secretariats sign.
    fn decide(&self, what: &[&str]) {
        let said = self.run(0, &[&["propose"], what].concat());
        let number = said.split_whitespace().next().unwrap_or_default().to_owned();
        self.run(0, &["sign", &number, "--confirm", &number]);
        self.until_in_step(0, 1, PATIENCE);
        self.run(1, &["sign", &number, "--confirm", &number]);
        self.until_in_step(0, 1, PATIENCE);
    }

    fn configure(&self, office: usize, settings: &str) {
        let file = self.home(office).join("config.yaml");
        std::fs::write(file, settings).expect("the settings can be written");
    }

    fn command(&self, office: usize, arguments: &[&str]) -> Command {
        let mut command = self.net.command(office, env!("CARGO_BIN_EXE_accord"));
        command.args(arguments).env_clear().env("ACCORD_HOME", &self.offices[office].home);
        // Where `ip` is.
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    fn ask(&self, office: usize, arguments: &[&str]) -> Result<String, String> {
        let ended =
            self.command(office, arguments).stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        if ended.status.success() {
            return Ok(said);
        }
        Err(format!("{said}{}", String::from_utf8_lossy(&ended.stderr)))
    }

    /// Runs a command that has to succeed, and gives the first line that it prints.
    fn run(&self, office: usize, arguments: &[&str]) -> String {
        let said = self.ask(office, arguments);
        let said = said.unwrap_or_else(|error| {
            panic!("{}$ accord {}\n{error}\n{}", CODES[office], arguments.join(" "), self.logs())
        });
        said.lines().next().unwrap_or_default().to_owned()
    }

    pub(crate) fn start(&mut self, office: usize) {
        let listen = format!("/ip4/0.0.0.0/tcp/{PORT}");
        let node = Node::start(self.command(office, &["node", "--listen", &listen]));
        self.offices[office].node = Some(node);
        // It learns its addresses one after the other, and a ticket names those that it knows.
        let (begun, wanted) = (Instant::now(), format!("/ip4/{}/tcp/{PORT}", self.offices[office].address));
        while !self.ask(office, &["status", "--json"]).is_ok_and(|status| status.contains(&wanted)) {
            assert!(begun.elapsed() < PATIENCE, "it does not listen at {wanted}\n{}", self.logs());
        }
    }

    /// From now on a node relays, whether or not others have called it.
    pub(crate) fn let_relay(&mut self, office: usize) {
        self.stop(office);
        self.configure(office, "relay: true\n");
        self.start(office);
    }

    pub(crate) fn stop(&mut self, office: usize) {
        if let Some(node) = self.offices[office].node.take() {
            self.run(office, &["node", "stop"]);
            node.wait();
        }
    }

    pub(crate) fn home(&self, office: usize) -> &std::path::Path {
        &self.offices[office].home
    }

    pub(crate) fn node(&mut self, office: usize) -> &mut Node {
        self.offices[office].node.as_mut().expect("its node runs")
    }

    /// Writes so many notes.
    pub(crate) fn write(&mut self, office: usize, notes: usize) {
        self.write_with(office, notes, &[]);
    }

    /// Writes so many notes in a space.
    pub(crate) fn write_in(&mut self, office: usize, space: &str, notes: usize) {
        self.write_with(office, notes, &["--space", space]);
    }

    fn write_with(&mut self, office: usize, notes: usize, more: &[&str]) {
        for _ in 0..notes {
            self.written += 1;
            let name = format!("Note {}", self.written);
            self.run(office, &[&["new", "note", &name], more].concat());
        }
    }

    /// The documents of an office.
    pub(crate) fn list(&self, office: usize) -> Vec<String> {
        let said = self.ask(office, &["list"]).unwrap_or_else(|error| panic!("{error}\n{}", self.logs()));
        let mut all: Vec<String> = said.lines().map(str::to_owned).collect();
        all.sort();
        all
    }

    /// Exchanges everything, and goes on once both say that they hold the same.
    pub(crate) fn until_in_step(&self, one: usize, other: usize, within: Duration) {
        let begun = Instant::now();
        loop {
            // An exchange waits for what happens; it ends without somebody who cannot be reached for a while.
            let said = self.ask(one, &["sync", "--wait", "20", "--json"]);
            let said = said.unwrap_or_else(|error| error);
            let answer = serde_json::Deserializer::from_str(&said).into_iter::<Value>().next();
            let answer = answer.and_then(Result::ok).unwrap_or_default();
            let in_step = answer["in_step"].as_array();
            if in_step.is_some_and(|codes| codes.iter().any(|code| code == CODES[other])) {
                return;
            }
            assert!(begun.elapsed() < within, "not in step: {said}\n{}", self.logs());
        }
    }

    fn step(&self, one: usize, other: usize) -> Value {
        let said = self.ask(one, &["status", "--json"]).unwrap_or_else(|error| panic!("{error}"));
        let status: Value = serde_json::from_str(&said).expect("the status is JSON");
        let organisations = status["organisations"].as_array().cloned().unwrap_or_default();
        let of = |step: &Value| step["organisation"]["code"] == CODES[other];
        organisations.into_iter().find(of).map(|step| step["devices"][0].clone()).unwrap_or_default()
    }

    pub(crate) fn is_connected(&self, one: usize, other: usize) -> bool {
        self.step(one, other)["connected"] == true
    }

    /// Through whom two are connected.
    pub(crate) fn through(&self, one: usize, other: usize) -> Option<String> {
        self.step(one, other)["through"].as_str().map(str::to_owned)
    }

    pub(crate) fn logs(&self) -> String {
        let log = |(at, office): (usize, &Office)| {
            let log = office.node.as_ref().map(Node::log).unwrap_or_default();
            format!("--- {}\n{log}\n", CODES[at])
        };
        self.offices.iter().enumerate().map(log).collect()
    }
}
