//! Putting back entries that were lost here, from whoever has them. The chain around a place says which entry belongs
//! there: the one that the next entry names, or the head. So what is put back is what was there, whoever sends it.

use std::collections::BTreeSet;

use accord_core::{ChangeReader, DocumentId, Entry, EntryId, VerifiedRun, verify_entry};

use super::holes::is_loss;
use super::layout::{entry_key, entry_value, irregular_key, lost_key};
use super::packs::Span;
use super::verify::Caches;
use super::{Logs, LogsError};
use crate::{Op, StoreError, Tree};

/// What was put back.
#[derive(Debug, Clone, Default)]
pub struct Mended {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// The documents that they are about.
    pub documents: BTreeSet<DocumentId>,
}

/// Where the regular ones of them stand, by document.
type Places = Vec<(DocumentId, (u32, u64))>;

impl Logs {
    /// Puts back what is lost here of the log of a verified run and stands in the run. Entries that are not lost, or that
    /// the chain does not name, are passed over.
    ///
    /// What is kept of their documents may have been written anew without them: then it is written once more, with
    /// `reader` and `caches` as in [`Logs::verify`].
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read or written; then nothing was put back.
    pub fn mend(
        &self,
        run: &VerifiedRun,
        reader: &dyn ChangeReader,
        caches: Caches<'_>,
    ) -> Result<Mended, LogsError> {
        let (mended, places) = self.mend_entries(run)?;
        let space = self.state().spaces.get(&run.log().space).copied();
        if let Some(space) = space.filter(|_| !places.is_empty()) {
            let lacking = self.lack_places(space, &places)?;
            self.rebuild(lacking, reader, caches)?;
        }
        Ok(mended)
    }

    fn mend_entries(&self, run: &VerifiedRun) -> Result<(Mended, Places), LogsError> {
        let mut writer = self.writer();
        self.sure(&writer)?;
        let log = run.log();
        if run.entries().iter().any(|(entry, _)| entry.header().programme != self.programme) {
            return Err(LogsError::Elsewhere("another programme's entries"));
        }
        let (first, last) = (run.first_seq(), run.head().seq);
        let lost: Vec<(u32, u64)> = {
            let state = self.state();
            let numbers = state.numbers.get(&log).map_or(&[][..], Vec::as_slice);
            // From the end: each one that fits says which one belongs before it.
            let of =
                |number: &u32| state.lost.of(*number).rev().map(|seq| (*number, seq)).collect::<Vec<_>>();
            numbers.iter().flat_map(of).filter(|(_, seq)| (first..=last).contains(seq)).collect()
        };
        let mut fits: Vec<(u32, &Entry)> = Vec::new();
        for (number, seq) in lost {
            let entry = usize::try_from(seq - first).ok().and_then(|at| run.entries().get(at));
            let Some((entry, _)) = entry else { continue };
            let after = fits.last().filter(|(on, after)| *on == number && after.header().seq == seq + 1);
            let named: Option<EntryId> = match after {
                Some((_, after)) => after.header().prev,
                None => self.id_by_what_follows(number, seq)?,
            };
            if named == Some(entry.id()) {
                fits.push((number, entry));
            }
        }
        self.put_back(&mut writer, run, &fits)
    }

    fn put_back(
        &self,
        writer: &mut super::Writer,
        run: &VerifiedRun,
        fits: &[(u32, &Entry)],
    ) -> Result<(Mended, Places), LogsError> {
        let mut ops = Vec::new();
        let (mut mended, mut places) = (Mended::default(), Places::new());
        for (number, entry) in fits.iter().rev() {
            let seq = entry.header().seq;
            let irregular = self.is_listed(*number, seq)?;
            ops.push(Op::put(Tree::Entries, entry_key(*number, seq), entry_value(entry.signed(), irregular)));
            ops.push(Op::delete(Tree::Waiting, lost_key(*number, seq)));
            mended.entries.push((*entry).clone());
            let document = entry.header().body.document();
            mended.documents.extend(document);
            places.extend(document.filter(|_| !irregular).map(|document| (document, (*number, seq))));
        }
        // A signature that does not hold may have stood here, inside of a longer run, and is as good as it was. But then
        // the run is kept up to the one that vouches for it, so that the log can be passed on.
        if let (Some((number, entry)), Some((end, _))) = (fits.first(), run.entries().last())
            && verify_entry(entry).is_err()
        {
            let seq = end.header().seq;
            let number = self.state().owner(*number, seq);
            if self.id_of_held(number, seq)? == Some(end.id()) {
                let value = entry_value(end.signed(), self.is_listed(number, seq)?);
                ops.push(Op::put(Tree::Entries, entry_key(number, seq), value));
            }
        }
        if ops.is_empty() {
            return Ok((mended, places));
        }
        // All that was in packs that are damaged is named as lost before the packs are taken away: with them nothing could be
        // copied any more, and nothing is in them.
        let mut spoilt: Vec<Span> = Vec::new();
        for (number, entry) in fits {
            let span = self.packs.span_of(*number, entry.header().seq);
            let Some(span) = span.filter(|span| !spoilt.contains(span)) else { continue };
            if !self.packs.is_whole(&span)? {
                self.note_spoilt(&span)?;
                ops.push(Op::delete(Tree::Packs, span.key()));
                spoilt.push(span);
            }
        }
        if !spoilt.is_empty() {
            self.write_owed(writer)?;
        }
        self.packs.exchange((&spoilt, None), || self.commit(writer, ops))?;
        let mut state = self.state();
        for (number, entry) in fits {
            state.lost.remove(*number, entry.header().seq);
        }
        Ok((mended, places))
    }

    /// Notes as lost what was in a pack that is damaged and does not stand singly.
    fn note_spoilt(&self, span: &Span) -> Result<(), LogsError> {
        let mut lost = Vec::new();
        for seq in span.first..=span.last {
            match self.packs.below().get(Tree::Entries, &entry_key(span.number, seq)) {
                Ok(Some(_)) => {}
                Ok(None) | Err(StoreError::Damaged { .. }) => lost.push(seq),
                Err(error) => return Err(error.into()),
            }
        }
        self.note_all_lost(span.number, &lost);
        Ok(())
    }

    /// The id of an entry that is held; none if there is none, or it is lost.
    fn id_of_held(&self, number: u32, seq: u64) -> Result<Option<EntryId>, LogsError> {
        match super::layout::id_at(self.store.as_ref(), number, seq) {
            Ok(id) => Ok(Some(id)),
            Err(error) if is_loss(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the entry at a place is listed as irregular, as it was found to be when it came.
    fn is_listed(&self, number: u32, seq: u64) -> Result<bool, LogsError> {
        match self.store.get(Tree::Waiting, &irregular_key(number, seq)) {
            Ok(listed) => Ok(listed.is_some()),
            Err(StoreError::Damaged { .. }) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}
