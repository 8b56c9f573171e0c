//! The command line: commands, output and the editor loop.
