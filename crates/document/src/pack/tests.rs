//! Packs come apart into what was put together, and nothing else does any harm.

mod history;
mod hostile;
mod sizes;

use accord_core::{Entry, Signature};
use proptest::prelude::*;

use super::*;
use history::History;

/// What comes out of a pack of these, without signatures; those that are there are the ones that were put in.
fn returned(history: &History) -> Vec<(DeviceId, Vec<Entry>)> {
    let stretches = history.stretches();
    let packed = pack(&history.place, &stretches).unwrap();
    let unpacked = unpack(&history.place, &packed).unwrap();
    let told: Vec<(DeviceId, u64, usize)> =
        spans(&packed).unwrap().iter().map(|span| (span.device, span.from, span.count)).collect();
    let held = |stretch: &Stretch| (stretch.device, stretch.from, stretch.entries.len());
    assert_eq!(told, unpacked.iter().map(held).collect::<Vec<_>>());
    let mut all = Vec::new();
    for (stretch, (device, given)) in unpacked.iter().zip(&stretches) {
        assert_eq!(stretch.device, *device);
        let entries = stretch.entries.iter().cloned().map(|signed| Entry::from_store(signed).unwrap());
        let entries: Vec<Entry> = entries.collect();
        let mut since = 0;
        for (entry, given) in entries.iter().zip(*given) {
            since += 1;
            if entry.signed().signature != Signature::NONE {
                assert_eq!(entry.signed().signature, given.signed().signature);
                since = 0;
            }
            assert!(since < SIGNED_EVERY);
        }
        assert_eq!(entries.last().unwrap().signed(), given.last().unwrap().signed());
        all.push((*device, entries));
    }
    all
}

/// Invariant: what comes out is what was put in, to the byte.
fn assert_returns(history: &History) {
    for ((_, out), (_, given)) in returned(history).iter().zip(history.stretches()) {
        assert_eq!(out.len(), given.len());
        for (out, given) in out.iter().zip(given) {
            assert_eq!(out.signed().header, given.signed().header);
            assert_eq!(out.payload(), given.payload());
            assert_eq!(out.id(), given.id());
        }
    }
}

#[test]
fn a_history_of_three_authors_comes_out_as_it_was() {
    let mut history = History::new(3);
    for document in 0..4 {
        history.create(document % 3);
        for step in 0..12 {
            history.edit((document + step) % 3, document, step as u64);
        }
    }
    history.whole(1);
    history.edit(1, 0, 99);
    assert_returns(&history);
}

#[test]
fn a_pack_of_the_second_half_needs_nothing_of_the_first() {
    let mut history = History::new(2);
    history.create(0);
    history.create(1);
    for step in 0..40 {
        history.edit(step % 2, step % 2, step as u64);
    }
    history.forget(13);
    assert_returns(&history);
}

/// Invariant: what came with a signature that holds after so many bytes goes on with one after no more, whatever stands before it:
/// else whoever passes it on would be taken for the liar.
#[test]
fn what_was_spoilt_on_the_way_makes_no_stretch_without_a_signature_longer() {
    let mut history = History::new(1);
    history.create(0);
    for step in 0..400 {
        history.edit(0, 0, step);
    }
    let mut entries = history.stretches()[0].1.to_vec();
    let kept = |entries: &[Entry]| -> Vec<usize> {
        let kept = writing::signatures(entries);
        (0..entries.len()).filter(|at| kept[*at]).collect()
    };
    assert_eq!(kept(&entries[..200]), [63, 127, 191, 199]);
    for entry in &mut entries[90..300] {
        let mut signed = entry.signed().clone();
        signed.signature.0[3] ^= 1;
        *entry = Entry::from_store(signed).unwrap();
    }
    assert_eq!(kept(&entries), [63, 89, 300, 364, 400]);
}

#[test]
fn what_is_irregular_or_in_another_form_travels_whole() {
    let mut history = History::new(2);
    history.create(0);
    history.edit(0, 0, 1);
    history.deflated(0, 0);
    history.borrowed_actor(1, 0);
    history.new_generation(0, 0);
    history.edit(1, 0, 2);
    history.skipped(1, 0);
    assert_returns(&history);
}

#[test]
fn more_than_one_pack_holds_is_refused() {
    let mut history = History::new(1);
    history.create(0);
    let many: Vec<Entry> = vec![history.stretches()[0].1[0].clone(); MAX_ENTRIES + 1];
    let device = history.stretches()[0].0;
    assert_eq!(pack(&history.place, &[(device, &many)]), Err(PackError::TooLarge("entries")));
    assert!(matches!(pack(&history.place, &[(device, &many[..2])]), Err(PackError::Malformed(_))));
}

#[test]
fn another_form_is_told_from_nonsense() {
    let history = History::sample();
    let mut packed = pack(&history.place, &history.stretches()).unwrap();
    packed[0] = 2;
    assert_eq!(unpack(&history.place, &packed), Err(PackError::Form(2)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Invariant: whatever several authors do to several documents, with whatever they have heard of each other, from
    /// wherever on, comes out as it was put in.
    #[test]
    fn any_history_comes_out_as_it_was(
        steps in prop::collection::vec((0usize..4, 0usize..5, 0u8..12, any::<u64>()), 1..90),
        forgotten in 0usize..30,
    ) {
        let mut history = History::new(4);
        history.create(0);
        for (author, document, what, seed) in steps {
            history.step(author, document, what, seed);
        }
        history.forget(forgotten);
        assert_returns(&history);
    }
}
