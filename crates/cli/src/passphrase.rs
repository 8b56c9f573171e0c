//! The passphrase of a sealed key: from the file that `ACCORD_PASSPHRASE_FILE` names, else from a person, unseen.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use accord_core::api::{Exit, Problem};
use accord_node::Unlock;
use accord_words::{problem, say};
use zeroize::Zeroizing;

use crate::terminal::can_ask;

const FILE: &str = "ACCORD_PASSPHRASE_FILE";

/// Shorter ones can be tried out by whoever has the file.
const MIN_LENGTH: usize = 8;

/// Asks for the passphrase of a key file.
pub(crate) fn unlock() -> Unlock {
    Unlock(|key| {
        let file = key.display().to_string();
        let question = format!("{} ", say!("passphrase-of", file));
        match from_file()? {
            Some(passphrase) => Ok(passphrase),
            None => ask(&question, &say!("passphrase-sealed", file)),
        }
    })
}

/// Asks for a new passphrase: a person twice.
///
/// # Errors
/// A problem if there is nobody to ask, the two differ, or it is too short.
pub(crate) fn new() -> Result<Zeroizing<String>, Problem> {
    let passphrase = match from_file()? {
        Some(passphrase) => passphrase,
        None => {
            let needed = say!("passphrase-needed");
            let first = ask(&format!("{} ", say!("passphrase-new")), &needed)?;
            if first != ask(&format!("{} ", say!("passphrase-again")), &needed)? {
                return Err(problem!("passphrases-differ"));
            }
            first
        }
    };
    if passphrase.chars().count() < MIN_LENGTH {
        return Err(problem!("passphrase-short", length = MIN_LENGTH));
    }
    Ok(passphrase)
}

fn ask(question: &str, why: &str) -> Result<Zeroizing<String>, Problem> {
    let nobody = || problem!("nobody-for-passphrase", why = why, variable = FILE).exit(Exit::PersonNeeded);
    if !can_ask() {
        return Err(nobody());
    }
    rpassword::prompt_password(question).map(Zeroizing::new).map_err(|_| nobody())
}

fn from_file() -> Result<Option<Zeroizing<String>>, Problem> {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return Ok(None) };
    let text = read(&path)?;
    Ok(Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())))
}

fn read(path: &Path) -> Result<Zeroizing<String>, Problem> {
    let file = path.display().to_string();
    let cannot = |e: std::io::Error| problem!("cannot-read", file, why = e.to_string());
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(problem!("file-open-to-others", file));
    }
    if metadata.len() > 4096 {
        return Err(problem!("passphrase-too-long", file));
    }
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(cannot)
}
