//! Packs that somebody spoilt.

use std::sync::OnceLock;

use accord_core::{ChangeHash, LogId, Unreadable, verify_run};
use proptest::prelude::*;

use super::history::{History, PLACE};
use crate::pack::channel::plain;
use crate::pack::{Stretch, pack, unpack};

/// An honest pack, with no column deflated, and what comes out of it.
fn honest() -> &'static (Vec<u8>, Vec<Stretch>) {
    static MADE: OnceLock<(Vec<u8>, Vec<Stretch>)> = OnceLock::new();
    MADE.get_or_init(|| {
        let history = History::sample();
        let good = pack(&PLACE, &history.stretches()).unwrap();
        let out = unpack(&PLACE, &good).unwrap();
        let plain = plain(&good);
        assert_eq!(unpack(&PLACE, &plain).unwrap(), out);
        (plain, out)
    })
}

fn read_meta(payload: &[u8]) -> Result<accord_core::ChangeMeta, Unreadable> {
    let meta = crate::ChangeMeta::parse(payload).map_err(|error| Unreadable(error.to_string()))?;
    Ok(accord_core::ChangeMeta {
        hash: ChangeHash(meta.hash),
        actor: meta.actor,
        seq: meta.seq,
        start_op: meta.start_op,
        max_op: meta.max_op,
        deps: meta.deps.into_iter().map(ChangeHash).collect(),
    })
}

/// Invariant: nothing panics, and what verifies of a spoilt pack is what was signed. Everything else is refused as a run that does
/// not verify.
fn assert_harmless(spoilt: &[u8]) {
    let Ok(out) = unpack(&PLACE, spoilt) else { return };
    for stretch in out {
        let log = LogId { space: PLACE.space, device: stretch.device };
        let Ok(run) = verify_run(&PLACE.programme, log, stretch.entries, &read_meta) else { continue };
        let given = honest().1.iter().find(|given| given.device == stretch.device).unwrap();
        for (entry, _) in run.entries() {
            let signed = given.entries.iter().find(|signed| signed.header == entry.signed().header).unwrap();
            assert_eq!(signed.payload, entry.payload());
        }
    }
}

#[test]
fn every_flipped_bit_of_a_pack_is_harmless() {
    let good = &honest().0;
    for at in 0..good.len() {
        for bit in [0, 3, 7] {
            let mut spoilt = good.clone();
            spoilt[at] ^= 1 << bit;
            assert_harmless(&spoilt);
        }
        assert!(unpack(&PLACE, &good[..at]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The same where several bytes are others.
    #[test]
    fn spoilt_packs_are_harmless(
        spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut spoilt = honest().0.clone();
        for (at, byte) in &spoils {
            let at = at.index(spoilt.len());
            spoilt[at] = *byte;
        }
        assert_harmless(&spoilt);
    }
}
