//! A wheel factory for Python packages whose core is written in Go.
//!
//! The rooms, from the ground up; a room uses only those above it in this list:
//!
//! * [`error`]: what went wrong, in three parts, and the exit code for it
//! * [`target`]: where a wheel must run: names, triples, platform tags
//! * [`project`]: what the author wrote: configuration, Go exports, signatures
//! * [`wheel`]: the file format: names, tags, RECORD, METADATA, reading and writing
//! * [`sdist`]: the source distribution format: reading and writing
//! * [`audit`]: judges the bytes of finished binaries
//! * [`template`]: the files of a project to begin with
//! * [`toolchain`]: what builds: finds and provisions Go, zig, clang, Python and cffi
//! * [`factory`]: the matrix: plan, schedule, stages
//! * [`report`]: what people and pipelines read of a run
//! * [`cli`]: one file per subcommand
#![deny(missing_docs)]

pub mod audit;
pub mod cli;
pub mod error;
pub mod factory;
pub mod project;
pub mod report;
pub mod sdist;
pub mod target;
pub mod template;
pub mod toolchain;
pub mod wheel;
