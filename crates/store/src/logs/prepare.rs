//! What one commit writes of new entries: themselves, and everything that is kept beside them.

use accord_core::admission::regular;
use accord_core::{Body, DocumentId, Head, encode};

use super::arrivals::{Addition, Arrivals};
use super::layout::{HeadRecord, Written, entry_key, entry_value, head_key, irregular_key};
use super::{Irregular, Logs, LogsError, Place, Verified, Writer};
use crate::{Op, StoreError, Tree};

/// A commit in the making.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) ops: Vec<Op>,
    /// Which entries they write.
    written: Written,
    /// The number of the space of the log.
    space: u32,
    /// What is added to the documents that the entries are about, in the order of the documents.
    additions: Vec<Addition>,
    /// The head of the log after it.
    pub(super) head: Head,
    /// The highest authority position of the log after it.
    pub(super) authority: u64,
    pub(super) irregular: Vec<Irregular>,
}

impl Logs {
    /// The operations that store `fresh`, at least one entry, right after what is held at `place`.
    pub(super) fn prepare(&self, place: &Place, fresh: &[Verified]) -> Result<Prepared, LogsError> {
        let Place { log, number, space, mut authority, parting, .. } = *place;
        let branch = self.state().ordinal(place);
        let mut ops = Vec::with_capacity(fresh.len() * 2 + 1);
        let lineage = self.state().lineage(place);
        let mut arrivals = Arrivals::new((self.store.as_ref(), &self.journal), space, number, lineage);
        let mut irregular = Vec::new();
        for (entry, meta) in fresh {
            let header = entry.header();
            // Judged against every entry before, regular or not: so the judgement rests on the log alone.
            let goes_back = header.authority.position() < authority;
            authority = authority.max(header.authority.position());
            let is_regular = match &header.body {
                Body::Create { document, kind } if !goes_back => {
                    arrivals.create(document, header.seq, kind)?;
                    true
                }
                Body::Change { document, generation, .. } if !goes_back => {
                    let meta = meta.as_ref().ok_or(LogsError::Missing("the outside of a change"))?;
                    let before = arrivals.actor(document)?;
                    match regular(before, &log.space, &log.device, (document, *generation), meta) {
                        Ok(after) => {
                            arrivals.change(document, header.seq, after)?;
                            true
                        }
                        Err(_) => false,
                    }
                }
                Body::Create { .. } | Body::Change { .. } => false,
                // Records count by their own signatures, and what a newer version wrote it judges itself.
                Body::Governance { .. } | Body::Unknown(_) => true,
            };
            if !is_regular {
                irregular.push(Irregular { log, branch, seq: header.seq });
                ops.push(Op::put(Tree::Waiting, irregular_key(number, header.seq), Vec::new()));
            }
            let value = entry_value(entry.signed(), !is_regular);
            ops.push(Op::put(Tree::Entries, entry_key(number, header.seq), value));
        }
        let ends = fresh.first().zip(fresh.last());
        let ((first, _), (last, _)) = ends.ok_or(LogsError::Missing("an entry of the run"))?;
        let written = Written { number, first: first.header().seq, last: last.header().seq };
        let head = Head { seq: last.header().seq, id: last.id() };
        let record = HeadRecord { number, head, authority, parting };
        ops.push(Op::put(Tree::Heads, head_key(&log, parting.map(|_| number)), encode(&record)));
        let additions = arrivals.finish(&mut ops);
        Ok(Prepared { ops, written, space, additions, head, authority, irregular })
    }

    /// Commits it. Gives the documents that the entries are about, in order.
    pub(super) fn commit_prepared(
        &self,
        writer: &mut Writer,
        prepared: Prepared,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let Prepared { ops, written, space, additions, .. } = prepared;
        let documents = additions.iter().map(|addition| addition.document).collect();
        self.commit_by(writer, ops, |ops| self.journal.add(&written, space, additions, ops))?;
        Ok(documents)
    }
}
