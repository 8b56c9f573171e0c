//! Walking a whole range over damaged values: for caches, and for whoever looks for damage.

use crate::{Scan, Store, StoreError};

/// Calls `with` for every key of a range in order, page by page, with its value, or with none where that is damaged.
///
/// # Errors
/// What `with` gives, or a [`StoreError`] other than damage to one value.
pub fn walk<E: From<StoreError>>(
    store: &dyn Store,
    scan: &Scan,
    mut with: impl FnMut(&[u8], Option<&[u8]>) -> Result<(), E>,
) -> Result<(), E> {
    let mut scan = scan.clone();
    loop {
        match store.scan(&scan) {
            Ok(page) => {
                for (key, value) in &page.items {
                    with(key, Some(value))?;
                }
                let Some(next) = page.next else { return Ok(()) };
                scan = scan.resume(next);
            }
            Err(StoreError::Damaged { key, .. }) => {
                with(&key, None)?;
                scan = scan.after(&key);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryStore, Op, Tree};

    #[test]
    fn a_walk_goes_on_over_what_is_damaged_in_both_directions() {
        let store = MemoryStore::new();
        let keys: Vec<u8> = (0..9).collect();
        store.commit(keys.iter().map(|key| Op::put(Tree::Meta, [*key], [*key])).collect()).unwrap();
        for damaged in [0, 4, 5, 8] {
            store.damage(Tree::Meta, &[damaged]);
        }
        for scan in [Scan::all(Tree::Meta), Scan::all(Tree::Meta).items(2), Scan::all(Tree::Meta).reversed()]
        {
            let mut seen = Vec::new();
            walk::<StoreError>(&store, &scan, |key, value| {
                seen.push((key[0], value.is_some()));
                Ok(())
            })
            .unwrap();
            seen.sort_unstable();
            let whole = |key: &u8| ![0, 4, 5, 8].contains(key);
            assert!(seen.into_iter().eq(keys.iter().map(|key| (*key, whole(key)))), "{scan:?}");
        }
    }
}
