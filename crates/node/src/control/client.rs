//! The asking side.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use accord_core::api::{Asked, Exit, Message, Problem, Progress, Request, Response, Speech};
use accord_words::problem;
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::{line, socket};

/// How long a node that said it stops may take for it, until the client no longer waits to see it gone.
const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// No node serves the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotRunning;

/// Asks the node that serves the socket, and waits for its answer however long the request takes: the requests that
/// wait for others carry their own limits.
///
/// # Errors
/// [`NotRunning`] if there is no socket or can be none, or one that a killed node left. Every other failure is a [`Problem`]: then a
/// node is there, and the same work must not be done beside it.
pub(crate) async fn ask(
    socket: &Path,
    request: &Request,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Result<Response, Problem>, NotRunning> {
    let stream = match UnixStream::connect(socket).await {
        Ok(stream) => stream,
        Err(error) if is_closed(&error, socket) => {
            return Ok(Err(socket::closed(socket, rustix::process::geteuid().as_raw())));
        }
        // An address that no socket can have, such as that of a home with a long path that no node has served yet, is
        // one where nobody serves: a node would have recorded another (see `socket`).
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::NotFound
                    | ErrorKind::ConnectionRefused
                    | ErrorKind::InvalidInput
                    | ErrorKind::NotADirectory
            ) =>
        {
            return Err(NotRunning);
        }
        Err(error) => {
            return Ok(Err(problem!("node-unreachable", why = error.to_string()).exit(Exit::Unreachable)));
        }
    };
    Ok(converse(stream, request, progress).await)
}

/// Whether this user may not go as far as the socket. A path that is too long for a socket is refused before the system
/// looks where it leads, and its folder can still be another user's.
fn is_closed(error: &std::io::Error, socket: &Path) -> bool {
    let denied = |error: &std::io::Error| error.kind() == ErrorKind::PermissionDenied;
    denied(error)
        || error.kind() == ErrorKind::InvalidInput
            && std::fs::symlink_metadata(socket).is_err_and(|error| denied(&error))
}

async fn converse(
    stream: UnixStream,
    request: &Request,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Response, Problem> {
    let ours = rustix::process::geteuid().as_raw();
    if !stream.peer_cred().is_ok_and(|theirs| theirs.uid() == ours) {
        return Err(problem!("node-of-another-user"));
    }
    let (read, mut write) = stream.into_split();
    let speech = accord_words::current();
    let speech = Speech { locale: speech.language.code().to_owned(), isolate: speech.isolate };
    let asked = Asked { speech, request: request.clone() };
    let mut question = serde_json::to_vec(&asked).map_err(|e| Problem::from_error(&e))?;
    if question.len() > accord_core::api::MAX_LINE {
        return Err(problem!("request-too-long"));
    }
    question.push(b'\n');
    // A node that refuses before it has read everything closes early; what it said is still to be read.
    let sent = line::write(&mut write, &question).await;
    let mut reader = BufReader::new(read);
    loop {
        let line = match line::read(&mut reader).await {
            Ok(Some(line)) => line,
            // Half a line is none: the node was ended while it wrote, and what stands in that half is not to be trusted.
            Ok(None) | Err(line::LineError::CutOff | line::LineError::Io(_)) => return Err(no_answer(sent)),
            Err(error @ line::LineError::TooLong) => {
                return Err(problem!("node-unreachable", why = error.to_string()).exit(Exit::Unreachable));
            }
        };
        let message = serde_json::from_slice(&line).map_err(|error| {
            problem!("answer-not-understood", why = error.to_string()).exit(Exit::Unreachable)
        })?;
        match message {
            Message::Progress(update) => progress(update),
            Message::Problem(problem) => return Err(problem),
            Message::Ok(response) => {
                if response == Response::Stopping {
                    // The node keeps this connection until its home is free for the next process.
                    let _ = timeout(STOP_TIMEOUT, line::read(&mut reader)).await;
                }
                return Ok(response);
            }
        }
    }
}

fn no_answer(sent: std::io::Result<()>) -> Problem {
    let problem = match sent {
        Ok(()) => problem!("node-ended"),
        Err(error) => problem!("node-closed", why = error.to_string()),
    };
    problem.exit(Exit::Unreachable)
}
