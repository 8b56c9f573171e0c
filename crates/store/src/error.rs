//! What can go wrong in a store, told apart by what the caller or a person can do about it.

use accord_words::{labelled, say};
use std::io;
use std::path::{Path, PathBuf};

use crate::{EngineKind, Tree};

/// What the catalogues call something that the code names in English words, so that a person reads it in their language.
pub(crate) fn key(words: &str) -> String {
    words.replace(' ', "-").replace('\'', "")
}

fn tried(words: &str) -> String {
    say!("store-doing", doing = key(words))
}

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused; [`StoreError::is_disk_full`] tells the commonest reason.
    #[error("{}", say!("store-io", doing = tried(.doing)))]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// The engine failed in a way that is not the operating system's answer: it found its files damaged, or panicked.
    #[error("{}", say!("store-engine", doing = tried(.doing), what = .what))]
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
    #[error("{}", say!("store-too-large", size = .size, what = say!("store-limited", what = key(.what)), limit = .limit))]
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
            words = labelled(&words, &next.to_string());
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

/// What the catalogues do not know would be told as "go on": all that the code tries stands there.
#[cfg(test)]
mod words {
    use accord_words::{Language, Speech, within};

    use super::*;

    /// The words behind each of those openings, in all files of a folder.
    fn named(folder: &Path, openings: &[&str], found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, openings, found);
            } else if !path.ends_with("src/error.rs")
                && !path.components().any(|part| part.as_os_str() == "tests")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                for opening in openings {
                    let after = text.split(opening).skip(1).filter_map(|rest| rest.split_once('"'));
                    found.extend(after.map(|(words, _)| words.to_owned()));
                }
            }
        }
    }

    fn all(openings: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), openings, &mut found);
        assert!(found.len() > 2, "they are not found any more: {openings:?}");
        found
    }

    /// English says the very words, and French something other than what it says where it knows nothing.
    fn holds(named: &[String], said: impl Fn(&str) -> String) {
        let french = Speech { language: Language::French, isolate: false };
        for words in named {
            assert_eq!(said(words), *words);
            assert_ne!(within(french, || said(words)), within(french, || said("nothing of this")), "{words}");
        }
    }

    #[test]
    fn what_the_code_names_is_said_in_both_languages() {
        let doing = ["StoreError::io(\"", " engine(\"", "(engine(\"", "guarded(\"", "doing: \""];
        holds(&all(&doing), tried);
        holds(&all(&["io_error(\""]), |words| say!("own-heads-doing", doing = key(words)));
        let what = ["LogsError::Missing(\"", "LogsError::Elsewhere(\"", "what: \"", "let what = \""];
        holds(&all(&what), |words| say!("logs-what", what = key(words)));
        holds(&all(&["within(\""]), |words| say!("store-limited", what = key(words)));
        holds(&all(&["Damaged(\""]), |words| say!("own-heads-why", why = key(words)));
    }
}
