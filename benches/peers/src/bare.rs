//! Automerge's own sync, and nothing around it: every document is loaded, one connection carries the messages of all of
//! them, and nothing is written to a disk while it runs.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use accord_door::Door;
use automerge::sync::{Message, State, SyncDoc as _};
use automerge::transaction::Transactable as _;
use automerge::{Automerge, AutomergeError, ROOT};

use crate::Outcome;
use crate::contender::{Contender, Work};
use crate::node::{memory_of, processor_of};
use crate::worker::{Worker, between, free_port, now, serve};

const FIELD: &str = "written in the bench";

/// Two workers.
pub(crate) struct Bare {
    folders: [PathBuf; 2],
    workers: [Option<Worker>; 2],
    port: u16,
    doors: [Door; 2],
    documents: usize,
}

/// Writes the documents as files.
pub(crate) fn make(folder: &Path, work: &Work, documents: &[Automerge]) -> Outcome<Box<dyn Contender>> {
    let folders = [folder.join("first"), folder.join("other")];
    for (number, folder) in folders.iter().enumerate() {
        std::fs::create_dir_all(folder)?;
        for (at, document) in documents.iter().enumerate() {
            // Without them, the other one has heard of each document, and has nothing of it.
            let bytes = if number == 0 || work.both { document.save() } else { Automerge::new().save() };
            std::fs::write(folder.join(format!("{at:06}")), bytes)?;
        }
    }
    let port = free_port()?;
    let doors = [Door::before(port)?, Door::before(port)?];
    Ok(Box::new(Bare { folders, workers: [None, None], port, doors, documents: documents.len() }))
}

impl Contender for Bare {
    fn name(&self) -> &'static str {
        "bare Automerge sync"
    }

    fn start_first(&mut self) -> Outcome<()> {
        self.workers[0] = Some(Worker::start("bare", &self.folders[0], self.port)?);
        Ok(())
    }

    fn start_other(&mut self) -> Outcome<()> {
        self.workers[1] = Some(Worker::start("bare", &self.folders[1], free_port()?)?);
        Ok(())
    }

    fn stop(&mut self) -> Outcome<()> {
        for worker in self.workers.iter_mut().filter_map(Option::take) {
            worker.stop()?;
        }
        Ok(())
    }

    fn doors(&self) -> [&Door; 2] {
        let [used, unused] = &self.doors;
        [used, unused]
    }

    fn kill(&mut self) {
        self.workers = [None, None];
    }

    fn in_step(&mut self, patience: Duration) -> Outcome<bool> {
        let port = self.doors[0].port();
        let [Some(first), Some(other)] = &mut self.workers else {
            return Err("a worker does not run".into());
        };
        other.tell(&format!("sync {port}"))?;
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
        // The one that called pushes; the one that listens says when it has the value.
        let [Some(first), Some(other)] = &mut self.workers else {
            return Err("a worker does not run".into());
        };
        let last = self.documents - 1;
        let began = other.ask(&format!("live {last} {number}"))?;
        between(&began, &first.ask(&format!("changed {last}"))?)
    }

    fn processor(&self) -> Duration {
        self.workers.iter().flatten().map(|worker| processor_of(worker.id())).sum()
    }

    fn memory(&self) -> Option<u64> {
        self.workers[0].as_ref().and_then(|worker| memory_of(worker.id()))
    }
}

/// A document, what the other side is known to have of it, and when it changed last.
#[derive(Default)]
struct Held {
    document: Automerge,
    state: State,
    changed: Duration,
}

type Shared = Arc<Mutex<Vec<Held>>>;

fn lock(held: &Shared) -> MutexGuard<'_, Vec<Held>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A worker: all documents loaded, and a listener.
pub(crate) fn worker(folder: &Path, port: u16) -> Outcome<()> {
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    names.sort();
    let mut held = Vec::with_capacity(names.len());
    for name in &names {
        held.push(Held { document: Automerge::load(&std::fs::read(name)?)?, ..Held::default() });
    }
    let held: Shared = Arc::new(Mutex::new(held));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let listening = Arc::clone(&held);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever calls anew knows nothing of what was said before.
            lock(&listening).iter_mut().for_each(|held| held.state = State::new());
            // A connection that ends is how each of them ends.
            let _ = answer(&listening, stream);
        }
    });
    let mut line: Option<TcpStream> = None;
    serve(|words| {
        match *words {
            ["sync", port] => {
                lock(&held).iter_mut().for_each(|held| held.state = State::new());
                let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port.parse()?))?;
                stream.set_nodelay(true)?;
                let stream = line.insert(stream);
                let count = lock(&held).len();
                talk(&held, stream, 0..count)?;
            }
            ["heads"] => {
                let mut hash = DefaultHasher::new();
                lock(&held).iter().for_each(|held| held.document.get_heads().hash(&mut hash));
                return Ok(format!("{:x}", hash.finish()));
            }
            ["edit", from, count, round] => {
                let (from, count): (usize, usize) = (from.parse()?, count.parse()?);
                for held in &mut lock(&held)[from..from + count] {
                    put(&mut held.document, &format!("somebody else {round}"))?;
                }
            }
            ["live", at, value] => {
                let at: usize = at.parse()?;
                let began = now();
                put(&mut lock(&held)[at].document, &format!("live {value}"))?;
                talk(&held, line.as_mut().ok_or("nobody is connected")?, at..at + 1)?;
                return Ok(began.as_nanos().to_string());
            }
            ["changed", at] => {
                let at: usize = at.parse()?;
                return Ok(lock(&held)[at].changed.as_nanos().to_string());
            }
            _ => return Err("no such command".into()),
        }
        Ok("done".to_owned())
    })?;
    // As a node would at its end.
    for (held, name) in lock(&held).iter().zip(&names) {
        std::fs::write(name, held.document.save())?;
    }
    Ok(())
}

fn put(document: &mut Automerge, value: &str) -> Outcome<()> {
    let done = document.transact::<_, _, AutomergeError>(|change| change.put(ROOT, FIELD, value));
    done.map(drop).map_err(|failure| failure.error.into())
}

/// The calling side: says what there is to say of some documents until neither side has anything.
fn talk(held: &Shared, stream: &mut TcpStream, which: std::ops::Range<usize>) -> Outcome<()> {
    loop {
        let said = say(&mut lock(held), which.clone());
        write(stream, &said)?;
        let heard = read(stream)?;
        if said.is_empty() && heard.is_empty() {
            return Ok(());
        }
        take(&mut lock(held), heard)?;
    }
}

/// The side that was called: answers each batch of messages by one.
fn answer(held: &Shared, mut stream: TcpStream) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let mut first = true;
    loop {
        let heard = read(&mut stream)?;
        let mut locked = lock(held);
        // In the first batch everything is spoken about; later only what was asked.
        let which: Vec<usize> =
            if first { (0..locked.len()).collect() } else { heard.iter().map(|(at, _)| *at).collect() };
        first = false;
        take(&mut locked, heard)?;
        let mut said = Vec::new();
        for at in which {
            said.extend(say(&mut locked, at..at + 1));
        }
        drop(locked);
        write(&mut stream, &said)?;
    }
}

type Batch = Vec<(usize, Vec<u8>)>;

fn say(held: &mut [Held], which: std::ops::Range<usize>) -> Batch {
    let mut said = Vec::new();
    for at in which {
        let Held { document, state, .. } = &mut held[at];
        if let Some(message) = document.generate_sync_message(state) {
            said.push((at, message.encode()));
        }
    }
    said
}

fn take(held: &mut [Held], heard: Batch) -> Outcome<()> {
    for (at, message) in heard {
        let Held { document, state, changed } = held.get_mut(at).ok_or("there is no such document")?;
        let before = document.get_heads();
        document.receive_sync_message(state, Message::decode(&message)?)?;
        if document.get_heads() != before {
            *changed = now();
        }
    }
    Ok(())
}

/// A batch: how many, and each with its document and its length, in as few bytes as that takes.
fn write(stream: &mut TcpStream, batch: &Batch) -> Outcome<()> {
    let mut bytes = Vec::new();
    let number = |bytes: &mut Vec<u8>, number: usize| -> Outcome<()> {
        bytes.extend(u32::try_from(number)?.to_be_bytes());
        Ok(())
    };
    number(&mut bytes, batch.len())?;
    for (at, message) in batch {
        number(&mut bytes, *at)?;
        number(&mut bytes, message.len())?;
        bytes.extend(message);
    }
    Ok(stream.write_all(&bytes)?)
}

fn read(stream: &mut TcpStream) -> Outcome<Batch> {
    fn number(stream: &mut TcpStream) -> Outcome<usize> {
        let mut bytes = [0; 4];
        stream.read_exact(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes) as usize)
    }
    let count = number(stream)?;
    let mut batch = Vec::new();
    for _ in 0..count {
        let at = number(stream)?;
        let mut message = vec![0; number(stream)?];
        stream.read_exact(&mut message)?;
        batch.push((at, message));
    }
    Ok(batch)
}
