//! The node: one handler for every request, the network, the control socket.
