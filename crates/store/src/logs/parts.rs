//! Cutting a run into what one commit takes.

use accord_core::{MAX_HEADER, MAX_PAYLOAD, verify_entry};

use super::{LogsError, Verified};

/// The most bytes of entries in one commit: no more than travels in one piece, so that whatever was stored up to a
/// signature that holds can be passed on up to a signature that holds. Any single entry fits.
pub(super) const PART_BYTES: usize = MAX_HEADER + MAX_PAYLOAD + 32 * 1024;

/// Cuts entries that follow each other into parts of at most [`PART_BYTES`], each ending at a signature that holds.
///
/// The signature at the end of the run covers all of them, so a log never lacks proof. But after a crash a part may
/// be the end of what is held, and the last entry of what is held is the one that others will check.
///
/// # Errors
/// [`LogsError::Unsigned`] if signatures inside of the run were spoilt so thoroughly that nobody could pass it on.
pub(super) fn parts(entries: &[Verified]) -> Result<Vec<&[Verified]>, LogsError> {
    let mut parts = Vec::new();
    let mut rest = entries;
    while let Some((first, _)) = rest.first() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|(entry, _)| {
            bytes += entry.signed().size();
            bytes <= PART_BYTES
        });
        let mut end = fits.count().max(1);
        if end < rest.len() {
            let signed = rest[..end].iter().rposition(|(entry, _)| verify_entry(entry).is_ok());
            end = 1 + signed.ok_or(LogsError::Unsigned { seq: first.header().seq })?;
        }
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    Ok(parts)
}
