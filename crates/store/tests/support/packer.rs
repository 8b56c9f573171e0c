//! Packs for tests, in the form that the node gives them.

#![allow(dead_code, reason = "each test file that includes this uses its own part")]

use std::sync::Arc;

use accord_core::{Entry, ProgrammeId, SignedEntry, SpaceId};
use accord_document::pack::{Place, pack, unpack};
use accord_store::{Logs, OwnHeads, PackBounds, PackReport, Packer, Store};

use crate::author::{PROGRAMME, key};

pub(crate) struct TestPacker;

impl Packer for TestPacker {
    fn pack(&self, programme: &ProgrammeId, space: &SpaceId, entries: &[Entry]) -> Option<Vec<u8>> {
        let place = Place { programme: *programme, space: *space };
        pack(&place, &[(entries.first()?.header().device, entries)]).ok()
    }

    fn unpack(
        &self,
        programme: &ProgrammeId,
        space: &SpaceId,
        pack: &[u8],
    ) -> Option<(u64, Vec<SignedEntry>)> {
        let stretches = unpack(&Place { programme: *programme, space: *space }, pack).ok()?;
        let [stretch] = <[_; 1]>::try_from(stretches).ok()?;
        Some((stretch.from, stretch.entries))
    }
}

/// The logs of device 1, whose entries may stand in packs.
pub(crate) fn open_packed(store: Arc<dyn Store>, own_heads: Option<OwnHeads>) -> Logs {
    Logs::open_with(store, PROGRAMME, key(1).id(), own_heads, Some(Arc::new(TestPacker))).unwrap()
}

/// Packs all but the newest entry, however few they are.
pub(crate) fn pack_all(logs: &Logs, most: usize) -> PackReport {
    logs.pack(&PackBounds { newest: 1, fewest: 1, most }, &mut |_, _| {}).unwrap()
}
