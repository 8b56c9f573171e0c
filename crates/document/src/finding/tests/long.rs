//! Long histories of several authors: everything that people do, mixed, in groups that hear of each other late or in the
//! end only, held to a book that knows nothing of Automerge, clocks or hunks.
//!
//! Invariants:
//! 1. No word that anybody wrote disappears: it stands, or a finding tells of it, or somebody who saw it took it out.
//! 2. No two words stand side by side in a sentence, unmarked, that nobody put side by side.
//! 3. A value stands for as long as nobody who knew it wrote another; several that stand are a conflict with exactly them.
//! 4. What several people did alike raises nothing.
//! 5. Whoever holds the same changes is told the same, in whatever order they came.
//! 6. A finding goes by a settlement of it, and by nothing that somebody does elsewhere.
//!
//! `ACCORD_HISTORIES=5000` makes as many; `ACCORD_HISTORY=17` makes the one with that seed and tells each step.

mod acts;
mod book;
mod world;

use super::prose::paragraphs_of;
use world::World;

/// As many, of each sort of text, as fit into a test that runs each time.
const HISTORIES: u64 = 50;
/// What people do in each, hearing of each other among it.
const STEPS: usize = 45;

fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn histories(texts: &[Vec<String>], count: u64, steps: usize) {
    let (first, count) = match asked("ACCORD_HISTORY") {
        Some(seed) => (seed, 1),
        None => (1, asked("ACCORD_HISTORIES").unwrap_or(count)),
    };
    let mut total = world::Counts::default();
    for seed in first..first + count {
        let mut world = World::new(seed, texts, count == 1);
        for _ in 0..steps {
            world.step();
        }
        world.finish();
        total.add(&world.counts);
    }
    println!("{count} histories from seed {first}: {total:?}");
    // A generator whose edits are refused, or which never disagrees, would show nothing.
    assert!(
        count < 20 || total.made > total.refused && total.findings > count && 2 * total.settled > count,
        "{total:?}"
    );
}

#[test]
fn long_histories_lose_nothing_and_blend_nothing() {
    let plain = [
        "The city of Sfax leads the work. Its partners pay for trucks, and the port keeps watch. In 2013 a plan was made.",
        "Three quarters of all waste is collected; the rest is not. Nobody knows how much burns.",
    ];
    let french =
        ["La ville de Sfax conduit les travaux. Ses partenaires paient les camions, et le port veille."];
    let arabic = ["تقود مدينة صفاقس العمل مع شركائها في الإقليم. يدفع الشركاء ثمن الشاحنات، والميناء يراقب."];
    let texts = [&plain[..], &french, &arabic].map(|all| all.iter().map(|text| (*text).to_owned()).collect());
    histories(&texts, HISTORIES, STEPS);
}

#[test]
fn long_histories_on_real_prose() {
    let read = ["eng.html", "fra.html", "arb.html"].map(paragraphs_of);
    let [Some(english), Some(french), Some(arabic)] = read else {
        println!("skipped: the texts of ../shared/data/text are not here");
        return;
    };
    histories(&[english, french, arabic], HISTORIES, STEPS);
}
