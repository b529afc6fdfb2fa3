//! The output of `pygo inspect`.
//!
//! The types document the JSON. [`INSPECT_FORMAT`] changes when a field is removed or changes its
//! meaning, but not when one is added.

mod diff;
mod text;

use schemars::JsonSchema;
use serde::Serialize;

use crate::audit::Description;

pub use diff::{Difference, differences};
pub use text::inspect_text;

/// The version of the format.
pub const INSPECT_FORMAT: u32 = 1;

/// One run of `pygo inspect`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InspectReport {
    /// [`INSPECT_FORMAT`].
    pub format: u32,
    /// The version of pygo.
    pub pygo: &'static str,
    /// The wheels, in the order of the command line.
    pub wheels: Vec<Description>,
    /// With --diff: how the second wheel differs from the first; empty if their bytes are the same.
    pub differences: Option<Vec<Difference>>,
}

impl InspectReport {
    /// The report on `wheels`.
    pub fn new(wheels: Vec<Description>, differences: Option<Vec<Difference>>) -> Self {
        Self { format: INSPECT_FORMAT, pygo: env!("CARGO_PKG_VERSION"), wheels, differences }
    }
}

/// The JSON schema of an [`InspectReport`].
pub fn inspect_schema() -> serde_json::Value {
    schemars::schema_for!(InspectReport).to_value()
}
