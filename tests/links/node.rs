//! A node in a namespace, by what it says.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// A running node. It is killed when it is dropped.
pub(crate) struct Node {
    process: Child,
    lines: Receiver<(Instant, String)>,
    heard: Vec<(Instant, String)>,
}

impl Node {
    /// Starts a node and waits until it can be reached, and asked.
    pub(crate) fn start(mut command: Command) -> Self {
        let begun = Instant::now();
        let mut process = command
            .env("ACCORD_LOG", "warn,accord_node=info,accord_node::network=debug,libp2p_dcutr=debug")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let stderr = process.stderr.take().expect("the node has a log");
        let (tell, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = tell.send((Instant::now(), line));
            }
        });
        let mut node = Self { process, lines, heard: Vec::new() };
        node.until(begun, "the node runs", PATIENCE);
        node
    }

    /// Waits until it says `words`, at `since` or later. Gives when that was.
    pub(crate) fn until(&mut self, since: Instant, words: &str, within: Duration) -> Instant {
        self.until_says(since, within, words, |line| line.contains(words))
    }

    fn until_says(
        &mut self,
        since: Instant,
        within: Duration,
        what: &str,
        fits: impl Fn(&str) -> bool,
    ) -> Instant {
        let deadline = Instant::now() + within;
        if let Some((at, _)) = self.heard.iter().find(|(at, line)| *at >= since && fits(line)) {
            return *at;
        }
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok((at, line)) => {
                    let found = at >= since && fits(&line);
                    self.heard.push((at, line));
                    if found {
                        return at;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("it never said {what}:\n{}", self.log()),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended:\n{}", self.log()),
            }
        }
    }

    /// What it said, for whoever looks for the cause of a failure.
    pub(crate) fn log(&self) -> String {
        let heard = self.heard.iter().map(|(_, line)| format!("{line}\n"));
        heard.chain(self.lines.try_iter().map(|(_, line)| format!("{line}\n"))).collect()
    }

    /// Waits until it has ended, which it was told to.
    pub(crate) fn wait(mut self) {
        let _ = self.process.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
