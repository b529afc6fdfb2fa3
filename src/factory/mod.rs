//! The matrix: what has to be built for which target, in which order, by which stage.
//!
//! A [`Plan`] is made from a project and what was asked for; [`run`] carries it out and gives
//! one [`Outcome`] for each target. Whoever wants to watch passes an [`Observer`]; this room
//! prints nothing.

mod develop;
mod editable;
mod event;
mod git;
mod plan;
mod python_floor;
mod run;
mod sbom;
mod schedule;
mod sdist;
mod stage;
mod staging;
mod stubs;

pub use develop::install;
pub use event::{Event, Observer, Of, Stage, Work};
pub use plan::{BackendSettings, DEFAULT_TARGETS, Floors, Options, Plan, Setting};
pub use run::{Broken, Outcome, Results, StageTime, run};
pub use sdist::sdist;
pub use stage::Wheel;
