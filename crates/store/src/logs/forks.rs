//! Proof that a device signed two histories of one log.

use accord_core::{Entry, EntryId, Header, LogId, Signature, VerifiedRun, decode, encode};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::{IngestError, Logs, LogsError, Place, Verified, Writer};
use crate::{Op, Tree};

/// The most bytes of headers in one side of a proof that is kept. An entry that was stored is followed by a signature
/// that holds within what travels in one piece, so only a run that is refused anyway can be over it.
const MAX_SIDE: usize = super::parts::PART_BYTES;

/// Headers of one log that follow each other, and a signature that holds over the last one and so over all of them.
/// Mostly it is one header; where somebody spoilt the signatures inside of a run, as many as it takes to the next one
/// that holds. Payloads are not needed, since the id of an entry is that of its header.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Side {
    /// The headers.
    #[n(0)]
    pub headers: Vec<ByteVec>,
    /// The device's signature of the last one.
    #[n(1)]
    pub signature: Signature,
}

/// Proof by itself, for anybody, that a device signed two histories of one log: that only one of two entries can be in
/// it. One is kept of each forked log, from the moment at which a node holds one history and sees another.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ForkProof {
    /// The first position at which the two are seen to differ.
    #[n(0)]
    pub seq: u64,
    /// What was held first, from that position on.
    #[n(1)]
    pub one: Side,
    /// The other one, from that position on or from the next, where it names another entry before it.
    #[n(2)]
    pub other: Side,
}

impl Side {
    /// Reads the chain, and checks it: the first header, and the id of its entry.
    fn read(&self) -> Option<(Header, EntryId)> {
        let mut first: Option<(Header, EntryId)> = None;
        let mut last: Option<(Header, EntryId)> = None;
        for bytes in &self.headers {
            let next = (Header::from_bytes(bytes).ok()?, Header::id_of(bytes));
            let (header, _) = &next;
            let follows = last.as_ref().is_none_or(|(before, id)| {
                let same = (before.programme, before.space, before.device);
                same == (header.programme, header.space, header.device)
                    && before.seq.checked_add(1) == Some(header.seq)
                    && header.prev == Some(*id)
            });
            if !follows {
                return None;
            }
            first = first.or_else(|| Some(next.clone()));
            last = Some(next);
        }
        let (header, id) = last?;
        self.signature.verify(&header.device.0, "entry", &id.0).ok()?;
        first
    }

    /// The shortest side that begins with the first of `entries`; none if no signature holds in what a side may have.
    pub(super) fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<Self> {
        let (mut headers, mut size) = (Vec::new(), 0);
        for entry in entries {
            let header = &entry.signed().header;
            size += header.len();
            if size > MAX_SIDE {
                return None;
            }
            headers.push(ByteVec::from(header.clone()));
            if accord_core::verify_entry(entry).is_ok() {
                return Some(Self { headers, signature: entry.signed().signature });
            }
        }
        None
    }
}

impl ForkProof {
    /// Whether it proves that the device of this log signed two histories of it, from [`Self::seq`] on.
    pub fn holds(&self, log: &LogId) -> bool {
        let (Some((one, id)), Some((other, other_id))) = (self.one.read(), self.other.read()) else {
            return false;
        };
        let named = |header: &Header| LogId { space: header.space, device: header.device } == *log;
        let differ = if other.seq == one.seq {
            other_id != id
        } else {
            one.seq.checked_add(1) == Some(other.seq) && other.prev != Some(id)
        };
        one.programme == other.programme && named(&one) && named(&other) && one.seq == self.seq && differ
    }
}

impl Logs {
    /// The proof that a log has two histories, if it is known to.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read.
    pub fn fork_proof(&self, log: &LogId) -> Result<Option<ForkProof>, LogsError> {
        let number = self.state().numbers.get(log).and_then(|numbers| numbers.first()).copied();
        let Some(number) = number else { return Ok(None) };
        let value = self.store.get(Tree::Forks, &number.to_be_bytes())?;
        let form = |source| LogsError::Form { what: "the proof of a fork", source };
        value.map(|value| decode(&value).map_err(form)).transpose()
    }

    /// A run is about to begin a branch: keeps the proof, if it is the first of its log, and has the branch begin with
    /// what holds where it parts.
    pub(super) fn branch_off(
        &self,
        writer: &mut Writer,
        run: &VerifiedRun,
        place: &mut Place,
        fresh: &[Verified],
    ) -> Result<(), LogsError> {
        let Some(parting) = place.parting else { return Ok(()) };
        place.authority = self.authority_at(&parting)?;
        let seq = parting.seq + 1;
        self.keep_proof(writer, run, seq, fresh.iter().map(|(entry, _)| entry))
    }

    /// A run follows none of the entries held at the place before it. That proves the fork, though nothing of it can be
    /// stored.
    pub(super) fn show_apart(&self, writer: &mut Writer, run: &VerifiedRun) -> Result<(), IngestError> {
        let first = run.first_seq();
        let entries = run.entries().iter().map(|(entry, _)| entry);
        Ok(self.keep_proof(writer, run, first - 1, entries)?)
    }

    fn keep_proof<'a>(
        &self,
        writer: &mut Writer,
        run: &VerifiedRun,
        seq: u64,
        other: impl Iterator<Item = &'a Entry>,
    ) -> Result<(), LogsError> {
        let log = run.log();
        let known = self.state().forked.get(&log).is_some_and(|known| *known <= seq);
        if known && self.fork_proof(&log)?.is_some() {
            return Ok(());
        }
        let Some(number) = self.state().numbers.get(&log).and_then(|numbers| numbers.first()).copied() else {
            return Ok(());
        };
        // Any history held that goes so far will do: none of them has the run's entry there.
        let reaches = |branch: &super::Branch| branch.head.seq >= seq;
        let Some(branch) = self.branches(&log).all().iter().position(reaches) else { return Ok(()) };
        let branch = u32::try_from(branch).unwrap_or(u32::MAX);
        let held = self.read_on(&log, branch, (seq, u64::MAX), accord_core::MAX_RUN, MAX_SIDE)?;
        if let (Some(one), Some(other)) = (Side::of(held.iter()), Side::of(other)) {
            let proof = ForkProof { seq, one, other };
            self.commit(writer, vec![Op::put(Tree::Forks, number.to_be_bytes(), encode(&proof))])?;
        }
        self.state().fork(log, seq);
        Ok(())
    }
}
