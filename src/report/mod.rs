//! What people and pipelines read of a run: progress while it goes, a table and JSON at its end.
//!
//! Listens to the factory's events; the factory does not know of it. Everything here goes to
//! standard error or to a file: standard output belongs to the list of wheels.

mod check;
mod github;
mod json;
mod progress;
mod table;
mod whole_file;

pub use check::{
    CHECK_FORMAT, CheckReport, CheckedBinary, CheckedWheel, ReportedFinding, check_schema,
    rules_page,
};
pub use github::{annotate, annotate_finding};
pub use json::{
    FORMAT, Report, ReportedFailure, ReportedStage, ReportedTarget, ReportedTool, Tools, schema,
};
pub use progress::{Detail, Progress};
pub use table::table;
pub use whole_file::{try_dir, try_whole, write_whole};

/// Says `text` to people, on a line of standard error. A line that cannot be written there (its
/// reader has gone, its disk is full) is no reason to lose wheels.
pub fn tell(text: impl std::fmt::Display) {
    use std::io::Write;
    // One call, so that another process's line does not come between.
    let _ = std::io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}

/// A duration as people read it: `0.42s`, `7.9s`, `83s`.
pub fn seconds(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        ..1.0 => format!("{seconds:.2}s"),
        ..60.0 => format!("{seconds:.1}s"),
        _ => format!("{seconds:.0}s"),
    }
}

/// A number of bytes as people read it: `1.6 MB`.
pub fn bytes(count: u64) -> String {
    indicatif::DecimalBytes(count).to_string()
}
