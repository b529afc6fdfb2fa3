//! Runs one tool to completion, and makes sure that nothing outlives the run.
//!
//! In: a [`Call`] in an [`Environment`]. Out: a [`Finished`] with the exit status and both streams,
//! or a failure that says what was being done. Every tool runs in its own process group. A signal
//! to `pygo` ends all groups; if `pygo` itself is killed, a guard process ends them and removes temporary files.

mod atomic_write;
mod call;
mod capacity;
mod children;
mod cpu_time;
mod environment;
mod shell;
mod temporary;

pub use atomic_write::{check_dir_writable, check_writable, may_write_into, write_atomically};
pub use call::{Call, Finished};
pub use capacity::capacity;
pub use children::{GUARD_COMMAND, check_stopped, guard, remove, stop_all, want_guard};
pub use cpu_time::cpu_time;
pub use environment::Environment;
pub use shell::{shell_line, shell_quoted, shell_word};
pub use temporary::{Temporary, file_clock};
