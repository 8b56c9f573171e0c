//! One connection: one request and its answer.

use std::sync::Arc;
use std::time::Duration;

use accord_core::api::{Asked, Exit, Message, Problem, Request, Response};
use accord_words::{Language, Spoken, problem};
use tokio::io::{AsyncReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::{Handle, ProgressSender, line};

/// A command reads its answer at once, even if a pager then takes its time.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// What a connection needs of its server.
pub(super) struct Connection<H> {
    pub(super) handler: Arc<H>,
    /// The work of requests goes in here, so that the server can wait for it.
    pub(super) tasks: TaskTracker,
    /// How long the client may take to write its request.
    pub(super) patience: Duration,
}

impl<H: Handle> Connection<H> {
    /// Answers the one request. Gives back the stream of a client that waits for the end of the node.
    pub(super) async fn converse(self, stream: UnixStream) -> Option<UnixStream> {
        let (read, mut write) = stream.into_split();
        let mut reader = BufReader::new(read);
        let Asked { speech, request } = match receive(&mut reader, self.patience).await {
            Ok(asked) => asked?,
            Err(problem) => {
                let _ = tell(&mut write, &Message::Problem(problem)).await;
                return None;
            }
        };
        let stops = request == Request::Stop;
        let speech = accord_words::Speech { language: Language::of(&speech.locale), isolate: speech.isolate };
        let outcome = work(request, speech, self.handler, &self.tasks, &mut reader, &mut write).await?;
        let message = outcome.map_or_else(Message::Problem, Message::Ok);
        tell(&mut write, &message).await.ok()?;
        if stops { reader.into_inner().reunite(write).ok() } else { None }
    }
}

async fn receive(
    reader: &mut BufReader<OwnedReadHalf>,
    patience: Duration,
) -> Result<Option<Asked>, Problem> {
    let stream: &UnixStream = reader.get_ref().as_ref();
    let ours = rustix::process::geteuid().as_raw();
    let theirs = stream.peer_cred().map_err(|e| problem!("caller-unknown", why = e.to_string()))?;
    if theirs.uid() != ours {
        return Err(problem!("node-not-yours"));
    }
    let line = match timeout(patience, line::read(reader)).await {
        Ok(Ok(Some(line))) => line,
        Ok(Ok(None)) => return Ok(None),
        Ok(Err(error)) => return Err(Problem::from_error(&error).exit(Exit::Usage)),
        Err(_) => {
            let seconds = patience.as_secs_f32().to_string();
            return Err(problem!("no-request-came", seconds).exit(Exit::Usage));
        }
    };
    serde_json::from_slice(&line)
        .map(Some)
        .map_err(|error| problem!("request-unknown", why = error.to_string()).exit(Exit::Usage))
}

/// Runs the request in a task of its own, so that a panic in it stays there and what writes runs to its end.
async fn work<H: Handle>(
    request: Request,
    speech: accord_words::Speech,
    handler: Arc<H>,
    tasks: &TaskTracker,
    reader: &mut BufReader<OwnedReadHalf>,
    write: &mut OwnedWriteHalf,
) -> Option<Result<Response, Problem>> {
    let cancellable = only_reads(&request);
    let (progress, mut updates) = ProgressSender::channel();
    let work = async move { handler.handle(request, progress).await };
    let mut task = tasks.spawn(Spoken::new(speech, work));
    let mut present = true;
    loop {
        tokio::select! {
            done = &mut task => return match done {
                Ok(outcome) => Some(outcome),
                Err(error) if error.is_panic() => {
                    tracing::error!(%error, "a request made the handler panic");
                    Some(Err(problem!("node-mistake")))
                }
                Err(_) => None,
            },
            Some(update) = updates.recv(), if present => {
                present = tell(write, &Message::Progress(update)).await.is_ok();
            }
            () = gone(reader), if present => present = false,
        }
        if !present && cancellable {
            task.abort();
            return None;
        }
    }
}

/// Waits until the client closes its side. What it sends after its request is read and ignored.
async fn gone(reader: &mut BufReader<OwnedReadHalf>) {
    let mut rest = [0; 256];
    while !matches!(reader.read(&mut rest).await, Ok(0) | Err(_)) {}
}

async fn tell(write: &mut OwnedWriteHalf, message: &Message) -> Result<(), ()> {
    let line = line::encode(message);
    match timeout(WRITE_TIMEOUT, line::write(write, &line)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}

/// Whether a request may be given up when nobody waits for its answer any more.
fn only_reads(request: &Request) -> bool {
    match request {
        Request::Card
        | Request::JoinPreview { .. }
        | Request::Status
        | Request::Devices
        | Request::Doctor
        | Request::Sync { .. }
        | Request::List
        | Request::Show { .. }
        | Request::ShowVersion { .. }
        | Request::Get { .. }
        | Request::Render { .. }
        | Request::Log { .. }
        | Request::Apart { .. }
        | Request::Diff { .. }
        | Request::Export { .. }
        | Request::Report { .. }
        | Request::TemplateDiff { .. }
        | Request::TranslationStatus { .. }
        | Request::Conflicts { .. }
        | Request::Check { .. }
        | Request::Kinds
        | Request::Kind { .. }
        | Request::CheckKind { .. }
        | Request::Organisations
        | Request::Spaces
        | Request::Audit { .. }
        | Request::Decisions { .. }
        | Request::Decision { .. } => true,
        Request::Found { .. }
        | Request::Invite { .. }
        | Request::Join { .. }
        | Request::Backup { .. }
        | Request::BundleCreate { .. }
        | Request::BundleRead { .. }
        | Request::AddDevice { .. }
        | Request::RevokeDevice { .. }
        | Request::Stop
        | Request::New { .. }
        | Request::Set { .. }
        | Request::Add { .. }
        | Request::Retire { .. }
        | Request::Reinstate { .. }
        | Request::Resolve { .. }
        | Request::AddKind { .. }
        | Request::Edit { .. }
        | Request::Redo { .. }
        | Request::Dismiss { .. }
        | Request::ImportTable { .. }
        | Request::TemplateDecide { .. }
        | Request::Translate { .. }
        | Request::ImportEdited { .. }
        | Request::Propose { .. }
        | Request::Sign { .. }
        | Request::Refuse { .. }
        | Request::Ratify { .. }
        | Request::AuditExport { .. }
        | Request::Verify { .. }
        | Request::Desk { .. } => false,
    }
}
