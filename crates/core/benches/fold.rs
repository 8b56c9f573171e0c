//! Folding decisions and judging entries: 1,000 against 10,000 decisions, and a million entries under them. Ratios are taken
//! in one run and held: what one decision or one entry costs must not grow with how many there are.
//!
//!     cargo bench -p accord-core --bench fold             # all of it: some two minutes
//!     cargo bench -p accord-core --bench fold -- small    # a tenth of it, for a look

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use accord_core::admission::{Admission, Base, Candidate, Standing, standing};
use accord_core::governance::Governance;
use accord_core::{
    Authority, Body, ChangeHash, DeviceId, DocumentId, EntryId, Header, programme_space, tagged_hash,
};
use support::growing::Growing;

const MEMBERS: u8 = 12;
/// The most that one decision, or one entry, may cost among ten times as many. A tree that is ten times as large is
/// one or two levels deeper, and further from the processor's caches.
const GROWTH: f64 = 2.0;
/// The changes of one document.
const EACH: u64 = 1_000;

/// The process's own memory, in MiB; none where the system does not tell.
fn memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("RssAnon"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn micros(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / count as f64
}

/// What was found for one number of decisions.
struct Found {
    /// A decision with its votes and what is acknowledged of it, folded from nothing.
    decision: f64,
    /// The same, the last ones alone, on top of all others.
    last: f64,
    /// One entry's standing.
    entry: f64,
    from_nothing: Duration,
}

fn fold(growing: &Growing) -> Governance {
    let mut governance = Governance::new(growing.world.programme);
    for entry in &growing.world.entries {
        let _ = governance.insert(entry);
    }
    governance
}

fn measure(decisions: usize, entries: u64) -> Found {
    let mut growing = Growing::new(MEMBERS);
    let all = 2 + usize::from(MEMBERS);
    for at in (0..decisions).step_by(10) {
        growing.grow_to(at + 10);
        growing.acknowledge(at / 10 % all);
    }
    for who in 0..all {
        growing.acknowledge(who);
    }
    let records = growing.world.entries.len();
    let before = memory();
    let began = Instant::now();
    let governance = fold(&growing);
    let from_nothing = began.elapsed();
    let held = memory().zip(before).map(|(after, before)| after - before);
    assert_eq!(governance.in_force(), growing.governance.in_force());
    let per_decision = micros(from_nothing, decisions);
    println!(
        "{decisions} decisions in {records} records, from nothing: {from_nothing:.2?}, {per_decision:.1} µs each"
    );
    if let Some(held) = held {
        println!(
            "  memory of the fold: {held:.1} MiB, {:.1} kB a decision",
            held * 1024.0 / decisions as f64
        );
    }
    drop(governance);

    let more = 100;
    let held = growing.world.entries.len();
    let mut governance = growing.governance.clone();
    growing.grow_to(decisions + usize::from(MEMBERS) + more);
    let last = &growing.world.entries[held..];
    let began = Instant::now();
    for entry in last {
        governance.insert(entry).unwrap();
    }
    let one = micros(began.elapsed(), more);
    println!("  one more, on top of them: {one:.1} µs; folding all again would take {:.0} times that", {
        from_nothing.as_secs_f64() * 1e6 / one
    });
    let entry = judge(&mut growing, entries);
    Found { decision: per_decision, last: one, entry, from_nothing }
}

fn hash(n: u64) -> ChangeHash {
    ChangeHash(tagged_hash("bench/change", &[&n.to_be_bytes()]))
}

/// Entries of documents, each made on the one before, by everybody in turn.
fn judge(growing: &mut Growing, entries: u64) -> f64 {
    let all = 2 + usize::from(MEMBERS);
    let known: Vec<Authority> = (0..all).map(|who| growing.acknowledge(who)).collect();
    let governance = &growing.governance;
    let space = programme_space(&growing.world.programme);
    let candidate = |n: u64| {
        let who = n as usize % all;
        let (device, authority) = (growing.device(who), known[who]);
        let mut document = [0; 16];
        document[..8].copy_from_slice(&(n / EACH).to_be_bytes());
        let header = Header {
            programme: growing.world.programme,
            space,
            device,
            seq: n / all as u64 + 1,
            prev: (n >= all as u64).then_some(EntryId([1; 32])),
            authority,
            body: Body::Change { document: DocumentId(document), generation: 0, change: hash(n) },
        };
        let deps = if n.is_multiple_of(EACH) { Vec::new() } else { vec![hash(n - 1)] };
        (Candidate { hash: hash(n), deps, device, authority, standing: Standing::InPosition }, header)
    };
    let (mut standings, mut admissions) = (Duration::ZERO, Duration::ZERO);
    let before = memory();
    let mut admitted = 0;
    for document in 0..entries / EACH {
        let mut made: Vec<(Candidate, Header)> =
            (document * EACH..(document + 1) * EACH).map(candidate).collect();
        let began = Instant::now();
        for (candidate, header) in &mut made {
            candidate.standing = standing(governance, header);
        }
        standings += began.elapsed();
        let candidates: Vec<Candidate> = made.into_iter().map(|(candidate, _)| candidate).collect();
        let began = Instant::now();
        admitted += Admission::new(governance, space).admit(None, &candidates).admitted.len();
        admissions += began.elapsed();
    }
    assert_eq!(admitted as u64, entries, "all of them count");
    let held = memory().zip(before).map_or(String::new(), |(a, b)| format!(", {:.1} MiB more held", a - b));
    let (standing, admission) = (micros(standings, entries as usize), micros(admissions, entries as usize));
    println!(
        "  {entries} entries: standing {standings:.2?} ({standing:.2} µs each), admission {admissions:.2?} \
         ({admission:.2} µs each){held}"
    );
    standing + admission
}

/// One more change on top of a document of so many.
fn one_more_change(growing: &mut Growing, changes: u64) -> f64 {
    let known = growing.acknowledge(2);
    let space = programme_space(&growing.world.programme);
    let base: BTreeSet<ChangeHash> = (0..changes).map(hash).collect();
    let authors: BTreeSet<DeviceId> = (0..14).map(|who| growing.device(who)).collect();
    let holds = |hash: &ChangeHash| base.contains(hash);
    let one = Candidate {
        hash: hash(changes),
        deps: vec![hash(changes - 1)],
        device: growing.device(2),
        authority: known,
        standing: Standing::InPosition,
    };
    let often = 2_000;
    let began = Instant::now();
    for _ in 0..often {
        let base = Some(Base { holds: &holds, authors: &authors, beyond: &|_| None });
        let judged = Admission::new(&growing.governance, space).admit(base, std::slice::from_ref(&one));
        assert_eq!(black_box(judged).admitted.len(), 1);
    }
    micros(began.elapsed(), often)
}

fn main() -> Result<(), String> {
    let small = std::env::args().any(|argument| argument == "small");
    let scale = if small { 10 } else { 1 };
    let few = measure(1_000 / scale, 100_000 / scale as u64);
    let many = measure(10_000 / scale, 1_000_000 / scale as u64);
    let mut growing = Growing::new(MEMBERS);
    let changes = [100, 10_000, 100_000].map(|changes| one_more_change(&mut growing, changes));
    println!("one more change on a document of 100, 10,000, 100,000: {changes:.1?} µs");
    let mut missed = Vec::new();
    let mut held = |what: &str, ratio: f64, most: f64| {
        println!("{what}: {ratio:.2}, at most {most}");
        if ratio > most {
            missed.push(what.to_owned());
        }
    };
    held("a decision among ten times as many, from nothing", many.decision / few.decision, GROWTH);
    held("one more decision on top of ten times as many", many.last / few.last, GROWTH);
    held(
        "one more decision beside folding all again",
        many.last / 1e6 / many.from_nothing.as_secs_f64(),
        0.01,
    );
    held("an entry under ten times as many decisions", many.entry / few.entry, GROWTH);
    held("one more change on a thousand times as many", changes[2] / changes[0], GROWTH);
    if missed.is_empty() { Ok(()) } else { Err(format!("more than may be: {}", missed.join("; "))) }
}
