//! The network on real swarms: TCP on the loopback interface, with Noise, and a backend in memory.

mod backend;
mod joining;
mod links;
mod node;
mod packing;
mod packs;
mod raw;
mod relay;
mod relaying;
mod strangers;
mod syncing;
mod written;
