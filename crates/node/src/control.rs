//! The control socket: how commands reach the running node of a home.
//!
//! One connection carries one request: a line of JSON from the client, any number of progress lines and one last
//! line back ([`accord_core::api::Message`]). The socket is the owner's alone, by its mode, by its folder's mode and
//! by the credentials of whoever connects. What a client sends is bounded in size and time, so that a broken script
//! cannot hold up the node; what a handler does wrong costs its own answer and nothing else.

mod client;
mod connection;
mod line;
mod progress;
mod server;
mod socket;
#[cfg(test)]
mod tests;

pub(crate) use client::ask;
pub(crate) use progress::ProgressSender;
pub(crate) use server::{Farewell, Handle, Listener};
pub(crate) use socket::{socket_to_ask, socket_to_serve};
