//! The output of `pygo test`: lines for people, and JSON.
//!
//! The types document the JSON. [`TEST_FORMAT`] changes when a field is removed or changes its
//! meaning, but not when one is added.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::failure::ReportedFailure;
use super::{rounded, seconds};
use crate::tester::{Outcome, Tested};

/// The version of the format.
pub const TEST_FORMAT: u32 = 1;

/// One run of `pygo test`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestReport {
    /// [`TEST_FORMAT`].
    pub format: u32,
    /// The version of pygo.
    pub pygo: &'static str,
    /// One entry for each wheel and Python that can install it; one for a wheel that none can.
    pub tests: Vec<ReportedTest>,
}

/// One wheel, tested with one Python.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedTest {
    /// The wheel.
    pub wheel: PathBuf,
    /// The result.
    pub result: TestResult,
    /// The interpreter; this and the next three are `null` if the wheel was not run.
    pub python: Option<PathBuf>,
    /// Its version.
    pub version: Option<String>,
    /// The newest platform tag that it supports.
    pub platform: Option<String>,
    /// The qemu that ran it; `null` if the machine did.
    pub emulator: Option<PathBuf>,
    /// Its duration, with the installation.
    pub seconds: f64,
    /// The reason why the wheel was not run.
    pub reason: Option<String>,
    /// The failure.
    pub failure: Option<ReportedFailure>,
}

/// The result of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TestResult {
    /// Every command exited with 0.
    Passed,
    /// The wheel could not be installed, or a command failed.
    Failed,
    /// No Python could install the wheel.
    NotRun,
}

impl TestReport {
    /// The report of `tests`.
    pub fn of(tests: &[Tested]) -> Self {
        let tests = tests.iter().map(reported).collect();
        Self { format: TEST_FORMAT, pygo: env!("CARGO_PKG_VERSION"), tests }
    }
}

pub(super) fn reported(test: &Tested) -> ReportedTest {
    let python = test.python.as_ref();
    let (result, reason, failure) = match &test.outcome {
        Outcome::Passed => (TestResult::Passed, None, None),
        Outcome::Failed(failure) => (TestResult::Failed, None, Some(ReportedFailure::of(failure))),
        Outcome::NotRun(reason) => (TestResult::NotRun, Some(reason.clone()), None),
    };
    ReportedTest {
        wheel: test.wheel.clone(),
        result,
        python: python.map(|python| python.path.clone()),
        version: python.map(|python| python.version.clone()),
        platform: python.map(|python| python.platform.clone()),
        emulator: python.and_then(|python| python.emulator.clone()),
        seconds: rounded(test.elapsed),
        reason,
        failure,
    }
}

/// The line of `test` for people.
pub fn test_line(test: &Tested) -> String {
    let wheel = test.wheel.file_name().unwrap_or_default().display();
    let word = match &test.outcome {
        Outcome::Passed => "passed",
        Outcome::Failed(_) => "failed",
        Outcome::NotRun(reason) => return format!("not run  {wheel}  {reason}"),
    };
    let with = test.python.as_ref().map_or_else(String::new, |python| {
        let emulated = if python.emulator.is_some() { ", emulated" } else { "" };
        format!("Python {} on {}{emulated}", python.version, python.platform)
    });
    format!("{word}   {wheel}  {with}  {}", seconds(test.elapsed))
}

/// The numbers of tests by result: `2 passed, 0 failed, 1 not run`.
pub fn test_totals(tests: &[Tested]) -> String {
    let count = |is: fn(&Outcome) -> bool| tests.iter().filter(|test| is(&test.outcome)).count();
    let passed = count(|outcome| matches!(outcome, Outcome::Passed));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let not_run = count(|outcome| matches!(outcome, Outcome::NotRun(_)));
    format!("{passed} passed, {failed} failed, {not_run} not run")
}

/// The JSON Schema of [`TestReport`], generated from the types.
pub fn test_schema() -> serde_json::Value {
    schemars::schema_for!(TestReport).to_value()
}
