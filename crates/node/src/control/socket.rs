//! Where the control socket is.
//!
//! In the home, in a folder of its own that only the owner can enter. The address of a Unix socket is at most about a
//! hundred bytes, so the socket of a home with a long path is in a private folder with a short one; its path is
//! then recorded in the home, because the environment of the client can name another folder than the node's did.

use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use accord_core::{api::Problem, tagged_hash};
use accord_words::{problem, say};
use data_encoding::HEXLOWER;

use crate::home::Doing;

/// 108 bytes on Linux and 104 on macOS, with the final zero byte and some room.
const MAX_PATH: usize = 100;
/// The recorded path is read from a file that only the owner can write, but is still no reason to read gigabytes.
const MAX_RECORD: u64 = 4096;

const FOLDER: &str = "run";
const SOCKET: &str = "control.sock";
const RECORD: &str = "control.path";

/// Where the running node of a home can be asked, if one runs.
pub(crate) fn socket_to_ask(home: &Path) -> PathBuf {
    let folder = absolute(home).join(FOLDER);
    recorded(&folder.join(RECORD)).unwrap_or_else(|| folder.join(SOCKET))
}

/// Where the node of a home serves. Makes the folder if it is not there, and records the path if need be.
///
/// # Errors
/// A problem if there is no folder that only the owner can enter.
pub(crate) fn socket_to_serve(home: &Path) -> Result<PathBuf, Problem> {
    let folder = absolute(home).join(FOLDER);
    private_folder(&folder)?;
    let record = folder.join(RECORD);
    let socket = folder.join(SOCKET);
    if socket.as_os_str().len() <= MAX_PATH {
        // An earlier, longer name of the same home may have left one.
        remove(&record)?;
        return Ok(socket);
    }
    let short = runtime_folder();
    private_folder(&short)?;
    let id = tagged_hash("control socket", &[absolute(home).as_os_str().as_bytes()]);
    let digits = HEXLOWER.encode(&id[..8]);
    let socket = short.join(format!("{digits}.sock"));
    std::fs::write(&record, socket.as_os_str().as_bytes()).map_err(|e| cannot(Doing::Write, &record, &e))?;
    Ok(socket)
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), Problem> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(cannot(Doing::Remove, path, &error)),
        _ => Ok(()),
    }
}

/// A problem with a file of the control socket.
pub(super) fn cannot(what: Doing, path: &Path, error: &std::io::Error) -> Problem {
    crate::home::cannot(what, path, error).hint(say!("check-folder"))
}

/// The problem that the system lets this user not as far as the socket. Whose folder is in the way is told by the
/// nearest one that can be looked at: what a closed folder holds cannot be.
pub(super) fn closed(socket: &Path, ours: u32) -> Problem {
    let nearest = socket.ancestors().find_map(|path| Some((path, std::fs::symlink_metadata(path).ok()?)));
    match nearest {
        Some((path, found)) if found.uid() == ours => {
            problem!("closed-to-owner", path = path.display().to_string())
        }
        _ => problem!("home-of-another"),
    }
}

fn absolute(home: &Path) -> PathBuf {
    // Links resolved where possible, so that two ways to write one home lead to one socket.
    home.canonicalize().or_else(|_| std::path::absolute(home)).unwrap_or_else(|_| home.to_path_buf())
}

fn recorded(record: &Path) -> Option<PathBuf> {
    let size = std::fs::metadata(record).ok()?.len();
    if size > MAX_RECORD {
        return None;
    }
    let bytes = std::fs::read(record).ok()?;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(&bytes)))
}

fn runtime_folder() -> PathBuf {
    let uid = rustix::process::geteuid().as_raw();
    let given = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let usable = given.filter(|path| {
        let ours = std::fs::metadata(path).is_ok_and(|m| m.is_dir() && m.uid() == uid);
        path.is_absolute() && path.as_os_str().len() < MAX_PATH - 40 && ours
    });
    match usable {
        Some(path) => path.join("accord"),
        None => PathBuf::from(format!("/tmp/accord-{uid}")),
    }
}

/// Makes sure that a folder is ours and that nobody else can enter it. In a shared place like `/tmp` another user may
/// have made one under our name, or a link to elsewhere: such a folder is refused and not used.
fn private_folder(folder: &Path) -> Result<(), Problem> {
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(cannot(Doing::Make, folder, &error)),
    }
    let found = std::fs::symlink_metadata(folder).map_err(|e| cannot(Doing::LookAt, folder, &e))?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() {
        return Err(problem!("folder-not-yours", folder = folder.display().to_string()));
    }
    if found.mode() & 0o077 != 0 {
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder, mode).map_err(|e| cannot(Doing::Close, folder, &e))?;
    }
    Ok(())
}
