//! Answers about who takes part, and who reads and writes what.

use super::PartyView;
use crate::{OrganisationKind, SpaceId};

/// An organisation that takes or took part.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OrganisationView {
    /// Who.
    pub organisation: PartyView,
    /// As what it takes part; none if it takes part no more.
    pub kind: Option<OrganisationKind>,
    /// The number of the decision since which it takes part, or takes part no more; none since the founding.
    pub since: Option<String>,
    /// When the last signature under that decision was given, as its author says: seconds since 1970.
    pub time: Option<u64>,
    /// Whether it is this organisation.
    pub mine: bool,
}

/// An organisation with access to a space.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HolderView {
    /// Its code.
    pub organisation: String,
    /// Whether it writes too.
    pub writes: bool,
}

/// A space.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SpaceView {
    /// Its id.
    pub id: SpaceId,
    /// What people call it.
    pub name: String,
    /// Who reads it, and who of them writes.
    pub holders: Vec<HolderView>,
    /// Whether this organisation reads it.
    pub i_read: bool,
    /// Whether this organisation writes in it.
    pub i_write: bool,
    /// How many documents of it are here.
    pub documents: usize,
}
