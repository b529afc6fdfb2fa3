use std::path::PathBuf;
use std::time::Duration;

use super::Timings;
use super::chain::critical_path;
use super::page::page;
use super::span::{End, Span};
use crate::error::Failure;
use crate::factory::{Event, Observer as _, Scope, Stage, Work};
use crate::report::{Report, ReportedTarget, TargetResult};

fn work(stage: Stage) -> Work {
    Work { stage, scope: Scope::All }
}

fn span(stage: Stage, after: &[Stage], start: u64, elapsed: u64) -> Span {
    Span {
        work: work(stage),
        after: after.iter().copied().map(work).collect(),
        start: Duration::from_millis(start),
        elapsed: Duration::from_millis(elapsed),
        cpu: Duration::from_millis(elapsed / 2),
        lane: 0,
        end: End::Built,
    }
}

#[test]
fn the_critical_path_is_the_longest_chain_not_the_last_one() {
    let spans = [
        span(Stage::BaseWheel, &[], 0, 500),
        span(Stage::Source, &[], 0, 900),
        // Waited for a job, and ended last, but is short.
        span(Stage::Library, &[Stage::BaseWheel], 600, 800),
        span(Stage::Extension, &[Stage::Library, Stage::Source], 1400, 100),
        span(Stage::Audit, &[Stage::Source], 5000, 10),
    ];
    assert_eq!(critical_path(&spans), [0, 2, 3]);
    assert_eq!(critical_path(&[]), [0; 0]);
}

#[test]
fn spans_follow_the_events_of_a_run() {
    let timings = Timings::new(std::time::Instant::now());
    let first = work(Stage::BaseWheel);
    let second = work(Stage::Source);
    let log = PathBuf::new();
    let failure = Failure::project("reading", "nothing", "write");
    timings.event(&Event::Started { work: &first, serves: &[], after: &[] });
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let after = [first.clone()];
            timings.event(&Event::Started { work: &second, serves: &[], after: &after });
            let elapsed = Duration::from_secs(2);
            let (work, log, failure) = (&second, &*log, Some(&failure));
            let ended = Event::Finished { work, serves: &[], elapsed, cached: false, log, failure };
            timings.event(&ended);
        });
    });
    let (elapsed, log) = (Duration::from_secs(1), &*log);
    let (work, failure) = (&first, None);
    timings.event(&Event::Finished { work, serves: &[], elapsed, cached: true, log, failure });
    let state = timings.lock();
    let seen: Vec<_> =
        state.spans.iter().map(|s| (s.work.stage, s.lane, s.end, s.elapsed.as_secs())).collect();
    let expected = [(Stage::Source, 1, End::Failed, 2), (Stage::BaseWheel, 0, End::Cached, 1)];
    assert_eq!(seen, expected);
    assert_eq!(state.spans[0].after, std::slice::from_ref(&first));
    assert!(state.running.is_empty());
}

#[test]
fn a_result_is_called_the_same_everywhere() {
    use TargetResult::{Built, Failed, Interrupted, Skipped};
    for result in [Built, Failed, Skipped, Interrupted] {
        assert_eq!(serde_json::to_value(result).unwrap(), result.as_str());
    }
}

#[test]
fn names_of_a_project_are_text() {
    let evil = "</title><script>alert(1)</script>\"' onfocus=x";
    let failure = Failure::project(evil, evil, evil);
    let mut report = Report::failed(2, Duration::from_secs(3), &failure);
    report.pygo = evil.to_owned();
    report.targets.push(ReportedTarget {
        abi: "abi3".to_owned(),
        target: evil.to_owned(),
        result: TargetResult::Built,
        wheel: Some(PathBuf::from(format!("/x/{}", evil.replace('/', "")))),
        sha256: None,
        size: Some(1_000),
        unpacked: Some(4_000),
        tag: None,
        tags: None,
        because: None,
        seconds: 1.0,
        stages: Vec::new(),
        failure: None,
    });
    let mut library = span(Stage::Library, &[], 0, 2_000);
    library.work.scope = Scope::Target("linux-amd64".parse().unwrap());
    let page = page(evil, &report, &[library], 2);
    assert!(!page.contains("<script") && !page.contains("\"' onfocus"), "{page}");
    assert_eq!(page.matches("&lt;/title&gt;&lt;script&gt;").count(), 7, "{page}");
    assert_eq!(page.matches("</title>").count(), 1);
    for expected in ["25 %", "library for linux-amd64", "id=\"stage-0\"", "width:66.667%"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}
