//! A pair of files for every rule: one that breaks it, and a similar one that must pass.
//!
//! A new rule needs a row in the file of its group.

mod archive;
mod documents;
mod draft;
mod elf;
mod go;
mod macho;
mod modules;
mod sdist;
mod tags;
mod windows;

use std::collections::BTreeSet;

use self::draft::Draft;
use crate::audit::{Rule, SDIST_SUFFIX, catalogue, inspect, inspect_sdist};

/// A file name and its bytes.
type File = (String, Vec<u8>);

/// A rule, and what makes the file that breaks it (`true`) and its twin (`false`).
type Twin = (&'static Rule, fn(bool) -> File);

/// The rule whose fault is the size of a file: breaking it here would need 100 MB.
const ONLY_VALID: &[&Rule] = &[catalogue::INDEX_FILE_SIZE];

fn twins() -> impl Iterator<Item = &'static Twin> {
    [
        archive::TWINS,
        documents::TWINS,
        elf::TWINS,
        go::TWINS,
        macho::TWINS,
        modules::TWINS,
        sdist::TWINS,
        tags::TWINS,
        windows::TWINS,
    ]
    .into_iter()
    .flatten()
}

fn rules((name, bytes): &File) -> Vec<&'static Rule> {
    let found = if name.ends_with(SDIST_SUFFIX) {
        inspect_sdist(bytes.as_slice(), bytes.len() as u64, name)
    } else {
        inspect(&bytes.as_slice(), name).unwrap()
    };
    found.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn every_rule_has_a_twin() {
    let have: BTreeSet<_> = twins().map(|(rule, _)| *rule).collect();
    let lacking: Vec<_> = catalogue::all().filter(|rule| !have.contains(rule)).collect();
    assert!(lacking.is_empty(), "add rows to src/audit/tests/twins for {lacking:#?}");
}

#[test]
fn one_of_each_pair_breaks_the_rule_and_the_other_breaks_none() {
    let mut wrong = Vec::new();
    for (at, (rule, make)) in twins().enumerate() {
        let codes = |rules: Vec<&Rule>| rules.iter().map(|rule| rule.code).collect::<Vec<_>>();
        let valid = rules(&make(false));
        if !valid.is_empty() {
            wrong.push(format!("row {at}: the twin for {rule} breaks {:?}", codes(valid)));
        }
        if !ONLY_VALID.contains(rule) && !rules(&make(true)).contains(rule) {
            wrong
                .push(format!("row {at}: {rule} is not reported: {:?}", codes(rules(&make(true)))));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
