//! Random mutations of real changes, bytes and operations alike, under checksums that fit them.
//!
//! `ACCORD_MUTATIONS` says how many; the seed is printed where one fails.

use super::forge::{Forge, Op, Place};
use super::*;
use crate::change_meta::{contents, sealed};
use crate::operations::OpRef;

fn count() -> u64 {
    std::env::var("ACCORD_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_500)
}

/// Small numbers from a seed.
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % n.max(1)
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.below(of.len())).cloned()
    }
}

/// Bytes: flipped, replaced, put in, taken out, doubled.
fn bytes(dice: &mut Dice, raw: &[u8]) -> Vec<u8> {
    let (_, contents) = contents(raw).unwrap();
    let mut contents = contents.into_owned();
    for _ in 0..=dice.below(3) {
        let at = dice.below(contents.len());
        match dice.below(5) {
            0 | 1 => contents[at] ^= 1 << dice.below(8),
            2 => contents[at] = dice.below(256) as u8,
            3 => contents.insert(at, dice.below(256) as u8),
            _ => drop(contents.remove(at)),
        }
    }
    sealed(&contents)
}

/// Everything that the operations of a change name, and what stands beside it.
fn names(dice: &mut Dice, forge: &Forge) -> OpRef {
    let mut all: Vec<OpRef> =
        forge.ops.iter().flat_map(|op| op.object.iter().chain(&op.preds)).copied().collect();
    all.extend(forge.ops.iter().filter_map(|op| match op.place {
        Place::Element(element) => Some(element),
        _ => None,
    }));
    all.push(OpRef { counter: forge.meta.start_op + dice.below(forge.ops.len() + 1) as u64, actor: 0 });
    let mut name = dice.pick(&all).unwrap();
    match dice.below(8) {
        0 => name.counter += 1 + dice.below(4) as u64,
        1 => name.counter = name.counter.saturating_sub(1 + dice.below(4) as u64).max(1),
        2 => name.actor = dice.below(forge.others.len() + 2) as u32,
        _ => {}
    }
    name
}

/// Operations: any part of one of them, or of the header, set to something that may fit.
fn operations(dice: &mut Dice, raw: &[u8]) -> Forge {
    let mut forge = Forge::of(raw);
    for _ in 0..=dice.below(3) {
        let at = dice.below(forge.ops.len());
        let (one, two) = (names(dice, &forge), names(dice, &forge));
        let keys: Vec<String> = forge
            .ops
            .iter()
            .filter_map(|op| match &op.place {
                Place::Key(key) => Some(key.clone()),
                _ => None,
            })
            .chain(["x".to_owned(), "note".to_owned(), String::new()])
            .collect();
        let place = match dice.below(3) {
            0 => Place::Head,
            1 => Place::Element(one),
            _ => Place::Key(dice.pick(&keys).unwrap()),
        };
        let letter = dice.pick(&["a", "é", "م", "🜁", "", "ab", "\u{202e}", "\0"]).unwrap();
        match dice.below(18) {
            0 => forge.ops[at].object = Some(one),
            1 => forge.ops[at].object = None,
            2 => forge.ops[at].place = place,
            3 => forge.ops[at].insert ^= true,
            4 => forge.ops[at].action = dice.below(9) as u64,
            5 => forge.ops[at].sort = dice.below(16) as u64,
            6 => forge.ops[at].value = letter.into(),
            7 => forge.ops[at].preds.push(one),
            8 => drop(forge.ops[at].preds.pop()),
            9 => forge.ops[at].preds = vec![one, two],
            10 => forge.ops.insert(at, Op::insert(one, Place::Element(two), letter)),
            11 => forge.ops.insert(at, Op::delete(one, two)),
            12 => forge.ops.push(Op { preds: vec![one], ..Op::put(&dice.pick(&keys).unwrap(), letter) }),
            13 => drop((forge.ops.len() > 1).then(|| forge.ops.remove(at))),
            14 => {
                let other = dice.below(forge.ops.len());
                forge.ops.swap(at, other);
            }
            15 => forge.meta.timestamp = dice.pick(&[i64::MIN, -1, 0, 1 << 53, i64::MAX]).unwrap(),
            16 => forge.others.push(dice.pick(&[b"CMI".to_vec(), b"CA".to_vec(), b"ZZ".to_vec()]).unwrap()),
            _ => forge.ops[at].value = vec![dice.below(256) as u8; dice.below(3)],
        }
        // What several name is named as the library would, or most of it would be refused for that alone.
        forge.ops.iter_mut().for_each(|op| op.preds.sort_unstable());
    }
    forge
}

fn mutated(dice: &mut Dice, changes: &[Vec<u8>]) -> Vec<u8> {
    let raw = dice.pick(changes).unwrap();
    if dice.below(2) == 0 { bytes(dice, &raw) } else { operations(dice, &raw).raw() }
}

/// Invariant: what the rule alone lets in, applied without a net, leaves a document that saves, loads, reads and can be
/// edited on; and the net under it finds nothing.
#[test]
fn no_mutation_that_the_rule_lets_in_does_harm() {
    let base = worked_on();
    let changes = honest(&base, "GIZ");
    for raw in &changes {
        assert_eq!(refused(&base.document, raw), None, "honest changes pass");
    }
    let (mut let_in, mut harmful) = (0u64, 0u64);
    for seed in 0..count() {
        let raw = mutated(&mut Dice::of(seed), &changes);
        let failing = Failing(seed);
        match refused(&base.document, &raw) {
            None => {
                let_in += 1;
                let applied = applied_bare(&base.document, &raw);
                assert!(applied.has_change(&hash_of(&raw)));
                assert_sound(&applied);
                let mut netted = base.document.clone();
                assert!(guarded(&mut netted, &raw));
                assert_eq!(netted.heads(), applied.heads());
            }
            Some(_) => {
                assert!(!guarded(&mut base.document.clone(), &raw));
                // What the rule is for, counted on a part of them.
                if seed % 10 == 0 {
                    harmful += u64::from(!matches!(bare(&base.document, &raw), Bare::Fine | Bare::Refused));
                }
            }
        }
        std::mem::forget(failing);
    }
    println!(
        "{} mutations: {let_in} let in; of a tenth of the others {harmful} would have harmed the library",
        count()
    );
    assert!(let_in * 100 > count(), "{let_in}: mutations that pass are what is to be shown harmless");
    assert!(harmful > 0);
}

/// Invariant: two hostile changes that know nothing of each other end in the same sound document in either order, and
/// so does a third that was made on both.
#[test]
fn pairs_of_hostile_changes_end_in_one_sound_document() {
    let base = worked_on();
    let changes = honest(&base, "GIZ");
    let mut pairs = 0u64;
    let mut seed = 1 << 40;
    while pairs < (count() / 20).max(30) {
        seed += 1;
        let failing = Failing(seed);
        let mut dice = Dice::of(seed);
        let mut one = || {
            let of = dice.pick(&changes).unwrap();
            let raw = operations(&mut dice, &of).raw();
            refused(&base.document, &raw).is_none().then_some(raw)
        };
        let (Some(first), Some(second)) = (one(), one()) else {
            std::mem::forget(failing);
            continue;
        };
        let mut second = Forge::of(&second);
        second.meta.actor = b"KfW".to_vec();
        let second = second.raw();
        if refused(&base.document, &second).is_some() {
            std::mem::forget(failing);
            continue;
        }
        pairs += 1;
        let there = applied_bare(&applied_bare(&base.document, &first), &second);
        let back = applied_bare(&applied_bare(&base.document, &second), &first);
        assert_eq!(there.heads(), back.heads());
        assert_eq!(there.view(&kind(), None), back.view(&kind(), None));
        assert_eq!(there.findings(&kind()), back.findings(&kind()));
        assert_sound(&there);
        // Made on both, of either's operations.
        let mut third = operations(&mut dice, &second);
        third.meta.seq += 1;
        third.meta.deps = there.heads();
        third.meta.start_op = there.graph.nodes().iter().map(|node| node.max_op).max().unwrap() + 1;
        let third = third.raw();
        if refused(&there, &third).is_none() {
            assert_sound(&applied_bare(&there, &third));
        }
        let mut guarded_in = base.document.clone();
        let outcome = guarded_in.apply_changes(&[&second, &first]);
        assert_eq!((outcome.applied.len(), guarded_in.heads()), (2, there.heads()));
        std::mem::forget(failing);
    }
}

/// Prints the seed of what fails.
struct Failing(u64);

impl Drop for Failing {
    fn drop(&mut self) {
        eprintln!("failed with seed {}", self.0);
    }
}
