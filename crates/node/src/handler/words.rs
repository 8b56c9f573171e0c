//! Names for people: codes of organisations instead of ids.

use std::collections::BTreeSet;

use accord_core::governance::Governance;
use accord_core::{DeviceId, OrganisationId, SpaceId};
use accord_document::{FieldChange, Hash};
use data_encoding::HEXLOWER;

use accord_words::say;

use crate::replica::{Programme, Reading};

/// The devices that are connected now.
pub(super) type Connected = BTreeSet<DeviceId>;

/// The code of an organisation, which outlives its taking part; the beginning of its id if its card is not here.
pub(super) fn code(governance: &Governance, organisation: &OrganisationId) -> String {
    governance.card(organisation).map_or_else(|| organisation.short(), |card| card.organisation.code.clone())
}

/// The code of the organisation of a device; the beginning of the device's id if that is not known.
pub(super) fn author_code(governance: &Governance, device: &DeviceId) -> String {
    governance.owner(device).map_or_else(|| device.short(), |organisation| code(governance, &organisation))
}

/// The code of the organisation that an actor of a document belongs to.
pub(super) fn actor_code(governance: &Governance, reading: &Reading, actor: &[u8]) -> String {
    match reading.device_of(actor) {
        Some(device) => author_code(governance, &device),
        None => say!("author-unknown"),
    }
}

/// The other organisations that read a space, and whether each has a device connected now.
pub(super) fn readers(programme: &Programme, space: &SpaceId, connected: &Connected) -> Vec<(String, bool)> {
    let governance = programme.governance();
    let devices = governance.devices();
    let own = programme.own_organisation(&governance);
    let others = governance.memberships().into_iter().filter(|(id, _)| Some(*id) != own);
    others
        .filter(|(id, _)| governance.may_read(id, space))
        .map(|(id, membership)| {
            let here = devices.iter().any(|(device, owner)| *owner == id && connected.contains(device));
            (membership.card.organisation.code, here)
        })
        .collect()
}

/// A word as a shell takes it.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '=');
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A change of a field, as an answer.
pub(super) fn field_change(change: &FieldChange) -> accord_core::api::FieldChange {
    accord_core::api::FieldChange {
        path: change.path.clone(),
        label: change.label.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
        note: change.note_said(),
        sentence: change.to_string(),
    }
}

/// The text of a change's id.
pub(super) fn hash_text(hash: &Hash) -> String {
    HEXLOWER.encode(hash)
}
