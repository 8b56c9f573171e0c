//! Governance: who may do what, decided by the two secretariats together.
//!
//! [`record`](Record) types are what is signed; [`Governance`] is the fold over all records held: a pure
//! function of the set of records, whatever the order in which they came.

mod authority;
mod casting;
mod constitution;
mod cuts;
mod decision;
mod effect;
mod fold;
mod genesis;
mod members;
mod news;
mod operation;
mod periods;
mod promise;
mod proof;
mod record;
mod resolve;
mod revocation;
mod slots;
mod state;
mod surplus;
mod vote;

pub use authority::{Acknowledged, Resolution};
pub use casting::{CastError, Signer};
pub use constitution::Constitution;
pub use decision::{Cut, Decision, Subject};
pub use effect::{CutCount, Effect};
pub use fold::Governance;
pub use genesis::Genesis;
pub use members::Membership;
pub use operation::{Charter, Holder, Operation, RECOVERY_ROUND, Recovery, Seat, Term, UnknownOperation};
pub use periods::{Access, Knowledge, Part};
pub use proof::{EquivocationProof, ForkProof, NoProof};
pub use record::{Record, RecordError};
pub use revocation::Revocation;
pub use slots::{Equivocation, Slot, SlotState};
pub use state::{DecisionState, DecisionStatus};
pub use surplus::MAX_CERTIFIED;
pub use vote::{Choice, ConstitutionRef, Vote};
