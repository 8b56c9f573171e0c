//! Damage to a store, for tests: as a failing disk would do it, whatever the engine.

use std::path::Path;

use super::{EngineKind, note};
use crate::{RedbStore, Scan, SledStore, Store, StoreError, Tree, walk};

/// Damages the values of a tree that are `wanted`, by key and value, in a store that is not open. Gives how many.
///
/// # Errors
/// What stands in the way of opening or writing it.
pub fn damage_where(
    path: impl AsRef<Path>,
    tree: Tree,
    wanted: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<usize, StoreError> {
    let path = path.as_ref();
    match note::read(path)?.unwrap_or_default() {
        EngineKind::Sled => {
            let store = SledStore::open(path)?;
            each(&store, tree, wanted, |key| store.damage(tree, key))
        }
        EngineKind::Redb => {
            let store = RedbStore::open(path)?;
            each(&store, tree, wanted, |key| store.damage(tree, key))
        }
    }
}

fn each(
    store: &dyn Store,
    tree: Tree,
    wanted: impl Fn(&[u8], &[u8]) -> bool,
    damage: impl Fn(&[u8]) -> Result<bool, StoreError>,
) -> Result<usize, StoreError> {
    let mut keys = Vec::new();
    walk::<StoreError>(store, &Scan::all(tree), |key, value| {
        keys.extend(value.is_some_and(|value| wanted(key, value)).then(|| key.to_vec()));
        Ok(())
    })?;
    let mut damaged = 0;
    for key in keys {
        damaged += usize::from(damage(&key)?);
    }
    Ok(damaged)
}
