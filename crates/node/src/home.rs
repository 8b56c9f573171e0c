//! A node's home: the folder with its keys, its store and its settings.
//!
//! | file | is |
//! | --- | --- |
//! | `device.key` | the secret key of this device, readable by its owner only; it may be sealed by a passphrase |
//! | `root.key` | the organisation's root key, unless it is kept elsewhere |
//! | `card` | the organisation's card |
//! | `request` | in the home of a further device: the line with which it asks to be certified |
//! | `certificate` | the device's certificate, if it was certified without another device |
//! | `own-heads` | the heads of the device's own logs, outside the store |
//! | `store/` | the store |
//! | `config.yaml` | settings, if any |
//! | `lock`, `starting.lock` | who uses the home |
//! | `run/` | the control socket of a running node |

mod config;
mod keys;
mod lock;
pub(crate) mod making;
pub(crate) mod root;
mod seal;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use accord_core::api::{PartyView, Problem};
use accord_core::{Card, CardError, DeviceCertificate, DeviceKey, DeviceRequest, RootKey};
use accord_store::OwnHeads;
use accord_words::{labelled, problem, say};

pub(crate) use config::Config;
pub use keys::Unlock;
pub(crate) use lock::{Gate, HomeLock};

/// An opened home. Its device key is in memory; the root key is read when it is needed.
#[derive(Debug)]
pub(crate) struct Home {
    path: PathBuf,
    pub(crate) device: DeviceKey,
    /// The organisation's card. It names this device only if it is the organisation's first.
    pub(crate) card: Card,
    /// The proof that this device is the organisation's, where it does not stand on the card or come by governance.
    pub(crate) certificate: Option<DeviceCertificate>,
    pub(crate) config: Config,
}

impl Home {
    /// Sees that there is a home, without its keys.
    pub(crate) fn there(path: &Path) -> Result<(), Problem> {
        let card_path = path.join("card");
        if path.exists() && !path.is_dir() {
            return Err(problem!("home-no-folder", path = path.display().to_string()));
        }
        if !card_path.exists() && path.join("device.key").exists() {
            return Err(problem!("card-missing", file = card_path.display().to_string()));
        }
        if !card_path.exists() {
            return Err(problem!("no-organisation-here", path = path.display().to_string()));
        }
        Ok(())
    }

    /// Opens a home, and checks that its keys are its owner's alone.
    pub(crate) fn open(path: &Path, unlock: Unlock) -> Result<Self, Problem> {
        Self::there(path)?;
        let (card_path, key_path) = (path.join("card"), path.join("device.key"));
        let mode = fs::metadata(path).map_err(|e| cannot(Doing::LookAt, path, &e))?.permissions().mode();
        if mode & 0o022 != 0 {
            return Err(problem!("home-open-to-others", path = path.display().to_string()));
        }
        if !key_path.exists() {
            return Err(problem!("key-file-missing", file = key_path.display().to_string()));
        }
        // Bytes that are no text are no card, and as such they are told.
        let line = fs::read(&card_path).map_err(|e| cannot(Doing::Read, &card_path, &e))?;
        let card: Card = String::from_utf8_lossy(&line)
            .trim_end()
            .parse()
            .map_err(|_: CardError| problem!("card-file-damaged", file = card_path.display().to_string()))?;
        let config = Config::read(&path.join("config.yaml"))?;
        let root = path.join(root::FILE);
        if root.exists() {
            // Who it belongs to is seen when it is used; who can reach it, at every start.
            keys::is_sealed(&root, "root")?;
        }
        let device = DeviceKey::from_seed(&*keys::read(&key_path, "device", unlock)?);
        let request: Option<DeviceRequest> = line_of(&path.join("request"))?;
        let certificate: Option<DeviceCertificate> = line_of(&path.join("certificate"))?;
        let (own, organisation) = (device.id(), card.organisation.id);
        let first = card.device.device == own;
        let asked = request.is_some_and(|r| r.device == own && r.organisation == organisation);
        let fits = |c: &DeviceCertificate| c.device == own && c.organisation == organisation;
        if !first && !asked && !certificate.as_ref().is_some_and(fits) {
            return Err(problem!("keys-of-another-card", path = path.display().to_string()));
        }
        let certificate = certificate.filter(fits);
        Ok(Self { path: path.to_owned(), device, card, certificate, config })
    }

    /// Certifies this device by the root key itself, and keeps the certificate: the proof for partners that know no other
    /// device of the organisation.
    pub(crate) fn certify_itself(&self, root: &RootKey) -> Result<DeviceCertificate, Problem> {
        let request: Option<DeviceRequest> = line_of(&self.path.join("request"))?;
        let request = request.ok_or_else(|| problem!("asks-for-no-certificate"))?;
        let certificate = request.certify(root);
        keys::put(&self.path.join("certificate"), format!("{certificate}\n").as_bytes())?;
        Ok(certificate)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the store is.
    pub(crate) fn store(&self) -> PathBuf {
        self.path.join("store")
    }

    /// The file of own heads.
    pub(crate) fn own_heads(&self) -> Result<OwnHeads, Problem> {
        OwnHeads::load(self.path.join("own-heads"))
            .map_err(|e| Problem::from_error(&e).hint(say!("own-heads-needed")))
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

/// What a file of one line says, if it is there.
fn line_of<T: std::str::FromStr<Err: std::error::Error>>(path: &Path) -> Result<Option<T>, Problem> {
    match fs::read_to_string(path) {
        Ok(line) => line.parse().map(Some).map_err(|e: T::Err| {
            Problem::from_error(&e).map_message(|message| labelled(&path.display().to_string(), message))
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot(Doing::Read, path, &error)),
    }
}

/// What was tried on a path.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Doing {
    Read,
    Write,
    LookAt,
    Make,
    /// To this path, or over it.
    Move,
    Remove,
    Lock,
    /// To others than its owner.
    Close,
}

/// The problem that an operating system error on a path is, with what helps in the common cases.
pub(crate) fn cannot(what: Doing, path: &Path, error: &std::io::Error) -> Problem {
    let (path, why) = (path.display().to_string(), error.to_string());
    let problem = match what {
        Doing::Read => problem!("cannot-read", file = path, why),
        Doing::Write => problem!("cannot-write", file = path, why),
        Doing::LookAt => problem!("cannot-look-at", path, why),
        Doing::Make => problem!("cannot-make", path, why),
        Doing::Move => problem!("cannot-move", path, why),
        Doing::Remove => problem!("cannot-remove", path, why),
        Doing::Lock => problem!("cannot-lock", path, why),
        Doing::Close => problem!("cannot-close", path, why),
    };
    match error.kind() {
        std::io::ErrorKind::StorageFull => problem.hint(say!("disk-full-mend")),
        std::io::ErrorKind::PermissionDenied => problem.hint(say!("check-owner")),
        std::io::ErrorKind::ReadOnlyFilesystem => problem.hint(say!("disk-read-only-mend")),
        _ => problem,
    }
}

fn sync_dir(path: &Path) -> Result<(), Problem> {
    fs::File::open(path).and_then(|dir| dir.sync_all()).map_err(|e| cannot(Doing::Write, path, &e))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use accord_store::EngineKind;

    use super::*;

    fn opened(path: &Path) -> Result<(), (String, String)> {
        let opened = Home::open(path, Unlock::default()).map(|_| ());
        opened.map_err(|problem| (problem.message, problem.hint.unwrap_or_default()))
    }

    /// Each file is named, with what helps: a tester was told of a damaged card to ask for it again, of whom he was not.
    #[test]
    fn what_is_missing_or_damaged_in_a_home_is_told_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("home");
        making::organisation(&path, "Cities Alliance", "CA", None, EngineKind::default()).unwrap();
        assert_eq!(opened(&path), Ok(()));
        let files = [
            ("device.key", "is missing", "is not a device key file", "device init"),
            ("card", "is missing", "is damaged", "accord card"),
        ];
        for (name, missing, damaged, hint) in files {
            let (file, beside) = (path.join(name), dir.path().join(name));
            fs::rename(&file, &beside).unwrap();
            let (message, told) = opened(&path).unwrap_err();
            assert!(message.contains(name) && message.contains(missing), "{message}");
            assert!(told.contains(hint), "{told}");
            for content in [&b""[..], b"accord", b"\xff\xfe\n\xff", &[0; 10_000]] {
                fs::write(&file, content).unwrap();
                fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
                let (message, told) = opened(&path).unwrap_err();
                assert!(message.contains(name) && message.contains(damaged), "{message}");
                assert!(!told.is_empty());
            }
            fs::rename(&beside, &file).unwrap();
            assert_eq!(opened(&path), Ok(()));
        }
        for settings in [&b"\xff\xfe"[..], b"listen: [", b"listening: []", b"- 1"] {
            fs::write(path.join("config.yaml"), settings).unwrap();
            let (message, hint) = opened(&path).unwrap_err();
            assert!(message.contains("config.yaml") && hint.contains("known settings"), "{message}");
        }
        let (message, _) = opened(&path.join("config.yaml")).unwrap_err();
        assert!(message.ends_with("is not a folder"), "{message}");
    }

    #[test]
    fn of_two_who_make_one_home_the_second_is_told_of_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("home");
        let slow = making::make(&path, |_| {
            let other = dir.path().join("other");
            making::organisation(&other, "Cities Alliance", "CA", None, EngineKind::default())?;
            fs::rename(&other, &path).map_err(|e| cannot(Doing::Move, &other, &e))
        });
        assert!(slow.unwrap_err().message.starts_with("there is an organisation in"));
        assert_eq!(opened(&path), Ok(()));
    }
}
