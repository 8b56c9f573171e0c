//! Bad lines: offices in network namespaces of their own, and between them a network that is slow, loses, translates
//! addresses, and is cut, as a test says.
//!
//! Each office has one TUN device for its only way out. What it sends is read here, held for as long as its line takes, or
//! lost, and handed to the office that it is for. So nothing of the machine's own network is touched, and no scheduler of the
//! kernel is needed. It takes root and Linux: where it may not, [`Net::new`] says why, and tests skip.
//!
//! - `line`: what a line does to a packet, as a pure function of time and chance;
//! - `packet`: what has to be known of a packet, and the translation of addresses;
//! - `switch`: the decision for one packet between two offices;
//! - `net`: namespaces, devices, and the thread that carries packets.

#![cfg(target_os = "linux")]

mod line;
mod net;
mod packet;
mod switch;

pub use line::{Line, State};
pub use net::{Counts, Net, Skip};
