//! Checking what is kept beside the logs against what they give: documents ready to read, lines of the list, marks on
//! entries that wait, and what the governance records amount to. The logs themselves are the store's to check.

use std::collections::{BTreeMap, BTreeSet};

use accord_core::admission::{Standing, standing_in};
use accord_core::api::{DocumentTrouble, Problem};
use accord_core::governance::Governance;
use accord_core::{Entry, Head, LogId, SpaceId, decode, encode};
use accord_store::{Checked, DocumentFault, DocumentReport, Op, Scan, StoreError, Tree, walk};

use super::names::Summary;
use super::programme::{fold, logs_problem};
use super::{DocumentKey, Programme, read_change, standing, store_problem};

/// How many mends go into one commit.
const BATCH: usize = 1_024;

/// What was looked at, and what was wrong.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// Of the logs, and of what lies beside them.
    pub(crate) logs: Checked,
    pub(crate) snapshots: u64,
    pub(crate) lines: u64,
    pub(crate) marks: u64,
    /// Documents of which something was wrong.
    pub(crate) wrong: Vec<(DocumentKey, DocumentTrouble)>,
    pub(crate) wrong_marks: u64,
    pub(crate) decisions_agree: bool,
    /// Stored values that were mended, and such that are wrong and left.
    pub(crate) mended: u64,
    pub(crate) left: u64,
}

impl Programme {
    /// Checks everything, and mends what can be recomputed, if `mend` says so.
    pub(crate) fn verify(&self, mend: bool, progress: &mut dyn FnMut(u64, u64)) -> Result<Checks, Problem> {
        let mut checks = Checks::default();
        if mend {
            self.save_lines();
        }
        let caches =
            |space: &SpaceId, id: &accord_core::DocumentId| DocumentKey { space: *space, id: *id }.caches();
        checks.logs =
            self.logs.verify(mend, &read_change, &caches, progress).map_err(|e| logs_problem(&e))?;
        (checks.mended, checks.left) = (checks.logs.mended, checks.logs.left);
        for DocumentReport { space, document, fault } in &checks.logs.wrong {
            let Some(space) = space else { continue };
            checks.wrong.push((DocumentKey { space: *space, id: *document }, trouble(*fault)));
        }
        if mend {
            self.documents.forget(checks.wrong.iter().map(|(key, _)| *key));
        }
        self.verify_governance(mend, &mut checks)?;
        self.verify_marks(mend, &mut checks)?;
        self.verify_snapshots(mend, &mut checks)?;
        self.verify_lines(mend, &mut checks)?;
        Ok(checks)
    }

    /// Reads a document and keeps nothing of it, for its name.
    pub(crate) fn read_quietly(&self, key: &DocumentKey) -> Result<super::Reading, Problem> {
        self.load_only(key, None)
    }

    /// Folds all records anew.
    fn verify_governance(&self, mend: bool, checks: &mut Checks) -> Result<(), Problem> {
        let mut fresh = Governance::new(self.id());
        // While it is folded more may come, which both sides then have to have.
        let vector = self.logs.vector(&self.governance_space());
        fold(&self.logs, &mut fresh).map_err(|e| logs_problem(&e))?;
        let _ = fresh.take_moved_documents();
        let agree = same(&fresh, &self.governance());
        checks.decisions_agree = agree || vector != self.logs.vector(&self.governance_space());
        if checks.decisions_agree {
            return Ok(());
        }
        if mend {
            self.go_by(fresh);
            checks.mended += 1;
        } else {
            checks.left += 1;
        }
        Ok(())
    }

    /// Compares the marks on entries that are not in position with what every entry's standing is.
    fn verify_marks(&self, mend: bool, checks: &mut Checks) -> Result<(), Problem> {
        let mut ops = Vec::new();
        let mut known: BTreeSet<LogId> = BTreeSet::new();
        for space in self.logs.spaces().into_iter().filter(|space| *space != self.governance_space()) {
            let devices: Vec<_> = self.logs.vector(&space).iter().map(|(device, _)| *device).collect();
            for device in devices {
                let log = LogId { space, device };
                known.insert(log);
                self.verify_marks_of(&log, checks, &mut ops)?;
            }
        }
        // Marks of logs of which nothing is held.
        let listed = Scan::prefix(Tree::Waiting, [b's']);
        self.walk(&listed, |key, _| {
            if standing::read_key(key).is_none_or(|(log, _)| !known.contains(&log)) {
                ops.push(Op::delete(Tree::Waiting, key));
            }
        })?;
        checks.wrong_marks = ops.len() as u64;
        self.finish(mend, ops, checks)
    }

    fn verify_marks_of(&self, log: &LogId, checks: &mut Checks, ops: &mut Vec<Op>) -> Result<(), Problem> {
        let first = standing::key(log, &Head { seq: 0, id: accord_core::EntryId([0; 32]) });
        let mut stored: BTreeMap<Vec<u8>, Option<Vec<u8>>> = BTreeMap::new();
        self.walk(&Scan::prefix(Tree::Waiting, &first[..65]), |key, value| {
            stored.insert(key.to_vec(), value.map(<[u8]>::to_vec));
        })?;
        checks.marks += stored.len() as u64;
        let heads: Vec<u64> = self.logs.branches(log).all().iter().map(|branch| branch.head.seq).collect();
        let last = heads.iter().copied().max().unwrap_or(0);
        let holed = self.logs.holes().iter().any(|hole| hole.log == *log);
        let judged = self.judged(&log.space);
        let governance = self.governance();
        let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut look = |entry: &Entry| {
            let head = Head { seq: entry.header().seq, id: entry.id() };
            let key = standing::key(log, &head);
            let held = stored.contains_key(&key);
            if !held && standing_in(&governance, &judged.forks, entry.header()) == Standing::InPosition {
                return;
            }
            // A mark may stay on what is in position by now: it is taken away when governance moves next.
            let Op::Put { value, .. } = standing::mark(entry) else { return };
            if stored.get(&key).and_then(Option::as_ref) != Some(&value) && seen.insert(key.clone()) {
                ops.push(Op::put(Tree::Waiting, key.clone(), value));
            }
            seen.insert(key);
        };
        for branch in (0..).take(heads.len()) {
            let read = self.logs.each_on(log, branch, (1, u64::MAX), |entry| look(&entry));
            read.map_err(|e| logs_problem(&e))?;
        }
        drop(governance);
        // A mark on what is not held; where something is lost that cannot be told.
        let stray = |key: &&Vec<u8>| {
            let position = standing::read_key(key).map(|(_, head)| head.seq);
            !holed && position.is_none_or(|seq| seq <= last) && !seen.contains(*key)
        };
        ops.extend(stored.keys().filter(stray).map(|key| Op::delete(Tree::Waiting, key.clone())));
        Ok(())
    }

    /// Compares documents that are kept ready to read with what their entries give. One at a time is in memory.
    fn verify_snapshots(&self, mend: bool, checks: &mut Checks) -> Result<(), Problem> {
        let mut keys = Vec::new();
        self.walk(&Scan::prefix(Tree::Snapshots, [b'd']), |key, _| keys.push(key.to_vec()))?;
        let unsure: BTreeSet<DocumentKey> = checks.wrong.iter().map(|(key, _)| *key).collect();
        let mut ops = Vec::new();
        for key in keys {
            checks.snapshots += 1;
            let Some(id) = DocumentKey::from_bytes(&key) else {
                ops.push(Op::delete(Tree::Snapshots, key));
                continue;
            };
            if unsure.contains(&id) {
                continue;
            }
            let there = self.logs.document_in(&id.space, &id.id).map_err(|e| logs_problem(&e))?.is_some();
            if !there || self.snapshot_holds(&id)? == Some(false) {
                checks.wrong.push((id, DocumentTrouble::Snapshot));
                ops.push(Op::delete(Tree::Snapshots, key));
            }
        }
        if mend {
            // What was read may have begun with one of them.
            let snapshots = checks.wrong.iter().filter(|(_, what)| *what == DocumentTrouble::Snapshot);
            self.documents.forget(snapshots.map(|(key, _)| *key));
        }
        self.finish(mend, ops, checks)
    }

    /// Compares the lines of the list, as far as they are of what is here now.
    fn verify_lines(&self, mend: bool, checks: &mut Checks) -> Result<(), Problem> {
        let mut lines = Vec::new();
        self.walk(&Scan::prefix(Tree::Snapshots, [b's']), |key, value| {
            lines.push((key.to_vec(), value.and_then(|value| decode::<Summary>(value).ok())));
        })?;
        let unsure: BTreeSet<DocumentKey> = checks.wrong.iter().map(|(key, _)| *key).collect();
        let unsaved = self.documents.cache().unsaved.clone();
        let mut ops = Vec::new();
        for (key, line) in lines {
            checks.lines += 1;
            let Some(id) = DocumentKey::from_bytes(&key) else {
                ops.push(Op::delete(Tree::Snapshots, key));
                continue;
            };
            let record = self.logs.document_in(&id.space, &id.id);
            let arrived = match record {
                Ok(record) => record.map(|record| record.arrived),
                // It was found to be damaged, and nothing was to be changed.
                Err(_) if unsure.contains(&id) => continue,
                Err(error) => return Err(logs_problem(&error)),
            };
            let Some(arrived) = arrived else {
                checks.wrong.push((id, DocumentTrouble::Line));
                ops.push(Op::delete(Tree::Snapshots, key));
                continue;
            };
            // One that is behind is made anew when the list is next looked at, or was and is written later.
            let current = |line: &Summary| {
                line.arrived == arrived && line.judged == self.judgement(&id.space) && line.held_back == 0
            };
            let behind = unsaved.contains(&id) && !unsure.contains(&id);
            let behind = behind || line.as_ref().is_some_and(|line| !current(line));
            if behind || (unsure.contains(&id) && !mend) {
                continue;
            }
            let reading = self.load_only(&id, None)?;
            let should = Summary::of(&reading);
            if reading.lacks == 0 && line.as_ref().map(encode) != Some(encode(&should)) {
                checks.wrong.push((id, DocumentTrouble::Line));
                ops.push(Op::put(Tree::Snapshots, key, encode(&should)));
                if mend {
                    self.documents.cache().note(&reading);
                }
            }
        }
        self.finish(mend, ops, checks)
    }

    fn walk(&self, scan: &Scan, mut with: impl FnMut(&[u8], Option<&[u8]>)) -> Result<(), Problem> {
        walk::<StoreError>(self.logs.store().as_ref(), scan, |key, value| {
            with(key, value);
            Ok(())
        })
        .map_err(|e| store_problem(&e))
    }

    fn finish(&self, mend: bool, ops: Vec<Op>, checks: &mut Checks) -> Result<(), Problem> {
        if !mend {
            checks.left += ops.len() as u64;
            return Ok(());
        }
        checks.mended += ops.len() as u64;
        for batch in ops.chunks(BATCH) {
            self.logs.store().commit(batch.to_vec()).map_err(|e| store_problem(&e))?;
        }
        Ok(())
    }
}

fn trouble(fault: DocumentFault) -> DocumentTrouble {
    match fault {
        DocumentFault::Damaged => DocumentTrouble::Damaged,
        DocumentFault::Missing => DocumentTrouble::Missing,
        DocumentFault::Places => DocumentTrouble::Places,
        DocumentFault::Actors => DocumentTrouble::Actors,
        DocumentFault::Kind => DocumentTrouble::Kind,
        DocumentFault::Stray => DocumentTrouble::Stray,
    }
}

/// Whether two folds come to the same in all that anything is decided by.
fn same(one: &Governance, other: &Governance) -> bool {
    one.in_force() == other.in_force()
        && one.founded() == other.founded()
        && one.owners() == other.owners()
        && one.devices() == other.devices()
        && one.guard_rule() == other.guard_rule()
        && one.equivocations() == other.equivocations()
        && one.constitutions().len() == other.constitutions().len()
}
