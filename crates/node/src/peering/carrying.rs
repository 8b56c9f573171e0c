//! Bundles, which are a connection on paper: what an organisation is given by hand, and what is taken of what it gives.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use accord_core::api::Problem;
use accord_core::{
    DeviceCertificate, DeviceId, Head, Header, LogId, OrganisationId, Signature, SignedEntry, SpaceId,
    decode, encode,
};
use accord_store::{IngestError, Op, Tree};
use accord_sync::Access;
use accord_words::problem;

use crate::bundle::{Bundle, Holds, Preface, Run, Sender, Unfit, Writer};
use crate::replica::{DocumentKey, Programme, Replica, TakeError, logs_problem, store_problem};

/// What came of a bundle.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Entries that were new here.
    pub(crate) new: u64,
    /// Entries that were here already.
    pub(crate) known: u64,
    /// The documents that the new ones are about.
    pub(crate) documents: BTreeSet<DocumentKey>,
    /// Entries of spaces that this organisation does not read, of devices that never had a part there, or beyond where a
    /// log was cut.
    pub(crate) unwanted: u64,
    /// Logs of which an earlier part is missing here.
    pub(crate) gaps: BTreeSet<LogId>,
}

/// Why a bundle, or the rest of it, was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CarryError {
    /// It cannot be read on.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It holds what is not true.
    #[error(transparent)]
    Invalid(#[from] accord_core::Invalid),
    /// It could not be stored, or looked up.
    #[error("{}", .0.message)]
    Problem(Problem),
}

impl From<Problem> for CarryError {
    fn from(problem: Problem) -> Self {
        CarryError::Problem(problem)
    }
}

impl Programme {
    /// Writes what `organisation` may read and does not hold yet, as far as its last bundle told (all, if `whole`). Gives how
    /// many entries, whether any that it holds were left out, and how many logs end before an entry that is lost here.
    pub(crate) fn write_bundle<W: Write>(
        &self,
        replica: &Replica,
        organisation: &OrganisationId,
        (whole, time): (bool, u64),
        file: &str,
        out: W,
    ) -> Result<(W, (u64, bool, u64)), Problem> {
        let (devices, spaces, certificate) = {
            let governance = &*self.governance();
            let of = |(device, owner): (DeviceId, OrganisationId)| (owner == *organisation).then_some(device);
            let devices: Vec<DeviceId> = governance.devices().into_iter().filter_map(of).collect();
            let spaces = self.readable(governance, organisation);
            (devices, spaces, self.own_certificate(replica, governance))
        };
        let certificate = certificate.ok_or_else(|| problem!("bundle-uncertified"))?;
        // Governance first: by it the rest is understood as it is read.
        let mut all = vec![self.governance_space()];
        all.extend(spaces.into_iter().filter(|space| *space != self.governance_space()));
        let held = if whole { Holds::new() } else { replica.carried(organisation)? };
        let held: BTreeMap<SpaceId, Vec<(DeviceId, Head)>> = held.into_iter().collect();
        let holds = self.holds(&all);
        let sender = Sender { key: &replica.home.device, certificate: &certificate };
        let programme = self.id();
        let preface = |sender| Preface { programme, sender, time, holds };
        let failed = |e: std::io::Error| problem!("bundle-not-written", file, why = e.to_string());
        let mut writer = Writer::new(out, *organisation, &devices, sender, preface).map_err(failed)?;
        let (mut count, mut cut) = (0, 0);
        for space in all {
            let has = held.get(&space).map_or(&[][..], Vec::as_slice);
            cut += self.missing(&space, has, &mut |run| {
                count += run.entries.len() as u64;
                writer.run(&run).map_err(failed)
            })?;
        }
        Ok((writer.finish().map_err(failed)?, (count, !held.is_empty(), cut)))
    }

    /// How far this node holds every log of these spaces.
    fn holds(&self, spaces: &[SpaceId]) -> Holds {
        let of = |space: &SpaceId| {
            let vector = self.logs().vector(space);
            let heads = vector.iter().flat_map(|(device, heads)| heads.iter().map(|head| (*device, *head)));
            (*space, heads.collect())
        };
        spaces.iter().map(of).collect()
    }

    /// Gives all entries of a space in runs, but for those that somebody holds who holds `held`; and how many logs end before
    /// one that is lost here.
    fn missing(
        &self,
        space: &SpaceId,
        held: &[(DeviceId, Head)],
        give: &mut dyn FnMut(Run) -> Result<(), Problem>,
    ) -> Result<u64, Problem> {
        let mut cut = 0;
        let devices: Vec<DeviceId> = self.logs().vector(space).iter().map(|(device, _)| *device).collect();
        for device in devices {
            let log = LogId { space: *space, device };
            let theirs: Vec<Head> =
                held.iter().filter(|(of, _)| *of == device).map(|(_, head)| *head).collect();
            for (branch, stands) in (0..).zip(self.logs().branches(&log).all()) {
                let mut from = stands.parts_from.map_or(1, |(_, seq)| seq + 1);
                for head in &theirs {
                    if head.seq < from || head.seq > stands.head.seq {
                        continue;
                    }
                    let id = self.logs().id_on(&log, branch, head.seq).map_err(|e| logs_problem(&e))?;
                    if id == Some(head.id) {
                        from = head.seq + 1;
                    }
                }
                let whole = self.each_run(&log, branch, (from, stands.head.seq), |entries| {
                    give(Run { log: (log.space, log.device), entries })
                })?;
                cut += u64::from(!whole);
            }
        }
        Ok(cut)
    }

    /// The organisation's word that this device is its own.
    fn own_certificate(
        &self,
        replica: &Replica,
        governance: &accord_core::governance::Governance,
    ) -> Option<DeviceCertificate> {
        let (home, device) = (&replica.home, self.device());
        let on_card = Some(&home.card.device).filter(|certificate| certificate.device == device);
        let known = on_card.or(home.certificate.as_ref()).cloned();
        known.or_else(|| {
            governance.certificates(&device).first().map(|(_, certificate)| (*certificate).clone())
        })
    }

    /// Takes what is new of a bundle, as if its sender were connected: no more than access and cuts allow. What was taken
    /// before an error stays, since it proves itself.
    pub(crate) fn take_bundle<R: Read>(
        &self,
        own: &OrganisationId,
        bundle: &mut Bundle<R>,
        taken: &mut Taken,
    ) -> Result<(), CarryError> {
        while let Some(run) = bundle.next()? {
            // What was decided may have come with the run before.
            let mut access = self.sync_access(own);
            // Governance is read even before this node has learnt that it may: there it will learn it.
            access.own.insert(self.governance_space());
            self.take_run(&access, run, taken)?;
        }
        Ok(())
    }

    fn take_run(&self, access: &Access, run: Run, taken: &mut Taken) -> Result<(), CarryError> {
        let log = LogId { space: run.log.0, device: run.log.1 };
        let (brought, mut entries) = (run.entries.len() as u64, run.entries);
        let limit = access.limit(&log);
        let seq = |entry: &SignedEntry| Header::from_bytes(&entry.header).map_or(0, |header| header.seq);
        // Where signatures were left out, the next one vouches for the last entry that counts.
        let counted = entries.iter().take_while(|entry| seq(entry) <= limit).count();
        let signed = |entry: &SignedEntry| entry.signature != Signature::NONE;
        let vouching = match entries[..counted].last() {
            Some(last) if !signed(last) => entries[counted..].iter().position(signed).map_or(0, |at| at + 1),
            _ => 0,
        };
        entries.truncate(counted + vouching);
        if !access.takes(&log) {
            entries.clear();
        }
        taken.unwanted += brought - entries.len() as u64;
        if entries.is_empty() {
            return Ok(());
        }
        let count = entries.len() as u64;
        match self.take(log, entries) {
            Ok(ingested) => {
                let new = ingested.new as u64;
                taken.new += new;
                taken.known += count - new;
                if new > 0 {
                    let key = |id| DocumentKey { space: log.space, id };
                    taken.documents.extend(ingested.documents.into_iter().map(key));
                    self.tell_taken(log);
                }
                Ok(())
            }
            Err(TakeError::Ingest(IngestError::Gap { .. } | IngestError::Apart { .. })) => {
                taken.gaps.insert(log);
                Ok(())
            }
            // More histories of one log than are kept: as from anybody, the further ones are left alone.
            Err(TakeError::Ingest(IngestError::Branches)) => {
                taken.unwanted += count;
                Ok(())
            }
            Err(TakeError::Ingest(error @ IngestError::Logs(_))) => {
                Err(CarryError::Problem(Problem::from_error(&error)))
            }
            Err(TakeError::Invalid(error)) => Err(CarryError::Invalid(error)),
        }
    }
}

impl Replica {
    /// What an organisation's last bundle told that it holds.
    fn carried(&self, organisation: &OrganisationId) -> Result<Holds, Problem> {
        let value = self.store().get(Tree::Peers, &key(organisation)).map_err(|e| store_problem(&e))?;
        // Whatever cannot be read is sent again.
        Ok(value.and_then(|value| decode(&value).ok()).unwrap_or_default())
    }

    /// Keeps what an organisation's bundle told that it holds.
    pub(crate) fn remember_carried(
        &self,
        organisation: &OrganisationId,
        holds: &Holds,
    ) -> Result<(), Problem> {
        let put = Op::put(Tree::Peers, key(organisation), encode(holds));
        self.store().commit(vec![put]).map_err(|e| store_problem(&e))
    }
}

fn key(organisation: &OrganisationId) -> Vec<u8> {
    [&b"c"[..], &organisation.0].concat()
}
