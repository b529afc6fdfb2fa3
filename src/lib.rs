//! Builds Python wheels around Go code for many platforms, and checks wheels.
//!
//! Each module depends only on those above it in this list:
//!
//! * [`error`]: errors in three parts, and their exit codes
//! * [`process`]: runs one tool to completion: process groups, signals, temporary files
//! * [`target`]: platforms: names, triples, tags and minimum OS versions
//! * [`wheel`]: the wheel format: names, tags, RECORD and METADATA
//! * [`project`]: what the author wrote: configuration, Go exports, C signatures
//! * [`sdist`]: the source distribution format
//! * [`audit`]: checks finished wheels and the binaries in them
//! * [`template`]: the files of a new project
//! * [`toolchain`]: finds and downloads Go, C compilers, Python and cffi
//! * [`factory`]: builds wheels: plan, schedule and stages
//! * [`tester`]: tests finished wheels in fresh environments
//! * [`report`]: progress, summaries and machine-readable reports
//! * [`release`]: joins what several machines built
//! * [`cli`]: one file per subcommand
#![deny(missing_docs)]

#[cfg(not(unix))]
compile_error!("pygo runs on Linux and macOS. On Windows, install it in WSL.");

pub mod audit;
pub mod cli;
pub mod error;
pub mod factory;
mod plural;
mod printable;
pub mod process;
pub mod project;
mod relative_path;
pub mod release;
pub mod report;
pub mod sdist;
pub mod target;
pub mod template;
pub mod tester;
pub mod toolchain;
pub mod wheel;

#[cfg(test)]
mod test_builders;
