//! This organisation's own changes that are kept apart: what they said, as their author saw it, and making them again.
//!
//! The branch of a fork that does not stand, what lies beyond a cut, what was written under an older copy of a folder: nothing
//! of it is lost, and nothing of it counts. Whoever wrote it can read it, and write it once more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accord_core::admission::{Standing, WaitingFor};
use accord_core::api::Problem;
use accord_core::{ChangeHash, DeviceId, DeviceKey};
use accord_document::{Document, EditError, Hash};
use accord_store::{Op, Tree};
use accord_words::problem;

use super::apart::Apart;
use super::documents::random;
use super::loading::Pending;
use super::writing::{author, edit_problem};
use super::{DocumentKey, Programme, Reading, store_problem};

/// What became of an own change that is kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handled {
    /// Nothing yet.
    Open,
    /// It was made again.
    Again,
    /// Somebody said here that it need not be.
    Dismissed,
}

/// An own change that is kept apart.
#[derive(Debug, Clone)]
pub(crate) struct OwnApart {
    pub(crate) key: DocumentKey,
    pub(crate) change: ChangeHash,
    pub(crate) device: DeviceId,
    /// Its place in its device's log.
    pub(crate) seq: u64,
    pub(crate) standing: Standing,
    pub(crate) handled: Handled,
}

/// The own changes of one document that are kept apart.
#[derive(Debug, Clone)]
pub(crate) struct OwnDocument {
    /// Its name; where nothing of it counts, the one that it was to have.
    pub(crate) name: String,
    /// Each after those of its device that came before.
    pub(crate) changes: Vec<OwnApart>,
}

/// Where a change stands that is not in its document.
struct Ground {
    /// What counts of what it was made on: the newest changes of it.
    base: Vec<Hash>,
    /// Itself and what it was made on that does not count either, by the numbers of their arrival.
    apart: BTreeMap<ChangeHash, u64>,
}

fn dismissed_key(change: &ChangeHash) -> Vec<u8> {
    [b"dismissed/".as_slice(), &change.0].concat()
}

impl Programme {
    /// The own changes among what is held and does not count, by document, each after those that it was made on. Looks at
    /// governance itself.
    pub(crate) fn own_apart(&self, apart: &Apart) -> BTreeMap<DocumentKey, OwnDocument> {
        let mut own: BTreeMap<DocumentKey, Vec<OwnApart>> = BTreeMap::new();
        let devices = self.own_devices();
        for held in apart.held.iter().filter(|held| devices.contains(&held.log.device)) {
            // All else that waits is on its way, and counts once it is here.
            let offered = match held.standing {
                Standing::Quarantined(_) | Standing::Waiting(WaitingFor::Branch) => true,
                Standing::Waiting(_) | Standing::InPosition => false,
            };
            let (Some(key), Some(change), true) = (held.document, held.change, offered) else { continue };
            own.entry(key).or_default().push(OwnApart {
                key,
                change,
                device: held.log.device,
                seq: held.entry.seq,
                standing: held.standing.clone(),
                handled: Handled::Open,
            });
        }
        own.into_iter().map(|(key, changes)| (key, self.own_document(key, changes, &devices))).collect()
    }

    /// What became of the own changes of one document.
    fn own_document(
        &self,
        key: DocumentKey,
        mut changes: Vec<OwnApart>,
        devices: &BTreeSet<DeviceId>,
    ) -> OwnDocument {
        changes.sort_by_key(|one| (one.device, one.seq, one.change));
        let reading = self.read(&key).ok();
        let again = reading.as_ref().map(|reading| self.made_again(reading, devices)).unwrap_or_default();
        for one in &mut changes {
            one.handled = if again.contains(&one.change.0) {
                Handled::Again
            } else if self.is_dismissed(&one.change) {
                Handled::Dismissed
            } else {
                Handled::Open
            };
        }
        // Where nothing of a document counts, its first change says what it was to be called.
        let called = |reading: Arc<Reading>| {
            let first = || self.copy_with(&reading, &changes.first()?.change).ok()?.name();
            reading.document.name().or_else(first)
        };
        let name = reading.and_then(called).unwrap_or_else(|| key.id.short());
        OwnDocument { name, changes }
    }

    /// Every device that is or was this organisation's.
    fn own_devices(&self) -> BTreeSet<DeviceId> {
        let governance = self.governance();
        let Some(own) = governance.owner(&self.device) else { return BTreeSet::from([self.device]) };
        governance.owners().into_iter().filter(|(_, owner)| *owner == own).map(|(device, _)| device).collect()
    }

    /// The changes that own ones in the document say they make again: nobody else's word counts for that.
    fn made_again(&self, reading: &Reading, devices: &BTreeSet<DeviceId>) -> BTreeSet<Hash> {
        let own = |actor: &[u8]| reading.device_of(actor).is_some_and(|device| devices.contains(&device));
        let again = reading.document.made_again();
        again.into_iter().filter(|(actor, _)| own(actor)).map(|(_, change)| change).collect()
    }

    fn is_dismissed(&self, change: &ChangeHash) -> bool {
        self.logs.store().get(Tree::Meta, &dismissed_key(change)).is_ok_and(|held| held.is_some())
    }

    /// Notes that these need not be made again.
    pub(crate) fn dismiss(&self, changes: &[ChangeHash]) -> Result<(), Problem> {
        let ops = changes.iter().map(|change| Op::put(Tree::Meta, dismissed_key(change), [1]));
        self.logs.store().commit(ops.collect()).map_err(|e| store_problem(&e))
    }

    /// Copies of a document as the authors of these changes saw it, so that each change is in one of them. Of a change that
    /// cannot be read, why.
    pub(crate) fn as_seen(
        &self,
        reading: &Reading,
        changes: &[ChangeHash],
    ) -> BTreeMap<ChangeHash, Result<Arc<Document>, Problem>> {
        let mut seen: Vec<Arc<Document>> = Vec::new();
        let mut found = BTreeMap::new();
        // The last ones first: their copies hold those before them.
        for change in changes.iter().rev() {
            if let Some(copy) = seen.iter().find(|copy| copy.has_change(&change.0)) {
                found.insert(*change, Ok(Arc::clone(copy)));
                continue;
            }
            let copy = self.copy_with(reading, change).map(Arc::new);
            seen.extend(copy.iter().cloned());
            found.insert(*change, copy);
        }
        found
    }

    fn copy_with(&self, reading: &Reading, change: &ChangeHash) -> Result<Document, Problem> {
        let ground = ground(reading, change)?;
        let numbers: BTreeSet<u64> = ground.apart.values().copied().collect();
        let raw = self.changes_at(reading, &numbers)?;
        let mut copy = match ground.base.as_slice() {
            [] => Document::empty(),
            base => reading.document.fork_at(base).map_err(|e| Problem::from_error(&e))?,
        };
        let raw: Vec<&[u8]> = raw.values().map(Vec::as_slice).collect();
        copy.apply_changes(&raw);
        if copy.has_change(&change.0) { Ok(copy) } else { Err(problem!("apart-malformed")) }
    }

    /// Own changes of the document that one was made on, which do not count and were not made again, and itself: each after
    /// those that it was made on.
    pub(crate) fn with_ground(
        &self,
        reading: &Reading,
        own: &[OwnApart],
        changes: &[ChangeHash],
    ) -> Result<Vec<OwnApart>, Problem> {
        let mut all: BTreeSet<ChangeHash> = BTreeSet::new();
        for change in changes {
            all.extend(ground(reading, change)?.apart.into_keys());
        }
        let wanted = own.iter().filter(|one| all.contains(&one.change) && one.handled != Handled::Again);
        let mut wanted: Vec<(usize, OwnApart)> = Vec::from_iter(
            wanted
                .map(|one| Ok((ground(reading, &one.change)?.apart.len(), one.clone())))
                .collect::<Result<Vec<_>, Problem>>()?,
        );
        // What was made on another has more below it.
        wanted.sort_by_key(|(below, one)| (*below, one.device, one.seq));
        Ok(wanted.into_iter().map(|(_, one)| one).collect())
    }

    /// Makes an own change again, durably: on what it was made on, as far as that counts or was made again.
    pub(crate) fn make_again(
        &self,
        key: &DeviceKey,
        one: &OwnApart,
        seen: &Document,
        time: u64,
    ) -> Result<Option<Hash>, Problem> {
        let reading = self.read(&one.key)?;
        let ground = ground(&reading, &one.change)?;
        let of = (seen, &one.change.0);
        if reading.document.change_count() == 0 {
            if ground.apart.len() > 1 {
                return Err(problem!("apart-no-document"));
            }
            let kind = seen.kind_name().ok_or_else(|| problem!("apart-no-document"))?;
            let kind = self.kind(&kind).map_err(|none| none.problem())?;
            return self.write_change(key, one.key, Some(&kind), |actor| {
                let made = Document::create_again(of, &kind, &author(actor, time), &mut random);
                made.map(|(_, change)| Some((change.meta.hash, change))).map_err(|e| edit_problem(&e))
            });
        }
        let devices = self.own_devices();
        let mut heads = ground.base;
        for below in ground.apart.keys().filter(|below| **below != one.change) {
            let again = reading.document.again_of(&below.0).into_iter();
            let own = |actor: &[u8]| reading.device_of(actor).is_some_and(|device| devices.contains(&device));
            heads.extend(again.filter(|(actor, _)| own(actor)).map(|(_, change)| change));
        }
        let heads = reading.document.newest(&heads);
        let kind = reading.kind()?;
        self.write_change(key, one.key, None, |actor| {
            let mut document = reading.document.clone();
            let made = document.make_again(&heads, of, kind, &author(actor, time), &mut random);
            let made = made.map_err(|error| match &error {
                EditError::Moved { path } => problem!("redo-moved", path),
                error => edit_problem(error),
            })?;
            Ok(made.map(|change| (change.meta.hash, change)))
        })
    }
}

/// Walks from a change that is not in its document back to what is.
fn ground(reading: &Reading, change: &ChangeHash) -> Result<Ground, Problem> {
    let mut held: BTreeMap<ChangeHash, (u64, &Pending)> = BTreeMap::new();
    for (number, pending) in &reading.pending {
        if let Some((change, pending)) =
            pending.as_ref().and_then(|pending| Some((pending.change()?, pending)))
        {
            held.insert(change, (*number, pending));
        }
    }
    let (mut base, mut apart) = (Vec::new(), BTreeMap::new());
    let mut open = vec![*change];
    while let Some(next) = open.pop() {
        if apart.contains_key(&next) {
            continue;
        }
        if reading.document.has_change(&next.0) {
            base.push(next.0);
            continue;
        }
        let (number, pending) = held.get(&next).ok_or_else(|| problem!("apart-lacks"))?;
        apart.insert(next, *number);
        open.extend(&pending.deps);
    }
    Ok(Ground { base: reading.document.newest(&base), apart })
}
