//! Making a home from a backup. It is always a new device: the key of the old one is not in the backup, and the old device
//! may have written more than the backup has, so nobody may go on in its place.

use std::path::Path;

use accord_core::Card;
use accord_core::api::{Problem, Restored, RootSecret};
use accord_core::governance::Record;
use accord_store::EngineKind;

use crate::home::{Home, Unlock, making};
use crate::replica::{Backup, Replica};
use crate::time::now;

/// Makes a home for a new device, called `name`, with all that is in the backup, in a store of the
/// engine. With the root key the device is certified at
/// once; without it asks for that, as any further device does.
///
/// # Errors
/// A [`Problem`] if the backup is not whole, or there is a home already; then no home is left behind.
pub fn restore(
    home: &Path,
    file: &Path,
    name: &str,
    root: Option<&RootSecret>,
    engine: EngineKind,
) -> Result<Restored, Problem> {
    let mut backup = Backup::open(file)?;
    let time = backup.preface.time;
    // A wrong root key is noticed before anything is made.
    let key = root.map(RootSecret::key).transpose()?;
    let card: Card =
        backup.preface.card.parse().map_err(|e: accord_core::CardError| Problem::from_error(&e))?;
    let made = making::device(home, &card.to_string(), name, engine)?;
    let filled = Home::open(home, Unlock::default()).and_then(Replica::open).and_then(|replica| {
        let entries = replica.put_back(&mut backup)?;
        if key.is_some() {
            let key = replica.root_key(root)?;
            let certificate = replica.home.certify_itself(&key)?;
            let programme = replica.programme()?;
            let record = Record::Device { certificate: Box::new(certificate), time: now() };
            programme.record(&replica.home.device, vec![record])?;
        }
        Ok(entries)
    });
    let entries = filled.inspect_err(|_| {
        let _ = std::fs::remove_dir_all(home);
    })?;
    Ok(Restored { made, entries, time, certified: key.is_some() })
}
