//! A wheel for people: a section for each document and binary in it.

use crate::audit::{DescribedBinary, Description, GoBuildInfo, Image};
use crate::report::bytes;

/// The lines about a wheel; with `all`, also its description and every file.
pub fn inspect_text(wheel: &Description, all: bool) -> Vec<String> {
    let mut lines = vec![wheel.file.clone()];
    let mut add = |label: &str, value: &str| {
        for (number, line) in value.lines().enumerate() {
            let label = if number == 0 { format!("{label}:") } else { String::new() };
            lines.push(format!("  {label:<13}{line}").trim_end().to_owned());
        }
    };
    add("sha256", &wheel.sha256);
    add("size", &format!("{}, {} files", bytes(wheel.size), wheel.files.len()));
    let name = wheel.distribution.iter().chain(&wheel.version).cloned().collect::<Vec<_>>();
    add("name", &name.join(" "));
    add("build", wheel.build.as_deref().unwrap_or_default());
    add("tags", &wheel.tags.join("\n"));
    let because = wheel.because.iter().map(|why| format!(" (decided by {why})"));
    add("runs on", &format!("{}{}", wheel.lowest.join(", "), because.collect::<String>()));
    for generator in wheel.wheel_field("Generator") {
        add("generator", generator);
    }
    for root in wheel.wheel_field("Root-Is-Purelib") {
        add("purelib", root);
    }
    section(&mut lines, "metadata");
    for field in &wheel.metadata {
        indented(&mut lines, 4, &format!("{}: {}", field.name, field.value));
    }
    if !wheel.description.is_empty() {
        let count = wheel.description.lines().count();
        lines.push(format!("    description of {count} lines"));
        if all {
            indented(&mut lines, 6, &wheel.description);
        }
    }
    if !wheel.entry_points.trim().is_empty() {
        section(&mut lines, "entry points");
        indented(&mut lines, 4, wheel.entry_points.trim());
    }
    for binary in &wheel.binaries {
        section(&mut lines, &binary.path);
        lines.extend(of_binary(binary).into_iter().map(|line| format!("    {line}")));
    }
    for sbom in &wheel.sboms {
        section(&mut lines, &sbom.path);
        let format = sbom.format.as_deref().unwrap_or("unknown format");
        lines.push(format!("    {format}, {} components", sbom.components.len()));
        lines.extend(sbom.components.iter().map(|component| format!("      {component}")));
    }
    if all {
        section(&mut lines, "files");
        for file in &wheel.files {
            let digest = file.sha256.as_deref().unwrap_or("unreadable");
            let digest = digest.get(..12).unwrap_or(digest);
            lines.push(format!(
                "    {digest}  {:>6}  {}  {:>9}  {}",
                file.mode, file.modified, file.size, file.path
            ));
        }
    }
    lines
}

fn section(lines: &mut Vec<String>, title: &str) {
    lines.push(format!("  {title}:"));
}

fn indented(lines: &mut Vec<String>, width: usize, text: &str) {
    let indent = " ".repeat(width);
    lines.extend(text.lines().map(|line| format!("{indent}{line}").trim_end().to_owned()));
}

/// What one binary says.
fn of_binary(binary: &DescribedBinary) -> Vec<String> {
    let mut lines = Vec::new();
    let system = binary.system.as_deref().unwrap_or("unknown system");
    if let Some(needs) = &binary.needs {
        let because = binary.because.iter().map(|why| format!(": {why}")).collect::<String>();
        lines.push(format!("minimum {system} {needs}{because}"));
    } else {
        lines.push(format!("for {system}"));
    }
    lines
        .extend(binary.python.iter().map(|python| format!("stable ABI, Python {python} or newer")));
    for image in &binary.images {
        lines.extend(of_image(image));
    }
    lines
}

fn of_image(image: &Image) -> Vec<String> {
    let arch = image.arch.as_deref().unwrap_or("unknown architecture");
    let debug = if image.unstripped { ", with symbols for debuggers" } else { "" };
    let mut lines = vec![format!("{} for {arch}{debug}", image.kind)];
    let mut add = |label: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("  {label} {value}"));
        }
    };
    add("name", image.name.as_deref().unwrap_or_default());
    add("loader", image.interpreter.as_deref().unwrap_or_default());
    add("needs", &image.needed.join(", "));
    add("looks in", &image.rpath.join(", "));
    if let Some(go) = &image.go {
        lines.extend(of_go(go).into_iter().map(|line| format!("  {line}")));
    }
    lines
}

/// What `go version -m` prints.
fn of_go(go: &GoBuildInfo) -> Vec<String> {
    let mut lines = vec![format!("built by {}: {}", go.go_version, go.path)];
    let module = |label: &str, module: &crate::audit::go_build_info::Module| {
        let text = format!("  {label} {} {} {}", module.path, module.version, module.sum);
        let text = text.trim_end().to_owned();
        match &module.replace {
            Some(by) => {
                format!("{text} => {} {} {}", by.path, by.version, by.sum).trim_end().to_owned()
            }
            None => text,
        }
    };
    lines.extend(go.main.iter().map(|main| module("module", main)));
    lines.extend(go.deps.iter().map(|dep| module("dep", dep)));
    lines.extend(go.settings.iter().map(|(key, value)| format!("  build {key}={value}")));
    lines
}
