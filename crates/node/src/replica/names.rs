//! What a list shows of each document, without reading it: kept up to date as documents are read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use accord_core::api::{DocumentSummary, OpenPlaces, Problem};
use accord_core::{SpaceId, decode, encode};
use accord_document::{Finding, FindingKind};
use accord_store::{Op, Scan, StoreError, Tree, walk};
use minicbor::{Decode, Encode};

use super::documents::{Cache, NoKind, Reading};
use super::judging::Judgement;
use super::lines::Lines;
use super::programme::logs_problem;
use super::versions::{LastVersion, last_decision};
use super::{DocumentKey, Programme, store_problem};

/// With how many lines that are not in the store yet they are written. A commit takes as long as saving an edit does, so
/// the lines of a few do not wait for one; a process that is killed before costs reading these documents again.
const MAX_UNSAVED: usize = 64;
/// While many documents are read, so many lines go into one commit.
const SAVED_AT_ONCE: usize = 4_096;

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

    #[cfg(test)]
    pub(super) fn named(name: &str, exists: bool) -> Self {
        Self {
            arrived: 1,
            exists,
            kind: "note".into(),
            name: name.into(),
            conflicts: 0,
            held_back: 0,
            unreadable: None,
            judged: Judgement::default(),
            version: None,
            open: None,
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
        if let Some(lines) = &mut self.lines {
            let mut line = Summary::of(reading);
            if let (Some(NoKind::Rule(_)), Some(before)) = (&line.unreadable, lines.get(&reading.key)) {
                // People go on to call it what it was called when it could be read.
                line.name.clone_from(&before.name);
                line.kind.clone_from(&before.kind);
            }
            // Another line for the same entries: after a kill nothing would tell that the old one is wrong.
            let other = lines.get(&reading.key).is_some_and(|before| before.arrived == line.arrived);
            if lines.put(reading.key, line) {
                self.unsaved.insert(reading.key);
                self.pressing |= other;
            }
        }
        self.note_kind(reading);
    }
}

impl Programme {
    /// What a list shows of every document, brought up to date.
    pub(crate) fn summaries(&self) -> Result<BTreeMap<DocumentKey, Summary>, Problem> {
        self.bring_names_up_to_date()?;
        let cache = self.documents.cache();
        let listed = cache.lines.iter().flat_map(Lines::listed);
        Ok(listed.map(|(id, summary)| (*id, summary.clone())).collect())
    }

    /// Reads every document about which something arrived since its line in the list was made.
    pub(super) fn bring_names_up_to_date(&self) -> Result<(), Problem> {
        let _refreshing = self.documents.refreshing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.documents.cache().lines.is_some();
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
        for id in stale {
            if let Err(problem) = self.read(&id) {
                tracing::error!(document = %id, %problem, "a document cannot be read");
                self.documents.cache().stale.remove(&id);
            }
            if self.documents.cache().unsaved.len() > SAVED_AT_ONCE {
                self.save_lines();
            }
        }
        let full = {
            let cache = self.documents.cache();
            cache.pressing || cache.unsaved.len() > MAX_UNSAVED
        };
        if full {
            self.save_lines();
        }
        Ok(())
    }

    /// Writes the lines that are not in the store as they are, but for those that are out of date. What cannot be written waits on.
    pub(super) fn save_lines(&self) {
        let lines: Vec<(DocumentKey, Op)> = {
            let mut cache = self.documents.cache();
            let unsaved = std::mem::take(&mut cache.unsaved);
            let (old, unsaved): (BTreeSet<_>, BTreeSet<_>) =
                unsaved.into_iter().partition(|key| cache.stale.contains_key(key));
            (cache.unsaved, cache.pressing) = (old, false);
            let line = |key: DocumentKey| {
                let line = cache.lines.as_ref()?.get(&key)?;
                Some((key, Op::put(Tree::Snapshots, key.bytes(b's'), encode(line))))
            };
            unsaved.into_iter().filter_map(line).collect()
        };
        for chunk in lines.chunks(SAVED_AT_ONCE) {
            let ops = chunk.iter().map(|(_, op)| op.clone()).collect();
            if let Err(error) = self.logs.store().commit(ops) {
                tracing::warn!(problem = %store_problem(&error), "the list of documents could not be written");
                self.documents.cache().unsaved.extend(chunk.iter().map(|(key, _)| *key));
            }
        }
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
        cache.lines = Some(names.into_iter().collect());
        Ok(())
    }
}

/// What was not written before is written when nobody uses the programme any more.
impl Drop for Programme {
    fn drop(&mut self) {
        self.save_lines();
    }
}
