//! Hundreds of seeded scenarios. `ACCORD_SEEDS` sets how many, `ACCORD_SEED` replays one.

#![allow(clippy::expect_used)]

use std::sync::atomic::{AtomicU64, Ordering};

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn every_seed_ends_in_step() {
    run_all(&accord_sim::run_seed, "every_seed_ends_in_step");
}

#[test]
fn every_seed_with_a_copied_home_ends_in_step() {
    run_all(&accord_sim::run_copied, "every_seed_with_a_copied_home_ends_in_step");
}

type Scenario =
    dyn Fn(u64) -> Result<accord_sim::Outcome, accord_sim::Failure> + Sync + std::panic::RefUnwindSafe;

fn run_all(scenario: &Scenario, test: &str) {
    let (first, count) = match number("ACCORD_SEED") {
        Some(seed) => (seed, number("ACCORD_SEEDS").unwrap_or(1)),
        None => (0, number("ACCORD_SEEDS").unwrap_or(320)),
    };
    let next = AtomicU64::new(first);
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| work(scenario, test, &next, first + count))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no seed panics")).collect()
    });
    assert!(failures.is_empty(), "{} of {count} seeds failed:\n{}", failures.len(), failures.join("\n"));
}

/// The same seeds with right clocks and with wrong ones go the same way, to the byte and to the moment.
#[test]
fn wrong_clocks_change_nothing() {
    for seed in 0..24 {
        let right = accord_sim::run_seed(seed);
        assert!(right.is_ok(), "seed {seed}: {right:?}");
        assert_eq!(right, accord_sim::run_with_wrong_clocks(seed), "seed {seed}");
    }
}

#[test]
fn a_seed_replays_to_the_byte() {
    for seed in [3, 42, 1_000_003] {
        assert_eq!(accord_sim::run_seed(seed), accord_sim::run_seed(seed));
    }
}

fn work(scenario: &Scenario, test: &str, next: &AtomicU64, end: u64) -> Vec<String> {
    let mut failures = Vec::new();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return failures;
        }
        let failure = match std::panic::catch_unwind(|| scenario(seed)) {
            Ok(Ok(_)) => None,
            Ok(Err(failure)) => Some(failure.to_string()),
            Err(_) => Some("it panicked".into()),
        };
        if let Some(failure) = failure {
            let line = format!(
                "seed {seed}: {failure}\n  replay: ACCORD_SEED={seed} cargo test -p accord-sim --test seeds {test}"
            );
            eprintln!("{line}");
            failures.push(line);
        }
    }
}
