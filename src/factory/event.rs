//! What happens during a run, told to whoever listens.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::error::Failure;
use crate::target::{Slice, Target};
use crate::toolchain::Fetching;

/// A step on the way from sources to wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The project's own backend makes the pure part. Once for all targets.
    BaseWheel,
    /// cffi turns signatures into C. Once for all targets.
    CffiSource,
    /// Go builds the shared library. Once for each slice.
    Library,
    /// The C compiler builds the extension. Once for each slice.
    Extension,
    /// Slices become one fat binary. For `universal2` only.
    Fuse,
    /// The finished binaries are read: what do they need, what tag is true of them.
    Audit,
    /// Everything is written as a wheel, read back, and put in place.
    Pack,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BaseWheel => "base-wheel",
            Self::CffiSource => "cffi-source",
            Self::Library => "library",
            Self::Extension => "extension",
            Self::Fuse => "fuse",
            Self::Audit => "audit",
            Self::Pack => "pack",
        })
    }
}

/// What a piece of work is done for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Of {
    /// For every target alike.
    All,
    /// For one slice, which several targets may share.
    Slice(Slice),
    /// For one target.
    Target(Target),
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Slice(slice) => f.write_str(&slice.name()),
            Self::Target(target) => target.fmt(f),
        }
    }
}

/// One stage, for one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Work {
    /// The stage.
    pub stage: Stage,
    /// What for.
    pub of: Of,
}

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A pinned tool is about to be fetched; this may take a while.
    Fetching(&'a Fetching),
    /// Work began for these targets.
    Started {
        /// Which.
        work: Work,
        /// The targets that need it.
        serves: &'a [Target],
    },
    /// Work ended, well or not.
    Finished {
        /// Which.
        work: Work,
        /// The targets that need it.
        serves: &'a [Target],
        /// How long it took.
        elapsed: Duration,
        /// What tools said meanwhile, if any ran.
        log: &'a Path,
        /// What went wrong, if it did.
        failure: Option<&'a Failure>,
    },
    /// Something that its reader should know and that stops nothing.
    Note(&'a str),
    /// Nothing more will happen for this target.
    Ended {
        /// Which.
        target: Target,
        /// Whether its wheel is in place.
        whole: bool,
    },
}

/// Listens to a run. Called from many threads at once.
pub trait Observer: Sync {
    /// Called when `event` happened.
    fn event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Sync> Observer for F {
    fn event(&self, event: &Event<'_>) {
        self(event);
    }
}
