//! Governance: who may do what, decided by the two secretariats together.
//!
//! [`record`](Record) types are what is signed; [`Governance`] is the fold over all records held: a pure
//! function of the set of records, whatever the order in which they came.

mod authority;
mod casting;
mod decision;
mod fold;
mod genesis;
mod members;
mod record;
mod slots;
mod vote;

pub use authority::{Acknowledged, Resolution};
pub use casting::CastError;
pub use decision::{Cut, Decision, Operation, Subject};
pub use fold::{DecisionState, DecisionStatus, Governance};
pub use genesis::Genesis;
pub use members::Membership;
pub use record::{Record, RecordError};
pub use slots::{Equivocation, Slot, SlotState};
pub use vote::{Choice, ConstitutionRef, Vote};
