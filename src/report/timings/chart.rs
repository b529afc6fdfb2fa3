//! The charts of the page: stages as bars, and the use of processors as a curve.

use std::time::Duration;

use super::html::Html;
use super::span::{End, Span};
use crate::report::seconds;

/// A row of bars with a name.
pub(super) struct Row<'s> {
    pub(super) name: String,
    /// Stages with their positions in the table of stages.
    pub(super) stages: Vec<(usize, &'s Span)>,
}

/// A chart of `rows`, from 0 to `total`; `critical` are the positions of the critical path.
pub(super) fn bars(rows: &[Row<'_>], total: Duration, critical: &[usize]) -> Html {
    let html = Html::default().raw("<div class=\"chart\">\n").html(&axis(total));
    html.each(rows, |html, row| {
        let lines = without_overlap(&row.stages);
        let html = html.raw("<h3>").text(&row.name).raw("</h3>\n<div class=\"lines\">\n");
        let html = html.each(lines, |html, line| {
            let html = html.raw("<div class=\"line\">");
            html.each(line, |html, (index, span)| bar(html, index, span, total, critical))
                .raw("</div>\n")
        });
        html.raw("</div>\n")
    })
    .raw("</div>\n")
}

/// Distributes stages over as few lines as it takes to see all of them.
fn without_overlap<'s>(stages: &[(usize, &'s Span)]) -> Vec<Vec<(usize, &'s Span)>> {
    let mut lines: Vec<Vec<(usize, &Span)>> = Vec::new();
    for (index, span) in stages.iter().copied() {
        let ends_before = |line: &&mut Vec<(usize, &Span)>| {
            line.last().is_none_or(|(_, last)| last.start + last.elapsed <= span.start)
        };
        match lines.iter_mut().find(ends_before) {
            Some(line) => line.push((index, span)),
            None => lines.push(vec![(index, span)]),
        }
    }
    lines
}

fn bar(html: Html, index: usize, span: &Span, total: Duration, critical: &[usize]) -> Html {
    let html = html.raw("<a class=\"bar ").text(&span.work.stage.to_string());
    let html = match span.end {
        End::Built => html,
        End::Cached => html.raw(" cached"),
        End::Failed => html.raw(" failed"),
    };
    let html = if critical.contains(&index) { html.raw(" critical") } else { html };
    let said = sentence(span, critical.contains(&index));
    html.raw("\" href=\"#stage-")
        .index(index)
        .raw("\" style=\"left:")
        .number(percent(span.start, total))
        .raw("%;width:")
        .number(percent(span.elapsed, total))
        .raw("%\" data-tip=\"")
        .text(&said)
        .raw("\" aria-label=\"")
        .text(&said)
        .raw("\"><span>")
        .text(&span.work.stage.to_string())
        .raw(" ")
        .text(&seconds(span.elapsed))
        .raw("</span></a>")
}

/// `library for linux-amd64-hello: 12.3s from 0.20s, 20.1s of CPU time, on the critical path`.
fn sentence(span: &Span, is_critical: bool) -> String {
    let (elapsed, start, cpu) = (seconds(span.elapsed), seconds(span.start), seconds(span.cpu));
    let mut text = format!("{}: {elapsed} from {start}, {cpu} of CPU time", span.work);
    match span.end {
        End::Built => {}
        End::Cached => text.push_str(", cached"),
        End::Failed => text.push_str(", failed"),
    }
    if is_critical {
        text.push_str(", on the critical path");
    }
    text
}

/// Four marks with times.
fn axis(total: Duration) -> Html {
    let marks = [0, 25, 50, 75].map(|percent| (percent, total * percent / 100));
    Html::default()
        .raw("<div class=\"axis\" aria-hidden=\"true\">")
        .each(marks, |html, (percent, time)| {
            html.raw("<span style=\"left:")
                .number(percent)
                .raw("%\">")
                .text(&seconds(time))
                .raw("</span>")
        })
        .raw("</div>\n")
}

/// How many processors were busy, over time, with each stage's time spread evenly over it.
pub(super) fn processors(spans: &[Span], total: Duration, available: usize) -> Html {
    let steps = steps(spans);
    let most = steps.iter().map(|(_, busy)| *busy).fold(available as f64, f64::max);
    let y = |busy: f64| 100.0 - 100.0 * busy / most;
    let mut path = Html::default().raw("M0 100");
    let mut level = 0.0;
    for (at, busy) in steps {
        let x = percent(at, total);
        path = path.raw("L").number(x).raw(" ").number(y(level));
        path = path.raw("L").number(x).raw(" ").number(y(busy));
        level = busy;
    }
    Html::default()
        .raw("<div class=\"chart\">\n")
        .html(&axis(total))
        .raw(
            "<svg class=\"cpu\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" role=\"img\" ",
        )
        .raw("aria-label=\"Processors in use over time; the table of stages has the numbers\">")
        .raw("<path d=\"")
        .html(&path)
        .raw("L100 100Z\"/><line x1=\"0\" x2=\"100\" y1=\"")
        .number(y(available as f64))
        .raw("\" y2=\"")
        .number(y(available as f64))
        .raw("\"/></svg>\n</div>\n")
}

/// When the number of busy processors changes, and to what.
fn steps(spans: &[Span]) -> Vec<(Duration, f64)> {
    let mut times: Vec<Duration> =
        spans.iter().flat_map(|span| [span.start, span.start + span.elapsed]).collect();
    times.sort_unstable();
    times.dedup();
    let busy = |at: Duration| {
        let running = spans.iter().filter(|s| s.start <= at && at < s.start + s.elapsed);
        running.map(|span| span.cpu.as_secs_f64() / span.elapsed.as_secs_f64()).sum()
    };
    times.into_iter().map(|at| (at, busy(at))).collect()
}

/// Which part of `total` `part` is, in percent.
fn percent(part: Duration, total: Duration) -> f64 {
    if total.is_zero() {
        return 0.0;
    }
    (part.as_secs_f64() / total.as_secs_f64() * 100.0).min(100.0)
}
