//! Running a node, and answering a single request with one or without.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use accord_core::api::{Exit, Problem, Progress, Request, Response};
use accord_words::problem;
use tokio_util::sync::CancellationToken;

use crate::NodeOptions;
use crate::control::{self, Handle as _, Listener, ProgressSender};
use crate::handler::Handler;
use crate::home::{Gate, Home, HomeLock, Unlock};
use crate::network::{self, Settings};
use crate::peering::Peering;
use crate::replica::{News, Replica};

/// How long a command waits for a node that is starting, or for another command; a node for a command.
const GATE_PATIENCE: Duration = Duration::from_secs(15);

/// How long a node waits for the home: a command that synchronises by itself may take its time.
const START_PATIENCE: Duration = Duration::from_secs(3600);

/// How long a home is waited for whose node is ending.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// How long `invite` waits for a node that is about to be started.
const NODE_PATIENCE: Duration = Duration::from_secs(10);

/// How often it looks for one: a process that does not exist yet can send no event.
const NODE_POLL: Duration = Duration::from_millis(50);

/// Runs the node of a home until it is told to stop.
pub(crate) async fn run(path: &Path, options: NodeOptions) -> Result<Stopped, Problem> {
    let stop = CancellationToken::new();
    // Signals are taken before anything is opened, so that a stop at any moment is an orderly one.
    let signals = signals(stop.clone())?;
    let unlock = options.unlock;
    let home = blocking(path, move |path| Home::open(path, unlock)).await?;
    let gate = tokio::select! {
        gate = Gate::wait(path, START_PATIENCE) => gate?.ok_or_else(busy)?,
        () = stop.cancelled() => return Ok(Stopped::default()),
    };
    let lock = match HomeLock::wait(path, Duration::ZERO).await? {
        Some(lock) => lock,
        None => second_node(path).await?,
    };
    let socket = control::socket_to_serve(path)?;
    let replica = Arc::new(blocking_with(move || Replica::open(home)).await?);
    let programme = replica.programme()?;
    let pending = replica.pending_ticket()?;
    let peering = Arc::new(Peering::new(Arc::clone(&replica), Arc::clone(&programme), pending));
    let config = &replica.home.config;
    let listen = if options.listen.is_empty() { config.listen.clone() } else { options.listen };
    let mdns = options.mdns.unwrap_or(config.mdns);
    let network = start_network(&replica, Arc::clone(&peering), listen, options.dial, mdns).await?;
    let observing = network.clone();
    programme.observe(move |news| match news {
        News::Appended { log, head } => {
            let access_changed = peering.appended(*log);
            observing.appended(*log, *head);
            if access_changed {
                observing.access_changed();
            }
        }
        News::Taken { log } => {
            for log in peering.taken(*log) {
                observing.stored(log);
            }
            observing.access_changed();
        }
        News::Governance => {
            peering.governance_changed();
            observing.access_changed();
        }
        // The network put it back itself.
        News::Mended => {}
    });
    let handler = Arc::new(Handler::online(Arc::clone(&replica), network.clone(), stop.clone()));
    let listener = Listener::bind(&socket).await?;
    // From here on commands find the socket.
    drop(gate);
    for address in network.listening() {
        tracing::info!(%address, "listening");
    }
    let ended = {
        let (network, stop) = (network.clone(), stop.clone());
        tokio::spawn(async move {
            network.stopped().await;
            let by_itself = !stop.is_cancelled();
            stop.cancel();
            by_itself
        })
    };
    let farewell = listener.serve(handler, stop.clone()).await;
    network.shutdown().await;
    stop.cancel();
    let by_itself = ended.await.unwrap_or(true);
    signals.abort();
    drop((programme, replica));
    if by_itself {
        return Err(problem!("network-ended"));
    }
    Ok(Stopped { _lock: Some(lock), _farewell: farewell })
}

/// The home of a node that has stopped. Until this is dropped the home is not free, and whoever asked the node to stop
/// waits: a request that was given up may still be at work on a thread that nothing can end but the end of the process.
#[must_use = "the home is free once this is dropped"]
#[derive(Debug, Default)]
pub struct Stopped {
    _lock: Option<HomeLock>,
    _farewell: control::Farewell,
}

/// The gate was free and the lock is not: another node runs, or is just ending.
async fn second_node(path: &Path) -> Result<HomeLock, Problem> {
    if tokio::net::UnixStream::connect(control::socket_to_ask(path)).await.is_err()
        && let Some(lock) = HomeLock::wait(path, LOCK_PATIENCE).await?
    {
        return Ok(lock);
    }
    Err(problem!("node-runs-already", path = path.display().to_string()))
}

fn busy() -> Problem {
    problem!("command-at-work")
}

/// Starts the network of a replica.
pub(crate) async fn start_network(
    replica: &Arc<Replica>,
    peering: Arc<Peering>,
    listen: Vec<String>,
    mut dial: Vec<String>,
    mdns: bool,
) -> Result<network::Handle, Problem> {
    let config = &replica.home.config;
    dial.extend(config.dial.clone());
    let settings = Settings {
        key: replica.home.device.clone(),
        programme: replica.programme()?.id(),
        listen,
        announce: config.announce.clone(),
        dial,
        mdns,
        relay: config.relay,
    };
    network::start(settings, peering).await.map_err(|e| Problem::from_error(&e))
}

/// Cancels `stop` on SIGINT or SIGTERM.
fn signals(stop: CancellationToken) -> Result<tokio::task::JoinHandle<()>, Problem> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |e: std::io::Error| problem!("no-signals", why = e.to_string());
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("told to stop");
        stop.cancel();
    }))
}

/// Answers one request: by the running node, else in this process.
pub(crate) async fn request(
    path: &Path,
    unlock: Unlock,
    request: Request,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Response, Problem> {
    if let Ok(answer) = control::ask(&control::socket_to_ask(path), &request, progress).await {
        return answer;
    }
    // Whatever goes on in the home, a missing organisation is told at once.
    let home = blocking(path, move |path| Home::open(path, unlock)).await?;
    if matches!(request, Request::Invite { .. })
        && home.config.listen.is_empty()
        && home.config.announce.is_empty()
    {
        return when_node_runs(path, &request, progress).await;
    }
    let gate = Gate::wait(path, GATE_PATIENCE).await?.ok_or_else(busy)?;
    // A node that was starting has its socket by now.
    if let Ok(answer) = control::ask(&control::socket_to_ask(path), &request, progress).await {
        return answer;
    }
    let lock = HomeLock::wait(path, LOCK_PATIENCE)
        .await?
        .ok_or_else(|| problem!("node-does-not-answer").exit(Exit::Unreachable))?;
    let replica = Arc::new(blocking_with(move || Replica::open(home)).await?);
    let answer = in_process(Arc::clone(&replica), request, progress).await;
    drop((replica, lock, gate));
    answer
}

/// Answers a request in this process, on a replica that nobody else has open.
async fn in_process(
    replica: Arc<Replica>,
    request: Request,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Response, Problem> {
    let handler = Handler::offline(replica);
    let (sender, mut steps) = ProgressSender::channel();
    let answer = handler.handle(request, sender);
    tokio::pin!(answer);
    loop {
        tokio::select! {
            answer = &mut answer => return answer,
            Some(step) = steps.recv() => progress(step),
        }
    }
}

/// Waits for a node to start, since the request makes no sense without one.
async fn when_node_runs(
    path: &Path,
    request: &Request,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Response, Problem> {
    let deadline = tokio::time::Instant::now() + NODE_PATIENCE;
    while tokio::time::Instant::now() < deadline {
        if let Ok(answer) = control::ask(&control::socket_to_ask(path), request, progress).await {
            return answer;
        }
        tokio::time::sleep(NODE_POLL).await;
    }
    Err(problem!("ticket-needs-node").exit(Exit::Unreachable))
}

async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let path = path.to_owned();
    blocking_with(move || work(&path)).await
}

async fn blocking_with<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(problem!("unexpected-failure", why = error.to_string())),
    }
}
