//! A node's home: the folder with its keys, its store and its settings.
//!
//! | file | is |
//! | --- | --- |
//! | `root.key`, `device.key` | the secret keys, readable by their owner only |
//! | `card` | the organisation's card |
//! | `own-heads` | the heads of the device's own logs, outside the store |
//! | `store/` | the store |
//! | `config.yaml` | settings, if any |
//! | `lock`, `starting.lock` | who uses the home |
//! | `run/` | the control socket of a running node |

mod config;
mod keys;
mod lock;

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use accord_core::api::{Initialised, PartyView, Problem};
use accord_core::{Card, DeviceKey, RootKey};
use accord_store::OwnHeads;

pub(crate) use config::Config;
pub(crate) use lock::{Gate, HomeLock};

/// An opened home. Its keys are in memory.
#[derive(Debug)]
pub(crate) struct Home {
    path: PathBuf,
    pub(crate) root: RootKey,
    pub(crate) device: DeviceKey,
    pub(crate) card: Card,
    pub(crate) config: Config,
}

impl Home {
    /// Makes a home at `path`, whole or not at all: it is made beside and moved to its place.
    pub(crate) fn init(path: &Path, organisation: &str, code: &str) -> Result<Initialised, Problem> {
        if path.join("card").exists() {
            return Err(Problem::failed(format!("there is an organisation in {} already", path.display()))
                .hint("choose another folder with --home, or go on with this one: accord status"));
        }
        if path.exists() && fs::read_dir(path).map_err(|e| cannot("read", path, &e))?.next().is_some() {
            return Err(Problem::failed(format!("{} is not empty", path.display()))
                .hint("choose an empty or new folder with --home"));
        }
        let (root, device) =
            (RootKey::from_seed(&*keys::random_seed()?), DeviceKey::from_seed(&*keys::random_seed()?));
        let card = Card::new(&root, &device, code, organisation).map_err(|e| {
            Problem::failed(e)
                .hint("a code is up to 16 letters and digits, such as CMI; a name is one line of text")
        })?;
        let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|e| cannot("make", parent, &e))?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let making = parent.join(format!(".{name}.{}.new", std::process::id()));
        let made = Self::fill(&making, &root, &device, &card).and_then(|()| {
            // An empty folder in the way was seen above; removing it only succeeds while it is empty.
            let _ = fs::remove_dir(path);
            fs::rename(&making, path).map_err(|e| cannot("move the new home to", path, &e))?;
            sync_dir(parent)
        });
        if made.is_err() {
            let _ = fs::remove_dir_all(&making);
        }
        made?;
        Ok(Initialised {
            home: path.display().to_string(),
            organisation: party(&card),
            card: card.to_string(),
        })
    }

    fn fill(path: &Path, root: &RootKey, device: &DeviceKey, card: &Card) -> Result<(), Problem> {
        fs::DirBuilder::new().mode(0o700).create(path).map_err(|e| cannot("make", path, &e))?;
        keys::write(&path.join("root.key"), "root", &root.seed())?;
        keys::write(&path.join("device.key"), "device", &device.seed())?;
        OwnHeads::create(path.join("own-heads")).map_err(|e| Problem::from_error(&e))?;
        keys::write_new(&path.join("card"), format!("{card}\n").as_bytes())?;
        sync_dir(path)
    }

    /// Opens a home, and checks that its keys are its owner's alone.
    pub(crate) fn open(path: &Path) -> Result<Self, Problem> {
        let card_path = path.join("card");
        if !card_path.exists() && path.join("root.key").exists() {
            return Err(Problem::failed(format!("the file {} is missing", card_path.display()))
                .hint("it is not secret: put it back from any copy of the line that accord card printed"));
        }
        if !card_path.exists() {
            return Err(Problem::failed(format!("there is no organisation in {}", path.display())).hint(
                "make one with: accord init --org NAME --code CODE (or name another folder with --home)",
            ));
        }
        let mode = fs::metadata(path).map_err(|e| cannot("look at", path, &e))?.permissions().mode();
        if mode & 0o022 != 0 {
            return Err(Problem::failed(format!("others can write to {}", path.display()))
                .hint(format!("run: chmod 700 {}", path.display())));
        }
        let root = RootKey::from_seed(&*keys::read(&path.join("root.key"), "root")?);
        let device = DeviceKey::from_seed(&*keys::read(&path.join("device.key"), "device")?);
        let line = fs::read_to_string(&card_path).map_err(|e| cannot("read", &card_path, &e))?;
        let card: Card = line.parse().map_err(|e| Problem::from_error(&e))?;
        if card.organisation.id != root.id() || card.device.device != device.id() {
            return Err(Problem::failed(format!(
                "the card and the keys in {} do not belong together",
                path.display()
            ))
            .hint("put back the files of one and the same backup"));
        }
        let config = Config::read(&path.join("config.yaml"))?;
        Ok(Self { path: path.to_owned(), root, device, card, config })
    }

    /// Where the store is.
    pub(crate) fn store(&self) -> PathBuf {
        self.path.join("store")
    }

    /// The file of own heads.
    pub(crate) fn own_heads(&self) -> Result<OwnHeads, Problem> {
        OwnHeads::load(self.path.join("own-heads")).map_err(|e| {
            Problem::from_error(&e).hint(
                "without this file the node cannot tell whether its store is complete; put it back from where the \
                 home was, and do not copy homes",
            )
        })
    }

    /// This organisation, for people.
    pub(crate) fn party(&self) -> PartyView {
        party(&self.card)
    }
}

/// An organisation by its names.
pub(crate) fn party(card: &Card) -> PartyView {
    let organisation = &card.organisation;
    PartyView { id: organisation.id, code: organisation.code.clone(), name: organisation.name.clone() }
}

/// The problem that an operating system error on a path is, with what helps in the common cases.
pub(crate) fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> Problem {
    let problem = Problem::failed(format!("cannot {verb} {}: {error}", path.display()));
    match error.kind() {
        std::io::ErrorKind::StorageFull => problem.hint("the disk is full: make space and try again"),
        std::io::ErrorKind::PermissionDenied => problem.hint("check who owns it"),
        std::io::ErrorKind::ReadOnlyFilesystem => {
            problem.hint("the disk is read-only: make it writable again")
        }
        _ => problem,
    }
}

fn sync_dir(path: &Path) -> Result<(), Problem> {
    fs::File::open(path).and_then(|dir| dir.sync_all()).map_err(|e| cannot("write", path, &e))
}
