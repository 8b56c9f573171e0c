//! A node of another system, in a process of its own: commands go in as lines, each answered by one line.

use std::io::{BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Outcome;

/// Only a worker that hangs takes this long to open its documents, or to say what it holds.
const HANGS: Duration = Duration::from_secs(600);

/// A running worker. It ends when its input does.
pub(crate) struct Worker {
    process: Child,
    input: Option<ChildStdin>,
    output: Receiver<String>,
}

impl Worker {
    /// Starts one of a system on a folder, and waits until it listens on the port.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn start(system: &str, folder: &Path, port: u16) -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["worker", system])
            .arg(folder)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take();
        let lines = BufReader::new(process.stdout.take().ok_or("a worker has no output")?).lines();
        let (tell, output) = channel();
        // A thread of its own, so that an answer can be waited for with an end. It ends with the worker's output.
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let mut worker = Self { process, input, output };
        worker.hear()?;
        Ok(worker)
    }

    /// Gives a command without waiting for its answer.
    ///
    /// # Errors
    /// The worker is gone.
    pub(crate) fn tell(&mut self, command: &str) -> Outcome<()> {
        let input = self.input.as_mut().ok_or("the worker has ended")?;
        Ok(writeln!(input, "{command}")?)
    }

    /// Waits for the answer to a command.
    ///
    /// # Errors
    /// The worker is gone, or says what went wrong.
    pub(crate) fn hear(&mut self) -> Outcome<String> {
        self.hear_within(HANGS)?.ok_or_else(|| "a worker does not answer".into())
    }

    /// Waits for the answer to a command; none if it does not come within `patience`.
    ///
    /// # Errors
    /// As of [`Worker::hear`].
    pub(crate) fn hear_within(&mut self, patience: Duration) -> Outcome<Option<String>> {
        match self.output.recv_timeout(patience) {
            Ok(line) => match line.strip_prefix("error ") {
                Some(error) => Err(error.to_owned().into()),
                None => Ok(Some(line)),
            },
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err("a worker ended without an answer".into()),
        }
    }

    /// Gives a command, and waits for its answer.
    ///
    /// # Errors
    /// As of both.
    pub(crate) fn ask(&mut self, command: &str) -> Outcome<String> {
        self.tell(command)?;
        self.hear()
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it.
    ///
    /// # Errors
    /// It did not end well.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        drop(self.input.take());
        if self.process.wait()?.success() { Ok(()) } else { Err("a worker did not end well".into()) }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a worker does: answers each line of its input by one of its output, until the input ends.
///
/// # Errors
/// The other side is gone.
pub(crate) fn serve(mut answer: impl FnMut(&[&str]) -> Outcome<String>) -> Outcome<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "listening")?;
    output.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match answer(&words) {
            Ok(said) => writeln!(output, "{said}")?,
            Err(error) => writeln!(output, "error {error}")?,
        }
        output.flush()?;
    }
    Ok(())
}

/// A port that nobody listens on.
///
/// # Errors
/// There is none.
pub(crate) fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The moment, on the clock that all processes of a machine share.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The time between two moments of [`now`], as workers say them: in nanoseconds.
///
/// # Errors
/// One of them is no number.
pub(crate) fn between(from: &str, to: &str) -> Outcome<Duration> {
    let nanoseconds = to.parse::<u64>()?.saturating_sub(from.parse()?);
    Ok(Duration::from_nanos(nanoseconds))
}
