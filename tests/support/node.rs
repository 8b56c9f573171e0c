//! A node in the background. It is killed when it is dropped, so that none stays behind a failed test.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// What a node says when it can be reached.
const READY: &str = "listening";

/// A running node.
pub(super) struct Node {
    process: Child,
    log: Arc<Mutex<Vec<String>>>,
    ended: Receiver<()>,
}

impl Node {
    /// Starts a node and waits until it can be reached.
    pub(super) fn start(mut command: Command) -> Result<Self, String> {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the node cannot be started: {error}"))?;
        let stderr = process.stderr.take().ok_or("the node has no log")?;
        let log = Arc::<Mutex<Vec<String>>>::default();
        let (tell_ready, ready) = channel();
        let (tell_ended, ended) = channel();
        let lines = Arc::clone(&log);
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let is_ready = line.contains(READY);
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                if is_ready {
                    let _ = tell_ready.send(());
                }
            }
            let _ = tell_ended.send(());
        });
        let node = Self { process, log, ended };
        match ready.recv_timeout(PATIENCE) {
            Ok(()) => Ok(node),
            Err(_) => Err(format!("the node did not start:\n{}", node.log())),
        }
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(super) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// Kills it at once, as a power cut would.
    pub(super) fn kill(mut self) -> Result<Option<i32>, String> {
        self.process.kill().map_err(|error| error.to_string())?;
        self.wait()
    }

    /// Asks it to end, as the system does when it shuts down.
    pub(super) fn terminate(self) -> Result<Option<i32>, String> {
        use rustix::process::{Pid, Signal, kill_process};
        kill_process(Pid::from_child(&self.process), Signal::TERM).map_err(|error| error.to_string())?;
        self.wait()
    }

    /// Waits until it has ended by itself.
    pub(super) fn wait(mut self) -> Result<Option<i32>, String> {
        self.ended.recv_timeout(PATIENCE).map_err(|_| "the node did not end".to_owned())?;
        let status = self.process.wait().map_err(|error| error.to_string())?;
        Ok(status.code())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
