//! samod, the Rust automerge-repo: file-system storage, its own TCP dialler, every document open on both sides, since one
//! that is only on its disk is neither announced nor exchanged.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use accord_door::Door;
use automerge::transaction::Transactable as _;
use automerge::{Automerge, AutomergeError, ROOT, ReadDoc as _};
use futures::StreamExt as _;
use futures::future::try_join_all;
use samod::storage::TokioFilesystemStorage;
use samod::{BackoffConfig, ConnectionId, DialerEvent, DocHandle, DocumentId, Repo};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;

use crate::Outcome;
use crate::contender::{Contender, Work};
use crate::node::{memory_of, processor_of};
use crate::worker::{Worker, between, free_port, now, serve};

/// The file beside the storage that names the documents.
const IDS: &str = "ids";
const STORAGE: &str = "storage";
/// Where in its storage a repo notes its own id.
const OWN_ID: &str = "st/orage-adapter-id";

/// Two workers.
pub(crate) struct Samod {
    folders: [PathBuf; 2],
    workers: [Option<Worker>; 2],
    /// Where the first one listens; the other calls through a door before it.
    port: u16,
    doors: [Door; 2],
    documents: usize,
    /// Whether the other one has them on its disk.
    both: bool,
}

/// Fills the storage of one of them, or of both alike.
pub(crate) fn make(folder: &Path, work: &Work, documents: &[Automerge]) -> Outcome<Box<dyn Contender>> {
    let folders = [folder.join("first"), folder.join("other")];
    for folder in &folders {
        std::fs::create_dir_all(folder)?;
    }
    let count = documents.len();
    let ids = runtime()?.block_on(async {
        let repo = repo(&folders[0]).await;
        let mut ids = String::new();
        for document in documents {
            let handle = repo.create(document.clone()).await.map_err(|_| "the repo stopped")?;
            ids.push_str(&format!("{}\n", handle.document_id()));
        }
        repo.stop().await;
        Outcome::Ok(ids)
    })?;
    for folder in &folders {
        std::fs::write(folder.join(IDS), &ids)?;
    }
    if work.both {
        copy(&folders[0].join(STORAGE), &folders[1].join(STORAGE))?;
        // Who finds none gives itself another.
        std::fs::remove_file(folders[1].join(STORAGE).join(OWN_ID))?;
    }
    let port = free_port()?;
    let doors = [Door::before(port)?, Door::before(port)?];
    Ok(Box::new(Samod { folders, workers: [None, None], port, doors, documents: count, both: work.both }))
}

/// Copies a folder and all in it.
fn copy(from: &Path, to: &Path) -> Outcome<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

impl Contender for Samod {
    fn name(&self) -> &'static str {
        "samod"
    }

    fn start_first(&mut self) -> Outcome<()> {
        let mut worker = Worker::start("samod", &self.folders[0], self.port)?;
        worker.ask("open")?;
        self.workers[0] = Some(worker);
        Ok(())
    }

    fn start_other(&mut self) -> Outcome<()> {
        // Nobody calls it: its own port is never used.
        let mut worker = Worker::start("samod", &self.folders[1], free_port()?)?;
        // Who looks for a document before anybody is there to be asked is told that there is none.
        if self.both {
            worker.ask("open")?;
        }
        worker.ask(&format!("dial {}", self.doors[0].port()))?;
        self.workers[1] = Some(worker);
        Ok(())
    }

    fn stop(&mut self) -> Outcome<()> {
        // The one that calls first, so that it does not call again.
        self.workers.iter_mut().rev().filter_map(Option::take).try_for_each(Worker::stop)
    }

    fn doors(&self) -> [&Door; 2] {
        let [used, unused] = &self.doors;
        [used, unused]
    }

    fn kill(&mut self) {
        self.workers = [None, None];
    }

    fn in_step(&mut self, patience: Duration) -> Outcome<bool> {
        let [Some(first), Some(other)] = &mut self.workers else {
            return Err("a worker does not run".into());
        };
        other.tell("settle")?;
        if other.hear_within(patience)?.is_none() {
            return Ok(false);
        }
        let (here, there) = (first.ask("heads")?, other.ask("heads")?);
        if here == there { Ok(true) } else { Err("the two hold different documents".into()) }
    }

    fn change(&mut self, round: usize, count: usize) -> Outcome<()> {
        for (number, worker) in self.workers.iter_mut().enumerate() {
            let worker = worker.as_mut().ok_or("a worker does not run")?;
            worker.ask(&format!("edit {} {count} {round}", number * count))?;
        }
        Ok(())
    }

    fn live(&mut self, number: usize) -> Outcome<Duration> {
        let [Some(first), Some(other)] = &mut self.workers else {
            return Err("a worker does not run".into());
        };
        let last = self.documents - 1;
        other.ask(&format!("watch {last}"))?;
        let began = first.ask(&format!("live {last} {number}"))?;
        between(&began, &other.ask(&format!("seen {number}"))?)
    }

    fn processor(&self) -> Duration {
        self.workers.iter().flatten().map(|worker| processor_of(worker.id())).sum()
    }

    fn memory(&self) -> Option<u64> {
        self.workers[0].as_ref().and_then(|worker| memory_of(worker.id()))
    }
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

async fn repo(folder: &Path) -> Repo {
    Repo::build_tokio().with_storage(TokioFilesystemStorage::new(folder.join(STORAGE))).load().await
}

/// A worker: a repo with its documents open, and a listener.
pub(crate) fn worker(folder: &Path, port: u16) -> Outcome<()> {
    let ids = std::fs::read_to_string(folder.join(IDS))?;
    let ids: Vec<DocumentId> =
        ids.lines().map(str::parse).collect::<Result<_, _>>().map_err(|_| "a bad id")?;
    let runtime = runtime()?;
    let repo = runtime.block_on(repo(folder));
    let (caller, called) = watch::channel(None);
    let mut node = RepoNode { repo, ids, handles: Vec::new(), caller: Some(caller), called, seen: None };
    runtime.block_on(node.listen(port))?;
    serve(|words| runtime.block_on(node.answer(words)))?;
    runtime.block_on(node.repo.stop());
    Ok(())
}

/// What a worker holds.
struct RepoNode {
    repo: Repo,
    ids: Vec<DocumentId>,
    handles: Vec<DocHandle>,
    /// Tells when the connection that it called for comes and goes.
    caller: Option<watch::Sender<Option<ConnectionId>>>,
    called: watch::Receiver<Option<ConnectionId>>,
    /// Says when the value of a live edit came.
    seen: Option<UnboundedReceiver<(String, u128)>>,
}

impl RepoNode {
    async fn listen(&mut self, port: u16) -> Outcome<()> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let url = format!("tcp://127.0.0.1:{port}").parse()?;
        let acceptor = self.repo.make_acceptor(url).map_err(|_| "the repo stopped")?;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                if acceptor.accept_tokio_io(stream).is_err() {
                    break;
                }
            }
        });
        Ok(())
    }

    async fn answer(&mut self, words: &[&str]) -> Outcome<String> {
        match *words {
            // From the disk. What is not there is looked for by `settle`, once somebody is connected.
            ["open"] => self.open().await?,
            ["dial", port] => self.dial(port.parse()?)?,
            ["settle"] => self.settle().await?,
            ["heads"] => return Ok(self.heads()),
            ["edit", from, count, round] => {
                let (from, count): (usize, usize) = (from.parse()?, count.parse()?);
                for handle in &self.handles[from..from + count] {
                    put(handle, &format!("somebody else {round}"))?;
                }
            }
            ["watch", at] => self.watch(at.parse()?)?,
            ["live", at, value] => {
                let at: usize = at.parse()?;
                let began = now();
                put(&self.handles[at], &format!("live {value}"))?;
                return Ok(began.as_nanos().to_string());
            }
            ["seen", value] => {
                let wanted = format!("live {value}");
                let seen = self.seen.as_mut().ok_or("nobody watches")?;
                loop {
                    let (value, at) = seen.recv().await.ok_or("the document is gone")?;
                    if value == wanted {
                        return Ok(at.to_string());
                    }
                }
            }
            _ => return Err("no such command".into()),
        }
        Ok("done".to_owned())
    }

    /// Opens every document that can be found now.
    async fn open(&mut self) -> Outcome<()> {
        let found = try_join_all(self.ids.iter().map(|id| self.repo.find(id.clone()))).await;
        self.handles = found.map_err(|_| "the repo stopped")?.into_iter().flatten().collect();
        Ok(())
    }

    fn dial(&mut self, port: u16) -> Outcome<()> {
        let again = BackoffConfig {
            initial_delay: Duration::from_millis(50),
            max_delay: Duration::from_millis(200),
            max_retries: None,
        };
        let dialer = self.repo.dial_tcp(format!("tcp://127.0.0.1:{port}").parse()?, again)?;
        let caller = self.caller.take().ok_or("it calls already")?;
        tokio::spawn(async move {
            let mut events = dialer.events();
            // It may stand before anybody listens for events.
            caller.send_replace(dialer.connection_id());
            while let Some(event) = events.next().await {
                match event {
                    DialerEvent::Connected { .. } => caller.send_replace(dialer.connection_id()),
                    DialerEvent::Disconnected { .. } => caller.send_replace(None),
                    _ => continue,
                };
            }
        });
        Ok(())
    }

    /// Waits for the connection, and until each side has what the other has of every document.
    async fn settle(&mut self) -> Outcome<()> {
        let connection = self.called.wait_for(Option::is_some).await?.ok_or("it is not connected")?;
        if self.handles.len() < self.ids.len() {
            self.open().await?;
        }
        if self.handles.len() < self.ids.len() {
            return Err("documents are missing though the other side is connected".into());
        }
        for handle in &self.handles {
            handle.we_have_their_changes(connection).await;
            handle.they_have_our_changes(connection).await;
        }
        Ok(())
    }

    /// What is held, in one line.
    fn heads(&self) -> String {
        let mut hash = DefaultHasher::new();
        for handle in &self.handles {
            handle.with_document(|document| document.get_heads()).hash(&mut hash);
        }
        format!("{} {:x}", self.handles.len(), hash.finish())
    }

    /// From now on says when the value of a document changes.
    fn watch(&mut self, at: usize) -> Outcome<()> {
        if self.seen.is_some() {
            return Ok(());
        }
        let handle = self.handles.get(at).ok_or("there is no such document")?.clone();
        let (tell, seen) = unbounded_channel();
        let mut changes = Box::pin(handle.changes());
        tokio::spawn(async move {
            while changes.next().await.is_some() {
                let at = now().as_nanos();
                let value = handle.with_document(|document| {
                    let value = document.get(ROOT, FIELD).ok().flatten();
                    value.and_then(|(value, _)| value.as_str().map(str::to_owned))
                });
                if tell.send((value.unwrap_or_default(), at)).is_err() {
                    break;
                }
            }
        });
        self.seen = Some(seen);
        Ok(())
    }
}

/// The field that is written.
const FIELD: &str = "written in the bench";

fn put(handle: &DocHandle, value: &str) -> Outcome<()> {
    let done = handle.with_document(|document| {
        document.transact::<_, _, AutomergeError>(|change| change.put(ROOT, FIELD, value)).map(drop)
    });
    done.map_err(|failure| failure.error.into())
}
