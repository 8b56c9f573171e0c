//! An office: a home, the line to its node, and the real program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use accord_door::{Door, free_port};

use crate::Outcome;
use crate::node::Node;

/// An office.
pub(crate) struct Office {
    pub(crate) home: PathBuf,
    /// Where its node listens, behind the door.
    pub(crate) port: u16,
    /// The way to its node: the others know no other.
    pub(crate) door: Door,
}

/// A founded programme: two secretariats, none of whose nodes runs.
pub(crate) struct Programme {
    pub(crate) one: Office,
    pub(crate) other: Office,
}

impl Office {
    /// Makes the home of an organisation, and a door before its node.
    pub(crate) fn new(home: PathBuf, name: &str, code: &str) -> Outcome<Self> {
        let port = free_port()?;
        let office = Self { home, port, door: Door::before(port)? };
        office.run(&["init", "--org", name, "--code", code])?;
        let settings = format!("announce: [\"{}\"]\n", office.door.address());
        std::fs::write(office.home.join("config.yaml"), settings)?;
        Ok(office)
    }

    /// The program on this home, with nothing of the person who runs the bench.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(crate::program());
        command.args(arguments).env_clear().env("ACCORD_HOME", &self.home);
        command
    }

    /// Runs a command that has to succeed, and gives the first line that it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome<String> {
        let ended = self.command(arguments).stdin(Stdio::null()).output()?;
        if !ended.status.success() {
            let said = String::from_utf8_lossy(&ended.stderr);
            return Err(format!("`accord {}` failed: {said}", arguments.join(" ")).into());
        }
        Ok(String::from_utf8_lossy(&ended.stdout).lines().next().unwrap_or_default().to_owned())
    }

    /// Starts the node.
    pub(crate) fn start(&self) -> Outcome<Node> {
        let listen = format!("/ip4/127.0.0.1/tcp/{}", self.port);
        Node::start(&mut self.command(&["node", "--listen", &listen]))
    }
}

impl Programme {
    /// Makes the homes below `folder`, and has both sign the founding.
    pub(crate) fn found(folder: &Path) -> Outcome<Self> {
        let one = Office::new(folder.join("one"), "Cities Alliance", "CA")?;
        let other = Office::new(folder.join("other"), "Centre for Mediterranean Integration", "CMI")?;
        let card = other.run(&["card"])?;
        one.run(&["found", "MENA Joint Work Programme", "--with", &card])?;
        let node = one.start()?;
        let ticket = one.run(&["invite"])?;
        other.run(&["join", &ticket, "--yes"])?;
        other.run(&["sync", "--wait", "30"])?;
        node.stop()?;
        Ok(Self { one, other })
    }
}
