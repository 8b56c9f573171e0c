//! The passphrase of a sealed key: from the file that `ACCORD_PASSPHRASE_FILE` names, else from a person, unseen.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use accord_core::api::{Exit, Problem};
use accord_node::Unlock;
use zeroize::Zeroizing;

use crate::terminal::can_ask;

const FILE: &str = "ACCORD_PASSPHRASE_FILE";

/// Shorter ones can be tried out by whoever has the file.
const MIN_LENGTH: usize = 8;

/// Asks for the passphrase of a key file.
pub(crate) fn unlock() -> Unlock {
    Unlock(|key| {
        let question = format!("Passphrase of {}: ", key.display());
        match from_file()? {
            Some(passphrase) => Ok(passphrase),
            None => ask(&question, &format!("the key file {} is sealed by a passphrase", key.display())),
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
            let first = ask("New passphrase: ", "a passphrase is needed")?;
            if first != ask("The same again: ", "a passphrase is needed")? {
                return Err(Problem::failed("the two passphrases differ; nothing was changed"));
            }
            first
        }
    };
    if passphrase.chars().count() < MIN_LENGTH {
        return Err(Problem::failed(format!("a passphrase has at least {MIN_LENGTH} characters"))
            .hint("several words that do not belong together are strong, and easy to keep in mind"));
    }
    Ok(passphrase)
}

fn ask(question: &str, why: &str) -> Result<Zeroizing<String>, Problem> {
    let nobody = || {
        Problem::failed(format!("{why}, and there is no terminal to ask"))
            .exit(Exit::PersonNeeded)
            .hint(format!("run it in a terminal, or name a file with the passphrase in {FILE}"))
    };
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
    let cannot = |e: std::io::Error| Problem::failed(format!("cannot read {}: {e}", path.display()));
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(Problem::failed(format!("others than its owner can reach {}", path.display()))
            .hint(format!("run: chmod 600 {}", path.display())));
    }
    if metadata.len() > 4096 {
        return Err(Problem::failed(format!("{} is too long for a passphrase", path.display())));
    }
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(cannot)
}
