//! One office of the demonstration: a home, a front door, and the real program run on them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use accord_words::say;

use accord_door::{Door, free_port};

use super::stage::Stage;
use super::{Failed, tell};

/// An office.
pub(super) struct Office {
    pub(super) code: &'static str,
    pub(super) home: PathBuf,
    pub(super) door: Door,
    port: u16,
    node: Option<Child>,
    stage: Rc<Stage>,
}

/// What a command printed, and how it ended.
pub(super) struct Ended {
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) code: Option<i32>,
}

impl Office {
    /// An office with an empty home below `folder`, and an own free port.
    pub(super) fn new(folder: &Path, code: &'static str, stage: &Rc<Stage>) -> Result<Self, Failed> {
        let port = free_port().map_err(|e| Failed(say!("demo-no-port", why = e.to_string())))?;
        let door = Door::before(port).map_err(|e| Failed(say!("demo-no-port", why = e.to_string())))?;
        Ok(Self {
            code,
            home: folder.join(code.to_lowercase()),
            door,
            port,
            node: None,
            stage: Rc::clone(stage),
        })
    }

    fn program(&self) -> Result<Command, Failed> {
        let program =
            std::env::current_exe().map_err(|e| Failed(say!("demo-no-program", why = e.to_string())))?;
        let mut command = Command::new(program);
        command.arg("--home").arg(&self.home).args(["--lang", accord_words::current().language.code()]);
        command.env("NO_COLOR", "1").env_remove("ACCORD_HOME");
        Ok(command)
    }

    /// Runs a command, shown as a person would type it, and gives what it printed, whatever its exit code.
    pub(super) fn try_run(&self, arguments: &[&str]) -> Result<Ended, Failed> {
        tell!("  {}$ accord {}", self.code, shown(arguments));
        self.quietly(arguments)
    }

    /// Runs a command without showing it.
    pub(super) fn quietly(&self, arguments: &[&str]) -> Result<Ended, Failed> {
        let mut command = self.program()?;
        command.args(arguments).stdin(Stdio::null());
        let output = self.stage.run(command);
        let output = output.map_err(|e| Failed(say!("demo-not-started", why = e.to_string())))?;
        let output = output.ok_or_else(|| Failed(String::new()))?;
        Ok(Ended {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        })
    }

    /// Runs a command that has to succeed, and gives its standard output without the end of the last line.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<String, Failed> {
        let ended = self.try_run(arguments)?;
        if ended.code != Some(0) {
            let (code, shown) = (self.code, shown(arguments));
            return Err(Failed(say!(
                "demo-command-failed",
                code,
                command = shown,
                output = ended.stdout + &ended.stderr
            )));
        }
        Ok(ended.stdout.trim_end().to_owned())
    }

    /// Makes the home, with the front door as the address that others are told.
    pub(super) fn init(&self, name: &str) -> Result<(), Failed> {
        self.run(&["init", "--org", name, "--code", self.code])?;
        let config = format!("announce: [\"{}\"]\n", self.door.address());
        std::fs::write(self.home.join("config.yaml"), config)
            .map_err(|e| Failed(say!("demo-settings", code = self.code, why = e.to_string())))
    }

    /// Starts the node. Returns at once: commands wait for a node that is starting.
    pub(super) fn start_node(&mut self) -> Result<(), Failed> {
        let listen = format!("/ip4/127.0.0.1/tcp/{}", self.port);
        tell!("  {}$ accord node --listen {listen} &", self.code);
        let mut command = self.program()?;
        let log = std::fs::File::create(self.home.join("node.log"))
            .map_err(|e| Failed(say!("demo-log", code = self.code, why = e.to_string())))?;
        command.args(["node", "--listen", &listen]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.node =
            Some(command.spawn().map_err(|e| Failed(say!("demo-node-not-started", why = e.to_string())))?);
        Ok(())
    }

    /// Stops the node and waits until it is gone.
    pub(super) fn stop_node(&mut self) -> Result<(), Failed> {
        let Some(mut node) = self.node.take() else { return Ok(()) };
        let stopped = self.quietly(&["node", "stop"])?;
        if stopped.code != Some(0) {
            let _ = node.kill();
        }
        let ended =
            node.wait().map_err(|e| Failed(say!("demo-node-lost", code = self.code, why = e.to_string())))?;
        if !ended.success() {
            return Err(Failed(say!("demo-node-ended-badly", code = self.code, log = self.log_tail())));
        }
        Ok(())
    }

    /// The last lines of the node's log.
    pub(super) fn log_tail(&self) -> String {
        let Ok(file) = std::fs::File::open(self.home.join("node.log")) else { return String::new() };
        let lines: Vec<String> = BufReader::new(file).lines().map_while(Result::ok).collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(mut node) = self.node.take() {
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

/// Arguments as a person would type them; long ones, such as cards, cut in the middle.
fn shown(arguments: &[&str]) -> String {
    let shown = arguments.iter().map(|argument| {
        let short = if argument.chars().count() > 90 {
            let start: String = argument.chars().take(24).collect();
            format!("{start}…")
        } else {
            (*argument).to_owned()
        };
        if short.contains([' ', '"', '\'']) { format!("\"{}\"", short.replace('"', "\\\"")) } else { short }
    });
    shown.collect::<Vec<_>>().join(" ")
}
