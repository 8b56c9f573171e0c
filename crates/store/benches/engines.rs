//! The two engines beside each other on the same disk: durable commits, writing in bulk, opening, space before and after
//! compaction, and memory. Prints one table with the ratio of redb to sled; nothing is held to a target.
//!
//! Each engine works in a process of its own, so that its memory is its own.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use accord_store::{EngineKind, Op, Tree};
use tempfile::TempDir;

/// Names the engine and the folder to the process that works.
const ENGINE: &str = "ACCORD_BENCH_ENGINE";
const FOLDER: &str = "ACCORD_BENCH_FOLDER";

/// Records in bulk, of the size of an entry, in batches of a thousand with keys all over the tree.
const RECORDS: u32 = 100_000;
const BATCH: u32 = 1000;
const SIZE: usize = 300;

/// What is printed, in this order.
const LINES: [(&str, &str); 9] = [
    ("one", "durable commits of one entry, per second"),
    ("hundred", "entries per second in commits of 100"),
    ("bulk", "records per second in bulk"),
    ("peak", "peak memory while writing in bulk, MB"),
    ("open", "opening the store with them, ms"),
    ("read", "reads per second, one by one"),
    ("disk", "disk after half was overwritten, MB"),
    ("compacted", "disk after compaction, MB"),
    ("compacting", "compaction, ms"),
];

/// Scatters keys over the tree; the same in every run.
fn key(n: u32) -> [u8; 4] {
    n.wrapping_mul(2_654_435_761).to_be_bytes()
}

/// Bytes that do not compress and differ from record to record.
fn value(n: u32) -> Vec<u8> {
    let mut state = u64::from(n) << 1 | 1;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(SIZE).collect()
}

fn put(tree: Tree, n: u32) -> Op {
    Op::put(tree, key(n), value(n))
}

fn work(engine: EngineKind, folder: &Path) -> Result<(), Box<dyn Error>> {
    let tell = |name: &str, figure: f64| println!("{name} {figure}");
    let rate = |count: u32, begin: Instant| f64::from(count) / begin.elapsed().as_secs_f64();
    let path = folder.join("store");
    let (store, _) = accord_store::open(&path, engine)?;
    let begin = Instant::now();
    for n in 0..500 {
        store.commit(vec![put(Tree::Heads, n)])?;
    }
    tell("one", rate(500, begin));
    let begin = Instant::now();
    for n in 0..100 {
        store.commit((0..100).map(|at| put(Tree::Documents, n * 100 + at)).collect())?;
    }
    tell("hundred", rate(10_000, begin));
    let begin = Instant::now();
    for n in 0..RECORDS / BATCH {
        store.commit((0..BATCH).map(|at| put(Tree::Entries, n * BATCH + at)).collect())?;
    }
    tell("bulk", rate(RECORDS, begin));
    tell("peak", peak()?);
    drop(store);
    let begin = Instant::now();
    let (store, _) = accord_store::open(&path, engine)?;
    tell("open", begin.elapsed().as_secs_f64() * 1000.0);
    let begin = Instant::now();
    for n in 0..10_000 {
        if store.get(Tree::Entries, &key(n * 7 % RECORDS))?.is_none() {
            return Err("a record is missing".into());
        }
    }
    tell("read", rate(10_000, begin));
    for n in 0..RECORDS / BATCH / 2 {
        store.commit((0..BATCH).map(|at| put(Tree::Entries, n * BATCH + at)).collect())?;
    }
    drop(store);
    let begin = Instant::now();
    let reclaimed = accord_store::compact(&path, None)?;
    tell("compacting", begin.elapsed().as_secs_f64() * 1000.0);
    tell("disk", reclaimed.before as f64 / 1e6);
    tell("compacted", reclaimed.after as f64 / 1e6);
    Ok(())
}

/// The most memory that this process ever had, in MB.
fn peak() -> Result<f64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes / 1000.0)
}

fn main() -> Result<(), Box<dyn Error>> {
    if let (Ok(engine), Some(folder)) = (std::env::var(ENGINE), std::env::var_os(FOLDER)) {
        return work(engine.parse()?, Path::new(&folder));
    }
    let mut figures: BTreeMap<(String, &str), f64> = BTreeMap::new();
    for engine in EngineKind::ALL {
        let folder = TempDir::new()?;
        let own = std::env::current_exe()?;
        let done = Command::new(own).env(ENGINE, engine.name()).env(FOLDER, folder.path()).output()?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
        }
        for line in String::from_utf8(done.stdout)?.lines() {
            let (name, figure) = line.split_once(' ').ok_or("a line without a figure")?;
            figures.insert((name.to_owned(), engine.name()), figure.parse()?);
        }
    }
    println!("| | sled | redb | redb / sled |");
    println!("| --- | --- | --- | --- |");
    for (name, words) in LINES {
        let of = |engine: EngineKind| figures.get(&(name.to_owned(), engine.name())).copied();
        let (sled, redb) = (of(EngineKind::Sled).ok_or(name)?, of(EngineKind::Redb).ok_or(name)?);
        println!("| {words} | {sled:.0} | {redb:.0} | {:.2} |", redb / sled);
    }
    Ok(())
}
