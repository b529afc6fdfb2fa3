//! What people and pipelines read of a run: progress while it runs, a table, JSON and a page of
//! timings at its end.
//!
//! Observes the factory's events; the factory does not know about this module. Everything here goes
//! to standard error or to a file: standard output belongs to the list of wheels.

mod check;
mod doctor;
mod failure;
mod github;
mod inspect;
mod json;
mod live;
mod plan;
mod progress;
mod provenance;
mod table;
mod tested;
mod timings;
mod used_tools;
mod wrap;

pub use check::{
    CHECK_FORMAT, CheckReport, CheckedBinary, CheckedWheel, Layout, ReportedFinding,
    check_annotations, check_changes, check_sarif, check_schema, check_summary, check_text,
    check_totals, rules_page,
};
pub use doctor::{
    DOCTOR_FORMAT, DiagnosedTool, DoctorReport, FoundTool, PlannedDownload, doctor_schema,
};
pub use failure::ReportedFailure;
pub use github::{Roots, annotate, build_summary, group};
pub use inspect::{
    Difference, INSPECT_FORMAT, InspectReport, differences, inspect_schema, inspect_text,
};
pub use json::{FORMAT, JoinedReport, Report, ReportedStage, ReportedTarget, TargetResult, schema};
pub use plan::{
    PLAN_FORMAT, PlanDocument, PlannedPart, PlannedShard, PlannedStep, PlannedTarget, PlannedTool,
    plan_schema,
};
pub use progress::{Detail, Progress};
pub use provenance::{Invocation, Provenance, ReportedNative, ReportedSource};
pub use table::table;
pub use tested::{
    ReportedTest, TEST_FORMAT, TestReport, TestResult, test_line, test_schema, test_totals,
};
pub use timings::Timings;
pub use used_tools::{ReportedTool, Tools};
pub use wrap::{width, wrap, wrapped};

use crate::printable::printable;

/// Prints `text` as a line on standard error, wrapped if that is a terminal. If that fails (its
/// reader is gone, its disk is full), the run goes on: wheels matter more.
///
/// What it says of files and tools cannot control the terminal or the runner.
pub fn tell(text: impl std::fmt::Display) {
    let text = printable(&text.to_string());
    tell_raw(wrapped(&text, width(&console::Term::stderr())));
}

/// As [`tell`], for text that is meant to control a runner.
pub fn tell_raw(text: impl std::fmt::Display) {
    use std::io::Write;
    // One call, so that another process cannot write in between.
    let _ = std::io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// A duration for people: `0.42s`, `7.9s`, `83s`.
pub fn seconds(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        ..1.0 => format!("{seconds:.2}s"),
        ..60.0 => format!("{seconds:.1}s"),
        _ => format!("{seconds:.0}s"),
    }
}

/// Seconds to the millisecond.
fn rounded(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

/// A number of bytes for people: `1.6 MB`.
pub fn bytes(count: u64) -> String {
    indicatif::DecimalBytes(count).to_string()
}

/// Parses a JSON document whose field `format` must be `format`.
///
/// # Errors
/// What is wrong with it, as a sentence.
fn versioned<T: serde::de::DeserializeOwned>(bytes: &[u8], format: u32) -> Result<T, String> {
    let value: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|error| format!("it is not JSON: {error}"))?;
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(found) if found == u64::from(format) => {}
        Some(found) => return Err(format!("its format is {found}, not {format}")),
        None => return Err("it has no `format`".to_owned()),
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}
