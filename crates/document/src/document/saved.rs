//! A document as bytes, for a node's own snapshots: the library's form, and what we know about it beside.

use automerge::{Automerge, LoadOptions, OnPartialLoad, VerificationMode};
use sha2::{Digest as _, Sha256};

use super::guard::quietly;
use super::{Document, Graph, LoadError};
use crate::trace::Trace;

/// Before a saved document that carries its trace. The library's own form begins otherwise.
const MAGIC: &[u8; 8] = b"accorddt";
const CHECKSUM: usize = 8;

impl Document {
    /// Reads what [`Document::save`] wrote. For a node's own snapshots only: what comes from others
    /// goes through [`Document::apply_changes`].
    ///
    /// # Errors
    /// If the bytes are damaged. The library panics on some damage; that is caught here.
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        let (bytes, trace) = parts(bytes);
        if bytes.is_empty() {
            return Err(LoadError::Damaged("it is empty".into()));
        }
        let loaded = quietly(|| {
            // Checked and complete: a torn tail must be an error and never an older document.
            let options = LoadOptions::new()
                .on_partial_load(OnPartialLoad::Error)
                .verification_mode(VerificationMode::Check);
            let am = Automerge::load_with_options(bytes, options).map_err(|e| e.to_string())?;
            let graph = Graph::of(&am);
            let trace = trace.and_then(|trace| Trace::decode(trace, &graph));
            let trace = trace.unwrap_or_else(|| Trace::of(&am, &graph));
            Ok::<_, String>(Self::of(am, graph, trace))
        });
        match loaded {
            Some(Ok(document)) => Ok(document),
            Some(Err(message)) => Err(LoadError::Damaged(message)),
            None => Err(LoadError::Damaged("its content does not hold together".into())),
        }
    }

    /// The whole document in one compact piece, with the trace of what each change touched. Two nodes with the same
    /// changes may save different bytes: compare [`Document::heads`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let document = self.am.save();
        let trace = self.trace.encode(&self.graph);
        let mut out = Vec::with_capacity(MAGIC.len() + 8 + CHECKSUM + document.len() + trace.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&(trace.len() as u64).to_be_bytes());
        out.extend_from_slice(&Sha256::digest(&trace)[..CHECKSUM]);
        out.extend_from_slice(&trace);
        out.extend_from_slice(&document);
        out
    }
}

/// The library's bytes, and the trace if there is one that is whole.
fn parts(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    let read = || {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (len, rest) = rest.split_at_checked(8)?;
        let (checksum, rest) = rest.split_at_checked(CHECKSUM)?;
        let len = usize::try_from(u64::from_be_bytes(len.try_into().ok()?)).ok()?;
        let (trace, document) = rest.split_at_checked(len)?;
        let whole = Sha256::digest(trace)[..CHECKSUM] == *checksum;
        Some((document, whole.then_some(trace)))
    };
    read().unwrap_or((bytes, None))
}
