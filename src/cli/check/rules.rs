//! `pygo check --list` and `--explain`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use super::output::Format;
use super::tag;
use crate::audit::{Group, UnknownRule, catalogue};
use crate::cli::output::{print, print_json};
use crate::error::{Failure, Kind, Result};

/// Lists every rule.
pub(super) fn list(format: Format) -> Result<ExitCode> {
    text_or_json(format, "--list")?;
    if format == Format::Json {
        print_json("listing the rules", &catalogue::all().collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = Vec::new();
    for group in Group::ALL {
        lines.push(format!("{} ({})", group.title(), group.prefix()));
        let rules = catalogue::all().filter(|rule| rule.group == *group);
        lines.extend(rules.map(|rule| {
            format!(
                "  {}  {:<26}  {:<7}  {}",
                rule.code,
                rule.name,
                rule.severity.name(),
                rule.summary()
            )
        }));
    }
    print(lines)?;
    Ok(ExitCode::SUCCESS)
}

/// Explains the rule or the tag that `word` names.
pub(super) fn explain(word: &str, format: Format) -> Result<ExitCode> {
    text_or_json(format, "--explain")?;
    let Some(rule) = catalogue::find(word) else {
        let explained = tag::explain(word).ok_or_else(|| unknown(&UnknownRule::new(word)))?;
        if format == Format::Json {
            let fields: BTreeMap<_, _> = explained.into_iter().collect();
            print_json("explaining a tag", &fields)?;
            return Ok(ExitCode::SUCCESS);
        }
        print(
            std::iter::once(format!("{word}\n"))
                .chain(explained.into_iter().map(|(label, text)| format!("  {label}: {text}"))),
        )?;
        return Ok(ExitCode::SUCCESS);
    };
    if format == Format::Json {
        print_json("explaining a rule", rule)?;
        return Ok(ExitCode::SUCCESS);
    }
    print([
        format!("{rule} ({}, {})", rule.severity.name(), rule.group.title()),
        String::new(),
        format!("  {}", rule.why),
        String::new(),
        format!("  source: {}", rule.source),
        format!("  fix:    {}", rule.fix),
    ])?;
    Ok(ExitCode::SUCCESS)
}

/// The other formats are about files.
fn text_or_json(format: Format, option: &str) -> Result<()> {
    match format {
        Format::Text | Format::Json => Ok(()),
        Format::Github | Format::Sarif => Err(Failure::new(
            Kind::Usage,
            format!("reading {option} and --format"),
            format!("{option} prints text or JSON"),
            "use --format text or --format json",
        )),
    }
}

/// The failure for a rule or group that does not exist.
pub(super) fn unknown(error: &UnknownRule) -> Failure {
    Failure::new(
        Kind::Usage,
        "reading --select, --ignore or --explain",
        error.to_string(),
        error.help(),
    )
}
