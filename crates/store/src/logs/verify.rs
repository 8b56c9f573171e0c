//! Recomputing everything that is kept beside the entries from the entries, and mending what differs.
//!
//! The entries are the truth. Of each log its chain is gone through once, from the first entry to the last; what follows
//! from it for heads, regularity and documents is gathered on the way, in memory that grows with the number of documents
//! and not with that of the entries: the places of a document are summed up by a hash that does not depend on their
//! order. Then what is stored is gone through in the same way and compared.
//!
//! It may run while the logs are in use: what is written after a log's head was looked at is left out. What seems to be
//! wrong is looked at again, and mended, while nobody writes.
//!
//! What other nodes gave and is damaged cannot be recomputed; it is named here and put back by [`Logs::mend`].

mod documents;
mod entries;
mod mending;

use accord_core::{ChangeReader, DocumentId, LogId, SpaceId};

use super::{Logs, LogsError};
use crate::Op;
pub use documents::DocumentFault;
pub use entries::LogFault;

/// What was looked at of one branch of a log.
#[derive(Debug, Clone)]
pub struct LogReport {
    /// The log.
    pub log: LogId,
    /// Which of its histories, by its place in [`Logs::branches`].
    pub branch: u32,
    /// How many entries of its own it has, lost ones among them.
    pub entries: u64,
    /// How many signatures were checked: that of the last entry, and one in each stretch that is read at once.
    pub signatures: u64,
    /// What is wrong, each kind once, with the first position and how often.
    pub faults: Vec<(LogFault, u64, u64)>,
}

/// What was looked at of one document.
#[derive(Debug, Clone)]
pub struct DocumentReport {
    /// Its space; none if what is damaged does not tell.
    pub space: Option<SpaceId>,
    /// Its id.
    pub document: DocumentId,
    /// What was wrong.
    pub fault: DocumentFault,
}

/// What came of looking through the logs.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// By log, all of them.
    pub logs: Vec<LogReport>,
    /// How many documents were compared.
    pub documents: u64,
    /// Those of which something was wrong.
    pub wrong: Vec<DocumentReport>,
    /// How many stored values were mended: written anew, or removed.
    pub mended: u64,
    /// How many were wrong and left as they are, since nothing was to be changed.
    pub left: u64,
}

/// How far it is: entries gone through, and of how many.
pub type CheckProgress<'a> = &'a mut dyn FnMut(u64, u64);

/// What removes that which rests on the order in which the entries about a document arrived.
pub type Caches<'a> = &'a dyn Fn(&SpaceId, &DocumentId) -> Vec<Op>;

impl Logs {
    /// Checks every log, and everything that is kept beside the entries. Mends what can be recomputed if `mend` says so.
    /// `reader` reads the outside of changes.
    ///
    /// A document that several logs write in may be listed in another order afterwards. `caches` gives what removes that
    /// which rests on that order.
    ///
    /// # Errors
    /// [`LogsError`] if the store cannot be read or, for mending, written.
    pub fn verify(
        &self,
        mend: bool,
        reader: &dyn ChangeReader,
        caches: Caches<'_>,
        progress: CheckProgress<'_>,
    ) -> Result<Checked, LogsError> {
        let mut checked = Checked::default();
        if mend {
            // What is damaged of the journals themselves goes with them.
            self.settle()?;
        }
        let expected = self.verify_entries(mend, reader, &mut checked, progress)?;
        self.verify_documents(mend, &expected, &mut checked, reader, caches)?;
        if mend {
            // What was found to be lost is known after the next start too, whether or not anything is written before.
            self.write_owed(&mut self.writer())?;
        }
        Ok(checked)
    }
}
