//! Hundreds of seeds in which organisations come and go. `ACCORD_SEEDS` sets how many, `ACCORD_SEED` replays one.

#![allow(clippy::expect_used)]

use std::sync::atomic::{AtomicU64, Ordering};

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn every_seed_of_honest_decisions_ends_in_step() {
    run_all(false, "honest");
}

#[test]
fn every_seed_with_hostile_nodes_keeps_the_invariants() {
    run_all(true, "hostile");
}

fn run_all(hostile: bool, name: &str) {
    let (first, count) = match number("ACCORD_SEED") {
        Some(seed) => (seed, number("ACCORD_SEEDS").unwrap_or(1)),
        None => (0, number("ACCORD_SEEDS").unwrap_or(200)),
    };
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let work = || {
        let mut failures = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return failures;
            }
            if let Err(failure) = accord_sim::run_governed(seed, hostile) {
                let replay = format!("ACCORD_SEED={seed} cargo test -p accord-sim --test governed {name}");
                failures.push(format!("seed {seed}: {failure}\n  replay: {replay}"));
            }
        }
    };
    let failures: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no seed panics")).collect()
    });
    assert!(failures.is_empty(), "{} of {count} seeds failed:\n{}", failures.len(), failures.join("\n"));
}
