//! Each decoder for a moment on mutated examples: a seeded walk, so that what fails once fails again.
//!
//! `ACCORD_FUZZ_SECONDS` says how long each is driven, one second by default; `fuzz/` goes on where this ends.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % n.max(1)
    }
}

/// Flips, replaces, puts in, takes out, doubles; sets what may be a length to an end of its range.
fn mutate(dice: &mut Dice, examples: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = examples[dice.below(examples.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len());
        let to = at + dice.below(bytes.len().saturating_sub(at).min(64));
        let other = &examples[dice.below(examples.len())];
        match dice.below(8) {
            _ if bytes.is_empty() => bytes.push(0),
            0 | 1 => bytes[at] ^= 1 << dice.below(8),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, 0x1b, 0x5f, b'&'][dice.below(8)],
            3 => bytes.insert(at, u8::try_from(dice.below(256)).unwrap_or_default()),
            4 => drop(bytes.drain(at..to)),
            5 => {
                let part = bytes[at..to].to_vec();
                bytes.splice(at..at, part);
            }
            6 => {
                let from = dice.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => bytes.truncate(at),
        }
        bytes.truncate(1 << 20);
    }
    bytes
}

/// Invariant: no bytes make a decoder panic, and what it takes it writes again as it was.
#[test]
fn every_decoder_stands_mutated_examples() {
    let seconds = std::env::var("ACCORD_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    for (name, target) in accord_fuzz::TARGETS {
        let examples = accord_fuzz::examples(name);
        assert!(!examples.is_empty(), "{name}");
        examples.iter().for_each(|example| target(example));
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut seed = 0;
        while seed < 50 || Instant::now() < end {
            seed += 1;
            let bytes = mutate(&mut Dice(seed * 0x9e37_79b9), &examples);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(&bytes))) {
                eprintln!("{name} fails with seed {seed}: {bytes:02x?}");
                resume_unwind(panic);
            }
        }
        println!("{name}: {seed} inputs");
    }
}
