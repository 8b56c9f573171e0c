//! Key files: one line that says what it is, then the seed, plain or sealed by a passphrase. Owner-only, checked whenever
//! they are read.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use accord_core::api::{Exit, Problem};
use accord_words::problem;
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::seal::{self, Unopened};
use super::{Doing, cannot, sync_dir};

pub(crate) type Seed = Zeroizing<[u8; 32]>;

/// How the passphrase of a sealed key is come by: from a person, or from where a person put it.
#[derive(Debug, Clone, Copy)]
pub struct Unlock(pub fn(&Path) -> Result<Zeroizing<String>, Problem>);

impl Default for Unlock {
    /// For who has no sealed keys: it knows no passphrase.
    fn default() -> Self {
        Self(|path| {
            Err(problem!("passphrase-sealed", file = path.display().to_string()).exit(Exit::PersonNeeded))
        })
    }
}

/// Thirty-two bytes from the operating system.
pub(super) fn random_seed() -> Result<Seed, Problem> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|e| problem!("no-randomness", why = e.to_string()))?;
    Ok(seed)
}

/// Writes a new owner-only file, durably.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all())).map_err(|e| {
        if e.kind() == std::io::ErrorKind::AlreadyExists {
            return problem!("key-file-exists", path = path.display().to_string());
        }
        cannot(Doing::Write, path, &e)
    })
}

/// Writes an owner-only file, in the place of another if there is one: beside it, then by one rename, so that at any moment
/// what stands there is whole.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // What an interrupted attempt left is of no use: nothing has been told of it.
    let _ = fs::remove_file(&beside);
    write_new(&beside, bytes)?;
    fs::rename(&beside, path).map_err(|e| cannot(Doing::Move, path, &e))?;
    sync_dir(folder(path))
}

/// Writes a new key file, sealed if there is a passphrase.
pub(super) fn write(
    path: &Path,
    what: &str,
    seed: &[u8; 32],
    passphrase: Option<&str>,
) -> Result<(), Problem> {
    write_new(path, written(what, seed, passphrase)?.as_bytes())
}

/// Writes a key file in the place of another.
pub(super) fn replace(
    path: &Path,
    what: &str,
    seed: &[u8; 32],
    passphrase: Option<&str>,
) -> Result<(), Problem> {
    put(path, written(what, seed, passphrase)?.as_bytes())
}

/// What a key file holds.
fn written(what: &str, seed: &[u8; 32], passphrase: Option<&str>) -> Result<Zeroizing<String>, Problem> {
    Ok(Zeroizing::new(match passphrase {
        None => format!("accord {what} key 1\n{}\n", HEXLOWER.encode(seed)),
        Some(passphrase) => format!("accord {what} key 1 sealed\n{}", seal::seal(what, seed, passphrase)?),
    }))
}

/// The folder that a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The text of a key file, after its first line; and whether it is sealed.
fn text(path: &Path, what: &str) -> Result<(Zeroizing<String>, bool), Problem> {
    let metadata = fs::metadata(path).map_err(|e| cannot(Doing::LookAt, path, &e))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(problem!("key-open-to-others", path = path.display().to_string()));
    }
    if metadata.len() > 4096 {
        return Err(not_a_key(path, what));
    }
    let bytes = Zeroizing::new(fs::read(path).map_err(|e| cannot(Doing::Read, path, &e))?);
    let text = std::str::from_utf8(&bytes).map_err(|_| not_a_key(path, what))?;
    let (first, rest) = text.split_once('\n').ok_or_else(|| not_a_key(path, what))?;
    let plain = format!("accord {what} key 1");
    let sealed = first.strip_prefix(&plain).ok_or_else(|| not_a_key(path, what))?;
    match sealed {
        "" => Ok((Zeroizing::new(rest.to_owned()), false)),
        " sealed" => Ok((Zeroizing::new(rest.to_owned()), true)),
        _ => Err(not_a_key(path, what)),
    }
}

/// Whether a key file is sealed; its permissions are checked too.
pub(crate) fn is_sealed(path: &Path, what: &str) -> Result<bool, Problem> {
    text(path, what).map(|(_, sealed)| sealed)
}

/// Reads a key file, with the passphrase that `unlock` gives if it is sealed.
pub(crate) fn read(path: &Path, what: &str, unlock: Unlock) -> Result<Seed, Problem> {
    let (text, sealed) = text(path, what)?;
    if sealed {
        let passphrase = (unlock.0)(path)?;
        return seal::open(what, &text, &passphrase).map_err(|why| match why {
            Unopened::Malformed => not_a_key(path, what),
            Unopened::Passphrase => {
                problem!("passphrase-wrong", path = path.display().to_string()).exit(Exit::PersonNeeded)
            }
        });
    }
    let bytes =
        Zeroizing::new(HEXLOWER.decode(text.trim_end().as_bytes()).map_err(|_| not_a_key(path, what))?);
    let mut seed = Zeroizing::new([0; 32]);
    if bytes.len() != 32 {
        return Err(not_a_key(path, what));
    }
    seed.copy_from_slice(&bytes);
    Ok(seed)
}

fn not_a_key(path: &Path, what: &str) -> Problem {
    let path = path.display().to_string();
    match what {
        "root" => problem!("not-a-root-key-file", path),
        _ => problem!("not-a-device-key-file", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        write(&path, "root", &[7; 32], None).unwrap();
        assert_eq!(*read(&path, "root", Unlock::default()).unwrap(), [7; 32]);
        assert!(read(&path, "device", Unlock::default()).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let problem = read(&path, "root", Unlock::default()).unwrap_err();
        assert!(problem.hint.unwrap().starts_with("run: chmod 600"));
    }

    #[test]
    fn a_key_file_is_sealed_in_its_place_and_opens_by_its_passphrase() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("device.key");
        write(&path, "device", &[7; 32], None).unwrap();
        replace(&path, "device", &[7; 32], Some("two words")).unwrap();
        assert!(is_sealed(&path, "device").unwrap());
        assert_eq!(read(&path, "device", Unlock::default()).unwrap_err().exit, Exit::PersonNeeded);
        let right = Unlock(|_| Ok(Zeroizing::new("two words".to_owned())));
        assert_eq!(*read(&path, "device", right).unwrap(), [7; 32]);
        let wrong = Unlock(|_| Ok(Zeroizing::new("three words".to_owned())));
        assert!(read(&path, "device", wrong).unwrap_err().message.contains("does not open"));
    }
}
