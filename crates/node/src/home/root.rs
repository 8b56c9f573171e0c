//! The root key of a home: where it is, and keeping it elsewhere.
//!
//! It is needed to found and to countersign, for the devices of the organisation, and for what the constitution says; not
//! from day to day. So it may live apart, on a stick in a drawer, and every command that needs it takes the file by name.

use std::fs;
use std::path::{Path, PathBuf};

use accord_core::RootKey;
use accord_core::api::{Exit, Problem, RootSecret};
use accord_words::problem;

use super::keys::{self, Unlock};
use super::{Doing, Home, cannot, sync_dir};

/// Where a home keeps its root key, if it does.
pub(super) const FILE: &str = "root.key";

impl Home {
    /// The root key: the one that came with the request, else the one in the home. Whether it is the organisation's root
    /// key of now is for the programme to say.
    pub(crate) fn root_key(&self, given: Option<&RootSecret>) -> Result<RootKey, Problem> {
        if let Some(secret) = given {
            return secret.key();
        }
        let path = self.path.join(FILE);
        if !path.exists() {
            return Err(problem!("root-key-elsewhere").exit(Exit::PersonNeeded));
        }
        Ok(RootKey::from_seed(&*keys::read(&path, "root", Unlock::default())?))
    }

    /// Whether the device key is sealed.
    pub(crate) fn device_sealed(&self) -> Result<bool, Problem> {
        keys::is_sealed(&self.path.join("device.key"), "device")
    }

    /// Whether the root key is in the home, and whether it is sealed there.
    pub(crate) fn root_kept(&self) -> Result<Option<bool>, Problem> {
        let path = self.path.join(FILE);
        if path.exists() { keys::is_sealed(&path, "root").map(Some) } else { Ok(None) }
    }
}

/// The root key to send along with a request: of a file that is named, or of the home if it is sealed there. None if the
/// node finds it by itself, or will say that there is none.
///
/// # Errors
/// A [`Problem`] if the file is no root key, or does not open.
pub fn root_for_request(
    home: &Path,
    file: Option<&Path>,
    unlock: Unlock,
) -> Result<Option<RootSecret>, Problem> {
    let kept = home.join(FILE);
    let path = match file {
        Some(file) => file,
        None if kept.exists() && keys::is_sealed(&kept, "root")? => &kept,
        None => return Ok(None),
    };
    let key = RootKey::from_seed(&*keys::read(path, "root", unlock)?);
    Ok(Some(RootSecret::new(&key)))
}

/// The root key that is to take the place of the organisation's: made in a new file, or read from one that was made before,
/// as when the proposal is put up again.
///
/// # Errors
/// A [`Problem`] if the file cannot be written, or is no root key.
pub fn new_root(file: &Path, unlock: Unlock) -> Result<RootSecret, Problem> {
    if !file.exists() {
        keys::write(file, "root", &*keys::random_seed()?, None)?;
        sync_dir(keys::folder(file))?;
    }
    Ok(RootSecret::new(&RootKey::from_seed(&*keys::read(file, "root", unlock)?)))
}

/// Writes the root key of a home to a file elsewhere, and without `keep` removes it from the home.
///
/// # Errors
/// A [`Problem`] if there is none, or it could not be written; then it is still in the home.
pub fn export_root(home: &Path, file: &Path, keep: bool, unlock: Unlock) -> Result<(), Problem> {
    let kept = home.join(FILE);
    if !kept.exists() {
        return Err(problem!("no-root-key", home = home.display().to_string()));
    }
    if !keep && fs::canonicalize(keys::folder(file)).ok() == fs::canonicalize(home).ok() {
        return Err(problem!("still-in-home"));
    }
    // A sealed key stays sealed: its file is copied as it is, after it was seen to open.
    let seed = keys::read(&kept, "root", unlock)?;
    let bytes = zeroize::Zeroizing::new(fs::read(&kept).map_err(|e| cannot(Doing::Read, &kept, &e))?);
    keys::write_new(file, &bytes)?;
    sync_dir(keys::folder(file))?;
    let again = zeroize::Zeroizing::new(fs::read(file).map_err(|e| cannot(Doing::Read, file, &e))?);
    if again != bytes {
        return Err(problem!("root-copy-differs", file = file.display().to_string()));
    }
    drop(seed);
    if !keep {
        fs::remove_file(&kept).map_err(|e| cannot(Doing::Remove, &kept, &e))?;
        sync_dir(home)?;
    }
    Ok(())
}

/// The key files that can be sealed, or unsealed: the one that is named, else those of the home.
///
/// # Errors
/// A [`Problem`] if there is none.
pub fn sealable(
    home: &Path,
    file: Option<&Path>,
    seal: bool,
) -> Result<Vec<(PathBuf, &'static str)>, Problem> {
    let named = file.map(|file| vec![(file.to_owned(), "root")]);
    let kept = || vec![(home.join("device.key"), "device"), (home.join(FILE), "root")];
    let mut files = named.unwrap_or_else(kept);
    files.retain(|(path, _)| file.is_some() || path.exists());
    if files.is_empty() {
        return Err(problem!("no-keys-here", home = home.display().to_string()));
    }
    let mut found = Vec::new();
    for (path, what) in files {
        if keys::is_sealed(&path, what)? != seal {
            found.push((path, what));
        }
    }
    if found.is_empty() {
        return Err(if seal { problem!("keys-sealed-already") } else { problem!("keys-not-sealed") });
    }
    Ok(found)
}

/// Seals keys by a passphrase, or with none takes the seal off: of the root key file that is named, else of the home.
/// Gives the files that were written anew.
///
/// # Errors
/// A [`Problem`] if there is nothing to do, or a key does not open.
pub fn reseal(
    home: &Path,
    file: Option<&Path>,
    unlock: Unlock,
    passphrase: Option<&str>,
) -> Result<Vec<String>, Problem> {
    let mut done = Vec::new();
    for (path, what) in sealable(home, file, passphrase.is_some())? {
        let seed = keys::read(&path, what, unlock)?;
        keys::replace(&path, what, &seed, passphrase)?;
        done.push(path.display().to_string());
    }
    Ok(done)
}
