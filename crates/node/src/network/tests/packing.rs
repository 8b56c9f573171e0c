//! Packs as they are put together and taken apart: what is held in memory of them, and what a peer may put into one.

use std::sync::Arc;

use accord_core::{
    Authority, Body, ChangeHash, DocumentId, Entry, Head, Header, LogId, MAX_PAYLOAD, ProgrammeId,
    SignedEntry, SpaceId, programme_space,
};
use accord_document::pack::{Place, pack};
use accord_sync::{Claim, Frame, MAX_FRAME, MAX_RUN_BYTES, PACK_BYTES, Portion, Refusal, SentOf, StretchOf};
use libp2p::swarm::ConnectionId;

use super::backend::{Memory, PROGRAMME};
use super::node::{device, devices, key};
use super::written::written;
use crate::network::driver::packing::{
    Answer, IncomingPack, PackJob, PackRead, READ, STEP, put_together, take_apart,
};
use crate::network::driver::work::{Done, Work};
use crate::network::{Backend, Incoming};

const MEMBERS: [u8; 5] = [1, 2, 3, 4, 5];

fn space() -> SpaceId {
    programme_space(&PROGRAMME)
}

fn memory() -> Arc<Memory> {
    Memory::new(key(1), &devices(&MEMBERS))
}

fn job(logs: &[(LogId, Vec<SignedEntry>)], max_bytes: usize) -> PackJob {
    let portion = |(log, entries): &(LogId, Vec<SignedEntry>)| Portion {
        log: *log,
        from: 1,
        to: entries.len() as u64,
        on: None,
        after: None,
    };
    PackJob {
        job: 1,
        peer: device(2),
        connection: ConnectionId::new_unchecked(1),
        space: space(),
        logs: logs.iter().map(portion).collect(),
        max_bytes,
    }
}

/// What goes to a peer of these logs.
fn put(logs: &[(LogId, Vec<SignedEntry>)], max_bytes: usize) -> (PackRead, Arc<Memory>) {
    let memory = memory();
    for (log, entries) in logs {
        memory.hold(*log, entries);
    }
    (put_together(memory.as_ref(), PROGRAMME, job(logs, max_bytes)), memory)
}

/// A pack of these entries, as it comes from a peer that says what is in it.
fn comes(logs: &[(LogId, Vec<SignedEntry>)]) -> IncomingPack {
    let entry = |signed: &SignedEntry| Entry::from_store(signed.clone()).unwrap();
    let logs: Vec<(LogId, Vec<Entry>)> =
        logs.iter().map(|(log, entries)| (*log, entries.iter().map(entry).collect())).collect();
    let stretches: Vec<_> = logs.iter().map(|(log, entries)| (log.device, entries.as_slice())).collect();
    let bytes = pack(&Place { programme: PROGRAMME, space: space() }, &stretches).unwrap();
    let told = |(log, entries): &(LogId, Vec<Entry>)| {
        let last = entries.last().unwrap();
        let end = Claim::from(Head { seq: last.header().seq, id: last.id() });
        StretchOf { log: *log, from: entries[0].header().seq, end }
    };
    IncomingPack { peer: device(2), space: space(), logs: logs.iter().map(told).collect(), bytes }
}

fn is_invalid((outcome, part): &Answer) -> bool {
    matches!(&outcome.stored, Err(Refusal::Invalid(why)) if !why.is_empty()) && part.is_none()
}

/// Nothing is stored of it, and each log is refused with a reason.
fn assert_refused(programme: ProgrammeId, incoming: IncomingPack) {
    let memory = memory();
    let logs = incoming.logs.len();
    let answers = take_apart(memory.as_ref(), programme, incoming);
    assert!(answers.len() == logs && answers.iter().all(is_invalid), "{answers:?}");
    assert_eq!(memory.held_in_all(), 0);
}

#[test]
fn a_pack_that_lies_or_is_none_is_refused_with_a_reason() {
    let (logs, _) = written(4);
    assert!(take_apart(memory().as_ref(), PROGRAMME, comes(&logs)).iter().all(|(o, _)| o.stored.is_ok()));

    let mut other_end = comes(&logs);
    other_end.logs.iter_mut().for_each(|told| told.end.id.0[0] ^= 1);
    assert_refused(PROGRAMME, other_end);

    let mut more = comes(&logs);
    more.logs.iter_mut().for_each(|told| told.end.seq += 1);
    assert_refused(PROGRAMME, more);

    let mut earlier = comes(&logs);
    earlier.logs.iter_mut().for_each(|told| told.from += 1);
    assert_refused(PROGRAMME, earlier);

    let mut cut_off = comes(&logs);
    cut_off.bytes.truncate(cut_off.bytes.len() / 2);
    assert_refused(PROGRAMME, cut_off);

    // It says of itself that gigabytes are in it.
    let mut bomb = comes(&logs);
    bomb.bytes = [1, 1].into_iter().chain(logs[0].0.device.0).chain([1, 1]).collect();
    bomb.bytes.extend([0xff, 0xff, 0xff, 0xff, 0x0f, 1].repeat(24));
    assert_refused(PROGRAMME, bomb);

    // Of another programme, though the same to the byte.
    assert_refused(ProgrammeId([8; 32]), comes(&logs));

    // By nobody: what comes last is what vouches for all.
    let mut forged = logs.clone();
    forged.iter_mut().for_each(|(_, entries)| entries.last_mut().unwrap().signature.0[7] ^= 1);
    assert_refused(PROGRAMME, comes(&forged));
}

#[test]
fn what_nobody_asked_for_is_let_fall() {
    let (logs, _) = written(4);
    let memory = memory();
    let mut incoming = comes(&logs);
    incoming.logs.truncate(1);
    let answers = take_apart(memory.as_ref(), PROGRAMME, incoming);
    assert!(answers.len() == 1 && answers[0].0.stored.is_ok());
    assert_eq!(memory.held_in_all(), logs[0].1.len());
}

/// Invariant: what a signature vouches for stays, and of what comes after the last one that holds nothing does.
#[test]
fn what_comes_before_a_forgery_is_stored_and_the_forgery_is_not() {
    let (logs, _) = written(80);
    let (log, mut entries) = logs.into_iter().max_by_key(|(_, entries)| entries.len()).unwrap();
    let honest = entries.len();
    assert!(entries.iter().map(SignedEntry::size).sum::<usize>() > STEP, "{honest} entries");
    let last = Entry::from_store(entries[honest - 1].clone()).unwrap();
    let header = Header { seq: last.header().seq + 1, prev: Some(last.id()), ..last.header().clone() };
    let author = MEMBERS.into_iter().find(|seed| device(*seed) == log.device).unwrap();
    let mut forged = header.sign(&key(author), last.payload().to_vec()).signed().clone();
    forged.signature.0[7] ^= 1;
    entries.push(forged);

    let memory = memory();
    let answers = take_apart(memory.as_ref(), PROGRAMME, comes(&[(log, entries)]));
    let [(outcome, Some((held, _)))] = &answers[..] else { panic!("{answers:?}") };
    assert!(matches!(outcome.stored, Err(Refusal::Invalid(_))));
    let stored = memory.held_in_all();
    assert!(stored > 0 && stored <= honest && held[0].seq == stored as u64);
}

fn large(author: u8, entries: u8) -> (LogId, Vec<SignedEntry>) {
    let mut log: Vec<Entry> = Vec::new();
    for n in 0..entries {
        let mut state = u64::from(author) << 8 | u64::from(n);
        let mut byte = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        let header = Header {
            programme: PROGRAMME,
            space: space(),
            device: device(author),
            seq: u64::from(n) + 1,
            prev: log.last().map(Entry::id),
            authority: Authority::Genesis,
            body: Body::Change { document: DocumentId([1; 16]), generation: 0, change: ChangeHash([n; 32]) },
        };
        log.push(header.sign(&key(author), (0..MAX_PAYLOAD).map(|_| byte()).collect()));
    }
    let signed = log.iter().map(|entry| entry.signed().clone()).collect();
    (LogId { space: space(), device: device(author) }, signed)
}

/// Invariant: however many logs there are and however large their entries, no more is read for one pack than it has room for
/// twice over.
#[test]
fn what_is_held_of_a_pack_is_bounded_whatever_the_logs_hold() {
    let mut logs: Vec<_> = (10..40).map(|author| large(author, 2)).collect();
    logs.sort_unstable_by_key(|(log, _)| *log);
    let (read, memory) = put(&logs, PACK_BYTES);
    assert!(memory.read() <= READ + MAX_RUN_BYTES, "{}", memory.read());
    let (frame, entries) = read.frame.unwrap();
    assert!(frame.len() <= MAX_FRAME && entries >= 1);
    // What had no room is told to come later, and nothing of it is given up.
    let all = |sent: fn(&SentOf) -> bool| read.sent.iter().filter(|(_, of)| sent(of)).count();
    assert!(all(|of| matches!(of, SentOf::Upto(_))) >= 1);
    assert_eq!(all(|of| matches!(of, SentOf::Upto(_) | SentOf::Later)), logs.len());
}

#[test]
fn little_that_is_left_of_a_log_goes_before_much_that_is_older() {
    let (logs, _) = written(24);
    let memory = memory();
    for (log, entries) in &logs {
        memory.hold(*log, entries);
    }
    let mut job = job(&logs, 64 * 1024);
    let (short, to) = {
        let portion = job.logs.last_mut().unwrap();
        portion.from = portion.to - 3;
        (portion.log, portion.to)
    };
    let read = put_together(memory.as_ref(), PROGRAMME, job);
    let of = |log: &LogId| read.sent.iter().find(|(sent, _)| sent == log).map(|(_, of)| *of).unwrap();
    assert_eq!(of(&short), SentOf::Upto(to));
    let mut rest = logs.iter().filter(|(log, _)| *log != short);
    assert!(rest.all(|(log, entries)| of(log) != SentOf::Upto(entries.len() as u64)));
    let (frame, _) = read.frame.unwrap();
    let Ok(Frame::Pack(pack)) = Frame::from_bytes(&frame) else { panic!("no pack") };
    assert!(pack.logs.iter().any(|packed| packed.device == short.device && packed.to == to));
}

/// Invariant: whoever sends one pack after another is taken in turn with everybody else, however many of them wait.
#[tokio::test]
async fn a_run_of_one_peer_does_not_wait_for_all_packs_of_another() {
    let (logs, _) = written(4);
    let memory = memory();
    let mut work = Work::new(Arc::clone(&memory) as Arc<dyn Backend>, PROGRAMME);
    let busy = memory.busy();
    for _ in 0..4 {
        work.store_pack(comes(&logs[..1]), None);
    }
    let (log, entries) = logs[1].clone();
    work.store(Incoming { peer: device(3), log, entries: entries[..1].to_vec(), again: false }, None);
    drop(busy);
    let mut peers = Vec::new();
    while peers.len() < 5 {
        let Done::Stored(stored) = work.next().await else { panic!("nothing else is to be done") };
        assert!(stored.iter().all(|(_, (outcome, _))| outcome.stored.is_ok()), "{stored:?}");
        peers.extend(stored.iter().map(|(order, _)| order.peer));
    }
    assert_eq!(peers, [2, 3, 2, 2, 2].map(device));
}
