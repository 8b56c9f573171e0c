//! The ids of the spaces that exist without a decision.

use crate::{OrganisationId, ProgrammeId, SpaceId, tagged_hash};

/// The space of governance records, which every member reads.
pub fn governance_space(programme: &ProgrammeId) -> SpaceId {
    SpaceId(tagged_hash("space/governance", &[&programme.0]))
}

/// The space that membership gives access to.
pub fn programme_space(programme: &ProgrammeId) -> SpaceId {
    SpaceId(tagged_hash("space/programme", &[&programme.0]))
}

/// The private space of an organisation, which never leaves its own devices.
pub fn private_space(programme: &ProgrammeId, organisation: &OrganisationId) -> SpaceId {
    SpaceId(tagged_hash("space/private", &[&programme.0, &organisation.0]))
}
