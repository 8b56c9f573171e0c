//! Making a home: that of an organisation, or that of a further device of one. Whole or not at all: it is made beside and
//! moved to its place.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use accord_core::api::{Exit, Initialised, Problem};
use accord_core::{Card, CardError, DeviceKey, DeviceRequest, RootKey};
use accord_store::{EngineKind, OwnHeads};
use accord_words::{problem, say};

use super::{Doing, cannot, keys, party, sync_dir};
use crate::replica::store_problem;

/// A home for a new organisation. The root key goes to `root_file` if that is named, and into the home otherwise.
pub(crate) fn organisation(
    path: &Path,
    name: &str,
    code: &str,
    root_file: Option<&Path>,
    engine: EngineKind,
) -> Result<Initialised, Problem> {
    free(path)?;
    let (root, device) =
        (RootKey::from_seed(&*keys::random_seed()?), DeviceKey::from_seed(&*keys::random_seed()?));
    let card = Card::new(&root, &device, code, name)
        .map_err(|e| Problem::from_error(&e).exit(Exit::Usage).hint(say!("organisation-name-hint")))?;
    if let Some(file) = root_file {
        // First, so that no organisation exists whose root key could not be kept.
        keys::write(file, "root", &root.seed(), None)?;
        sync_dir(keys::folder(file))?;
    }
    make(path, |making| {
        if root_file.is_none() {
            keys::write(&making.join("root.key"), "root", &root.seed(), None)?;
        }
        fill(making, &device, &card, engine)
    })
    .inspect_err(|_| {
        if let Some(file) = root_file {
            let _ = fs::remove_file(file);
        }
    })?;
    Ok(Initialised {
        home: path.display().to_string(),
        organisation: party(&card),
        card: card.to_string(),
        root_key: root_file.map(|file| file.display().to_string()),
        request: None,
    })
}

/// A home for a further device of the organisation of a card.
pub(crate) fn device(
    path: &Path,
    card: &str,
    name: &str,
    engine: EngineKind,
) -> Result<Initialised, Problem> {
    free(path)?;
    let card: Card = card.parse().map_err(|e: CardError| Problem::from_error(&e).exit(Exit::Usage))?;
    let key = DeviceKey::from_seed(&*keys::random_seed()?);
    let request = DeviceRequest::new(card.organisation.id, &key, name)
        .map_err(|e| Problem::from_error(&e).exit(Exit::Usage).hint(say!("device-name-hint")))?;
    make(path, |making| {
        keys::write_new(&making.join("request"), format!("{request}\n").as_bytes())?;
        fill(making, &key, &card, engine)
    })?;
    Ok(Initialised {
        home: path.display().to_string(),
        organisation: party(&card),
        card: card.to_string(),
        root_key: None,
        request: Some(request.to_string()),
    })
}

/// Refuses a place where something is.
fn free(path: &Path) -> Result<(), Problem> {
    if path.join("card").exists() {
        return Err(problem!("home-taken", path = path.display().to_string()));
    }
    if path.exists() && fs::read_dir(path).map_err(|e| cannot(Doing::Read, path, &e))?.next().is_some() {
        return Err(problem!("home-not-empty", path = path.display().to_string()));
    }
    Ok(())
}

/// Makes a folder by `fill`, and moves it to its place.
pub(super) fn make(path: &Path, fill: impl FnOnce(&Path) -> Result<(), Problem>) -> Result<(), Problem> {
    let parent = keys::folder(path);
    fs::create_dir_all(parent).map_err(|e| cannot(Doing::Make, parent, &e))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let making = parent.join(format!(".{name}.{}.new", std::process::id()));
    fs::DirBuilder::new().mode(0o700).create(&making).map_err(|e| cannot(Doing::Make, &making, &e))?;
    let made = fill(&making).and_then(|()| sync_dir(&making)).and_then(|()| {
        // An empty folder in the way was seen above; removing it only succeeds while it is empty.
        let _ = fs::remove_dir(path);
        // Somebody else may have been as fast; then that is what is told.
        fs::rename(&making, path)
            .map_err(|e| free(path).err().unwrap_or_else(|| cannot(Doing::Move, path, &e)))?;
        sync_dir(parent)
    });
    if made.is_err() {
        let _ = fs::remove_dir_all(&making);
    }
    made
}

/// What every home has.
fn fill(path: &Path, device: &DeviceKey, card: &Card, engine: EngineKind) -> Result<(), Problem> {
    accord_store::create(path.join("store"), engine).map_err(|e| store_problem(&e))?;
    keys::write(&path.join("device.key"), "device", &device.seed(), None)?;
    OwnHeads::create(path.join("own-heads")).map_err(|e| Problem::from_error(&e))?;
    keys::write_new(&path.join("card"), format!("{card}\n").as_bytes())
}
