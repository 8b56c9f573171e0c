//! A document as bytes, for a node's own snapshots: the library's form, and what we know about it beside.

use automerge::{Automerge, LoadOptions, OnPartialLoad, VerificationMode};
use sha2::{Digest as _, Sha256};

use super::guard::quietly;
use super::{Document, Graph, LoadError};
use crate::change_meta::{self, Reader};
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
        if !is_whole(bytes) {
            return Err(LoadError::Damaged("its checksum does not fit".into()));
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

/// Whether these bytes are one saved document of the library, as its checksum says. The library itself takes other things as well,
/// and unpacks some of them before it looks at their checksum, however much they claim to hold.
fn is_whole(bytes: &[u8]) -> bool {
    /// What the library writes for a document.
    const DOCUMENT: u8 = 0;
    let mut r = Reader::new(bytes);
    let mut sum = || {
        let (magic, sum, kind) = (r.array().ok()?, r.array::<4>().ok()?, r.byte().ok()?);
        let len = r.bounded("a document", bytes.len()).ok()?;
        r.take(len).ok()?;
        (magic == change_meta::MAGIC && kind == DOCUMENT && r.is_empty()).then_some(sum)
    };
    sum().is_some_and(|sum| Sha256::digest(&bytes[8..])[..4] == sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Author, Kind};

    fn saved() -> Vec<u8> {
        let kind =
            Kind::from_yaml("name: note\nversion: 1\nfields:\n  - { name: title, type: string }\n").unwrap();
        let author = Author { actor: b"one", time: 0, message: None };
        let (document, _) =
            Document::create(&kind, "Sfax", &[], &author, &mut |bytes| bytes.fill(7)).unwrap();
        document.save()
    }

    /// The checksum of the library's part is its own, and of four bytes.
    fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
        let at = bytes.len() - parts(&bytes).0.len();
        let sum = Sha256::digest(&bytes[at + 8..]);
        bytes[at + 4..at + 8].copy_from_slice(&sum[..4]);
        bytes
    }

    #[test]
    fn nothing_that_is_damaged_gets_to_the_library() {
        let whole = saved();
        assert!(Document::load(&whole).is_ok() && sealed(whole.clone()) == whole);
        let (library, _) = parts(&whole);
        let begins = whole.len() - library.len();
        assert!(Document::load(library).is_ok(), "without what is kept beside it");
        for at in begins..whole.len() {
            let mut spoilt = whole.clone();
            spoilt[at] ^= 4;
            assert!(!is_whole(parts(&spoilt).0) && Document::load(&spoilt).is_err(), "{at}");
            assert!(Document::load(&whole[..at]).is_err(), "cut at {at}");
        }
        assert!(Document::load(&[whole.as_slice(), &[0]].concat()).is_err(), "and more behind it");
    }

    /// A bundle, which the library would unpack first, may claim to hold any number of operations.
    #[test]
    fn only_a_document_is_loaded() {
        for kind in 1..=u8::MAX {
            let mut other = saved();
            let begins = other.len() - parts(&other).0.len();
            other[begins + 8] = kind;
            assert!(!is_whole(parts(&sealed(other)).0), "{kind}");
        }
    }
}
