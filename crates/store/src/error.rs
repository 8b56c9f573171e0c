//! What can go wrong in a store, told apart by what the caller or a person can do about it.

use accord_words::say;
use std::io;
use std::path::{Path, PathBuf};

use crate::{EngineKind, Tree};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused; [`StoreError::is_disk_full`] tells the commonest reason.
    #[error("{}", say!("store-io", doing = .doing.to_string()))]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The engine failed in a way that is not the operating system's answer: it found its files damaged, or panicked.
    #[error("{}", say!("store-engine", doing = .doing.to_string(), what = .what.to_string()))]
    Engine {
        /// What was tried.
        doing: &'static str,
        /// The engine's words.
        what: String,
    },
    /// A value is not what was stored under this key.
    #[error("{}", say!("store-damaged", tree = .tree.to_string(), key = data_encoding::HEXLOWER.encode(.key)))]
    Damaged {
        /// Where.
        tree: Tree,
        /// Under which key.
        key: Vec<u8>,
    },
    /// An earlier write failed. What it left in memory may differ from the disk, so nothing is written on top of it.
    #[error("{}", say!("store-read-only", because = .because.to_string()))]
    ReadOnly {
        /// The earlier failure.
        because: String,
        /// Whether that was for lack of space.
        disk_full: bool,
    },
    /// Another process, or another handle of this one, has the store open.
    #[error("{}", say!("store-locked", path = .path.display().to_string()))]
    Locked {
        /// The store's folder.
        path: PathBuf,
    },
    /// The store could not be opened.
    #[error("{}", say!("store-not-opened", path = .path.display().to_string()))]
    Open {
        /// The store's folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<StoreError>,
    },
    /// The store was written in a format that this version does not know.
    #[error("{}", say!("store-format", found = .found.to_string(), known = .known.to_string()))]
    Format {
        /// The format found.
        found: String,
        /// The format that is understood.
        known: u8,
    },
    /// There is a store, and nothing that says by which engine it was written.
    #[error("{}", say!("store-unnoted", path = .path.display().to_string()))]
    Unnoted {
        /// The store's folder.
        path: PathBuf,
        /// The file that should say it.
        note: PathBuf,
        /// Whose files lie there, if that can be seen.
        looks: Option<EngineKind>,
    },
    /// The store is noted as that of one engine, and is another's or was taken for another's.
    #[error(
        "{}",
        say!(
            "store-other-engine",
            path = .path.display().to_string(),
            noted = .noted.to_string(),
            found = .found.to_string()
        )
    )]
    OtherEngine {
        /// The store's folder.
        path: PathBuf,
        /// What the note says.
        noted: EngineKind,
        /// What is there, or was asked for.
        found: EngineKind,
    },
    /// A key, a value or a commit is beyond the limits. Nothing was written.
    #[error("{size} {what}, and at most {limit} are possible")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        size: usize,
        /// How large it may be.
        limit: usize,
    },
}

impl StoreError {
    /// Whether making space would help. The store still has to be opened again after a failed write.
    pub fn is_disk_full(&self) -> bool {
        match self {
            StoreError::Io { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            StoreError::ReadOnly { disk_full, .. } => *disk_full,
            StoreError::Open { source, .. } => source.is_disk_full(),
            _ => false,
        }
    }

    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> StoreError {
        move |source| StoreError::Io { doing, source }
    }

    pub(crate) fn opening(path: &Path) -> impl FnOnce(StoreError) -> StoreError {
        move |source| match source {
            known @ (StoreError::Locked { .. }
            | StoreError::Open { .. }
            | StoreError::Unnoted { .. }
            | StoreError::OtherEngine { .. }) => known,
            other => StoreError::Open { path: path.to_owned(), source: Box::new(other) },
        }
    }

    /// The error and its sources in one line, for where only words can be kept.
    pub(crate) fn chain(&self) -> String {
        let mut words = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(next) = source {
            words = format!("{words}: {next}");
            source = next.source();
        }
        words
    }

    /// The same error once more: every caller of a group commit gets its own.
    pub(crate) fn again(&self) -> StoreError {
        match self {
            StoreError::Io { doing, source } => StoreError::Io {
                doing,
                source: match source.raw_os_error() {
                    Some(code) => io::Error::from_raw_os_error(code),
                    None => io::Error::new(source.kind(), source.to_string()),
                },
            },
            StoreError::Engine { doing, what } => StoreError::Engine { doing, what: what.clone() },
            StoreError::Damaged { tree, key } => StoreError::Damaged { tree: *tree, key: key.clone() },
            StoreError::ReadOnly { because, disk_full } => {
                StoreError::ReadOnly { because: because.clone(), disk_full: *disk_full }
            }
            StoreError::Locked { path } => StoreError::Locked { path: path.clone() },
            StoreError::Open { path, source } => {
                StoreError::Open { path: path.clone(), source: Box::new(source.again()) }
            }
            StoreError::Format { found, known } => StoreError::Format { found: found.clone(), known: *known },
            StoreError::Unnoted { path, note, looks } => {
                StoreError::Unnoted { path: path.clone(), note: note.clone(), looks: *looks }
            }
            StoreError::OtherEngine { path, noted, found } => {
                StoreError::OtherEngine { path: path.clone(), noted: *noted, found: *found }
            }
            StoreError::TooLarge { what, size, limit } => {
                StoreError::TooLarge { what, size: *size, limit: *limit }
            }
        }
    }
}
