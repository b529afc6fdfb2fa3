//! The command, run as a user runs it.

mod bad_build;
mod bad_input;
mod support;
