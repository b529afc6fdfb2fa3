//! RECORD against what is in the wheel.

use std::collections::{HashMap, HashSet};

use super::super::{Finding, catalogue as code};
use super::members::{Algorithm, Sum};
use super::{Documents, files};
use crate::wheel::Archive;
use crate::wheel::record::{self, Row};

/// Which hash RECORD asks for, for each file.
pub(super) fn digests(documents: &Documents) -> HashMap<String, Algorithm> {
    let lines = documents.record.as_deref().map(record::read).unwrap_or_default();
    let wanted = lines.into_iter().flatten().filter_map(|line| {
        let algorithm = match line.hash.split_once('=')?.0 {
            "sha384" => Algorithm::Sha384,
            "sha512" => Algorithm::Sha512,
            _ => return None,
        };
        Some((slashed(&line.path), algorithm))
    });
    wanted.collect()
}

/// Installers on Windows have written `\` where the format has `/`.
fn slashed(path: &str) -> String {
    path.replace('\\', "/")
}

pub(super) fn check(
    archive: &Archive<'_>,
    documents: &Documents,
    sums: &HashMap<String, Sum>,
    findings: &mut Vec<Finding>,
) {
    let Some(dist_info) = &documents.dist_info else {
        return;
    };
    let itself = format!("{dist_info}/RECORD");
    let Some(bytes) = &documents.record else {
        findings.push(Finding::new(code::RECORD_MISSING, "", format!("has no {itself}")));
        return;
    };
    let files: Vec<_> = files(archive).into_iter().map(|entry| entry.name.as_str()).collect();
    let there: HashSet<&str> = files.iter().copied().collect();
    let mut listed: HashSet<String> = HashSet::new();
    for line in record::read(bytes) {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                findings.push(Finding::new(
                    code::RECORD_MALFORMED,
                    &itself,
                    format!("is wrong: {error}"),
                ));
                continue;
            }
        };
        let path = slashed(&line.path);
        if !listed.insert(path.clone()) {
            findings.push(Finding::new(code::RECORD_DUPLICATE, &path, "is in RECORD twice"));
            continue;
        }
        if !there.contains(path.as_str()) {
            let what = "is in RECORD, and not in the wheel";
            findings.push(Finding::new(code::RECORD_NOT_THERE, &path, what));
        } else if path == itself {
            if !line.hash.is_empty() || !line.size.is_empty() {
                findings.push(Finding::new(
                    code::RECORD_ITSELF,
                    &path,
                    "has a hash or size for itself",
                ));
            }
        } else {
            compare(&path, &line, sums.get(&path), findings);
        }
    }
    // Signatures of RECORD are made after it.
    let exempt = [format!("{itself}.jws"), format!("{itself}.p7s")];
    for file in files {
        if !listed.contains(file) && !exempt.iter().any(|exempt| exempt == file) {
            findings.push(Finding::new(code::RECORD_UNLISTED, file, "is not in RECORD"));
        }
    }
}

/// What the specification refuses, and what is better than SHA-256 but not computed here.
const WEAK: &[&str] = &["", "md5", "sha1", "sha224", "md5-sha1", "ripemd160"];

fn compare(path: &str, line: &Row, sum: Option<&Sum>, findings: &mut Vec<Finding>) {
    let (algorithm, digest) = line.hash.split_once('=').unwrap_or(("", &line.hash));
    if WEAK.contains(&algorithm) {
        let what = match algorithm {
            "" => "has no hash in RECORD".to_owned(),
            weak => format!("has only a hash by {weak} in RECORD"),
        };
        findings.push(Finding::new(code::RECORD_NO_HASH, path, what));
    }
    let Some(sum) = sum else {
        return;
    };
    let is_computed = matches!(algorithm, "sha256" | "sha384" | "sha512");
    if is_computed && digest.trim_end_matches('=') != sum.digest {
        let what = "has another hash than RECORD says";
        findings.push(Finding::new(code::RECORD_HASH, path, what));
    }
    // The size may be left out.
    if !line.size.is_empty() && line.size.parse() != Ok(sum.size) {
        let what = format!("has {} bytes, and RECORD says {}", sum.size, line.size);
        findings.push(Finding::new(code::RECORD_SIZE, path, what));
    }
}
