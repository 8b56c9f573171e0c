//! A running node, seen from outside: when it can be asked, what it holds in memory, which documents it reads.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Outcome;

/// What a node says once its socket answers.
const READY: &str = "listening";
/// What a node says of each document that it reads.
const READS: &str = "reading a document";
/// The filter that shows both.
const LOG: &str = "warn,accord_node=debug";

/// Only a node that hangs takes this long to start or to end.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running node. It is killed when it is dropped.
pub(crate) struct Node {
    process: Child,
    log: Arc<Log>,
    /// From the start of the process until its socket answered.
    pub(crate) started_in: Duration,
}

#[derive(Default)]
struct Log {
    documents_read: AtomicUsize,
    /// For whoever looks for the cause of a failure.
    last: Mutex<String>,
}

impl Node {
    /// Starts a node and waits until it can be asked.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let began = Instant::now();
        let mut process = command
            .env("ACCORD_LOG", LOG)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = process.stderr.take().ok_or("the node has no log")?;
        let log = Arc::<Log>::default();
        let (tell, ready) = channel();
        let heard = Arc::clone(&log);
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if line.contains(READS) {
                    heard.documents_read.fetch_add(1, Ordering::Relaxed);
                } else if line.contains(READY) {
                    // Nobody listens any more for the second address.
                    let _ = tell.send(began.elapsed());
                }
                *heard.last.lock().unwrap_or_else(PoisonError::into_inner) = line;
            }
        });
        let mut node = Self { process, log, started_in: Duration::ZERO };
        node.started_in = ready
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("the node did not start; it said last: {}", node.last_words()))?;
        Ok(node)
    }

    /// How many documents it has read since it started.
    pub(crate) fn documents_read(&self) -> usize {
        self.log.documents_read.load(Ordering::Relaxed)
    }

    pub(crate) fn last_words(&self) -> String {
        self.log.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The bytes of memory that are its own, without the pages of the program itself; none where the system does not
    /// tell.
    pub(crate) fn memory(&self) -> Option<u64> {
        memory_of(self.process.id())
    }

    /// The processor time that it has taken, in its own and the system's code; nothing where the system does not tell.
    pub(crate) fn processor(&self) -> Duration {
        processor_of(self.process.id())
    }

    /// Ends it as the system would at shutdown.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        kill_process(Pid::from_child(&self.process), Signal::TERM)?;
        let ended = self.process.wait()?;
        if !ended.success() {
            return Err(format!("the node did not end well; it said last: {}", self.last_words()).into());
        }
        Ok(())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The bytes of memory that are a process's own, without the pages of its program; none where the system does not tell.
pub(crate) fn memory_of(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// The processor time that a process has taken; nothing where the system does not tell.
pub(crate) fn processor_of(process: u32) -> Duration {
    // A hundredth of a second on every Linux that there is (USER_HZ).
    const TICK: u64 = 10;
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else { return Duration::ZERO };
    // The name stands in brackets and may hold anything; what is counted follows it.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
    Duration::from_millis((ticks(11) + ticks(12)) * TICK)
}
