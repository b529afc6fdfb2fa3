//! The text of the page.

use std::path::Path;
use std::time::Duration;

use super::chain::critical_path;
use super::chart::{Row, bars, processors};
use super::html::Html;
use super::span::{End, Span};
use crate::report::{Report, ReportedFailure, ReportedTarget, ReportedTool, bytes, seconds};

const STYLE: &str = include_str!("style.css");

/// What the whole page is about.
struct Run<'r> {
    report: &'r Report,
    spans: &'r [Span],
    critical: Vec<usize>,
    total: Duration,
    /// The processors that pygo may use.
    available: usize,
}

/// The page about the run of `report`, which built `project` in these stages.
pub(super) fn page(project: &str, report: &Report, spans: &[Span], available: usize) -> String {
    let last = spans.iter().map(|span| span.start + span.elapsed).max().unwrap_or_default();
    let total = Duration::from_secs_f64(report.seconds.max(0.0)).max(last);
    let run = Run { report, spans, critical: critical_path(spans), total, available };
    Html::default()
        .raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        // Nothing is loaded, and no script runs.
        .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .raw("style-src 'unsafe-inline'\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
        .raw("<title>Timings of ")
        .text(project)
        .raw("</title>\n<style>\n")
        .raw(STYLE)
        .raw("</style>\n</head>\n<body>\n<main>\n<h1>Timings of ")
        .text(project)
        .raw("</h1>\n")
        .html(&run.summary())
        .html(&run.charts())
        .html(&run.critical_path())
        .html(&run.wheels())
        .html(&run.stages())
        .html(&run.tools())
        .raw("</main>\n</body>\n</html>\n")
        .finish()
}

impl Run<'_> {
    fn summary(&self) -> Html {
        let Self { report, spans, .. } = self;
        let wheels = report.targets.iter().filter(|target| target.wheel.is_some()).count();
        let cached = spans.iter().filter(|span| span.end == End::Cached).count();
        let first = spans.first().map_or(self.total, |span| span.start);
        let cpu: Duration = spans.iter().map(|span| span.cpu).sum();
        let used = match self.total.as_secs_f64() {
            0.0 => 0.0,
            total => cpu.as_secs_f64() / total,
        };
        let facts = [
            ("Wheels", format!("{wheels} of {}", report.targets.len())),
            ("Time", seconds(self.total)),
            ("CPU time", format!("{}, {used:.1} of {} CPUs", seconds(cpu), self.available)),
            ("Before the first stage", seconds(first)),
            ("Jobs", report.jobs.to_string()),
            ("Stages from the cache", format!("{cached} of {}", spans.len())),
            ("Critical path", seconds(self.length())),
        ];
        let html =
            Html::default().raw("<dl class=\"facts\">\n").each(facts, |html, (name, text)| {
                html.raw("<div><dt>").text(name).raw("</dt><dd>").text(&text).raw("</dd></div>\n")
            });
        let failures = report.failure.iter().map(|failure| ("nothing was built", failure));
        let of_targets = report
            .targets
            .iter()
            .filter_map(|target| Some((&*target.target, target.failure.as_ref()?)));
        html.raw("</dl>\n").each(failures.chain(of_targets), |html, (what, failure)| {
            let ReportedFailure { doing, found, help, .. } = failure;
            html.raw("<p class=\"failure\"><strong>")
                .text(what)
                .raw(":</strong> ")
                .text(doing)
                .raw("<br>found: ")
                .text(found)
                .raw("<br>help: ")
                .text(help)
                .raw("</p>\n")
        })
    }

    fn charts(&self) -> Html {
        let mut of_platforms: Vec<Row<'_>> = Vec::new();
        let mut of_lanes: Vec<Row<'_>> = Vec::new();
        for (index, span) in self.spans.iter().enumerate() {
            let platform = match span.work.scope.concerns_all() {
                true => "all targets".to_owned(),
                false => span.work.scope.platform(),
            };
            add(&mut of_platforms, platform, index, span);
        }
        let lanes = self.spans.iter().map(|span| span.lane + 1).max().unwrap_or(0);
        for lane in 0..lanes {
            for (index, span) in self.spans.iter().enumerate().filter(|(_, s)| s.lane == lane) {
                add(&mut of_lanes, format!("lane {}", lane + 1), index, span);
            }
        }
        let mut kinds: Vec<_> = self.spans.iter().map(|span| span.work.stage).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Html::default()
            .raw("<h2>Stages by target</h2>\n<p class=\"legend\">")
            .each(kinds, |html, stage| {
                let name = stage.to_string();
                html.raw("<span class=\"key ").text(&name).raw("\">").text(&name).raw("</span> ")
            })
            .raw("<span class=\"key cached\">cached</span> ")
            .raw("<span class=\"key failed\">failed</span> ")
            .raw("<span class=\"key critical\">critical path</span></p>\n")
            .html(&bars(&of_platforms, self.total, &self.critical))
            .raw("<h2>Stages by lane</h2>\n<p>A lane is one of the jobs that run stages.</p>\n")
            .html(&bars(&of_lanes, self.total, &self.critical))
            .raw("<h2>CPUs in use</h2>\n<p>The line marks the ")
            .index(self.available)
            .raw(" CPUs that pygo could use. The CPU time of a stage is spread evenly over it.</p>\n")
            .html(&processors(self.spans, self.total, self.available))
    }

    fn length(&self) -> Duration {
        self.critical.iter().filter_map(|at| self.spans.get(*at)).map(|span| span.elapsed).sum()
    }

    fn critical_path(&self) -> Html {
        let stages = self.critical.iter().filter_map(|at| Some((*at, self.spans.get(*at)?)));
        Html::default()
            .raw("<h2>Critical path</h2>\n<p>Each of these stages needs the one before it. They took ")
            .text(&seconds(self.length()))
            .raw(", and a run cannot take less with any number of jobs.</p>\n<ol>\n")
            .each(stages, |html, (index, span)| {
                html.raw("<li><a href=\"#stage-")
                    .index(index)
                    .raw("\">")
                    .text(&span.work.to_string())
                    .raw("</a>: ")
                    .text(&seconds(span.elapsed))
                    .raw("</li>\n")
            })
            .raw("</ol>\n")
    }

    fn wheels(&self) -> Html {
        let rows = self.report.targets.iter().map(|target| {
            let ReportedTarget { target: name, wheel, size, unpacked, seconds: time, .. } = target;
            let file =
                wheel.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
            let ratio = unpacked.zip(*size).filter(|(before, _)| *before > 0);
            vec![
                name.clone(),
                target.result.as_str().to_owned(),
                seconds(Duration::from_secs_f64(time.max(0.0))),
                unpacked.map_or_else(String::new, bytes),
                size.map_or_else(String::new, bytes),
                ratio.map_or_else(String::new, |(before, after)| {
                    format!("{:.0} %", after as f64 / before as f64 * 100.0)
                }),
                file.unwrap_or_default().into_owned(),
            ]
        });
        let titles =
            ["Target", "Result", "Ended after", "Before packing", "After", "Ratio", "Wheel"];
        table("Wheels", &titles, rows.map(|cells| (None, cells)))
    }

    fn stages(&self) -> Html {
        let rows = self.spans.iter().enumerate().map(|(index, span)| {
            let part = span.work.scope.part().map(ToString::to_string);
            let end = match span.end {
                End::Built => "built",
                End::Cached => "cached",
                End::Failed => "failed",
            };
            let cells = vec![
                span.work.stage.to_string(),
                span.work.scope.platform(),
                part.unwrap_or_default(),
                end.to_owned(),
                seconds(span.start),
                seconds(span.elapsed),
                seconds(span.cpu),
                (span.lane + 1).to_string(),
                if self.critical.contains(&index) { "yes" } else { "" }.to_owned(),
            ];
            (Some(index), cells)
        });
        let titles =
            ["Stage", "For", "Part", "Result", "Start", "Time", "CPU time", "Lane", "Critical"];
        table("All stages", &titles, rows)
    }

    fn tools(&self) -> Html {
        let own = vec!["pygo".to_owned(), self.report.pygo.clone(), String::new()];
        let mut rows = vec![own];
        if let Some(tools) = &self.report.tools {
            let each = [&tools.go].into_iter().chain(&tools.c).chain([&tools.python]);
            for ReportedTool { name, version, path, .. } in each {
                rows.push(vec![name.clone(), version.clone(), path.display().to_string()]);
            }
            let cffi = tools.cffi.iter();
            rows.extend(cffi.map(|v| vec!["cffi".to_owned(), v.clone(), String::new()]));
        }
        let titles = ["Tool", "Version", "Path"];
        table("Tools", &titles, rows.into_iter().map(|cells| (None, cells)))
    }
}

/// Adds a stage to the row `name`.
fn add<'s>(rows: &mut Vec<Row<'s>>, name: String, index: usize, span: &'s Span) {
    match rows.iter_mut().find(|row| row.name == name) {
        Some(row) => row.stages.push((index, span)),
        None => rows.push(Row { name, stages: vec![(index, span)] }),
    }
}

/// A table that can be scrolled on a small screen, with the keyboard as well. The bars of stages link
/// to their rows.
fn table(
    heading: &'static str,
    titles: &[&'static str],
    rows: impl Iterator<Item = (Option<usize>, Vec<String>)>,
) -> Html {
    Html::default()
        .raw("<h2>")
        .raw(heading)
        .raw("</h2>\n<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"")
        .raw(heading)
        .raw("\">\n<table>\n<thead><tr>")
        .each(titles, |html, title| html.raw("<th scope=\"col\">").raw(title).raw("</th>"))
        .raw("</tr></thead>\n<tbody>\n")
        .each(rows, |html, (index, cells)| {
            let html = match index {
                Some(index) => html.raw("<tr id=\"stage-").index(index).raw("\">"),
                None => html.raw("<tr>"),
            };
            html.each(cells.iter().enumerate(), |html, (column, cell)| match column {
                0 => html.raw("<th scope=\"row\">").text(cell).raw("</th>"),
                _ => html.raw("<td>").text(cell).raw("</td>"),
            })
            .raw("</tr>\n")
        })
        .raw("</tbody>\n</table>\n</div>\n")
}
