//! What happens during a run, reported to an [`Observer`].

use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::error::Failure;
use crate::project::PartId;
use crate::target::{PythonAbi, Slice, Target};

/// A step on the way from sources to a wheel.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[derive(schemars::JsonSchema)]
pub enum Stage {
    /// Reads in the header that cgo writes which functions Go exports: once per part whose author
    /// declares none.
    Exports,
    /// The project's own backend builds the pure part: once per run.
    BaseWheel,
    /// Generates the C source of a part's extension: once per part.
    Source,
    /// The project's own commands run before Go, in a copy: once per slice.
    Prepare,
    /// Go builds a part's shared library: once per slice.
    Library,
    /// Go builds a part's program: once per slice.
    Program,
    /// The C compiler builds a part's extension: once per slice.
    Extension,
    /// The C compiler compares a part's signatures with the header that cgo wrote, where it compiles
    /// no extension: once per slice.
    Signatures,
    /// Merges slices into fat binaries: for `universal2` only.
    Fuse,
    /// Reads the finished binaries and determines the platform tag.
    Audit,
    /// Writes the wheel, checks it and moves it into place.
    Pack,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exports => "exports",
            Self::BaseWheel => "base-wheel",
            Self::Source => "source",
            Self::Prepare => "prepare",
            Self::Library => "library",
            Self::Program => "program",
            Self::Extension => "extension",
            Self::Signatures => "signatures",
            Self::Fuse => "fuse",
            Self::Audit => "audit",
            Self::Pack => "pack",
        })
    }
}

/// The scope of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The whole project, for all targets.
    All,
    /// One part, for all targets.
    Part(PartId),
    /// One part on one slice, which several targets may share.
    Slice(PartId, Slice),
    /// One target.
    Target(Target),
    /// One ABI of Python, for the scope inside.
    Abi(Box<Self>, PythonAbi),
}

impl Scope {
    /// The part, if the stage runs for a single one.
    pub fn part(&self) -> Option<&PartId> {
        match self {
            Self::Part(part) | Self::Slice(part, _) => Some(part),
            Self::All | Self::Target(_) => None,
            Self::Abi(scope, _) => scope.part(),
        }
    }

    /// The platform: `all`, or the name of a slice or a target.
    pub fn platform(&self) -> String {
        match self {
            Self::All | Self::Part(_) => "all".to_owned(),
            Self::Slice(_, slice) => slice.name(),
            Self::Target(target) => target.name().to_owned(),
            Self::Abi(scope, _) => scope.platform(),
        }
    }

    /// Whether every target needs what this scope builds.
    pub fn concerns_all(&self) -> bool {
        matches!(self, Self::All | Self::Part(_))
    }

    /// Whether `target` needs what this scope builds.
    pub fn serves(&self, target: Target) -> bool {
        match self {
            Self::All | Self::Part(_) => true,
            Self::Slice(_, slice) => target.slices().contains(slice),
            Self::Target(other) => *other == target,
            Self::Abi(scope, _) => scope.serves(target),
        }
    }

    /// The same for `abi`.
    pub(super) fn on(self, abi: PythonAbi) -> Self {
        Self::Abi(Box::new(self), abi)
    }

    /// The ABI of Python, if it runs for one.
    pub fn abi(&self) -> Option<PythonAbi> {
        match self {
            Self::Abi(_, abi) => Some(*abi),
            _ => None,
        }
    }
}

impl fmt::Display for Scope {
    /// `all`, `linux-amd64`, with a part `linux-amd64-hello`, and with another ABI of Python
    /// than the stable one `linux-amd64-cp314t`: also the name of its log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.platform())?;
        self.part().map_or(Ok(()), |part| write!(f, "-{part}"))?;
        let other = self.abi().filter(|abi| *abi != PythonAbi::Abi3);
        other.map_or(Ok(()), |abi| write!(f, "-{abi}"))
    }
}

/// One stage with its scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Work {
    /// The stage.
    pub stage: Stage,
    /// Its scope.
    pub scope: Scope,
}

impl fmt::Display for Work {
    /// `library for linux-amd64-hello`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {}", self.stage, self.scope)
    }
}

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A stage started.
    Started {
        /// Which one.
        work: &'a Work,
        /// The targets that need it.
        serves: &'a [Target],
        /// The stages whose outputs it needs.
        after: &'a [Work],
    },
    /// A stage ended.
    Finished {
        /// Which one.
        work: &'a Work,
        /// The targets that need it.
        serves: &'a [Target],
        /// How long it took.
        elapsed: Duration,
        /// Whether its output is that of an earlier run.
        cached: bool,
        /// What its tools printed, if any ran.
        log: &'a Path,
        /// Why it failed, if it did.
        failure: Option<&'a Failure>,
    },
    /// Something worth knowing that stops nothing.
    Note(&'a str),
    /// No more stages will run for this target.
    Ended {
        /// Which one.
        target: Target,
        /// Why it has no wheel, if it has none.
        failure: Option<&'a Failure>,
    },
}

/// Receives the events of a run, from several threads at once.
pub trait Observer: Sync {
    /// Called for each `event` as it happens.
    fn event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Sync> Observer for F {
    fn event(&self, event: &Event<'_>) {
        self(event);
    }
}
