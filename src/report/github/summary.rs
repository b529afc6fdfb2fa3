//! The step summary of a build, in Markdown.

use std::fmt::Write as _;

use super::cell;
use crate::factory::Outcome;
use crate::report::bytes;

/// A table with the name, size and SHA-256 of each wheel, or why there is none.
pub fn build_summary(outcomes: &[Outcome]) -> String {
    let built = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    let mut page = format!(
        "### pygo: {built} of {} wheels\n\n| target | wheel | size | SHA-256 |\n|---|---|---|---|\n",
        outcomes.len()
    );
    for outcome in outcomes {
        let [wheel, size, digest] = match &outcome.result {
            Ok(wheel) => {
                let name = wheel.path.file_name().unwrap_or_default().to_string_lossy();
                [cell(&name), bytes(wheel.size), format!("`{}`", wheel.sha256)]
            }
            Err(broken) if broken.started => {
                let failure = &broken.failure;
                let why = cell(&format!("{}: {}", failure.doing, failure.found));
                [why, String::new(), String::new()]
            }
            Err(_) => ["skipped".to_owned(), String::new(), String::new()],
        };
        let _ = writeln!(page, "| {} | {wheel} | {size} | {digest} |", outcome.target);
    }
    page.push('\n');
    page
}
