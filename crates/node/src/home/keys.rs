//! Key files: one line that says what it is, one with the seed. Owner-only, checked whenever they are read.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use accord_core::api::Problem;
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::cannot;

/// Thirty-two bytes from the operating system.
pub(super) fn random_seed() -> Result<Zeroizing<[u8; 32]>, Problem> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())
        .map_err(|e| Problem::failed(format!("the system gives no randomness: {e}")))?;
    Ok(seed)
}

/// Writes a new owner-only file, durably.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|e| cannot("write", path, &e))
}

pub(super) fn write(path: &Path, what: &str, seed: &[u8; 32]) -> Result<(), Problem> {
    let text = Zeroizing::new(format!("accord {what} key 1\n{}\n", HEXLOWER.encode(seed)));
    write_new(path, text.as_bytes())
}

pub(super) fn read(path: &Path, what: &str) -> Result<Zeroizing<[u8; 32]>, Problem> {
    let metadata = fs::metadata(path).map_err(|e| cannot("look at", path, &e))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(Problem::failed(format!(
            "others than its owner can reach the key file {}",
            path.display()
        ))
        .hint(format!("run: chmod 600 {}", path.display())));
    }
    if metadata.len() > 4096 {
        return Err(not_a_key(path, what));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|e| cannot("read", path, &e))?);
    let line = text.strip_prefix(&format!("accord {what} key 1\n")).ok_or_else(|| not_a_key(path, what))?;
    let bytes =
        Zeroizing::new(HEXLOWER.decode(line.trim_end().as_bytes()).map_err(|_| not_a_key(path, what))?);
    let mut seed = Zeroizing::new([0; 32]);
    if bytes.len() != 32 {
        return Err(not_a_key(path, what));
    }
    seed.copy_from_slice(&bytes);
    Ok(seed)
}

fn not_a_key(path: &Path, what: &str) -> Problem {
    Problem::failed(format!("{} is not a {what} key file", path.display())).hint("put it back from a backup")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        write(&path, "root", &[7; 32]).unwrap();
        assert_eq!(*read(&path, "root").unwrap(), [7; 32]);
        assert!(read(&path, "device").is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let problem = read(&path, "root").unwrap_err();
        assert!(problem.hint.unwrap().starts_with("run: chmod 600"));
    }
}
