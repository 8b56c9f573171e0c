//! The changes over a bare stream: the two sides know what the other lacks, and send exactly that, deflated. Nothing is
//! asked, signed, encrypted, checked or stored. No system can be quicker; whoever packs changes better than deflate does can
//! send fewer bytes.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use accord_door::Door;
use automerge::transaction::Transactable as _;
use automerge::{Automerge, AutomergeError, ROOT};
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::Outcome;
use crate::contender::{Contender, Work};

/// How many bytes say that there is nothing new: a digest.
const DIGEST: usize = 16;
/// How many bytes of changes are deflated together.
const BLOCK: usize = 64 * 1024;

/// A stream with somebody at its end who sends back what is due.
pub(crate) struct Bound {
    doors: [Door; 2],
    documents: Vec<Automerge>,
    /// What each side has to send.
    due: [Vec<u8>; 2],
}

/// Deflates what there is to send.
pub(crate) fn make(_: &Path, work: &Work, documents: &[Automerge]) -> Outcome<Box<dyn Contender>> {
    let mut due = [vec![0; DIGEST], vec![0; DIGEST]];
    if !work.both {
        let changes = documents.iter().flat_map(|document| document.get_changes(&[]));
        let all: Vec<u8> = changes.flat_map(|change| change.raw_bytes().to_vec()).collect();
        due[0] = deflated(&all)?;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A connection that ends is how each of them ends.
            let _ = echo(stream);
        }
    });
    let doors = [Door::before(port)?, Door::before(port)?];
    Ok(Box::new(Bound { doors, documents: documents.to_vec(), due }))
}

impl Contender for Bound {
    fn name(&self) -> &'static str {
        "bare stream"
    }

    fn runs(&self) -> bool {
        false
    }

    fn start_first(&mut self) -> Outcome<()> {
        Ok(())
    }

    fn start_other(&mut self) -> Outcome<()> {
        Ok(())
    }

    fn stop(&mut self) -> Outcome<()> {
        Ok(())
    }

    fn doors(&self) -> [&Door; 2] {
        let [used, unused] = &self.doors;
        [used, unused]
    }

    fn kill(&mut self) {}

    fn in_step(&mut self, _: Duration) -> Outcome<bool> {
        let [ours, theirs] = std::mem::replace(&mut self.due, [vec![0; DIGEST], vec![0; DIGEST]]);
        exchange(&self.doors[0], ours, theirs.len())?;
        Ok(true)
    }

    fn change(&mut self, round: usize, count: usize) -> Outcome<()> {
        for side in 0..2 {
            let mut all = vec![0; DIGEST];
            for document in &mut self.documents[side * count..(side + 1) * count] {
                let heads = document.get_heads();
                let done = document.transact::<_, _, AutomergeError>(|change| {
                    change.put(ROOT, "written in the bench", format!("somebody else {round}"))
                });
                done.map_err(|failure| failure.error)?;
                for change in document.get_changes(&heads) {
                    all.extend(change.raw_bytes());
                }
            }
            self.due[side] = deflated(&all)?;
        }
        Ok(())
    }

    fn live(&mut self, _: usize) -> Outcome<Duration> {
        // One change there, one byte back, halved: what a message takes.
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.doors[0].port()))?;
        stream.set_nodelay(true)?;
        ask(&mut stream, &[0; 150], 1)?;
        let began = Instant::now();
        ask(&mut stream, &[0; 150], 1)?;
        Ok(began.elapsed() / 2)
    }

    fn processor(&self) -> Duration {
        Duration::ZERO
    }

    fn memory(&self) -> Option<u64> {
        None
    }
}

fn deflated(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut all = Vec::new();
    for block in bytes.chunks(BLOCK) {
        let mut encoder = DeflateEncoder::new(all, Compression::default());
        encoder.write_all(block)?;
        all = encoder.finish()?;
    }
    Ok(all)
}

/// Sends, and receives so much.
fn exchange(door: &Door, ours: Vec<u8>, theirs: usize) -> Outcome<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, door.port()))?;
    stream.set_nodelay(true)?;
    ask(&mut stream, &ours, theirs)
}

/// A question: how long it is, how long the answer is to be, and its bytes.
fn ask(stream: &mut TcpStream, bytes: &[u8], answer: usize) -> Outcome<()> {
    stream.write_all(&u32::try_from(bytes.len())?.to_be_bytes())?;
    stream.write_all(&u32::try_from(answer)?.to_be_bytes())?;
    stream.write_all(bytes)?;
    Ok(stream.read_exact(&mut vec![0; answer])?)
}

fn echo(mut stream: TcpStream) -> Outcome<()> {
    stream.set_nodelay(true)?;
    loop {
        let (mut asked, mut answer) = ([0; 4], [0; 4]);
        stream.read_exact(&mut asked)?;
        stream.read_exact(&mut answer)?;
        stream.read_exact(&mut vec![0; u32::from_be_bytes(asked) as usize])?;
        stream.write_all(&vec![0; u32::from_be_bytes(answer) as usize])?;
    }
}
