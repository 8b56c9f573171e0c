//! How entries stand in packs in the store: in the form in which they travel.

use std::path::Path;
use std::sync::Arc;

use accord_core::api::Problem;
use accord_core::{DeviceId, Entry, ProgrammeId, SignedEntry, SpaceId};
use accord_document::pack::{Place, pack, unpack};
use accord_store::{EngineKind, Logs, Op, PackBounds, PackReport, Packer, Scan, Store, StoreError, Tree};

use super::{PROGRAMME, logs_problem, store_problem};

/// Packs of one log each.
pub(crate) struct LogPacker;

impl Packer for LogPacker {
    fn pack(&self, programme: &ProgrammeId, space: &SpaceId, entries: &[Entry]) -> Option<Vec<u8>> {
        let device = entries.first()?.header().device;
        let place = Place { programme: *programme, space: *space };
        let packed = pack(&place, &[(device, entries)]);
        packed.inspect_err(|error| tracing::debug!(%error, "these entries do not pack")).ok()
    }

    fn unpack(
        &self,
        programme: &ProgrammeId,
        space: &SpaceId,
        pack: &[u8],
    ) -> Option<(u64, Vec<SignedEntry>)> {
        let stretches = unpack(&Place { programme: *programme, space: *space }, pack);
        let stretches =
            stretches.inspect_err(|error| tracing::error!(%error, "a pack cannot be read")).ok()?;
        let [stretch] = <[_; 1]>::try_from(stretches).ok()?;
        Some((stretch.from, stretch.entries))
    }
}

/// Puts the old entries of the store in a folder into packs, and drops what is kept of documents to read them sooner: whoever
/// reads one next makes it again from its entries. What lists show of them stays. Nobody else has the store open. `progress` is
/// told how many entries were looked at, and of how many.
pub(crate) fn pack_store(
    store: &Path,
    bounds: &PackBounds,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<PackReport, Problem> {
    // Opening would make one.
    if !store.exists() {
        return Ok(PackReport::default());
    }
    let (store, _) = accord_store::open(store, EngineKind::default()).map_err(|e| store_problem(&e))?;
    let id = store.get(Tree::Meta, PROGRAMME).map_err(|e| store_problem(&e))?;
    let Some(id) = id else { return Ok(PackReport::default()) };
    // Looked at before anything is changed: a store with damage cannot be copied, and is to be mended as it is.
    accord_store::intact(store.as_ref()).map_err(|e| store_problem(&e))?;
    let id = ProgrammeId::try_from(id.as_slice()).map_err(|e| Problem::from_error(&e))?;
    // No device: nothing is appended, taken in, or compared with what was signed. So the key may stay sealed.
    let nobody = DeviceId([0; 32]);
    let logs = Logs::open_with(Arc::clone(&store), id, nobody, None, Some(Arc::new(LogPacker)));
    let packed = logs.and_then(|logs| logs.pack(bounds, progress));
    let packed = packed.map_err(|e| logs_problem(&e))?;
    drop_snapshots(store.as_ref()).map_err(|e| store_problem(&e))?;
    Ok(packed)
}

fn drop_snapshots(store: &dyn Store) -> Result<(), StoreError> {
    let mut next = Some(Scan::prefix(Tree::Snapshots, [b'd']).keys());
    while let Some(scan) = next {
        let page = store.scan(&scan)?;
        if !page.items.is_empty() {
            store
                .commit(page.items.into_iter().map(|(key, _)| Op::delete(Tree::Snapshots, key)).collect())?;
        }
        next = page.next.map(|next| scan.resume(next));
    }
    Ok(())
}
