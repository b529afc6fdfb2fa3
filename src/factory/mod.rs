//! Builds wheels: what has to be built for which target, by which stage, in which order.
//!
//! A [`Plan`] is made from a project and the request; [`run`] carries it out and returns one
//! [`Outcome`] per wheel. An [`Observer`] receives events; this module prints nothing.

mod binding;
mod built;
mod c_inputs;
mod check_settings;
mod checkout;
mod compilers;
mod costs;
mod declaration_inputs;
mod derive;
mod develop;
mod editable;
mod event;
mod fingerprint;
mod flow;
mod forecast;
mod generated;
mod git;
mod go_settings;
mod input;
mod inputs;
mod leftovers;
mod licenses;
mod minimum;
mod monitor;
mod no_package;
mod notes_once;
mod pipeline;
mod place;
mod plan;
mod python_floor;
mod run;
mod sbom;
mod schedule;
mod sdist;
mod shards;
mod source_digests;
mod stage;
mod staging;
mod store;
mod stubs;

pub use binding::{default_targets, supported_bindings, supports};
pub use check_settings::CheckSettings;
pub use checkout::{Checkout, checkout};
pub use costs::Costs;
pub use derive::derived;
pub use develop::install;
pub use event::{Event, Observer, Scope, Stage, Work};
pub use fingerprint::Hasher;
pub use forecast::{Forecast, forecast};
pub use generated::is_generated;
pub use monitor::{StageError, StageTime};
pub use pipeline::Outcome;
pub use plan::{BackendSettings, Native, Options, Plan, Setting};
pub use run::{Results, run, stages};
pub use sdist::sdist;
pub use shards::{Shard, Share, shares};
pub use source_digests::source_digests;
pub use stage::Wheel;
pub use store::{LIMIT as CACHE_LIMIT, Limits, prune as prune_stages, prune_shared};
