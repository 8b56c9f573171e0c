//! Floods of connections, tickets, streams, frames and entries against one real node, and a reader that stops reading: an honest
//! partner is served meanwhile, and memory keeps to bounds that do not grow with the flood.
//!
//! What is asserted are counts; how far memory grew is printed (`cargo test --test abuse -- --nocapture`).

#![cfg(target_os = "linux")]

#[path = "../../benches/support/admit.rs"]
mod admit;
#[path = "../../benches/support/fill.rs"]
mod fill;
#[path = "../../benches/support/frameworks.rs"]
mod frameworks;
#[path = "../../benches/support/line.rs"]
mod line;
#[allow(dead_code, reason = "how long things take is asked by the benches")]
#[path = "../../benches/support/node.rs"]
mod node;
#[path = "../../benches/support/office.rs"]
mod office;
mod raw;
mod scene;

use std::net::SocketAddr;
use std::process::Stdio;

use accord_core::{Card, DeviceKey, Digest, RootKey, SpaceId, encode};
use accord_sync::{Ask, Frame, Hello, MAX_FRAME, Prefix, Ranges};
use fill::{fill, seed};
use futures::StreamExt as _;
use futures::future::try_join_all;
use futures::stream::FuturesUnordered;
use node::Node;
use raw::{ANSWER, FRAME, HELLO, Line, Raw, WELCOME};
use scene::{PATIENCE, Scene, program};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpSocket;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How many places a node has for those at one address who have not said who they are.
const PLACES: usize = 16;
/// How many strangers a node answers at a time.
const ANSWERED: u32 = 4;
/// What a stream takes that nobody reads: the window of Yamux.
const WINDOW: usize = 256 * 1024;
/// By how much a flood of strangers may let the memory of a node grow: far less than it sends.
const BY_STRANGERS: u64 = 32 << 20;
/// By how much a member may: its entries go through the store, whose cache takes up to 64 MiB.
const BY_MEMBERS: u64 = 128 << 20;

/// One node at a time: the times that they keep themselves are real ones.
async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}

fn keeps_to(scene: &Scene, bound: u64) -> Outcome<()> {
    let grown = scene.grown()?;
    println!("grown by {} KiB", grown >> 10);
    if grown > bound { Err(format!("memory grew by {grown} bytes").into()) } else { Ok(()) }
}

/// The greeting of a device, with the knock that goes into it.
fn greeting(scene: &Scene, knock: &[u8]) -> Vec<u8> {
    [&[0x84, 1][..], &encode(&scene.programme), knock, &[0x80]].concat()
}

const NO_KNOCK: &[u8] = &[0xf6];

/// The member's session, in place of its node's, and with what the flooded node greets it.
async fn session(scene: &Scene) -> Outcome<(Raw, Line, Hello)> {
    let begins = async {
        let raw = Raw::call(seed(&scene.member.home)?, &scene.address()).await?;
        let mut line = raw.open().await?;
        line.agree().await?;
        line.say(HELLO, &greeting(scene, NO_KNOCK)).await?;
        let (kind, _) = line.hear().await?;
        if kind != WELCOME {
            return Err(format!("a member was told {kind}").into());
        }
        match frame(&mut line).await? {
            Frame::Hello(hello) => Ok((raw, line, hello)),
            other => Err(format!("a member was greeted with {other:?}").into()),
        }
    };
    timeout(PATIENCE, begins).await?
}

/// The next frame that comes.
async fn frame(line: &mut Line) -> Outcome<Frame> {
    loop {
        let (kind, body) = line.hear().await?;
        if kind == FRAME {
            return Ok(Frame::from_bytes(&body)?);
        }
    }
}

/// All that a vector tells of that comes next, as it is asked for.
async fn told(line: &mut Line) -> Outcome<(SpaceId, Ranges)> {
    loop {
        if let Frame::Vector { space, logs, .. } = frame(line).await? {
            let all =
                logs.iter().flat_map(|log| log.heads.iter().map(|head| (log.device, 1, head.seq, None)));
            return Ok((space, vec![(Prefix::space(&space), all.collect())]));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_connections_takes_few_places() -> Outcome<()> {
    const FLOOD: usize = 400;
    let _alone = alone().await;
    let mut scene = Scene::new(0)?;
    let node: SocketAddr = ([127, 0, 0, 1], scene.flooded.port).into();
    let mut flood = Vec::new();
    for _ in 0..FLOOD {
        let socket = TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 2], 0).into())?;
        flood.push(socket.connect(node).await?);
    }
    // Each hears the end, and none a word before it. In which order they do tells who was let in: those who were wait for
    // the time that setting up may take, and all others go before the first of them.
    let ends = flood.into_iter().enumerate().map(|(number, mut stream)| async move {
        let heard = stream.read(&mut [0; 1]).await;
        (number, matches!(heard, Ok(1..)))
    });
    let mut ends: FuturesUnordered<_> = ends.collect();
    let order = tokio::spawn(async move {
        let mut order = Vec::new();
        while let Some((number, heard)) = ends.next().await {
            assert!(!heard, "a stranger heard a word");
            order.push(number);
        }
        order
    });
    // A partner that comes back meanwhile is let in, and those that are in notice nothing.
    scene.goes_on()?;
    scene.honest_node.take().map(Node::stop).transpose()?;
    scene.honest_node = Some(scene.honest.start()?);
    scene.goes_on()?;
    let order = timeout(PATIENCE, order).await??;
    let turned_away = order.iter().take_while(|number| **number != 0).count();
    println!("{turned_away} of {FLOOD} went before the first who was let in");
    // Where accepting them all takes longer than setting up may, a few places are given twice.
    assert!(turned_away > FLOOD - 4 * PLACES, "{turned_away} were turned away at once");
    keeps_to(&scene, BY_STRANGERS)
}

/// Knocks as a device of its own, to be let in by a secret that nobody gave.
async fn is_refused(scene: &Scene, number: u32) -> Outcome<bool> {
    let number = number.to_be_bytes();
    let seed = |of: u8| {
        let mut seed = [of; 32];
        seed[..4].copy_from_slice(&number);
        seed
    };
    let card = Card::new(&RootKey::from_seed(&seed(1)), &DeviceKey::from_seed(&seed(2)), "N", "Nobody")?;
    let secret = [&[0x50][..], &seed(3)[..16]].concat();
    let knock = [&[0x83, 2][..], &secret, &encode(&card)].concat();
    let asks = async {
        let raw = Raw::call(seed(2), &scene.address()).await?;
        let mut line = raw.open().await?;
        line.agree().await?;
        line.say(HELLO, &greeting(scene, &knock)).await?;
        let (kind, answer) = line.hear().await?;
        // The fourth of the answers there are.
        Ok(kind == ANSWER && answer.starts_with(&[0x82, 3]))
    };
    timeout(PATIENCE, asks).await?
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_tickets_is_refused_one_by_one() -> Outcome<()> {
    const EACH: u32 = 50;
    let _alone = alone().await;
    let mut scene = Scene::new(0)?;
    let flooded = &scene;
    // As many at a time as are answered.
    let lanes = (0..ANSWERED).map(|lane| async move {
        let mut refused = 0;
        for number in 0..EACH {
            refused += u32::from(is_refused(flooded, lane * EACH + number).await?);
        }
        Outcome::Ok(refused)
    });
    let refused: u32 = try_join_all(lanes).await?.into_iter().sum();
    assert_eq!(refused, ANSWERED * EACH);
    scene.goes_on()?;
    keeps_to(&scene, BY_STRANGERS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_streams_is_cut_down_to_the_first() -> Outcome<()> {
    let _alone = alone().await;
    let mut scene = Scene::new(0)?;
    let (raw, first, _) = session(&scene).await?;
    let mut more = Vec::new();
    let flood = async {
        while more.len() < 2_000 {
            // Once the connection has ended there is nothing more to open.
            let Ok(mut line) = raw.open().await else { break };
            let _ = line.propose().await;
            more.push(line);
        }
    };
    timeout(PATIENCE, flood).await?;
    println!("{} opened, the connection {}", more.len(), if raw.is_ended() { "ended" } else { "stands" });
    let mut agreed = 0;
    for line in &mut more {
        // What is agreed on is dropped at once, so no greeting is ever answered.
        if timeout(PATIENCE, line.agreed()).await?.is_ok() {
            agreed += 1;
            let _ = line.say(HELLO, &greeting(&scene, NO_KNOCK)).await;
            assert!(timeout(PATIENCE, line.hear()).await?.is_err(), "a second stream was served");
        }
    }
    println!("{agreed} of them were agreed on");
    scene.goes_on()?;
    drop((raw, first, more));
    scene.goes_on()?;
    keeps_to(&scene, BY_STRANGERS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_without_end_and_reads_no_answer_is_ended() -> Outcome<()> {
    let _alone = alone().await;
    let mut scene = Scene::new(0)?;
    let (mut raw, mut line, hello) = session(&scene).await?;
    // In step from the beginning.
    line.say(FRAME, &Frame::Hello(hello).to_bytes()).await?;
    // Each asks for an answer, and none is read.
    let mut asked = 0_u64;
    let flood = async {
        while line.say(FRAME, &Frame::Probe(asked + 1).to_bytes()).await.is_ok() {
            asked += 1;
        }
    };
    timeout(PATIENCE, flood).await.map_err(|_| "questions were taken without end")?;
    timeout(PATIENCE, raw.ended()).await?;
    println!("{asked} questions");
    scene.goes_on()?;
    keeps_to(&scene, BY_STRANGERS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_nonsense_ends_each_connection() -> Outcome<()> {
    let _alone = alone().await;
    let mut scene = Scene::new(0)?;
    for _ in 0..20 {
        let (mut raw, mut line, hello) = session(&scene).await?;
        line.say(FRAME, &Frame::Hello(hello).to_bytes()).await?;
        // As long as a frame may be, and none: lists in lists in lists.
        let _ = line.say(FRAME, &vec![0x85; MAX_FRAME]).await;
        timeout(PATIENCE, raw.ended()).await?;
    }
    scene.goes_on()?;
    keeps_to(&scene, BY_STRANGERS)
}

#[tokio::test]
async fn a_flood_of_entries_holds_nobody_up() -> Outcome<()> {
    let _alone = alone().await;
    let mut scene = Scene::new(0)?;
    scene.member.run(&["new", "note", "The first"])?;
    fill(&scene.member.home, 500, 20, None)?;
    let member = scene.member.start()?;
    let mut coming = scene.member.command(&["sync", "--wait", "300"]).stdout(Stdio::null()).spawn()?;
    let mut written = 0;
    while coming.try_wait()?.is_none() {
        scene.goes_on()?;
        written += 1;
    }
    println!("{written} edits each way meanwhile");
    assert!(coming.wait()?.success(), "the flood itself did not come");
    member.stop()?;
    keeps_to(&scene, BY_MEMBERS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_reading_holds_nobody_up_and_is_served_when_it_comes_back() -> Outcome<()> {
    let _alone = alone().await;
    let mut scene = Scene::new(1_000)?;
    let (mut raw, mut line, hello) = session(&scene).await?;
    let nothing = Hello { combined: Digest([0; 16]), spaces: Some(Vec::new()), ..hello };
    line.say(FRAME, &Frame::Hello(nothing).to_bytes()).await?;
    // It asks for all that there is, and reads no further.
    let (space, all) = timeout(PATIENCE, told(&mut line)).await??;
    line.say(FRAME, &Frame::Vector { space, ask: Ask::Nothing, logs: Vec::new() }.to_bytes()).await?;
    line.say(FRAME, &Frame::Want(all).to_bytes()).await?;
    for _ in 0..20 {
        scene.goes_on()?;
    }
    // It gives no sign of life either, and is given up.
    timeout(PATIENCE, raw.ended()).await?;
    let heard = timeout(PATIENCE, line.rest()).await?;
    println!("{} KiB were on the way", heard >> 10);
    assert!(heard <= WINDOW, "{heard} bytes were sent to who does not read");
    assert!(heard > WINDOW / 2, "all that there was fitted on the way, so that this tests nothing");
    scene.goes_on()?;
    keeps_to(&scene, BY_MEMBERS)?;
    let member = scene.member.start()?;
    scene.member.run(&["sync", "--wait", "120"])?;
    member.stop()?;
    keeps_to(&scene, BY_MEMBERS)
}
