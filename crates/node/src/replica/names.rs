//! What a list shows of each document, without reading it: kept up to date as documents are read.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use accord_core::api::{DocumentSummary, OpenPlaces, Problem};
use accord_core::{SpaceId, decode, encode};
use accord_document::{Finding, FindingKind};
use accord_store::{Op, Scan, StoreError, Tree, walk};
use accord_words::{problem, say};
use minicbor::{Decode, Encode};

use super::documents::{Cache, NoKind, Reading};
use super::judging::Judgement;
use super::programme::logs_problem;
use super::versions::{LastVersion, last_decision};
use super::{DocumentKey, Programme, store_problem};

/// The most names that a question about a document that was not found lists.
const MAX_SUGGESTED: usize = 8;

/// What a list shows of a document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Summary {
    #[n(0)]
    pub(super) arrived: u64,
    #[n(1)]
    pub(crate) exists: bool,
    #[n(2)]
    pub(crate) kind: String,
    #[n(3)]
    pub(crate) name: String,
    #[n(4)]
    pub(crate) conflicts: u32,
    #[n(5)]
    pub(crate) held_back: u32,
    #[n(6)]
    pub(crate) unreadable: Option<NoKind>,
    #[n(7)]
    pub(super) judged: Judgement,
    #[n(8)]
    pub(crate) version: Option<LastVersion>,
    /// By what they are, in the order of [`OpenPlaces`]; none in notes of an older version.
    #[n(9)]
    open: Option<[u32; 5]>,
}

impl Summary {
    pub(super) fn of(reading: &Reading) -> Self {
        let unreadable = reading.kind.as_ref().err().cloned();
        let found = reading.kind.as_ref().map_or_else(|_| Vec::new(), |kind| reading.document.findings(kind));
        let open = open_places(&found);
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            arrived: reading.arrived,
            exists: reading.exists,
            kind: reading.kind.as_ref().map_or_else(
                |_| reading.document.kind_name().unwrap_or_else(|| "unknown".to_owned()),
                |kind| kind.name.clone(),
            ),
            name: reading.document.name().unwrap_or_else(|| reading.key.id.short()),
            conflicts: small(found.len()),
            open: Some([open.values, open.texts, open.retired, open.homeless, open.codes].map(small)),
            held_back: small(reading.waiting.len() + reading.quarantined.len()),
            unreadable,
            judged: reading.judged,
            version: reading.last_version(),
        }
    }

    /// As an answer; `space` is what people call the space, if it is not the programme's.
    pub(crate) fn view(&self, key: &DocumentKey, space: Option<String>) -> DocumentSummary {
        DocumentSummary {
            id: key.id,
            space,
            kind: self.kind.clone(),
            name: self.name.clone(),
            conflicts: self.conflicts as usize,
            open_places: self.open.unwrap_or_default().map(|number| number as usize).into(),
            held_back: self.held_back as usize,
            unreadable: self.unreadable.as_ref().map(|why| why.problem().message),
            versions: None,
        }
    }
}

/// What waits for a person, by what it is.
pub(crate) fn open_places(found: &[Finding]) -> OpenPlaces {
    let mut open = OpenPlaces::default();
    for finding in found {
        *match finding.what {
            FindingKind::Values | FindingKind::Paragraph => &mut open.values,
            FindingKind::Review | FindingKind::LateCorrection => &mut open.texts,
            FindingKind::RetiredButChanged => &mut open.retired,
            FindingKind::NeedsHome => &mut open.homeless,
            FindingKind::DuplicateCode => &mut open.codes,
            _ => continue,
        } += 1;
    }
    open
}

impl Cache {
    /// Notes what a list shows of a document that was just read.
    pub(super) fn note(&mut self, reading: &Reading) {
        if let Some(names) = &mut self.names {
            let mut line = Summary::of(reading);
            if let (Some(NoKind::Rule(_)), Some(before)) = (&line.unreadable, names.get(&reading.key)) {
                // People go on to call it what it was called when it could be read.
                line.name.clone_from(&before.name);
                line.kind.clone_from(&before.kind);
            }
            names.insert(reading.key, line);
        }
        self.note_kind(reading);
    }
}

impl Programme {
    /// What a list shows of every document, brought up to date.
    pub(crate) fn summaries(&self) -> Result<BTreeMap<DocumentKey, Summary>, Problem> {
        self.bring_names_up_to_date()?;
        let cache = self.documents.cache();
        let listed = cache.names.iter().flatten().filter(|(_, summary)| summary.exists);
        Ok(listed.map(|(id, summary)| (*id, summary.clone())).collect())
    }

    /// The document that a person means by `text`: a name, an id or the beginning of one.
    pub(crate) fn find(&self, text: &str) -> Result<DocumentKey, Problem> {
        self.bring_names_up_to_date()?;
        let cache = self.documents.cache();
        let listed = || cache.names.iter().flatten().filter(|(_, summary)| summary.exists);
        let by_name: Vec<DocumentKey> = listed().filter(|(_, s)| s.name == text).map(|(id, _)| *id).collect();
        let lower = text.to_lowercase();
        let matching = match by_name.as_slice() {
            [] => listed().filter(|(_, s)| s.name.to_lowercase() == lower).map(|(id, _)| *id).collect(),
            _ => by_name,
        };
        let matching = match matching.as_slice() {
            [] if text.len() >= 4 => {
                listed().filter(|(key, _)| key.to_string().starts_with(&lower)).map(|(id, _)| *id).collect()
            }
            _ => matching,
        };
        match matching.as_slice() {
            [one] => Ok(*one),
            [] => {
                let mut names: Vec<&str> = listed().map(|(_, s)| s.name.as_str()).collect();
                names.sort_unstable();
                let more = names.len().saturating_sub(MAX_SUGGESTED);
                names.truncate(MAX_SUGGESTED);
                let hint = match (names.is_empty(), more) {
                    (true, _) => say!("documents-none"),
                    (false, 0) => say!("names-known", names = names.join(", ")),
                    (false, more) => say!("names-more", names = names.join(", "), more),
                };
                Err(problem!("no-document", name = text).hint(hint))
            }
            several => {
                let ids: Vec<String> = several.iter().map(|key| key.id.short()).collect();
                Err(problem!("documents-alike", count = several.len(), name = text, ids = ids.join(", ")))
            }
        }
    }

    /// Reads every document about which something arrived since its line in the list was made.
    fn bring_names_up_to_date(&self) -> Result<(), Problem> {
        let _refreshing = self.documents.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.documents.cache().names.is_some();
        if !known {
            self.load_names()?;
        }
        // A kind that arrived has the documents of it read anew; and those hold no kinds.
        self.read_stale()?;
        self.read_stale()
    }

    fn read_stale(&self) -> Result<(), Problem> {
        let stale: Vec<DocumentKey> = self.documents.cache().stale.keys().copied().collect();
        if stale.is_empty() {
            return Ok(());
        }
        let mut ops = Vec::with_capacity(stale.len());
        for id in stale {
            match self.read(&id) {
                Ok(reading) => {
                    let noted =
                        self.documents.cache().names.as_ref().and_then(|names| names.get(&id).cloned());
                    let line = noted.unwrap_or_else(|| Summary::of(&reading));
                    ops.push(Op::put(Tree::Snapshots, id.bytes(b's'), encode(&line)));
                }
                Err(problem) => {
                    tracing::error!(document = %id, %problem, "a document cannot be read");
                    self.documents.cache().stale.remove(&id);
                }
            }
        }
        for chunk in ops.chunks(4096) {
            if let Err(error) = self.logs.store().commit(chunk.to_vec()) {
                tracing::warn!(problem = %store_problem(&error), "the list of documents could not be written");
            }
        }
        Ok(())
    }

    /// Reads the lines of the list from the store, and finds those that are out of date.
    fn load_names(&self) -> Result<(), Problem> {
        let mut names = BTreeMap::new();
        // A line that cannot be read is made again, as one that was never there.
        let read = |key: &[u8], value: Option<&[u8]>| {
            Some((DocumentKey::from_bytes(key)?, decode::<Summary>(value?).ok()?))
        };
        walk::<StoreError>(
            self.logs.store().as_ref(),
            &Scan::prefix(Tree::Snapshots, [b's']),
            |key, value| {
                names.extend(read(key, value));
                Ok(())
            },
        )
        .map_err(|e| store_problem(&e))?;
        let documents = self.logs.documents().map_err(|e| logs_problem(&e))?;
        let judgements: BTreeMap<SpaceId, Judgement> =
            self.logs.spaces().into_iter().map(|space| (space, self.judgement(&space))).collect();
        let mut old = Vec::new();
        {
            let governance = self.governance();
            for (id, record) in documents {
                let id = DocumentKey { space: record.space, id };
                let judged = judgements.get(&id.space);
                // What was held back may be admitted by now, and a version ratified: governance is not part of the line.
                // A kind is read whole: only its document says what it is.
                let current = names.get(&id).is_some_and(|line| {
                    line.kind != accord_framework::added::KIND
                        && line.arrived == record.arrived
                        && line.held_back == 0
                        && Some(&line.judged) == judged
                        && line.version.as_ref().map(|v| v.decision) == last_decision(&governance, &id)
                });
                if !current {
                    old.push(id);
                }
            }
        }
        let mut cache = self.documents.cache();
        cache.mark(old);
        cache.names = Some(names);
        Ok(())
    }
}
