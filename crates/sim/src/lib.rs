//! A seeded network with virtual time for the sync engine: real engines, real signatures, real governance, and
//! simulated disks that lose what was not synced, links that delay and break, nodes that crash and come back.
//!
//! Everything that happens follows from one seed, so a failure is replayed by its number. The oracle is naive: it
//! looks into all disks at once, which no node can. See [`run_seed`] for what is checked.

mod change;
mod disk;
mod governed;
mod node;
mod oracle;
mod programme;
mod scenario;
mod stats;
mod topology;
mod world;

pub use change::SimChange;
pub use disk::{Disk, LinkError};
pub use governed::run_governed;
pub use node::Mischief;
pub use oracle::Failure;
pub use programme::{Founding, Party};
pub use scenario::{Outcome, Where, run_copied, run_seed, run_with_wrong_clocks};
pub use stats::{Stats, Traffic};
pub use topology::Topology;
pub use world::{Settings, World};
